/* core: what the parts of one engine share, and whose turn it is to send.
 *
 * Peers that have something to ask stand in one queue and send one PDU per turn,
 * so that a large walk does not keep others waiting. All sending starts in the
 * pump, which runs from the loop: never from within a caller's request.
 *
 * What may be in flight is bounded by what the receive buffers hold. A PDU counts for that
 * during its first wait only: an answer so late is not expected, and a few thousand silent
 * devices, each through all its tries, must not keep the others waiting. */
#ifndef ROLLCALL_SNMP_CORE_H
#define ROLLCALL_SNMP_CORE_H

#include "base/loop.h"
#include "model/value.h"
#include "snmp/engine.h"
#include "snmp/idtable.h"
#include "snmp/pdu.h"
#include "snmp/resolver.h"
#include "snmp/sockets.h"
#include "snmp/usm.h"

#include <sys/queue.h>

TAILQ_HEAD(exchange_list, exchange);
TAILQ_HEAD(peer_list, peer);

struct core {
	struct loop *loop;
	struct sockets *sockets;
	struct resolver *resolver;
	struct idtable *ids;
	struct usm *usm;	/* NULL until somebody speaks version 3 */
	char *keys;		/* its file */
	struct peer_list ready; /* have something to ask and room in their window */
	struct loop_timer pump;
	unsigned in_flight;	   /* PDUs without an answer yet */
	unsigned fresh, fresh_max; /* of these, those in their first wait, and how many there may be */
	uint64_t serial;	   /* of the request started last */
	struct exchange_list spare;
	struct engine_stats stats;
	uint8_t scratch[SOCKETS_DATAGRAM_MAX]; /* the message being built */
	struct value values[PDU_VARBINDS_MAX]; /* of the response being read */
};

/* What came with a response, beside its PDU. */
struct arrival {
	int64_t received; /* monotonic ns */
	int64_t wall;
	size_t octets;
	const struct address *from;
};

void core_init(struct core *core, struct loop *loop);
void core_fini(struct core *core);
struct usm *core_usm(struct core *core); /* NULL when it cannot be had */
void core_wake(struct core *core);	 /* the pump runs in the loop's next turn */
void core_pump(struct core *core);	 /* sends what may be sent; never from within a caller's request */

#endif
