#include "scenario/lab.h"

#include "base/mem.h"
#include "base/str.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WALL_START (INT64_C(1790000000) * UNITS_SEC)

static struct credential *credential(const char *name)
{
	struct credential *made = mem_alloc(sizeof *made);

	made->name = mem_strdup(name);
	made->version = SNMP_V2C;
	secret_set(&made->community, name, strlen(name));
	return made;
}

void lab_init(struct lab *lab)
{
	memset(lab, 0, sizeof *lab);
	clock_virtual_init(&lab->clock, WALL_START);
	lab->loop = loop_new_virtual(&lab->clock);
	loop_run_until(lab->loop, UNITS_SEC);
	lab->replay = replay_new(lab->loop);
	lab->agent = replay_agent(lab->replay);
	lab->sink = memory_sink(&lab->memory);
	lab->credentials[0] = credential("public");
	lab->credentials[1] = credential("secret");
	lab->inventory.profiles = lab->profiles;
	lab->inventory.devices = lab->devices;
	lab->started = loop_now(lab->loop);
}

void lab_fini(struct lab *lab)
{
	for (size_t i = 0; i < lab->inventory.n_devices; i++) {
		struct device *device = &lab->devices[i];

		loop_timer_stop(lab->loop, &lab->members[i].timer);
		session_free(lab->members[i].session);
		free(device->name);
		free(device->host);
		free(device->credentials);
	}
	for (size_t i = 0; i < lab->inventory.n_profiles; i++)
		profile_free(lab->profiles[i]);
	credential_free(lab->credentials[0]);
	credential_free(lab->credentials[1]);
	memory_sink_fini(&lab->memory);
	replay_free(lab->replay);
	loop_free(lab->loop);
}

/* ---- profiles ---- */

struct profile *lab_profile(struct lab *lab, const char *name, const char *object_id)
{
	struct profile *profile = mem_alloc(sizeof *profile);

	assert(lab->inventory.n_profiles < LAB_PROFILES_MAX);
	profile->name = mem_strdup(name);
	profile->sysobjectids = mem_alloc(sizeof(char *));
	profile->sysobjectids[0] = mem_strdup(object_id);
	profile->n_sysobjectids = 1;
	lab->profiles[lab->inventory.n_profiles++] = profile;
	return profile;
}

struct table *lab_table(struct profile *profile, const char *name, bool is_scalar)
{
	struct table *table;

	profile->tables = mem_realloc(profile->tables, profile->n_tables + 1, sizeof *profile->tables);
	table = &profile->tables[profile->n_tables++];
	*table = (struct table){.name = mem_strdup(name), .is_scalar = is_scalar, .discontinuity = -1};
	return table;
}

struct column *lab_column(
    struct table *table, const char *name, const char *oid, enum kind kind, const char *ds)
{
	struct column *column;

	table->columns = mem_realloc(table->columns, table->n_columns + 1, sizeof *table->columns);
	column = &table->columns[table->n_columns++];
	*column = (struct column){.name = mem_strdup(name),
	    .kind = kind,
	    .is_tag = kind == KIND_TEXT,
	    .unit = mem_strdup(""),
	    .ds = mem_strdup(ds),
	    .counter = kind == KIND_COUNTER ? (int)table->n_counters++ : -1};
	table->n_ds += ds != NULL;
	if (oid != NULL)
		lab_source(column, name, oid, 64);
	return column;
}

static void set_source(struct source *source, const char *name, const char *oid, unsigned bits)
{
	struct oid parsed;

	*source = (struct source){.name = mem_strdup(name), .bits = bits, .scale = 1};
	if (oid_parse(oid, &parsed) != ERR_OK || !source_set_oid(source, &parsed))
		abort();
}

struct source *lab_source(struct column *column, const char *name, const char *oid, unsigned bits)
{
	column->sources = mem_realloc(column->sources, column->n_sources + 1, sizeof *column->sources);
	set_source(&column->sources[column->n_sources], name, oid, bits);
	return &column->sources[column->n_sources++];
}

static int resolve(void *arg, const char *name, double *literal)
{
	if (strcmp(name, "now") == 0)
		return PROFILE_SLOT_NOW;
	if (strcmp(name, "up") == 0) {
		*literal = 1;
		return -2;
	}
	return table_column(arg, name);
}

static struct expr *formula(struct table *table, const char *text)
{
	char *error = NULL;
	size_t column;
	struct expr *expr = expr_new(text, resolve, table, &error, &column);

	if (expr == NULL) {
		fprintf(stderr, "%s: %s\n", text, error);
		abort();
	}
	return expr;
}

struct column *lab_formula(struct table *table, const char *name, const char *text, const char *ds)
{
	struct expr *expr = formula(table, text);
	struct column *column = lab_column(table, name, NULL, KIND_GAUGE, ds);

	column->formula = expr;
	return column;
}

static void key(struct table *table, const char *name)
{
	table->keys = mem_realloc(table->keys, table->n_keys + 1, sizeof *table->keys);
	table->keys[table->n_keys++] = table_column(table, name);
}

struct profile *lab_if_profile(struct lab *lab, bool with_guard)
{
	struct profile *profile = lab_profile(lab, "if", "*");
	struct table *table = lab_table(profile, "interfaces", false);

	lab_column(table, "ifName", IFX_TABLE ".1", KIND_TEXT, NULL);
	lab_column(table, "ifDescr", IF_TABLE ".2", KIND_TEXT, NULL);
	lab_column(table, "ifAlias", IFX_TABLE ".18", KIND_TEXT, NULL);
	lab_source(lab_column(table, "ifHCInOctets", IFX_TABLE ".6", KIND_COUNTER, "in_octets"), "ifInOctets",
	    IF_TABLE ".10", 32);
	lab_source(lab_column(table, "ifHCOutOctets", IFX_TABLE ".10", KIND_COUNTER, "out_octets"),
	    "ifOutOctets", IF_TABLE ".16", 32);
	lab_column(table, "ifHighSpeed", IFX_TABLE ".15", KIND_GAUGE, NULL);
	lab_column(table, "ifOperStatus", IF_TABLE ".8", KIND_ENUM, NULL);
	lab_column(table, "ifCounterDiscontinuityTime", IFX_TABLE ".19", KIND_TIMETICKS, NULL);
	lab_formula(table, "up", "ifOperStatus == up", "up");
	table->discontinuity = 7;
	for (size_t c = 3; c <= 4; c++)
		table->columns[c].max_rate = formula(table, "ifHighSpeed * 125000 * 1.1");
	key(table, "ifName");
	key(table, "ifDescr");
	key(table, "ifAlias");
	if (with_guard)
		set_source(&table->guard, "ifTableLastChange", IF_GUARD, 0);
	return profile;
}

struct profile *lab_scalar_profile(struct lab *lab, const char *name, const char *object_id)
{
	struct profile *profile = lab_profile(lab, name, object_id);
	struct table *table = lab_table(profile, "load", true);

	lab_column(table, "laLoadInt", "1.3.6.1.4.1.2021.10.1.5", KIND_GAUGE, "load1");
	lab_column(table, "memTotal", "1.3.6.1.4.1.2021.4.5", KIND_GAUGE, "total");
	return profile;
}

/* ---- devices ---- */

struct device *lab_device(struct lab *lab, const char *name, const char *host)
{
	size_t number = lab->inventory.n_devices++;
	struct device *device = &lab->devices[number];

	assert(number < LAB_DEVICES_MAX);
	*device = (struct device){.number = number,
	    .name = mem_strdup(name),
	    .host = mem_strdup(host),
	    .port = 161,
	    .parent = -1,
	    .interval = 60 * UNITS_SEC,
	    .timeout = UNITS_SEC,
	    .retries = 1,
	    .n_credentials = 1};
	device->credentials = mem_calloc(2, sizeof(struct credential *));
	device->credentials[0] = lab->credentials[0];
	device->credentials[1] = lab->credentials[1];
	return device;
}

static void number_oid(char *text, size_t size, const char *column, unsigned index)
{
	snprintf(text, size, "%s.%u", column, index);
}

void lab_port(struct replay_device *device, unsigned index, const char *name, const char *descr,
    uint64_t base, uint64_t rate)
{
	char oid[80];

	number_oid(oid, sizeof oid, IF_TABLE ".2", index);
	replay_text(device, oid, descr);
	number_oid(oid, sizeof oid, IF_TABLE ".8", index);
	replay_int(device, oid, VALUE_INTEGER, 1);
	number_oid(oid, sizeof oid, IFX_TABLE ".1", index);
	replay_text(device, oid, name);
	number_oid(oid, sizeof oid, IFX_TABLE ".6", index);
	replay_counter(device, oid, 64, base, rate);
	number_oid(oid, sizeof oid, IFX_TABLE ".10", index);
	replay_counter(device, oid, 64, base, 2 * rate);
	number_oid(oid, sizeof oid, IFX_TABLE ".15", index);
	replay_int(device, oid, VALUE_GAUGE32, 10000);
	number_oid(oid, sizeof oid, IFX_TABLE ".18", index);
	replay_text(device, oid, "");
	number_oid(oid, sizeof oid, IFX_TABLE ".19", index);
	replay_int(device, oid, VALUE_TIMETICKS, 0);
}

void lab_no_ports(struct replay_device *device)
{
	replay_remove(device, IF_TABLE);
	replay_remove(device, IFX_TABLE);
}

struct replay_device *lab_switch(struct lab *lab, const char *host, size_t ports)
{
	struct replay_device *device = replay_device(lab->replay, host);

	replay_system(device, "1.3.6.1.4.1.9.1.1", "a switch");
	for (unsigned i = 1; i <= ports; i++) {
		char name[32], descr[32];

		snprintf(name, sizeof name, "eth%u", i);
		snprintf(descr, sizeof descr, "Ethernet port %u", i);
		lab_port(device, i, name, descr, 1000000u * i, 1000u * i);
	}
	replay_int(device, IF_GUARD ".0", VALUE_TIMETICKS, 100);
	return device;
}

/* ---- polling ---- */

static void polled(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct lab_member *member = arg;

	member->last = *outcome;
	member->polls++;
	member->answered += outcome->answered;
	member->restarts += outcome->restarted;
	if (member->free_when_polled) {
		session_free(session);
		member->session = NULL;
	}
}

static void turn(void *arg)
{
	struct lab_member *member = arg;
	struct lab *lab = member->lab;
	int64_t due = member->timer.at;

	if (member->session == NULL)
		return;
	loop_timer_at(lab->loop, &member->timer, due + session_device(member->session)->interval);
	session_poll(member->session, due);
}

static void join(struct lab *lab, size_t i)
{
	struct lab_member *member = &lab->members[i];
	struct session_hooks hooks = {polled, member};

	if (member->lab != NULL)
		return;
	member->lab = lab;
	member->session =
	    session_new(lab->loop, &lab->agent, &lab->sink, &lab->inventory, &lab->devices[i], &hooks);
	loop_timer_init(&member->timer, turn, member);
}

void lab_start(struct lab *lab)
{
	for (size_t i = 0; i < lab->inventory.n_devices; i++) {
		join(lab, i);
		loop_timer_at(lab->loop, &lab->members[i].timer,
		    loop_now(lab->loop) + (int64_t)i * 60 * UNITS_SEC / LAB_DEVICES_MAX);
	}
}

void lab_run(struct lab *lab, int64_t ns)
{
	loop_run_until(lab->loop, loop_now(lab->loop) + ns);
}

const struct poll_outcome *lab_poll(struct lab *lab, size_t device)
{
	struct lab_member *member = &lab->members[device];
	size_t polls = member->polls;

	join(lab, device);
	if (!session_poll(member->session, loop_now(lab->loop)))
		abort();
	for (int i = 0; member->polls == polls && i < 10000; i++)
		lab_run(lab, 10 * UNITS_MS);
	assert(member->polls == polls + 1);
	return &member->last;
}

const struct rowset *lab_rows(struct lab *lab, size_t device, const char *table)
{
	struct device_report report = {0};

	session_report(lab->members[device].session, &report);
	for (size_t i = 0; i < report.n_tables; i++) {
		if (strcmp(report.tables[i]->table->name, table) == 0)
			return report.tables[i];
	}
	return NULL;
}
