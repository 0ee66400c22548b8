#include "poll/walked.h"

#include "base/mem.h"
#include "base/str.h"
#include "model/oid.h"
#include "model/rowset.h"
#include "poll/rowindex.h"
#include "poll/transform.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t scalar_index[] = {0};

static struct walked_row *row_at(struct walked *walked, const uint8_t *index, size_t index_len);

/* Tags whose text no object gives. */
static bool is_computed(const struct column *column)
{
	return column->is_tag && column->n_sources == 0 && (column->constant != NULL || column->n_parts > 0);
}

struct walked *walked_new(const struct table *table)
{
	struct walked *walked = mem_alloc(sizeof *walked);
	size_t n = 0;

	walked->table = table;
	for (size_t c = 0; c < table->n_columns; c++)
		n += table->columns[c].n_sources + is_computed(&table->columns[c]);
	walked->asked = mem_calloc(n + 1, sizeof *walked->asked);
	for (size_t c = 0; c < table->n_columns; c++) {
		for (size_t s = 0; s < table->columns[c].n_sources && s < CELL_NO_SOURCE; s++)
			walked->asked[walked->n_asked++] = (struct walked_asked){(uint8_t)c, (uint8_t)s};
	}
	walked->n_cells = walked->n_asked;
	for (size_t c = 0; c < table->n_columns; c++) {
		if (is_computed(&table->columns[c]))
			walked->asked[walked->n_cells++] = (struct walked_asked){(uint8_t)c, 0};
	}
	/* A group of nothing but constants is there without an answer. */
	if (table->is_scalar && walked->n_asked == 0 && walked->n_cells > 0)
		walked_add_scalar(walked);
	return walked;
}

void walked_add_scalar(struct walked *walked)
{
	row_at(walked, scalar_index, sizeof scalar_index);
}

static bool is_tag(const struct walked *walked, size_t asked)
{
	return walked->table->columns[walked->asked[asked].column].is_tag;
}

static void row_free(struct walked *walked, struct walked_row *row)
{
	for (size_t i = 0; i < walked->n_cells; i++) {
		if (is_tag(walked, i))
			free(row->cells[i].text);
	}
	free(row->index);
	free(row->key);
	free(row);
}

void walked_free(struct walked *walked)
{
	struct walked_row *row, *next;
	struct walked_foreign *foreign, *following;

	if (walked == NULL)
		return;
	HASH_ITER(hh, walked->foreign, foreign, following)
	{
		HASH_DEL(walked->foreign, foreign);
		free(foreign->cell.text);
		free(foreign);
	}
	HASH_ITER(hh, walked->rows, row, next)
	{
		HASH_DEL(walked->rows, row);
		row_free(walked, row);
	}
	free(walked->asked);
	free(walked);
}

const struct source *walked_source(const struct walked *walked, size_t i)
{
	const struct walked_asked *asked = &walked->asked[i];

	return &walked->table->columns[asked->column].sources[asked->source];
}

/* Cuts after at most `max` bytes, not within a letter. */
static void cut_text(struct str *text, size_t max)
{
	if (text->len <= max)
		return;
	while (max > 0 && ((unsigned char)text->s[max] & 0xc0) == 0x80)
		max--;
	text->s[max] = '\0';
	text->len = max;
}

/* The cells that are there as soon as the row is. */
static void compute_cells(struct walked *walked, struct walked_row *row)
{
	for (size_t i = walked->n_asked; i < walked->n_cells; i++) {
		const struct column *column = &walked->table->columns[walked->asked[i].column];
		struct walked_cell *cell = &row->cells[i];
		struct str text = {0};

		if (column->constant != NULL)
			str_add(&text, column->constant);
		else if (!rowindex_text(column, row->index, row->index_len, &text))
			continue;
		cut_text(&text, WALKED_TEXT_MAX);
		cell->text = str_steal(&text);
		cell->there = true;
		cell->quality = QUALITY_OK;
	}
}

static struct walked_row *row_at(struct walked *walked, const uint8_t *index, size_t index_len)
{
	struct walked_row *row = NULL;

	HASH_FIND(hh, walked->rows, index, index_len, row);
	if (row != NULL)
		return row;
	row = mem_alloc(sizeof *row + walked->n_cells * sizeof row->cells[0]);
	row->index = mem_dup(index, index_len);
	row->index_len = index_len;
	for (size_t i = 0; i < walked->n_cells; i++)
		row->cells[i].quality = QUALITY_NO_SUCH;
	HASH_ADD_KEYPTR(hh, walked->rows, row->index, row->index_len, row);
	walked->n_rows++;
	compute_cells(walked, row);
	return row;
}

/* Returns the length. */
static size_t foreign_key(size_t asked, const uint8_t *index, size_t index_len, uint8_t key[OID_BER_MAX + 2])
{
	key[0] = (uint8_t)(asked >> 8);
	key[1] = (uint8_t)asked;
	memcpy(key + 2, index, index_len);
	return index_len + 2;
}

static struct walked_foreign *foreign_find(
    const struct walked *walked, size_t asked, const uint8_t *index, size_t index_len)
{
	struct walked_foreign *foreign = NULL;
	uint8_t key[OID_BER_MAX + 2];
	size_t len = foreign_key(asked, index, index_len, key);

	HASH_FIND(hh, walked->foreign, key, len, foreign);
	return foreign;
}

static struct walked_cell *foreign_at(
    struct walked *walked, size_t asked, const uint8_t *index, size_t index_len)
{
	struct walked_foreign *foreign = foreign_find(walked, asked, index, index_len);

	if (foreign != NULL)
		return &foreign->cell;
	foreign = mem_alloc(sizeof *foreign + index_len + 2);
	foreign->key_len = foreign_key(asked, index, index_len, foreign->key);
	HASH_ADD_KEYPTR(hh, walked->foreign, foreign->key, foreign->key_len, foreign);
	return &foreign->cell;
}

void walked_add(
    struct walked *walked, size_t asked, const uint8_t *index, size_t index_len, const struct value *value)
{
	const struct column *column = &walked->table->columns[walked->asked[asked].column];
	struct walked_cell *cell;

	if (value_is_absent(value) || index_len == 0 || index_len > WALKED_INDEX_MAX)
		return;
	cell = column->is_foreign ? foreign_at(walked, asked, index, index_len)
				  : &row_at(walked, index, index_len)->cells[asked];
	cell->there = true;
	if (column->is_tag) {
		struct str text = {0};

		cell->quality = transform_tag(column, walked_source(walked, asked), value, &text)
				    ? QUALITY_OK
				    : QUALITY_DECODE;
		cut_text(&text, WALKED_TEXT_MAX);
		free(cell->text);
		cell->text = str_steal(&text);
	} else {
		struct transform_cell got = transform_value(column, walked_source(walked, asked), value);

		cell->raw = got.raw;
		cell->form = (uint8_t)got.form;
		cell->quality = (uint8_t)got.quality;
	}
}

/* The index that another column's value is; 0 when it is none. */
static size_t pointed_index(const struct walked *walked, const struct walked_row *row,
    const struct column *column, uint8_t index[OID_BER_MAX])
{
	size_t i = walked_pick(walked, row, (size_t)column->pointer);
	char text[32];

	if (i == SIZE_MAX || row->cells[i].quality != QUALITY_OK)
		return 0;
	if (is_tag(walked, i))
		return rowindex_cut_text(column, row->cells[i].text, index);
	if (row->cells[i].form != CELL_UNSIGNED)
		return 0;
	snprintf(text, sizeof text, "%" PRIu64, row->cells[i].raw);
	return rowindex_cut_text(column, text, index);
}

static void join_row(struct walked *walked, struct walked_row *row, size_t asked)
{
	const struct column *column = &walked->table->columns[walked->asked[asked].column];
	struct walked_cell *cell = &row->cells[asked];
	const struct walked_foreign *foreign;
	uint8_t index[OID_BER_MAX];
	size_t len = column->has_pointer ? pointed_index(walked, row, column, index)
					 : rowindex_cut(column, row->index, row->index_len, index);

	foreign = len > 0 ? foreign_find(walked, asked, index, len) : NULL;
	if (foreign == NULL)
		return;
	free(cell->text);
	*cell = foreign->cell;
	cell->text = mem_strdup(foreign->cell.text);
}

static void join(struct walked *walked, bool pointed)
{
	for (size_t i = 0; i < walked->n_asked; i++) {
		const struct column *column = &walked->table->columns[walked->asked[i].column];

		if (!column->is_foreign || column->has_pointer != pointed)
			continue;
		for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next)
			join_row(walked, row, i);
	}
}

void walked_join(struct walked *walked)
{
	join(walked, false);
	join(walked, true); /* what these point with may be of another table itself */
}

static int by_index(const struct walked_row *a, const struct walked_row *b)
{
	return oid_ber_compare(a->index, a->index_len, b->index, b->index_len);
}

void walked_sort(struct walked *walked)
{
	HASH_SORT(walked->rows, by_index);
}

size_t walked_pick(const struct walked *walked, const struct walked_row *row, size_t column)
{
	size_t there = SIZE_MAX;

	for (size_t i = 0; i < walked->n_cells; i++) {
		const struct walked_cell *cell = &row->cells[i];

		if (walked->asked[i].column != column || !cell->there)
			continue;
		if (cell->quality == QUALITY_OK && !(is_tag(walked, i) && cell->text[0] == '\0'))
			return i;
		if (there == SIZE_MAX)
			there = i;
	}
	return there;
}

const char *walked_text(const struct walked *walked, const struct walked_row *row, size_t column)
{
	size_t i = walked_pick(walked, row, column);
	const char *text = i != SIZE_MAX && is_tag(walked, i) ? row->cells[i].text : NULL;

	return text != NULL && text[0] != '\0' ? text : NULL;
}
