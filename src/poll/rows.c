#include "poll/rows.h"

#include "base/match.h"
#include "base/mem.h"
#include "base/str.h"
#include "poll/naming.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* A known row under the text it is looked for by: its name, or all its tags. */
struct known {
	char *text; /* owned */
	size_t row;
	bool shared; /* more than one row bears it */
	UT_hash_handle hh;
};

static void known_add(struct known **hash, char *text, size_t row)
{
	struct known *known = NULL;

	HASH_FIND_STR(*hash, text, known);
	if (known != NULL) {
		known->shared = true;
		free(text);
		return;
	}
	known = mem_alloc(sizeof *known);
	known->text = text;
	known->row = row;
	HASH_ADD_KEYPTR(hh, *hash, known->text, strlen(known->text), known);
}

static void known_free(struct known **hash)
{
	struct known *known, *next;

	HASH_ITER(hh, *hash, known, next)
	{
		HASH_DEL(*hash, known);
		free(known->text);
		free(known);
	}
}

void rows_unplace(struct rowset *set)
{
	for (size_t i = 0; i < set->n_rows; i++)
		set->rows[i].placed = false;
}

static bool is_filtered(const struct table *table, const struct row_filter *filter, const char *key)
{
	if (filter != NULL && (filter->include != NULL || filter->exclude != NULL))
		return (filter->include != NULL && !match_test(filter->include, key)) ||
		       (filter->exclude != NULL && match_test(filter->exclude, key));
	return table->exclude != NULL && match_test(table->exclude, key);
}

void rows_refilter(struct rowset *set, const struct row_filter *filter)
{
	for (size_t i = 0; i < set->n_rows; i++) {
		struct row *row = &set->rows[i];

		/* What its numbers say is looked at when they come. */
		row->filtered = row->excluded = is_filtered(set->table, filter, row->key);
	}
}

/* Takes a cell's source, and its number too if it is read at walks only. */
static void take_cell(struct rowset *set, size_t row, size_t column, const struct walked *walked,
    const struct walked_row *found)
{
	const struct column *c = &set->table->columns[column];
	size_t cell = rowset_cell(set, row, column), pick = walked_pick(walked, found, column);
	unsigned source = pick == SIZE_MAX ? CELL_NO_SOURCE : walked->asked[pick].source;

	if (c->n_sources == 0) { /* derived, or a tag that nobody is asked for */
		if (c->is_tag)
			set->quality[cell] = pick == SIZE_MAX ? QUALITY_NO_SUCH : QUALITY_OK;
		return;
	}
	if (set->form[cell] >> 2 != source || pick == SIZE_MAX) {
		/* Numbers of different sources must never meet in one rate. */
		set->form[cell] = (uint8_t)(source << 2);
		set->quality[cell] = pick == SIZE_MAX ? QUALITY_NO_SUCH : QUALITY_NEVER;
		if (c->counter >= 0)
			set->rate[row * set->table->n_counters + (size_t)c->counter] = NAN;
	}
	if (pick == SIZE_MAX || !(c->is_static || c->is_tag))
		return;
	set->quality[cell] = found->cells[pick].quality;
	if (c->is_tag)
		return;
	set->raw[cell] = found->cells[pick].raw;
	set->form[cell] = (uint8_t)(source << 2 | found->cells[pick].form);
}

/* True if a tag's text has changed. */
static bool take_tags(
    struct rowset *set, struct row *row, const struct walked *walked, const struct walked_row *found)
{
	size_t tag = 0;
	bool changed = false;

	for (size_t c = 0; c < set->table->n_columns; c++) {
		const char *text;

		if (!set->table->columns[c].is_tag)
			continue;
		text = walked_text(walked, found, c);
		if (!str_equal(text, row->tags[tag])) {
			free(row->tags[tag]);
			row->tags[tag] = mem_strdup(text);
			changed = true;
		}
		tag++;
	}
	return changed;
}

/* True if it now lives elsewhere. */
static bool take_index(struct row *row, const struct walked_row *found)
{
	if (row->index_len == found->index_len && memcmp(row->index, found->index, found->index_len) == 0)
		return false;
	free(row->index);
	row->index = mem_dup(found->index, found->index_len);
	row->index_len = (uint16_t)found->index_len;
	return true;
}

static void take_row(struct rowset *set, size_t number, const struct walked *walked,
    const struct walked_row *found, struct rows_change *change)
{
	struct row *row = &set->rows[number];

	if (take_index(row, found)) {
		set->generation++;
		change->moved++;
	}
	set->generation += take_tags(set, row, walked, found);
	row->placed = true;
	row->missed = 0;
	row->weak_key = found->weak_key;
	for (size_t c = 0; c < set->table->n_columns; c++)
		take_cell(set, number, c, walked, found);
}

static void add_row(struct rowset *set, const struct walked *walked, struct walked_row *found,
    const struct row_filter *filter, struct rows_change *change)
{
	char **tags = mem_calloc(set->n_tags + 1, sizeof *tags);
	uint8_t *index = mem_dup(found->index, found->index_len);
	size_t number = rowset_add(set, found->key, index, found->index_len, tags);

	found->key = NULL;
	set->rows[number].filtered = is_filtered(set->table, filter, set->rows[number].key);
	set->rows[number].excluded = set->rows[number].filtered;
	take_row(set, number, walked, found, change);
	change->added++;
}

static void merge_complete(
    struct rowset *set, struct walked *walked, const struct row_filter *filter, struct rows_change *change)
{
	struct known *by_name = NULL;
	size_t n_before = set->n_rows;
	bool *seen = mem_calloc(n_before + 1, sizeof *seen);
	unsigned retire_after = set->retire_after > 0 ? set->retire_after : ROWS_MISSED_MAX;

	for (size_t i = 0; i < n_before; i++)
		known_add(&by_name, mem_strdup(set->rows[i].key), i);
	for (struct walked_row *found = walked->rows; found != NULL; found = found->hh.next) {
		struct known *known = NULL;

		HASH_FIND_STR(by_name, found->key, known);
		if (known != NULL) {
			take_row(set, known->row, walked, found, change);
			seen[known->row] = true;
		} else {
			add_row(set, walked, found, filter, change);
		}
	}
	for (size_t i = n_before; i-- > 0;) {
		if (seen[i])
			continue;
		set->rows[i].placed = false;
		if (++set->rows[i].missed >= retire_after) {
			rowset_remove(set, i);
			change->retired++;
		}
	}
	known_free(&by_name);
	free(seen);
}

/* All tags of a row as one text. */
static char *tags_of_row(const struct rowset *set, const struct row *row)
{
	struct str text = {0};

	for (size_t t = 0; t < set->n_tags; t++) {
		str_add(&text, row->tags[t] != NULL ? row->tags[t] : "");
		str_add_char(&text, '\x1f');
	}
	return str_steal(&text);
}

static char *tags_of_found(const struct walked *walked, const struct walked_row *found)
{
	struct str text = {0};

	for (size_t c = 0; c < walked->table->n_columns; c++) {
		const char *tag = walked->table->columns[c].is_tag ? walked_text(walked, found, c) : NULL;

		if (!walked->table->columns[c].is_tag)
			continue;
		str_add(&text, tag != NULL ? tag : "");
		str_add_char(&text, '\x1f');
	}
	return str_steal(&text);
}

/* Whether what a cut walk shows at a row's index speaks against its living there. */
static bool contradicts(
    const struct rowset *set, size_t number, const struct walked *walked, const struct walked_row *found)
{
	size_t tag = 0;

	if (found->known)
		return found->owner != number;
	for (size_t c = 0; c < set->table->n_columns; c++) {
		const char *text;

		if (!set->table->columns[c].is_tag)
			continue;
		text = walked_text(walked, found, c);
		if (text != NULL && !str_equal(text, set->rows[number].tags[tag]))
			return true;
		tag++;
	}
	return false;
}

/* A cut walk cannot tell which tags are unique, so only a row that is in all as it was is known again. What
 * it has not shown of such a row (columns that the cut met) stays as it was. */
static void merge_partial(struct rowset *set, struct walked *walked, struct rows_change *change)
{
	struct known *by_tags = NULL;

	for (size_t i = 0; i < set->n_rows && set->n_tags > 0; i++)
		known_add(&by_tags, tags_of_row(set, &set->rows[i]), i);
	for (struct walked_row *found = walked->rows; found != NULL; found = found->hh.next) {
		char *text = tags_of_found(walked, found);
		struct known *known = NULL;

		HASH_FIND_STR(by_tags, text, known);
		free(text);
		if (known == NULL || known->shared)
			continue;
		found->known = true;
		found->owner = known->row;
		if (take_index(&set->rows[known->row], found)) {
			set->generation++;
			change->moved++;
		}
		set->rows[known->row].placed = true;
		set->rows[known->row].missed = 0;
	}
	for (size_t i = 0; i < set->n_rows; i++) {
		struct walked_row *found = NULL;

		HASH_FIND(hh, walked->rows, set->rows[i].index, set->rows[i].index_len, found);
		if (found != NULL && contradicts(set, i, walked, found))
			set->rows[i].placed = false;
		else if (found != NULL && set->n_tags == 0)
			set->rows[i].placed = true;
	}
	known_free(&by_tags);
}

void rows_merge(struct rowset *set, struct walked *walked, bool complete, const struct row_filter *filter,
    struct rows_change *change)
{
	*change = (struct rows_change){0};
	walked_join(walked);
	if (complete || set->n_rows == 0) {
		change->ambiguous = naming_assign(walked);
		if (complete) {
			merge_complete(set, walked, filter, change);
		} else {
			for (struct walked_row *found = walked->rows; found != NULL; found = found->hh.next)
				add_row(set, walked, found, filter, change);
		}
	} else {
		merge_partial(set, walked, change);
	}
	for (size_t i = 0; i < set->n_rows; i++)
		change->missing += set->rows[i].missed > 0;
}
