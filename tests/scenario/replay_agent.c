#include "scenario/replay_agent.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UPTIME "1.3.6.1.2.1.1.3.0"
#define BULK   10 /* rows of a walk's packet */

struct replay {
	struct loop *loop;
	struct replay_device **devices;
	size_t n, peers;
};

struct walk_state {
	uint8_t last[OID_BER_MAX]; /* name of the last cell of the column */
	size_t len, rows;
	bool ended;
};

struct peer {
	struct replay *replay;
	struct replay_device *device;
	char community[32];
	int64_t timeout;
	unsigned retries;
	struct loop_timer timer;
	enum { IDLE, GETTING, WALKING } busy;
	struct get_request get;
	size_t next, group; /* items answered; of the PDU under way */
	int64_t sent;
	enum failure failing; /* of the PDU under way */
	struct walk_request walk;
	struct walk_state *columns;
	size_t packets;
	struct request_summary summary;
	struct peer_stats stats;
	bool dropped; /* within a callback */
	bool *gone;   /* set when freed within a callback */
};

static void serve(void *arg);

struct replay *replay_new(struct loop *loop)
{
	struct replay *replay = mem_alloc(sizeof *replay);

	replay->loop = loop;
	return replay;
}

static void drop(struct replay_object *object)
{
	free(object->name);
	free(object->text);
}

void replay_free(struct replay *replay)
{
	assert(replay->peers == 0);
	for (size_t i = 0; i < replay->n; i++) {
		for (size_t o = 0; o < replay->devices[i]->n; o++)
			drop(&replay->devices[i]->objects[o]);
		free(replay->devices[i]->objects);
		free(replay->devices[i]);
	}
	free(replay->devices);
	free(replay);
}

struct replay_device *replay_device(struct replay *replay, const char *host)
{
	struct replay_device *device = mem_alloc(sizeof *device);

	device->replay = replay;
	snprintf(device->host, sizeof device->host, "%s", host);
	strcpy(device->community, "public");
	device->pdu_items = 40;
	device->latency = UNITS_MS;
	device->booted = loop_now(replay->loop);
	device->uptime_before = 10000000; /* a day and some */
	replay->devices = mem_realloc(replay->devices, replay->n + 1, sizeof(struct replay_device *));
	replay->devices[replay->n++] = device;
	return device;
}

/* ---- the MIB ---- */

static size_t encode(const char *text, uint8_t out[OID_BER_MAX])
{
	struct oid oid;
	size_t len;

	if (oid_parse(text, &oid) != ERR_OK)
		abort();
	len = oid_to_ber(&oid, out);
	assert(len > 0);
	return len;
}

/* The first object at or after the name. */
static size_t lower_bound(struct replay_device *device, const uint8_t *name, size_t len)
{
	size_t low = 0, high = device->n;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct replay_object *object = &device->objects[mid];

		if (oid_ber_compare(object->name, object->name_len, name, len) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct replay_object *find(struct replay_device *device, const uint8_t *name, size_t len)
{
	size_t i = lower_bound(device, name, len);

	if (i < device->n && device->objects[i].name_len == len &&
	    memcmp(device->objects[i].name, name, len) == 0)
		return &device->objects[i];
	return NULL;
}

/* Set by name: replaces what was there. */
static struct replay_object *object(struct replay_device *device, const char *oid)
{
	uint8_t name[OID_BER_MAX];
	size_t len = encode(oid, name);
	struct replay_object *o = find(device, name, len);

	if (o == NULL) {
		size_t at = lower_bound(device, name, len);

		if (device->n == device->cap) {
			device->cap = device->cap ? device->cap * 2 : 64;
			device->objects = mem_realloc(device->objects, device->cap, sizeof *device->objects);
		}
		o = &device->objects[at];
		memmove(o + 1, o, (device->n - at) * sizeof *o);
		device->n++;
	} else {
		drop(o);
	}
	*o = (struct replay_object){.name = mem_dup(name, len), .name_len = len};
	return o;
}

void replay_int(struct replay_device *device, const char *oid, enum value_type type, int64_t number)
{
	struct replay_object *o = object(device, oid);

	o->value.type = type;
	if (type == VALUE_INTEGER)
		o->value.i = number;
	else
		o->value.u = (uint64_t)number;
}

void replay_text(struct replay_device *device, const char *oid, const char *text)
{
	struct value value = {.type = VALUE_OCTETS, .bytes = {(const uint8_t *)text, (uint32_t)strlen(text)}};

	replay_value(device, oid, &value);
}

static bool has_octets(const struct value *value)
{
	return value->type == VALUE_OCTETS || value->type == VALUE_OID || value->type == VALUE_IPADDRESS ||
	       value->type == VALUE_OPAQUE;
}

void replay_value(struct replay_device *device, const char *oid, const struct value *value)
{
	struct replay_object *o = object(device, oid);

	o->value = *value;
	if (!has_octets(value))
		return;
	o->text = mem_calloc(value->bytes.len + 1, 1);
	memcpy(o->text, value->bytes.p, value->bytes.len);
}

void replay_uptime(struct replay_device *device, uint64_t ticks)
{
	object(device, UPTIME)->is_uptime = true;
	device->booted = loop_now(device->replay->loop);
	device->uptime_before = ticks;
}

void replay_counter(
    struct replay_device *device, const char *oid, unsigned bits, uint64_t base, uint64_t rate)
{
	struct replay_object *o = object(device, oid);

	o->bits = bits;
	o->base = base;
	o->rate = rate;
	o->since = loop_now(device->replay->loop);
}

void replay_system(struct replay_device *device, const char *object_id, const char *descr)
{
	uint8_t ber[OID_BER_MAX];
	struct value id = {.type = VALUE_OID, .bytes = {ber, (uint32_t)encode(object_id, ber)}};

	replay_text(device, "1.3.6.1.2.1.1.1.0", descr);
	replay_value(device, "1.3.6.1.2.1.1.2.0", &id);
	object(device, UPTIME)->is_uptime = true;
	replay_text(device, "1.3.6.1.2.1.1.5.0", device->host);
}

void replay_remove(struct replay_device *device, const char *prefix)
{
	uint8_t name[OID_BER_MAX];
	size_t len = encode(prefix, name), kept = 0;

	for (size_t i = 0; i < device->n; i++) {
		if (device->objects[i].name_len >= len && memcmp(device->objects[i].name, name, len) == 0)
			drop(&device->objects[i]);
		else
			device->objects[kept++] = device->objects[i];
	}
	device->n = kept;
}

void replay_reboot(struct replay_device *device)
{
	device->booted = loop_now(device->replay->loop) + 8 * UNITS_SEC;
	device->uptime_before = 0;
}

/* An object's value now; its bytes are copied into a block that the caller frees. */
/* When the counters that are served now were read. */
static int64_t counted_at(const struct replay_device *device, int64_t now)
{
	int64_t number, at;

	if (device->refresh == 0)
		return now;
	if (device->refresh_on_demand)
		return device->refreshed;
	number = now / device->refresh;
	do {
		uint64_t hash = (uint64_t)number * 0x9e3779b97f4a7c15u;

		at = number-- * device->refresh;
		if (device->refresh_jitter > 0)
			at += (int64_t)((hash >> 20) % (uint64_t)device->refresh_jitter);
	} while (at > now);
	return at;
}

static void read_object(
    const struct replay_device *device, const struct replay_object *o, struct value *value, uint8_t **bytes)
{
	int64_t now = loop_now(device->replay->loop);

	*bytes = NULL;
	*value = o->value;
	if (o->is_uptime) {
		value->type = VALUE_TIMETICKS;
		value->u = (uint32_t)(device->uptime_before + (uint64_t)((now - device->booted) / 10000000));
	} else if (o->bits > 0) {
		int64_t at = counted_at(device, now);
		uint64_t ms = at > o->since ? (uint64_t)((at - o->since) / UNITS_MS) : 0;

		value->type = o->bits == 32 ? VALUE_COUNTER32 : VALUE_COUNTER64;
		value->u = o->base + ms / 1000 * o->rate + ms % 1000 * o->rate / 1000;
		if (o->bits == 32)
			value->u = (uint32_t)value->u;
	} else if (has_octets(value)) {
		*bytes = mem_dup(o->text, value->bytes.len + 1);
		value->bytes.p = *bytes;
	}
}

/* ---- requests ---- */

static bool is_silent(const struct peer *peer)
{
	const struct replay_device *device = peer->device;

	return device == NULL || device->silent || loop_now(peer->replay->loop) < device->booted ||
	       strcmp(device->community, peer->community) != 0;
}

static enum failure next_pdu(struct peer *peer, bool is_walk)
{
	struct replay_device *device = peer->device;
	enum failure failure = FAILURE_NONE;

	if (device == NULL)
		return FAILURE_TIMEOUT;
	if (device->pdu != NULL)
		failure = device->pdu(device->arg, device, device->pdus, is_walk);
	device->pdus++;
	if (is_silent(peer))
		failure = FAILURE_TIMEOUT;
	if (loop_now(peer->replay->loop) >= device->refreshed + device->refresh)
		device->refreshed = loop_now(peer->replay->loop);
	return failure;
}

/* Begins a PDU: its answer, or its failure, comes at its time. */
static void send(struct peer *peer)
{
	int64_t wait = peer->device != NULL ? peer->device->latency : 0;
	unsigned tries = 1;

	peer->sent = loop_now(peer->replay->loop);
	if (is_silent(peer)) {
		tries = peer->retries + 1;
		wait = peer->timeout * (int64_t)tries;
	}
	peer->summary.pdus += tries;
	peer->stats.requests++;
	if (peer->device != NULL)
		peer->device->tries += tries;
	loop_timer_in(peer->replay->loop, &peer->timer, wait);
}

static void finish(struct peer *peer)
{
	struct get_request get = peer->get;

	peer->busy = IDLE;
	get.done(get.arg, &peer->summary);
}

static void finish_walk(struct peer *peer, enum walk_end end)
{
	struct walk_request walk = peer->walk;

	peer->busy = IDLE;
	free(peer->columns);
	peer->columns = NULL;
	walk.done(walk.arg, end, &peer->summary);
}

static size_t group_size(const struct peer *peer)
{
	size_t n = 0, max = peer->device != NULL ? peer->device->pdu_items : 40;

	while (peer->next + n < peer->get.n) {
		size_t group = 1;

		while (peer->next + n + group < peer->get.n && peer->get.joined != NULL &&
		       peer->get.joined(peer->get.arg, peer->next + n + group))
			group++;
		if (n > 0 && n + group > max)
			break;
		n += group;
	}
	return n;
}

static void answer_items(struct peer *peer, struct get_reply *reply, struct value *values, uint8_t **blocks)
{
	static const struct value absent = {.type = VALUE_NO_SUCH_INSTANCE};
	uint8_t name[OID_BER_MAX];

	for (size_t i = 0; i < peer->get.n_guards + reply->n; i++) {
		bool is_guard = i < peer->get.n_guards;
		size_t item = i - peer->get.n_guards;
		struct value *value = is_guard ? &reply->guards[i] : &values[item];
		size_t len = is_guard ? oid_to_ber(&peer->get.guards[i], name)
				      : peer->get.name(peer->get.arg, reply->first + item, name);
		const struct replay_object *o = find(peer->device, name, len);

		*value = absent;
		if (o != NULL)
			read_object(peer->device, o, value, &blocks[i]);
	}
}

static void serve_get(struct peer *peer)
{
	enum failure failure = next_pdu(peer, false);
	int64_t now = loop_now(peer->replay->loop);
	struct get_reply reply = {.first = peer->next,
	    .failure = failure,
	    .sent = peer->sent,
	    .received = now,
	    .wall = clock_wall(loop_clock(peer->replay->loop))};
	struct value *values;
	uint8_t **blocks;
	size_t n_blocks;
	bool gone = false;

	reply.n = group_size(peer);
	n_blocks = reply.n + peer->get.n_guards;
	values = mem_calloc(reply.n + 1, sizeof *values);
	blocks = mem_calloc(n_blocks + 1, sizeof(uint8_t *));
	if (failure == FAILURE_NONE) {
		answer_items(peer, &reply, values, blocks);
		reply.values = values;
		peer->summary.answers++;
	} else if (peer->summary.failure == FAILURE_NONE) {
		peer->summary.failure = failure;
	}
	peer->next += reply.n;
	peer->gone = &gone;
	peer->dropped = false;
	peer->get.values(peer->get.arg, &reply);
	for (size_t i = 0; i < n_blocks; i++)
		free(blocks[i]);
	free(blocks);
	free(values);
	if (gone)
		return;
	peer->gone = NULL;
	if (peer->dropped)
		return;
	if (peer->next < peer->get.n)
		send(peer);
	else
		finish(peer);
}

/* One cell of one column; false when the column has ended. */
static bool walk_one(struct peer *peer, size_t column)
{
	struct walk_state *state = &peer->columns[column];
	const struct walk_column *asked = &peer->walk.columns[column];
	size_t at = lower_bound(peer->device, state->last, state->len);
	const struct replay_object *o;
	struct value value;
	uint8_t *bytes;

	if (at < peer->device->n && oid_ber_compare(peer->device->objects[at].name,
					peer->device->objects[at].name_len, state->last, state->len) == 0)
		at++;
	o = at < peer->device->n ? &peer->device->objects[at] : NULL;
	if (o == NULL || o->name_len <= asked->ber_len || memcmp(o->name, asked->ber, asked->ber_len) != 0)
		return false;
	memcpy(state->last, o->name, o->name_len);
	state->len = o->name_len;
	state->rows++;
	read_object(peer->device, o, &value, &bytes);
	peer->walk.cell(
	    peer->walk.arg, column, o->name + asked->ber_len, o->name_len - asked->ber_len, &value);
	free(bytes);
	return true;
}

static void serve_walk(struct peer *peer)
{
	enum failure failure = next_pdu(peer, true);
	struct replay_device *device = peer->device;
	bool open = false, capped = false;

	if (failure != FAILURE_NONE) {
		peer->summary.failure = failure;
		finish_walk(peer, failure == FAILURE_TIMEOUT ? WALK_TIMEOUT : WALK_FAILED);
		return;
	}
	peer->summary.answers++;
	if (device->cut != WALK_COMPLETE && peer->packets++ >= device->cut_after) {
		peer->summary.failure = FAILURE_TRUNCATED;
		finish_walk(peer, device->cut);
		return;
	}
	for (size_t row = 0; row < BULK; row++) {
		for (size_t c = 0; c < peer->walk.n_columns; c++) {
			if (!peer->columns[c].ended)
				peer->columns[c].ended = !walk_one(peer, c);
		}
	}
	for (size_t c = 0; c < peer->walk.n_columns; c++) {
		open |= !peer->columns[c].ended;
		capped |= peer->walk.max_rows > 0 && peer->columns[c].rows > peer->walk.max_rows;
	}
	if (capped)
		finish_walk(peer, WALK_CAP_ROWS);
	else if (open)
		send(peer);
	else
		finish_walk(peer, WALK_COMPLETE);
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

static void replay_get(void *self, struct peer *peer, const struct get_request *request)
{
	(void)self;
	assert(peer->busy == IDLE);
	peer->busy = GETTING;
	peer->dropped = true; /* if within a callback: that request is over */
	peer->get = *request;
	peer->next = 0;
	peer->summary = (struct request_summary){0};
	send(peer);
}

static void replay_walk(void *self, struct peer *peer, const struct walk_request *request)
{
	(void)self;
	assert(peer->busy == IDLE);
	peer->busy = WALKING;
	peer->dropped = true;
	peer->walk = *request;
	peer->packets = 0;
	peer->columns = mem_calloc(request->n_columns + 1, sizeof *peer->columns);
	for (size_t i = 0; i < request->n_columns; i++) {
		memcpy(peer->columns[i].last, request->columns[i].ber, request->columns[i].ber_len);
		peer->columns[i].len = request->columns[i].ber_len;
	}
	peer->summary = (struct request_summary){0};
	if (peer->device != NULL)
		peer->device->walks++;
	send(peer);
}

static void replay_cancel(void *self, struct peer *peer)
{
	(void)self;
	peer->busy = IDLE;
	peer->dropped = true;
	free(peer->columns);
	peer->columns = NULL;
	loop_timer_stop(peer->replay->loop, &peer->timer);
}

static enum err set_credential(void *self, struct peer *peer, const struct credential *credential)
{
	(void)self;
	if (credential->version == SNMP_V3)
		return ERR_UNSUPPORTED;
	memset(peer->community, 0, sizeof peer->community);
	memcpy(peer->community, credential->community.bytes, credential->community.len);
	return ERR_OK;
}

static struct peer *peer_new(
    void *self, const struct peer_config *config, const struct credential *credential)
{
	struct replay *replay = self;
	struct peer *peer;

	if (credential->version == SNMP_V3)
		return NULL;
	peer = mem_alloc(sizeof *peer);
	peer->replay = replay;
	peer->timeout = config->timeout;
	peer->retries = config->retries;
	for (size_t i = 0; i < replay->n; i++) {
		if (strcmp(replay->devices[i]->host, config->host) == 0)
			peer->device = replay->devices[i];
	}
	(void)set_credential(self, peer, credential);
	loop_timer_init(&peer->timer, serve, peer);
	replay->peers++;
	return peer;
}

static void peer_free(void *self, struct peer *peer)
{
	struct replay *replay = self;

	replay_cancel(self, peer);
	if (peer->gone != NULL)
		*peer->gone = true;
	replay->peers--;
	free(peer);
}

static void peer_stats(void *self, const struct peer *peer, struct peer_stats *stats)
{
	(void)self;
	*stats = peer->stats;
}

static void peer_manners(void *self, struct peer *peer, const struct peer_config *config)
{
	(void)self;
	peer->timeout = config->timeout;
	peer->retries = config->retries;
}

struct agent replay_agent(struct replay *replay)
{
	static const struct agent_ops ops = {peer_new, peer_free, set_credential, peer_stats, replay_get,
	    replay_walk, replay_cancel, peer_manners};

	return (struct agent){&ops, replay};
}
