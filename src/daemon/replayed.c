#include "daemon/replayed.h"

#include "base/mem.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_TIME UNITS_MS
#define PDU_ITEMS   64

static const uint8_t uptime_name[] = {0x2b, 6, 1, 2, 1, 1, 3, 0};

struct replayed {
	struct loop *loop;
	const struct recording *recording;
	uint64_t uptime; /* 1/100 s at `began` */
	int64_t began;	 /* monotonic ns */
};

enum busy { IDLE, GETTING, WALKING };

struct peer {
	struct replayed *replayed;
	struct loop_timer timer;
	enum busy busy;
	struct get_request get;
	size_t next; /* item of `get` */
	struct walk_request walk;
	struct request_summary summary;
	int64_t sent;
	unsigned turn;	    /* counts requests and cancels: another one means that this request is over */
	bool calling, gone; /* within a callback; freed there */
};

struct replayed *replayed_new(struct loop *loop, const struct recording *recording)
{
	struct replayed *replayed = mem_alloc(sizeof *replayed);
	const struct recorded *uptime = recording_find(recording, uptime_name, sizeof uptime_name);

	replayed->loop = loop;
	replayed->recording = recording;
	replayed->began = loop_now(loop);
	if (uptime == NULL || !value_to_u64(&uptime->value, &replayed->uptime))
		replayed->uptime = 360000;
	return replayed;
}

void replayed_free(struct replayed *replayed)
{
	free(replayed);
}

void replayed_change(struct replayed *replayed, const struct recording *recording)
{
	replayed->recording = recording;
}

static struct value answer(const struct replayed *replayed, const uint8_t *name, size_t len)
{
	struct value value = {.type = VALUE_NO_SUCH_INSTANCE};
	const struct recorded *found = recording_find(replayed->recording, name, len);

	if (found != NULL)
		value = found->value;
	if (len == sizeof uptime_name && memcmp(name, uptime_name, len) == 0) {
		value.type = VALUE_TIMETICKS;
		value.u =
		    (uint32_t)(replayed->uptime +
			       (uint64_t)((loop_now(replayed->loop) - replayed->began) / (10 * UNITS_MS)));
	}
	return value;
}

/* --- requests --- */

static void begin(struct peer *peer, enum busy busy)
{
	peer->turn++;
	peer->busy = busy;
	peer->summary = (struct request_summary){0};
	peer->sent = loop_now(peer->replayed->loop);
	loop_timer_in(peer->replayed->loop, &peer->timer, ANSWER_TIME);
}

static void fill_reply(struct peer *peer, struct get_reply *reply, struct value *values)
{
	uint8_t name[OID_BER_MAX];

	for (size_t i = 0; i < peer->get.n_guards; i++)
		reply->guards[i] = answer(peer->replayed, name, oid_to_ber(&peer->get.guards[i], name));
	for (size_t i = 0; i < reply->n; i++)
		values[i] =
		    answer(peer->replayed, name, peer->get.name(peer->get.arg, reply->first + i, name));
	reply->values = values;
}

/* After a callback: whether it is this request still that is served. Frees a peer that is not wanted at all.
 */
static bool still_wanted(struct peer *peer, unsigned turn)
{
	peer->calling = false;
	if (peer->gone) {
		free(peer);
		return false;
	}
	return peer->turn == turn;
}

static void serve_get(struct peer *peer)
{
	struct value values[PDU_ITEMS];
	int64_t now = loop_now(peer->replayed->loop);
	size_t left = peer->get.n - peer->next;
	struct get_reply reply = {.first = peer->next,
	    .n = left < PDU_ITEMS ? left : PDU_ITEMS,
	    .sent = peer->sent,
	    .received = now,
	    .wall = clock_wall(loop_clock(peer->replayed->loop))};
	unsigned turn = peer->turn;

	fill_reply(peer, &reply, values);
	peer->next += reply.n;
	peer->summary.pdus++;
	peer->summary.answers++;
	peer->calling = true;
	peer->get.values(peer->get.arg, &reply);
	if (!still_wanted(peer, turn))
		return;
	if (peer->next < peer->get.n) {
		loop_timer_in(peer->replayed->loop, &peer->timer, ANSWER_TIME);
		return;
	}
	peer->busy = IDLE;
	peer->get.done(peer->get.arg, &peer->summary);
}

/* One column from end to end. False when the walk is over within. */
static bool walk_column(struct peer *peer, size_t column, unsigned turn)
{
	const struct walk_column *asked = &peer->walk.columns[column];
	const struct recording *recording = peer->replayed->recording;
	const struct recorded *object;

	for (size_t at = recording_from(recording, asked->ber, asked->ber_len);
	     (object = recording_at(recording, at)) != NULL; at++) {
		const uint8_t *name = object->name;
		size_t len = object->name_len;
		struct value value;

		if (len < asked->ber_len || memcmp(name, asked->ber, asked->ber_len) != 0)
			break;
		if (len == asked->ber_len)
			continue;
		value = answer(peer->replayed, name, len);
		peer->calling = true;
		peer->walk.cell(peer->walk.arg, column, name + asked->ber_len, len - asked->ber_len, &value);
		if (!still_wanted(peer, turn))
			return false;
	}
	return true;
}

static void serve_walk(struct peer *peer)
{
	unsigned turn = peer->turn;

	peer->summary.pdus = peer->summary.answers = 1;
	for (size_t c = 0; c < peer->walk.n_columns; c++) {
		if (!walk_column(peer, c, turn))
			return;
	}
	peer->busy = IDLE;
	peer->walk.done(peer->walk.arg, WALK_COMPLETE, &peer->summary);
}

static void serve(void *arg)
{
	struct peer *peer = arg;

	switch (peer->busy) {
	case GETTING:
		serve_get(peer);
		break;
	case WALKING:
		serve_walk(peer);
		break;
	case IDLE:
		break;
	}
}

/* --- the seam --- */

static void start_get(void *self, struct peer *peer, const struct get_request *request)
{
	(void)self;
	peer->get = *request;
	peer->next = 0;
	begin(peer, GETTING);
}

static void start_walk(void *self, struct peer *peer, const struct walk_request *request)
{
	(void)self;
	peer->walk = *request;
	begin(peer, WALKING);
}

static void cancel(void *self, struct peer *peer)
{
	(void)self;
	peer->turn++;
	peer->busy = IDLE;
	loop_timer_stop(peer->replayed->loop, &peer->timer);
}

static struct peer *peer_new(
    void *self, const struct peer_config *config, const struct credential *credential)
{
	struct peer *peer = mem_alloc(sizeof *peer);

	(void)config;
	(void)credential;
	peer->replayed = self;
	loop_timer_init(&peer->timer, serve, peer);
	return peer;
}

static void peer_free(void *self, struct peer *peer)
{
	cancel(self, peer);
	peer->gone = true;
	if (!peer->calling)
		free(peer);
}

static enum err peer_credential(void *self, struct peer *peer, const struct credential *credential)
{
	(void)self;
	(void)peer;
	(void)credential;
	return ERR_OK;
}

static void peer_stats(void *self, const struct peer *peer, struct peer_stats *stats)
{
	(void)self;
	(void)peer;
	*stats = (struct peer_stats){.address = "a recording"};
}

static void peer_manners(void *self, struct peer *peer, const struct peer_config *config)
{
	(void)self;
	(void)peer;
	(void)config;
}

struct agent replayed_agent(struct replayed *replayed)
{
	static const struct agent_ops ops = {.peer_new = peer_new,
	    .peer_free = peer_free,
	    .peer_credential = peer_credential,
	    .peer_stats = peer_stats,
	    .get = start_get,
	    .walk = start_walk,
	    .cancel = cancel,
	    .peer_manners = peer_manners};

	return (struct agent){&ops, replayed};
}
