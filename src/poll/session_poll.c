#include "base/str.h"
#include "base/vec.h"
#include "poll/session_parts.h"
#include "poll/transform.h"

#include <string.h>

static enum quality quality_of(enum failure failure)
{
	switch (failure) {
	case FAILURE_NONE:
		return QUALITY_OK;
	case FAILURE_NO_SUCH:
		return QUALITY_NO_SUCH;
	case FAILURE_DECODE:
		return QUALITY_DECODE;
	case FAILURE_TOO_BIG:
	case FAILURE_REFUSED:
		return QUALITY_REFUSED;
	case FAILURE_TIMEOUT:
	case FAILURE_TRUNCATED:
	case FAILURE_LOOP:
	case FAILURE_RESOLVE:
	case FAILURE_SEND:
	case FAILURE_CANCELLED:
	case FAILURE_SECURITY:
	case FAILURE_COUNT:
		break;
	}
	return QUALITY_TIMEOUT;
}

static size_t poll_name(void *arg, size_t i, uint8_t out[OID_BER_MAX])
{
	const struct session *session = arg;
	const struct item *item = &session->turn->plan.items[i];

	return plan_name(item, item->role <= ITEM_NAME ? session->tables[item->table].set : NULL, out);
}

static bool poll_joined(void *arg, size_t i)
{
	const struct session *session = arg;

	return session->turn->plan.items[i].joined;
}

/* Whether a tag still reads as it did when the row was found. */
static bool reads_same(const struct session *session, const struct item *item, const struct value *value)
{
	const struct rowset *set = session->tables[item->table].set;
	const char *was = rowset_tag(set, item->row, item->column);
	struct str *text = &session->turn->text;
	size_t len = was != NULL ? strlen(was) : 0;

	if (len > 0 && transform_is(&set->table->columns[item->column], value, was, len))
		return true;
	str_clear(text);
	transform_text(&set->table->columns[item->column], value, text);
	/* A very long one was kept cut. */
	if (len == 0)
		return text->len == 0;
	return (str_equal(str_text(text), was) ||
		(len >= WALKED_TEXT_MAX - 4 && strncmp(str_text(text), was, len) == 0));
}

static void take_value(struct session *session, struct item *item, const struct value *value)
{
	struct turn *turn = session->turn;
	uint64_t number;

	switch ((enum item_role)item->role) {
	case ITEM_CELL: {
		const struct column *column = &session->tables[item->table].set->table->columns[item->column];
		struct transform_cell cell = transform_value(column, &column->sources[item->source], value);

		item->raw = cell.raw;
		item->form = (uint8_t)cell.form;
		item->quality = (uint8_t)cell.quality;
		item->narrow = cell.narrow;
		break;
	}
	case ITEM_NAME:
		item->quality = reads_same(session, item, value) ? QUALITY_OK : QUALITY_RESET;
		break;
	case ITEM_BOOTS:
		if (value_to_u64(value, &number))
			turn->seen.boots = (uint32_t)number;
		item->quality = value_to_u64(value, &number) ? QUALITY_OK : QUALITY_NO_SUCH;
		break;
	case ITEM_ENGINE:
		turn->seen.has_engine = item[-1].quality == QUALITY_OK && value_to_u64(value, &number);
		if (turn->seen.has_engine)
			turn->seen.engine_time = (uint32_t)number;
		break;
	}
}

/* A table whose guard is not as it was when its names were read. */
static void check_guards(struct session *session, const struct get_reply *reply)
{
	for (size_t i = 0; i < session->n_tables; i++) {
		struct session_table *table = &session->tables[i];
		uint64_t now;

		if (table->guard_slot > 0 &&
		    (!value_to_u64(&reply->guards[table->guard_slot], &now) || now != table->guard))
			table->moved_by_guard = true;
	}
}

static void take_answer(struct session *session, const struct get_reply *reply)
{
	struct turn *turn = session->turn;
	struct reading reading = {.mono = reply->received,
	    .wall = reply->wall,
	    .spent = reply->received - (reply->asked != 0 ? reply->asked : reply->sent)};
	uint64_t ticks;

	turn->silent_pdus = 0;
	turn->saw_restart |= session_note_uptime(session, reply);
	check_guards(session, reply);
	reading.has_uptime = value_to_u64(&reply->guards[0], &ticks);
	if (reading.has_uptime)
		reading.uptime = (uint32_t)ticks;
	vec_push(&turn->readings, reading);
	for (size_t i = 0; i < reply->n; i++) {
		struct item *item = &turn->plan.items[reply->first + i];

		item->pdu = (uint32_t)(turn->readings.n - 1);
		take_value(session, item, &reply->values[i]);
	}
}

/* The rest would time out too, one after another: not worth waiting for. */
static void give_up(struct session *session)
{
	struct request_summary summary = {.failure = FAILURE_TIMEOUT};

	session->agent.ops->cancel(session->agent.self, session->peer);
	for (size_t i = 0; i < session->turn->plan.n; i++) {
		struct item *item = &session->turn->plan.items[i];

		if (item->quality == QUALITY_NEVER)
			item->quality = QUALITY_TIMEOUT;
	}
	session_note_summary(session, &summary);
	if (session->turn->any_answer)
		session_judge(session);
	else
		session_end_turn(session, FAILURE_TIMEOUT);
}

static void poll_values(void *arg, const struct get_reply *reply)
{
	struct session *session = arg;
	struct turn *turn = session->turn;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_answer(session, reply);
	if (reply->failure == FAILURE_NONE) {
		take_answer(session, reply);
		return;
	}
	for (size_t i = 0; i < reply->n; i++)
		turn->plan.items[reply->first + i].quality = (uint8_t)quality_of(reply->failure);
	if (reply->failure == FAILURE_TIMEOUT &&
	    (!turn->any_answer || ++turn->silent_pdus >= SESSION_SILENT_PDUS))
		give_up(session);
}

static void poll_done(void *arg, const struct request_summary *summary)
{
	struct session *session = arg;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_summary(session, summary);
	if (session->turn->any_answer)
		session_judge(session);
	else
		session_end_turn(session, summary->failure);
}

/* This poll's place for a table's guard; 0 when there is none that can be relied on. */
static uint8_t guard_slot(struct turn *turn, const struct session_table *table)
{
	const struct source *source = &table->set->table->guard;
	struct oid guard;

	if (!table->has_guard || table->guard_broken)
		return 0;
	source_oid(source, &guard);
	if (!source->is_instance)
		oid_append(&guard, 0);
	for (size_t i = 1; i < turn->n_guards; i++) {
		if (oid_compare(&turn->guards[i], &guard) == 0)
			return (uint8_t)i;
	}
	if (turn->n_guards == AGENT_GUARDS_MAX)
		return 0;
	turn->guards[turn->n_guards] = guard;
	return (uint8_t)turn->n_guards++;
}

/* What has to be asked for to be sure whose values come. A guard of 0 says that nothing ever changed:
 * net-snmp says so for good, whatever changes. */
static enum plan_check check_of(const struct session_table *table, bool certain)
{
	if (table->guard_slot > 0 && table->guard != 0 && certain)
		return CHECK_NOTHING;
	return table->unproven ? CHECK_KEYS : CHECK_NAME;
}

static void plan_tables(struct session *session)
{
	struct turn *turn = session->turn;
	/* An agent this young may restart again without its uptime telling. */
	bool certain = session->witness.has_uptime && session->witness.uptime >= SESSION_YOUNG;

	plan_clear(&turn->plan);
	if (session->has_engine)
		plan_add_engine(&turn->plan);
	for (size_t i = 0; i < session->n_tables; i++) {
		struct session_table *table = &session->tables[i];

		table->guard_slot = 0;
		table->moved_by_guard = false;
		table->first = turn->plan.n;
		table->n_items = 0;
		if (!table->due)
			continue;
		if (!table->set->table->is_scalar && table->set->n_rows > 0)
			table->guard_slot = guard_slot(turn, table);
		plan_add_table(&turn->plan, (uint16_t)i, table->set, check_of(table, certain));
		table->n_items = turn->plan.n - table->first;
	}
}

void session_ask(struct session *session)
{
	struct turn *turn = session->turn;
	struct get_request get = {.name = poll_name,
	    .joined = poll_joined,
	    .guards = turn->guards,
	    .values = poll_values,
	    .done = poll_done,
	    .arg = session};

	session_sys_uptime(&turn->guards[0]);
	turn->n_guards = 1;
	vec_clear(&turn->readings);
	turn->silent_pdus = 0;
	plan_tables(session);
	get.n = turn->plan.n;
	get.n_guards = turn->n_guards;
	session->agent.ops->get(session->agent.self, session->peer, &get);
}
