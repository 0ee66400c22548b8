#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

void draft_init(struct draft *draft, struct profile_reader *reader, struct profile *profile)
{
	memset(draft, 0, sizeof *draft);
	draft->reader = reader;
	draft->profile = profile;
}

void draft_column_fini(struct draft_column *column)
{
	column_fini(&column->column);
}

static void draft_table_fini(struct draft_table *table)
{
	for (size_t i = 0; i < table->columns.n; i++)
		draft_column_fini(&table->columns.v[i]);
	vec_fini(&table->columns);
	for (size_t i = 0; i < table->graphs.n; i++)
		graph_fini(&table->graphs.v[i].graph);
	vec_fini(&table->graphs);
	table_fini(&table->table);
}

void draft_fini(struct draft *draft)
{
	for (size_t i = 0; i < draft->tables.n; i++)
		draft_table_fini(&draft->tables.v[i]);
	vec_fini(&draft->tables);
	profile_free(draft->profile);
	draft->profile = NULL;
}

struct draft_table *draft_table(
    struct draft *draft, const char *name, bool is_scalar, const struct yaml_node *node)
{
	struct draft_table table = {.node = node};

	for (size_t i = 0; i < draft->tables.n; i++) {
		struct draft_table *old = &draft->tables.v[i];

		if (strcmp(old->table.name, name) != 0)
			continue;
		if (old->table.is_scalar == is_scalar)
			return old;
		diag_error(draft->reader->diag, node->place,
		    "'%s' is %s here and %s in %s line %u; give one another name", name,
		    is_scalar ? "a group of scalars" : "a table",
		    is_scalar ? "a table" : "a group of scalars",
		    diag_file_name(draft->reader->diag, old->node->place.file), old->node->place.line);
		return NULL;
	}
	table.table.name = mem_strdup(name);
	table.table.is_scalar = is_scalar;
	table.table.discontinuity = -1;
	vec_push(&draft->tables, table);
	return &draft->tables.v[draft->tables.n - 1];
}

/* Published profiles name the tags of a table with each of its entries. */
static bool same_tag(const struct draft_column *a, const struct draft_column *b)
{
	return a->column.is_tag && b->column.is_tag &&
	       oid_compare(&a->column.sources[0].oid, &b->column.sources[0].oid) == 0;
}

void draft_put(struct draft *draft, struct draft_table *table, struct draft_column *column)
{
	struct diag *diag = draft->reader->diag;
	struct diag_place place = column->node->place;

	for (size_t i = 0; i < table->columns.n; i++) {
		struct draft_column *old = &table->columns.v[i];

		if (strcmp(old->column.name, column->column.name) != 0)
			continue;
		if (old->node->place.file == place.file && !same_tag(old, column))
			diag_warning(diag, place, "'%s' is defined in line %u already; the last one counts",
			    column->column.name, old->node->place.line);
		draft_column_fini(old);
		*old = *column;
		return;
	}
	if (table->columns.n == PROFILE_COLUMNS_MAX) {
		diag_error(diag, place, "table '%s' has more than %d columns; split it", table->table.name,
		    PROFILE_COLUMNS_MAX);
		draft_column_fini(column);
		return;
	}
	vec_push(&table->columns, *column);
}
