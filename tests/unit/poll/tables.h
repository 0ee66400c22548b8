/* tables: small tables and walks for the unit tests of poll/. */
#ifndef TESTS_UNIT_POLL_TABLES_H
#define TESTS_UNIT_POLL_TABLES_H

#include "base/mem.h"
#include "model/profile.h"
#include "model/rowset.h"
#include "poll/walked.h"

#include <stdlib.h>
#include <string.h>

static inline struct column *add_column(struct table *table, const char *name, enum kind kind)
{
	struct column *column;

	table->columns = mem_realloc(table->columns, table->n_columns + 1, sizeof *table->columns);
	column = &table->columns[table->n_columns++];
	*column = (struct column){.name = mem_strdup(name),
	    .kind = kind,
	    .is_tag = kind == KIND_TEXT,
	    .unit = mem_strdup(""),
	    .counter = kind == KIND_COUNTER ? (int)table->n_counters++ : -1};
	return column;
}

/* Sources get the names 1.3.6.1.9.<number of the column + 1>.<number of the source + 1>. */
static inline struct source *add_source(struct table *table, unsigned bits)
{
	struct column *column = &table->columns[table->n_columns - 1];
	struct source *source;
	struct oid oid;

	column->sources = mem_realloc(column->sources, column->n_sources + 1, sizeof *column->sources);
	source = &column->sources[column->n_sources++];
	*source = (struct source){.name = mem_strdup(column->name), .bits = bits, .scale = 1};
	oid = (struct oid){{1, 3, 6, 1, 9, (uint32_t)table->n_columns, (uint32_t)column->n_sources}, 7};
	source_set_oid(source, &oid);
	return source;
}

/* Tags name, descr, mac (all keys); counter octets of 64, else 32 bits; gauge speed. */
static inline void make_table(struct table *table)
{
	static const char *const tags[] = {"name", "descr", "mac"};

	*table = (struct table){.name = mem_strdup("ports"), .discontinuity = -1};
	table->keys = mem_calloc(3, sizeof *table->keys);
	for (int i = 0; i < 3; i++) {
		add_column(table, tags[i], KIND_TEXT);
		add_source(table, 0);
		table->keys[table->n_keys++] = i;
	}
	add_column(table, "octets", KIND_COUNTER);
	add_source(table, 64);
	add_source(table, 32);
	add_column(table, "speed", KIND_GAUGE);
	add_source(table, 0);
}

static inline void drop_table(struct table *table)
{
	for (size_t c = 0; c < table->n_columns; c++) {
		struct column *column = &table->columns[c];

		for (size_t s = 0; s < column->n_sources; s++) {
			free(column->sources[s].name);
			free(column->sources[s].ber);
			free(column->sources[s].absent);
		}
		free(column->sources);
		free(column->name);
		free(column->unit);
		free(column->ds);
		expr_free(column->formula);
		expr_free(column->max_rate);
	}
	free(table->columns);
	free(table->keys);
	free(table->name);
}

/* What a walk says of the cell; `asked` as walked_new() numbers them: 0-2 tags, 3 and 4 octets, 5 speed. */
static inline void found_text(struct walked *walked, size_t asked, uint8_t index, const char *text)
{
	struct value value = {.type = VALUE_OCTETS};

	if (text == NULL)
		return;
	value.bytes.p = (const uint8_t *)text;
	value.bytes.len = (uint32_t)strlen(text);
	walked_add(walked, asked, &index, 1, &value);
}

static inline void found_number(struct walked *walked, size_t asked, uint8_t index, uint64_t number)
{
	walked_add(walked, asked, &index, 1, &(struct value){.type = VALUE_COUNTER64, .u = number});
}

static inline void found_row(
    struct walked *walked, uint8_t index, const char *name, const char *descr, const char *mac)
{
	found_text(walked, 0, index, name);
	found_text(walked, 1, index, descr);
	found_text(walked, 2, index, mac);
	found_number(walked, 3, index, 1000u * index);
	found_number(walked, 5, index, 10);
}

#endif
