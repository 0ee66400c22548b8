/* tests/golden/profiles/NAME.yaml, with NAME.d/ where it extends others, -> NAME.ok (messages and the
 * flattened profile) or NAME.err (messages). With GOLDEN=update in the environment the
 * expected files are written anew. */
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/profile_load.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORY "tests/golden/profiles"

static void dump_source(struct str *out, const struct column *column, const struct source *source)
{
	char oid[OID_TEXT_MAX + 1];
	struct oid name;

	source_oid(source, &name);
	oid_format(&name, oid, sizeof oid);
	str_addf(out, "      %s %s%s", source->name, oid, source->is_instance ? " (instance)" : "");
	if (column->kind == KIND_COUNTER)
		str_addf(out, " %u bits", source->bits);
	if (source->scale < 1 || source->scale > 1)
		str_addf(out, " scale %g", source->scale);
	for (size_t i = 0; i < source->n_absent; i++)
		str_addf(out, "%s%.10g", i == 0 ? " absent " : ",", source->absent[i]);
	if (source->extract != NULL)
		str_addf(out, " extract %s", match_pattern(source->extract));
	if (source->rewrite != NULL)
		str_addf(out, " as %s", source->rewrite);
	str_add(out, "\n");
}

static void dump_expr(struct str *out, const struct profile *profile, const struct table *table,
    const char *what, const struct expr *expr);

static void dump_slot(struct str *out, const struct profile *profile, const struct table *table, int slot)
{
	static const char *const folds[] = {"", "sum ", "mean ", "min ", "max ", "count "};

	if (slot >= PROFILE_SLOT_OUTER) {
		const struct outer *outer = &table->outers[slot - PROFILE_SLOT_OUTER];
		const struct table *other = &profile->tables[outer->table];

		str_addf(out, " %s%s", folds[outer->fold], other->name);
		if (outer->column >= 0)
			str_addf(out, ".%s", other->columns[outer->column].name);
		dump_expr(out, profile, other, "where", outer->where);
		return;
	}
	str_addf(out, " %s", slot == PROFILE_SLOT_NOW ? "now" : table->columns[slot].name);
}

static void dump_expr(struct str *out, const struct profile *profile, const struct table *table,
    const char *what, const struct expr *expr)
{
	size_t n;
	const int *slots;

	if (expr == NULL)
		return;
	slots = expr_slots(expr, &n);
	str_addf(out, strcmp(what, "where") == 0 ? " %s (of" : "      %s of", what);
	for (size_t i = 0; i < n; i++)
		dump_slot(out, profile, table, slots[i]);
	str_add(out, strcmp(what, "where") == 0 ? ")" : "\n");
}

static void dump_column(
    struct str *out, const struct profile *profile, const struct table *table, const struct column *column)
{
	str_addf(out, "    %s %s%s%s", column->is_tag ? "tag" : "metric", column->name,
	    column->is_tag ? "" : " ", column->is_tag ? "" : kind_name(column->kind));
	if (column->unit[0] != '\0')
		str_addf(out, " unit %s", column->unit);
	if (column->ds != NULL)
		str_addf(out, " ds %s", column->ds);
	if (column->counter >= 0)
		str_addf(out, " counter %d", column->counter);
	if (column->is_static)
		str_add(out, " static");
	if (column->format != VALUE_FORMAT_AUTO)
		str_addf(out, " format %d", (int)column->format);
	if (column->convert != CONVERT_NONE)
		str_addf(out, " convert %d", (int)column->convert);
	if (column->alias != NULL)
		str_addf(out, " alias %s", column->alias);
	if (column->constant != NULL)
		str_addf(out, " constant '%s'", column->constant);
	if (column->is_foreign)
		str_add(out, " foreign");
	for (size_t i = 0; i < column->n_parts; i++)
		str_addf(out, "%s%u..%s%u", i == 0 ? " index " : ",", column->parts[i].first,
		    column->parts[i].from_end ? "-" : "", column->parts[i].last);
	if (column->has_pointer)
		str_addf(out, " of %s", table->columns[column->pointer].name);
	str_add(out, "\n");
	for (size_t i = 0; i < column->n_sources; i++)
		dump_source(out, column, &column->sources[i]);
	if (column->extract != NULL)
		str_addf(out, "      extract %s%s%s\n", match_pattern(column->extract),
		    column->rewrite != NULL ? " as " : "", column->rewrite != NULL ? column->rewrite : "");
	for (size_t i = 0; i < column->n_texts; i++)
		str_addf(out, "      text %s is %s\n", column->texts[i].from, column->texts[i].to);
	for (size_t i = 0; i < column->n_names; i++)
		str_addf(out, "%s%lld %s%s", i == 0 ? "      names " : ", ",
		    (long long)column->names[i].number, column->names[i].name,
		    i + 1 == column->n_names ? "\n" : "");
	dump_expr(out, profile, table, "formula", column->formula);
	dump_expr(out, profile, table, "max_rate", column->max_rate);
}

static void dump_graph(struct str *out, const struct graph *graph)
{
	str_addf(out, "    graph %s '%s' unit '%s'%s", graph->name, graph->title, graph->unit,
	    graph->percentile ? " percentile" : "");
	if (graph->has_min)
		str_addf(out, " min %g", graph->min);
	if (graph->has_max)
		str_addf(out, " max %g", graph->max);
	str_add(out, "\n");
	for (size_t i = 0; i < graph->n_series; i++)
		str_addf(out, "      '%s' = %s style %d colour %u%s\n", graph->series[i].label,
		    graph->series[i].formula, (int)graph->series[i].style, graph->series[i].colour,
		    graph->series[i].dashed ? " dashed" : "");
}

static void dump_table(struct str *out, const struct profile *profile, const struct table *table)
{
	char text[UNITS_TEXT_MAX];

	str_addf(out, "  %s %s '%s' columns %zu counters %zu ds %zu", table->is_scalar ? "group" : "table",
	    table->name, table->title, table->n_columns, table->n_counters, table->n_ds);
	for (size_t i = 0; i < table->n_keys; i++)
		str_addf(out, "%s%s",
		    i == 0		   ? " key "
		    : table->key_joined[i] ? "+"
					   : ",",
		    table->columns[table->keys[i]].name);
	if (table->discontinuity >= 0)
		str_addf(out, " discontinuity %s", table->columns[table->discontinuity].name);
	if (table->interval > 0)
		str_addf(out, " interval %s", units_config_duration(text, table->interval));
	if (table->guard.name != NULL)
		str_addf(out, " guard %s", table->guard.name);
	for (size_t i = 0; i < table->n_group_tags; i++)
		str_addf(out, "%s%s", i == 0 ? " by " : ",",
		    profile->tables[table->group_of].columns[table->group_tags[i]].name);
	if (table->presence > 0)
		str_addf(out, " presence %s", units_config_duration(text, table->presence));
	if (table->rank > 0)
		str_addf(out, " rank %u", table->rank);
	str_add(out, "\n");
	if (table->exclude != NULL)
		str_addf(out, "      exclude %s\n", match_pattern(table->exclude));
	dump_expr(out, profile, table, "exclude_if", table->exclude_if);
	for (size_t i = 0; i < table->n_columns; i++)
		dump_column(out, profile, table, &table->columns[i]);
	for (size_t i = 0; i < table->n_graphs; i++)
		dump_graph(out, &table->graphs[i]);
}

static void dump_match(struct str *out, const char *what, const struct match *match)
{
	if (match != NULL)
		str_addf(out, " %s %s", what, match_pattern(match));
}

static void dump_selector(struct str *out, const struct selector *selector)
{
	str_add(out, "  selector");
	for (size_t i = 0; i < selector->n_sysobjectids; i++)
		str_addf(out, " %s", selector->sysobjectids[i]);
	dump_match(out, "or", selector->object_id);
	dump_match(out, "not", selector->not_object_id);
	dump_match(out, "sysdescr", selector->sysdescr);
	dump_match(out, "not sysdescr", selector->not_sysdescr);
	str_add(out, "\n");
}

static void dump_profile(struct str *out, const struct profile *profile)
{
	str_addf(out, "profile %s%s", profile->name, profile->is_abstract ? " (abstract)" : "");
	for (size_t i = 0; i < profile->n_sysobjectids; i++)
		str_addf(out, " %s", profile->sysobjectids[i]);
	if (profile->sysdescr != NULL)
		str_addf(out, " sysdescr %s", match_pattern(profile->sysdescr));
	for (size_t i = 0; i < profile->n_probes; i++)
		str_addf(out, " probe %s%s%s", profile->probes[i].source.name,
		    profile->probes[i].any_row ? " (any row)" : "",
		    profile->probes[i].source.is_instance ? " (instance)" : "");
	str_add(out, "\n");
	for (size_t i = 0; i < profile->n_selectors; i++)
		dump_selector(out, &profile->selectors[i]);
	for (size_t i = 0; i < profile->n_tables; i++)
		dump_table(out, profile, &profile->tables[i]);
}

struct names {
	char **v;
	size_t n, cap;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_fini(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		free(names->v[i]);
	vec_fini(names);
}

/* Paths of the .yaml files of a directory, sorted; none if there is no such directory. */
static void list(struct names *names, const char *directory)
{
	DIR *dir = opendir(directory);
	size_t before = names->n;
	struct dirent *entry;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (str_ends(entry->d_name, ".yaml"))
			vec_push(names, str_format("%s/%s", directory, entry->d_name));
	}
	closedir(dir);
	qsort(names->v + before, names->n - before, sizeof *names->v, by_name);
}

static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	struct str text = {0};
	char buf[4096];
	size_t got;

	if (file == NULL)
		return NULL;
	while ((got = fread(buf, 1, sizeof buf, file)) > 0)
		str_add_n(&text, buf, got);
	fclose(file);
	return str_steal(&text);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

/* Loads the file and its folder; messages, then the profile. Returns whether it loaded. */
static bool run(const char *path, struct str *out)
{
	struct diag *diag = diag_new();
	struct mibnames *names = mibnames_new(diag, "tests/golden/mibs");
	struct profile **profiles;
	struct names files = {0};
	char *folder = str_format("%.*s.d", (int)(strlen(path) - strlen(".yaml")), path);
	size_t n;
	bool ok;

	vec_push(&files, mem_strdup(path));
	list(&files, folder);
	ok = profile_load_all((const char *const *)files.v, files.n, diag, names, &profiles, &n) == ERR_OK;
	mibnames_report(names);
	diag_render(diag, out);
	assert_int_equal(ok, diag_errors(diag) == 0);
	if (ok) {
		assert_int_equal(n, files.n);
		dump_profile(out, profiles[0]);
		/* Styles of others: a file for each, and all of them are looked at. */
		for (size_t i = 1; i < n && strstr(path, "/style-") != NULL; i++)
			dump_profile(out, profiles[i]);
		for (size_t i = 0; i < n; i++)
			profile_free(profiles[i]);
		free(profiles);
	}
	free(folder);
	names_fini(&files);
	mibnames_free(names);
	diag_free(diag);
	return ok;
}

static bool check(const char *path)
{
	struct str out = {0};
	bool ok = run(path, &out), same;
	int stem = (int)(strlen(path) - strlen(".yaml"));
	char *expected = str_format("%.*s.%s", stem, path, ok ? "ok" : "err");
	char *other = str_format("%.*s.%s", stem, path, ok ? "err" : "ok"), *want;

	if (getenv("GOLDEN") != NULL && strcmp(getenv("GOLDEN"), "update") == 0) {
		write_text(expected, str_text(&out));
		unlink(other);
	}
	want = read_text(expected);
	same = want != NULL && strcmp(want, str_text(&out)) == 0 && access(other, F_OK) != 0;
	if (!same)
		printf("%s: got\n%s\n", expected, str_text(&out));
	free(want);
	free(expected);
	free(other);
	str_fini(&out);
	return same;
}

static void test_golden(void **state)
{
	struct names names = {0};
	size_t wrong = 0;

	(void)state;
	list(&names, DIRECTORY);
	assert_true(names.n >= 20);
	for (size_t i = 0; i < names.n; i++)
		wrong += !check(names.v[i]);
	names_fini(&names);
	assert_int_equal(wrong, 0);
}

static double slot_value(void *arg, int slot)
{
	return ((const double *)arg)[slot];
}

/* A name of a state means the number that the column before it gives to it. */
static void test_enum_names(void **state)
{
	static const char *const file[] = {DIRECTORY "/enum-names.yaml"};
	struct diag *diag = diag_new();
	struct profile **profiles;
	const struct column *up, *not_up;
	double values[4] = {1, 5};
	size_t n;

	(void)state;
	assert_int_equal(profile_load_all(file, 1, diag, NULL, &profiles, &n), ERR_OK);
	up = &profiles[0]->tables[0].columns[2];
	not_up = &profiles[0]->tables[0].columns[3];
	assert_true(expr_eval(up->formula, slot_value, values) > 0.5);
	values[1] = 1; /* up of the other column */
	assert_true(expr_eval(up->formula, slot_value, values) < 0.5);
	values[0] = 2;
	values[1] = 7;
	values[2] = 10; /* the metric `up` */
	assert_true(fabs(expr_eval(not_up->formula, slot_value, values) - 11) < 1e-9);
	profile_free(profiles[0]);
	free(profiles);
	diag_free(diag);
}

/* A metric under a condition is unknown where that does not hold. */
static void test_conditions(void **state)
{
	static const char *const file[] = {DIRECTORY "/conditions.yaml"};
	struct diag *diag = diag_new();
	struct profile **profiles;
	const struct table *table;
	double values[PROFILE_COLUMNS_MAX] = {0};
	int type, raw, temp;
	size_t n;

	(void)state;
	assert_int_equal(profile_load_all(file, 1, diag, NULL, &profiles, &n), ERR_OK);
	table = &profiles[0]->tables[0];
	type = table_column(table, "exSensorType");
	raw = table_column(table, "exTemp_raw");
	temp = table_column(table, "exTemp");
	assert_true(type >= 0 && raw >= 0 && temp >= 0);
	values[raw] = 21.5;
	values[type] = 8;
	assert_true(fabs(expr_eval(table->columns[temp].formula, slot_value, values) - 21.5) < 1e-9);
	values[type] = 6;
	assert_true(isnan(expr_eval(table->columns[temp].formula, slot_value, values)));
	profile_free(profiles[0]);
	free(profiles);
	diag_free(diag);
}

/* What another file says of an object is a part of what a profile is: a reload must see that. */
static void test_borrowed_kinds_are_in_the_digest(void **state)
{
	static const char *const files[] = {DIRECTORY "/kinds.yaml", DIRECTORY "/kinds.d/ours.yaml"};
	struct diag *diag = diag_new();
	struct profile **alone, **both;
	size_t n_alone, n_both;

	(void)state;
	assert_int_equal(profile_load_all(files, 1, diag, NULL, &alone, &n_alone), ERR_OK);
	assert_int_equal(profile_load_all(files, 2, diag, NULL, &both, &n_both), ERR_OK);
	assert_true(alone[0]->digest != both[0]->digest);
	profile_free(alone[0]);
	profile_free(both[0]);
	profile_free(both[1]);
	free(alone);
	free(both);
	diag_free(diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_golden),
	    cmocka_unit_test(test_enum_names),
	    cmocka_unit_test(test_conditions),
	    cmocka_unit_test(test_borrowed_kinds_are_in_the_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
