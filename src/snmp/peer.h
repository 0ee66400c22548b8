/* peer: one device as the engine knows it: where it is, how fast and how much it
 * answers, what is asked of it.
 *
 * Silence costs one sequence of tries: when an exchange ends without anything
 * from the peer since it began, all that was waiting fails with it. From then on until it
 * answers, an exchange has one try. */
#ifndef ROLLCALL_SNMP_PEER_H
#define ROLLCALL_SNMP_PEER_H

#include "model/agent.h"
#include "snmp/address.h"
#include "snmp/bulk.h"
#include "snmp/exchange.h"
#include "snmp/msgsize.h"
#include "snmp/pace.h"
#include "snmp/request.h"
#include "snmp/rto.h"
#include "snmp/security.h"
#include "snmp/window.h"

struct peer {
	uint32_t magic;
	struct core *core;
	struct peer_config config; /* name and host are owned */
	struct security *security;

	struct address *addresses; /* of a host name: several, in the order to try; else &literal */
	struct address literal;
	uint8_t n_addresses, current; /* 0 = not known (yet) */
	bool proven;		      /* the current one has answered */
	struct lookup *lookup;	      /* under way */
	int64_t looked_up;	      /* monotonic ns, end of the last one */
	int lookup_error;	      /* EAI_* of the last one */

	TAILQ_ENTRY(peer) link; /* in core->ready */
	bool queued;
	struct request_list requests; /* all */
	struct request_list ready;    /* those with something to ask */
	struct request *introduction; /* under way: who the agent is; the others wait for it */
	unsigned in_flight;
	struct exchange *prober; /* is asked again while nothing comes; NULL = none is */
	struct {
		unsigned now;	   /* that first tries leave from */
		unsigned answered; /* the one that was answered last */
		uint8_t misses;	   /* exchanges in a row that another one than `now` was answered for */
		uint64_t changes;
	} lane;
	struct address answers_from; /* another address than it was asked at; family 0 = none */
	struct bulk bulk;

	struct rto rto;
	struct pace pace;
	struct loop_timer pause; /* until the pace allows the next packet */
	struct window window;
	struct msgsize size, size_before; /* before: what it was until it became careful */
	uint32_t value_octets;		  /* mean content of a value, in 1/16 octets */
	bool careful;		/* the last large request went wrong: one at a time until one goes well */
	int64_t last_answer;	/* monotonic ns; 0 = never */
	uint64_t silent_serial; /* requests up to this one were waiting when it fell silent; 0 = it is not */
	enum failure silent_failure;
	int silent_error;
	struct {
		uint64_t requests, responses, timeouts, retransmits;
		uint64_t octets_out, octets_in;
	} stats;
};

struct peer *peer_new(
    struct core *core, const struct peer_config *config, const struct credential *credential);
void peer_free(struct peer *peer);
void peer_cancel(struct peer *peer);
enum err peer_set_credential(struct peer *peer, const struct credential *credential);
void peer_set_manners(struct peer *peer, const struct peer_config *config);
void peer_get_stats(const struct peer *peer, struct peer_stats *stats);

/* Queue. */
void peer_wake(struct peer *peer);	/* stands in line if it has something to ask and room for it */
void peer_take_turn(struct peer *peer); /* leaves the line, sends a PDU; may call back, even free the peer */

/* Where. */
const struct address *peer_address(const struct peer *peer);
bool peer_is_source(const struct peer *peer, const struct address *from);
unsigned peer_lane(const struct peer *peer, unsigned attempt);
void peer_try_elsewhere(struct peer *peer); /* the next address, if this one never answered */

/* What happened. */
void peer_answered(struct peer *peer, const struct exchange *x, const struct arrival *arrival);
static inline bool peer_is_silent(const struct peer *peer) /* the last sequence of tries was in vain */
{
	return peer->silent_serial != 0;
}
void peer_lost(struct peer *peer, const struct exchange *x); /* a try of x was not answered in time */
bool peer_was_silent(const struct peer *peer, const struct exchange *x); /* nothing came since x began */
void peer_fall_silent(struct peer *peer, enum failure failure, int error);
/* Whether a failed request of x's size may have failed for its size. */
bool peer_may_shrink(const struct peer *peer, const struct exchange *x);
void peer_shrink(struct peer *peer, const struct exchange *x, enum size_reason reason);

#endif
