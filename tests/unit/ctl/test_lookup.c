#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/units.h"
#include "ctl/lookup.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool odd_ones_have_names(const char *address, char name[LOOKUP_TEXT_MAX])
{
	snprintf(name, LOOKUP_TEXT_MAX, "host-%s", address);
	return (address[strlen(address) - 1] & 1) != 0;
}

static void each_gets_its_own(void **state)
{
	char text[50][8], *names[50];
	const char *addresses[50];

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		snprintf(text[i], sizeof text[i], "%u", i);
		addresses[i] = text[i];
	}
	assert_true(lookup_all(addresses, 50, 60 * UNITS_SEC, odd_ones_have_names, names));
	for (unsigned i = 0; i < 50; i++) {
		char expected[16];

		snprintf(expected, sizeof expected, "host-%u", i);
		if (i % 2 == 0)
			assert_null(names[i]);
		else
			assert_string_equal(names[i], expected);
		free(names[i]);
	}
}

static sem_t released;

/* A name server that does not answer; one address has its name in a file. */
static bool hangs(const char *address, char name[LOOKUP_TEXT_MAX])
{
	if (strcmp(address, "fast") == 0) {
		snprintf(name, LOOKUP_TEXT_MAX, "found");
		return true;
	}
	while (sem_wait(&released) != 0)
		continue;
	return false;
}

static void who_does_not_answer_costs_no_more_than_the_patience(void **state)
{
	const char *addresses[] = {"fast", "slow", "slower"};
	char *names[3];

	(void)state;
	sem_init(&released, 0, 0);
	assert_false(lookup_all(addresses, 3, 200 * UNITS_MS, hangs, names));
	assert_string_equal(names[0], "found");
	assert_null(names[1]);
	assert_null(names[2]);
	free(names[0]);
	sem_post(&released);
	sem_post(&released);
}

static void nothing_to_look_up(void **state)
{
	(void)state;
	assert_true(lookup_all(NULL, 0, UNITS_SEC, hangs, NULL));
}

static void what_is_no_address_has_no_name(void **state)
{
	char name[LOOKUP_TEXT_MAX];

	(void)state;
	assert_false(lookup_name("no address", name));
	assert_false(lookup_name("", name));
}

static void names_have_addresses(void **state)
{
	char found[LOOKUP_TEXT_MAX];

	(void)state;
	assert_true(lookup_addresses("127.0.0.1", found));
	assert_string_equal(found, "127.0.0.1");
	assert_false(lookup_addresses("no..name", found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_gets_its_own),
	    cmocka_unit_test(who_does_not_answer_costs_no_more_than_the_patience),
	    cmocka_unit_test(nothing_to_look_up), cmocka_unit_test(what_is_no_address_has_no_name),
	    cmocka_unit_test(names_have_addresses)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
