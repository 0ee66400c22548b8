/* responder: an SNMP agent for tests, in the loop of the test itself.
 *
 * Answers GET, GETNEXT and GETBULK from a sorted table, with the bad habits that a
 * test asks for. Everything goes over real sockets on the loopback interface; a
 * test ends by rig_run(), which stops the loop after the last done(), or fails the
 * test when the watchdog fires. */
#ifndef ROLLCALL_TESTS_RESPONDER_H
#define ROLLCALL_TESTS_RESPONDER_H

#include "base/clock.h"
#include "base/loop.h"
#include "base/mem.h"
#include "base/vec.h"
#include "model/agent.h"
#include "snmp/address.h"
#include "snmp/engine.h"
#include "snmp/message.h"
#include "snmp/pdu.h"
#include "snmp/varbind.h"

#include <string.h>
#include <unistd.h>

#define MS		  INT64_C(1000000)
#define RESPONDER_MESSAGE 65000

struct object {
	uint8_t name[64];
	size_t name_len;
	uint8_t tag;
	uint8_t content[300];
	size_t len;
};

struct held {
	struct address to;
	uint8_t *octets;
	size_t len;
};

struct responder {
	struct loop *loop;
	int fd;
	struct loop_watch *watch;
	uint16_t port;
	struct {
		struct object *v;
		size_t n, cap;
	} mib;

	/* Habits; 0 = none. */
	unsigned drop_first;  /* requests that get no answer */
	unsigned drop_every;  /* every n-th too */
	size_t too_big_above; /* varbinds: tooBig */
	size_t silent_above;  /* octets of a request: no answer */
	size_t cut_at;	      /* varbinds in an answer at most */
	int32_t error_status; /* to every request ... */
	int32_t error_index;
	bool loops;	   /* GETNEXT gives the first object again after the last */
	bool unsorted;	   /* objects lie as they were added, one perhaps twice; set before that */
	bool stands_still; /* GETNEXT gives the name it was asked for */
	bool no_answer;
	bool hold;	    /* answers wait for responder_release() */
	unsigned times;	    /* that each answer is sent; 0 = once */
	int32_t bulk_error; /* to every GETBULK */
	bool bulk_silent;   /* no answer to one */
	size_t mute_above;  /* octets of an answer: it is not sent */
	unsigned lossy;	    /* per cent of the requests, by chance: no answer */
	int64_t service;    /* ns that it takes for each answer, one after the other ... */
	size_t backlog;	    /* ... and how many may wait for that; 0 = any number */
	uint16_t deaf_to;   /* a port of ours: no answer */
	void (*mangle)(struct responder *responder, uint8_t *octets, size_t *len, void *arg);
	void *mangle_arg;
	/* Version 3 (v3_agent.h); NULL = is not spoken. */
	void (*v3)(void *arg, const uint8_t *octets, size_t len, const struct address *from);
	void *v3_arg;

	unsigned requests, largest_asked, most_held, overrun;
	uint32_t chance;
	struct loop_timer served;
	struct {
		int64_t *v; /* when requests came */
		size_t n, cap;
	} came;
	int32_t last_id;
	struct address last_from;
	uint8_t types_seen[256];
	struct {
		struct held *v;
		size_t n, cap;
	} held;
};

static inline void responder_add_raw(
    struct responder *r, const char *name, uint8_t tag, const void *content, size_t len)
{
	struct object object = {.tag = tag, .len = len};
	struct oid oid;
	uint8_t ber[OID_BER_MAX];

	if (oid_parse(name, &oid) != ERR_OK)
		abort();
	object.name_len = oid_to_ber(&oid, ber);
	memcpy(object.name, ber, object.name_len);
	memcpy(object.content, content, len);
	vec_push(&r->mib, object);
	for (size_t i = r->mib.n - 1; i > 0 && !r->unsorted; i--) {
		struct object *a = &r->mib.v[i - 1], *b = &r->mib.v[i], swap;

		if (oid_ber_compare(a->name, a->name_len, b->name, b->name_len) <= 0)
			break;
		swap = *a;
		*a = *b;
		*b = swap;
	}
}

static inline void responder_add(struct responder *r, const char *name, uint8_t tag, uint32_t number)
{
	uint8_t octets[5] = {
	    0, (uint8_t)(number >> 24), (uint8_t)(number >> 16), (uint8_t)(number >> 8), (uint8_t)number};

	responder_add_raw(r, name, tag, octets, sizeof octets);
}

/* What lies behind the object that was given just now, or behind the first of that name, or first below it.
 */
static inline const struct object *responder_follow(const struct responder *r, const struct varbind *asked)
{
	for (size_t i = 0; i < r->mib.n; i++) {
		if (r->mib.v[i].name == asked->name)
			return i + 1 < r->mib.n ? &r->mib.v[i + 1] : NULL;
	}
	for (size_t i = 0; i < r->mib.n; i++) {
		const struct object *o = &r->mib.v[i];

		if (o->name_len == asked->name_len && memcmp(o->name, asked->name, o->name_len) == 0)
			return i + 1 < r->mib.n ? &r->mib.v[i + 1] : NULL;
	}
	for (size_t i = 0; i < r->mib.n; i++) {
		if (r->mib.v[i].name_len > asked->name_len &&
		    memcmp(r->mib.v[i].name, asked->name, asked->name_len) == 0)
			return &r->mib.v[i];
	}
	return NULL;
}

static inline const struct object *responder_find(
    const struct responder *r, const struct varbind *asked, bool next)
{
	if (next && r->unsorted)
		return responder_follow(r, asked);
	for (size_t i = 0; i < r->mib.n; i++) {
		const struct object *o = &r->mib.v[i];
		int order = oid_ber_compare(o->name, o->name_len, asked->name, asked->name_len);

		if (next ? order > 0 : order == 0)
			return o;
	}
	return next && r->loops && r->mib.n > 0 ? &r->mib.v[0] : NULL;
}

static inline void responder_put(struct ber_out *out, const uint8_t *name, size_t name_len, uint8_t tag,
    const uint8_t *content, size_t len)
{
	uint8_t buf[1024];
	struct ber_out pair;

	ber_out_init(&pair, buf, sizeof buf, 0);
	ber_append(&pair, BER_OID, name, name_len);
	ber_append(&pair, tag, content, len);
	ber_append(out, BER_SEQUENCE, buf + pair.head, ber_out_len(&pair));
}

struct answering {
	struct responder *r;
	struct ber_out *out;
	int32_t version, status, index;
	size_t count;
};

/* One varbind of the answer; what was answered becomes the next name of a GETBULK column. */
static inline void responder_answer_one(struct answering *a, struct varbind *asked, bool next, size_t place)
{
	const struct object *o = responder_find(a->r, asked, next);

	if (a->r->cut_at != 0 && a->count >= a->r->cut_at)
		return;
	a->count++;
	if (a->r->stands_still && next && a->r->mib.n > 0) {
		responder_put(a->out, asked->name, asked->name_len, BER_INTEGER, (const uint8_t *)"\1", 1);
		return;
	}
	if (o != NULL) {
		responder_put(a->out, o->name, o->name_len, o->tag, o->content, o->len);
		asked->name = o->name;
		asked->name_len = o->name_len;
	} else if (a->version == SNMP_V1) {
		if (a->status == 0)
			a->index = (int32_t)place;
		a->status = PDU_NO_SUCH_NAME;
		responder_put(a->out, asked->name, asked->name_len, BER_NULL, NULL, 0);
	} else {
		responder_put(a->out, asked->name, asked->name_len,
		    next ? BER_END_OF_MIB_VIEW : BER_NO_SUCH_INSTANCE, NULL, 0);
	}
}

static inline void responder_send(
    struct responder *r, const uint8_t *octets, size_t len, const struct address *to)
{
	for (unsigned i = 0; i < (r->times == 0 ? 1 : r->times); i++)
		(void)sendto(r->fd, octets, len, 0, &to->any, address_len(to));
}

static inline void responder_release(struct responder *r)
{
	for (size_t i = 0; i < r->held.n; i++) {
		responder_send(r, r->held.v[i].octets, r->held.v[i].len, &r->held.v[i].to);
		free(r->held.v[i].octets);
	}
	vec_clear(&r->held);
}

/* The first of those that wait is done. */
static inline void responder_served(void *arg)
{
	struct responder *r = arg;
	struct held first;

	if (r->held.n == 0)
		return;
	first = r->held.v[0];
	memmove(r->held.v, r->held.v + 1, --r->held.n * sizeof first);
	responder_send(r, first.octets, first.len, &first.to);
	free(first.octets);
	if (r->held.n > 0)
		loop_timer_in(r->loop, &r->served, r->service);
}

static inline bool responder_loses(struct responder *r, const struct address *from)
{
	r->chance = r->chance * 1664525u + 1013904223u;
	return r->chance / 65536 % 100 < r->lossy ||
	       (r->deaf_to != 0 && from->any.sa_family == AF_INET && ntohs(from->v4.sin_port) == r->deaf_to);
}

/* Fills the answer's varbinds. */
static inline void responder_fill(struct answering *a, const struct pdu *pdu, struct varbind *asked, size_t n)
{
	unsigned rounds = pdu->type == PDU_GETBULK ? (unsigned)pdu->error_index : 1;

	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < n; i++) {
			if (a->out->tail < 60000)
				responder_answer_one(a, &asked[i], pdu->type != PDU_GET, i + 1);
		}
	}
}

static inline void responder_reply(struct responder *r, int32_t version, const struct ber *community,
    const struct pdu *pdu, const struct address *to)
{
	static uint8_t buf[RESPONDER_MESSAGE + 512];
	struct varbind asked[PDU_VARBINDS_MAX * 2];
	struct ber list = pdu->varbinds;
	struct ber_out out;
	struct answering a = {.r = r, .out = &out, .version = version};
	size_t n = 0, len;

	while (n < ARRAY_LEN(asked) && varbind_next(&list, &asked[n]) == VARBIND_OK)
		n++;
	if (n > r->largest_asked)
		r->largest_asked = (unsigned)n;
	ber_out_init(&out, buf, sizeof buf, 300);
	if (r->error_status != 0 || (r->bulk_error != 0 && pdu->type == PDU_GETBULK)) {
		a.status = r->error_status != 0 ? r->error_status : r->bulk_error;
		a.index = r->error_index;
		for (size_t i = 0; i < n; i++)
			responder_put(&out, asked[i].name, asked[i].name_len, BER_NULL, NULL, 0);
	} else if (r->too_big_above != 0 && n > r->too_big_above) {
		a.status = PDU_TOO_BIG;
	} else {
		responder_fill(&a, pdu, asked, n);
	}
	pdu_enclose(&out, PDU_RESPONSE, pdu->request_id, a.status, a.index);
	ber_prepend_element(&out, BER_OCTETS, community->p, ber_left(community));
	ber_prepend_i32(&out, version);
	ber_enclose(&out, BER_SEQUENCE);
	len = ber_out_len(&out);
	if (r->mangle != NULL)
		r->mangle(r, buf + out.head, &len, r->mangle_arg);
	if (r->mute_above > 0 && len > r->mute_above)
		return;
	if (r->service > 0 && r->backlog > 0 && r->held.n >= r->backlog) {
		r->overrun++;
	} else if (r->hold || r->service > 0) {
		vec_push(&r->held, ((struct held){*to, mem_dup(buf + out.head, len), len}));
		r->most_held = r->held.n > r->most_held ? (unsigned)r->held.n : r->most_held;
		if (r->service > 0 && !loop_timer_armed(&r->served))
			loop_timer_in(r->loop, &r->served, r->service);
	} else if (len > 0) {
		responder_send(r, buf + out.head, len, to);
	}
}

static inline void responder_request(
    struct responder *r, const uint8_t *octets, size_t len, const struct address *from)
{
	struct ber in = {octets, octets + len}, body, community;
	struct pdu pdu;
	int32_t version;

	if (!ber_take(&in, BER_SEQUENCE, &body) || !ber_take_i32(&body, &version))
		return;
	if (version == SNMP_V3 && r->v3 != NULL) {
		r->v3(r->v3_arg, octets, len, from);
		return;
	}
	if (!ber_take(&body, BER_OCTETS, &community) || !pdu_parse(body, &pdu))
		return;
	r->requests++;
	r->last_id = pdu.request_id;
	r->last_from = *from;
	r->types_seen[pdu.type]++;
	vec_push(&r->came, loop_now(r->loop));
	if (r->bulk_silent && pdu.type == PDU_GETBULK)
		return;
	if (responder_loses(r, from) || r->no_answer || r->requests <= r->drop_first ||
	    (r->drop_every != 0 && r->requests % r->drop_every == 0) ||
	    (r->silent_above != 0 && len > r->silent_above))
		return;
	responder_reply(r, version, &community, &pdu, from);
}

static inline void responder_readable(void *arg)
{
	struct responder *r = arg;
	uint8_t buf[8192];
	struct sockaddr_storage from;
	struct address address;
	socklen_t from_len = sizeof from;
	ssize_t n;

	while (
	    (n = recvfrom(r->fd, buf, sizeof buf, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len)) >= 0) {
		address_from_sockaddr(&address, (const struct sockaddr *)&from, from_len);
		responder_request(r, buf, (size_t)n, &address);
		from_len = sizeof from;
	}
}

static inline int bound_socket(const char *host, uint16_t *port)
{
	struct address address;
	socklen_t len;
	int fd;

	if (!address_parse(&address, host, 0))
		abort();
	fd = socket(address.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, &address.any, address_len(&address)) != 0)
		return -1;
	len = address_len(&address);
	getsockname(fd, &address.any, &len);
	*port = ntohs(address.any.sa_family == AF_INET6 ? address.v6.sin6_port : address.v4.sin_port);
	return fd;
}

static inline bool responder_init(struct responder *r, struct loop *loop, const char *host)
{
	memset(r, 0, sizeof *r);
	r->loop = loop;
	r->fd = bound_socket(host, &r->port);
	if (r->fd < 0)
		return false;
	r->watch = loop_watch_read(loop, r->fd, responder_readable, r);
	loop_timer_init(&r->served, responder_served, r);
	return true;
}

static inline void responder_fini(struct responder *r)
{
	for (size_t i = 0; i < r->held.n; i++)
		free(r->held.v[i].octets);
	vec_fini(&r->held);
	vec_fini(&r->came);
	loop_timer_stop(r->loop, &r->served);
	vec_fini(&r->mib);
	loop_watch_free(r->watch);
	if (r->fd >= 0)
		close(r->fd);
}

/* --- engine, responder and one peer --- */

struct rig {
	struct loop *loop;
	struct engine *engine;
	struct agent agent;
	struct peer *peer;
	struct responder responder;
	struct credential credential;
	struct peer_config config;
	unsigned waiting; /* done() calls to come */
	bool expired;
	struct loop_timer watchdog;
};

static inline void rig_expired(void *arg)
{
	struct rig *rig = arg;

	rig->expired = true;
	loop_stop(rig->loop);
}

static inline void rig_init_at(struct rig *rig, enum snmp_version version, const char *host)
{
	memset(rig, 0, sizeof *rig);
	rig->loop = loop_new(clock_real());
	assert_true(responder_init(&rig->responder, rig->loop, host));
	rig->engine = engine_new(rig->loop, &(struct engine_options){0});
	assert_non_null(rig->engine);
	rig->agent = engine_agent(rig->engine);
	rig->credential.version = version;
	secret_set(&rig->credential.community, "public", 6);
	rig->config = (struct peer_config){.name = "dut",
	    .host = host,
	    .port = rig->responder.port,
	    /* generous: a busy machine is not a slow agent */ .timeout = 2000 * MS,
	    .retries = 3};
	loop_timer_init(&rig->watchdog, rig_expired, rig);
}

static inline void rig_init(struct rig *rig, enum snmp_version version)
{
	rig_init_at(rig, version, "127.0.0.1");
}

/* The peer as configured by then. */
static inline void rig_connect(struct rig *rig)
{
	rig->peer = rig->agent.ops->peer_new(rig->agent.self, &rig->config, &rig->credential);
	assert_non_null(rig->peer);
}

static inline void rig_fini(struct rig *rig)
{
	struct engine_stats stats;

	if (rig->peer != NULL)
		rig->agent.ops->peer_free(rig->agent.self, rig->peer);
	engine_stats(rig->engine, &stats);
	assert_int_equal(stats.in_flight, 0);
	engine_free(rig->engine);
	responder_fini(&rig->responder);
	loop_timer_stop(rig->loop, &rig->watchdog);
	secret_fini(&rig->credential.community);
	loop_free(rig->loop);
}

static inline void rig_done(struct rig *rig)
{
	if (--rig->waiting == 0)
		loop_stop(rig->loop);
}

static inline void rig_run(struct rig *rig)
{
	loop_timer_in(rig->loop, &rig->watchdog, 20000 * MS);
	loop_run(rig->loop);
	assert_false(rig->expired);
	loop_timer_stop(rig->loop, &rig->watchdog);
}

/* --- a GET of instances <base>.1 .. <base>.n --- */

#define GETTER_MAX 2000

struct getter {
	struct rig *rig;
	struct oid base;
	size_t n;
	bool (*joined)(void *arg, size_t i);
	const struct oid *guards;
	size_t n_guards;

	struct value values[GETTER_MAX]; /* their bytes are not kept */
	enum failure failures[GETTER_MAX];
	unsigned told[GETTER_MAX];
	struct value guard[AGENT_GUARDS_MAX];
	unsigned replies, done;
	size_t largest;
	bool groups_kept;
	struct get_reply last;
	struct request_summary summary;
	void (*on_values)(struct getter *getter); /* something for the test to do then */
};

static inline size_t getter_name(void *arg, size_t i, uint8_t out[OID_BER_MAX])
{
	const struct getter *getter = arg;
	struct oid oid = getter->base;

	oid_append(&oid, (uint32_t)i + 1);
	return oid_to_ber(&oid, out);
}

static inline void getter_values(void *arg, const struct get_reply *reply)
{
	struct getter *getter = arg;

	assert_int_equal(getter->done, 0);
	getter->replies++;
	getter->last = *reply;
	for (size_t i = 0; i < reply->n; i++) {
		getter->told[reply->first + i]++;
		getter->failures[reply->first + i] = reply->failure;
		if (reply->failure == FAILURE_NONE)
			getter->values[reply->first + i] = reply->values[i];
	}
	if (reply->failure == FAILURE_NONE) {
		memcpy(getter->guard, reply->guards, sizeof getter->guard);
		getter->largest = reply->n > getter->largest ? reply->n : getter->largest;
		if (getter->joined != NULL && getter->joined(getter, reply->first))
			getter->groups_kept = false;
	}
	if (getter->on_values != NULL)
		getter->on_values(getter);
}

static inline void getter_done(void *arg, const struct request_summary *summary)
{
	struct getter *getter = arg;

	getter->done++;
	getter->summary = *summary;
	rig_done(getter->rig);
}

static inline void getter_init(struct getter *getter, struct rig *rig, const char *base, size_t n)
{
	memset(getter, 0, sizeof *getter);
	getter->rig = rig;
	getter->n = n;
	getter->groups_kept = true;
	assert_int_equal(oid_parse(base, &getter->base), ERR_OK);
}

static inline void getter_start(struct getter *getter)
{
	struct rig *rig = getter->rig;
	const struct get_request request = {.n = getter->n,
	    .name = getter_name,
	    .joined = getter->joined,
	    .guards = getter->guards,
	    .n_guards = getter->n_guards,
	    .values = getter_values,
	    .done = getter_done,
	    .arg = getter};

	rig->waiting++;
	rig->agent.ops->get(rig->agent.self, rig->peer, &request);
	assert_int_equal(getter->replies + getter->done, 0); /* nothing is called from within */
}

static inline void getter_run(struct getter *getter)
{
	getter_start(getter);
	rig_run(getter->rig);
	assert_int_equal(getter->done, 1);
	for (size_t i = 0; i < getter->n; i++)
		assert_int_equal(getter->told[i], 1);
}

/* <base>.1 .. <base>.n, valued 1000 + i as Counter32. */
static inline void rig_column(struct rig *rig, const char *base, uint32_t n)
{
	char name[OID_TEXT_MAX];

	for (uint32_t i = 1; i <= n; i++) {
		snprintf(name, sizeof name, "%s.%u", base, i);
		responder_add(&rig->responder, name, BER_COUNTER32, 1000 + i);
	}
}

static inline void getter_check_values(const struct getter *getter, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		assert_int_equal(getter->failures[i], FAILURE_NONE);
		assert_int_equal(getter->values[i].type, VALUE_COUNTER32);
		assert_int_equal(getter->values[i].u, 1001 + i);
	}
}

#endif
