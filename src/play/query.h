/* query: what an agent answers to one PDU, out of a recording (RFC 1157 section 4, RFC 3416 section 4.2; with
 * the rules of RFC 3584 4.2.2.1 for Counter64 and v1).
 *
 * GET, GETNEXT and GETBULK in the order of names; SET is refused. Pure: no clock, no socket. */
#ifndef ROLLCALL_PLAY_QUERY_H
#define ROLLCALL_PLAY_QUERY_H

#include "model/credential.h"
#include "model/recording.h"
#include "snmp/ber.h"
#include "snmp/pdu.h"

#include <stdbool.h>

/* What there is to answer: the objects, and what an object has to say by now (NULL: what was recorded).
 * value() may change *value, also its type; octets must stay until the next call. */
struct query_source {
	const struct recording *recording;
	void (*value)(void *arg, const struct recorded *object, struct value *value);
	void *arg;
};

/* Where one varbind is put together. Large: one for all agents. */
#define QUERY_SCRATCH (RECORDING_OCTETS_MAX + 1024)
/* Octets around the varbinds of a response PDU, at most. */
#define QUERY_FRAME	    26
#define QUERY_REPEATERS_MAX 1024 /* names in one GETBULK; more are answered with genErr */

/* The answer, into `out`, as ber_out_init() left it, with headroom for QUERY_FRAME and what comes around the
 * PDU, and capacity for `room` octets of varbinds. What does not fit is tooBig, or fewer repetitions. False
 * when the PDU is none that an agent answers, or malformed. `out` may not be the request's own octets. */
bool query_answer(const struct query_source *source, enum snmp_version version, const struct pdu *request,
    size_t room, uint8_t scratch[QUERY_SCRATCH], struct ber_out *out);

#endif
