#include "ctl/subject.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#define SHORT_LIST 24 /* files: so many are listed with a mistake, more are not */

static const struct table *table_of(const struct inventory *inventory, const char *profile, const char *name)
{
	const struct table *found = NULL;

	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct table *table = profile_table(inventory->profiles[i], name);

		if (table == NULL)
			continue;
		if (str_equal(inventory->profiles[i]->name, profile))
			return table;
		if (found == NULL || (found->n_graphs == 0 && table->n_graphs > 0))
			found = table;
	}
	return found;
}

/* `custom` belongs to the device, not to a profile: the whole configuration knows it. */
static const struct table *custom_of(struct subject_list *list, const struct invocation *invocation)
{
	struct config_report report = {0};
	const struct device *device;

	if (list->whole == NULL)
		list->whole = config_load(&(struct config_options){.file = invocation->config}, &report);
	config_report_fini(&report);
	device = list->whole != NULL ? inventory_device(list->whole, invocation->args[0]) : NULL;
	return device != NULL ? device->custom : NULL;
}

/* A data source by itself; octets per second are drawn as bits, as everywhere. */
static struct graph graph_of(const struct column *column)
{
	bool rate = column->kind == KIND_COUNTER, bits = rate && str_equal(column->unit, "octets");
	struct graph graph = {
	    .name = mem_strdup(column->ds), .title = mem_strdup(column->name), .n_series = 1};

	graph.unit = bits ? mem_strdup("bit/s") : str_format("%s%s", column->unit, rate ? "/s" : "");
	graph.series = mem_alloc(sizeof *graph.series);
	graph.series[0] = (struct graph_series){.label = mem_strdup(column->name),
	    .formula = str_format("%s%s", column->ds, bits ? " * 8" : ""),
	    .style = SERIES_LINE,
	    .colour = 1};
	return graph;
}

static struct subject_table drawn_as(const struct table *table)
{
	struct subject_table drawn = {.table = table};

	if (table == NULL)
		return drawn;
	drawn.graphs = table->graphs;
	drawn.n_graphs = table->n_graphs;
	if (table->n_graphs > 0 || table->n_ds == 0)
		return drawn;
	drawn.made = mem_calloc(table->n_ds, sizeof *drawn.made);
	for (size_t i = 0; i < table->n_columns; i++)
		if (table->columns[i].ds != NULL)
			drawn.made[drawn.n_graphs++] = graph_of(&table->columns[i]);
	drawn.graphs = drawn.made;
	return drawn;
}

/* Ports in the order in which they stand on the front: Gi1/0/2 before Gi1/0/10. */
static int by_name(const void *a, const void *b)
{
	const struct archive_file *x = a, *y = b;
	int order = strcmp(x->table, y->table);

	return order != 0 ? order : strverscmp(x->key != NULL ? x->key : "", y->key != NULL ? y->key : "");
}

int subject_list_open(struct subject_list *list, const struct invocation *invocation,
    const struct inventory *inventory, const char *profile)
{
	const char *device = invocation->args[0], *state = inventory->settings.state;
	enum err err = archive_list_device(state, device, &list->files);

	if (err == ERR_NOT_FOUND)
		return invocation_mistake(invocation,
		    "nothing is stored for '%s' in %s/rrd; 'rollcall status' shows the devices there are",
		    device, state);
	if (err != ERR_OK)
		return invocation_mistake(invocation, "cannot read what is stored for %s in %s/rrd: %s",
		    device, state, err_text(err));
	qsort(list->files.v, list->files.n, sizeof *list->files.v, by_name);
	list->tables = mem_calloc(list->files.n, sizeof *list->tables);
	for (size_t i = 0; i < list->files.n; i++) {
		const char *name = list->files.v[i].table;
		const struct table *table = str_equal(name, "custom") ? custom_of(list, invocation) : NULL;

		list->tables[i] = drawn_as(table != NULL ? table : table_of(inventory, profile, name));
	}
	return EXIT_FINE;
}

void subject_list_fini(struct subject_list *list)
{
	for (size_t i = 0; list->tables != NULL && i < list->files.n; i++) {
		struct subject_table *drawn = &list->tables[i];

		for (size_t j = 0; drawn->made != NULL && j < drawn->n_graphs; j++)
			graph_fini(&drawn->made[j]);
		free(drawn->made);
	}
	free(list->tables);
	archive_list_fini(&list->files);
	inventory_free(list->whole);
}

/* "interfaces/eth0", or for scalars "cpu". */
static char *name_of(const struct archive_file *file)
{
	return str_format(
	    "%s%s%s", file->table, file->key != NULL ? "/" : "", file->key != NULL ? file->key : "");
}

/* With its table, or for rows the key alone. */
static bool file_is(const struct archive_file *file, const char *row)
{
	char *name = name_of(file);
	bool is = str_equal(name, row) || str_equal(file->key, row);

	free(name);
	return is;
}

static size_t find_row(const struct subject_list *list, const char *row)
{
	for (size_t i = 0; i < list->files.n; i++)
		if (list->tables[i].n_graphs > 0 && file_is(&list->files.v[i], row))
			return i;
	return SIZE_MAX;
}

/* With no row named: the processor's load says most about a server, the first port about a switch. */
static size_t find_default(const struct subject_list *list)
{
	static const char *const defaults[] = {"cpu", "interfaces"};

	for (size_t round = 0; round < ARRAY_LEN(defaults); round++)
		for (size_t i = 0; i < list->files.n; i++)
			if (list->tables[i].n_graphs > 0 &&
			    str_equal(list->files.v[i].table, defaults[round]))
				return i;
	return SIZE_MAX;
}

static const struct graph *graph_named(const struct subject_table *drawn, const char *name)
{
	for (size_t i = 0; i < drawn->n_graphs; i++)
		if (name == NULL || str_equal(drawn->graphs[i].name, name))
			return &drawn->graphs[i];
	return NULL;
}

/* Stored it may be: without the profile that it came from, nothing says what its numbers are. */
static bool is_stored(const struct subject_list *list, const char *row)
{
	for (size_t i = 0; i < list->files.n; i++)
		if (file_is(&list->files.v[i], row))
			return true;
	return false;
}

/* A name like `row`, with or without its table; NULL if there is none. Caller frees. */
static char *nearest_to(const struct subject_list *list, const char *row)
{
	size_t n = 0, count = list->files.n;
	char **names = mem_calloc(count + 1, sizeof *names), *found;
	const char **candidates = mem_calloc(2 * count + 1, sizeof *candidates), *nearest;

	for (size_t i = 0; i < count; i++) {
		names[i] = name_of(&list->files.v[i]);
		candidates[n++] = names[i];
		if (list->files.v[i].key != NULL)
			candidates[n++] = list->files.v[i].key;
	}
	nearest = str_nearest(row, candidates, n);
	found = nearest != NULL ? mem_strdup(nearest) : NULL;
	for (size_t i = 0; i < count; i++)
		free(names[i]);
	free(names);
	free(candidates);
	return found;
}

static void no_such_row(const struct subject_list *list, const struct invocation *invocation)
{
	const char *device = invocation->args[0], *row = invocation->n_args > 1 ? invocation->args[1] : NULL;
	char *nearest = NULL;

	if (row == NULL) {
		invocation_mistake(invocation,
		    "name a row of %s to draw; 'rollcall graph %s --list' lists them", device, device);
	} else if (is_stored(list, row)) {
		invocation_mistake(invocation, "no profile that is there says how to draw '%s'", row);
	} else {
		nearest = nearest_to(list, row);
		invocation_mistake(invocation,
		    "%s has nothing called '%s' to draw; %s%s%s'rollcall graph %s --list' lists what it has",
		    device, row, nearest != NULL ? "did you mean '" : "", nearest != NULL ? nearest : "",
		    nearest != NULL ? "'? " : "", device);
	}
	if (nearest == NULL && list->files.n <= SHORT_LIST)
		subject_print(list, stderr);
	free(nearest);
}

static void no_such_graph(
    const struct subject_table *drawn, const struct archive_file *file, const struct invocation *invocation)
{
	struct str known = {0};
	char *name = name_of(file);

	for (size_t i = 0; i < drawn->n_graphs; i++)
		str_addf(&known, " %s", drawn->graphs[i].name);
	invocation_mistake(
	    invocation, "%s has no graph '%s'; it has:%s", name, invocation->graph, str_text(&known));
	str_fini(&known);
	free(name);
}

bool subject_find(
    const struct subject_list *list, const struct invocation *invocation, struct subject *subject)
{
	size_t at = invocation->n_args > 1 ? find_row(list, invocation->args[1]) : find_default(list);
	const struct graph *graph;

	if (at == SIZE_MAX) {
		no_such_row(list, invocation);
		return false;
	}
	graph = graph_named(&list->tables[at], invocation->graph);
	if (graph == NULL) {
		no_such_graph(&list->tables[at], &list->files.v[at], invocation);
		return false;
	}
	*subject = (struct subject){&list->files.v[at], list->tables[at].table, graph};
	return true;
}

void subject_print(const struct subject_list *list, FILE *out)
{
	for (size_t i = 0; i < list->files.n; i++) {
		const struct subject_table *drawn = &list->tables[i];
		char *name = name_of(&list->files.v[i]);

		if (drawn->n_graphs > 0)
			fprintf(out, "%s ", name);
		for (size_t j = 0; j < drawn->n_graphs; j++)
			fprintf(out, " %s%s", drawn->graphs[j].name, j + 1 == drawn->n_graphs ? "\n" : "");
		free(name);
	}
}
