/* Profiles of unusual shape. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/lab.h"
#include "scenario/pipelab.h"

#include <math.h>
#include <stdio.h>

#define MIN (60 * UNITS_SEC)

/* More tables than a byte counts: none of them may get another one's numbers. */
static void three_hundred_tables(void **state)
{
	static struct lab lab;
	struct replay_device *agent;
	struct profile *profile;
	char name[32], oid[64];

	(void)state;
	lab_init(&lab);
	profile = lab_profile(&lab, "wide", "*");
	lab_device(&lab, "d", "192.0.2.1");
	agent = replay_device(lab.replay, "192.0.2.1");
	replay_system(agent, "1.3.6.1.4.1.9.1.1", "many tables");
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof name, "group%d", i);
		snprintf(oid, sizeof oid, "1.3.6.1.4.1.9999.%d", i + 1);
		lab_column(lab_table(profile, name, true), "load", oid, KIND_GAUGE, "load");
		snprintf(oid, sizeof oid, "1.3.6.1.4.1.9999.%d.0", i + 1);
		replay_int(agent, oid, VALUE_GAUGE32, 1000 + i);
	}
	for (int poll = 0; poll < 2; poll++) {
		assert_true(lab_poll(&lab, 0)->complete);
		lab_run(&lab, MIN);
	}
	for (int i = 0; i < 300; i++) {
		double load;

		snprintf(name, sizeof name, "group%d", i);
		load = memory_value(memory_find(&lab.memory, "d", name, NULL), 0, "load");
		assert_true(fabs(load - (1000 + i)) < 0.5);
	}
	lab_fini(&lab);
}

/* A table cannot be read more often than its device: what is stored follows the polls that there are. */
static void a_table_that_is_wanted_more_often_than_its_device(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 3, 2, 5 * MIN);
	lab.inventory->profiles[0]->tables[0].interval = MIN;
	pipelab_start(&lab);
	pipelab_run(&lab, 60 * MIN);
	assert_int_equal(lab.n_series, 6);
	assert_int_equal(lab.unknown, 6);
	assert_true(lab.samples >= 6 * 12);
	assert_int_equal(lab.wrong, 0);
	for (size_t i = 0; i < lab.n_series; i++)
		assert_int_equal(lab.series[i].interval, 5 * MIN);
	pipelab_fini(&lab);
}

/* Nor at times between its polls: what is stored says how long it really takes from one to the next. */
static void a_table_whose_interval_is_no_multiple(void **state)
{
	static struct pipelab lab;
	uint64_t samples;

	(void)state;
	pipelab_init(&lab, 3, 2, MIN);
	lab.inventory->profiles[0]->tables[0].interval = 100 * UNITS_SEC;
	pipelab_start(&lab);
	pipelab_run(&lab, 10 * MIN);
	samples = lab.samples;
	pipelab_run(&lab, 60 * MIN);
	assert_int_equal(lab.samples - samples, 6 * 30);
	assert_int_equal(lab.unknown, 6);
	for (size_t i = 0; i < lab.n_series; i++)
		assert_int_equal(lab.series[i].interval, 2 * MIN);
	pipelab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(three_hundred_tables),
	    cmocka_unit_test(a_table_that_is_wanted_more_often_than_its_device),
	    cmocka_unit_test(a_table_whose_interval_is_no_multiple),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
