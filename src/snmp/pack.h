/* pack: the varbinds of one GET, as many as fit. Pure but for the caller's names. */
#ifndef ROLLCALL_SNMP_PACK_H
#define ROLLCALL_SNMP_PACK_H

#include "model/agent.h"
#include "snmp/ber.h"
#include "snmp/chunk.h"
#include "snmp/varbind.h"

struct pack_limits {
	size_t octets;	     /* that request and response may have */
	size_t overhead;     /* of the security part */
	size_t value_octets; /* what a value adds to the response, expected */
};

/* Appends the chunk's guards and items, unless it is packed already only while they fit, and
 * settles chunk->n: always at least one item, and whole groups if one fits. Returns the
 * octets of the response to expect. */
uint16_t pack(struct chunk *chunk, const struct get_request *want, const struct pack_limits *limits,
    struct ber_out *out);

/* The names in the order they were packed. */
struct pack_names {
	const struct chunk *chunk;
	const struct get_request *want;
	size_t guard, at;
	uint8_t name[OID_BER_MAX];
};
void pack_names_begin(struct pack_names *names, const struct chunk *chunk, const struct get_request *want);
/* NULL after the last. */
const uint8_t *pack_names_next(struct pack_names *names, size_t *len);

#endif
