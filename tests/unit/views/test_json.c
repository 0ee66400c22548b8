#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/units.h"
#include "views/json.h"
#include "views/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOW (INT64_C(1764000000) * UNITS_SEC)

/* A table with one tag, a 64-bit counter that falls back to a 32-bit one, and a state. */
struct fixture {
	struct source octets[2], oper[1], name[1];
	struct enum_name names[1];
	struct column columns[3];
	struct table table;
	struct profile profile;
	struct device device;
	struct rowset *set;
	struct device_report report;
	const struct rowset *sets[1];
};

static void source_init(struct source *source, const char *name, const char *oid)
{
	struct oid parsed;

	*source = (struct source){.name = (char *)(uintptr_t)name, .scale = 1, .bits = 64};
	assert_int_equal(oid_parse(oid, &parsed), ERR_OK);
	assert_true(source_set_oid(source, &parsed));
}

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	uint8_t index = 3;

	source_init(&f->name[0], "ifName", "1.3.6.1.2.1.31.1.1.1.1");
	source_init(&f->octets[0], "ifHCInOctets", "1.3.6.1.2.1.31.1.1.1.6");
	source_init(&f->octets[1], "ifInOctets", "1.3.6.1.2.1.2.2.1.10");
	source_init(&f->oper[0], "ifOperStatus", "1.3.6.1.2.1.2.2.1.8");
	f->names[0] = (struct enum_name){1, (char *)(uintptr_t) "up"};
	f->columns[0] = (struct column){.name = f->name[0].name,
	    .kind = KIND_TEXT,
	    .is_tag = true,
	    .sources = f->name,
	    .n_sources = 1,
	    .counter = -1,
	    .unit = (char *)(uintptr_t) ""};
	f->columns[1] = (struct column){.name = f->octets[0].name,
	    .kind = KIND_COUNTER,
	    .sources = f->octets,
	    .n_sources = 2,
	    .counter = 0,
	    .unit = (char *)(uintptr_t) "octets"};
	f->columns[2] = (struct column){.name = f->oper[0].name,
	    .kind = KIND_ENUM,
	    .sources = f->oper,
	    .n_sources = 1,
	    .counter = -1,
	    .names = f->names,
	    .n_names = 1,
	    .unit = (char *)(uintptr_t) ""};
	f->table = (struct table){.name = (char *)(uintptr_t) "interfaces",
	    .columns = f->columns,
	    .n_columns = 3,
	    .n_counters = 1,
	    .discontinuity = -1};
	f->profile.name = (char *)(uintptr_t) "if";
	f->device = (struct device){.name = (char *)(uintptr_t) "sw1",
	    .host = (char *)(uintptr_t) "192.0.2.1",
	    .port = 1161,
	    .interval = 60 * UNITS_SEC};
	f->set = rowset_new(&f->table);
	char **tags = mem_calloc(1, sizeof *tags);

	tags[0] = mem_strdup("Gi1");
	rowset_add(f->set, mem_strdup("Gi1"), mem_dup(&index, 1), 1, tags);
	f->set->rows[0].wall = NOW - 5 * UNITS_SEC;
	f->sets[0] = f->set;
	f->report = (struct device_report){.device = &f->device,
	    .profile = &f->profile,
	    .profile_reason = "ifNumber answers",
	    .tables = f->sets,
	    .n_tables = 1,
	    .last_poll = NOW - 5 * UNITS_SEC,
	    .poll_time = 12 * UNITS_MS,
	    .status = {.state = DEVICE_UP, .hard = true, .since = NOW - 3600 * UNITS_SEC}};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	rowset_free(f->set);
	free(f->name[0].ber);
	free(f->octets[0].ber);
	free(f->octets[1].ber);
	free(f->oper[0].ber);
	free(f);
	return 0;
}

static void put(struct fixture *f, size_t column, uint64_t raw, unsigned source, enum quality quality)
{
	size_t cell = rowset_cell(f->set, 0, column);

	f->set->raw[cell] = raw;
	f->set->form[cell] = (uint8_t)(CELL_UNSIGNED | source << 2);
	f->set->quality[cell] = (uint8_t)quality;
}

static json_t *row_of(json_t *show)
{
	return json_array_get(json_object_get(json_object_get(show, "tables"), "interfaces"), 0);
}

static json_t *metric_of(json_t *show, const char *name)
{
	return json_object_get(json_object_get(row_of(show), "metrics"), name);
}

static void show_has_the_contract_fields(void **state)
{
	struct fixture *f = *state;
	json_t *show, *metric;

	put(f, 1, 5000, 0, QUALITY_OK);
	put(f, 2, 1, 0, QUALITY_OK);
	f->set->rate[0] = 125.5;
	show = json_show(&f->report, NOW);
	metric = metric_of(show, "ifHCInOctets");
	assert_string_equal(json_string_value(json_object_get(show, "device")), "sw1");
	assert_string_equal(json_string_value(json_object_get(show, "state")), "up");
	assert_string_equal(json_string_value(json_object_get(row_of(show), "index")), "3");
	assert_string_equal(json_string_value(json_object_get(metric, "oid")), "1.3.6.1.2.1.31.1.1.1.6.3");
	assert_int_equal(json_integer_value(json_object_get(metric, "value")), 5000);
	assert_true(json_real_value(json_object_get(metric, "rate")) == 125.5);
	assert_string_equal(json_string_value(json_object_get(metric, "unit")), "octets");
	assert_string_equal(json_string_value(json_object_get(metric, "state")), "ok");
	assert_true(json_number_value(json_object_get(metric, "time")) == 1764000000.0 - 5);
	metric = metric_of(show, "ifOperStatus");
	assert_int_equal(json_integer_value(json_object_get(metric, "value")), 1);
	assert_string_equal(json_string_value(json_object_get(metric, "text")), "up");
	assert_true(json_is_null(json_object_get(metric, "rate")));
	json_decref(show);
}

static void unknown_is_null_and_says_why(void **state)
{
	struct fixture *f = *state;
	json_t *show, *metric;

	put(f, 1, 5000, 0, QUALITY_FIRST);
	f->set->rate[0] = NAN;
	show = json_show(&f->report, NOW);
	metric = metric_of(show, "ifHCInOctets");
	assert_true(json_is_null(json_object_get(metric, "rate")));
	assert_int_equal(json_integer_value(json_object_get(metric, "value")), 5000);
	assert_string_equal(json_string_value(json_object_get(metric, "state")), "first");
	metric = metric_of(show, "ifOperStatus");
	assert_true(json_is_null(json_object_get(metric, "value")));
	assert_string_equal(json_string_value(json_object_get(metric, "state")), "never");
	json_decref(show);
}

static void old_values_are_stale(void **state)
{
	struct fixture *f = *state;
	json_t *show;

	put(f, 2, 1, 0, QUALITY_OK);
	f->set->rows[0].wall = NOW - 121 * UNITS_SEC;
	show = json_show(&f->report, NOW);
	assert_string_equal(
	    json_string_value(json_object_get(metric_of(show, "ifOperStatus"), "state")), "stale");
	json_decref(show);
	f->set->rows[0].wall = NOW - 119 * UNITS_SEC;
	show = json_show(&f->report, NOW);
	assert_string_equal(
	    json_string_value(json_object_get(metric_of(show, "ifOperStatus"), "state")), "ok");
	json_decref(show);
}

static void large_counters_are_decimal_strings(void **state)
{
	struct fixture *f = *state;
	json_t *show;

	put(f, 1, UINT64_MAX, 0, QUALITY_FIRST);
	show = json_show(&f->report, NOW);
	assert_string_equal(json_string_value(json_object_get(metric_of(show, "ifHCInOctets"), "value")),
	    "18446744073709551615");
	json_decref(show);
	put(f, 1, INT64_MAX, 0, QUALITY_FIRST);
	show = json_show(&f->report, NOW);
	assert_int_equal(
	    json_integer_value(json_object_get(metric_of(show, "ifHCInOctets"), "value")), INT64_MAX);
	json_decref(show);
}

static void the_metric_carries_the_name_of_its_source(void **state)
{
	struct fixture *f = *state;
	json_t *show;

	put(f, 1, 7, 1, QUALITY_FIRST);
	show = json_show(&f->report, NOW);
	assert_null(metric_of(show, "ifHCInOctets"));
	assert_string_equal(json_string_value(json_object_get(metric_of(show, "ifInOctets"), "oid")),
	    "1.3.6.1.2.1.2.2.1.10.3");
	json_decref(show);
}

/* laLoadInt.1 is named as a whole: there is no .0 behind it. */
static void an_instance_is_named_as_it_is(void **state)
{
	struct fixture *f = *state;
	json_t *show;

	f->oper[0].is_instance = true;
	put(f, 2, 1, 0, QUALITY_OK);
	show = json_show(&f->report, NOW);
	assert_string_equal(json_string_value(json_object_get(metric_of(show, "ifOperStatus"), "oid")),
	    "1.3.6.1.2.1.2.2.1.8");
	json_decref(show);
}

static void a_date_has_its_text(void **state)
{
	struct fixture *f = *state;
	json_t *show, *metric;

	f->columns[2].kind = KIND_DATETIME;
	put(f, 2, NOW / UNITS_SEC, 0, QUALITY_OK);
	show = json_show(&f->report, NOW);
	metric = metric_of(show, "ifOperStatus");
	assert_int_equal(json_integer_value(json_object_get(metric, "value")), NOW / UNITS_SEC);
	assert_string_equal(json_string_value(json_object_get(metric, "text")), "2025-11-24T16:00:00Z");
	json_decref(show);
}

static void status_of_a_device(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {.rule = "device-down",
	    .severity = SEVERITY_CRITICAL,
	    .since = NOW,
	    .text = (char *)(uintptr_t) "gone"};
	json_t *status, *first;

	f->report.problems = &problem;
	f->report.n_problems = 1;
	status = json_status_device(&f->report, NOW);
	assert_string_equal(json_string_value(json_object_get(status, "address")), "192.0.2.1:1161");
	assert_true(json_is_true(json_object_get(status, "hard")));
	assert_true(json_number_value(json_object_get(status, "poll_ms")) == 12.0);
	assert_string_equal(json_string_value(json_object_get(status, "profile")), "if");
	first = json_array_get(json_object_get(status, "problems"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "rule")), "device-down");
	assert_string_equal(json_string_value(json_object_get(first, "severity")), "critical");
	assert_true(json_is_null(json_object_get(first, "object")));
	json_decref(status);
	status = json_show(&f->report, NOW);
	first = json_array_get(json_object_get(status, "problems"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "text")), "gone");
	json_decref(status);
}

static void a_device_never_asked_is_all_null(void **state)
{
	struct fixture *f = *state;
	struct device_report report = {.device = &f->device};
	json_t *status = json_status_device(&report, NOW), *show = json_show(&report, NOW);

	assert_true(json_is_null(json_object_get(status, "since")));
	assert_true(json_is_null(json_object_get(status, "profile")));
	assert_true(json_is_null(json_object_get(status, "last_poll")));
	assert_true(json_is_null(json_object_get(status, "poll_ms")));
	assert_string_equal(json_string_value(json_object_get(status, "state")), "unknown");
	assert_true(json_is_null(json_object_get(json_object_get(show, "system"), "name")));
	json_decref(status);
	json_decref(show);
}

static void hostile_text_becomes_clean(void **state)
{
	struct fixture *f = *state;
	struct system_info system = {.name = (char *)(uintptr_t) "a\xff\x01\x1b[31mb", .uptime_s = NAN};
	json_t *show;
	const char *name;

	f->report.system = &system;
	show = json_show(&f->report, NOW);
	name = json_string_value(json_object_get(json_object_get(show, "system"), "name"));
	assert_non_null(name);
	assert_null(strchr(name, '\x1b'));
	json_decref(show);
}

static void what_was_found_out_of_the_engine(void **state)
{
	struct fixture *f = *state;
	json_t *show = json_show(&f->report, NOW), *engine, *cached;
	struct text_style style = {.width = 80, .now = NOW};
	struct str out = {0};

	assert_true(json_is_null(json_object_get(show, "engine"))); /* never asked */
	text_engine(&out, show, &style);
	assert_string_equal(str_text(&out), "sw1  up, not asked yet\n");
	str_fini(&out);
	json_decref(show);
	f->report.peer = (struct peer_stats){.requests = 120,
	    .responses = 110,
	    .retransmits = 9,
	    .timeouts = 1,
	    .rtt = 12345678,
	    .timeout = 250 * UNITS_MS,
	    .max_message = 484,
	    .size_reason = SIZE_TOO_BIG,
	    .bulk = BULK_REFUSED,
	    .address = "192.0.2.1:1161",
	    .answers_from = "192.0.2.7:1161",
	    .window = 3,
	    .window_max = 16,
	    .window_losses = 1,
	    .max_rate = 10,
	    .source_port = 40001,
	    .source_port_changes = 2};
	f->set->refresh = 15 * UNITS_SEC + 4 * UNITS_MS;
	show = json_show(&f->report, NOW);
	engine = json_object_get(show, "engine");
	cached = json_object_get(json_object_get(engine, "cached"), "interfaces");
	assert_true(json_number_value(json_object_get(engine, "rtt_ms")) == 12.346);
	assert_true(json_number_value(json_object_get(engine, "timeout_ms")) == 250);
	assert_int_equal(json_integer_value(json_object_get(engine, "max_message")), 484);
	assert_string_equal(json_string_value(json_object_get(engine, "max_message_reason")), "too_big");
	assert_string_equal(json_string_value(json_object_get(engine, "getbulk")), "refused");
	assert_int_equal(json_integer_value(json_object_get(engine, "max_rate")), 10);
	assert_int_equal(json_integer_value(json_object_get(engine, "source_port_changes")), 2);
	assert_true(json_number_value(json_object_get(cached, "period_s")) == 15);
	text_engine(&out, show, &style);
	assert_string_equal(str_text(&out),
	    "sw1  up\n"
	    "  asked at      192.0.2.1:1161\n"
	    "  answers from  192.0.2.7:1161\n"
	    "  asked from    port 40001 of ours; changed 2 times, as it answered to another\n"
	    "                one\n"
	    "  round trip    12.3 ms; 250 ms for a try\n"
	    "  window        3 at once, of at most 16; closed 1 time by loss\n"
	    "  pace          10 a second at most (max_rate)\n"
	    "  message       484 octets: it said tooBig to more\n"
	    "  GETBULK       refused; walked by GETNEXT, tried again after some walks\n"
	    "  cached        interfaces: by the agent, every 15 s; rates are of that time\n"
	    "  packets       120 sent, 110 answered, 9 sent again, 1 given up\n");
	str_fini(&out);
	json_decref(show);
	/* A host name that nobody knows. */
	f->report.peer =
	    (struct peer_stats){.window = 2, .window_max = 16, .silent = true, .max_message = 1400};
	show = json_show(&f->report, NOW);
	engine = json_object_get(show, "engine");
	assert_true(json_is_null(json_object_get(engine, "address")));
	assert_true(json_is_null(json_object_get(engine, "rtt_ms")));
	assert_true(json_is_null(json_object_get(engine, "max_rate")));
	text_engine(&out, show, &style);
	assert_non_null(strstr(str_text(&out), "silent: one packet a poll until it answers"));
	str_fini(&out);
	json_decref(show);
}

static void text_names_what_is_wrong_first(void **state)
{
	struct fixture *f = *state;
	struct problem problem = {.rule = "device-down",
	    .severity = SEVERITY_CRITICAL,
	    .since = NOW,
	    .text = (char *)(uintptr_t) "does not answer"};
	struct text_style style = {.width = 80, .now = NOW};
	size_t by_state[DEVICE_STATE_COUNT] = {[DEVICE_UP] = 1, [DEVICE_DOWN] = 1};
	json_t *devices = json_array(), *status;
	struct str out = {0};
	const char *down, *up;

	json_array_append_new(devices, json_status_device(&f->report, NOW));
	f->device.name = (char *)(uintptr_t) "sw2";
	f->report.problems = &problem;
	f->report.n_problems = 1;
	f->report.status = (struct device_status){.state = DEVICE_DOWN, .since = NOW - 240 * UNITS_SEC};
	json_array_append_new(devices, json_status_device(&f->report, NOW));
	status = json_status(devices, by_state, NOW);
	text_status(&out, status, &style);
	down = strstr(str_text(&out), "(D)  sw2  down  4 min  does not answer");
	up = strstr(str_text(&out), "sw1  up");
	assert_non_null(down);
	assert_non_null(up);
	assert_true(down < up);
	assert_non_null(strstr(str_text(&out), "1 of 2 present, 1 down"));
	assert_null(strchr(str_text(&out), '\x1b'));
	json_decref(status);
	str_fini(&out);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(show_has_the_contract_fields), T(unknown_is_null_and_says_why),
	    T(old_values_are_stale), T(large_counters_are_decimal_strings),
	    T(the_metric_carries_the_name_of_its_source), T(an_instance_is_named_as_it_is),
	    T(a_date_has_its_text), T(status_of_a_device), T(a_device_never_asked_is_all_null),
	    T(hostile_text_becomes_clean), T(what_was_found_out_of_the_engine),
	    T(text_names_what_is_wrong_first)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
