/* What a table's formulas read of the other tables of its profile: `group.metric` in a formula, and
 * metrics that are sums, means, extremes or numbers of another table's rows. */
#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUTERS_MAX 250 /* of one table */

static const struct {
	const char *key;
	enum fold fold;
} folds[] = {{"sum", FOLD_SUM}, {"mean", FOLD_MEAN}, {"min", FOLD_LEAST}, {"max", FOLD_GREATEST},
    {"count", FOLD_COUNT}};

struct draft_table *draft_find_table(struct draft *draft, const char *name)
{
	for (size_t i = 0; i < draft->tables.n; i++) {
		if (strcmp(draft->tables.v[i].table.name, name) == 0)
			return &draft->tables.v[i];
	}
	return NULL;
}

bool draft_read_fold(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	const struct yaml_node *where = yaml_get(node, "where");
	size_t n = yaml_get(node, "formula") != NULL;

	for (size_t i = 0; i < ARRAY_LEN(folds); i++) {
		const struct yaml_node *of = yaml_get(node, folds[i].key);

		if (node_text(reader, of) == NULL)
			continue;
		out->fold = folds[i].fold;
		out->fold_of = of;
		n++;
	}
	if (n != 1) {
		diag_error(reader->diag, node->place,
		    n == 0 ? "a derived metric needs a formula, or what it is the sum, mean, min, max or "
			     "count of; "
			     "add one of them"
			   : "a derived metric has one of formula, sum, mean, min, max and count; leave the "
			     "others "
			     "out");
		return false;
	}
	if (where != NULL && out->fold_of == NULL) {
		diag_error(reader->diag, where->place,
		    "'where' chooses rows of sum, mean, min, max and count; write if(...) into a formula");
		return false;
	}
	out->where = where;
	return true;
}

/* ---- names ---- */

/* "table.metric", whichever of its points stands between the two; `rest` points behind it. */
static struct draft_table *split(struct draft *draft, const char *name, const char **rest)
{
	for (const char *point = strchr(name, '.'); point != NULL; point = strchr(point + 1, '.')) {
		char *head = mem_strndup(name, (size_t)(point - name));
		struct draft_table *table = draft_find_table(draft, head);

		free(head);
		*rest = point + 1;
		if (table != NULL)
			return table;
	}
	return NULL;
}

static char *no_metric(const struct table *table, const char *name)
{
	const char *names[PROFILE_COLUMNS_MAX], *nearest;
	size_t n = 0;

	for (size_t i = 0; i < table->n_columns; i++) {
		if (!table->columns[i].is_tag)
			names[n++] = table->columns[i].name;
	}
	nearest = n > 0 ? str_nearest(name, names, n) : NULL;
	return str_format("'%s' is no metric of '%s'%s%s%s", name, table->name,
	    nearest != NULL ? "; did you mean '" : "", nearest != NULL ? nearest : "",
	    nearest != NULL ? "'?" : "");
}

static bool same_outer(const struct outer *a, const struct outer *b)
{
	return a->fold == b->fold && a->table == b->table && a->column == b->column && a->where == NULL &&
	       b->where == NULL;
}

/* Its slot, or -1. Takes outer.where. */
static int add_outer(struct table *table, struct outer outer, char **problem)
{
	for (size_t i = 0; i < table->n_outers; i++) {
		if (same_outer(&table->outers[i], &outer))
			return PROFILE_SLOT_OUTER + (int)i;
	}
	if (table->n_outers == OUTERS_MAX) {
		expr_free(outer.where);
		*problem = str_format(
		    "'%s' reads more than %d numbers of other tables; split it", table->name, OUTERS_MAX);
		return -1;
	}
	table->outers = mem_realloc(table->outers, table->n_outers + 1, sizeof *table->outers);
	table->outers[table->n_outers++] = outer;
	return PROFILE_SLOT_OUTER + (int)table->n_outers - 1;
}

bool draft_is_outer(struct draft *draft, const char *name)
{
	const char *rest;

	return split(draft, name, &rest) != NULL;
}

int draft_outer_scalar(struct draft *draft, struct draft_table *from, const char *name,
    const struct column **column, char **problem)
{
	const char *rest = NULL;
	struct draft_table *other = split(draft, name, &rest);
	int number;

	if (other == from) {
		*problem =
		    str_format("'%s' is of this group itself; leave '%s.' out", rest, other->table.name);
		return -1;
	}
	if (!other->table.is_scalar) {
		*problem =
		    str_format("'%s' is a table of many rows; derive a sum, mean, min, max or count of it, "
			       "and name that",
			other->table.name);
		return -1;
	}
	number = table_column(&other->table, rest);
	if (other->number == SIZE_MAX || number < 0 || other->table.columns[number].is_tag) {
		*problem = no_metric(&other->table, rest);
		return -1;
	}
	*column = &other->table.columns[number];
	return add_outer(&from->table,
	    (struct outer){.fold = FOLD_NONE, .table = other->number, .column = number}, problem);
}

/* ---- conditions on the other table's rows ---- */

struct condition {
	const struct table *table;
	char *problem;
};

static bool enum_number(const struct column *column, const char *name, double *number)
{
	for (size_t i = 0; i < column->n_names; i++) {
		if (strcmp(column->names[i].name, name) == 0) {
			*number = (double)column->names[i].number;
			return true;
		}
	}
	return false;
}

static int resolve(void *arg, const char *name, int beside, double *literal)
{
	struct condition *condition = arg;
	const struct table *table = condition->table;
	int column;

	if (beside >= 0 && enum_number(&table->columns[beside], name, literal))
		return -2;
	column = table_column(table, name);
	if (column < 0 && condition->problem == NULL)
		condition->problem = str_format("'%s' is not known of '%s'", name, table->name);
	return column;
}

static void type_of(void *arg, int slot, struct expr_type *type)
{
	const struct condition *condition = arg;
	const struct column *column = &condition->table->columns[slot];

	*type = (struct expr_type){.kind = EXPR_NUMBER};
	if (column->is_tag)
		type->kind = EXPR_TEXT;
	else if (column->is_presence)
		type->kind = EXPR_TRUTH;
	else if (column->n_names > 0)
		type->kind = EXPR_STATE;
	else if (column->kind == KIND_DATETIME)
		type->unit[0] = 's';
	else
		snprintf(type->unit, sizeof type->unit, column->counter >= 0 ? "%s/s" : "%s", column->unit);
}

static struct expr *read_where(
    struct profile_reader *reader, const struct yaml_node *node, const struct table *table)
{
	struct condition condition = {.table = table};
	struct expr_names names = {resolve, type_of, &condition};
	const char *text = node_text(reader, node);
	struct expr_type type;
	struct expr *expr;
	char *error = NULL;
	size_t column = 0;

	if (text == NULL)
		return NULL;
	expr = expr_condition(text, &names, &type, &error, &column);
	if (expr == NULL) {
		diag_error(reader->diag, node_place(node, column), "where: %s",
		    condition.problem != NULL ? condition.problem : error);
	} else if (type.kind != EXPR_TRUTH || expr_states(expr) > 0) {
		diag_error(reader->diag, node->place,
		    "where: a condition on the row as it is now belongs here; compare something, without "
		    "was() and "
		    "changed()");
		expr_free(expr);
		expr = NULL;
	}
	free(condition.problem);
	free(error);
	return expr;
}

/* ---- sums ---- */

static int only_slot(void *arg, const char *name, double *literal)
{
	(void)name;
	(void)literal;
	return *(const int *)arg;
}

static void fold_unit(const struct draft_column *left, struct column *column, const struct column *of)
{
	if (of == NULL || column->unit[0] != '\0' || yaml_get(left->node, "unit") != NULL)
		return;
	free(column->unit);
	column->unit = str_format("%s%s", of->unit, of->counter >= 0 ? "/s" : "");
}

/* Which table, and which of its columns: "table.metric", or of a count "table". */
static struct draft_table *fold_table(
    struct draft *draft, const struct draft_column *left, int *column, char **problem)
{
	const char *text = yaml_text(left->fold_of), *rest = NULL;
	struct draft_table *other;

	*column = -1;
	other = left->fold == FOLD_COUNT ? draft_find_table(draft, text) : split(draft, text, &rest);
	if (other == NULL || other->number == SIZE_MAX || other->table.is_scalar) {
		*problem = str_format("'%s' is not %s of this profile", text,
		    left->fold == FOLD_COUNT ? "a table" : "a table and a metric of it ('table.metric')");
		return NULL;
	}
	if (left->fold == FOLD_COUNT)
		return other;
	*column = table_column(&other->table, rest);
	if (*column < 0 || other->table.columns[*column].is_tag) {
		*problem = no_metric(&other->table, rest);
		return NULL;
	}
	return other;
}

struct expr *draft_fold(
    struct draft *draft, struct draft_table *from, const struct draft_column *left, size_t number)
{
	struct profile_reader *reader = draft->reader;
	char *problem = NULL, *error = NULL;
	int column, slot = -1;
	struct draft_table *other = fold_table(draft, left, &column, &problem);
	struct expr *expr = NULL;
	size_t at;

	if (other != NULL) {
		struct outer outer = {.fold = left->fold, .table = other->number, .column = column};

		fold_unit(
		    left, &from->table.columns[number], column >= 0 ? &other->table.columns[column] : NULL);
		if (left->where != NULL)
			outer.where = read_where(reader, left->where, &other->table);
		slot = add_outer(&from->table, outer, &problem);
	}
	if (slot >= 0)
		expr = expr_new("fold", only_slot, &slot, &error, &at);
	if (problem != NULL)
		diag_error(reader->diag, left->fold_of->place, "%s", problem);
	free(problem);
	free(error);
	return expr;
}

/* ---- order ---- */

static bool reads(const struct table *table, size_t number)
{
	if (table->n_group_tags > 0 && table->group_of == number)
		return true;
	for (size_t i = 0; i < table->n_outers; i++) {
		if (table->outers[i].table == number)
			return true;
	}
	return false;
}

/* One above the highest of what it reads; false when that leads back to it. */
static bool rank(struct draft *draft, struct draft_table *table)
{
	unsigned highest = 0;

	if (table->ranking != RANK_TO_DO)
		return table->ranking == RANK_DONE;
	table->ranking = RANK_AT_IT;
	for (size_t k = 0; k < draft->tables.n; k++) {
		struct draft_table *other = &draft->tables.v[k];

		if (other->number == SIZE_MAX || !reads(&table->table, other->number))
			continue;
		if (!rank(draft, other))
			return false;
		if (other->table.rank >= highest)
			highest = other->table.rank + 1;
	}
	table->table.rank = highest;
	table->ranking = RANK_DONE;
	return true;
}

void draft_rank(struct draft *draft)
{
	for (size_t i = 0; i < draft->tables.n; i++) {
		struct draft_table *table = &draft->tables.v[i];

		if (table->number == SIZE_MAX || rank(draft, table))
			continue;
		diag_error(draft->reader->diag, table->node->place,
		    "what '%s' reads of other tables leads back to it; put what is read, or what reads it, "
		    "into a "
		    "group of its own",
		    table->table.name);
		return;
	}
}
