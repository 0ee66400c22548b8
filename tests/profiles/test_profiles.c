/* The shipped profiles against agents made of walks. tests/profiles/NAME.walk is what an agent answers
 * (walk.h), NAME.2.walk what is different a minute later, NAME.expect what rollcall makes of both: the
 * profile, each value, and what the shipped rules say 20 minutes later.
 *
 * With GOLDEN=update in the environment .expect files are written anew; read them before you believe them.
 * ONLY="apc ups" looks at the walks whose names begin with one of these words, and not for what is missing.
 *
 * Each profile that a device may get must have a walk, and each column of it a value in one of them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/mem.h"
#include "profiles/render.h"
#include "profiles/site.h"
#include "profiles/walk.h"

#include <glob.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FOLDER	  "tests/profiles"
#define TURNS	  22 /* the longest `for` of a rule is 15 minutes */
#define WALKS_MAX 250

struct subject {
	char name[64];
	struct walk first, second;
	struct site site;
	struct str got;
};

struct stage {
	struct subject subjects[WALKS_MAX];
	size_t n;
	struct str missing; /* profiles without a walk, columns without a value */
};

/* ---- walks ---- */

static bool is_wanted(const char *name)
{
	const char *only = getenv("ONLY");

	if (only == NULL)
		return true;
	while (*only != '\0') {
		size_t len = strcspn(only, " ");

		if (len > 0 && strncmp(name, only, len) == 0)
			return true;
		only += len + (only[len] != '\0');
	}
	return false;
}

static bool add_walk(struct stage *stage, const char *path)
{
	struct subject *subject = &stage->subjects[stage->n];
	const char *base = path + strlen(FOLDER "/");
	struct str error = {0};
	char second[128];
	bool good;

	if (str_ends(path, ".2.walk"))
		return true;
	assert_true(stage->n < WALKS_MAX);
	snprintf(subject->name, sizeof subject->name, "%.*s", (int)(strlen(base) - strlen(".walk")), base);
	if (!is_wanted(subject->name))
		return true;
	stage->n++;
	snprintf(second, sizeof second, FOLDER "/%s.2.walk", subject->name);
	good = walk_read(&subject->first, path, &error);
	if (good && access(second, F_OK) == 0)
		good = walk_read(&subject->second, second, &error);
	print_error("%s", str_text(&error));
	str_fini(&error);
	return good;
}

static bool find_walks(struct stage *stage)
{
	glob_t found;
	bool good = true;

	if (glob(FOLDER "/*.walk", 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++)
		good &= add_walk(stage, found.gl_pathv[i]);
	globfree(&found);
	return good;
}

/* ---- polling ---- */

/* The first polls are not a whole interval apart; those of turns 1 and 2 are. */
static void poll_all_turns(struct subject *subject)
{
	struct device_report report;

	for (unsigned turn = 0; turn < TURNS; turn++) {
		walk_serve(&subject->first, &subject->second, subject->site.device, turn);
		site_run(&subject->site, 1);
		report = site_report(&subject->site);
		if (turn == 2)
			render_values(&subject->got, &report);
	}
	render_problems(&subject->got, &report);
	str_add(&subject->got, str_text(&subject->site.told));
}

static bool play(struct subject *subject)
{
	if (!site_open(&subject->site, subject->name, ""))
		return false;
	poll_all_turns(subject);
	return true;
}

/* ---- what no walk has ---- */

static bool set_has(const struct rowset *set, const char *name)
{
	int column = table_column(set->table, name);

	for (size_t row = 0; column >= 0 && row < set->n_rows; row++) {
		if (set->table->columns[column].is_tag ? rowset_tag(set, row, (size_t)column) != NULL
						       : !isnan(rowset_value(set, row, (size_t)column)))
			return true;
	}
	return false;
}

static bool some_walk_has(const struct stage *stage, const char *table, const char *column)
{
	for (size_t i = 0; i < stage->n; i++) {
		struct device_report report = site_report(&stage->subjects[i].site);

		for (size_t t = 0; t < report.n_tables; t++) {
			if (report.tables[t] != NULL && strcmp(report.tables[t]->table->name, table) == 0 &&
			    set_has(report.tables[t], column))
				return true;
		}
	}
	return false;
}

static bool is_used(const struct stage *stage, const char *profile)
{
	for (size_t i = 0; i < stage->n; i++) {
		struct device_report report = site_report(&stage->subjects[i].site);

		if (report.profile != NULL && strcmp(report.profile->name, profile) == 0)
			return true;
	}
	return false;
}

static void find_missing_of(struct stage *stage, const struct profile *profile)
{
	for (size_t t = 0; t < profile->n_tables; t++) {
		const struct table *table = &profile->tables[t];

		for (size_t c = 0; c < table->n_columns; c++) {
			if (!some_walk_has(stage, table->name, table->columns[c].name))
				str_addf(&stage->missing, "%s: %s %s has no value in any walk\n",
				    profile->name, table->name, table->columns[c].name);
		}
	}
}

static void find_missing(struct stage *stage)
{
	const struct inventory *inventory = pipeline_inventory(stage->subjects[0].site.pipeline);

	for (size_t p = 0; p < inventory->n_profiles; p++) {
		const struct profile *profile = inventory->profiles[p];

		if (profile->is_abstract)
			continue;
		if (is_used(stage, profile->name))
			find_missing_of(stage, profile);
		else
			str_addf(&stage->missing, "profile %s has no walk\n", profile->name);
	}
}

/* ---- tests ---- */

static bool set_up(struct stage *stage)
{
	if (!find_walks(stage) || stage->n == 0)
		return false;
	for (size_t i = 0; i < stage->n; i++) {
		if (!play(&stage->subjects[i]))
			return false;
	}
	find_missing(stage);
	return true;
}

static void subject_fini(struct subject *subject)
{
	site_close(&subject->site);
	walk_fini(&subject->first);
	walk_fini(&subject->second);
	str_fini(&subject->got);
}

static void tear_down(struct stage *stage)
{
	for (size_t i = 0; i < stage->n; i++)
		subject_fini(&stage->subjects[i]);
	str_fini(&stage->missing);
}

static void read_whole(struct str *out, const char *path)
{
	char part[4096];
	FILE *file = fopen(path, "r");
	size_t n;

	if (file == NULL)
		return;
	while ((n = fread(part, 1, sizeof part, file)) > 0)
		str_add_n(out, part, n);
	fclose(file);
}

/* The first line in which they differ. */
static void show_difference(const char *path, const char *want, const char *got)
{
	unsigned line = 1;

	while (*want != '\0' && *got != '\0') {
		size_t w = strcspn(want, "\n"), g = strcspn(got, "\n");

		if (w != g || memcmp(want, got, w) != 0)
			break;
		want += w + (want[w] != '\0');
		got += g + (got[g] != '\0');
		line++;
	}
	print_error("%s:%u:\n- %.*s\n+ %.*s\n", path, line, (int)strcspn(want, "\n"), want,
	    (int)strcspn(got, "\n"), got);
}

static void test_walk(void **state)
{
	const struct subject *subject = *state;
	struct str want = {0};
	char path[128];
	bool same;

	snprintf(path, sizeof path, FOLDER "/%s.expect", subject->name);
	if (getenv("GOLDEN") != NULL && strcmp(getenv("GOLDEN"), "update") == 0) {
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(str_text(&subject->got), file);
		assert_int_equal(fclose(file), 0);
		return;
	}
	read_whole(&want, path);
	same = strcmp(str_text(&want), str_text(&subject->got)) == 0;
	if (!same)
		show_difference(path, str_text(&want), str_text(&subject->got));
	str_fini(&want);
	assert_true(same);
}

static void test_nothing_missing(void **state)
{
	const struct stage *stage = *state;

	if (getenv("ONLY") != NULL)
		skip();
	print_error("%s", str_text(&stage->missing));
	assert_string_equal(str_text(&stage->missing), "");
}

int main(void)
{
	static struct stage stage;
	static struct CMUnitTest tests[WALKS_MAX + 1];
	int failed = 1;

	log_set_level(LOG_LEVEL_ERROR);
	if (set_up(&stage)) {
		for (size_t i = 0; i < stage.n; i++)
			tests[i] = (struct CMUnitTest){.name = stage.subjects[i].name,
			    .test_func = test_walk,
			    .initial_state = &stage.subjects[i]};
		tests[stage.n] = (struct CMUnitTest){.name = "each profile and column has a walk",
		    .test_func = test_nothing_missing,
		    .initial_state = &stage};
		failed = _cmocka_run_group_tests("profiles", tests, stage.n + 1, NULL, NULL);
	}
	tear_down(&stage);
	return failed;
}
