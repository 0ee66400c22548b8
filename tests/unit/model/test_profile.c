#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/profile.h"

#include <stdlib.h>
#include <string.h>

#define LINUX "1.3.6.1.4.1.8072.3.2.10"

static char *ids[1];

static struct profile with_id(const char *pattern)
{
	struct profile profile = {0};

	ids[0] = (char *)(uintptr_t)pattern;
	profile.sysobjectids = ids;
	profile.n_sysobjectids = pattern != NULL;
	return profile;
}

static int fit(const char *pattern, const char *id)
{
	struct profile profile = with_id(pattern);

	return profile_fit(&profile, id, "", false);
}

static void test_fit_order(void **state)
{
	(void)state;
	assert_true(fit(LINUX, LINUX) > fit("1.3.6.1.4.1.8072.3.2.*", LINUX));
	assert_true(fit("1.3.6.1.4.1.8072.3.2.*", LINUX) > fit("1.3.6.1.4.1.8072.*", LINUX));
	assert_true(fit("1.3.6.1.4.1.8072.*", LINUX) > fit("1.*", LINUX));
	assert_true(fit("1.*", LINUX) > fit("*", LINUX));
	assert_true(fit("*", LINUX) > 0);
	assert_int_equal(fit(".1.3.6.1.4.1.8072.*", LINUX), fit("1.3.6.1.4.1.8072.*", "." LINUX));
}

static void test_fit_refuses(void **state)
{
	struct profile profile = with_id("*");

	(void)state;
	assert_int_equal(fit("1.3.6.1.4.1.8072.3.2.1", LINUX), 0); /* a beginning is not the whole */
	assert_int_equal(fit("1.3.6.1.4.1.807.*", LINUX), 0);
	assert_int_equal(fit("1.3.6.1.4.1.9.*", "1.3.6.1.4.1.9"), 0);
	assert_int_equal(fit("1.3.6.1.4.1.9.*", NULL), 0);
	assert_true(fit("*", NULL) > 0);
	profile.is_abstract = true;
	assert_int_equal(profile_fit(&profile, LINUX, "", true), 0);
}

static void test_fit_probe_and_descr(void **state)
{
	struct profile profile = with_id("*");
	int plain = profile_fit(&profile, LINUX, "Linux", false), probed, both;
	char name[] = "ifNumber";

	(void)state;
	profile.probes = &(struct profile_probe){.source.name = name};
	profile.n_probes = 1;
	assert_int_equal(profile_fit(&profile, LINUX, "Linux", false), 0);
	probed = profile_fit(&profile, LINUX, "Linux", true);
	assert_true(probed > plain);
	profile.sysdescr = match_new("^Linux", NULL, NULL);
	both = profile_fit(&profile, LINUX, "Linux nas 6.1", true);
	assert_true(both > probed);
	assert_true(both < fit("1.*", LINUX)); /* they never outweigh a more specific sysObjectID */
	assert_int_equal(profile_fit(&profile, LINUX, "FreeBSD", true), 0);
	assert_int_equal(profile_fit(&profile, LINUX, NULL, true), 0);
	match_free(profile.sysdescr);
}

static void test_columns(void **state)
{
	struct table table = {0};
	struct profile profile = {0};

	(void)state;
	table.name = mem_strdup("interfaces");
	table.columns = mem_calloc(2, sizeof *table.columns);
	table.n_columns = 2;
	table.columns[0].name = mem_strdup("ifHCInOctets");
	table.columns[0].ds = mem_strdup("in_octets");
	table.columns[0].sources = mem_calloc(2, sizeof(struct source));
	table.columns[0].n_sources = 2;
	table.columns[0].sources[0].name = mem_strdup("ifHCInOctets");
	table.columns[0].sources[1].name = mem_strdup("ifInOctets");
	table.columns[1].name = mem_strdup("up");
	table.columns[1].names = mem_calloc(1, sizeof(struct enum_name));
	table.columns[1].n_names = 1;
	table.columns[1].names[0] = (struct enum_name){2, mem_strdup("down")};
	profile.tables = &table;
	profile.n_tables = 1;

	assert_int_equal(table_column(&table, "ifHCInOctets"), 0);
	assert_int_equal(table_column(&table, "ifInOctets"), 0);
	assert_int_equal(table_column(&table, "in_octets"), 0);
	assert_int_equal(table_column(&table, "up"), 1);
	assert_int_equal(table_column(&table, "down"), -1);
	assert_string_equal(column_enum_text(&table.columns[1], 2), "down");
	assert_null(column_enum_text(&table.columns[1], 1));
	assert_ptr_equal(profile_table(&profile, "interfaces"), &table);
	assert_null(profile_table(&profile, "cpu"));
	for (int k = KIND_GAUGE; k <= KIND_TEXT; k++)
		assert_string_not_equal(kind_name((enum kind)k), "?");
	table_fini(&table);
}

static struct match *pattern(const char *text)
{
	char *error = NULL;
	size_t offset;

	return match_new(text, &error, &offset);
}

static void test_fit_selectors(void **state)
{
	struct selector selectors[2] = {{.n_sysobjectids = 1}, {.n_sysobjectids = 1}};
	struct profile profile = {.selectors = selectors, .n_selectors = 2};
	int wild = fit("1.3.6.1.4.1.8072.*", LINUX), exact = fit(LINUX, LINUX);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		selectors[i].sysobjectids = mem_calloc(1, sizeof(char *));
		selectors[i].sysobjectids[0] = mem_strdup(i == 0 ? "1.3.6.1.4.1.8072.*" : LINUX);
	}
	selectors[1].sysdescr = pattern("(?i)router");
	assert_int_equal(profile_fit(&profile, LINUX, "a server", false), wild);
	assert_true(profile_fit(&profile, "." LINUX, "a Router", false) > exact);
	assert_int_equal(profile_fit(&profile, "1.3.6.1.4.1.9.1", "a router", false), 0);
	selectors[0].not_object_id = pattern("^1\\.3\\.6\\.1\\.4\\.1\\.8072\\.3");
	selectors[1].not_sysdescr = pattern("(?i)lab");
	assert_int_equal(profile_fit(&profile, LINUX, "a server", false), 0);
	assert_int_equal(profile_fit(&profile, LINUX, "a lab's router", false), 0);
	assert_true(profile_fit(&profile, LINUX, "a router", false) > exact);
	profile.n_selectors = 1;
	selector_fini(&selectors[1]);
	selector_fini(&selectors[0]);
	selectors[0] = (struct selector){.object_id = pattern("\\.8072\\.[3-5]\\.")};
	assert_true(profile_fit(&profile, LINUX, NULL, false) > fit("*", LINUX));
	assert_true(profile_fit(&profile, LINUX, NULL, false) < wild);
	assert_int_equal(profile_fit(&profile, "1.3.6.1.4.1.9.1", NULL, false), 0);
	selector_fini(&selectors[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fit_order),
	    cmocka_unit_test(test_fit_refuses),
	    cmocka_unit_test(test_fit_selectors),
	    cmocka_unit_test(test_fit_probe_and_descr),
	    cmocka_unit_test(test_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
