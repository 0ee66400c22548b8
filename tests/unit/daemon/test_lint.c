/* Each kind of finding, red and green: a profile of one table against recordings of it. */
#include "daemon/lint.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/log.h"
#include "base/str.h"
#include "config/config.h"
#include "unit/config/place.h"
#include "unit/lint/objects.h"

#define ENTRY "1.3.6.1.4.1.9999.1.1"
#define ROWS  4

static const char profile_text[] =
    "sysobjectid: 1.3.6.1.4.1.9999\n"
    "metrics:\n"
    "  - as: sensors\n"
    "    table: {OID: 1.3.6.1.4.1.9999.1, name: sensorTable}\n"
    "    key: sensorName\n"
    "    symbols:\n"
    "      - {OID: " ENTRY ".2, name: sensorName, tag: true}\n"
    "      - {OID: " ENTRY ".3, name: temp, kind: gauge, unit: °C, ds: temp}\n"
    "      - {OID: " ENTRY ".4, name: load, kind: gauge, unit: '%', ds: load}\n"
    "      - {OID: " ENTRY ".5, name: state, kind: enum, enum: {1: ok, 2: failed}}\n"
    "      - {OID: " ENTRY ".6, name: packets, kind: counter, ds: packets}\n"
    "      - {OID: " ENTRY ".7, name: sessions, kind: gauge, ds: sessions}\n";

/* What the device says; tests change it. */
struct device_data {
	const char *names[ROWS];
	int64_t temp[ROWS], load[ROWS], state[ROWS], packets[ROWS], sessions[ROWS];
	enum value_type sessions_type;
	const char *temp_text; /* instead of numbers */
	bool no_load;
};

static struct device_data sound(void)
{
	return (struct device_data){.names = {"Inlet", "CPU", "Outlet", "Board"},
	    .temp = {21, 48, 33, 40},
	    .load = {0, 17, 100, 50},
	    .state = {1, 1, 2, 1},
	    .packets = {10, 20, 4000000000, 0},
	    .sessions = {5, 6, 7, 8},
	    .sessions_type = VALUE_GAUGE32};
}

static struct recording *record(const struct device_data *data, int64_t uptime)
{
	struct recording *recording = recording_new();

	object_text(recording, "1.3.6.1.2.1.1.1.0", "a device");
	object_octets(recording, "1.3.6.1.2.1.1.2.0", VALUE_OID, "\x2b\x06\x01\x04\x01\xce\x0f", 7);
	object_number(recording, "1.3.6.1.2.1.1.3.0", VALUE_TIMETICKS, uptime);
	object_texts(recording, ENTRY ".2", ROWS, data->names);
	if (data->temp_text != NULL)
		object_texts(recording, ENTRY ".3", ROWS,
		    (const char *const[]){
			data->temp_text, data->temp_text, data->temp_text, data->temp_text});
	else
		object_column(recording, ENTRY ".3", VALUE_INTEGER, ROWS, data->temp);
	if (!data->no_load)
		object_column(recording, ENTRY ".4", VALUE_INTEGER, ROWS, data->load);
	object_column(recording, ENTRY ".5", VALUE_INTEGER, ROWS, data->state);
	object_column(recording, ENTRY ".6", VALUE_COUNTER32, ROWS, data->packets);
	object_column(recording, ENTRY ".7", data->sessions_type, ROWS, data->sessions);
	recording_sort(recording);
	return recording;
}

struct scene {
	struct place place;
	struct inventory *inventory;
	const struct profile *profile;
	struct lint_result result;
};

static int set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);
	struct config_options options = {.profiles_dir = "etc/profiles"};
	struct config_report report = {0};

	place_init(&scene->place);
	place_file(&scene->place, "rollcall.yaml", 0640, "credential: public\n");
	place_file(&scene->place, "lab.yaml", 0644, profile_text);
	options.file = place_path(&scene->place, "rollcall.yaml");
	options.profile = place_path(&scene->place, "lab.yaml");
	scene->inventory = config_load_bare(&options, &report);
	print_error("%s", str_text(&report.messages));
	config_report_fini(&report);
	assert_non_null(scene->inventory);
	for (size_t i = 0; i < scene->inventory->n_profiles; i++) {
		if (strcmp(scene->inventory->profiles[i]->name, "lab") == 0)
			scene->profile = scene->inventory->profiles[i];
	}
	assert_non_null(scene->profile);
	*state = scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *scene = *state;

	lint_result_fini(&scene->result);
	inventory_free(scene->inventory);
	place_fini(&scene->place);
	free(scene);
	return 0;
}

/* Of a first recording, and a later one if there is one. */
static void lint(struct scene *scene, const struct device_data *first, const struct device_data *second)
{
	struct recording *recordings[2] = {record(first, 1000000), NULL};
	struct lint_options options = {.inventory = scene->inventory,
	    .profile = scene->profile,
	    .recordings = (const struct recording *const *)recordings,
	    .n_recordings = second != NULL ? 2 : 1};

	if (second != NULL)
		recordings[1] = record(second, 1006000);
	lint_result_fini(&scene->result);
	lint_run(&options, &scene->result);
	recording_free(recordings[0]);
	recording_free(recordings[1]);
}

/* The only fault there is, or a note of that kind about that column. */
static void assert_found(
    const struct scene *scene, enum finding_kind kind, const char *column, const char *words)
{
	for (size_t i = 0; i < scene->result.findings.n; i++) {
		const struct finding *finding = &scene->result.findings.v[i];

		if (finding->kind == kind && str_equal(finding->column, column) &&
		    strstr(finding->what, words) != NULL) {
			assert_int_equal(finding_faults(&scene->result.findings), !finding_is_note(kind));
			return;
		}
	}
	for (size_t i = 0; i < scene->result.findings.n; i++)
		print_error("%s: %s\n", finding_kind_name(scene->result.findings.v[i].kind),
		    scene->result.findings.v[i].what);
	fail_msg("no '%s' of %s with '%s'", finding_kind_name(kind), column, words);
}

static void a_sound_profile_has_no_findings(void **state)
{
	struct scene *scene = *state;
	struct device_data first = sound(), second = sound();

	second.packets[0] += 5;
	second.packets[2] = 100; /* a wrap */
	second.sessions[0]--;
	second.temp[1]++;
	lint(scene, &first, &second);
	for (size_t i = 0; i < scene->result.findings.n; i++)
		print_error("%s\n", scene->result.findings.v[i].what);
	assert_int_equal(scene->result.findings.n, 0);
	assert_int_equal(scene->result.rows, ROWS);
}

static void a_counter_that_falls(void **state)
{
	struct device_data first = sound(), second = sound();

	first.packets[1] = 2000;
	second.packets[1] = 1000;
	lint(*state, &first, &second);
	assert_found(*state, FINDING_KIND, "packets", "falls");
}

static void a_gauge_that_is_a_counter(void **state)
{
	struct device_data first = sound(), second = sound();

	first.sessions_type = second.sessions_type = VALUE_COUNTER32;
	for (size_t i = 0; i < ROWS; i++)
		second.sessions[i] += 100;
	lint(*state, &first, &second);
	assert_found(*state, FINDING_KIND, "sessions", "only ever rises");
	/* A gauge that has moved both ways comes as a counter too, on some devices. */
	second.sessions[0] = 1;
	lint(*state, &first, &second);
	assert_int_equal(finding_faults(&((struct scene *)*state)->result.findings), 0);
}

static void text_for_a_number(void **state)
{
	struct device_data first = sound();

	first.temp_text = "warm";
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_KIND, "temp", "'warm'");
	first.temp_text = "21.5";
	lint(*state, &first, NULL);
	assert_int_equal(finding_faults(&((struct scene *)*state)->result.findings), 0);
}

static void beyond_the_unit(void **state)
{
	struct device_data first = sound();

	first.temp[0] = 215;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_UNIT, "temp", "Inlet");
	first = sound();
	first.load[3] = 101;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_UNIT, "load", "101 %");
}

static void numbers_that_mean_none(void **state)
{
	struct device_data first = sound();

	first.temp[2] = 2147483647;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_ABSENT, "temp", "Outlet");
	first = sound();
	first.load[2] = 255;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_ABSENT, "load", "255");
	first = sound();
	first.sessions[0] = 65535;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_ABSENT, "sessions", "65535");
	/* One degree below zero, and 65535 among its like, are what they are. */
	first = sound();
	first.temp[0] = -1;
	first.sessions[0] = 65535;
	first.sessions[1] = 50000;
	lint(*state, &first, NULL);
	assert_int_equal(finding_faults(&((struct scene *)*state)->result.findings), 0);
}

static void keys_that_do_not_hold(void **state)
{
	struct device_data first = sound(), second = sound();

	first.names[1] = "Inlet";
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_KEY, NULL, "'Inlet");
	first = sound();
	first.names[1] = "";
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_KEY, NULL, "no name of their own");
	first = sound();
	second.names[3] = "Board 2";
	lint(*state, &first, &second);
	assert_found(*state, FINDING_KEY, NULL, "'Board', then 'Board 2'");
	first.names[0] = "1";
	first.names[1] = "2";
	first.names[2] = "3";
	first.names[3] = "4";
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_KEY, "sensorName", "repeats the index");
}

static void states_without_a_name(void **state)
{
	struct device_data first = sound();

	first.state[1] = 7;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_STATE, "state", "7 has no name");
}

static void what_the_device_lacks(void **state)
{
	struct device_data first = sound();

	first.no_load = true;
	lint(*state, &first, NULL);
	assert_found(*state, FINDING_LACKS, "load", "no row");
}

static void what_never_moves(void **state)
{
	struct device_data first = sound();

	for (size_t i = 0; i < ROWS; i++)
		first.sessions[i] = 600;
	lint(*state, &first, &first);
	assert_found(*state, FINDING_CONSTANT, "sessions", "600 in all");
	for (size_t i = 0; i < ROWS; i++)
		first.sessions[i] = 0;
	lint(*state, &first, &first);
	assert_int_equal(((struct scene *)*state)->result.findings.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_sound_profile_has_no_findings, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_counter_that_falls, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_gauge_that_is_a_counter, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(text_for_a_number, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(beyond_the_unit, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(numbers_that_mean_none, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(keys_that_do_not_hold, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(states_without_a_name, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_the_device_lacks, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_never_moves, set_up, tear_down),
	};

	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests_name("lint", tests, NULL, NULL);
}
