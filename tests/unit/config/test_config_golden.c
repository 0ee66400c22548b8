/* tests/golden/config/NAME.yaml -> NAME.ok (messages and the inventory) or NAME.err (messages).
 * With GOLDEN=update in the environment the expected files are written anew. */
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/config.h"
#include "config/paths.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY "tests/golden/config"

static void dump_settings(struct str *out, const struct settings *settings)
{
	char a[UNITS_TEXT_MAX], b[UNITS_TEXT_MAX], *state = paths_default_state();
	char *run = paths_default_run(NULL, state);

	str_addf(out, "interval %s timeout %s retries %u tries %u\n",
	    units_config_duration(a, settings->interval), units_config_duration(b, settings->timeout),
	    settings->retries, settings->tries);
	str_addf(out, "state %s run %s\n",
	    strcmp(settings->state, state) == 0 ? "(default)" : settings->state,
	    strcmp(settings->run, run) == 0 ? "(default)" : settings->run);
	str_addf(out, "writer %s gather %s\n", settings->writer == STORE_RRD ? "rrd" : "none",
	    settings->gather < 0 ? "auto" : units_config_duration(a, settings->gather));
	for (size_t i = 0; i < settings->n_archives; i++)
		str_addf(out, "archive step %s keep %s%s\n",
		    units_config_duration(a, settings->archives[i].step),
		    units_config_duration(b, settings->archives[i].keep),
		    settings->archives[i].with_max ? " max" : "");
	free(state);
	free(run);
}

static void dump_credential(struct str *out, const struct credential *credential)
{
	str_addf(out, "credential %s version %d", credential->name, (int)credential->version);
	if (credential->community.bytes != NULL)
		str_addf(out, " community %zu bytes", credential->community.len);
	if (credential->user != NULL)
		str_addf(out, " user %s auth %s (%zu bytes) priv %s (%zu bytes)", credential->user,
		    credential->auth != NULL ? credential->auth : "-", credential->auth_key.len,
		    credential->priv != NULL ? credential->priv : "-", credential->priv_key.len);
	str_add(out, "\n");
}

static void dump_custom(struct str *out, const struct table *table)
{
	char oid[OID_TEXT_MAX];

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];
		struct oid name;

		source_oid(&column->sources[0], &name);
		str_addf(out, "    %s %s oid %s unit '%s' scale %g ds %s counter %d graph %s\n", column->name,
		    kind_name(column->kind), oid_format(&name, oid, sizeof oid), column->unit,
		    column->sources[0].scale, column->ds, column->counter, table->graphs[i].unit);
	}
	str_addf(
	    out, "    %zu columns %zu counters %zu ds\n", table->n_columns, table->n_counters, table->n_ds);
}

static void dump_device(struct str *out, const struct inventory *inventory, const struct device *device)
{
	char a[UNITS_TEXT_MAX], b[UNITS_TEXT_MAX];

	str_addf(out, "device %zu '%s' %s port %u interval %s timeout %s retries %u", device->number,
	    device->name, device->host, device->port, units_config_duration(a, device->interval),
	    units_config_duration(b, device->timeout), device->retries);
	for (size_t i = 0; i < device->n_credentials; i++)
		str_addf(out, "%s%s", i == 0 ? " credential " : ",", device->credentials[i]->name);
	for (size_t i = 0; i < device->n_tags; i++)
		str_addf(out, "%s%s", i == 0 ? " tags " : ",", device->tags[i]);
	if (device->parent >= 0)
		str_addf(out, " parent '%s'", inventory->devices[device->parent].name);
	if (device->profile != NULL)
		str_addf(out, " profile %s", device->profile->file);
	if (device->max_rate > 0)
		str_addf(out, " at most %u/s", device->max_rate);
	str_add(out, device->accept_any_source ? " any source\n" : "\n");
	for (size_t i = 0; i < device->n_rows; i++)
		str_addf(out, "    rows %s include %s exclude %s\n", device->rows[i].table,
		    device->rows[i].include != NULL ? match_pattern(device->rows[i].include) : "-",
		    device->rows[i].exclude != NULL ? match_pattern(device->rows[i].exclude) : "-");
	if (device->custom != NULL)
		dump_custom(out, device->custom);
}

static void dump(struct str *out, const struct inventory *inventory)
{
	dump_settings(out, &inventory->settings);
	for (size_t i = 0; i < inventory->n_credentials; i++)
		dump_credential(out, inventory->credentials[i]);
	for (size_t i = 0; i < inventory->n_profiles; i++)
		str_addf(out, "profile %s %s\n", inventory->profiles[i]->name, inventory->profiles[i]->file);
	for (size_t i = 0; i < inventory->n_devices; i++)
		dump_device(out, inventory, &inventory->devices[i]);
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
	assert_int_not_equal(fputs(text, file), EOF);
	assert_int_equal(fclose(file), 0);
}

static char *with_suffix(const char *path, const char *suffix)
{
	return str_format("%.*s%s", (int)(strlen(path) - strlen(".yaml")), path, suffix);
}

static void check_file(void **state)
{
	const char *path = *state;
	struct config_report report = {0};
	struct inventory *inventory = config_load(
	    &(struct config_options){
		.file = path, .profiles_dir = DIRECTORY "/shipped", .mibs_dir = "tests/golden/mibs"},
	    &report);
	char *expected_path = with_suffix(path, inventory != NULL ? ".ok" : ".err");
	char *other_path = with_suffix(path, inventory != NULL ? ".err" : ".ok"), *expected;
	struct str got = {0};

	assert_int_equal(inventory == NULL, report.errors > 0);
	str_add(&got, str_text(&report.messages));
	if (inventory != NULL)
		dump(&got, inventory);
	assert_null(strstr(str_text(&got), "s3cretword"));
	assert_null(strstr(str_text(&got), "Tr0ub4dor"));
	if (getenv("GOLDEN") != NULL && strcmp(getenv("GOLDEN"), "update") == 0) {
		unlink(other_path);
		write_text(expected_path, str_text(&got));
	}
	assert_int_not_equal(access(other_path, F_OK), 0);
	expected = read_text(expected_path);
	assert_non_null(expected);
	assert_string_equal(str_text(&got), expected);
	free(expected);
	free(expected_path);
	free(other_path);
	str_fini(&got);
	config_report_fini(&report);
	inventory_free(inventory);
}

/* What a checkout makes of modes depends on the umask; the tests need these. */
static void set_modes(void)
{
	struct paths all = {0};
	struct diag *diag = diag_new();

	assert_int_equal(paths_expand(DIRECTORY, "**", (struct diag_place){0}, diag, &all), ERR_OK);
	for (size_t i = 0; i < all.n; i++)
		assert_int_equal(chmod(all.v[i], str_ends(all.v[i], ".secret") ? 0600 : 0644), 0);
	diag_free(diag);
	paths_fini(&all);
}

int main(void)
{
	static const char *const variables[] = {"STATE_DIRECTORY", "RUNTIME_DIRECTORY",
	    "CREDENTIALS_DIRECTORY", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"};
	struct diag *diag = diag_new();
	struct paths files = {0};
	struct CMUnitTest *tests;
	int failed;

	for (size_t i = 0; i < ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	if (paths_expand(DIRECTORY, "*.yaml", (struct diag_place){0}, diag, &files) != ERR_OK ||
	    files.n < 40) {
		fprintf(stderr, "no golden files below " DIRECTORY "; run this from the top of the tree\n");
		return 1;
	}
	set_modes();
	tests = mem_calloc(files.n, sizeof *tests);
	for (size_t i = 0; i < files.n; i++)
		tests[i] = (struct CMUnitTest){
		    .name = paths_base(files.v[i]), .test_func = check_file, .initial_state = files.v[i]};
	failed = _cmocka_run_group_tests("config", tests, files.n, NULL, NULL);
	free(tests);
	paths_fini(&files);
	diag_free(diag);
	return failed;
}
