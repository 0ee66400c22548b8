/* tests/golden/rules/NAME.yaml, a configuration over the shipped profiles and rules, -> NAME.ok (messages and
 * rules) or NAME.err (messages). With GOLDEN=update in the environment the expected files are written anew.
 */
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "config/config.h"
#include "config/paths.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DIRECTORY "tests/golden/rules"
#define PROFILES  "etc/profiles"

static void dump_rule(struct str *out, const struct rule *rule)
{
	char buf[UNITS_TEXT_MAX];

	str_addf(out, "rule %s of %s %s", rule->name, rule->of,
	    rule->file == NULL ? "built in"
	    : rule->is_shipped ? "shipped"
			       : "own");
	if (rule_has_limits(rule))
		str_addf(out, " warning %g critical %g unit '%s'", rule->warning, rule->critical,
		    rule->limit_unit);
	else
		str_addf(out, " %s", severity_name(rule->severity));
	if (rule->hold_polls > 0)
		str_addf(out, " for %u polls", rule->hold_polls);
	else
		str_addf(out, " for %s", units_config_duration(buf, rule->hold));
	if (rule->device != NULL || rule->tag != NULL)
		str_addf(out, " device %s tag %s", rule->device, rule->tag);
	str_add(out, "\n");
	/* Each sort of binding once: how many profiles have such a table is not of interest here. */
	for (size_t i = 0; i < rule->n_bindings; i++) {
		const struct rule_binding *b = &rule->bindings[i];
		char *line = str_format("    %s value '%s' memory %zu pieces %zu\n",
		    b->table != NULL ? b->table->name : "device", b->value_unit,
		    b->where_states + b->when_states + b->clear_states, b->n_pieces);

		if (i == 0 || !str_ends(str_text(out), line))
			str_add(out, line);
		free(line);
	}
}

static void dump_disabled(struct str *out, const char *whose, const struct disabled *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		str_addf(out, "%s disables %s at %s:%u\n", whose, list[i].rule, list[i].file, list[i].line);
}

static void dump(struct str *out, const struct inventory *inventory)
{
	const struct settings *settings = &inventory->settings;

	/* What is shipped is tried with its profiles (tests/profiles), and here only what has taken its
	 * place. */
	for (size_t i = 0; i < inventory->n_rules; i++) {
		if (!inventory->rules[i]->is_shipped)
			dump_rule(out, inventory->rules[i]);
	}
	for (size_t i = 0; i < settings->n_limits; i++) {
		const struct limit *l = &settings->limits[i];

		str_addf(out, "limit %s device %s tag %s row %s", l->rule,
		    l->device != NULL ? l->device : "-", l->tag != NULL ? l->tag : "-",
		    l->row != NULL ? l->row : "-");
		if (l->has_warning)
			str_addf(out, " warning %g", isnan(l->warning) ? -1 : l->warning);
		if (l->has_critical)
			str_addf(out, " critical %g", isnan(l->critical) ? -1 : l->critical);
		str_addf(out, " at %s:%u\n", l->file, l->line);
	}
	dump_disabled(out, "all", settings->disabled, settings->n_disabled);
	for (size_t i = 0; i < inventory->n_devices; i++)
		dump_disabled(out, inventory->devices[i].name, inventory->devices[i].disabled,
		    inventory->devices[i].n_disabled);
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
	struct inventory *inventory =
	    config_load(&(struct config_options){.file = path, .profiles_dir = PROFILES}, &report);
	char *expected_path = with_suffix(path, inventory != NULL ? ".ok" : ".err");
	char *other_path = with_suffix(path, inventory != NULL ? ".err" : ".ok"), *expected;
	struct str got = {0};

	assert_int_equal(inventory == NULL, report.errors > 0);
	str_add(&got, str_text(&report.messages));
	if (inventory != NULL)
		dump(&got, inventory);
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

int main(void)
{
	struct diag *diag = diag_new();
	struct paths files = {0};
	struct CMUnitTest *tests;
	int failed;

	if (paths_expand(DIRECTORY, "*.yaml", (struct diag_place){0}, diag, &files) != ERR_OK ||
	    files.n < 8) {
		fprintf(stderr, "no golden files below " DIRECTORY "; run this from the top of the tree\n");
		return 1;
	}
	tests = mem_calloc(files.n, sizeof *tests);
	for (size_t i = 0; i < files.n; i++)
		tests[i] = (struct CMUnitTest){
		    .name = paths_base(files.v[i]), .test_func = check_file, .initial_state = files.v[i]};
	failed = _cmocka_run_group_tests("rules", tests, files.n, NULL, NULL);
	free(tests);
	paths_fini(&files);
	diag_free(diag);
	return failed;
}
