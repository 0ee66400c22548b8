#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define SERIES_MAX  20
#define COLOURS_MAX 5
#define GROUP	    "scalars"

static const struct column *find_metric(const struct draft_table *table, const char *name)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct column *column = &table->columns.v[i].column;

		if (!column->is_tag && (strcmp(column->name, name) == 0 || str_equal(column->alias, name)))
			return column;
	}
	return NULL;
}

/* The one table that all sources are of; NULL if there is none, or a metric of it is not stored. */
static struct draft_table *table_of(struct draft *draft, const struct yaml_node *sources)
{
	struct draft_table *table = NULL;

	if (sources == NULL || sources->type != YAML_SEQUENCE || sources->count == 0 ||
	    sources->count > SERIES_MAX)
		return NULL;
	for (const struct yaml_entry *e = yaml_first(sources); e != NULL; e = e->next) {
		const char *name = yaml_text(yaml_get(e->value, "table")),
			   *metric = yaml_text(yaml_get(e->value, "metric"));
		struct draft_table *one = draft_find_table(draft, name != NULL ? name : GROUP);
		const struct column *column = one != NULL && metric != NULL ? find_metric(one, metric) : NULL;

		if (column == NULL || column->ds == NULL || strchr(column->ds, '-') != NULL ||
		    (table != NULL && table != one))
			return NULL;
		table = one;
	}
	return table;
}

static void add_series(const struct draft_table *table, const struct yaml_node *node, struct graph *graph)
{
	const struct column *column = find_metric(table, yaml_text(yaml_get(node, "metric")));
	const char *label = yaml_text(yaml_get(node, "as"));
	size_t n = graph->n_series++;

	graph->series[n] = (struct graph_series){.label = mem_strdup(label != NULL ? label : column->name),
	    .formula = mem_strdup(column->ds),
	    .style = SERIES_LINE,
	    .colour = 1 + (unsigned)n % COLOURS_MAX};
}

static void put_graph(struct draft_table *table, const struct yaml_node *node, const char *name,
    const struct yaml_node *sources)
{
	const struct yaml_node *meta = yaml_get(node, "chart_meta");
	const char *title = yaml_text(yaml_get(meta, "description")),
		   *unit = yaml_text(yaml_get(meta, "unit"));
	struct draft_graph out = {.node = node};

	for (size_t i = 0; i < table->graphs.n; i++) {
		if (strcmp(table->graphs.v[i].graph.name, name) == 0)
			return; /* of a profile that was extended */
	}
	out.graph.name = mem_strdup(name);
	out.graph.title = mem_strdup(title != NULL ? title : name);
	out.graph.unit = draft_unit(unit != NULL ? unit : "", KIND_GAUGE);
	out.graph.series = mem_calloc(sources->count, sizeof *out.graph.series);
	for (const struct yaml_entry *e = yaml_first(sources); e != NULL; e = e->next)
		add_series(table, e->value, &out.graph);
	vec_push(&table->graphs, out);
}

static void check_keys(struct profile_reader *reader, const struct yaml_node *sources)
{
	if (!node_is_list(reader, sources, "sources"))
		return;
	for (const struct yaml_entry *e = yaml_first(sources); e != NULL; e = e->next)
		(void)node_keys(reader, e->value, WHERE_FROM); /* what is wrong is told */
}

static void read_virtual(struct draft *draft, const struct yaml_node *node)
{
	const struct yaml_node *sources = yaml_get(node, "sources"),
			       *alternatives = yaml_get(node, "alternatives");
	const char *name = node_text(draft->reader, yaml_get(node, "name"));
	bool per_row = node_bool(draft->reader, yaml_get(node, "per_row"), false);
	struct draft_table *table;
	char *what;

	check_keys(draft->reader, sources);
	table = table_of(draft, sources);
	for (const struct yaml_entry *e = yaml_first(alternatives); e != NULL; e = e->next) {
		const struct yaml_node *others = yaml_get(e->value, "sources");

		check_keys(draft->reader, others);
		if (table == NULL) {
			sources = others;
			table = table_of(draft, sources);
		}
	}
	if (name != NULL && table != NULL && (per_row || table->table.is_scalar)) {
		put_graph(table, node, name, sources);
		return;
	}
	/* Sums over rows, and what is made of several tables. */
	what = str_format("virtual metric %s", name != NULL ? name : "?");
	node_unused(draft->reader, node, what);
	free(what);
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
