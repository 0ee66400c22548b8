#include "model/rowset.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORM_MASK   3u
#define FORM_SOURCE 2 /* shift of the source's number */

struct rowset *rowset_new(const struct table *table)
{
	struct rowset *set = mem_alloc(sizeof *set);

	set->table = table;
	for (size_t i = 0; i < table->n_columns; i++)
		set->n_tags += table->columns[i].is_tag;
	return set;
}

static void row_fini(struct row *row, size_t n_tags)
{
	free(row->key);
	free(row->index);
	for (size_t i = 0; row->tags != NULL && i < n_tags; i++)
		free(row->tags[i]);
	free(row->tags);
}

void rowset_free(struct rowset *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n_rows; i++)
		row_fini(&set->rows[i], set->n_tags);
	free(set->rows);
	free(set->raw);
	free(set->form);
	free(set->quality);
	free(set->rate);
	free(set->lag);
	free(set);
}

/* Grows by a quarter: with a million rows doubling would waste hundreds of megabytes. */
static void grow(struct rowset *set)
{
	size_t cap = set->cap_rows + set->cap_rows / 4 + 4;
	size_t cells = set->table->n_columns, counters = set->table->n_counters;

	set->rows = mem_realloc(set->rows, cap, sizeof *set->rows);
	set->raw = mem_realloc(set->raw, cap * cells, sizeof *set->raw);
	set->form = mem_realloc(set->form, cap * cells, sizeof *set->form);
	set->quality = mem_realloc(set->quality, cap * cells, sizeof *set->quality);
	set->rate = mem_realloc(set->rate, cap * counters, sizeof *set->rate);
	set->lag = mem_realloc(set->lag, cap * counters, sizeof *set->lag);
	set->cap_rows = cap;
}

size_t rowset_add(struct rowset *set, char *key, uint8_t *index, size_t index_len, char **tags)
{
	size_t row = set->n_rows, cells = set->table->n_columns, counters = set->table->n_counters;

	if (row == set->cap_rows)
		grow(set);
	set->rows[row] = (struct row){.key = key,
	    .index = index,
	    .index_len = (uint16_t)index_len,
	    .tags = tags,
	    .series = SERIES_NONE};
	for (size_t i = row * cells; i < (row + 1) * cells; i++) {
		set->raw[i] = 0;
		set->form[i] = CELL_NONE;
		set->quality[i] = QUALITY_NEVER;
	}
	for (size_t i = row * counters; i < (row + 1) * counters; i++) {
		set->rate[i] = NAN;
		set->lag[i] = 0;
	}
	set->n_rows++;
	set->generation++;
	return row;
}

/* Closes the gap that item `at` of `width` leaves among `n`. */
static void close_gap(void *array, size_t at, size_t n, size_t width)
{
	uint8_t *p = array;

	if (width > 0)
		memmove(p + at * width, p + (at + 1) * width, (n - at - 1) * width);
}

void rowset_remove(struct rowset *set, size_t row)
{
	size_t n = set->n_rows, cells = set->table->n_columns, counters = set->table->n_counters;

	row_fini(&set->rows[row], set->n_tags);
	close_gap(set->rows, row, n, sizeof *set->rows);
	close_gap(set->raw, row, n, cells * sizeof *set->raw);
	close_gap(set->form, row, n, cells);
	close_gap(set->quality, row, n, cells);
	close_gap(set->rate, row, n, counters * sizeof *set->rate);
	close_gap(set->lag, row, n, counters * sizeof *set->lag);
	set->n_rows--;
	set->generation++;
}

size_t rowset_find(const struct rowset *set, const char *key)
{
	for (size_t i = 0; i < set->n_rows; i++) {
		if (strcmp(set->rows[i].key, key) == 0)
			return i;
	}
	return SIZE_MAX;
}

const struct source *rowset_source(const struct rowset *set, size_t row, size_t column)
{
	const struct column *c = &set->table->columns[column];
	size_t source = set->form[rowset_cell(set, row, column)] >> FORM_SOURCE;

	return source < c->n_sources ? &c->sources[source] : NULL;
}

/* Whether the cell holds a value, be it from this poll or from the one before. */
static bool has_value(enum quality quality)
{
	switch (quality) {
	case QUALITY_OK:
	case QUALITY_TIMEOUT:
	case QUALITY_FIRST:
	case QUALITY_RESET:
	case QUALITY_GAP:
	case QUALITY_DUPLICATE:
	case QUALITY_STALE:
		return true;
	case QUALITY_NEVER:
	case QUALITY_NO_SUCH:
	case QUALITY_DECODE:
	case QUALITY_REFUSED:
	case QUALITY_ABSENT:
	case QUALITY_UNKNOWN:
	case QUALITY_COUNT:
		break;
	}
	return false;
}

static enum cell_form cell_form(const struct rowset *set, size_t cell)
{
	return has_value((enum quality)set->quality[cell]) ? (enum cell_form)(set->form[cell] & FORM_MASK)
							   : CELL_NONE;
}

double rowset_value(const struct rowset *set, size_t row, size_t column)
{
	size_t cell = rowset_cell(set, row, column);
	const struct column *c = &set->table->columns[column];
	const struct source *source = rowset_source(set, row, column);
	uint64_t raw = set->raw[cell];
	double number = NAN;

	switch (cell_form(set, cell)) {
	case CELL_NONE:
		return NAN;
	case CELL_UNSIGNED:
		number = (double)raw;
		break;
	case CELL_SIGNED:
		number = (double)(int64_t)raw;
		break;
	case CELL_DOUBLE:
		memcpy(&number, &raw, sizeof number);
		break;
	}
	if (c->kind == KIND_TIMETICKS)
		number /= 100;
	return source != NULL ? number * source->scale : number;
}

double rowset_rate(const struct rowset *set, size_t row, size_t column)
{
	int counter = set->table->columns[column].counter;

	if (counter < 0 || set->quality[rowset_cell(set, row, column)] != QUALITY_OK)
		return NAN;
	return set->rate[row * set->table->n_counters + (size_t)counter];
}

double rowset_number(const struct rowset *set, size_t row, size_t column)
{
	enum quality quality = (enum quality)set->quality[rowset_cell(set, row, column)];

	if (set->table->columns[column].counter >= 0)
		return rowset_rate(set, row, column);
	/* What an earlier poll said may be shown, but must not be judged or stored as new. */
	if (quality == QUALITY_TIMEOUT || quality == QUALITY_STALE)
		return NAN;
	return rowset_value(set, row, column);
}

bool rowset_integer(const struct rowset *set, size_t row, size_t column, bool *negative, uint64_t *magnitude)
{
	size_t cell = rowset_cell(set, row, column);
	const struct column *c = &set->table->columns[column];
	const struct source *source = rowset_source(set, row, column);
	uint64_t raw = set->raw[cell];
	enum cell_form form = cell_form(set, cell);

	if ((form != CELL_UNSIGNED && form != CELL_SIGNED) || c->kind == KIND_TIMETICKS || source == NULL ||
	    source->scale < 1 || source->scale > 1)
		return false;
	*negative = form == CELL_SIGNED && (int64_t)raw < 0;
	*magnitude = *negative ? 0 - raw : raw;
	return true;
}

const char *rowset_tag(const struct rowset *set, size_t row, size_t column)
{
	size_t tag = 0;

	if (!set->table->columns[column].is_tag || set->rows[row].tags == NULL)
		return NULL;
	for (size_t i = 0; i < column; i++)
		tag += set->table->columns[i].is_tag;
	return set->rows[row].tags[tag];
}

/* The last poll brought a number, whether or not there is a rate of it. */
static bool is_fresh(enum quality quality)
{
	return quality == QUALITY_OK || (quality >= QUALITY_FIRST && quality <= QUALITY_DUPLICATE);
}

size_t rowset_samples(const struct rowset *set, size_t row, double *values, struct sample_raw *raws)
{
	size_t n = 0;

	for (size_t i = 0; i < set->table->n_columns; i++) {
		size_t cell = rowset_cell(set, row, i);

		if (set->table->columns[i].ds == NULL)
			continue;
		if (raws != NULL && is_fresh((enum quality)set->quality[cell]))
			raws[n] = (struct sample_raw){set->raw[cell], set->form[cell] & FORM_MASK};
		else if (raws != NULL)
			raws[n] = (struct sample_raw){0, CELL_NONE};
		values[n++] = rowset_number(set, row, i);
	}
	return n;
}

size_t rowset_memory(const struct rowset *set)
{
	size_t bytes = sizeof *set;

	bytes += set->cap_rows * sizeof *set->rows;
	bytes += set->cap_rows * set->table->n_columns * (sizeof *set->raw + 2);
	bytes += set->cap_rows * set->table->n_counters * (sizeof *set->rate + sizeof *set->lag);
	for (size_t i = 0; i < set->n_rows; i++) {
		const struct row *row = &set->rows[i];

		bytes += strlen(row->key) + 1 + row->index_len;
		if (row->tags == NULL)
			continue;
		bytes += set->n_tags * sizeof *row->tags;
		for (size_t t = 0; t < set->n_tags; t++)
			bytes += row->tags[t] != NULL ? strlen(row->tags[t]) + 1 : 0;
	}
	return bytes;
}
