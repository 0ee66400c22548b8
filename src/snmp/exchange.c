#include "snmp/exchange.h"

#include "base/mem.h"
#include "snmp/peer.h"
#include "snmp/request.h"

#include <errno.h>

#define EXCHANGE_MAGIC 0x78636867u
#define RESYNCS_MAX    3 /* its clock; an agent that has lost it; again */
#define BOUNCES_ENOUGH 2 /* one may be forged, or meet an agent that is just restarting */

static void expired(void *arg);

struct exchange *exchange_new(struct request *request)
{
	struct core *core = request->core;
	struct exchange *x = TAILQ_FIRST(&core->spare);

	if (x != NULL) {
		struct asked room = {.octets = x->asked.octets, .cap = x->asked.cap};

		TAILQ_REMOVE(&core->spare, x, link);
		*x = (struct exchange){.asked = room};
	} else {
		x = mem_alloc(sizeof *x);
	}
	x->magic = EXCHANGE_MAGIC;
	x->request = request;
	/* A peer that is silent is not asked twice for that: one packet a turn finds it when it is back. */
	x->tries_max = peer_is_silent(request->peer) ? 1 : request->peer->config.retries + 1;
	loop_timer_init(&x->timer, expired, x);
	return x;
}

void exchange_free(struct exchange *x)
{
	struct core *core = x->request->core;

	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	x->magic = 0;
	TAILQ_INSERT_HEAD(&core->spare, x, link);
}

void exchange_draw_id(struct exchange *x)
{
	x->id = idtable_add(x->request->core->ids, x);
}

/* One try. False when it does not fit a datagram; other trouble shows as a bounce. */
static bool send_try(struct exchange *x, struct ber_out *pdu)
{
	struct request *request = x->request;
	struct peer *peer = request->peer;
	struct core *core = request->core;
	size_t len;

	security_wrap(request->security, pdu, x->id);
	len = ber_out_len(pdu);
	if (pdu->overflow)
		return false;
	x->octets = (uint16_t)len;
	x->last_sent = loop_now(core->loop);
	if (!x->paced)
		(void)pace_take(&peer->pace, x->last_sent);
	x->paced = x->held = false;
	x->tries++;
	/* The wait before giving up is the whole cap: a slow answer to an early try still counts. */
	loop_timer_in(core->loop, &x->timer, x->tries == x->tries_max ? peer->config.timeout : x->wait);
	request->summary.pdus++;
	core->stats.requests++;
	peer->stats.requests++;
	peer->stats.octets_out += len;
	if (!sockets_send(core->sockets, peer_lane(peer, x->tries), peer_address(peer), pdu->base + pdu->head,
		len, x->id))
		exchange_bounced(x, FAILURE_SEND, errno);
	return true;
}

bool exchange_launch(struct exchange *x, struct ber_out *pdu)
{
	struct request *request = x->request;
	struct peer *peer = request->peer;

	x->wait = peer->rto.value;
	if (!send_try(x, pdu)) {
		idtable_retire(request->core->ids, x->id, ID_GIVEN_UP);
		x->id = 0;
		return false;
	}
	x->first_sent = x->last_sent;
	TAILQ_INSERT_TAIL(&request->flying, x, link);
	request->core->in_flight++;
	request->core->fresh++;
	x->fresh = true;
	x->before = peer->in_flight < UINT8_MAX ? (uint8_t)peer->in_flight : UINT8_MAX;
	peer->in_flight++;
	return true;
}

/* Makes room in the budget: the answer is late, or there will be none. */
static void no_longer_fresh(struct exchange *x)
{
	struct core *core = x->request->core;

	if (!x->fresh)
		return;
	x->fresh = false;
	core->fresh--;
	core_wake(core);
}

/* What the prober met is known: it is the others' turn. */
static void release(struct peer *peer)
{
	struct request *request;
	struct exchange *x;

	peer->prober = NULL;
	TAILQ_FOREACH(request, &peer->requests, link)
	{
		TAILQ_FOREACH(x, &request->flying, link)
		{
			if (x->held)
				loop_timer_in(peer->core->loop, &x->timer, 0);
		}
	}
}

static void land(struct exchange *x, enum id_state state)
{
	struct request *request = x->request;

	no_longer_fresh(x);
	loop_timer_stop(request->core->loop, &x->timer);
	idtable_retire(request->core->ids, x->id, state);
	x->id = 0;
	request->core->in_flight--;
	request->peer->in_flight--;
	if (request->peer->prober == x)
		release(request->peer);
	peer_wake(request->peer);
	core_wake(request->core);
}

void exchange_drop(struct exchange *x)
{
	if (x->id != 0)
		land(x, ID_GIVEN_UP);
}

void exchange_reset(struct exchange *x, unsigned tries_max)
{
	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	x->tries = 0;
	x->tries_max = tries_max;
	x->bounces = x->bounced_try = 0;
	x->garbled = x->paced = x->held = false;
	x->chunk.packed = false;
}

int64_t exchange_sent(const struct exchange *x, const struct arrival *arrival)
{
	/* Sooner than half the usual round trip: that was an earlier try's. */
	if (x->tries > 1 && arrival->received - x->last_sent < x->request->peer->rto.srtt / 2)
		return x->first_sent;
	return x->last_sent;
}

void exchange_answered(struct exchange *x, const struct arrival *arrival)
{
	struct request *request = x->request;
	struct core *core = request->core;

	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	TAILQ_REMOVE(&request->flying, x, link);
	land(x, ID_ANSWERED);
	request->summary.answers++;
	core->stats.responses++;
	if (exchange_sent(x, arrival) != x->last_sent)
		core->stats.late_replies++;
	peer_answered(request->peer, x, arrival);
}

void exchange_bounced(struct exchange *x, enum failure failure, int error)
{
	struct peer *peer = x->request->peer;
	unsigned enough = peer->n_addresses > BOUNCES_ENOUGH ? peer->n_addresses : BOUNCES_ENOUGH;

	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	if (x->bounced_try == x->tries)
		return; /* a second notice of the same try */
	x->bounces = x->bounced_try + 1 == x->tries ? x->bounces + 1 : 1;
	x->bounced_try = x->tries;
	x->hint = failure;
	x->hint_error = error;
	if (x->bounces >= enough)
		x->tries_max = x->tries;
	/* Never later than planned, and never from within the caller. */
	if (x->tries >= x->tries_max)
		loop_timer_in(x->request->core->loop, &x->timer, 0);
	else if (x->wait > RTO_MIN && !x->paced)
		loop_timer_at(x->request->core->loop, &x->timer, x->last_sent + RTO_MIN);
}

static void give_up(struct exchange *x)
{
	struct request *request = x->request;
	struct core *core = request->core;
	enum failure failure = x->garbled ? FAILURE_DECODE : FAILURE_TIMEOUT;
	int error = 0;

	if (x->bounced_try == x->tries) {
		failure = x->hint;
		error = x->hint_error;
	} else {
		core->stats.timeouts++;
		request->peer->stats.timeouts++;
	}
	if (!x->hinted && failure == FAILURE_TIMEOUT && peer_was_silent(request->peer, x)) {
		x->report = security_suspect(request->security);
		x->hinted = x->report != USM_REPORT_OTHER;
		security_silent(request->security);
	}
	if (x->hinted) {
		failure = FAILURE_SECURITY;
		error = (int)x->report;
	}
	if (x->hinted && x->report == USM_REPORT_UNKNOWN_ENGINE)
		security_doubt(request->security);
	TAILQ_REMOVE(&request->flying, x, link);
	land(x, ID_GIVEN_UP);
	request_enter(request);
	request->ops->failed(request, x, failure, error);
	request_leave(request);
}

/* The next try has to wait for its place in the peer's pace; the timer comes again then. */
static bool has_to_wait(struct exchange *x)
{
	struct core *core = x->request->core;
	int64_t now, at;

	if (x->paced || x->request->peer->pace.gap == 0)
		return false;
	now = loop_now(core->loop);
	at = pace_take(&x->request->peer->pace, now);
	x->paced = true;
	if (at <= now)
		return false;
	loop_timer_at(core->loop, &x->timer, at);
	return true;
}

/* Nothing came since x was sent, and another one finds out whether anything will. */
static bool is_held(struct exchange *x)
{
	struct peer *peer = x->request->peer;

	if (peer->last_answer >= x->last_sent)
		return false;
	if (peer->prober == NULL)
		peer->prober = x;
	if (peer->prober == x)
		return false;
	x->held = true;
	loop_timer_in(x->request->core->loop, &x->timer, peer->config.timeout);
	return true;
}

static void try_again(struct exchange *x)
{
	struct request *request = x->request;
	struct peer *peer = request->peer;
	struct core *core = request->core;
	struct ber_out out;

	peer_try_elsewhere(peer);
	request->summary.retransmits++;
	core->stats.retransmits++;
	peer->stats.retransmits++;
	request_out(request, &out);
	request->ops->build(request, x, &out);
	if (!send_try(x, &out))
		give_up(x); /* it fitted before: who the agent is has come into doubt since */
	core_wake(core);
}

static void expired(void *arg)
{
	struct exchange *x = arg;
	struct peer *peer = x->request->peer;
	bool unanswered = x->bounced_try != x->tries && !x->paced && !x->held;

	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	if (unanswered)
		peer_lost(peer, x);
	/* All tries of its own were in vain, or those of the prober. */
	if (x->tries >= x->tries_max ||
	    (x->held && peer->prober == NULL && peer->last_answer < x->last_sent)) {
		give_up(x);
		return;
	}
	no_longer_fresh(x);
	if (unanswered) {
		x->wait = rto_backed_off(x->wait, peer->config.timeout);
		rto_remember(&peer->rto, x->wait, peer->config.timeout);
	}
	if (x->bounced_try != x->tries && !x->paced && is_held(x))
		return;
	if (!has_to_wait(x))
		try_again(x);
}

void exchange_hinted(struct exchange *x, enum usm_report report)
{
	x->hinted = true;
	x->report = report;
}

/* The same try once more, now that the agent's clock is known. */
static void resynchronise(struct exchange *x)
{
	struct request *request = x->request;
	struct ber_out out;

	x->resyncs++;
	x->tries--;
	request_out(request, &out);
	request->ops->build(request, x, &out);
	if (!send_try(x, &out))
		give_up(x); /* as above */
	else
		x->first_sent = x->last_sent;
}

void exchange_reported(struct exchange *x, enum usm_report report)
{
	struct request *request = x->request;

	MAGIC_CHECK(x, EXCHANGE_MAGIC);
	if (report == USM_REPORT_NOT_IN_TIME_WINDOW && x->resyncs < RESYNCS_MAX) {
		resynchronise(x);
		return;
	}
	TAILQ_REMOVE(&request->flying, x, link);
	land(x, ID_ANSWERED);
	request_enter(request);
	request->ops->failed(request, x, FAILURE_SECURITY, (int)report);
	request_leave(request);
}
