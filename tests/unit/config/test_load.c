#include "unit/config/place.h"

#include "base/units.h"
#include "config/config.h"

#include <time.h>

#define FLEET 10000

/* A directory with profiles, so that no warning comes from their lack. */
static void begin(struct place *place)
{
	place_init(place);
	place_dir(place, "profiles");
	place_file(place, "profiles/any.yaml", 0644,
	    "sysobjectid: \"*\"\nmetrics:\n  - group: system\n    symbols:\n"
	    "      - {OID: 1.3.6.1.2.1.1.3, name: sysUpTime, kind: timeticks, unit: s, ds: uptime}\n");
}

static struct inventory *load(const struct place *place, const char *file, struct config_report *report)
{
	char profiles[128];

	snprintf(profiles, sizeof profiles, "%s/profiles", place->dir);
	*report = (struct config_report){0};
	return config_load(
	    &(struct config_options){.file = place_path(place, file), .profiles_dir = profiles}, report);
}

static void assert_message(const struct config_report *report, const char *part)
{
	if (strstr(str_text(&report->messages), part) == NULL)
		fail_msg("no '%s' in:\n%s", part, str_text(&report->messages));
}

static void ten_thousand_devices(void **state)
{
	struct place place;
	struct config_report report;
	struct inventory *inventory;
	clock_t start;
	double cpu_s;
	FILE *file;

	(void)state;
	begin(&place);
	place_file(&place, "rollcall.yaml", 0644,
	    "tags: {edge: {interval: 30s, parent: dev0, rows: {system: {exclude: \"^(veth|docker)\"}}}}\n");
	file = fopen(place_path(&place, "devices.yaml"), "w");
	assert_non_null(file);
	for (int i = 0; i < FLEET; i++)
		fprintf(file,
		    "- {name: dev%d, address: \"10.%d.%d.%d\", port: 1161, credential: public, tags: [%s, "
		    "seoul]}\n",
		    i, i >> 16, i >> 8 & 255, i & 255, i % 2 == 0 ? "core" : "edge");
	assert_int_equal(fclose(file), 0);
	start = clock();
	inventory = load(&place, "rollcall.yaml", &report);
	cpu_s = (double)(clock() - start) / CLOCKS_PER_SEC;
	printf("%d devices: %.3f s of CPU\n", FLEET, cpu_s);
	assert_string_equal(str_text(&report.messages), "");
	assert_non_null(inventory);
	assert_int_equal(inventory->n_devices, FLEET);
	for (size_t i = 0; i < FLEET; i++) {
		const struct device *device = &inventory->devices[i];

		assert_int_equal(device->number, i);
		assert_int_equal(device->parent, i % 2 == 0 ? -1 : 0);
		assert_int_equal(device->interval, (i % 2 == 0 ? 60 : 30) * UNITS_SEC);
		assert_int_equal(device->n_rows, i % 2);
		assert_int_equal(device->n_credentials, 1);
		assert_int_equal(device->n_tags, 2);
	}
	assert_string_equal(inventory->devices[4711].name, "dev4711");
	assert_string_equal(inventory->devices[4711].host, "10.0.18.103");
	assert_true(cpu_s < 3);
	inventory_free(inventory);
	config_report_fini(&report);
	place_fini(&place);
}

static void thousands_of_mistakes_are_bounded(void **state)
{
	struct place place;
	struct config_report report;
	FILE *file;

	(void)state;
	begin(&place);
	file = fopen(place_path(&place, "devices.yaml"), "w");
	assert_non_null(file);
	for (int i = 0; i < FLEET; i++)
		fprintf(file,
		    "- {name: dev%d, address: 10.0.0.1, parent: nobody%d, credential: none, nokey: x}\n",
		    i / 2, i);
	assert_int_equal(fclose(file), 0);
	place_file(&place, "rollcall.yaml", 0644, "interval: 60s\n");
	assert_null(load(&place, "rollcall.yaml", &report));
	assert_true(report.errors > FLEET);
	assert_true(report.messages.len < 200 * 1000);
	assert_message(&report, " more errors\n");
	config_report_fini(&report);
	place_fini(&place);
}

static void secret_files(void **state)
{
	struct place place;
	struct config_report report;
	struct inventory *inventory;

	(void)state;
	begin(&place);
	place_dir(&place, "credentials");
	place_file(&place, "here", 0600, "from-here\n");
	place_file(&place, "both", 0600, "from-here\n");
	place_file(&place, "credentials/both", 0400, "from-credentials");
	place_file(&place, "open", 0604, "hunter22\n");
	place_file(&place, "writable", 0602, "hunter22\n");
	place_file(&place, "good.yaml", 0644,
	    "credentials: {a: {community_file: here}, b: {community_file: both}}\ncredential: [b, "
	    "a]\ndevices: [192.0.2.1]\n");
	setenv("CREDENTIALS_DIRECTORY", place_path(&place, "credentials"), 1);
	inventory = load(&place, "good.yaml", &report);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_string_equal(str_text(&report.messages), "");
	assert_non_null(inventory);
	assert_memory_equal(inventory->credentials[0]->community.bytes, "from-here", 9);
	assert_int_equal(inventory->credentials[1]->community.len, strlen("from-credentials"));
	assert_string_equal(inventory->devices[0].credentials[0]->name, "b");
	inventory_free(inventory);
	config_report_fini(&report);
	place_file(&place, "bad.yaml", 0644,
	    "credentials: {a: {community_file: open}, b: {community_file: writable}}\ncredential: [b, "
	    "a]\ndevices: [192.0.2.1]\n");
	assert_null(load(&place, "bad.yaml", &report));
	assert_int_equal(report.errors, 2);
	assert_message(&report, "open' may be read by others; chmod o-rw ");
	assert_message(&report, "writable' may be written by others; chmod o-rw ");
	assert_null(strstr(str_text(&report.messages), "hunter22"));
	config_report_fini(&report);
	place_fini(&place);
}

static void a_community_in_a_private_file_is_fine(void **state)
{
	static const char text[] = "credentials: {ro: {community: hunter22}}\ndevices: [192.0.2.1]\n";
	struct place place;
	struct config_report report;

	(void)state;
	begin(&place);
	place_file(&place, "private.yaml", 0640, text);
	place_file(&place, "open.yaml", 0644, text);
	inventory_free(load(&place, "private.yaml", &report));
	assert_string_equal(str_text(&report.messages), "");
	config_report_fini(&report);
	inventory_free(load(&place, "open.yaml", &report));
	assert_int_equal(report.warnings, 1);
	assert_int_equal(report.errors, 0);
	assert_message(&report, "a community stands in a file that others may read; chmod o-r ");
	config_report_fini(&report);
	place_fini(&place);
}

/* Each cut of a file that holds secrets: whatever is said about it, they are not in it. */
static void no_cut_of_a_file_tells_a_secret(void **state)
{
	static const char text[] =
	    "credentials:\n  a: {version: 2c, community: hunter22}\n  b:\n    community: \"hunter22\"\n"
	    "  c: {comunity: hunter22}\n  d: {version: 3, user: u, priv_key: hunter22, auth_key: "
	    "[hunter22]}\n"
	    "  e:\n    community:\n      hunter22\n  f: {version: 2c, password: 'hunter22', x: }\n"
	    "  g: {community: >-\n    hunter22\n    }\ncredential: a\ndevices: [192.0.2.1]\n";
	struct place place;
	struct config_report report;
	char cut[sizeof text];

	(void)state;
	begin(&place);
	for (size_t len = 1; len < sizeof text; len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		place_file(&place, "cut.yaml", 0644, cut);
		inventory_free(load(&place, "cut.yaml", &report));
		if (strstr(str_text(&report.messages), "hunter22") != NULL)
			fail_msg("after %zu bytes:\n%s", len, str_text(&report.messages));
		config_report_fini(&report);
	}
	place_fini(&place);
}

static void files_that_others_name_are_found_beside_them(void **state)
{
	struct place place;
	struct config_report report;
	struct inventory *inventory;

	(void)state;
	begin(&place);
	place_dir(&place, "devices.d");
	place_file(&place, "rollcall.yaml", 0644, "");
	place_file(&place, "devices.yaml", 0644, "- 192.0.2.1\n");
	place_file(&place, "devices.d/b.yaml", 0644, "- 192.0.2.3\n");
	place_file(&place, "devices.d/a.yaml", 0644, "- 192.0.2.2\n");
	place_file(&place, "devices.d/a.yaml.orig", 0644, "- 192.0.2.2\n");
	assert_int_equal(
	    symlink("a.yaml", place_path(&place, "devices.d/c.yaml")), 0); /* the same file counts once */
	inventory = load(&place, "rollcall.yaml", &report);
	assert_string_equal(str_text(&report.messages), "");
	assert_int_equal(inventory->n_devices, 3);
	assert_string_equal(inventory->devices[1].name, "192.0.2.2");
	assert_non_null(inventory_device(inventory, "192.0.2.3"));
	inventory_free(inventory);
	config_report_fini(&report);
	place_fini(&place);
}

static void without_a_configuration(void **state)
{
	struct place place;
	struct config_report report = {0};
	struct inventory *inventory;
	char profiles[128], *before = getcwd(NULL, 0);

	(void)state;
	begin(&place);
	snprintf(profiles, sizeof profiles, "%s/profiles", place.dir);
	place_dir(&place, "empty");
	assert_int_equal(chdir(place_path(&place, "empty")), 0);
	if (access("/etc/rollcall/rollcall.yaml", F_OK) != 0) {
		assert_null(config_load(&(struct config_options){.profiles_dir = profiles}, &report));
		assert_message(&report, "error: no configuration: there is neither ./rollcall.yaml nor "
					"/etc/rollcall/rollcall.yaml; write one");
		config_report_fini(&report);
		inventory = config_load_bare(&(struct config_options){.profiles_dir = profiles}, &report);
		assert_string_equal(str_text(&report.messages), "");
		assert_non_null(inventory);
		assert_int_equal(inventory->n_devices, 0);
		assert_int_equal(inventory->n_credentials, 1);
		assert_int_equal(inventory->n_profiles, 1);
		inventory_free(inventory);
	}
	report = (struct config_report){0};
	assert_null(config_load_bare(
	    &(struct config_options){.file = "nosuch.yaml", .profiles_dir = profiles}, &report));
	assert_message(&report, "error: cannot read 'nosuch.yaml'");
	config_report_fini(&report);
	assert_int_equal(chdir(before), 0);
	free(before);
	place_fini(&place);
}

static void the_bare_one_reads_no_devices(void **state)
{
	struct place place;
	struct config_report report = {0};
	struct inventory *inventory;
	char profiles[128];

	(void)state;
	begin(&place);
	snprintf(profiles, sizeof profiles, "%s/profiles", place.dir);
	place_file(&place, "rollcall.yaml", 0644, "timeout: 1s\ndevices: [nosuch.yaml]\n");
	inventory = config_load_bare(
	    &(struct config_options){.file = place_path(&place, "rollcall.yaml"), .profiles_dir = profiles},
	    &report);
	assert_string_equal(str_text(&report.messages), "");
	assert_int_equal(inventory->settings.timeout, UNITS_SEC);
	inventory_free(inventory);
	config_report_fini(&report);
	place_fini(&place);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ten_thousand_devices),
	    cmocka_unit_test(thousands_of_mistakes_are_bounded),
	    cmocka_unit_test(secret_files),
	    cmocka_unit_test(a_community_in_a_private_file_is_fine),
	    cmocka_unit_test(no_cut_of_a_file_tells_a_secret),
	    cmocka_unit_test(files_that_others_name_are_found_beside_them),
	    cmocka_unit_test(without_a_configuration),
	    cmocka_unit_test(the_bare_one_reads_no_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
