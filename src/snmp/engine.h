/* engine: SNMPv1, v2c and v3 (USM) over UDP, for very many devices at once: the real agent
 * behind model/agent.h.
 *
 * A few shared sockets per address family, recvmmsg/sendmmsg, random 31-bit
 * request-ids in a hash table, timers in the loop. A reply counts only if source
 * address and port, version, community, PDU type, request-id and names all fit;
 * everything else is counted by reason. Requests are packed by size; several are
 * in flight per device, bounded; the time-out of a try adapts (RFC 6298, Karn)
 * between 200 ms and the device's `timeout`. RFC 1157, 1901, 3416, 3417. */
#ifndef ROLLCALL_SNMP_ENGINE_H
#define ROLLCALL_SNMP_ENGINE_H

#include "base/loop.h"
#include "model/agent.h"

#include <stddef.h>
#include <stdint.h>

struct engine;

struct engine_options {
	unsigned sockets;      /* per address family; 0 = default */
	size_t receive_buffer; /* octets per socket; 0 = default (several MiB, forced if allowed) */
	/* PDUs over all devices in the first wait for their answers; 0 = what the receive buffers hold, at
	 * most 4096. Eight times as many with those that are asked again. */
	unsigned in_flight;
	const char *keys; /* file of derived keys of version 3; NULL = they are not kept */
};

/* NULL when no socket can be made (errno). */
struct engine *engine_new(struct loop *loop, const struct engine_options *options);
void engine_free(
    struct engine *engine); /* requests in flight are dropped silently; peers must be freed before */
struct agent engine_agent(struct engine *engine);

enum reject { /* why a datagram was not believed */
	REJECT_MALFORMED,
	REJECT_VERSION,
	REJECT_COMMUNITY,
	REJECT_PDU_TYPE,
	REJECT_REQUEST_ID,
	REJECT_SOURCE,
	REJECT_NAMES,
	REJECT_LATE,
	REJECT_DUPLICATE,
	REJECT_OVERSIZE,
	/* version 3 */
	REJECT_ENGINE,	/* of another authoritative engine */
	REJECT_USER,	/* to another user */
	REJECT_LEVEL,	/* with less proof than the request had */
	REJECT_DIGEST,	/* its proof is wrong */
	REJECT_TIME,	/* outside the time window */
	REJECT_DECRYPT, /* to nothing that makes sense */
	REJECT_CONTEXT,
	REJECT_REPORT, /* without proof; shown, not believed */
	REJECT_COUNT
};
const char *reject_name(enum reject reject); /* "malformed", "request_id", ... */

struct engine_stats {
	uint64_t requests, responses, timeouts, retransmits, late_replies;
	uint64_t rejected[REJECT_COUNT];
	uint64_t failures[FAILURE_COUNT]; /* PDUs and varbinds that failed, by reason */
	size_t in_flight;
};
void engine_stats(const struct engine *engine, struct engine_stats *stats);

#endif
