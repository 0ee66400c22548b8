#include "snmp/get.h"

#include "base/mem.h"
#include "snmp/chunk.h"
#include "snmp/pack.h"

#include <stdlib.h>
#include <string.h>

#define SETBACKS_FIRST 10 /* PDUs that led nowhere, before any did not */
#define SETBACKS_MAX   16 /* ... later, beyond half of those that went well */
#define TRIES_SHRUNKEN 2  /* the whole sequence of tries has been in vain already */

struct get {
	struct request request;
	struct get_request want;
	size_t next;	/* first item never asked */
	bool began;	/* something was asked: a request may consist of guards alone */
	uint8_t guards; /* those that the agent has */
	unsigned setbacks, successes;
};

static struct get *get_of(struct request *request)
{
	return container_of(request, struct get, request);
}

/* --- asking --- */

static bool anything_new(const struct get *get)
{
	return get->next < get->want.n || (!get->began && get->guards != 0);
}

/* Goes on: asks what is left, or ends. The request must be held. */
static void proceed(struct get *get)
{
	struct request *request = &get->request;

	if (request_is_over(request))
		return;
	if (!TAILQ_EMPTY(&request->todo) || anything_new(get))
		request_ready(request);
	else if (TAILQ_EMPTY(&request->flying))
		request_finish(request);
}

static struct exchange *take(struct get *get)
{
	struct request *request = &get->request;
	struct exchange *x = TAILQ_FIRST(&request->todo);
	size_t left = get->want.n - get->next, most = PDU_VARBINDS_MAX - AGENT_GUARDS_MAX;

	if (x != NULL) {
		TAILQ_REMOVE(&request->todo, x, link);
		return x;
	}
	if (!anything_new(get))
		return NULL;
	x = exchange_new(request);
	x->chunk.first = get->next;
	x->chunk.n = (uint16_t)(left < most ? left : most);
	x->chunk.guards = get->guards;
	return x;
}

/* What the answer is held against, name by name. */
static void keep_asked(struct exchange *x, const struct ber_out *out)
{
	struct asked *asked = &x->asked;

	asked->len = (uint16_t)(out->overflow ? 0 : ber_out_len(out));
	if (asked->len > asked->cap) {
		asked->cap = asked->len;
		asked->octets = mem_realloc(asked->octets, asked->cap, 1);
	}
	memcpy(asked->octets, out->base + out->head, asked->len);
}

static void write_pdu(struct get *get, struct exchange *x, struct ber_out *out)
{
	const struct peer *peer = get->request.peer;
	const struct pack_limits limits = {.octets = peer->size.limit,
	    .overhead = security_overhead(get->request.security),
	    .value_octets = peer->value_octets / 16 + 1};

	x->expected = pack(&x->chunk, &get->want, &limits, out);
	keep_asked(x, out);
	if (x->id == 0)
		exchange_draw_id(x);
	pdu_enclose(out, PDU_GET, (int32_t)x->id, 0, 0);
}

static struct exchange *get_next(struct request *request, struct ber_out *out)
{
	struct get *get = get_of(request);
	struct exchange *x = take(get), *rest;
	struct chunk whole;

	if (x == NULL) {
		proceed(get);
		return NULL;
	}
	whole = x->chunk;
	write_pdu(get, x, out);
	get->began = true;
	if (whole.first == get->next) {
		get->next += x->chunk.n;
	} else if (x->chunk.n < whole.n) {
		rest = exchange_new(request);
		chunk_split(&whole, x->chunk.n, &rest->chunk);
		rest->tries_max = x->tries_max;
		TAILQ_INSERT_HEAD(&request->todo, rest, link);
	}
	return x;
}

static void get_build(struct request *request, struct exchange *x, struct ber_out *out)
{
	write_pdu(get_of(request), x, out);
}

static bool is_hopeless(const struct get *get)
{
	return get->setbacks > (get->successes == 0 ? SETBACKS_FIRST : SETBACKS_MAX + get->successes / 2);
}

/* Keeps x's chunk to be asked anew; true when that is worth while: nothing is asked without end. */
static bool ask_again(struct get *get, struct exchange *x)
{
	get->setbacks++;
	if (is_hopeless(get))
		return false;
	exchange_reset(x, x->tries_max);
	TAILQ_INSERT_TAIL(&get->request.todo, x, link);
	return true;
}

/* --- telling --- */

static void fill_guards(
    const struct chunk *chunk, const struct value *values, size_t n, struct get_reply *reply)
{
	size_t at = 0;

	for (size_t i = 0; i < AGENT_GUARDS_MAX; i++) {
		bool have = values != NULL && (chunk->guards >> i & 1) && at < n;

		reply->guards[i] = have ? values[at++] : (struct value){.type = VALUE_NULL};
	}
}

/* Items without an answer. */
static void tell_failed(
    struct get *get, size_t first, size_t n, enum failure failure, int error, const struct exchange *x)
{
	const struct clock *clock = loop_clock(get->request.core->loop);
	struct get_reply reply = {.first = first, .n = n, .failure = failure};

	if (request_is_over(&get->request))
		return;
	reply.received = clock_mono(clock);
	reply.wall = clock_wall(clock);
	reply.sent = x != NULL ? x->first_sent : reply.received;
	fill_guards(NULL, NULL, 0, &reply);
	request_fault(&get->request, failure, error, n == 0 ? 1 : n);
	get->want.values(get->want.arg, &reply);
}

/* All of x's items that are not skipped fail; x is gone then. */
static void fail_chunk(struct get *get, struct exchange *x, enum failure failure, int error)
{
	size_t at = 0, first, len;

	if (x->chunk.n == 0)
		tell_failed(get, x->chunk.first, 0, failure, error, x);
	while (chunk_run(&x->chunk, &at, &first, &len))
		tell_failed(get, x->chunk.first + first, len, failure, error, x);
	exchange_free(x);
}

/* What is not in flight fails without being asked (again). */
static void fail_rest(struct get *get, enum failure failure, int error)
{
	struct request *request = &get->request;
	struct exchange *x;
	size_t first = get->next;

	while ((x = TAILQ_FIRST(&request->todo)) != NULL) {
		TAILQ_REMOVE(&request->todo, x, link);
		fail_chunk(get, x, failure, error);
	}
	if (!request_is_over(request) && anything_new(get)) {
		get->next = get->want.n;
		get->began = true;
		tell_failed(get, first, get->want.n - first, failure, error, NULL);
	}
}

static void count_faults(struct get *get, const struct value *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (values[i].type == VALUE_BAD)
			get->request.core->stats.failures[FAILURE_DECODE]++;
		else if (value_is_absent(&values[i]))
			get->request.core->stats.failures[FAILURE_NO_SUCH]++;
	}
}

/* values: guards first, then the items that are not skipped, `got` in all. */
static void tell_values(struct get *get, const struct exchange *x, const struct value *values, size_t got,
    const struct arrival *arrival)
{
	size_t guards = chunk_guards(&x->chunk), used = guards, at = 0, first, len;
	struct get_reply reply = {.received = arrival->received, .wall = arrival->wall};

	reply.sent = exchange_sent(x, arrival);
	reply.asked = x->first_sent;
	fill_guards(&x->chunk, values, got, &reply);
	if (x->chunk.n == 0) {
		reply.first = x->chunk.first;
		reply.values = values + used;
		get->want.values(get->want.arg, &reply);
		return;
	}
	while (used < got && !request_is_over(&get->request) && chunk_run(&x->chunk, &at, &first, &len)) {
		reply.first = x->chunk.first + first;
		reply.n = len < got - used ? len : got - used;
		reply.values = values + used;
		used += reply.n;
		count_faults(get, reply.values, reply.n);
		get->want.values(get->want.arg, &reply);
	}
}

/* --- answers --- */

static void learn_value_size(
    struct peer *peer, const struct exchange *x, const struct arrival *arrival, size_t got)
{
	size_t octets = arrival->octets > x->octets ? (arrival->octets - x->octets) * 16 / got : 0;

	if (octets > MSGSIZE_MAX * 16u)
		octets = MSGSIZE_MAX * 16u;
	peer->value_octets = (uint32_t)((peer->value_octets * 7 + octets) / 8);
}

/* x's items were asked for and left out. Once more, and as long as that brings some of them. */
static void ask_missing(struct get *get, struct exchange *x, bool progress, const struct arrival *arrival)
{
	/* The agent cuts its answers at some size: ask for no more than that. Of what all must take, it is
	 * not the size. */
	if (arrival->octets > MSGSIZE_ALL)
		msgsize_shrink(&get->request.peer->size, 2 * arrival->octets, SIZE_CUT);
	if (x->chunk.n == 0 || (x->chunk.again && !progress) || !ask_again(get, x)) {
		fail_chunk(get, x, FAILURE_TRUNCATED, 0);
		if (is_hopeless(get))
			fail_rest(get, FAILURE_TRUNCATED, 0);
		return;
	}
	x->chunk.again = true;
}

static void take_values(struct get *get, struct exchange *x, size_t got, const struct arrival *arrival)
{
	struct request *request = &get->request;
	size_t guards = chunk_guards(&x->chunk), asked = guards + chunk_asked(&x->chunk);

	get->successes += got == asked || got > guards;
	learn_value_size(request->peer, x, arrival, got);
	tell_values(get, x, request->core->values, got, arrival);
	if (got < asked && !request_is_over(request)) {
		size_t place = chunk_place(&x->chunk, got > guards ? got - guards : 0);
		struct chunk rest;

		chunk_split(&x->chunk, place, &rest);
		x->chunk = rest;
		ask_missing(get, x, got > guards, arrival);
		return;
	}
	exchange_free(x);
}

/* An error that concerns one varbind: that one has its answer, the others are asked again. */
static void settle_item(struct get *get, struct exchange *x, size_t index, enum failure failure)
{
	size_t guards = chunk_guards(&x->chunk), place;
	unsigned bits = x->chunk.guards;

	if (index < guards) {
		while (index-- > 0)
			bits &= bits - 1;
		x->chunk.guards = (uint8_t)(x->chunk.guards & ~(bits & -bits));
		get->guards &= x->chunk.guards;
	} else {
		place = chunk_place(&x->chunk, index - guards);
		chunk_skip(&x->chunk, place);
		tell_failed(get, x->chunk.first + place, 1, failure, 0, x);
	}
	if (request_is_over(&get->request) || (chunk_asked(&x->chunk) == 0 && x->chunk.n > 0)) {
		exchange_free(x);
		return;
	}
	if (x->chunk.n == 0 && x->chunk.guards == 0) {
		tell_failed(get, x->chunk.first, 0, failure, 0, x);
		exchange_free(x);
		return;
	}
	/* Each of these settles something, so they need no other bound. */
	exchange_reset(x, x->tries_max);
	TAILQ_INSERT_TAIL(&get->request.todo, x, link);
}

/* An error without a usable place: half as many at once, down to one. */
static void halve(struct get *get, struct exchange *x, enum failure failure)
{
	size_t asked = chunk_asked(&x->chunk);

	if (asked <= 1 && x->chunk.guards != 0 && asked > 0)
		x->chunk.guards = 0;
	else if (asked > 1)
		x->chunk.most = (uint16_t)((asked + 1) / 2);
	else {
		++get->setbacks;
		fail_chunk(get, x, failure, 0);
		return;
	}
	if (ask_again(get, x))
		return;
	fail_chunk(get, x, failure, 0);
	fail_rest(get, failure, 0);
}

static void take_error(struct get *get, struct exchange *x, const struct pdu *pdu)
{
	size_t asked = chunk_guards(&x->chunk) + chunk_asked(&x->chunk);
	bool placed = pdu->error_index >= 1 && (size_t)pdu->error_index <= asked;
	enum failure failure = pdu->error_status == PDU_NO_SUCH_NAME ? FAILURE_NO_SUCH : FAILURE_REFUSED;

	switch (pdu->error_status) {
	case PDU_TOO_BIG:
		if (chunk_asked(&x->chunk) > 1)
			peer_shrink(get->request.peer, x, SIZE_TOO_BIG);
		halve(get, x, FAILURE_TOO_BIG);
		return;
	case PDU_NO_ACCESS:
	case PDU_AUTHORIZATION_ERROR:
		fail_chunk(get, x, FAILURE_REFUSED, 0);
		return;
	}
	if (placed)
		settle_item(get, x, (size_t)pdu->error_index - 1, failure);
	else
		halve(get, x, failure);
}

/* Reads what fits what was asked, name by name, into core->values. */
static enum reject read_values(struct get *get, const struct exchange *x, const struct pdu *pdu, size_t *got)
{
	struct ber list = pdu->varbinds;
	struct ber asked = {x->asked.octets, x->asked.octets + x->asked.len};
	struct varbind varbind;
	enum varbind_step step;
	const uint8_t *name;
	size_t len;

	*got = 0;
	while ((step = varbind_next(&list, &varbind)) == VARBIND_OK) {
		if (!pack_next_name(&asked, &name, &len) || len != varbind.name_len ||
		    memcmp(name, varbind.name, len) != 0)
			return REJECT_NAMES;
		get->request.core->values[(*got)++] = varbind.value;
	}
	if (step == VARBIND_MALFORMED)
		return REJECT_MALFORMED;
	/* tooBig comes with an empty list (RFC 3416 4.2.1); an answer does not. */
	return *got == 0 && pdu->error_status == PDU_NO_ERROR ? REJECT_NAMES : REJECT_NONE;
}

static enum reject get_answer(
    struct request *request, struct exchange *x, const struct pdu *pdu, const struct arrival *arrival)
{
	struct get *get = get_of(request);
	enum reject reject;
	size_t got;

	reject = read_values(get, x, pdu, &got);
	if (reject != REJECT_NONE)
		return reject;
	exchange_answered(x, arrival);
	if (pdu->error_status != PDU_NO_ERROR)
		take_error(get, x, pdu);
	else
		take_values(get, x, got, arrival);
	proceed(get);
	return REJECT_NONE;
}

static void get_failed(struct request *request, struct exchange *x, enum failure failure, int error)
{
	struct get *get = get_of(request);
	struct peer *peer = request->peer;
	bool by_size = failure == FAILURE_TIMEOUT || failure == FAILURE_DECODE;

	if (by_size && chunk_asked(&x->chunk) > 1 && peer_may_shrink(peer, x)) {
		peer_shrink(peer, x, failure == FAILURE_DECODE ? SIZE_GARBLED : SIZE_SILENCE);
		x->tries_max = x->tries_max < TRIES_SHRUNKEN ? x->tries_max : TRIES_SHRUNKEN;
		if (ask_again(get, x)) {
			proceed(get);
			return;
		}
	}
	if (failure == FAILURE_DECODE && x->chunk.again)
		failure = FAILURE_TRUNCATED; /* left out once more, and nothing else was in the answer */
	else if (failure != FAILURE_TOO_BIG && peer_was_silent(peer, x))
		peer_fall_silent(peer, failure, error);
	fail_chunk(get, x, failure, error);
	proceed(get);
}

static void get_abandon(struct request *request, enum failure failure, int error)
{
	struct get *get = get_of(request);

	fail_rest(get, failure, error);
	proceed(get);
}

static void get_done(struct request *request)
{
	struct get *get = get_of(request);

	get->want.done(get->want.arg, &request->summary);
}

static void get_free(struct request *request)
{
	free(get_of(request));
}

static const struct request_ops get_ops = {
    .next = get_next,
    .build = get_build,
    .answer = get_answer,
    .failed = get_failed,
    .abandon = get_abandon,
    .done = get_done,
    .free = get_free,
};

void get_start(struct peer *peer, const struct get_request *want)
{
	struct get *get = mem_alloc(sizeof *get);

	get->want = *want;
	if (get->want.n_guards > AGENT_GUARDS_MAX)
		get->want.n_guards = AGENT_GUARDS_MAX;
	get->guards = (uint8_t)((1u << get->want.n_guards) - 1);
	request_init(&get->request, peer->core, peer, &get_ops);
}
