#include "snmp/walk.h"

#include "base/mem.h"
#include "snmp/progress.h"
#include "snmp/varbind.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define REPETITIONS_FIRST    10
#define REPETITIONS_MAX	     100
#define VARBIND_OCTETS_FIRST (28u * 16u)
#define MESSAGE_OVERHEAD     40 /* beside the security part */
#define SETBACKS_MAX	     8
#define BULK_ERRORS_MAX	     2 /* in one walk */
#define TRIES_SHRUNKEN	     2

struct column {
	uint8_t *name; /* the last one seen, or the column itself */
	size_t len, cap;
	size_t rows;
	struct progress progress;
	bool ended;
	bool came, again; /* in this answer: a new name; the same name */
};

struct walk {
	struct request request;
	struct walk_request want;
	struct column *columns;
	size_t *active; /* columns that have not ended; the first `asked` are in the PDU */
	size_t n_active, asked, asked_max;
	unsigned repetitions, repetitions_max; /* repetitions: of the PDU; 0 = GETNEXT */
	size_t varbind_octets;		       /* mean in answers, in 1/16 octets */
	unsigned setbacks;
	bool refused; /* a column ended by an error */
	bool humble;  /* was taken down to GETNEXT of one column */
	bool plain;   /* without GETBULK to its end */
	/* GETBULK was in vain: was it for what it is, or for how much it asked? */
	enum { DOUBT_NONE, DOUBT_REFUSED, DOUBT_SILENT, DOUBT_AGAIN } doubt;
	size_t in_vain; /* octets that it expected */
	enum walk_end end;
};

static struct walk *walk_of(struct request *request)
{
	return container_of(request, struct walk, request);
}

static void finish(struct walk *walk, enum walk_end end, enum failure failure, int error)
{
	walk->end = end;
	if (failure != FAILURE_NONE)
		request_fault(&walk->request, failure, error, 1);
	request_finish(&walk->request);
}

static void complete(struct walk *walk)
{
	finish(walk, walk->refused ? WALK_FAILED : WALK_COMPLETE, FAILURE_NONE, 0);
}

/* --- asking --- */

static bool is_capped(struct walk *walk)
{
	const struct request *request = &walk->request;

	int64_t paced = request->summary.pdus * request->peer->pace.gap; /* is no fault of the agent */

	if (request->summary.pdus >= walk->want.max_packets)
		finish(walk, WALK_CAP_PACKETS, FAILURE_TRUNCATED, 0);
	else if (loop_now(request->core->loop) - request->started >= walk->want.max_time + paced)
		finish(walk, WALK_CAP_TIME, FAILURE_TRUNCATED, 0);
	else
		return false;
	return true;
}

/* How many columns and rows of them the next PDU asks for. */
static void plan(struct walk *walk)
{
	const struct request *request = &walk->request;
	size_t room = request->peer->size.limit, overhead = security_overhead(request->security);
	size_t each = walk->varbind_octets / 16 + 1, octets, rows;

	room = room > overhead + MESSAGE_OVERHEAD ? room - overhead - MESSAGE_OVERHEAD : 1;
	walk->asked = 0;
	octets = 0;
	for (size_t i = 0; i < walk->n_active && i < walk->asked_max; i++) {
		octets += ber_null_varbind_size(walk->columns[walk->active[i]].len);
		if (i > 0 && (octets > room || (i + 1) * each > room))
			break;
		walk->asked++;
	}
	rows = room / (walk->asked * each);
	rows = rows < walk->repetitions_max ? rows : walk->repetitions_max;
	walk->repetitions = walk->plain || rows < 2 ? 0 : (unsigned)rows;
}

static void walk_build(struct request *request, struct exchange *x, struct ber_out *out)
{
	struct walk *walk = walk_of(request);

	for (size_t i = 0; i < walk->asked; i++) {
		const struct column *column = &walk->columns[walk->active[i]];

		ber_append_null_varbind(out, column->name, column->len);
	}
	if (walk->repetitions == 0)
		pdu_enclose(out, PDU_GETNEXT, (int32_t)x->id, 0, 0);
	else
		pdu_enclose(out, PDU_GETBULK, (int32_t)x->id, 0, (int32_t)walk->repetitions);
}

/* One that is tried again after long, or in doubt, need not be asked so often. */
static unsigned tries_of_bulk(const struct walk *walk)
{
	if (walk->doubt == DOUBT_AGAIN)
		return TRIES_SHRUNKEN;
	return walk->request.peer->bulk.state == BULK_UNTRIED ? UINT_MAX : 1;
}

static struct exchange *walk_next(struct request *request, struct ber_out *out)
{
	struct walk *walk = walk_of(request);
	struct exchange *x;
	size_t rows, expected;

	if (walk->n_active == 0) {
		complete(walk);
		return NULL;
	}
	if (!TAILQ_EMPTY(&request->flying) || is_capped(walk))
		return NULL;
	x = TAILQ_FIRST(&request->todo);
	if (x != NULL)
		TAILQ_REMOVE(&request->todo, x, link);
	else
		x = exchange_new(request);
	plan(walk);
	exchange_draw_id(x);
	walk_build(request, x, out);
	if (walk->doubt == DOUBT_AGAIN && walk->repetitions == 0)
		walk->plain = true; /* not even two rows fit: no need to know */
	if (walk->repetitions > 0 && request->peer->bulk.state != BULK_WORKS)
		x->tries_max = x->tries_max < tries_of_bulk(walk) ? x->tries_max : tries_of_bulk(walk);
	rows = walk->repetitions == 0 ? 1 : walk->repetitions;
	expected = MESSAGE_OVERHEAD + walk->asked * rows * (walk->varbind_octets / 16 + 1);
	x->expected = (uint16_t)(expected < UINT16_MAX ? expected : UINT16_MAX);
	return x;
}

/* --- answers --- */

/* Everything that can be wrong with an answer as such; no effects. */
static enum reject check(const struct walk *walk, const struct pdu *pdu, size_t *count)
{
	size_t most = walk->asked * (walk->repetitions == 0 ? 1 : walk->repetitions);
	struct ber list = pdu->varbinds;
	struct varbind varbind;
	enum varbind_step step;

	*count = 0;
	while ((step = varbind_next(&list, &varbind)) == VARBIND_OK) {
		if (++*count > most)
			return REJECT_NAMES;
		if (!varbind_oid_is_sound(varbind.name, varbind.name_len))
			return REJECT_MALFORMED;
	}
	if (step == VARBIND_MALFORMED)
		return REJECT_MALFORMED;
	return *count == 0 && pdu->error_status == PDU_NO_ERROR ? REJECT_NAMES : REJECT_NONE;
}

static bool is_below(const struct walk *walk, size_t c, const struct varbind *varbind)
{
	const struct walk_column *column = &walk->want.columns[c];

	return varbind->name_len > column->ber_len &&
	       memcmp(varbind->name, column->ber, column->ber_len) == 0;
}

static void set_name(struct column *column, const uint8_t *name, size_t len)
{
	if (len > column->cap) {
		column->cap = len + 16;
		column->name = mem_realloc(column->name, column->cap, 1);
	}
	memcpy(column->name, name, len);
	column->len = len;
}

/* Always false: the walk is over. */
static bool loop_found(struct walk *walk)
{
	finish(walk, WALK_LOOP, FAILURE_LOOP, 0);
	return false;
}

/* One varbind of column c. False when the walk is over. */
static bool take_cell(struct walk *walk, size_t c, const struct varbind *varbind)
{
	struct column *column = &walk->columns[c];
	size_t prefix = walk->want.columns[c].ber_len;

	if (column->ended)
		return true; /* further repetitions run into what lies behind */
	switch (varbind->value.type) {
	case VALUE_END_OF_MIB_VIEW:
	case VALUE_NO_SUCH_OBJECT: /* wrong in answers to GETNEXT, but clear */
	case VALUE_NO_SUCH_INSTANCE:
		column->ended = true;
		return true;
	default:
		break;
	}
	if (!is_below(walk, c, varbind)) {
		column->ended = true;
		return oid_ber_compare(varbind->name, varbind->name_len, column->name, column->len) > 0 ||
		       loop_found(walk);
	}
	switch (
	    progress_step(&column->progress, column->name, column->len, varbind->name, varbind->name_len)) {
	case PROGRESS_NEW:
		column->came = true;
		break;
	case PROGRESS_SAME:
		column->again = true;
		return true;
	case PROGRESS_CIRCLE:
		return loop_found(walk);
	}
	if (column->rows == walk->want.max_rows) {
		finish(walk, WALK_CAP_ROWS, FAILURE_TRUNCATED, 0);
		return false;
	}
	set_name(column, varbind->name, varbind->name_len);
	column->rows++;
	if (varbind->value.type == VALUE_BAD)
		walk->request.core->stats.failures[FAILURE_DECODE]++;
	walk->want.cell(
	    walk->want.arg, c, varbind->name + prefix, varbind->name_len - prefix, &varbind->value);
	return !request_is_over(&walk->request);
}

/* An agent that has a row twice goes on behind it within an answer; one that does not go on is stuck. */
static bool is_stuck(const struct walk *walk)
{
	for (size_t i = 0; i < walk->asked; i++) {
		const struct column *column = &walk->columns[walk->active[i]];

		if (column->again && !column->came && !column->ended)
			return true;
	}
	return false;
}

static void forget_ended(struct walk *walk)
{
	size_t left = 0;

	for (size_t i = 0; i < walk->n_active; i++) {
		if (!walk->columns[walk->active[i]].ended)
			walk->active[left++] = walk->active[i];
	}
	walk->n_active = left;
}

/* An answer with values: what does it say of GETBULK? */
static void learn_bulk(struct walk *walk)
{
	struct peer *peer = walk->request.peer;

	if (walk->repetitions > 0) {
		if (walk->doubt == DOUBT_AGAIN) /* it was too much, then */
			msgsize_shrink(&peer->size, walk->in_vain, SIZE_SILENCE);
		walk->doubt = DOUBT_NONE;
		bulk_answered(&peer->bulk);
		return;
	}
	if (walk->doubt == DOUBT_SILENT && peer->bulk.state == BULK_UNTRIED) {
		walk->doubt = DOUBT_AGAIN;
		return;
	}
	if (walk->doubt == DOUBT_REFUSED || walk->doubt == DOUBT_SILENT) {
		walk->plain = peer->bulk.state != BULK_WORKS;
		bulk_failed(&peer->bulk, walk->doubt == DOUBT_REFUSED ? BULK_REFUSED : BULK_SILENT);
		walk->doubt = DOUBT_NONE;
	}
}

static void take_cells(struct walk *walk, const struct pdu *pdu, size_t count, const struct arrival *arrival)
{
	struct ber list = pdu->varbinds;
	struct varbind varbind;
	size_t i = 0;

	learn_bulk(walk);
	walk->varbind_octets = (walk->varbind_octets + arrival->octets * 16 / count) / 2;
	for (i = 0; i < walk->asked; i++)
		walk->columns[walk->active[i]].came = walk->columns[walk->active[i]].again = false;
	i = 0;
	while (varbind_next(&list, &varbind) == VARBIND_OK) {
		if (!take_cell(walk, walk->active[i % walk->asked], &varbind))
			return;
		i++;
	}
	if (is_stuck(walk)) {
		(void)loop_found(walk);
		return;
	}
	if (count < walk->asked) /* the agent has no room for more columns at once */
		walk->asked_max = count;
	else if (walk->repetitions_max < REPETITIONS_MAX)
		walk->repetitions_max *= 2;
	forget_ended(walk);
}

/* Smaller, if that is still possible and was not tried too often. */
static bool ask_less(struct walk *walk)
{
	if (++walk->setbacks > SETBACKS_MAX)
		return false;
	if (walk->repetitions > 1)
		walk->repetitions_max = walk->repetitions / 2;
	else if (walk->asked > 1)
		walk->asked_max = walk->asked / 2;
	else
		return false;
	return true;
}

static void end_column(struct walk *walk, size_t at, enum failure failure)
{
	walk->columns[walk->active[at]].ended = true;
	if (failure != FAILURE_NONE) {
		walk->refused = true;
		request_fault(&walk->request, failure, 0, 1);
	}
	forget_ended(walk);
}

static void take_error(struct walk *walk, struct exchange *x, const struct pdu *pdu)
{
	bool end_of_mib = pdu->error_status == PDU_NO_SUCH_NAME; /* v1: RFC 1157 4.1.3 */
	enum failure failure = pdu->error_status == PDU_TOO_BIG ? FAILURE_TOO_BIG : FAILURE_REFUSED;
	bool placed = pdu->error_index >= 1 && (size_t)pdu->error_index <= walk->asked;

	if (pdu->error_status == PDU_TOO_BIG) {
		peer_shrink(walk->request.peer, x, SIZE_TOO_BIG);
		if (!ask_less(walk))
			finish(walk, WALK_FAILED, failure, 0);
	} else if (pdu->error_status == PDU_AUTHORIZATION_ERROR || pdu->error_status == PDU_NO_ACCESS) {
		finish(walk, WALK_FAILED, failure, 0);
	} else if (walk->repetitions > 0 && !end_of_mib) {
		/* Some agents cannot do GETBULK here or there; GETNEXT shows what is the matter. */
		walk->plain = ++walk->setbacks > BULK_ERRORS_MAX;
		walk->doubt = DOUBT_REFUSED;
		walk->repetitions_max = 1;
	} else if (placed || walk->asked == 1) {
		end_column(
		    walk, placed ? (size_t)pdu->error_index - 1 : 0, end_of_mib ? FAILURE_NONE : failure);
	} else {
		walk->asked_max = 1;
	}
}

static enum reject walk_answer(
    struct request *request, struct exchange *x, const struct pdu *pdu, const struct arrival *arrival)
{
	struct walk *walk = walk_of(request);
	size_t count;
	enum reject reject = check(walk, pdu, &count);

	if (reject != REJECT_NONE)
		return reject;
	exchange_answered(x, arrival);
	if (pdu->error_status != PDU_NO_ERROR)
		take_error(walk, x, pdu);
	else
		take_cells(walk, pdu, count, arrival);
	exchange_free(x);
	if (request_is_over(request))
		return REJECT_NONE;
	if (walk->n_active == 0)
		complete(walk);
	else
		request_ready(request);
	return REJECT_NONE;
}

/* --- trouble --- */

static void give_up(struct walk *walk, enum failure failure, int error)
{
	finish(walk, failure == FAILURE_TIMEOUT ? WALK_TIMEOUT : WALK_FAILED, failure, error);
}

/* Whether x, the first of its walk, met silence for what it asked rather than for what it was:
 * the plainest question of all will tell. */
static bool may_be_too_much(const struct walk *walk)
{
	const struct request *request = &walk->request;

	return request->summary.answers == 0 && request->peer->last_answer != 0 && !walk->humble &&
	       (walk->asked > 1 || walk->repetitions > 0);
}

/* GETBULK met silence, of a peer that has never done it and answers otherwise: GETNEXT instead. */
static bool doubt_bulk(struct walk *walk, const struct exchange *x)
{
	struct peer *peer = walk->request.peer;

	if (walk->repetitions == 0 || peer->bulk.state == BULK_WORKS || peer->last_answer == 0)
		return false;
	if (walk->doubt == DOUBT_AGAIN) {
		bulk_failed(&peer->bulk, BULK_SILENT);
		walk->plain = true;
		walk->doubt = DOUBT_NONE;
		return true;
	}
	walk->doubt = DOUBT_SILENT;
	walk->repetitions_max = 1;
	walk->in_vain = x->expected;
	return true;
}

static void retry_shrunken(struct walk *walk, struct exchange *x)
{
	exchange_reset(x, x->tries_max < TRIES_SHRUNKEN ? x->tries_max : TRIES_SHRUNKEN);
	TAILQ_INSERT_TAIL(&walk->request.todo, x, link);
	request_ready(&walk->request);
}

static void walk_failed(struct request *request, struct exchange *x, enum failure failure, int error)
{
	struct walk *walk = walk_of(request);
	struct peer *peer = request->peer;
	bool by_size = failure == FAILURE_TIMEOUT || failure == FAILURE_DECODE;

	if (by_size && doubt_bulk(walk, x)) {
		retry_shrunken(walk, x);
		return;
	}
	if (by_size && peer_may_shrink(peer, x) && ask_less(walk)) {
		peer_shrink(peer, x, failure == FAILURE_DECODE ? SIZE_GARBLED : SIZE_SILENCE);
		retry_shrunken(walk, x);
		return;
	}
	if (by_size && may_be_too_much(walk)) {
		walk->humble = true;
		walk->asked_max = walk->repetitions_max = 1;
		retry_shrunken(walk, x);
		return;
	}
	if (failure != FAILURE_TOO_BIG && peer_was_silent(peer, x))
		peer_fall_silent(peer, failure, error);
	exchange_free(x);
	give_up(walk, failure, error);
}

static void walk_abandon(struct request *request, enum failure failure, int error)
{
	if (TAILQ_EMPTY(&request->flying))
		give_up(walk_of(request), failure, error);
}

static void walk_done(struct request *request)
{
	struct walk *walk = walk_of(request);

	walk->want.done(walk->want.arg, walk->end, &request->summary);
}

static void walk_free(struct request *request)
{
	struct walk *walk = walk_of(request);

	for (size_t i = 0; i < walk->want.n_columns; i++) {
		free(walk->columns[i].name);
		progress_fini(&walk->columns[i].progress);
	}
	free(walk->columns);
	free(walk->active);
	free(walk);
}

static const struct request_ops walk_ops = {
    .next = walk_next,
    .build = walk_build,
    .answer = walk_answer,
    .failed = walk_failed,
    .abandon = walk_abandon,
    .done = walk_done,
    .free = walk_free,
};

void walk_start(struct peer *peer, const struct walk_request *want)
{
	struct walk *walk = mem_alloc(sizeof *walk);

	walk->want = *want;
	if (want->max_rows == 0)
		walk->want.max_rows = WALK_ROWS_MAX;
	if (want->max_packets == 0)
		walk->want.max_packets = WALK_PACKETS_MAX;
	if (want->max_time == 0)
		walk->want.max_time = WALK_TIME_MAX;
	walk->columns = mem_calloc(want->n_columns, sizeof *walk->columns);
	walk->active = mem_calloc(want->n_columns, sizeof *walk->active);
	for (size_t i = 0; i < want->n_columns; i++) {
		set_name(&walk->columns[i], want->columns[i].ber, want->columns[i].ber_len);
		walk->active[i] = i;
	}
	walk->n_active = want->n_columns;
	walk->asked_max = PDU_VARBINDS_MAX;
	walk->repetitions_max = REPETITIONS_FIRST;
	walk->plain = peer->security->version == SNMP_V1 || !bulk_begin(&peer->bulk);
	walk->varbind_octets = VARBIND_OCTETS_FIRST;
	request_init(&walk->request, peer->core, peer, &walk_ops);
}
