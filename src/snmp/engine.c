#include "snmp/engine.h"

#include "base/mem.h"
#include "snmp/core.h"
#include "snmp/get.h"
#include "snmp/message.h"
#include "snmp/peer.h"
#include "snmp/request.h"
#include "snmp/walk.h"

#include <stdlib.h>

#define ENGINE_MAGIC  0x656e6769u
#define IN_FLIGHT_MIN 64u
#define IN_FLIGHT_MAX 4096u

struct engine {
	uint32_t magic;
	struct core core;
};

const char *reject_name(enum reject reject)
{
	static const char *const names[REJECT_COUNT] = {
	    [REJECT_MALFORMED] = "malformed",
	    [REJECT_VERSION] = "version",
	    [REJECT_COMMUNITY] = "community",
	    [REJECT_PDU_TYPE] = "pdu_type",
	    [REJECT_REQUEST_ID] = "request_id",
	    [REJECT_SOURCE] = "source",
	    [REJECT_NAMES] = "names",
	    [REJECT_LATE] = "late",
	    [REJECT_DUPLICATE] = "duplicate",
	    [REJECT_OVERSIZE] = "oversize",
	    [REJECT_ENGINE] = "engine",
	    [REJECT_USER] = "user",
	    [REJECT_LEVEL] = "level",
	    [REJECT_DIGEST] = "digest",
	    [REJECT_TIME] = "time",
	    [REJECT_DECRYPT] = "decrypt",
	    [REJECT_CONTEXT] = "context",
	    [REJECT_REPORT] = "report",
	};

	return reject < REJECT_COUNT ? names[reject] : "none";
}

/* --- what arrives --- */

/* Who is meant by the id; REJECT_NONE and *x when something waits for it. */
static enum reject find_exchange(struct core *core, uint32_t id, struct exchange **x)
{
	void *item;

	switch (idtable_find(core->ids, id, &item)) {
	case ID_IN_FLIGHT:
		*x = item;
		return REJECT_NONE;
	case ID_ANSWERED:
		return REJECT_DUPLICATE;
	case ID_GIVEN_UP:
		return REJECT_LATE;
	case ID_UNKNOWN:
		break;
	}
	return REJECT_REQUEST_ID;
}

/* The checks in the order of their cost to us and of their use to somebody who guesses. */
static enum reject accept_response(
    struct core *core, const uint8_t *octets, size_t len, const struct address *from)
{
	struct arrival arrival = {.octets = len, .from = from};
	struct message message;
	struct exchange *x = NULL;
	struct request *request;
	struct pdu pdu;
	enum reject reject;

	reject = message_open(octets, len, &message);
	if (reject == REJECT_NONE)
		reject = find_exchange(core, message.id, &x);
	if (reject != REJECT_NONE)
		return reject;
	request = x->request;
	if (!peer_is_source(request->peer, from))
		return REJECT_SOURCE;
	reject = security_unwrap(request->security, &message, &pdu);
	if (reject == REJECT_REPORT)
		exchange_hinted(x, usm_report_of(&pdu));
	if (reject == REJECT_NONE && pdu.type == PDU_REPORT) {
		exchange_reported(x, usm_report_of(&pdu));
		return reject;
	}
	if (reject == REJECT_NONE) {
		arrival.received = loop_now(core->loop);
		arrival.wall = clock_wall(loop_clock(core->loop));
		request_enter(request);
		reject = request->ops->answer(request, x, &pdu, &arrival);
		if (reject == REJECT_NONE) {
			request_leave(request);
			return reject;
		}
		request_leave(request);
	}
	if (reject == REJECT_MALFORMED || reject == REJECT_NAMES)
		x->garbled = true; /* still in flight: a better answer may come */
	return reject;
}

static void on_received(void *arg, const uint8_t *octets, size_t len, bool cut, const struct address *from)
{
	struct core *core = arg;
	enum reject reject = cut ? REJECT_OVERSIZE : accept_response(core, octets, len, from);

	if (reject != REJECT_NONE)
		core->stats.rejected[reject]++;
}

static void on_settled(void *arg)
{
	core_pump(arg);
}

/* A claim counts only if it repeats an id in flight to that very address: who can do that
 * has seen the request. Even then it only shortens the tries. */
static void on_bounced(void *arg, const uint8_t *quoted, size_t len, const struct address *to, int error)
{
	struct core *core = arg;
	struct exchange *x;
	uint32_t id;

	(void)error; /* host and network unreachable too: nothing will answer */
	if (!message_quoted_id(quoted, len, &id) || find_exchange(core, id, &x) != REJECT_NONE)
		return;
	if (address_equal(peer_address(x->request->peer), to))
		exchange_bounced(x, FAILURE_REFUSED, error);
}

static void on_unsent(void *arg, uint32_t token, int error)
{
	struct core *core = arg;
	struct exchange *x;

	if (find_exchange(core, token, &x) == REJECT_NONE)
		exchange_bounced(x, FAILURE_SEND, error);
}

/* --- the agent --- */

static struct core *core_of(void *self)
{
	struct engine *engine = self;

	MAGIC_CHECK(engine, ENGINE_MAGIC);
	return &engine->core;
}

static struct peer *op_peer_new(
    void *self, const struct peer_config *config, const struct credential *credential)
{
	return peer_new(core_of(self), config, credential);
}

static void op_peer_free(void *self, struct peer *peer)
{
	(void)core_of(self);
	peer_free(peer);
}

static enum err op_peer_credential(void *self, struct peer *peer, const struct credential *credential)
{
	(void)core_of(self);
	return peer_set_credential(peer, credential);
}

static void op_peer_manners(void *self, struct peer *peer, const struct peer_config *config)
{
	(void)core_of(self);
	peer_set_manners(peer, config);
}

static void op_peer_stats(void *self, const struct peer *peer, struct peer_stats *stats)
{
	(void)core_of(self);
	peer_get_stats(peer, stats);
}

static void op_get(void *self, struct peer *peer, const struct get_request *request)
{
	(void)core_of(self);
	get_start(peer, request);
}

static void op_walk(void *self, struct peer *peer, const struct walk_request *request)
{
	(void)core_of(self);
	walk_start(peer, request);
}

static void op_cancel(void *self, struct peer *peer)
{
	(void)core_of(self);
	peer_cancel(peer);
}

static const struct agent_ops engine_ops = {
    .peer_new = op_peer_new,
    .peer_free = op_peer_free,
    .peer_credential = op_peer_credential,
    .peer_stats = op_peer_stats,
    .get = op_get,
    .walk = op_walk,
    .cancel = op_cancel,
    .peer_manners = op_peer_manners,
};

struct agent engine_agent(struct engine *engine)
{
	return (struct agent){.ops = &engine_ops, .self = engine};
}

/* --- life --- */

struct engine *engine_new(struct loop *loop, const struct engine_options *options)
{
	struct engine *engine = mem_alloc(sizeof *engine);
	struct core *core = &engine->core;
	const struct sockets_hooks hooks = {.received = on_received,
	    .settled = on_settled,
	    .bounced = on_bounced,
	    .unsent = on_unsent,
	    .arg = core};
	unsigned most;

	engine->magic = ENGINE_MAGIC;
	core_init(core, loop);
	core->keys = mem_strdup(options->keys);
	core->sockets = sockets_new(loop, options->sockets, options->receive_buffer, &hooks);
	if (core->sockets == NULL) {
		core_fini(core);
		free(engine);
		return NULL;
	}
	/* More would only be lost in the receive buffers. */
	most = sockets_capacity(core->sockets);
	most = most > IN_FLIGHT_MAX ? IN_FLIGHT_MAX : most < IN_FLIGHT_MIN ? IN_FLIGHT_MIN : most;
	core->fresh_max = options->in_flight != 0 ? options->in_flight : most;
	return engine;
}

void engine_free(struct engine *engine)
{
	if (engine == NULL)
		return;
	MAGIC_CHECK(engine, ENGINE_MAGIC);
	core_fini(&engine->core);
	engine->magic = 0;
	free(engine);
}

void engine_stats(const struct engine *engine, struct engine_stats *stats)
{
	MAGIC_CHECK(engine, ENGINE_MAGIC);
	*stats = engine->core.stats;
	stats->in_flight = engine->core.in_flight;
}
