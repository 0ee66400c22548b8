#include "model/profile.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

const char *kind_name(enum kind kind)
{
	switch (kind) {
	case KIND_GAUGE:
		return "gauge";
	case KIND_COUNTER:
		return "counter";
	case KIND_ENUM:
		return "enum";
	case KIND_BITS:
		return "bits";
	case KIND_TIMETICKS:
		return "timeticks";
	case KIND_DATETIME:
		return "datetime";
	case KIND_TEXT:
		return "text";
	}
	return "?";
}

void source_fini(struct source *source)
{
	free(source->name);
	free(source->ber);
	free(source->absent);
	memset(source, 0, sizeof *source);
}

void column_fini(struct column *column)
{
	free(column->name);
	free(column->unit);
	free(column->ds);
	for (size_t i = 0; i < column->n_sources; i++)
		source_fini(&column->sources[i]);
	free(column->sources);
	match_free(column->extract);
	for (size_t i = 0; i < column->n_names; i++)
		free(column->names[i].name);
	free(column->names);
	expr_free(column->formula);
	expr_free(column->max_rate);
	memset(column, 0, sizeof *column);
}

void graph_fini(struct graph *graph)
{
	for (size_t i = 0; i < graph->n_series; i++) {
		free(graph->series[i].label);
		free(graph->series[i].formula);
	}
	free(graph->series);
	free(graph->name);
	free(graph->title);
	free(graph->unit);
	memset(graph, 0, sizeof *graph);
}

void table_fini(struct table *table)
{
	for (size_t i = 0; i < table->n_columns; i++)
		column_fini(&table->columns[i]);
	free(table->columns);
	for (size_t i = 0; i < table->n_graphs; i++)
		graph_fini(&table->graphs[i]);
	free(table->graphs);
	source_fini(&table->guard);
	match_free(table->exclude);
	expr_free(table->exclude_if);
	free(table->keys);
	free(table->name);
	free(table->title);
	memset(table, 0, sizeof *table);
}

void profile_free(struct profile *profile)
{
	if (profile == NULL)
		return;
	for (size_t i = 0; i < profile->n_tables; i++)
		table_fini(&profile->tables[i]);
	free(profile->tables);
	for (size_t i = 0; i < profile->n_sysobjectids; i++)
		free(profile->sysobjectids[i]);
	free(profile->sysobjectids);
	match_free(profile->sysdescr);
	source_fini(&profile->probe);
	free(profile->name);
	free(profile->file);
	free(profile);
}

int table_column(const struct table *table, const char *name)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		if (strcmp(table->columns[i].name, name) == 0)
			return (int)i;
	}
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];

		for (size_t s = 0; s < column->n_sources; s++) {
			if (strcmp(column->sources[s].name, name) == 0)
				return (int)i;
		}
	}
	for (size_t i = 0; i < table->n_columns; i++) {
		if (str_equal(table->columns[i].ds, name))
			return (int)i;
	}
	return -1;
}

const struct table *profile_table(const struct profile *profile, const char *name)
{
	for (size_t i = 0; i < profile->n_tables; i++) {
		if (strcmp(profile->tables[i].name, name) == 0)
			return &profile->tables[i];
	}
	return NULL;
}

const char *column_enum_text(const struct column *column, int64_t number)
{
	for (size_t i = 0; i < column->n_names; i++) {
		if (column->names[i].number == number)
			return column->names[i].name;
	}
	return NULL;
}

/* Steps of fit: each must outweigh all below it together. */
#define FIT_PROBE    1
#define FIT_SYSDESCR 2
#define FIT_ANY	     4 /* "*", or no sysobjectid at all */
#define FIT_PER_ID   4 /* each sub-identifier of a wildcard */
#define FIT_EXACT    ((OID_MAX + 2) * FIT_PER_ID)

/* How well one pattern fits; 0 = not. */
static int fit_object_id(const char *pattern, const char *id)
{
	size_t len, ids = 1;

	if (*pattern == '.')
		pattern++;
	if (*id == '.')
		id++;
	len = strlen(pattern);
	if (len == 0)
		return 0;
	if (pattern[len - 1] != '*')
		return strcmp(pattern, id) == 0 ? FIT_EXACT : 0;
	if (len == 1)
		return FIT_ANY;
	/* With its last dot: "1.3.6.*" asks for something below 1.3.6, not for 1.3.6 itself. */
	if (strncmp(pattern, id, len - 1) != 0)
		return 0;
	for (size_t i = 0; i < len; i++)
		ids += pattern[i] == '.';
	return FIT_ANY + (int)(ids > OID_MAX ? OID_MAX : ids) * FIT_PER_ID;
}

int profile_fit(
    const struct profile *profile, const char *sysobjectid, const char *sysdescr, bool probe_answered)
{
	int fit = 0;

	if (profile->is_abstract || (profile->probe.name != NULL && !probe_answered))
		return 0;
	if (profile->sysdescr != NULL && !match_test(profile->sysdescr, sysdescr ? sysdescr : ""))
		return 0;
	if (profile->n_sysobjectids == 0)
		fit = FIT_ANY;
	for (size_t i = 0; i < profile->n_sysobjectids; i++) {
		int one = fit_object_id(profile->sysobjectids[i], sysobjectid ? sysobjectid : "");

		if (one > fit)
			fit = one;
	}
	if (fit == 0)
		return 0;
	if (profile->sysdescr != NULL)
		fit += FIT_SYSDESCR;
	if (profile->probe.name != NULL)
		fit += FIT_PROBE;
	return fit;
}
