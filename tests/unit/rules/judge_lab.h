/* A judge under test, over a table of ports and one of scalars, on a clock that moves only when
 * told. Included by the tests of the judge alone, after cmocka. */
#ifndef ROLLCALL_TESTS_JUDGE_LAB_H
#define ROLLCALL_TESTS_JUDGE_LAB_H

#include "base/mem.h"
#include "base/str.h"
#include "model/rulebind.h"
#include "rules/judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S    INT64_C(1000000000)
#define WALL (INT64_C(1764000000) * S)

/* Columns of the ports. */
enum { NAME, ALIAS, ADMIN, OPER, USED, SPEED, OCTETS, PORT_COLUMNS };

struct heard {
	size_t device;
	char rule[40], object[40], text[160];
	enum event_kind kind;
	enum severity severity;
	double value;
	int64_t time;
};

struct lab {
	struct inventory inventory;
	struct profile profile;
	struct table tables[2]; /* ports, and the group cpu with one number */
	struct rowset *sets[2];
	struct judge *judge;
	int64_t now;
	double uptime;
	bool restarted;
	struct {
		struct heard *v;
		size_t n, cap;
	} heard;
	size_t n_heard; /* looked at */
};

static inline void lab_event(void *arg, size_t device, const struct event *event)
{
	struct lab *lab = arg;
	struct heard *heard;

	lab->heard.v = mem_realloc(lab->heard.v, lab->heard.n + 1, sizeof *lab->heard.v);
	heard = &lab->heard.v[lab->heard.n++];
	*heard = (struct heard){.device = device,
	    .kind = event->kind,
	    .severity = event->severity,
	    .value = event->value,
	    .time = event->time};
	assert_int_equal(event->device == NULL, device == JUDGE_COLLECTOR);
	assert_non_null(event->text);
	snprintf(heard->rule, sizeof heard->rule, "%s", event->rule);
	snprintf(heard->object, sizeof heard->object, "%s", event->object != NULL ? event->object : "-");
	snprintf(heard->text, sizeof heard->text, "%s", event->text);
}

static inline void lab_column(
    struct table *table, const char *name, enum kind kind, const char *unit, const char *states)
{
	struct column *column = &table->columns[table->n_columns++];
	static const char *const known[] = {"up", "down", "testing"};

	*column = (struct column){.name = mem_strdup(name),
	    .kind = kind,
	    .is_tag = kind == KIND_TEXT,
	    .unit = mem_strdup(unit),
	    .counter = kind == KIND_COUNTER ? (int)table->n_counters++ : -1};
	column->sources = mem_alloc(sizeof *column->sources);
	column->sources[0] = (struct source){.name = mem_strdup(name), .scale = 1, .bits = 64};
	column->n_sources = 1;
	for (size_t i = 0; states != NULL && i < ARRAY_LEN(known); i++) {
		column->names = mem_realloc(column->names, i + 1, sizeof *column->names);
		column->names[column->n_names++] = (struct enum_name){(int64_t)i + 1, mem_strdup(known[i])};
	}
}

static inline void lab_tables(struct lab *lab)
{
	struct table *ports = &lab->tables[0], *cpu = &lab->tables[1];

	*ports = (struct table){.name = mem_strdup("ports"), .discontinuity = -1};
	ports->columns = mem_calloc(PORT_COLUMNS, sizeof *ports->columns);
	lab_column(ports, "ifName", KIND_TEXT, "", NULL);
	lab_column(ports, "ifAlias", KIND_TEXT, "", NULL);
	lab_column(ports, "admin", KIND_ENUM, "", "states");
	lab_column(ports, "oper", KIND_ENUM, "", "states");
	lab_column(ports, "used", KIND_GAUGE, "%", NULL);
	lab_column(ports, "speed", KIND_GAUGE, "bit/s", NULL);
	lab_column(ports, "octets", KIND_COUNTER, "octets", NULL);
	*cpu = (struct table){.name = mem_strdup("cpu"), .discontinuity = -1, .is_scalar = true};
	cpu->columns = mem_calloc(1, sizeof *cpu->columns);
	lab_column(cpu, "busy", KIND_GAUGE, "%", NULL);
	lab->profile = (struct profile){.name = (char *)"lab", .tables = lab->tables, .n_tables = 2};
}

static inline void lab_open(struct lab *lab, size_t n_devices)
{
	*lab = (struct lab){.now = 1000 * S, .uptime = 1e6};
	lab_tables(lab);
	lab->inventory.devices = mem_calloc(n_devices, sizeof *lab->inventory.devices);
	lab->inventory.n_devices = n_devices;
	for (size_t i = 0; i < n_devices; i++)
		lab->inventory.devices[i] = (struct device){.number = i,
		    .name = str_format("dev%zu", i),
		    .interval = 60 * S,
		    .timeout = 2 * S,
		    .retries = 3,
		    .parent = -1};
	for (size_t t = 0; t < 2; t++)
		lab->sets[t] = rowset_new(&lab->tables[t]);
}

/* `of` is ports, cpu or device. Thresholds NaN: severity critical. */
static inline struct rule *lab_rule(struct lab *lab, const char *name, const char *of, const char *when,
    const char *clear, double warning, double critical)
{
	struct rule *rule = mem_alloc(sizeof *rule);
	struct rule_mistake mistake;
	const struct table *table = strcmp(of, "device") == 0  ? NULL
				    : strcmp(of, "ports") == 0 ? &lab->tables[0]
							       : &lab->tables[1];

	*rule = (struct rule){.name = mem_strdup(name),
	    .of = mem_strdup(of),
	    .file = mem_strdup("rules.yaml"),
	    .line = (unsigned)lab->inventory.n_rules + 1,
	    .when = mem_strdup(when),
	    .clear = mem_strdup(clear),
	    .text =
		mem_strdup(table == &lab->tables[0] ? "{{ifName}} {{ifAlias}} at {{used}}" : "on {{device}}"),
	    .warning = warning,
	    .critical = critical,
	    .severity = SEVERITY_CRITICAL};
	if (!rulebind_add(rule, table, &mistake))
		fail_msg("%s: %s at %zu", name, mistake.text, mistake.column);
	lab->inventory.rules =
	    mem_realloc(lab->inventory.rules, lab->inventory.n_rules + 1, sizeof(struct rule *));
	lab->inventory.rules[lab->inventory.n_rules++] = rule;
	return rule;
}

static inline void lab_start(struct lab *lab)
{
	lab->judge = judge_new(&lab->inventory, &(struct judge_hooks){lab_event, lab});
}

static inline void lab_close(struct lab *lab)
{
	judge_free(lab->judge);
	for (size_t i = 0; i < lab->inventory.n_rules; i++)
		rule_free(lab->inventory.rules[i]);
	free(lab->inventory.rules);
	for (size_t i = 0; i < lab->inventory.n_devices; i++)
		free(lab->inventory.devices[i].name);
	free(lab->inventory.devices);
	for (size_t t = 0; t < 2; t++) {
		rowset_free(lab->sets[t]);
		table_fini(&lab->tables[t]);
	}
	free(lab->heard.v);
}

/* --- rows --- */

static inline void lab_set_cell(struct rowset *set, size_t row, size_t column, double value)
{
	size_t cell = rowset_cell(set, row, column);

	memcpy(&set->raw[cell], &value, sizeof value);
	set->form[cell] = CELL_DOUBLE;
	set->quality[cell] = isnan(value) ? QUALITY_UNKNOWN : QUALITY_OK;
}

static inline size_t lab_add_port(struct lab *lab, const char *key, const char *alias)
{
	char **tags = mem_calloc(2, sizeof *tags);
	size_t row;

	tags[0] = mem_strdup(key);
	tags[1] = mem_strdup(alias);
	row = rowset_add(lab->sets[0], mem_strdup(key), mem_dup("\1", 1), 1, tags);
	lab_set_cell(lab->sets[0], row, ADMIN, 1);
	lab_set_cell(lab->sets[0], row, OPER, 1);
	lab_set_cell(lab->sets[0], row, USED, 10);
	lab_set_cell(lab->sets[0], row, SPEED, 1e9);
	return row;
}

static inline void lab_put(struct lab *lab, const char *key, size_t column, double value)
{
	lab_set_cell(lab->sets[0], rowset_find(lab->sets[0], key), column, value);
}

static inline void lab_rate(struct lab *lab, const char *key, double rate)
{
	size_t row = rowset_find(lab->sets[0], key);

	lab->sets[0]->quality[rowset_cell(lab->sets[0], row, OCTETS)] =
	    isnan(rate) ? QUALITY_RESET : QUALITY_OK;
	lab->sets[0]->rate[row] = rate;
}

/* `seconds` later the device is polled, and all its rows are sampled. */
static inline void lab_poll_device(struct lab *lab, size_t device, int seconds)
{
	lab->now += seconds * S;
	for (size_t t = 0; t < 2; t++) {
		for (size_t row = 0; row < lab->sets[t]->n_rows; row++) {
			lab->sets[t]->rows[row].mono = lab->now;
			lab->sets[t]->rows[row].wall = WALL + lab->now;
		}
	}
	judge_poll(lab->judge, device, &lab->profile, (const struct rowset *const *)lab->sets, 2,
	    lab->restarted, lab->uptime, lab->now, WALL + lab->now);
	lab->restarted = false;
}

static inline void lab_poll(struct lab *lab)
{
	lab_poll_device(lab, 0, 60);
}

/* --- what was heard --- */

static inline void lab_quiet(struct lab *lab)
{
	if (lab->n_heard < lab->heard.n)
		fail_msg("heard %s %s %s: %s", event_kind_name(lab->heard.v[lab->n_heard].kind),
		    lab->heard.v[lab->n_heard].rule, lab->heard.v[lab->n_heard].object,
		    lab->heard.v[lab->n_heard].text);
}

static inline const struct heard *lab_hear(
    struct lab *lab, enum event_kind kind, const char *rule, const char *object, enum severity severity)
{
	const struct heard *heard;

	if (lab->n_heard == lab->heard.n)
		fail_msg("nothing heard of %s %s", rule, object);
	heard = &lab->heard.v[lab->n_heard++];
	assert_string_equal(heard->rule, rule);
	assert_string_equal(heard->object, object);
	assert_string_equal(event_kind_name(heard->kind), event_kind_name(kind));
	assert_int_equal(heard->severity, severity);
	return heard;
}

static inline size_t lab_problems(struct lab *lab, size_t device)
{
	size_t n;

	judge_problems(lab->judge, device, &n);
	return n;
}

#endif
