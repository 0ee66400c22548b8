#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Node lists that stand beside the columns once those have moved into the table. */
struct left {
	struct draft_column *v;
	size_t n;
};

static void number_columns(struct table *table)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		struct column *column = &table->columns[i];

		column->counter = column->kind == KIND_COUNTER ? (int)table->n_counters++ : -1;
		table->n_ds += column->ds != NULL;
	}
}

static void check_ds_unique(struct draft *draft, const struct table *table, const struct left *left)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		for (size_t j = 0; j < i && table->columns[i].ds != NULL; j++) {
			const struct yaml_node *at =
			    left->v[i].ds_node ? left->v[i].ds_node : left->v[i].node;

			if (str_equal(table->columns[i].ds, table->columns[j].ds))
				diag_error(draft->reader->diag, at->place,
				    "data source '%s' of '%s' is that of '%s' already; give one of them "
				    "another 'ds'",
				    table->columns[i].ds, table->columns[i].name, table->columns[j].name);
		}
	}
}

/* Most of a table's counters have the same one: it is then worked out once a row. */
static size_t first_with_max_rate(const struct left *left, size_t column)
{
	const char *text = yaml_text(left->v[column].max_rate);

	for (size_t i = 0; i < column; i++)
		if (left->v[i].max_rate != NULL && str_equal(yaml_text(left->v[i].max_rate), text))
			return i;
	return column;
}

static void compile_formulas(struct draft *draft, struct draft_table *from, const struct left *left)
{
	struct table *table = &from->table;

	for (size_t i = 0; i < table->n_columns; i++) {
		if (left->v[i].formula != NULL)
			table->columns[i].formula = draft_formula(draft, left->v[i].formula, from, i);
		if (left->v[i].fold_of != NULL)
			table->columns[i].formula = draft_fold(draft, from, &left->v[i], i);
		if (left->v[i].max_rate == NULL)
			continue;
		table->columns[i].max_rate =
		    draft_formula(draft, left->v[i].max_rate, from, table->n_columns);
		table->columns[i].max_rate_as = first_with_max_rate(left, i);
	}
}

/* Adds the tag to the keys, joined to the one before it or as one of its own. */
static void add_key(struct draft *draft, const struct yaml_node *node, struct table *table, size_t first)
{
	int column = draft_find_column(draft, node, table, true);

	if (column < 0)
		return;
	for (size_t i = first; i < table->n_keys; i++) {
		if (table->keys[i] == column)
			return;
	}
	if (table->n_keys == PROFILE_COLUMNS_MAX) {
		diag_error(draft->reader->diag, node->place, "more than %d tags in keys; leave some out",
		    PROFILE_COLUMNS_MAX);
		return;
	}
	table->key_joined[table->n_keys] = first < table->n_keys;
	table->keys[table->n_keys++] = column;
}

/* A list within the list: these tags together. */
static void add_joined_key(struct draft *draft, const struct yaml_node *list, struct table *table)
{
	size_t first = table->n_keys;

	if (list->count == 0)
		diag_error(
		    draft->reader->diag, list->place, "a key of no tags; write key: [[slot, port], name]");
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next)
		add_key(draft, e->value, table, first);
}

/* What an agent says of a row, before what is only a part of its index. */
static void guess_keys(struct table *table)
{
	table->keys_guessed = true;
	for (int computed = 0; computed <= 1; computed++) {
		for (size_t i = 0; i < table->n_columns; i++) {
			if (table_identifies(table, i) && (table->columns[i].n_sources == 0) == computed)
				table->keys[table->n_keys++] = (int)i;
		}
	}
}

/* Keys as given; without them all tags that may be, in their order. */
static void finish_keys(struct draft *draft, struct draft_table *from, struct table *table)
{
	if (table->is_scalar) {
		if (from->key != NULL)
			diag_error(draft->reader->diag, from->key->place,
			    "a group of scalars has one row; it needs no key");
		return;
	}
	table->keys = mem_calloc(PROFILE_COLUMNS_MAX, sizeof *table->keys);
	table->key_joined = mem_calloc(PROFILE_COLUMNS_MAX, sizeof *table->key_joined);
	if (from->key == NULL) {
		guess_keys(table);
	} else if (from->key->type == YAML_SEQUENCE) {
		for (const struct yaml_entry *e = yaml_first(from->key); e != NULL; e = e->next) {
			if (e->value->type == YAML_SEQUENCE)
				add_joined_key(draft, e->value, table);
			else
				add_key(draft, e->value, table, table->n_keys);
		}
	} else {
		add_key(draft, from->key, table, 0);
	}
	table->keys = mem_realloc(table->keys, table->n_keys + 1, sizeof *table->keys);
	table->key_joined = mem_realloc(table->key_joined, table->n_keys + 1, sizeof *table->key_joined);
}

/* Published intervals are of metrics, ours of tables: all of them have one, and the shortest counts. */
static void finish_interval(struct draft *draft, struct draft_table *from)
{
	const struct yaml_node *given = NULL;
	double least = 0;
	bool all = true;

	if (from->table.interval > 0)
		return;
	for (size_t i = 0; i < from->columns.n; i++) {
		const struct draft_column *column = &from->columns.v[i];

		if (column->column.is_static || column->column.n_sources == 0)
			continue;
		if (!(column->poll_time >= 1) || column->poll_time > 86400) {
			all = false;
			continue;
		}
		if (least <= 0 || column->poll_time < least)
			least = column->poll_time;
		given = column->node;
	}
	if (all)
		from->table.interval = (int64_t)(least * (double)UNITS_SEC);
	else if (given != NULL)
		node_unused(draft->reader, given, "poll_time_sec of some metrics of a table");
}

/* Columns get their numbers, by which formulas of all tables know them. */
static void number_table(struct draft *draft, struct draft_table *from)
{
	struct table *table = &from->table;
	struct left left;

	finish_interval(draft, from);
	draft_title_graphs(from);
	left = (struct left){from->columns.v, from->columns.n};
	table->columns = mem_calloc(left.n, sizeof *table->columns);
	for (size_t i = 0; i < left.n; i++)
		table->columns[i] = left.v[i].column;
	table->n_columns = left.n;
	from->columns.n = 0; /* moved; the array itself is still read below */
	if (table->title == NULL)
		table->title = mem_strdup(table->name);
	number_columns(table);
	check_ds_unique(draft, table, &left);
}

static void finish_table(struct draft *draft, struct draft_table *from)
{
	struct table *table = &from->table;
	struct left left = {from->columns.v, table->n_columns};

	draft_finish_by(draft, from);
	compile_formulas(draft, from, &left);
	finish_keys(draft, from, table);
	draft_finish_pointers(draft, table, from->columns.v);
	if (from->discontinuity != NULL)
		table->discontinuity = draft_find_column(draft, from->discontinuity, table, false);
	if (from->exclude_if != NULL)
		table->exclude_if = draft_formula(draft, from->exclude_if, from, table->n_columns);
	draft_finish_graphs(draft, from);
}

/* Whether a device can be asked for it: a table's rows are those of its own columns. */
static bool can_ask(const struct draft_table *from)
{
	bool own = false;

	for (size_t i = 0; i < from->columns.n; i++) {
		const struct column *column = &from->columns.v[i].column;

		if (column->n_sources > 0 && !column->is_foreign)
			return true;
		own |= column->constant != NULL || from->columns.v[i].fold_of != NULL;
	}
	return (from->table.is_scalar && own) || from->by_table != NULL;
}

/* The metric `present`. */
static void add_presence(struct draft *draft, struct draft_table *table)
{
	struct draft_column column = {.node = table->presence};

	if (table->presence == NULL)
		return;
	if (table->table.is_scalar) {
		diag_error(draft->reader->diag, table->presence->place,
		    "a group of scalars has no rows that come and go; 'presence' is for tables");
		return;
	}
	table->table.presence = table->keep;
	column.column = (struct column){.name = mem_strdup("present"),
	    .kind = KIND_GAUGE,
	    .unit = mem_strdup(""),
	    .is_presence = true,
	    .counter = -1};
	draft_put(draft, table, &column);
}

/* What can be asked for, each with its place in the profile. */
static size_t choose_tables(struct draft *draft)
{
	size_t n = 0;

	for (size_t i = 0; i < draft->tables.n; i++) {
		struct draft_table *from = &draft->tables.v[i];

		add_presence(draft, from);
		draft_find_foreign(from);
		draft_apply_conditions(draft, from);
		from->number = SIZE_MAX;
		if (can_ask(from))
			from->number = n++;
		else if (from->columns.n == 0 && strcmp(from->table.name, DEVICE_GROUP) == 0)
			continue; /* what was said of the device is told as not used */
		else if (diag_errors(draft->reader->diag) == 0) /* else they are why */
			diag_warning(draft->reader->diag, from->node->place,
			    "'%s' has nothing that could be asked for; left out", from->table.name);
	}
	return n;
}

typedef void each_fn(struct draft *draft, struct draft_table *table);

static void each_table(struct draft *draft, each_fn *each)
{
	for (size_t i = 0; i < draft->tables.n; i++) {
		if (draft->tables.v[i].number != SIZE_MAX)
			each(draft, &draft->tables.v[i]);
	}
}

static void move_table(struct draft *draft, struct draft_table *from)
{
	draft->profile->tables[from->number] = from->table;
	memset(&from->table, 0, sizeof from->table);
}

void draft_finish(struct draft *draft)
{
	struct profile *profile = draft->profile;
	size_t n = choose_tables(draft);

	profile->tables = mem_calloc(n, sizeof *profile->tables);
	each_table(draft, number_table);
	each_table(draft, finish_table);
	draft_rank(draft);
	each_table(draft, move_table);
	profile->n_tables = n;
}
