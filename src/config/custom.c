/* custom: numbers that one device has, as a table of scalars with one graph each. */
#include "base/mem.h"
#include "config/check.h"
#include "config/loader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define CUSTOM_MAX 100 /* of a device */

static bool is_identifier(const char *text)
{
	if (isdigit((unsigned char)text[0]))
		return false;
	for (const char *p = text; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '_')
			return false;
	return text[0] != '\0' && strlen(text) < 64;
}

static enum kind kind_of(const char *text)
{
	if (text != NULL && strcmp(text, "counter") == 0)
		return KIND_COUNTER;
	return text != NULL && strcmp(text, "timeticks") == 0 ? KIND_TIMETICKS : KIND_GAUGE;
}

/* The scalar's object, without the .0 of its instance. */
static bool read_oid(struct loader *loader, const struct yaml_node *value, struct source *source)
{
	struct oid oid;

	if (yaml_text(value) == NULL || oid_parse(value->text, &oid) != ERR_OK)
		return false; /* told */
	if (oid.len < 3 || oid.id[oid.len - 1] != 0) {
		diag_error(loader->diag, value->place,
		    "oid %s does not end in .0, so it is no scalar; add .0, or write a profile when it is a "
		    "cell of a table",
		    value->text);
		return false;
	}
	oid.len--;
	if (!source_set_oid(source, &oid)) {
		diag_error(loader->diag, value->place,
		    "oid %s cannot be sent; its first numbers are out of range", value->text);
		return false;
	}
	return true;
}

static bool check_names(
    struct loader *loader, const struct yaml_node *node, const struct table *table, const char *ds)
{
	const struct yaml_node *name = yaml_get(node, "name"), *ds_node = yaml_get(node, "ds");
	const struct yaml_node *at = ds_node != NULL ? ds_node : name;

	if (!is_identifier(name->text)) {
		diag_error(loader->diag, name->place, "name '%s' is malformed; use letters, digits and _",
		    name->text);
		return false;
	}
	if (!is_identifier(ds) || strlen(ds) > PROFILE_DS_MAX) {
		diag_error(loader->diag, at->place,
		    "'%s' is no name for a data source; give a ds of at most %d letters, digits and _", ds,
		    PROFILE_DS_MAX);
		return false;
	}
	for (size_t i = 0; i < table->n_columns; i++) {
		bool same_name = strcmp(table->columns[i].name, name->text) == 0;

		if (same_name || strcmp(table->columns[i].ds, ds) == 0) {
			diag_error(loader->diag, same_name ? name->place : at->place,
			    "%s '%s' is taken by an entry before; give it another", same_name ? "name" : "ds",
			    same_name ? name->text : ds);
			return false;
		}
	}
	return true;
}

static void add_graph(struct table *table, const struct column *column)
{
	struct graph *graph = &table->graphs[table->n_graphs++];
	char *unit =
	    column->kind == KIND_COUNTER ? str_format("%s/s", column->unit) : mem_strdup(column->unit);

	graph->name = mem_strdup(column->name);
	graph->title = mem_strdup(column->name);
	graph->unit = unit;
	graph->series = mem_alloc(sizeof *graph->series);
	graph->n_series = 1;
	graph->series[0] = (struct graph_series){.label = mem_strdup(column->name),
	    .formula = mem_strdup(column->ds),
	    .style = SERIES_LINE,
	    .colour = 1};
}

static void read_metric(struct loader *loader, const struct yaml_node *node, struct table *table)
{
	const char *name = field_text(node, "name"), *ds = field_text(node, "ds"),
		   *unit = field_text(node, "unit");
	struct column *column = &table->columns[table->n_columns];
	struct source source = {.scale = 1};

	if (node->type != YAML_MAPPING)
		return; /* told */
	if (name == NULL || yaml_get(node, "oid") == NULL) {
		diag_error(loader->diag, node->place,
		    "a custom number without %s; write {name: room_temp, oid: 1.3.6.1....0}",
		    name == NULL ? "name" : "oid");
		return;
	}
	ds = ds != NULL ? ds : name;
	if (!check_names(loader, node, table, ds) || !read_oid(loader, yaml_get(node, "oid"), &source))
		return;
	column->kind = kind_of(field_text(node, "kind"));
	if (column->kind == KIND_TIMETICKS && unit == NULL)
		unit = "s";
	field_number(yaml_get(node, "scale"), &source.scale);
	source.name = mem_strdup(name);
	/* Without a highest believable rate a decrease is a reset whatever the width. */
	source.bits = column->kind == KIND_COUNTER ? 64 : 0;
	column->name = mem_strdup(name);
	column->unit = mem_strdup(unit != NULL ? unit : "");
	column->ds = mem_strdup(ds);
	column->sources = mem_dup(&source, sizeof source);
	column->n_sources = 1;
	column->counter = column->kind == KIND_COUNTER ? (int)table->n_counters++ : -1;
	table->n_columns++;
	table->n_ds++;
	add_graph(table, column);
}

struct table *custom_read(struct loader *loader, const struct yaml_node *list)
{
	struct table *table;

	if (list == NULL || list->type != YAML_SEQUENCE || list->count == 0)
		return NULL;
	if (list->count > CUSTOM_MAX) {
		diag_error(loader->diag, list->place,
		    "more than %d custom numbers; write a profile for this device", CUSTOM_MAX);
		return NULL;
	}
	table = mem_alloc(sizeof *table);
	table->name = mem_strdup("custom");
	table->title = mem_strdup("Custom");
	table->is_scalar = true;
	table->discontinuity = -1;
	table->columns = mem_calloc(list->count, sizeof *table->columns);
	table->graphs = mem_calloc(list->count, sizeof *table->graphs);
	for (const struct yaml_entry *e = list->first; e != NULL; e = e->next)
		read_metric(loader, e->value, table);
	if (table->n_columns > 0)
		return table;
	table_fini(table);
	free(table);
	return NULL;
}
