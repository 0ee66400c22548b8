/* Rows of another table taken together by what some of their tags say: a row for each text, of which nothing
 * is asked, and whose sums are over the rows that it stands for. */
#include "base/mem.h"
#include "base/str.h"
#include "poll/outer.h"
#include "poll/rows.h"
#include "poll/session_parts.h"

#include <stdlib.h>
#include <string.h>

#define NO_TEXT "none" /* of rows without such a tag */

/* The own tags of a row of `from`, and all of them as one text. */
static char *take_texts(const struct table *table, const struct rowset *from, size_t row, char **texts)
{
	struct str key = {0};

	for (size_t i = 0; i < table->n_group_tags; i++) {
		const char *text = rowset_tag(from, row, (size_t)table->group_tags[i]);

		texts[i] = mem_strdup(text != NULL ? text : NO_TEXT);
		str_addf(&key, "%s%s", i > 0 ? " " : "", texts[i]);
	}
	return str_steal(&key);
}

/* The row of that key, made when it is new; takes both. */
static size_t row_of(struct rowset *set, char *key, char **texts, bool *added)
{
	size_t row = rowset_find(set, key), n = set->table->n_group_tags;
	static const uint8_t index[] = {0};

	if (row == SIZE_MAX) {
		*added = true;
		return rowset_add(set, key, mem_dup(index, sizeof index), sizeof index, texts);
	}
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
	free(key);
	return row;
}

/* Per row of `from` that of the set; SIZE_MAX = in none. */
static size_t *find_groups(struct rowset *set, const struct rowset *from, bool *added)
{
	size_t *groups = mem_calloc(from->n_rows + 1, sizeof *groups);

	for (size_t row = 0; row < from->n_rows; row++) {
		char **texts;
		char *key;

		groups[row] = SIZE_MAX;
		if (from->rows[row].excluded || from->rows[row].missed > 0)
			continue;
		texts = mem_calloc(set->n_tags + 1, sizeof *texts);
		key = take_texts(set->table, from, row, texts);
		groups[row] = row_of(set, key, texts, added);
	}
	return groups;
}

static void compute_group(struct session *session, struct commit *commit, size_t row, const size_t *groups)
{
	const struct table *table = commit->set->table;
	double *values = mem_calloc(table->n_outers + 1, sizeof *values);
	int64_t wall = clock_wall(loop_clock(session->loop));

	outer_group_values(table, session->sets, groups, row, values);
	commit->outer = values;
	commit_computed(commit, row, true, loop_now(session->loop), wall);
	commit->outer = NULL;
	session_put(session, commit->set, row, wall, false);
	free(values);
}

/* Those that nothing belongs to any more go, as rows of other tables do. */
static void retire(struct rowset *set, const bool *used)
{
	for (size_t row = set->n_rows; row-- > 0;) {
		if (used[row])
			continue;
		set->rows[row].placed = false;
		commit_unknown(set, row, QUALITY_NO_SUCH, true);
		if (++set->rows[row].missed >= ROWS_MISSED_MAX)
			rowset_remove(set, row);
	}
}

void session_group(struct session *session, size_t number, struct commit *commit)
{
	struct rowset *set = session->tables[number].set;
	const struct rowset *from = session->sets[set->table->group_of];
	bool added = false;
	size_t *groups = find_groups(set, from, &added);
	bool *used = mem_calloc(set->n_rows + 1, sizeof *used);

	if (added)
		rows_refilter(set, session_filter(session->device, set->table->name));
	for (size_t row = 0; row < from->n_rows; row++) {
		if (groups[row] != SIZE_MAX)
			used[groups[row]] = true;
	}
	for (size_t row = 0; row < set->n_rows; row++) {
		if (!used[row])
			continue;
		set->rows[row].placed = true;
		set->rows[row].missed = 0;
		compute_group(session, commit, row, groups);
	}
	retire(set, used);
	set->whole = from->whole;
	free(used);
	free(groups);
}
