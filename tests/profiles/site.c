#include "profiles/site.h"

#include "config/config.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WALL_START (INT64_C(1767268800) * UNITS_SEC) /* 2026-01-01 12:00 UTC */

static struct inventory *load(const char *name, const char *settings)
{
	char dir[] = "/tmp/rollcall-test-XXXXXX", path[64];
	struct config_options options = {.file = path, .profiles_dir = "etc/profiles"};
	struct config_report report = {0};
	struct inventory *inventory;
	FILE *file;

	if (mkdtemp(dir) == NULL)
		return NULL;
	snprintf(path, sizeof path, "%s/rollcall.yaml", dir);
	file = fopen(path, "w");
	assert(file != NULL);
	fputs("credential: public\ninterval: 60s\ntimeout: 1s\n", file);
	fprintf(file, "devices: [{name: %s, address: 192.0.2.1%s}]\n", name, settings);
	fclose(file);
	inventory = config_load(&options, &report);
	if (report.errors > 0 || strstr(str_text(&report.messages), "etc/") != NULL) {
		fputs(str_text(&report.messages), stderr);
		inventory_free(inventory); /* what is shipped is without warnings too */
		inventory = NULL;
	}
	config_report_fini(&report);
	unlink(path);
	rmdir(dir);
	return inventory;
}

static void heard(void *arg, const struct event *event)
{
	struct site *site = arg;

	if (event->kind == EVENT_INFO)
		str_addf(&site->told, "info %s [%s] %s\n", event->rule,
		    event->object != NULL ? event->object : "", event->text);
}

bool site_open(struct site *site, const char *name, const char *settings)
{
	struct inventory *inventory = load(name, settings);

	*site = (struct site){0};
	if (inventory == NULL)
		return false;
	clock_virtual_init(&site->clock, WALL_START);
	site->loop = loop_new_virtual(&site->clock);
	site->replay = replay_new(site->loop);
	site->agent = replay_agent(site->replay);
	site->memory.count_only = true;
	site->sink = memory_sink(&site->memory);
	site->device = replay_device(site->replay, "192.0.2.1");
	site->device->latency = 0;
	site->pipeline = pipeline_new(site->loop, inventory, &site->agent, &site->sink);
	pipeline_listen(site->pipeline, heard, site);
	return true;
}

void site_close(struct site *site)
{
	if (site->pipeline != NULL) {
		pipeline_free(site->pipeline);
		memory_sink_fini(&site->memory);
		replay_free(site->replay);
		loop_free(site->loop);
	}
	str_fini(&site->told);
	*site = (struct site){0};
}

void site_run(struct site *site, unsigned turns)
{
	loop_run_until(site->loop, loop_now(site->loop) + turns * SITE_TURN);
}

struct device_report site_report(const struct site *site)
{
	struct device_report report = {0};

	pipeline_report(site->pipeline, 0, &report);
	return report;
}

const struct rowset *site_rows(const struct site *site, const char *table)
{
	struct device_report report = site_report(site);

	for (size_t t = 0; t < report.n_tables; t++) {
		if (report.tables[t] != NULL && strcmp(report.tables[t]->table->name, table) == 0)
			return report.tables[t];
	}
	return NULL;
}
