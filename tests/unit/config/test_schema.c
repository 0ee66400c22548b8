#include "base/match.h"
#include "base/units.h"
#include "config/check.h"
#include "config/config.h"
#include "config/schema.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MANUAL "docs/configuration.md"
#define BEGIN  "<!-- schema: begin -->\n"
#define END    "<!-- schema: end -->\n"

static void each_key(void (*check)(const struct schema_section *, const struct schema_key *))
{
	const struct schema_section *section;

	for (size_t i = 0; (section = schema_section_at(i)) != NULL; i++)
		for (size_t k = 0; k < section->n; k++)
			check(section, &section->keys[k]);
}

static void check_key(const struct schema_section *section, const struct schema_key *key)
{
	bool has_section = key->type == SCHEMA_MAPPING || key->type == SCHEMA_MAP || key->type == SCHEMA_LIST;

	if (key->doc == NULL || strlen(key->doc) > 120)
		fail_msg("%s.%s: one line of documentation", section->name, key->name);
	if (has_section != (key->of != NULL && schema_section(key->of) != NULL))
		fail_msg("%s.%s: section '%s'", section->name, key->name, key->of != NULL ? key->of : "");
	if ((key->type == SCHEMA_CHOICE) != (key->of != NULL && key->type != SCHEMA_DURATION && !has_section))
		fail_msg("%s.%s: words", section->name, key->name);
	if (key->min > key->max)
		fail_msg("%s.%s: range", section->name, key->name);
	assert_ptr_equal(schema_key(section, key->name), key); /* no name twice */
}

static void the_table_is_sound(void **state)
{
	(void)state;
	each_key(check_key);
	assert_null(schema_section("nosuch"));
	assert_null(schema_key(schema_section("config"), "nosuch"));
}

/* A default that is a plain value passes the check of its own key. */
static void check_default(const struct schema_section *section, const struct schema_key *key)
{
	struct diag *diag = diag_new();
	struct yaml *yaml = NULL;
	char *text;

	if (key->def == NULL || key->type > SCHEMA_CHOICE || key->type == SCHEMA_TEXT || key->is_later)
		goto out;
	text = str_format("%s: %s\n", key->name, key->def);
	assert_int_equal(
	    yaml_parse("default", text, strlen(text), diag, YAML_DUPLICATES_ERROR, &yaml), ERR_OK);
	check_section(diag, yaml_root(yaml), section, "x");
	if (diag_errors(diag) > 0)
		fail_msg("%s", text);
	free(text);
out:
	yaml_free(yaml);
	diag_free(diag);
}

static void defaults_are_values(void **state)
{
	(void)state;
	each_key(check_default);
}

static char *read_manual(void)
{
	FILE *file = fopen(MANUAL, "r");
	struct str text = {0};
	char buf[4096];
	size_t got;

	if (file == NULL)
		fail_msg("no " MANUAL "; run this from the top of the tree");
	while ((got = fread(buf, 1, sizeof buf, file)) > 0)
		str_add_n(&text, buf, got);
	fclose(file);
	return str_steal(&text);
}

/* GOLDEN=update writes the reference part anew. */
static void the_manual_is_the_table(void **state)
{
	char *manual = read_manual(), *begin = strstr(manual, BEGIN), *end = strstr(manual, END);
	struct str expected = {0};

	(void)state;
	assert_non_null(begin);
	assert_non_null(end);
	begin += strlen(BEGIN);
	str_add(&expected, "\n");
	schema_markdown(&expected);
	str_add(&expected, "\n");
	if (getenv("GOLDEN") != NULL && strcmp(getenv("GOLDEN"), "update") == 0) {
		FILE *file = fopen(MANUAL, "w");

		assert_non_null(file);
		fprintf(file, "%.*s%s%s", (int)(begin - manual), manual, str_text(&expected), end);
		assert_int_equal(fclose(file), 0);
	} else {
		*end = '\0';
		assert_string_equal(begin, str_text(&expected));
	}
	str_fini(&expected);
	free(manual);
}

static void shown_has_every_key(const struct schema_section *section, const struct schema_key *key)
{
	struct str shown = {0};
	char *line = str_format("\n    %s: ", key->name);

	config_show_schema(&shown);
	assert_non_null(strstr(str_text(&shown), section->path));
	assert_non_null(strstr(str_text(&shown), line));
	assert_non_null(strstr(str_text(&shown), key->doc));
	free(line);
	str_fini(&shown);
}

static void what_is_shown_has_every_key(void **state)
{
	(void)state;
	each_key(shown_has_every_key);
}

static void types_read_well(void **state)
{
	struct str out = {0};

	(void)state;
	schema_add_type(&out, schema_key(schema_section("config"), "interval"));
	str_add(&out, "\n");
	schema_add_type(&out, schema_key(schema_section("config"), "credential"));
	str_add(&out, "\n");
	schema_add_type(&out, schema_key(schema_section("store"), "gather"));
	str_add(&out, "\n");
	schema_add_type(&out, schema_key(schema_section("store"), "writer"));
	assert_string_equal(str_text(&out),
	    "duration 1s to 1d\ntext, or a list\nduration 0 to 30m, or auto\nrrd, none or rrdcached");
	str_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_table_is_sound),
	    cmocka_unit_test(defaults_are_values),
	    cmocka_unit_test(the_manual_is_the_table),
	    cmocka_unit_test(what_is_shown_has_every_key),
	    cmocka_unit_test(types_read_well),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
