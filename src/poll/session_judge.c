#include "base/log.h"
#include "base/mem.h"
#include "poll/outer.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What became of one row's items. */
enum suspicion { ROW_FINE, ROW_GONE, ROW_RENAMED };

static enum suspicion suspect(const struct item *items, size_t n)
{
	bool gone = true;

	for (size_t i = 0; i < n; i++) {
		if (items[i].role == ITEM_NAME && items[i].quality == QUALITY_RESET)
			return ROW_RENAMED;
		gone = gone && (items[i].role == ITEM_NAME || items[i].quality == QUALITY_NO_SUCH);
	}
	return gone ? ROW_GONE : ROW_FINE;
}

static bool any_moved(const struct plan *plan, const struct session_table *table)
{
	size_t n;

	for (size_t i = table->first; i < table->first + table->n_items; i += n) {
		n = plan_row(plan, i);
		if (suspect(&plan->items[i], n) != ROW_FINE)
			return true;
	}
	return false;
}

/* Nothing is put with a time that earlier turns have used already: a clock that was set back makes a gap of
 * its own length. */
static bool clock_allows(struct session *session, int64_t wall)
{
	bool back = wall <= session->wall_high;

	if (back && !session->clock_back)
		log_warn("clock went back, samples are dropped until it has caught up", "dev=%s s=%.1f",
		    session->device->name, (double)(session->wall_high - wall) / 1e9);
	session->clock_back = back;
	return !back;
}

/* A series is asked for when its first sample is there. */
void session_put(struct session *session, struct rowset *set, size_t row, int64_t wall, bool unknown)
{
	struct row *r = &set->rows[row];
	const struct table *table = set->table;
	double values[PROFILE_COLUMNS_MAX];
	struct sample_raw raws[PROFILE_COLUMNS_MAX];
	size_t n;

	if (r->excluded || table->n_ds == 0 || !clock_allows(session, wall))
		return;
	if (r->series == SERIES_NONE) {
		struct series_def def = {.device = session->device->name,
		    .table = table,
		    .key = table->is_scalar ? NULL : r->key,
		    .interval = session_interval(session, table),
		    .timeout = session->device->timeout * (session->device->retries + 1)};

		if (unknown)
			return;
		r->series = session->sink.ops->series(session->sink.self, &def);
		if (r->series == SERIES_NONE)
			return;
	}
	n = rowset_samples(set, row, values, raws);
	for (size_t i = 0; unknown && i < n; i++)
		values[i] = NAN;
	session->sink.ops->put(session->sink.self, r->series, wall, values, unknown ? NULL : raws, n);
	if (wall > session->wall_next)
		session->wall_next = wall;
}

/* The row's values are not known to be its own. What has begun since its last sample stays unknown: the gap
 * is exact, as a sample of unknowns ends it. */
static void disown(struct session *session, struct rowset *set, size_t row)
{
	commit_unknown(set, row, QUALITY_UNKNOWN, true);
	set->rows[row].placed = false;
	session_put(session, set, row, clock_wall(loop_clock(session->loop)), true);
}

static bool keeps_all(const struct session *session, const char *table)
{
	const struct row_filter *filter = session_filter(session->device, table);

	return filter != NULL && (filter->include != NULL || filter->exclude != NULL);
}

static void commit_items(struct session *session, struct session_table *table, struct commit *commit,
    const struct item *items, size_t n)
{
	size_t row = items->row;

	if (suspect(items, n) == ROW_RENAMED) {
		disown(session, table->set, row);
		return;
	}
	switch (commit_row(commit, row, items, n)) {
	case COMMIT_SAMPLE:
		session_put(session, table->set, row, table->set->rows[row].wall, false);
		break;
	case COMMIT_LAPSED:
		session_put(session, table->set, row, clock_wall(loop_clock(session->loop)), true);
		break;
	case COMMIT_DUPLICATE:
		break;
	}
}

/* Rows that were not asked for, as nobody knows where they live now. */
static void mark_unplaced(struct rowset *set)
{
	for (size_t row = 0; row < set->n_rows; row++) {
		if (!set->rows[row].placed && set->rows[row].missed == 0)
			commit_unknown(set, row, QUALITY_UNKNOWN, false);
	}
}

/* What the poll shows of the refreshes of a table's counters. One whose counters never stand still after real
 * traffic costs nothing further. */
static void look_at_refreshes(struct session *session, struct session_table *table, struct commit *commit)
{
	struct turn *turn = session->turn;
	struct refresh_sight sight = {0};
	size_t n;

	if (turn->restarted && table->refresh != NULL) /* its timers have begun anew */
		*table->refresh = (struct refresh){0};
	commit->refresh = table->refresh;
	for (size_t i = 0; i < turn->readings.n; i++)
		turn->readings.v[i].moved = false;
	for (size_t i = table->first; i < table->first + table->n_items; i += n) {
		n = plan_row(&turn->plan, i);
		commit_look(commit, turn->plan.items[i].row, &turn->plan.items[i], n, &sight);
	}
	if (table->refresh == NULL && table->busy && sight.compared > 0 && sight.moved_from == 0)
		table->refresh = mem_alloc(sizeof *table->refresh);
	if (sight.moved_from != 0)
		table->busy = sight.busy > 0;
	commit->refresh = table->refresh;
	if (table->refresh != NULL)
		refresh_look(table->refresh, &sight);
}

static void learn_refreshes(struct session *session, struct session_table *table)
{
	if (table->refresh == NULL)
		return;
	switch (refresh_learn(table->refresh)) {
	case REFRESH_LEARNED:
		commit_forget_rates(table->set);
		log_info("counters are served from a cache", "dev=%s table=%s period_s=%.2f",
		    session->device->name, table->set->table->name, (double)table->refresh->period / 1e9);
		break;
	case REFRESH_LOST:
		log_info("counters are no longer refreshed as they were", "dev=%s table=%s",
		    session->device->name, table->set->table->name);
		break;
	case REFRESH_NO_NEWS:
		break;
	}
	table->set->refresh = table->refresh->known ? table->refresh->period : 0;
}

static void commit_table(struct session *session, struct session_table *table)
{
	struct turn *turn = session->turn;
	struct plan *plan = &turn->plan;
	struct commit commit = {.set = table->set,
	    .readings = turn->readings.v,
	    .restarted = turn->restarted,
	    .keep_all = keeps_all(session, table->set->table->name)};
	double *outer = mem_calloc(table->set->table->n_outers + 1, sizeof *outer);
	size_t n;

	outer_values(table->set->table, session->sets, outer);
	commit.outer = outer;
	/* As long as a file accepts a sample for: two intervals and the time-out budget. */
	commit.max_gap = 2 * session_interval(session, table->set->table) +
			 session->device->timeout * (session->device->retries + 1);
	look_at_refreshes(session, table, &commit);
	for (size_t i = table->first; i < table->first + table->n_items; i += n) {
		n = plan_row(plan, i);
		commit_items(session, table, &commit, &plan->items[i], n);
	}
	session_compute(session, (size_t)(table - session->tables), &commit);
	free(outer);
	learn_refreshes(session, table);
	mark_unplaced(table->set);
	turn->outcome.values += commit.values;
	table->due = false;
	table->polled = turn->outcome.started;
	if (commit.withdrawn > 0 && table->walk_due > turn->outcome.started + SESSION_WALK_SOON)
		table->walk_due = turn->outcome.started + SESSION_WALK_SOON;
}

/* It has moved again while the names were read, or does so all the time: nothing of it is certain this turn.
 */
static void disown_table(struct session *session, struct session_table *table)
{
	for (size_t row = 0; row < table->set->n_rows; row++)
		disown(session, table->set, row);
	table->due = false;
	table->polled = session->turn->outcome.started;
	table->walk_due = 0;
}

/* A table that seems to have moved: read its names again, or draw the consequences. */
static void judge_moved(struct session *session, struct session_table *table)
{
	bool by_guard = table->guard_slot > 0 && table->moved_by_guard;

	if (!table->confirmed && table->strikes <= SESSION_STRIKES_MAX)
		table->strikes++;
	if (!table->confirmed && table->strikes <= SESSION_STRIKES_MAX) {
		table->learn = table->confirmed = true;
		rows_unplace(table->set);
		return;
	}
	if (by_guard && table->strikes > SESSION_STRIKES_MAX && !table->guard_broken) {
		log_warn("table's last change is not to be trusted", "dev=%s table=%s object=%s",
		    session->device->name, table->set->table->name, table->set->table->guard.name);
		table->guard_broken = true;
	}
	/* One name that reads otherwise than in the walk makes doubtful which names were unique in it. */
	if (by_guard || (table->unproven && table->strikes <= SESSION_STRIKES_MAX)) {
		disown_table(session, table);
		return;
	}
	commit_table(session, table);
	if (table->walk_due > session->turn->outcome.started + SESSION_WALK_SOON)
		table->walk_due = session->turn->outcome.started + SESSION_WALK_SOON;
}

static void judge_table(struct session *session, struct session_table *table)
{
	struct turn *turn = session->turn;

	if (table->moved_by_guard || any_moved(&turn->plan, table)) {
		judge_moved(session, table);
		turn->want_ident |= table->learn;
		turn->want_scalars |= table->learn;
		return;
	}
	if (!table->confirmed)
		table->strikes = 0;
	table->unproven = false;
	commit_table(session, table);
}

/* Those that read none of the others first. What has to wait for one that is asked again is asked again
 * with it. */
static void judge_tables(struct session *session)
{
	size_t left = session->n_tables;

	for (unsigned rank = 0; left > 0; rank++) {
		for (size_t i = 0; i < session->n_tables; i++) {
			struct session_table *table = &session->tables[i];

			if (table->set->table->rank != rank)
				continue;
			left--;
			if (table->due && !session_waits(session, table->set->table))
				judge_table(session, table);
		}
	}
}

static void judge_restart(struct session *session)
{
	struct turn *turn = session->turn;

	turn->restarted = true;
	if (!turn->confirmed_restart) {
		turn->confirmed_restart = turn->want_ident = true;
		session_learn_all(session, true);
		session_advance(session);
		return;
	}
	for (size_t i = 0; i < session->n_tables; i++) {
		if (session->tables[i].due)
			disown_table(session, &session->tables[i]);
	}
	turn->silent = true;
	session_end_turn(session, FAILURE_NONE);
}

/* All answers are in, or given up. Are they of whom they were asked of? */
void session_judge(struct session *session)
{
	struct turn *turn = session->turn;

	if (turn->seen.has_engine && session_restarted(session, &turn->seen))
		turn->saw_restart = true;
	if (turn->saw_restart) {
		judge_restart(session);
		return;
	}
	if (turn->seen.has_uptime || !session->witness.has_uptime)
		session->witness = turn->seen;
	session->system.uptime_s = turn->seen.has_uptime ? turn->seen.uptime / 100.0 : (double)NAN;
	judge_tables(session);
	for (size_t i = 0; i < session->n_tables; i++) {
		if (session->tables[i].due) {
			session_advance(session);
			return;
		}
	}
	session_end_turn(session, FAILURE_NONE);
}
