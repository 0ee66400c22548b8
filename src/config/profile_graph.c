#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SERIES_MAX  20
#define COLOURS_MAX 5

static bool read_series(
    struct profile_reader *reader, const struct yaml_node *node, struct graph_series *series)
{
	static const char *const styles[] = {"line", "area", "stack"};
	const char *label, *formula;
	double colour;
	int style;

	if (!node_keys(reader, node, WHERE_SERIES))
		return false;
	label = node_text(reader, yaml_get(node, "label"));
	formula = node_text(reader, yaml_get(node, "formula"));
	if (label == NULL || formula == NULL) {
		diag_error(
		    reader->diag, node->place, "a series needs a label and a formula; add what is missing");
		return false;
	}
	style = node_choice(reader, yaml_get(node, "style"), "style", styles, ARRAY_LEN(styles));
	colour = node_number(reader, yaml_get(node, "colour"), 1);
	if (colour < 1 || colour > COLOURS_MAX || fabs(colour - floor(colour)) > 0) {
		diag_error(reader->diag, node->place, "a colour is a number from 1 to %d", COLOURS_MAX);
		return false;
	}
	series->label = mem_strdup(label);
	series->formula = mem_strdup(formula);
	series->style = style < 0 ? SERIES_LINE : (enum series_style)style;
	series->colour = (unsigned)colour;
	series->dashed = node_bool(reader, yaml_get(node, "dashed"), false);
	return true;
}

static void read_limits(struct profile_reader *reader, const struct yaml_node *node, struct graph *graph)
{
	graph->has_min = yaml_text(yaml_get(node, "min")) != NULL;
	graph->has_max = yaml_text(yaml_get(node, "max")) != NULL;
	graph->min = node_number(reader, yaml_get(node, "min"), 0);
	graph->max = node_number(reader, yaml_get(node, "max"), 0);
	if (graph->has_min && graph->has_max && graph->min >= graph->max)
		diag_error(reader->diag, node->place, "the axis has no height; 'min' must be below 'max'");
}

static bool read_graph(struct profile_reader *reader, const struct yaml_node *node, struct draft_graph *out)
{
	struct graph *graph = &out->graph;
	const char *name, *title, *unit;

	memset(out, 0, sizeof *out);
	if (!node_keys(reader, node, WHERE_GRAPH))
		return false;
	name = node_text(reader, yaml_get(node, "name"));
	out->series = yaml_get(node, "series");
	if (name == NULL || out->series == NULL || out->series->type != YAML_SEQUENCE ||
	    out->series->count == 0) {
		diag_error(reader->diag, node->place,
		    "a graph needs a name and a list of series; add what is missing");
		return false;
	}
	if (out->series->count > SERIES_MAX) {
		diag_error(reader->diag, out->series->place, "more than %d series; make two graphs of it",
		    SERIES_MAX);
		return false;
	}
	title = node_text(reader, yaml_get(node, "title"));
	unit = node_text(reader, yaml_get(node, "unit"));
	out->node = node;
	graph->name = mem_strdup(name);
	graph->title = mem_strdup(title != NULL ? title : name);
	graph->unit = mem_strdup(unit != NULL ? unit : "");
	graph->percentile = node_bool(reader, yaml_get(node, "percentile"), false);
	read_limits(reader, node, graph);
	graph->series = mem_calloc(out->series->count, sizeof *graph->series);
	for (const struct yaml_entry *e = yaml_first(out->series); e != NULL; e = e->next)
		graph->n_series += read_series(reader, e->value, &graph->series[graph->n_series]);
	return true;
}

void draft_read_graphs(struct draft *draft, struct draft_table *table, const struct yaml_node *graphs)
{
	for (const struct yaml_entry *e = yaml_first(graphs); e != NULL; e = e->next) {
		struct draft_graph graph;
		size_t i = 0;

		if (!read_graph(draft->reader, e->value, &graph))
			continue;
		while (i < table->graphs.n && strcmp(table->graphs.v[i].graph.name, graph.graph.name) != 0)
			i++;
		if (i == table->graphs.n) {
			vec_push(&table->graphs, graph);
			continue;
		}
		if (table->graphs.v[i].node->place.file == graph.node->place.file)
			diag_warning(draft->reader->diag, graph.node->place,
			    "graph '%s' is defined in line %u already; the last one counts", graph.graph.name,
			    table->graphs.v[i].node->place.line);
		graph_fini(&table->graphs.v[i].graph);
		table->graphs.v[i] = graph;
	}
}

/* Octets per second are drawn as bits, as everywhere. */
static void put_titled(struct draft_table *table, const struct draft_column *from)
{
	const struct column *column = &from->column;
	bool rate = column->kind == KIND_COUNTER, bits = rate && strcmp(column->unit, "octets") == 0;
	struct draft_graph out = {.node = from->node};

	out.graph.name = mem_strdup(column->ds);
	out.graph.title = mem_strdup(from->title != NULL ? from->title : column->name);
	out.graph.unit = bits ? mem_strdup("bit/s") : str_format("%s%s", column->unit, rate ? "/s" : "");
	out.graph.series = mem_alloc(sizeof *out.graph.series);
	out.graph.n_series = 1;
	out.graph.series[0] = (struct graph_series){.label = mem_strdup(column->name),
	    .formula = str_format("%s%s", column->ds, bits ? " * 8" : ""),
	    .style = from->style,
	    .colour = 1};
	vec_push(&table->graphs, out);
}

void draft_title_graphs(struct draft_table *table)
{
	size_t titled = table->graphs.n;

	for (size_t i = 0; i < table->graphs.n; i++) {
		if (table->graphs.v[i].series != NULL) /* somebody has thought about them */
			return;
	}
	for (size_t i = 0; i < table->columns.n; i++)
		titled += table->columns.v[i].title != NULL && table->columns.v[i].column.ds != NULL;
	for (size_t i = 0; i < table->columns.n && titled > 0; i++) {
		if (table->columns.v[i].column.ds != NULL)
			put_titled(table, &table->columns.v[i]);
	}
}

void draft_finish_graphs(struct draft *draft, struct draft_table *table)
{
	struct table *out = &table->table;

	out->graphs = mem_calloc(table->graphs.n, sizeof *out->graphs);
	for (size_t i = 0; i < table->graphs.n; i++) {
		for (const struct yaml_entry *e = yaml_first(table->graphs.v[i].series); e != NULL;
		     e = e->next) {
			const struct yaml_node *formula = yaml_get(e->value, "formula");

			if (yaml_text(formula) != NULL)
				(void)draft_check_graph_formula(
				    draft->reader, formula, out); /* what is wrong is in diag */
		}
		out->graphs[out->n_graphs++] = table->graphs.v[i].graph;
	}
	vec_fini(&table->graphs);
}
