/* Netdata's virtual metrics. One of each row, or of scalars alone, is a graph of what is there; a total is
 * a group of its own, with a sum over the rows of each source. */
#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOURCES_MAX 20
#define COLOURS_MAX 5
#define GROUP	    "scalars" /* of sources without a table */

/* One source that this profile has. */
struct part {
	const struct yaml_node *node;
	size_t table;  /* of the draft: its tables move when there is another one */
	size_t column; /* of the table; with `dim` that of the state */
	const char *label;
};

struct parts {
	struct part v[SOURCES_MAX];
	size_t n;
	bool one_table;
	bool is_scalar; /* all are */
};

static struct draft_column *find_metric(struct draft_table *table, const char *name, size_t *number)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		struct draft_column *column = &table->columns.v[i];

		*number = i;
		if (!column->column.is_tag &&
		    (strcmp(column->column.name, name) == 0 || str_equal(column->column.alias, name)))
			return column;
	}
	return NULL;
}

/* Whether a formula may name it. */
static bool is_formula_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");

	return name[0] != '\0' && name[n] == '\0' && strspn(name, "0123456789.") == 0;
}

/* `dim` is one of the names of a metric's values: a metric of its own, 1 or 0. False when there is no such
 * name. */
static bool add_dim(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const char *dim, size_t *number)
{
	const struct column *of = &table->columns.v[*number].column;
	struct draft_column made = {.node = node};
	size_t i = 0, there;

	while (i < of->n_names && strcmp(of->names[i].name, dim) != 0)
		i++;
	if (i == of->n_names || !is_formula_name(of->name))
		return false;
	made.column = (struct column){.name = str_format("%s_%s", of->name, dim),
	    .kind = KIND_GAUGE,
	    .unit = mem_strdup(""),
	    .counter = -1};
	made.formula =
	    draft_make_node(draft, node, str_format("%s == %" PRId64, of->name, of->names[i].number));
	if (find_metric(table, made.column.name, &there) == NULL) {
		draft_put(draft, table, &made);
		there = table->columns.n - 1;
	} else {
		draft_column_fini(&made);
	}
	*number = there;
	return true;
}

static void store(struct column *column)
{
	if (column->ds == NULL)
		column->ds = draft_auto_ds(column->name);
}

static const struct table *table_of(const struct draft *draft, const struct part *part)
{
	return &draft->tables.v[part->table].table;
}

static bool find_part(struct draft *draft, const struct yaml_node *node, bool stored, struct part *part)
{
	const char *table = yaml_text(yaml_get(node, "table")), *metric = yaml_text(yaml_get(node, "metric")),
		   *dim = yaml_text(yaml_get(node, "dim")), *as = yaml_text(yaml_get(node, "as"));

	struct draft_table *found = draft_find_table(draft, table != NULL ? table : GROUP);

	*part = (struct part){.node = node};
	if (found == NULL || metric == NULL || find_metric(found, metric, &part->column) == NULL)
		return false;
	part->table = (size_t)(found - draft->tables.v);
	part->label = as != NULL ? as : dim != NULL ? dim : metric;
	if (dim != NULL && !add_dim(draft, found, node, dim, &part->column))
		return false;
	if (dim != NULL && stored)
		store(&found->columns.v[part->column].column);
	return true;
}

/* False when there are none, or the profile lacks one of them. */
static bool find_parts(struct draft *draft, const struct yaml_node *sources, bool stored, struct parts *parts)
{
	*parts = (struct parts){.one_table = true, .is_scalar = true};
	if (sources == NULL || sources->type != YAML_SEQUENCE || sources->count == 0 ||
	    sources->count > SOURCES_MAX)
		return false;
	for (const struct yaml_entry *e = yaml_first(sources); e != NULL; e = e->next) {
		struct part *part = &parts->v[parts->n++];

		if (!find_part(draft, e->value, stored, part))
			return false;
		parts->one_table &= part->table == parts->v[0].table;
		parts->is_scalar &= table_of(draft, part)->is_scalar;
	}
	return true;
}

static const struct column *column_of(const struct draft *draft, const struct part *part)
{
	return &draft->tables.v[part->table].columns.v[part->column].column;
}

/* ---- a graph of what is there ---- */

static bool can_draw(const struct draft *draft, const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		const char *ds = column_of(draft, &parts->v[i])->ds;

		if (ds == NULL || strchr(ds, '-') != NULL)
			return false;
	}
	return parts->one_table;
}

static bool has_graph(const struct draft_table *table, const char *name)
{
	for (size_t i = 0; i < table->graphs.n; i++) {
		if (strcmp(table->graphs.v[i].graph.name, name) == 0)
			return true;
	}
	return false;
}

static struct draft_graph new_graph(const struct yaml_node *node, const char *name, size_t series)
{
	const struct yaml_node *meta = yaml_get(node, "chart_meta");
	const char *title = yaml_text(yaml_get(meta, "description")),
		   *unit = yaml_text(yaml_get(meta, "unit"));
	struct draft_graph out = {.node = node};

	out.graph.name = mem_strdup(name);
	out.graph.title = mem_strdup(title != NULL ? title : name);
	out.graph.unit = draft_unit(unit != NULL ? unit : "", KIND_GAUGE);
	out.graph.series = mem_calloc(series, sizeof *out.graph.series);
	return out;
}

static void add_series(struct graph *graph, const char *label, const char *ds)
{
	size_t n = graph->n_series++;

	graph->series[n] = (struct graph_series){.label = mem_strdup(label),
	    .formula = mem_strdup(ds),
	    .style = SERIES_LINE,
	    .colour = 1 + (unsigned)n % COLOURS_MAX};
}

static void draw(
    struct draft *draft, const struct parts *parts, const struct yaml_node *node, const char *name)
{
	struct draft_table *table = &draft->tables.v[parts->v[0].table];
	struct draft_graph out;

	if (has_graph(table, name))
		return; /* of a profile that was extended */
	out = new_graph(node, name, parts->n);
	for (size_t i = 0; i < parts->n; i++)
		add_series(&out.graph, parts->v[i].label, column_of(draft, &parts->v[i])->ds);
	vec_push(&table->graphs, out);
}

/* ---- totals ---- */

/* A metric of the group, of a formula or of a table's rows; takes text. */
static struct draft_column new_metric(
    struct draft *draft, const struct yaml_node *node, char *name, enum fold fold, char *text)
{
	const struct yaml_node *made = draft_make_node(draft, node, text);
	struct draft_column column = {.node = node};

	column.column =
	    (struct column){.name = name, .kind = KIND_GAUGE, .unit = mem_strdup(""), .counter = -1};
	column.fold = fold;
	if (fold == FOLD_NONE)
		column.formula = made;
	else
		column.fold_of = made;
	return column;
}

static void put_metric(
    struct draft *draft, struct draft_table *group, struct draft_column column, bool stored)
{
	if (stored)
		store(&column.column);
	draft_put(draft, group, &column);
}

static char *reference(const struct draft *draft, const struct part *part)
{
	return str_format("%s.%s", table_of(draft, part)->name, column_of(draft, part)->name);
}

static bool can_total(const struct draft *draft, const struct parts *parts)
{
	for (size_t i = 0; i < parts->n; i++) {
		if (table_of(draft, &parts->v[i])->is_scalar &&
		    !is_formula_name(column_of(draft, &parts->v[i])->name))
			return false;
	}
	return true;
}

/* The total of one source; `suffix`: one of several that may stand for it. */
static void put_total(
    struct draft *draft, struct draft_table *group, const struct part *part, const char *suffix, bool stored)
{
	enum fold fold = table_of(draft, part)->is_scalar ? FOLD_NONE : FOLD_SUM;

	put_metric(draft, group,
	    new_metric(
		draft, part->node, str_format("%s%s", part->label, suffix), fold, reference(draft, part)),
	    stored);
}

/* What may stand for it, in their order: a table without rows says nothing. */
static void put_choice(
    struct draft *draft, struct draft_table *group, const struct parts *choices, size_t n, size_t which)
{
	const char *label = choices[0].v[which].label;
	struct str formula = {0};

	str_add(&formula, "first(");
	for (size_t i = 0; i < n; i++) {
		const struct part *part = &choices[i].v[which];
		char suffix[24];

		snprintf(suffix, sizeof suffix, "_%zu", i + 1);
		put_total(draft, group, part, suffix, false);
		if (i > 0)
			str_add(&formula, ", ");
		if (table_of(draft, part)->is_scalar) {
			str_addf(&formula, "%s%s", label, suffix);
			continue;
		}
		put_metric(draft, group,
		    new_metric(draft, part->node, str_format("%s_rows%s", label, suffix), FOLD_COUNT,
			mem_strdup(table_of(draft, part)->name)),
		    false);
		str_addf(&formula, "if(%s_rows%s > 0, %s%s, 0 / 0)", label, suffix, label, suffix);
	}
	str_add_char(&formula, ')');
	put_metric(draft, group,
	    new_metric(draft, choices[0].v[which].node, mem_strdup(label), FOLD_NONE, str_steal(&formula)),
	    true);
}

/* The same sources in each of them, under names that formulas can have. */
static bool are_alike(const struct draft *draft, const struct parts *choices, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (choices[i].n != choices[0].n || !can_total(draft, &choices[i]))
			return false;
		for (size_t k = 0; k < choices[i].n; k++) {
			if (strcmp(choices[i].v[k].label, choices[0].v[k].label) != 0 ||
			    !is_formula_name(choices[i].v[k].label))
				return false;
		}
	}
	return true;
}

static void total(struct draft *draft, const struct yaml_node *node, const char *name,
    const struct parts *choices, size_t n)
{
	const char *title = yaml_text(yaml_get(yaml_get(node, "chart_meta"), "description"));
	const struct yaml_node *tags = yaml_get(node, "group_by");
	struct draft_table *group = draft_table(draft, name, tags == NULL, node);
	struct draft_graph graph;

	if (group == NULL || group->columns.n > 0)
		return; /* of a profile that was extended */
	if (tags != NULL)
		draft_group_by(draft, group, yaml_get(choices[0].v[0].node, "table"), tags);
	group->table.title = mem_strdup(title != NULL ? title : name);
	graph = new_graph(node, name, choices[0].n);
	for (size_t i = 0; i < choices[0].n; i++) {
		if (n > 1)
			put_choice(draft, group, choices, n, i);
		else
			put_total(draft, group, &choices[0].v[i], "", true);
		add_series(
		    &graph.graph, choices[0].v[i].label, group->columns.v[group->columns.n - 1].column.ds);
	}
	graph.series = node; /* there need be no others */
	vec_push(&group->graphs, graph);
}

/* ---- all of them ---- */

#define CHOICES_MAX 4

static void check_keys(struct profile_reader *reader, const struct yaml_node *sources)
{
	if (!node_is_list(reader, sources, "sources"))
		return;
	for (const struct yaml_entry *e = yaml_first(sources); e != NULL; e = e->next)
		(void)node_keys(reader, e->value, WHERE_FROM); /* what is wrong is told */
}

/* Of `alternatives`, which count before `sources`, those that the profile has. */
static size_t find_choices(
    struct draft *draft, const struct yaml_node *node, bool per_row, struct parts *choices)
{
	const struct yaml_node *sources = yaml_get(node, "sources"),
			       *alternatives = yaml_get(node, "alternatives");
	size_t n = 0;

	for (const struct yaml_entry *e = yaml_first(alternatives); e != NULL; e = e->next) {
		check_keys(draft->reader, yaml_get(e->value, "sources"));
		n +=
		    n < CHOICES_MAX && find_parts(draft, yaml_get(e->value, "sources"), per_row, &choices[n]);
	}
	check_keys(draft->reader, sources);
	if (n == 0)
		n = find_parts(draft, sources, per_row, &choices[0]);
	return n;
}

static void read_virtual(struct draft *draft, const struct yaml_node *node)
{
	const char *name = node_text(draft->reader, yaml_get(node, "name"));
	bool per_row = node_bool(draft->reader, yaml_get(node, "per_row"), false);
	struct parts *choices = mem_calloc(CHOICES_MAX, sizeof *choices);
	bool grouped = yaml_get(node, "group_by") != NULL;
	size_t n = find_choices(draft, node, per_row, choices);
	const struct draft_table *taken = name != NULL ? draft_find_table(draft, name) : NULL;
	char *what;

	if (name != NULL && n > 0 && (per_row || choices->is_scalar) && can_draw(draft, choices)) {
		draw(draft, choices, node, name);
	} else if (name != NULL && n > 0 && !per_row && grouped && choices->one_table &&
		   !choices->is_scalar && (taken == NULL || taken->by_table != NULL)) {
		total(draft, node, name, choices, 1);
	} else if (name != NULL && n > 0 && !per_row && !grouped &&
		   (taken == NULL || taken->table.is_scalar) && are_alike(draft, choices, n)) {
		total(draft, node, name, choices, n);
	} else if (!draft->profile->is_abstract) { /* which may be made of what others have */
		what = str_format("virtual metric %s", name != NULL ? name : "?");
		node_unused(draft->reader, node, what);
		free(what);
	}
	free(choices);
}

void draft_read_virtual(struct draft *draft, const struct yaml_node *list)
{
	if (!node_is_list(draft->reader, list, "virtual_metrics"))
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next) {
		if (node_keys(draft->reader, e->value, WHERE_VIRTUAL))
			read_virtual(draft, e->value);
	}
}
