#include "fleet/agent.h"

#include "fleet/bend.h"
#include "fleet/mangle.h"
#include "fleet/mib.h"
#include "fleet/v3.h"

#include <string.h>

#define TOO_BIG	     1
#define NO_SUCH_NAME 2
#define NOT_WRITABLE 17
#define FORBIDDEN    16 /* authorizationError */

struct answer {
	const struct agent_ask *ask;
	struct mib_view view;
	struct reply reply;
	int32_t status, index;
};

static bool has(const struct answer *answer, enum fault fault)
{
	return effect_has(answer->ask->effect, fault);
}

static int64_t arg(const struct answer *answer, enum fault fault)
{
	return answer->ask->effect->arg[fault][0];
}

static bool add(struct answer *answer, const struct mib_at *at, struct name name, struct value *value)
{
	if (answer->ask->effect->any)
		mangle_varbind(answer->ask->effect, &answer->view, at, &name, value);
	return reply_add(&answer->reply, &name, value);
}

static bool add_exception(struct answer *answer, struct name name, uint8_t type)
{
	struct value value;

	value.type = type;
	value.number = 0;
	value.raw = false;
	value.bytes = (struct span){value.room, 0};
	return reply_add(&answer->reply, &name, &value);
}

static struct span name_asked(const struct answer *answer, size_t i)
{
	const struct request *request = answer->ask->request;

	return request->names[has(answer, FAULT_SWAPPED) ? request->n - 1 - i : i];
}

static void fail(struct answer *answer, int32_t status, int32_t index)
{
	answer->status = status;
	answer->index = index;
	if (status == TOO_BIG && answer->ask->request->version != SNMP_V1)
		reply_reset(&answer->reply); /* RFC 3416 section 4.2.1 */
	else
		reply_echo(&answer->reply, answer->ask->request);
}

static void get(struct answer *answer)
{
	struct oid_arcs oid;
	struct mib_at at;
	struct value value;

	for (size_t i = 0; i < answer->ask->request->n; i++) {
		struct name name = {.prefix = name_asked(answer, i)};
		enum mib_found found = MIB_NO_OBJECT;
		bool fits;

		if (oid_read(name.prefix, &oid))
			found = mib_find(&answer->view, &oid, &at);
		if (found == MIB_FOUND && has(answer, FAULT_NO_SUCH))
			found = MIB_NO_INSTANCE;
		if (found != MIB_FOUND && answer->view.v1) {
			fail(answer, NO_SUCH_NAME, (int32_t)(i + 1));
			return;
		}
		if (found == MIB_FOUND) {
			mib_value(&answer->view, &at, &value);
			fits = add(answer, &at, name, &value);
		} else {
			fits = add_exception(
			    answer, name, found == MIB_NO_OBJECT ? BER_NO_SUCH_OBJECT : BER_NO_SUCH_INSTANCE);
		}
		if (!fits) {
			fail(answer, TOO_BIG, 0);
			return;
		}
	}
}

/* ---- walks ---- */

struct cursor {
	struct name name; /* the one last returned, or asked for */
	struct mib_at at; /* where that is, when `known` */
	bool known, ended;
};

static void bend_walk(const struct answer *answer, struct cursor *cursor)
{
	uint32_t ordinal = mib_ordinal(&answer->view, &cursor->at);

	if (has(answer, FAULT_WALK_LOOP) && ordinal >= arg(answer, FAULT_WALK_LOOP))
		mib_first_row(&answer->view, &cursor->at);
	if (has(answer, FAULT_WALK_BACK) && ordinal >= arg(answer, FAULT_WALK_BACK))
		mib_first(&answer->view, &cursor->at);
	if (has(answer, FAULT_WALK_CUT) && ordinal >= arg(answer, FAULT_WALK_CUT))
		cursor->ended = true;
}

static uint32_t rows_of(const struct answer *answer, struct mib_at at)
{
	size_t entry = at.entry;
	uint32_t n = 1;

	mib_first_row(&answer->view, &at);
	while (mib_step(&answer->view, &at) && at.entry == entry)
		n++;
	return n;
}

static void to_row(const struct answer *answer, struct mib_at *at, uint32_t row)
{
	mib_first_row(&answer->view, at);
	while (row-- > 0)
		mib_step(&answer->view, at);
}

/* Which row is at a place, and at which place a row is: the second of each two comes first. */
static uint32_t twisted(uint32_t row, uint32_t rows)
{
	return (row ^ 1u) < rows ? row ^ 1u : row;
}

static bool step_twisted(const struct answer *answer, struct cursor *cursor)
{
	struct oid_arcs oid = {0};
	uint32_t rows, place;

	if (!cursor->known && !oid_read(cursor->name.prefix, &oid))
		return false;
	if (cursor->known || mib_find(&answer->view, &oid, &cursor->at) == MIB_FOUND) {
		rows = rows_of(answer, cursor->at);
		place = twisted(mib_ordinal(&answer->view, &cursor->at), rows) + 1;
		if (place < rows) {
			to_row(answer, &cursor->at, twisted(place, rows));
			return true;
		}
		to_row(answer, &cursor->at, rows - 1);
		if (!mib_step(&answer->view, &cursor->at))
			return false;
	} else if (!mib_next(&answer->view, &oid, &cursor->at)) {
		return false;
	}
	to_row(answer, &cursor->at, twisted(0, rows_of(answer, cursor->at)));
	return true;
}

static void cursor_next(const struct answer *answer, struct cursor *cursor)
{
	struct oid_arcs oid;

	if (has(answer, FAULT_WALK_TWISTED))
		cursor->ended = !step_twisted(answer, cursor);
	else if (cursor->known)
		cursor->ended = !mib_step(&answer->view, &cursor->at);
	else
		cursor->ended =
		    !oid_read(cursor->name.prefix, &oid) || !mib_next(&answer->view, &oid, &cursor->at);
	if (cursor->ended)
		return;
	if (answer->ask->effect->any) {
		if (has(answer, FAULT_WALK_SAME))
			return; /* the value is of the next, the name stays */
		bend_walk(answer, cursor);
		if (cursor->ended)
			return;
	}
	cursor->known = true;
	cursor->name = mib_name(&answer->view, &cursor->at);
}

/* The walk has come to the end of the column that it was in. */
static bool leaves_column(const struct answer *answer, const struct cursor *cursor, int32_t from)
{
	return has(answer, FAULT_COLUMN_END) && from >= 0 && !cursor->ended &&
	       (int32_t)cursor->at.entry != from;
}

static int32_t column_of(const struct answer *answer, const struct cursor *cursor)
{
	struct oid_arcs oid;

	if (cursor->known)
		return (int32_t)cursor->at.entry;
	return oid_read(cursor->name.prefix, &oid) ? mib_entry_of(answer->view.fleet->mib, &oid) : -1;
}

static bool add_next(struct answer *answer, struct cursor *cursor)
{
	struct name before = cursor->name;
	int32_t column = column_of(answer, cursor);
	struct value value;

	if (!cursor->ended)
		cursor_next(answer, cursor);
	if (leaves_column(answer, cursor, column)) {
		cursor->ended = true;
		cursor->name = before;
	}
	if (cursor->ended)
		return add_exception(answer, cursor->name,
		    has(answer, FAULT_COLUMN_END) ? (uint8_t)arg(answer, FAULT_COLUMN_END)
						  : BER_END_OF_MIB_VIEW);
	mib_value(&answer->view, &cursor->at, &value);
	return add(answer, &cursor->at, cursor->name, &value);
}

static void get_next(struct answer *answer)
{
	for (size_t i = 0; i < answer->ask->request->n; i++) {
		struct cursor cursor = {.name = {.prefix = name_asked(answer, i)}};
		bool fits = add_next(answer, &cursor);

		if (cursor.ended && answer->view.v1) {
			fail(answer, NO_SUCH_NAME, (int32_t)(i + 1));
			return;
		}
		if (!fits) {
			fail(answer, TOO_BIG, 0);
			return;
		}
	}
}

/* RFC 3416 section 4.2.3: as many varbinds as fit, in the order of rounds. */
static void get_bulk(struct answer *answer)
{
	const struct request *request = answer->ask->request;
	size_t single = request->non_repeaters < 0 ? 0 : (size_t)request->non_repeaters;
	struct cursor cursors[CODEC_VARBINDS_MAX];
	int32_t repetitions = request->max_repetitions;
	bool more = true;

	if (has(answer, FAULT_BULK_SINGLE))
		repetitions = 1;
	else if (has(answer, FAULT_BULK_ALL))
		repetitions = INT32_MAX;
	if (single > request->n)
		single = request->n;
	for (size_t i = 0; i < request->n; i++)
		cursors[i] = (struct cursor){.name = {.prefix = name_asked(answer, i)}};
	for (size_t i = 0; i < single; i++)
		if (!add_next(answer, &cursors[i]))
			return;
	for (int32_t round = 0; round < repetitions && more; round++) {
		more = false;
		for (size_t i = single; i < request->n; i++) {
			if (!add_next(answer, &cursors[i]))
				return;
			more = more || !cursors[i].ended;
		}
	}
}

/* ---- the whole ---- */

/* True when an effect answers instead of the agent. */
static bool refuse(struct answer *answer)
{
	int32_t status, index;

	if (!bend_refusal(answer->ask, &answer->view, &status, &index))
		return false;
	fail(answer, status, index);
	return true;
}

static bool dispatch(struct answer *answer)
{
	const struct request *request = answer->ask->request;

	switch (request->pdu) {
	case PDU_GET:
	case PDU_GETNEXT:
	case PDU_SET:
		break;
	case PDU_GETBULK:
		if (request->version != SNMP_V1)
			break;
		return false;
	default:
		return false;
	}
	if (answer->ask->effect->any && refuse(answer))
		return true;
	if (request->v3 != NULL && request->v3->forbidden)
		fail(answer, FORBIDDEN, 0);
	else if (request->pdu == PDU_GET)
		get(answer);
	else if (request->pdu == PDU_GETNEXT)
		get_next(answer);
	else if (request->pdu == PDU_GETBULK)
		get_bulk(answer);
	else /* nothing can be written; RFC 3584 section 4.4 for v1 */
		fail(answer, request->version == SNMP_V1 ? NO_SUCH_NAME : NOT_WRITABLE, 1);
	return true;
}

static void bend_list(struct answer *answer)
{
	struct reply *reply = &answer->reply;
	struct mib_at at;

	if (has(answer, FAULT_FEWER)) {
		size_t cut = (size_t)arg(answer, FAULT_FEWER);

		reply_keep(reply, cut < reply->n ? reply->n - cut : 0);
	}
	if (has(answer, FAULT_EXTRA) && mib_first(&answer->view, &at)) {
		for (int64_t i = 0; i < arg(answer, FAULT_EXTRA); i++) {
			struct value value;

			mib_value(&answer->view, &at, &value);
			add(answer, &at, mib_name(&answer->view, &at), &value);
		}
	}
	if (has(answer, FAULT_EMPTY))
		reply_reset(reply);
}

/* RFC 3412 section 6: what the asker cannot take is not sent. */
static size_t size_wanted(const struct answer *answer)
{
	const struct request *request = answer->ask->request;
	size_t size = answer->ask->fleet->options.max_size;

	if (has(answer, FAULT_MAX_SIZE) && arg(answer, FAULT_MAX_SIZE) < (int64_t)size)
		size = (size_t)arg(answer, FAULT_MAX_SIZE);
	return request->max_size > 0 && request->max_size < size ? request->max_size : size;
}

struct span agent_answer(const struct agent_ask *ask, uint8_t *buf, size_t *varbinds)
{
	const struct request *request = ask->request;
	struct answer answer = {.ask = ask};
	struct span message;
	struct header header = {
	    .version = request->version,
	    .community = request->community,
	    .pdu = PDU_RESPONSE,
	    .id = request->id,
	};

	if (request->v3 != NULL && request->v3->report != V3_FINE)
		return v3_report(ask->fleet->v3, ask->device, request, ask->now, buf);
	bend_view(ask, &answer.view);
	reply_begin(&answer.reply, buf, size_wanted(&answer), request);
	if (!dispatch(&answer))
		return (struct span){buf, 0};
	header.status = answer.status;
	header.index = answer.index;
	if (ask->effect->any) {
		bend_list(&answer);
		mangle_header(ask, &header);
	}
	*varbinds = answer.reply.n;
	message = reply_finish(&answer.reply, &header);
	return header.version == SNMP_V3 ? v3_close(ask->fleet->v3, ask->device, request, ask->now, message)
					 : message;
}
