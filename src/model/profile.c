#include "model/profile.h"

#include "base/mem.h"
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
	match_free(source->extract);
	free(source->rewrite);
	memset(source, 0, sizeof *source);
}

bool source_set_oid(struct source *source, const struct oid *oid)
{
	uint8_t ber[OID_BER_MAX];

	free(source->ber);
	source->ber_len = oid_to_ber(oid, ber);
	source->ber = source->ber_len > 0 ? mem_dup(ber, source->ber_len) : NULL;
	return source->ber_len > 0;
}

void source_oid(const struct source *source, struct oid *oid)
{
	if (source->ber_len == 0 || oid_from_ber(source->ber, source->ber_len, oid) != ERR_OK)
		*oid = (struct oid){.len = 0};
}

bool source_same_oid(const struct source *a, const struct source *b)
{
	return oid_ber_compare(a->ber, a->ber_len, b->ber, b->ber_len) == 0;
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
	for (size_t i = 0; i < column->n_texts; i++) {
		free(column->texts[i].from);
		free(column->texts[i].to);
	}
	free(column->texts);
	free(column->rewrite);
	free(column->alias);
	free(column->constant);
	free(column->parts);
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
	for (size_t i = 0; i < table->n_outers; i++)
		expr_free(table->outers[i].where);
	free(table->outers);
	free(table->group_tags);
	source_fini(&table->guard);
	match_free(table->exclude);
	expr_free(table->exclude_if);
	free(table->keys);
	free(table->key_joined);
	free(table->name);
	free(table->title);
	memset(table, 0, sizeof *table);
}

void selector_fini(struct selector *selector)
{
	for (size_t i = 0; i < selector->n_sysobjectids; i++)
		free(selector->sysobjectids[i]);
	free(selector->sysobjectids);
	for (size_t i = 0; i < selector->n_patterns; i++)
		free(selector->patterns[i]);
	free(selector->patterns);
	for (size_t i = 0; i < selector->n_words; i++)
		free(selector->words[i]);
	free(selector->words);
	match_free(selector->object_id);
	match_free(selector->not_object_id);
	match_free(selector->sysdescr);
	match_free(selector->not_sysdescr);
	memset(selector, 0, sizeof *selector);
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
	for (size_t i = 0; i < profile->n_selectors; i++)
		selector_fini(&profile->selectors[i]);
	free(profile->selectors);
	for (size_t i = 0; i < profile->n_probes; i++)
		source_fini(&profile->probes[i].source);
	free(profile->probes);
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
	for (size_t i = 0; i < table->n_columns; i++) {
		if (str_equal(table->columns[i].alias, name))
			return (int)i;
	}
	return -1;
}

size_t table_key_run(const struct table *table, size_t first)
{
	size_t n = 1;

	while (table->key_joined != NULL && first + n < table->n_keys && table->key_joined[first + n])
		n++;
	return n;
}

bool table_identifies(const struct table *table, size_t number)
{
	const struct column *column = &table->columns[number];

	if (!column->is_tag || column->constant != NULL)
		return false;
	if (column->n_sources == 0)
		return true;
	if (column->n_names > 0 || column->n_texts > 0)
		return false;
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *other = &table->columns[i];

		if (!other->is_tag && other->n_sources > 0 &&
		    source_same_oid(&other->sources[0], &column->sources[0]))
			return false;
	}
	return true;
}

bool table_folds(const struct table *table)
{
	for (size_t i = 0; table->is_scalar && i < table->n_outers; i++) {
		if (table->outers[i].fold != FOLD_NONE)
			return true;
	}
	return false;
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

static int best_object_id(char *const *patterns, size_t n, const char *id)
{
	int best = 0;

	for (size_t i = 0; i < n; i++) {
		int one = fit_object_id(patterns[i], id);

		if (one > best)
			best = one;
	}
	return best;
}

int selector_fit(const struct selector *selector, const char *id, const char *sysdescr)
{
	int fit = best_object_id(selector->sysobjectids, selector->n_sysobjectids, id);

	if (*id == '.')
		id++;
	if ((selector->not_object_id != NULL && match_test(selector->not_object_id, id)) ||
	    (selector->not_sysdescr != NULL && match_test(selector->not_sysdescr, sysdescr)) ||
	    (selector->sysdescr != NULL && !match_test(selector->sysdescr, sysdescr)))
		return 0;
	if (fit == 0 && selector->object_id != NULL && match_test(selector->object_id, id))
		fit = FIT_ANY + FIT_PER_ID;
	if (fit == 0 && selector->n_sysobjectids == 0 && selector->object_id == NULL)
		fit = FIT_ANY;
	return fit == 0 ? 0 : fit + (selector->sysdescr != NULL ? FIT_SYSDESCR : 0);
}

int profile_fit(const struct profile *profile, const char *sysobjectid, const char *sysdescr, bool probed)
{
	int fit = 0;

	if (profile->is_abstract || (profile->n_probes > 0 && !probed))
		return 0;
	sysobjectid = sysobjectid != NULL ? sysobjectid : "";
	sysdescr = sysdescr != NULL ? sysdescr : "";
	if (profile->sysdescr != NULL && !match_test(profile->sysdescr, sysdescr))
		return 0;
	if (profile->n_sysobjectids == 0 && profile->n_selectors == 0)
		fit = FIT_ANY;
	else
		fit = best_object_id(profile->sysobjectids, profile->n_sysobjectids, sysobjectid);
	for (size_t i = 0; i < profile->n_selectors; i++) {
		int one = selector_fit(&profile->selectors[i], sysobjectid, sysdescr);

		if (one > fit)
			fit = one;
	}
	if (fit == 0)
		return 0;
	if (profile->sysdescr != NULL)
		fit += FIT_SYSDESCR;
	if (profile->n_probes > 0)
		fit += FIT_PROBE;
	return fit;
}
