#include "base/mem.h"
#include "poll/outer.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

/* Tables of a higher rank are judged when all that they read has been. */
bool session_waits(const struct session *session, const struct table *table)
{
	if (!session_has_names(table) && session->tables[table->group_of].due)
		return true;
	for (size_t i = 0; i < table->n_outers; i++) {
		if (session->tables[table->outers[i].table].due)
			return true;
	}
	return false;
}

bool session_has_own_row(const struct session *session, size_t number)
{
	const struct rowset *set = session->tables[number].set;

	return table_folds(set->table) && (set->n_rows > 0 || outer_any_rows(set->table, session->sets));
}

/* A group of nothing but sums has its row as soon as there is something to sum. */
static void add_own_row(struct session *session, size_t number)
{
	struct rowset *set = session->tables[number].set;
	static const uint8_t index[] = {0};
	size_t row;

	if (set->n_rows > 0 || !session_has_own_row(session, number))
		return;
	row = rowset_add(set, mem_strdup(set->table->name), mem_dup(index, sizeof index), sizeof index,
	    mem_calloc(set->n_tags + 1, sizeof(char *)));
	set->rows[row].placed = true;
}

static void compute(struct session *session, struct commit *commit, size_t row, bool present)
{
	int64_t wall = clock_wall(loop_clock(session->loop));

	commit_computed(commit, row, present, loop_now(session->loop), wall);
	session_put(session, commit->set, row, wall, false);
}

/* A row of which nothing is asked for, be it that it has gone, or that it is all text. Only a walk tells
 * whether it is there. */
static void compute_presence(
    struct session *session, const struct session_table *table, struct commit *commit, size_t row)
{
	const struct row *r = &table->set->rows[row];

	if (!table->seen || (!r->placed && r->missed == 0)) {
		commit_unknown(commit->set, row, QUALITY_UNKNOWN, false);
		session_put(session, commit->set, row, clock_wall(loop_clock(session->loop)), true);
	} else {
		compute(session, commit, row, r->missed == 0);
	}
}

void session_compute(struct session *session, size_t number, struct commit *commit)
{
	const struct turn *turn = session->turn;
	const struct session_table *table = &session->tables[number];
	const struct item *item = turn->plan.items + table->first, *end = item + table->n_items;

	if (!session_has_names(table->set->table)) {
		session_group(session, number, commit);
		return;
	}
	if (!table_folds(table->set->table) && table->set->table->presence == 0)
		return;
	if (table_folds(table->set->table))
		add_own_row(session, number);
	for (size_t row = 0; row < table->set->n_rows; row++) {
		bool asked = false;

		for (; item < end && item->row == row; item++)
			asked = true;
		if (!asked && table->set->table->presence > 0)
			compute_presence(session, table, commit, row);
		else if (!asked && table->set->rows[row].placed)
			compute(session, commit, row, true);
	}
}
