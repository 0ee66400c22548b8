#include "scenario/yamllab.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALL_START (INT64_C(1790000000) * UNITS_SEC)

static const char settings[] = "credential: public\n"
			       "interval: 60s\n"
			       "timeout: 1s\n"
			       "retries: 1\n"
			       "devices: [{name: d, address: 192.0.2.1}]\n";

/* A file of the folder, or the folder itself. */
static const char *path_of(char path[128], const char *folder, const char *name)
{
	snprintf(path, 128, "%s/%s", folder, name);
	return path;
}

static void put_file(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *out = fopen(path_of(path, folder, name), "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static struct inventory *load(const char *profile, const char *rules)
{
	char folder[] = "/tmp/rollcall-test-XXXXXX", file[128], profiles[128], path[128], text[512];
	struct config_options options = {.file = file, .profiles_dir = profiles};
	struct config_report report = {0};
	struct inventory *inventory;

	assert_non_null(mkdtemp(folder));
	path_of(file, folder, "rollcall.yaml");
	assert_int_equal(mkdir(path_of(profiles, folder, "profiles"), 0700), 0);
	snprintf(text, sizeof text, "%s%s", settings, rules != NULL ? "rules: [rules.yaml]\n" : "");
	put_file(folder, "rollcall.yaml", text);
	put_file(folder, "profiles/box.yaml", profile);
	if (rules != NULL)
		put_file(folder, "rules.yaml", rules);
	inventory = config_load(&options, &report);
	unlink(path_of(path, folder, "rules.yaml"));
	unlink(path_of(path, folder, "profiles/box.yaml"));
	unlink(file);
	rmdir(profiles);
	rmdir(folder);
	if (inventory == NULL || report.warnings > 0)
		fail_msg("%s", str_text(&report.messages));
	config_report_fini(&report);
	return inventory;
}

void yamllab_init(struct yamllab *lab, const char *profile, const char *rules)
{
	struct inventory *inventory = load(profile, rules);

	memset(lab, 0, sizeof *lab);
	clock_virtual_init(&lab->clock, WALL_START);
	lab->loop = loop_new_virtual(&lab->clock);
	loop_run_until(lab->loop, UNITS_SEC);
	lab->replay = replay_new(lab->loop);
	lab->agent = replay_agent(lab->replay);
	lab->sink = memory_sink(&lab->memory);
	lab->device = replay_device(lab->replay, "192.0.2.1");
	replay_system(lab->device, "1.3.6.1.4.1.9999.1", "a box");
	lab->pipeline = pipeline_new(lab->loop, inventory, &lab->agent, &lab->sink);
}

void yamllab_fini(struct yamllab *lab)
{
	assert_int_equal(lab->memory.backward, 0);
	pipeline_free(lab->pipeline);
	memory_sink_fini(&lab->memory);
	replay_free(lab->replay);
	loop_free(lab->loop);
}

static struct device_report report_of(const struct yamllab *lab)
{
	struct device_report report = {0};

	pipeline_report(lab->pipeline, 0, &report);
	return report;
}

void yamllab_poll(struct yamllab *lab)
{
	uint64_t before, ended;
	int64_t patience;

	pipeline_progress(lab->pipeline, &before, &patience);
	for (int seconds = 0; seconds < 180; seconds++) {
		loop_run_until(lab->loop, loop_now(lab->loop) + UNITS_SEC);
		pipeline_progress(lab->pipeline, &ended, &patience);
		if (ended > before)
			return;
	}
	fail_msg("no poll has ended for 3 minutes");
}

const struct rowset *yamllab_rows(struct yamllab *lab, const char *table)
{
	struct device_report report = report_of(lab);

	for (size_t i = 0; i < report.n_tables; i++) {
		if (strcmp(report.tables[i]->table->name, table) == 0)
			return report.tables[i];
	}
	return NULL;
}

double yamllab_number(struct yamllab *lab, const char *table, const char *key, const char *metric)
{
	const struct rowset *set = yamllab_rows(lab, table);
	size_t row = 0;
	int column;

	assert_non_null(set);
	row = key != NULL ? rowset_find(set, key) : 0;
	column = table_column(set->table, metric);
	assert_true(column >= 0);
	return row < set->n_rows ? rowset_number(set, row, (size_t)column) : (double)NAN;
}

double yamllab_stored(struct yamllab *lab, const char *table, const char *key, const char *ds)
{
	struct memory_series *series = memory_find(&lab->memory, "d", table, key);

	return series != NULL ? memory_value(series, 0, ds) : (double)NAN;
}

size_t yamllab_problems(struct yamllab *lab, const char *rule)
{
	struct device_report report = report_of(lab);
	size_t n = 0;

	for (size_t i = 0; i < report.n_problems; i++)
		n += rule == NULL || strcmp(report.problems[i].rule, rule) == 0;
	return n;
}
