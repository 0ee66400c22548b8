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

/* The next name of varbinds that were packed; false after the last. */
bool pack_next_name(struct ber *packed, const uint8_t **name, size_t *len);

#endif
