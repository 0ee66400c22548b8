#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

#include <stdlib.h>
#include <string.h>

/* ns from which on rows that come and go are looked for again. */
static int64_t next_look(const struct session *session, const struct rowset *set)
{
	if (set->n_rows <= SESSION_PRESENT_ROWS)
		return 0; /* with the table's next poll */
	/* Half a turn of grace: turns jitter. */
	return SESSION_PRESENT_POLLS * session_interval(session, set->table) - session->device->interval / 2;
}

/* Walks after which a row that has gone is forgotten: it has been told to be so for long enough. */
static uint16_t walks_to_keep(const struct session *session, const struct rowset *set)
{
	int64_t polls = set->n_rows <= SESSION_PRESENT_ROWS ? 1 : SESSION_PRESENT_POLLS;
	int64_t walks = set->table->presence / (polls * session_interval(session, set->table));

	return (uint16_t)(walks < 1 ? 2 : walks >= UINT16_MAX ? UINT16_MAX : walks + 1);
}

/* When to read the names again after a walk that ended so. Spread by the device's name, so that a fleet
 * started at once does not walk at once ever after. */
static int64_t next_walk(const struct session *session, struct session_table *table, enum walk_end end,
    const struct rows_change *change)
{
	int64_t now = loop_now(session->loop), wait = SESSION_WALK_PERIOD;
	uint64_t spread = str_hash(session->device->name, strlen(session->device->name)) % 512;

	switch (end) {
	case WALK_COMPLETE:
		table->walk_failures = 0;
		if (table->set->table->presence > 0)
			return now + next_look(session, table->set);
		/* net-snmp has some of its tables only a minute after its start. */
		if (change->missing > 0 ||
		    (session->witness.has_uptime && session->witness.uptime < SESSION_YOUNG))
			wait = SESSION_WALK_SOON;
		break;
	case WALK_TIMEOUT:
		/* At once next turn, then at a growing distance. */
		wait = table->walk_failures == 0 ? 0 : session->device->interval << table->walk_failures;
		if (table->walk_failures < 6)
			table->walk_failures++;
		break;
	case WALK_LOOP:
	case WALK_CAP_ROWS:
	case WALK_CAP_PACKETS:
	case WALK_CAP_TIME:
	case WALK_FAILED:
		/* It will hardly be otherwise next time. */
		wait = SESSION_WALK_SOON << table->walk_failures;
		if (table->walk_failures < 6)
			table->walk_failures++;
		break;
	}
	if (wait > SESSION_WALK_PERIOD)
		wait = SESSION_WALK_PERIOD;
	return now + wait / 1024 * (int64_t)(768 + spread);
}

static void tell(const struct session *session, struct session_table *table, enum walk_end end,
    const struct rows_change *change)
{
	const char *name = table->set->table->name;

	if (change->retired > 0 && table->set->table->presence == 0)
		log_info(
		    "rows retired", "dev=%s table=%s rows=%zu", session->device->name, name, change->retired);
	if (change->ambiguous > 0 && !table->told_ambiguous)
		log_warn("rows cannot be told apart by their names", "dev=%s table=%s rows=%zu",
		    session->device->name, name, change->ambiguous);
	table->told_ambiguous = change->ambiguous > 0;
	if (end != WALK_COMPLETE && !table->told_cut)
		log_warn("walk cut short", "dev=%s table=%s err=%s rows=%zu", session->device->name, name,
		    walk_end_name(end), table->set->n_rows);
	table->told_cut = end != WALK_COMPLETE;
}

/* Rows that are known but not found have no values now. */
static void blank_missing(struct rowset *set)
{
	for (size_t row = 0; row < set->n_rows; row++) {
		if (set->rows[row].missed > 0)
			commit_unknown(set, row, QUALITY_NO_SUCH, true);
	}
}

static void merge(
    struct session *session, struct session_table *table, struct walked *walked, enum walk_end end)
{
	struct rows_change change = {0};

	if (table->set->table->presence > 0)
		table->set->retire_after = walks_to_keep(session, table->set);
	/* Of a table that does not end nothing is believed. */
	if (end != WALK_CAP_ROWS && end != WALK_CAP_PACKETS)
		rows_merge(table->set, walked, end == WALK_COMPLETE,
		    session_filter(session->device, table->set->table->name), &change);
	blank_missing(table->set);
	table->seen = end == WALK_COMPLETE;
	table->set->whole |= table->seen;
	table->walk_due = next_walk(session, table, end, &change);
	table->learn = false;
	table->unproven = true;
	tell(session, table, end, &change);
	log_debug("rows learned", "dev=%s table=%s rows=%zu added=%zu moved=%zu missing=%zu retired=%zu",
	    session->device->name, table->set->table->name, table->set->n_rows, change.added, change.moved,
	    change.missing, change.retired);
}

/* If it has changed since the names were read, none of the indexes can be relied on, and the walk that comes
 * may be cut. */
static void take_guard(struct session_table *table, const struct value *value)
{
	uint64_t was = table->guard;
	bool known = value_to_u64(value, &table->guard);

	if (table->had_guard && (!known || table->guard != was))
		rows_unplace(table->set);
	table->has_guard = known;
}

static void scalar_values(void *arg, const struct get_reply *reply)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	static const uint8_t index[] = {0};

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_answer(session, reply);
	if (reply->failure != FAILURE_NONE)
		return;
	turn->saw_restart |= session_note_uptime(session, reply);
	for (size_t i = 0; i < reply->n; i++) {
		const struct single *single = &turn->singles[reply->first + i];

		if (single->is_guard)
			take_guard(&session->tables[single->table], &reply->values[i]);
		else
			walked_add(turn->scalars[single->table], single->number, index, sizeof index,
			    &reply->values[i]);
	}
}

static void drop_scalars(struct session *session)
{
	struct turn *turn = session->turn;

	for (size_t i = 0; i < session->n_tables; i++)
		walked_free(turn->scalars[i]);
	free(turn->scalars);
	turn->scalars = NULL;
}

/* It has restarted between two requests: read them anew, but not without end. */
static void scalars_after_restart(struct session *session)
{
	struct turn *turn = session->turn;

	drop_scalars(session);
	turn->restarted = turn->confirmed_restart = true;
	session_learn_all(session, true);
	if (turn->scalars_redone) {
		turn->silent = true;
		session_end_turn(session, FAILURE_NONE);
		return;
	}
	turn->scalars_redone = true;
	session_advance(session);
}

static void scalar_done(void *arg, const struct request_summary *summary)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	enum walk_end end = session_is_cut(summary) ? WALK_TIMEOUT : WALK_COMPLETE;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session_note_summary(session, summary);
	if (turn->seen.has_uptime) {
		session->witness.mono = turn->seen.mono;
		session->witness.uptime = turn->seen.uptime;
		session->witness.has_uptime = true;
	}
	turn->want_scalars = false;
	if (turn->saw_restart) {
		scalars_after_restart(session);
		return;
	}
	for (size_t i = 0; i < session->n_tables; i++) {
		if (turn->scalars[i] != NULL)
			merge(session, &session->tables[i], turn->scalars[i], end);
	}
	drop_scalars(session);
	if (turn->silent)
		session_end_turn(session, summary->failure);
	else
		session_advance(session);
}

static void want_table(struct session *session, size_t number)
{
	struct session_table *table = &session->tables[number];
	struct turn *turn = session->turn;
	struct walked *walked;

	if (!table->set->table->is_scalar) {
		/* Read before the names: what changes after it, changes it. */
		if (table->set->table->guard.name != NULL)
			session_add_single(turn, (struct single){.ber = table->set->table->guard.ber,
						     .ber_len = (uint16_t)table->set->table->guard.ber_len,
						     .table = (uint16_t)number,
						     .whole = table->set->table->guard.is_instance,
						     .is_guard = true});
		table->had_guard = table->has_guard;
		table->has_guard = false;
		return;
	}
	walked = turn->scalars[number] = walked_new(table->set->table);
	if (session_has_own_row(session, number))
		walked_add_scalar(walked);
	for (size_t i = 0; i < walked->n_asked; i++) {
		const struct source *source = walked_source(walked, i);

		session_add_single(turn, (struct single){.ber = source->ber,
					     .ber_len = (uint16_t)source->ber_len,
					     .number = (uint16_t)i,
					     .table = (uint16_t)number,
					     .whole = source->is_instance});
	}
}

/* Scalars of all tables to learn, and the guards of those to walk, in one request. */
void session_scalars(struct session *session)
{
	struct turn *turn = session->turn;
	struct get_request get = {.name = session_single_name,
	    .guards = turn->guards,
	    .n_guards = 1,
	    .values = scalar_values,
	    .done = scalar_done,
	    .arg = session};

	session_sys_uptime(&turn->guards[0]);
	turn->n_singles = 0;
	turn->scalars = mem_calloc(session->n_tables + 1, sizeof(struct walked *));
	for (size_t i = 0; i < session->n_tables; i++) {
		if (session->tables[i].learn)
			want_table(session, i);
	}
	get.n = turn->n_singles;
	session->agent.ops->get(session->agent.self, session->peer, &get);
}

static void walk_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct session *session = arg;

	MAGIC_CHECK(session, SESSION_MAGIC);
	session->turn->any_answer = true;
	walked_add(session->turn->walked, column, index, index_len, value);
}

static void walk_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	struct session *session = arg;
	struct turn *turn = session->turn;
	struct walked *walked = turn->walked;

	MAGIC_CHECK(session, SESSION_MAGIC);
	turn->walked = NULL;
	session_note_summary(session, summary);
	if (end == WALK_FAILED && session_is_cut(summary))
		end = WALK_TIMEOUT; /* no word of the agent's on the walk itself */
	merge(session, &session->tables[turn->walking], walked, end);
	walked_free(walked);
	/* A table that the agent takes too long for is one thing, two such tables another. */
	turn->silent_walks = turn->silent ? turn->silent_walks + 1 : 0;
	if (turn->silent_walks >= 2)
		session_end_turn(session, summary->failure);
	else
		session_advance(session);
}

void session_walk(struct session *session, size_t number)
{
	struct turn *turn = session->turn;
	struct session_table *table = &session->tables[number];
	struct walk_request walk = {.max_rows = SESSION_ROWS_MAX,
	    .max_packets = SESSION_PACKETS_MAX,
	    .cell = walk_cell,
	    .done = walk_done,
	    .arg = session};

	turn->walking = number;
	turn->walked = walked_new(table->set->table);
	walk.n_columns = turn->walked->n_asked;
	turn->columns = mem_realloc(turn->columns, walk.n_columns + 1, sizeof *turn->columns);
	for (size_t i = 0; i < walk.n_columns; i++) {
		const struct source *source = walked_source(turn->walked, i);

		turn->columns[i] = (struct walk_column){source->ber, source->ber_len};
	}
	walk.columns = turn->columns;
	session->agent.ops->walk(session->agent.self, session->peer, &walk);
}
