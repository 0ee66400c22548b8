#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
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

const struct yaml_node *draft_make_node(struct draft *draft, const struct yaml_node *at, char *text)
{
	struct yaml_node *node = mem_alloc(sizeof *node);

	node->type = YAML_SCALAR;
	node->place = at->place;
	node->text = text;
	vec_push(&draft->made, node);
	return node;
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
	for (size_t i = 0; i < draft->made.n; i++) {
		free((char *)(uintptr_t)draft->made.v[i]->text);
		free(draft->made.v[i]);
	}
	vec_fini(&draft->made);
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
	if (!a->column.is_tag || !b->column.is_tag || (a->pointer != NULL) != (b->pointer != NULL))
		return false;
	if (a->column.n_sources == 0 || b->column.n_sources == 0)
		return a->column.n_sources == b->column.n_sources;
	return source_same_oid(&a->column.sources[0], &b->column.sources[0]);
}

static struct draft_column *find(struct draft_table *table, const char *name)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		if (strcmp(table->columns.v[i].column.name, name) == 0)
			return &table->columns.v[i];
	}
	return NULL;
}

static void rename_column(struct draft_column *column, char *name)
{
	free(column->column.name);
	column->column.name = name;
}

/* A published object may be a metric and a tag at once: the tag goes by its published name then. */
static void tell_apart(struct draft_column *tag)
{
	char *name = tag->column.alias;

	tag->column.alias = NULL;
	rename_column(tag, name != NULL ? name : str_format("%s_tag", tag->column.name));
}

static bool is_both(const struct draft_column *tag, const struct draft_column *metric)
{
	return tag->is_metric_tag && !metric->column.is_tag;
}

/* One object under two published names in one file: both are good. */
static bool is_other_name(const struct draft_column *a, const struct draft_column *b)
{
	return same_tag(a, b) && a->is_metric_tag && b->is_metric_tag &&
	       a->node->place.file == b->node->place.file && a->column.alias != NULL &&
	       b->column.alias != NULL && strcmp(a->column.alias, b->column.alias) != 0;
}

static void name_duplicate(struct draft_table *table, struct draft_column *column)
{
	char *name = NULL;

	for (unsigned i = 2; name == NULL || find(table, name) != NULL; i++) {
		free(name);
		name = str_format("%s_%u", column->column.name, i);
	}
	rename_column(column, name);
	if (column->column.ds != NULL && column->ds_node == NULL) {
		free(column->column.ds);
		column->column.ds = draft_auto_ds(name);
	}
}

void draft_put(struct draft *draft, struct draft_table *table, struct draft_column *column)
{
	struct diag *diag = draft->reader->diag;
	struct diag_place place = column->node->place;
	struct draft_column *old = find(table, column->column.name);

	if (old != NULL && (is_both(column, old) || is_other_name(column, old))) {
		tell_apart(column);
		old = find(table, column->column.name);
	} else if (old != NULL && is_both(old, column)) {
		tell_apart(old);
		old = NULL;
	} else if (old != NULL && column->allow_duplicate && old->node->place.file == place.file) {
		name_duplicate(table, column);
		old = NULL;
	}
	if (old != NULL) {
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
