/* A day of a hundred devices, some of which die, restart and lose PDUs: nothing is stored twice or backward,
 * no poll is missed, every rate that is known is right. Prints what it costs. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEVICES 100
#define PORTS	8

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static enum failure one_in_a_hundred(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	uint64_t hash = (number + 1) * 0x9e3779b97f4a7c15u ^ (uint64_t)(uintptr_t)arg * 0xbf58476d1ce4e5b9u;

	(void)device;
	(void)is_walk;
	return (hash ^ hash >> 29) % 100 == 0 ? FAILURE_TIMEOUT : FAILURE_NONE;
}

static void check_rates(const struct lab *lab)
{
	for (size_t i = 0; i < lab->memory.n; i++) {
		const struct memory_series *series = &lab->memory.series[i];
		double rate = memory_value(series, 0, "in_octets"), port = strtod(series->key + 3, NULL);

		assert_true(isnan(rate) || fabs(rate - 1000 * port) < 2);
	}
}

static void a_day(void **state)
{
	static struct lab lab;
	struct replay_device *agents[DEVICES];
	double started = cpu_seconds(), took;
	size_t polls = 0, answered = 0, restarts = 0;

	(void)state;
	lab_init(&lab);
	lab.memory.count_only = true;
	lab_if_profile(&lab, true);
	for (size_t i = 0; i < DEVICES; i++) {
		char name[32], host[32];

		snprintf(name, sizeof name, "sw%zu", i);
		snprintf(host, sizeof host, "192.0.2.%zu", i);
		lab_device(&lab, name, host);
		agents[i] = lab_switch(&lab, host, PORTS);
		if (i % 10 == 3) {
			agents[i]->pdu = one_in_a_hundred;
			agents[i]->arg = (void *)(uintptr_t)i;
		}
	}
	lab_start(&lab);
	for (int hour = 0; hour < 24; hour++) {
		for (size_t i = 0; i < DEVICES; i++) {
			agents[i]->silent = i % 10 == 7 && hour % 4 == 2;
			if (i % 10 == 5 && hour % 6 == 1)
				replay_reboot(agents[i]);
		}
		lab_run(&lab, 3600 * UNITS_SEC);
		check_rates(&lab);
	}
	for (size_t i = 0; i < DEVICES; i++) {
		polls += lab.members[i].polls;
		answered += lab.members[i].answered;
		restarts += lab.members[i].restarts;
	}
	took = cpu_seconds() - started;
	printf("  %zu polls in %.2f s: %.1f us a poll, %.2f us a stored value; %zu answered, %zu restarts\n",
	    polls, took, took / (double)polls * 1e6, took / (double)lab.memory.known * 1e6, answered,
	    restarts);
	assert_int_equal(lab.memory.backward, 0);
	assert_int_equal(lab.memory.n, DEVICES * PORTS);
	assert_true(polls >= DEVICES * 1439u);
	assert_int_equal(restarts, 10 * 4);
	assert_true(answered >= polls - 10 * 6 * 61 - polls / 500);
	assert_int_equal(lab.members[0].answered, lab.members[0].polls);
	assert_true(took < 60); /* a hang, not a benchmark */
	lab_fini(&lab);
}

static void memory_of_an_interface(void **state)
{
	static struct lab lab;
	size_t rows, bytes;

	(void)state;
	lab_init(&lab);
	lab_if_profile(&lab, true);
	lab_device(&lab, "sw", "192.0.2.1");
	lab_switch(&lab, "192.0.2.1", 1000);
	lab_poll(&lab, 0);
	rows = session_rows(lab.members[0].session);
	bytes = rowset_memory(lab_rows(&lab, 0, "interfaces"));
	printf("  %zu rows of 9 columns, %zu bytes each\n", rows, bytes / rows);
	assert_int_equal(rows, 1000);
	assert_true(bytes / rows <= 512);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_day),
	    cmocka_unit_test(memory_of_an_interface),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
