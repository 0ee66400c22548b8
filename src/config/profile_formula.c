#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Resolves the names of one formula, in the order in which they stand. */
struct resolver {
	struct draft *draft;	  /* NULL: graphs, which read nothing of other tables */
	struct draft_table *from; /* likewise */
	const struct table *table;
	size_t limit;			 /* derived columns from here on are not known yet */
	bool ds_only;			 /* graphs see data sources */
	const struct column *enumerated; /* the name just before this one: a column that names its values */
	char *problem;			 /* better words for a name that was refused; owned */
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

static void unknown(struct resolver *r, const char *name)
{
	struct {
		const char **v;
		size_t n, cap;
	} known = {0};
	const char *nearest;

	for (size_t i = 0; i < r->table->n_columns; i++) {
		const struct column *column = &r->table->columns[i];

		if (!r->ds_only)
			vec_push(&known, column->name);
		if (column->ds != NULL)
			vec_push(&known, column->ds);
		for (size_t e = 0; !r->ds_only && column == r->enumerated && e < column->n_names; e++)
			vec_push(&known, column->names[e].name);
	}
	nearest = known.n > 0 ? str_nearest(name, known.v, known.n) : NULL;
	r->problem = str_format("'%s' is no %s of '%s'; %s%s%s", name, r->ds_only ? "data source" : "metric",
	    r->table->name, nearest != NULL ? "did you mean '" : "use names that stand in this table",
	    nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	vec_fini(&known);
}

/* A name that is no column and follows none that names its values: good if it means one number only. */
static bool any_enum(const struct table *table, const char *name, double *number)
{
	bool found = false;

	for (size_t i = 0; i < table->n_columns; i++) {
		double one;

		if (!enum_number(&table->columns[i], name, &one))
			continue;
		if (found && (one < *number || one > *number))
			return false;
		*number = one;
		found = true;
	}
	return found;
}

static int resolve_ds(struct resolver *r, const char *name)
{
	for (size_t i = 0; i < r->table->n_columns; i++) {
		if (str_equal(r->table->columns[i].ds, name))
			return (int)i;
	}
	unknown(r, name);
	return -1;
}

static int resolve(void *arg, const char *name, double *literal)
{
	struct resolver *r = arg;
	const struct column *before = r->enumerated, *outer = NULL;
	int i;

	free(r->problem);
	r->problem = NULL;
	r->enumerated = NULL;
	if (r->ds_only)
		return resolve_ds(r, name);
	/* `ifOperStatus == up` means the state, although there is a metric `up` as well. */
	if (before != NULL && enum_number(before, name, literal))
		return -2;
	if (strcmp(name, "now") == 0)
		return PROFILE_SLOT_NOW;
	i = table_column(r->table, name);
	if (i < 0 && r->draft != NULL && draft_is_outer(r->draft, name)) {
		i = draft_outer_scalar(r->draft, r->from, name, &outer, &r->problem);
		r->enumerated = outer != NULL && outer->n_names > 0 ? outer : NULL;
		return i;
	}
	if (i < 0) {
		if (before == NULL && any_enum(r->table, name, literal))
			return -2;
		r->enumerated = before;
		unknown(r, name);
		return -1;
	}
	if (r->table->columns[i].is_tag) {
		r->problem = str_format("'%s' is text; formulas are about numbers", name);
		return -1;
	}
	if ((size_t)i >= r->limit && r->table->columns[i].n_sources == 0 &&
	    !r->table->columns[i].is_presence) {
		r->problem = str_format("'%s' is derived further down; put it before what uses it", name);
		return -1;
	}
	if (r->table->columns[i].n_names > 0)
		r->enumerated = &r->table->columns[i];
	return i;
}

static struct expr *compile(
    struct profile_reader *reader, const struct yaml_node *node, struct resolver *resolver)
{
	const char *text = node_text(reader, node);
	char *error = NULL;
	size_t column = 0;
	struct expr *expr;

	if (text == NULL)
		return NULL;
	expr = expr_new(text, resolve, resolver, &error, &column);
	if (expr == NULL)
		diag_error(reader->diag, node_place(node, column), "formula: %s",
		    resolver->problem != NULL ? resolver->problem : error);
	free(error);
	free(resolver->problem);
	return expr;
}

struct expr *draft_formula(
    struct draft *draft, const struct yaml_node *node, struct draft_table *table, size_t limit)
{
	struct resolver resolver = {.draft = draft, .from = table, .table = &table->table, .limit = limit};

	return compile(draft->reader, node, &resolver);
}

bool draft_check_graph_formula(
    struct profile_reader *reader, const struct yaml_node *node, const struct table *table)
{
	struct resolver resolver = {.table = table, .limit = table->n_columns, .ds_only = true};
	struct expr *expr = compile(reader, node, &resolver);

	expr_free(expr);
	return expr != NULL;
}
