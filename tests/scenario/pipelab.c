#include "scenario/pipelab.h"

#include "base/mem.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORT_NAME   IFX_TABLE ".1"
#define PORT_OCTETS IFX_TABLE ".6"

/* ---- the sink ---- */

/* Its agent's, as the address says. */
static size_t number_of(const struct pipelab *lab, const char *name)
{
	size_t at = pipeline_find(lab->pipeline, name), high, low;
	int n;

	assert(at != SIZE_MAX);
	n = sscanf(pipeline_inventory(lab->pipeline)->devices[at].host, "10.0.%zu.%zu", &high, &low);
	assert(n == 2);
	(void)n;
	return high * 250 + low;
}

static series_id sink_series(void *self, const struct series_def *def)
{
	struct pipelab *lab = self;
	struct pipelab_series series = {.device = number_of(lab, def->device),
	    .key = mem_strdup(def->key),
	    .interval = def->interval,
	    .rate = strtod(def->key, NULL)};

	assert(series.device < lab->n);
	if (lab->n_series == lab->cap_series) {
		lab->cap_series = lab->cap_series ? lab->cap_series * 2 : 64;
		lab->series = mem_realloc(lab->series, lab->cap_series, sizeof *lab->series);
	}
	lab->series[lab->n_series] = series;
	return (series_id)lab->n_series++;
}

static void sink_put(
    void *self, series_id id, int64_t wall, const double *values, const struct sample_raw *raws, size_t n)
{
	(void)raws;
	struct pipelab *lab = self;
	struct pipelab_series *series = &lab->series[id];

	assert(id < lab->n_series && n == 1);
	lab->samples++;
	series->samples++;
	lab->backward += wall <= series->last;
	series->last = wall;
	if (isnan(values[0])) {
		lab->unknown++;
		series->unknown++;
	} else if (fabs(values[0] / series->rate - 1) > 1e-3) {
		lab->wrong++;
	}
}

static void sink_flush(void *self, const char *device, void (*done)(void *arg, enum err err), void *arg)
{
	(void)self;
	(void)device;
	done(arg, ERR_OK);
}

/* ---- devices ---- */

static void port_profile(struct lab *lab)
{
	struct profile *profile = lab_profile(lab, "ports", "*");
	struct table *table = lab_table(profile, "ports", false);

	lab_column(table, "ifName", PORT_NAME, KIND_TEXT, NULL);
	lab_column(table, "ifHCInOctets", PORT_OCTETS, KIND_COUNTER, "in_octets");
	table->keys = mem_calloc(1, sizeof *table->keys);
	table->n_keys = 1;
}

static struct credential *community(const char *text)
{
	struct credential *made = mem_alloc(sizeof *made);

	made->name = mem_strdup(text);
	made->version = SNMP_V2C;
	secret_set(&made->community, text, strlen(text));
	return made;
}

static void one_device(struct inventory *inventory, size_t place, size_t number, int64_t interval)
{
	struct device *device = &inventory->devices[place];
	char name[32], host[32];

	snprintf(name, sizeof name, "d%zu", number);
	snprintf(host, sizeof host, "10.0.%zu.%zu", number / 250, number % 250);
	*device = (struct device){.number = place,
	    .digest = number + (uint64_t)interval,
	    .agent_digest = number,
	    .name = mem_strdup(name),
	    .host = mem_strdup(host),
	    .port = 161,
	    .parent = -1,
	    .interval = interval,
	    .timeout = UNITS_SEC,
	    .retries = 1,
	    .n_credentials = 1};
	device->credentials = mem_calloc(1, sizeof(struct credential *));
	device->credentials[0] = inventory->credentials[0];
}

static void one_agent(struct pipelab *lab, size_t number)
{
	char host[32];

	snprintf(host, sizeof host, "10.0.%zu.%zu", number / 250, number % 250);
	lab->agents[number] = replay_device(lab->lab.replay, host);
	replay_system(lab->agents[number], "1.3.6.1.4.1.9.1.1", "a switch");
}

/* Port p of `ports` lives at index 1 + (p + turn) % ports, and its counter starts from nothing. */
static void place_ports(struct pipelab *lab, size_t number, unsigned turn)
{
	struct replay_device *agent = lab->agents[number];

	for (size_t p = 0; p < lab->ports; p++) {
		size_t rate = 1000 * (1 + p) + 7 * number, index = 1 + (p + turn) % lab->ports;
		char oid[80], name[32];

		snprintf(name, sizeof name, "%zu", rate);
		snprintf(oid, sizeof oid, "%s.%zu", PORT_NAME, index);
		replay_text(agent, oid, name);
		snprintf(oid, sizeof oid, "%s.%zu", PORT_OCTETS, index);
		replay_counter(agent, oid, 64, 0, rate);
	}
}

struct inventory *pipelab_snapshot(struct pipelab *lab, const size_t *numbers, size_t n, int64_t interval)
{
	struct inventory *inventory = mem_alloc(sizeof *inventory);

	inventory->settings.tries = 3;
	inventory->credentials = mem_calloc(1, sizeof(struct credential *));
	inventory->credentials[0] = community("public");
	inventory->n_credentials = 1;
	/* The profile is the inventory's from here on. */
	port_profile(&lab->lab);
	inventory->profiles = mem_calloc(1, sizeof(struct profile *));
	inventory->profiles[0] = lab->lab.profiles[0];
	inventory->n_profiles = 1;
	lab->lab.inventory.n_profiles = 0;
	inventory->devices = mem_calloc(n, sizeof *inventory->devices);
	inventory->n_devices = n;
	for (size_t i = 0; i < n; i++)
		one_device(inventory, i, numbers != NULL ? numbers[i] : i, interval);
	return inventory;
}

void pipelab_init(struct pipelab *lab, size_t devices, size_t ports, int64_t interval)
{
	memset(lab, 0, sizeof *lab);
	lab_init(&lab->lab);
	lab->n = devices;
	lab->ports = ports;
	lab->inventory = pipelab_snapshot(lab, NULL, devices, interval);
	lab->devices = lab->inventory->devices;
	lab->agents = mem_calloc(devices, sizeof(struct replay_device *));
	for (size_t i = 0; i < devices; i++) {
		one_agent(lab, i);
		place_ports(lab, i, 0);
	}
}

void pipelab_start(struct pipelab *lab)
{
	static const struct sink_ops ops = {sink_series, sink_put, sink_flush};
	struct sink sink = {&ops, lab};

	lab->pipeline = pipeline_new(lab->lab.loop, lab->inventory, &lab->lab.agent, &sink);
}

void pipelab_run(struct pipelab *lab, int64_t ns)
{
	lab_run(&lab->lab, ns);
}

void pipelab_fini(struct pipelab *lab)
{
	pipeline_free(lab->pipeline);
	for (size_t i = 0; i < lab->n_series; i++)
		free(lab->series[i].key);
	free(lab->series);
	free(lab->agents);
	lab_fini(&lab->lab);
}

/* ---- what is seen ---- */

struct device_status pipelab_status(const struct pipelab *lab, size_t device)
{
	struct device_report report;

	pipeline_report(lab->pipeline, device, &report);
	return report.status;
}

enum device_state pipelab_state(const struct pipelab *lab, size_t device)
{
	return pipelab_status(lab, device).state;
}

const char *pipelab_problem(const struct pipelab *lab, size_t device)
{
	struct device_report report;

	pipeline_report(lab->pipeline, device, &report);
	return report.n_problems > 0 ? report.problems[0].text : NULL;
}

struct collector_stats pipelab_stats(const struct pipelab *lab)
{
	struct collector_stats stats = {0};

	pipeline_stats(lab->pipeline, &stats);
	return stats;
}

size_t pipelab_count(const struct pipelab *lab, enum device_state state)
{
	size_t by_state[DEVICE_STATE_COUNT];

	pipeline_count_states(lab->pipeline, by_state);
	return by_state[state];
}

int64_t pipelab_until_poll(const struct pipelab *lab, size_t device)
{
	struct device_report report;

	pipeline_report(lab->pipeline, device, &report);
	return report.next_poll - clock_wall(loop_clock(lab->lab.loop));
}

/* ---- what happens ---- */

void pipelab_silence(struct pipelab *lab, size_t first, size_t n, bool silent)
{
	for (size_t i = first; i < first + n; i++)
		lab->agents[i]->silent = silent;
}

void pipelab_restart(struct pipelab *lab, size_t device, unsigned turn)
{
	replay_reboot(lab->agents[device]);
	place_ports(lab, device, turn);
}
