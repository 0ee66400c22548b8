#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "poll/matcher.h"

#include <stdlib.h>
#include <string.h>

struct shelf {
	struct profile profiles[4];
	struct profile *list[4];
	char *ids[4][1];
	struct inventory inventory;
	struct device device;
};

static void put(struct shelf *shelf, const char *name, char *object_id)
{
	size_t n = shelf->inventory.n_profiles++;
	struct profile *profile = &shelf->profiles[n];

	profile->name = mem_strdup(name);
	shelf->ids[n][0] = object_id;
	profile->sysobjectids = shelf->ids[n];
	profile->n_sysobjectids = 1;
	shelf->list[n] = profile;
	shelf->inventory.profiles = shelf->list;
}

static int setup(void **state)
{
	struct shelf *shelf = calloc(1, sizeof *shelf);

	put(shelf, "base", (char[]){"*"});
	*state = shelf;
	return 0;
}

static int teardown(void **state)
{
	struct shelf *shelf = *state;

	for (size_t i = 0; i < shelf->inventory.n_profiles; i++) {
		free(shelf->profiles[i].name);
		match_free(shelf->profiles[i].sysdescr);
	}
	free(shelf);
	return 0;
}

static void expect(struct shelf *shelf, const char *id, const char *descr, const bool *answered,
    const char *name, const char *reason)
{
	char *why = NULL;
	const struct profile *profile =
	    matcher_choose(&shelf->inventory, &shelf->device, id, descr, answered, &why);

	if (name == NULL) {
		assert_null(profile);
		assert_null(why);
		return;
	}
	assert_non_null(profile);
	assert_string_equal(profile->name, name);
	assert_string_equal(why, reason);
	free(why);
}

static void the_more_specific_fits_better(void **state)
{
	struct shelf *shelf = *state;
	static char any[] = "*", vendor[] = "1.3.6.1.4.1.8072.*", exact[] = "1.3.6.1.4.1.8072.3.2.10";

	shelf->ids[0][0] = any;
	put(shelf, "net-snmp", vendor);
	put(shelf, "linux", exact);
	expect(shelf, exact, "", NULL, "linux", "sysObjectID 1.3.6.1.4.1.8072.3.2.10 matches linux");
	expect(shelf, "1.3.6.1.4.1.8072.3.2.8", "", NULL, "net-snmp",
	    "sysObjectID 1.3.6.1.4.1.8072.3.2.8 matches net-snmp");
	expect(
	    shelf, "1.3.6.1.4.1.9.1", "", NULL, "base", "no other profile fits sysObjectID 1.3.6.1.4.1.9.1");
	expect(shelf, NULL, NULL, NULL, "base", "no other profile fits; sysObjectID is hidden");
}

static void a_probe_that_answers(void **state)
{
	struct shelf *shelf = *state;
	static char any[] = "*";
	const bool answered[] = {false, true};

	shelf->ids[0][0] = any;
	put(shelf, "if", any);
	shelf->profiles[1].probes = &(struct profile_probe){.source.name = (char[]){"ifNumber"}};
	shelf->profiles[1].n_probes = 1;
	expect(shelf, "1.2.3", "", answered, "if", "ifNumber answers");
	expect(shelf, "1.2.3", "", NULL, "base", "no other profile fits sysObjectID 1.2.3");
}

static void several_probes_all_answer(void **state)
{
	struct shelf *shelf = *state;
	static char any[] = "*";
	const bool answered[] = {false, true};
	struct profile_probe probes[] = {{.source.name = (char[]){"a"}}, {.source.name = (char[]){"b"}},
	    {.source.name = (char[]){"c"}, .any_row = true}};

	shelf->ids[0][0] = any;
	put(shelf, "box", any);
	shelf->profiles[1].probes = probes;
	shelf->profiles[1].n_probes = 3;
	expect(shelf, "1.2.3", "", answered, "box", "a, b and c answer");
	expect(shelf, "1.2.3", "", NULL, "base", "no other profile fits sysObjectID 1.2.3");
}

/* What a person wants to know is which of all that a selector includes it was. */
static void a_selector_that_matches(void **state)
{
	struct shelf *shelf = *state;
	static char any[] = "*", never[] = "9.9.9", vendor[] = "1.3.6.1.4.1.9999.*";
	char *ids[] = {vendor}, *patterns[] = {(char[]){"(["}, (char[]){"\\.8[0-4]\\."}},
	     *words[] = {(char[]){"Widget"}, (char[]){"gadget"}};
	struct selector selectors[] = {{.patterns = patterns, .n_patterns = 2, .words = words, .n_words = 2},
	    {.sysobjectids = ids, .n_sysobjectids = 1}};

	shelf->ids[0][0] = any;
	put(shelf, "acme", never);
	shelf->profiles[1].selectors = selectors;
	shelf->profiles[1].n_selectors = 2;
	selectors[0].object_id = match_new("\\.8[0-4]\\.", NULL, NULL);
	selectors[0].sysdescr = match_new("(?i)widget|gadget", NULL, NULL);
	expect(shelf, "1.3.82.1", "Acme GADGET 3", NULL, "acme",
	    "sysObjectID 1.3.82.1 matches \\.8[0-4]\\. of acme, sysDescr contains 'gadget'");
	expect(shelf, "1.3.6.1.4.1.9999.7", "", NULL, "acme", "sysObjectID 1.3.6.1.4.1.9999.7 matches acme");
	match_free(selectors[0].object_id);
	selectors[0].object_id = NULL;
	expect(shelf, "1.2.3", "widget", NULL, "acme", "sysDescr contains 'Widget'");
	match_free(selectors[0].sysdescr);
	/* As `matches` of another profile makes them. */
	shelf->profiles[1].selectors = &selectors[1];
	shelf->profiles[1].n_selectors = 1;
	selectors[1].sysdescr = match_new("(?i)^widget", NULL, NULL);
	expect(shelf, "1.3.6.1.4.1.9999.7", "Widget 7", NULL, "acme",
	    "sysObjectID 1.3.6.1.4.1.9999.7 matches acme, sysDescr matches (?i)^widget");
	match_free(selectors[1].sysdescr);
}

static void a_description_that_matches(void **state)
{
	struct shelf *shelf = *state;
	static char any[] = "*";
	char *error;
	size_t offset;

	shelf->ids[0][0] = any;
	put(shelf, "acme", any);
	shelf->profiles[1].sysdescr = match_new("^ACME", &error, &offset);
	expect(shelf, "1.2.3", "ACME 9000", NULL, "acme", "sysDescr matches ^ACME");
	expect(shelf, "1.2.3", "other", NULL, "base", "no other profile fits sysObjectID 1.2.3");
}

static void the_configuration_decides(void **state)
{
	struct shelf *shelf = *state;
	static char never[] = "9.9.9";

	shelf->ids[0][0] = never;
	expect(shelf, "1.2.3", "", NULL, NULL, NULL);
	shelf->device.profile = &shelf->profiles[0];
	expect(shelf, "1.2.3", "", NULL, "base", "set in the configuration");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(the_more_specific_fits_better),
	    T(a_probe_that_answers),
	    T(several_probes_all_answer),
	    T(a_selector_that_matches),
	    T(a_description_that_matches),
	    T(the_configuration_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
