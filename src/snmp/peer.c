#include "snmp/peer.h"

#include "base/mem.h"
#include "snmp/introduction.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define PEER_MAGIC	     0x70656572u
#define LOOKUP_AGAIN	     (10 * INT64_C(1000000000)) /* ns, while the name is unknown */
#define LOOKUP_CALM	     (60 * INT64_C(1000000000)) /* ns, while the old address may do */
#define TIMEOUT_DEFAULT	     INT64_C(1000000000)
#define VALUE_OCTETS_INITIAL (8u * 16u)
#define LANE_MISSES	     3 /* that are no chance */

static void pause_over(void *arg)
{
	peer_wake(arg);
}

/* Its security can speak now. */
static void on_ready(void *arg)
{
	struct peer *peer = arg;

	MAGIC_CHECK(peer, PEER_MAGIC);
	peer_wake(peer);
}

struct peer *peer_new(
    struct core *core, const struct peer_config *config, const struct credential *credential)
{
	struct usm *usm = credential->version == SNMP_V3 ? core_usm(core) : NULL;
	struct security *security = security_new(credential, usm, config);
	struct peer *peer;

	if (security == NULL)
		return NULL;
	peer = mem_alloc(sizeof *peer);
	peer->magic = PEER_MAGIC;
	peer->core = core;
	peer->config = *config;
	peer->config.name = mem_strdup(config->name);
	peer->config.host = mem_strdup(config->host);
	if (peer->config.timeout <= 0)
		peer->config.timeout = TIMEOUT_DEFAULT;
	peer->security = security;
	security_on_ready(security, on_ready, peer);
	TAILQ_INIT(&peer->requests);
	TAILQ_INIT(&peer->ready);
	rto_init(&peer->rto, peer->config.timeout);
	pace_set(&peer->pace, config->max_rate);
	loop_timer_init(&peer->pause, pause_over, peer);
	window_init(&peer->window, config->window);
	msgsize_init(&peer->size);
	peer->value_octets = VALUE_OCTETS_INITIAL;
	peer->lane.now = peer->lane.answered = (unsigned)str_hash(config->host, strlen(config->host));
	if (address_parse(&peer->literal, config->host, config->port)) {
		peer->addresses = &peer->literal;
		peer->n_addresses = 1;
	}
	return peer;
}

void peer_cancel(struct peer *peer)
{
	struct request *request;

	MAGIC_CHECK(peer, PEER_MAGIC);
	while ((request = TAILQ_FIRST(&peer->requests)) != NULL) {
		if (request->security != peer->security)
			security_on_ready(request->security, NULL, NULL);
		request_cancel(request);
	}
	peer->introduction = NULL;
}

void peer_free(struct peer *peer)
{
	if (peer == NULL)
		return;
	peer_cancel(peer);
	if (peer->queued)
		TAILQ_REMOVE(&peer->core->ready, peer, link);
	loop_timer_stop(peer->core->loop, &peer->pause);
	resolver_cancel(peer->lookup);
	if (peer->addresses != &peer->literal)
		free(peer->addresses);
	security_on_ready(peer->security, NULL, NULL);
	security_release(peer->security);
	free((char *)peer->config.name);
	free((char *)peer->config.host);
	peer->magic = 0;
	free(peer);
}

enum err peer_set_credential(struct peer *peer, const struct credential *credential)
{
	struct usm *usm = credential->version == SNMP_V3 ? core_usm(peer->core) : NULL;
	struct security *security = security_new(credential, usm, &peer->config);

	MAGIC_CHECK(peer, PEER_MAGIC);
	if (security == NULL)
		return ERR_UNSUPPORTED;
	/* Requests that keep the one before may wait for it still: on_ready() stays theirs. */
	security_on_ready(security, on_ready, peer);
	security_release(peer->security);
	peer->security = security;
	return ERR_OK;
}

void peer_set_manners(struct peer *peer, const struct peer_config *config)
{
	struct peer_config *ours = &peer->config;

	MAGIC_CHECK(peer, PEER_MAGIC);
	ours->timeout = config->timeout > 0 ? config->timeout : TIMEOUT_DEFAULT;
	ours->retries = config->retries;
	ours->accept_any_source = config->accept_any_source;
	ours->max_rate = config->max_rate;
	rto_cap(&peer->rto, ours->timeout);
	pace_set(&peer->pace, config->max_rate);
	loop_timer_stop(peer->core->loop, &peer->pause);
	window_limit(&peer->window, config->window);
	peer_wake(peer);
}

void peer_get_stats(const struct peer *peer, struct peer_stats *stats)
{
	MAGIC_CHECK(peer, PEER_MAGIC);
	*stats = (struct peer_stats){.requests = peer->stats.requests,
	    .responses = peer->stats.responses,
	    .timeouts = peer->stats.timeouts,
	    .retransmits = peer->stats.retransmits,
	    .octets_out = peer->stats.octets_out,
	    .octets_in = peer->stats.octets_in,
	    .rtt = peer->rto.srtt,
	    .timeout = peer->rto.value,
	    .max_message = peer->size.limit,
	    .size_reason = peer->size.reason,
	    .silent = peer_is_silent(peer),
	    .bulk = peer->security->version == SNMP_V1 ? BULK_NONE : peer->bulk.state,
	    .window = peer->window.size,
	    .window_max = peer->window.most,
	    .window_losses = peer->window.losses,
	    .max_rate = peer->config.max_rate,
	    .source_port_changes = peer->lane.changes};
	if (peer->n_addresses == 0)
		return;
	address_format(peer_address(peer), stats->address, sizeof stats->address);
	if (peer->answers_from.any.sa_family != AF_UNSPEC)
		address_format(&peer->answers_from, stats->answers_from, sizeof stats->answers_from);
	stats->source_port =
	    sockets_port(peer->core->sockets, peer->lane.answered, peer_address(peer)->any.sa_family);
}

/* --- where --- */

const struct address *peer_address(const struct peer *peer)
{
	return &peer->addresses[peer->current];
}

bool peer_is_source(const struct peer *peer, const struct address *from)
{
	if (peer->config.accept_any_source)
		return true;
	for (unsigned i = 0; i < peer->n_addresses; i++) {
		if (address_equal(&peer->addresses[i], from))
			return true;
	}
	return false;
}

unsigned peer_lane(const struct peer *peer, unsigned attempt)
{
	/* Stateful firewalls hold on to a session that died: other tries leave from other ports. */
	return peer->lane.now + (attempt > 0 ? attempt - 1 : 0);
}

static void next_address(struct peer *peer)
{
	if (peer->n_addresses > 1)
		peer->current = (uint8_t)((peer->current + 1) % peer->n_addresses);
	peer->proven = false;
}

void peer_try_elsewhere(struct peer *peer)
{
	if (!peer->proven)
		next_address(peer);
}

static void take_addresses(struct peer *peer, const struct resolver_answer *answer)
{
	struct address old = {0};
	bool had_one = peer->n_addresses > 0, kept = false;

	if (had_one)
		old = *peer_address(peer);
	if (peer->addresses != &peer->literal)
		free(peer->addresses);
	peer->addresses = mem_dup(answer->addresses, answer->n * sizeof answer->addresses[0]);
	peer->n_addresses = (uint8_t)answer->n;
	peer->current = 0;
	for (unsigned i = 0; had_one && i < answer->n; i++) {
		if (address_equal(&answer->addresses[i], &old)) {
			peer->current = (uint8_t)i;
			kept = true;
		}
	}
	peer->proven = peer->proven && kept;
}

static void on_looked_up(void *arg, const struct resolver_answer *answer)
{
	struct peer *peer = arg;

	MAGIC_CHECK(peer, PEER_MAGIC);
	peer->lookup = NULL;
	peer->looked_up = loop_now(peer->core->loop);
	peer->lookup_error = answer->error;
	if (answer->error == 0)
		take_addresses(peer, answer);
	else if (peer->n_addresses == 0)
		peer_fall_silent(peer, FAILURE_RESOLVE, answer->error);
	peer_wake(peer);
}

static void look_up(struct peer *peer)
{
	int64_t now = loop_now(peer->core->loop);
	int64_t calm = peer->n_addresses == 0 ? LOOKUP_AGAIN : LOOKUP_CALM;

	if (peer->lookup != NULL || peer->addresses == &peer->literal)
		return;
	if (peer->looked_up != 0 && now - peer->looked_up < calm) {
		if (peer->n_addresses == 0)
			peer_fall_silent(peer, FAILURE_RESOLVE, peer->lookup_error);
		return;
	}
	peer->lookup =
	    resolver_lookup(peer->core->resolver, peer->config.host, peer->config.port, on_looked_up, peer);
}

/* --- the queue --- */

/* The request whose turn it is is not to be asked any more. */
static bool is_vain(const struct peer *peer, const struct request *request)
{
	return request->serial <= peer->silent_serial;
}

/* How long it has to wait, ns, so as not to be asked too fast. */
static int64_t pause_of(const struct peer *peer)
{
	if (peer->pace.gap == 0 || is_vain(peer, TAILQ_FIRST(&peer->ready)))
		return 0;
	return pace_wait(&peer->pace, loop_now(peer->core->loop));
}

void peer_wake(struct peer *peer)
{
	unsigned window = peer->careful ? 1 : peer->window.size;
	int64_t pause;

	if (peer->queued || TAILQ_EMPTY(&peer->ready))
		return;
	if (peer->in_flight >= window) {
		window_filled(&peer->window, loop_now(peer->core->loop));
		return;
	}
	if (peer->lookup != NULL && peer->n_addresses == 0)
		return; /* the look-up will wake it */
	pause = pause_of(peer);
	if (pause > 0) {
		loop_timer_in(peer->core->loop, &peer->pause, pause);
		return;
	}
	peer->queued = true;
	TAILQ_INSERT_TAIL(&peer->core->ready, peer, link);
	core_wake(peer->core);
}

static void abandon(struct peer *peer, struct request *request)
{
	enum failure failure = peer->silent_failure;
	int error = peer->silent_error;

	request_unready(request);
	peer_wake(peer); /* before anything is called: the others get their turn */
	request_enter(request);
	request->ops->abandon(request, failure, error);
	request_leave(request);
}

static void send_next(struct peer *peer, struct request *request)
{
	struct ber_out out;
	struct exchange *x;

	request_enter(request);
	request_out(request, &out);
	x = request->ops->next(request, &out);
	if (request_is_over(request)) { /* nothing was left to ask; the peer may be gone too */
		request_leave(request);
		return;
	}
	if (x == NULL)
		request_unready(request);
	if (x != NULL && !exchange_launch(x, &out)) {
		peer_wake(peer); /* before anything is called */
		request->ops->failed(request, x, FAILURE_TOO_BIG, 0);
	} else {
		peer_wake(peer);
	}
	request_leave(request);
}

/* Otherwise what that takes is under way, and wakes the peer. */
static bool may_speak(struct peer *peer, struct request *request)
{
	switch (security_prepare(request->security)) {
	case SECURITY_READY:
		return true;
	case SECURITY_WAITS:
		return false;
	case SECURITY_ASKS:
		if (peer->introduction == NULL)
			peer->introduction = introduction_start(peer, request->security);
		return false;
	}
	return false;
}

void peer_take_turn(struct peer *peer)
{
	struct request *request;

	MAGIC_CHECK(peer, PEER_MAGIC);
	TAILQ_REMOVE(&peer->core->ready, peer, link);
	peer->queued = false;
	request = TAILQ_FIRST(&peer->ready);
	if (request == NULL)
		return;
	if (peer->n_addresses == 0 && !is_vain(peer, request)) {
		look_up(peer);
		if (peer->lookup != NULL)
			return; /* on_looked_up() wakes it */
	}
	if (is_vain(peer, request))
		abandon(peer, request);
	else if (pause_of(peer) > 0)
		peer_wake(peer); /* a further try took its place meanwhile */
	else if (may_speak(peer, request))
		send_next(peer, request);
}

/* --- what happened --- */

/* Which of our ports is answered. A firewall that pins a dead session keeps one of them from being so; a
 * packet that was lost says little. */
static void learn_lane(struct peer *peer, const struct exchange *x, const struct arrival *arrival)
{
	bool by_last = exchange_sent(x, arrival) == x->last_sent;
	unsigned lane = peer_lane(peer, by_last ? x->tries : 1);

	if (lane == peer->lane.now)
		peer->lane.misses = 0;
	else if (++peer->lane.misses < LANE_MISSES)
		return;
	peer->lane.misses = 0;
	peer->lane.now = lane;
	peer->lane.changes += lane != peer->lane.answered;
	peer->lane.answered = lane;
}

static void learn_source(struct peer *peer, const struct address *from)
{
	if (from == NULL || address_equal(from, peer_address(peer)))
		peer->answers_from = (struct address){0};
	else
		peer->answers_from = *from;
}

void peer_answered(struct peer *peer, const struct exchange *x, const struct arrival *arrival)
{
	learn_lane(peer, x, arrival);
	learn_source(peer, arrival->from);
	peer->stats.responses++;
	peer->stats.octets_in += arrival->octets;
	peer->last_answer = arrival->received;
	peer->silent_serial = 0;
	peer->careful = false;
	peer->proven = true;
	/* Karn: of a repeated one nobody knows which try was answered. */
	if (x->tries == 1)
		rto_sample(&peer->rto, arrival->received - x->first_sent, peer->config.timeout);
	window_answered(
	    &peer->window, x->first_sent, x->before, x->tries == 1 ? arrival->received - x->first_sent : 0);
	msgsize_answered(&peer->size, x->octets, arrival->octets);
}

void peer_lost(struct peer *peer, const struct exchange *x)
{
	/* Where its size may be the reason, fewer at once are no remedy. */
	if (!peer->careful && !msgsize_is_new(&peer->size, x->octets, x->expected))
		window_lost(&peer->window, x->last_sent, loop_now(peer->core->loop));
}

bool peer_was_silent(const struct peer *peer, const struct exchange *x)
{
	return peer->last_answer < x->first_sent;
}

void peer_fall_silent(struct peer *peer, enum failure failure, int error)
{
	peer->silent_serial = peer->core->serial;
	peer->silent_failure = failure;
	peer->silent_error = error;
	if (peer->careful) /* size was not the reason then */
		peer->size = peer->size_before;
	peer->careful = false;
	window_restart(&peer->window);
	if (peer->last_answer != 0)
		peer->lane.now++; /* as its one try a request will not */
	if (failure != FAILURE_RESOLVE) {
		next_address(peer);
		look_up(peer); /* it may live elsewhere now */
	}
}

bool peer_may_shrink(const struct peer *peer, const struct exchange *x)
{
	/* Silence at what every implementation must take is loss, whatever else it may be. */
	if (peer->last_answer == 0 || (x->expected <= MSGSIZE_ALL && x->octets <= MSGSIZE_ALL))
		return false;
	return !peer_was_silent(peer, x) || msgsize_is_new(&peer->size, x->octets, x->expected);
}

void peer_shrink(struct peer *peer, const struct exchange *x, enum size_reason reason)
{
	if (!peer->careful)
		peer->size_before = peer->size;
	msgsize_shrink(&peer->size, x->expected > x->octets ? x->expected : x->octets, reason);
	peer->careful = true;
}
