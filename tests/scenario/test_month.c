/* A month of a thousand devices that restart, renumber their ports, fall silent and lose packets by
 * seed: no sample is wrong, no restart is seen where there was none, no poll is missed. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/pipelab.h"

#include "base/log.h"

#include <stdio.h>
#include <time.h>

#define DEVICES	 1000
#define LUCKY	 100 /* the first ones: nothing happens to them but that their sysUpTime wraps */
#define PORTS	 2
#define DAYS	 30
#define INTERVAL (1800 * UNITS_SEC)
#define STEP	 INTERVAL
#define STEPS	 (DAYS * 48)

/* What has been done to a device. Without a rate are its ports' first samples, and one for each of these. */
struct fate {
	unsigned restarts, silences;
	int silent; /* steps to go */
};

static struct fate fates[DEVICES];

/* Splitmix64: the seed is all that the month depends on. */
static uint64_t dice(uint64_t *seed)
{
	uint64_t z = *seed += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static void strike(struct pipelab *lab, size_t device, uint64_t *seed)
{
	struct fate *fate = &fates[device];
	uint64_t n = dice(seed) % 1000;

	if (fate->silent > 0) {
		fate->silent--;
		lab->agents[device]->silent = fate->silent > 0;
	} else if (n < 3) { /* with its ports elsewhere, or where they were */
		pipelab_restart(lab, device, (unsigned)(dice(seed) % PORTS));
		fate->restarts++;
	} else if (n < 6) { /* for one step to ten hours */
		fate->silent = 1 + (int)(dice(seed) % 20);
		fate->silences++;
		lab->agents[device]->silent = true;
	}
}

/* One packet in a hundred. */
static enum failure lose_some(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	uint64_t seed = number ^ (uint64_t)(uintptr_t)arg << 32;

	(void)device;
	(void)is_walk;
	return dice(&seed) % 100 == 0 ? FAILURE_TIMEOUT : FAILURE_NONE;
}

static bool loses_packets(size_t device)
{
	return device >= LUCKY && device % 10 == 3;
}

static void prepare(struct pipelab *lab)
{
	pipelab_init(lab, DEVICES, PORTS, INTERVAL);
	for (size_t i = 0; i < LUCKY; i++) /* 7.2 hours apart */
		lab->agents[i]->uptime_before = (UINT64_C(1) << 32) - 2592000u * (i + 1);
	for (size_t i = 0; i < DEVICES; i++) {
		if (!loses_packets(i))
			continue;
		lab->agents[i]->pdu = lose_some;
		lab->agents[i]->arg = (void *)(uintptr_t)i;
	}
}

static void check_series(const struct pipelab *lab)
{
	for (size_t i = 0; i < lab->n_series; i++) {
		const struct pipelab_series *series = &lab->series[i];
		const struct fate *fate = &fates[series->device];

		if (series->device < LUCKY)
			assert_int_equal(series->unknown, 1);
		assert_true(
		    loses_packets(series->device) || series->unknown <= 1 + fate->restarts + fate->silences);
	}
}

static void a_month_of_a_thousand_devices(void **state)
{
	static struct pipelab lab;
	clock_t started = clock();
	struct collector_stats first, last;
	uint64_t seed = 20260901;
	size_t restarts = 0, silences = 0;
	double took;

	(void)state;
	log_set_level(LOG_LEVEL_ERROR);
	prepare(&lab);
	pipelab_start(&lab);
	pipelab_run(&lab, INTERVAL);
	first = pipelab_stats(&lab);
	assert_int_equal(first.by_state[DEVICE_UNKNOWN], 0);
	for (int step = 0; step < STEPS; step++) {
		for (size_t i = LUCKY; i < DEVICES; i++)
			strike(&lab, i, &seed);
		pipelab_run(&lab, STEP);
	}
	last = pipelab_stats(&lab);
	took = (double)(clock() - started) / CLOCKS_PER_SEC;
	for (size_t i = 0; i < DEVICES; i++) {
		restarts += fates[i].restarts;
		silences += fates[i].silences;
	}
	printf("  %zu devices, %d days, %zu restarts, %zu silences: %ju polls in %.1f s (%.1f us each), %ju "
	       "samples, %ju unknown, %ju wrong, %ju late\n",
	    lab.n, DAYS, restarts, silences, (uintmax_t)last.polls, took, took * 1e6 / (double)last.polls,
	    (uintmax_t)lab.samples, (uintmax_t)lab.unknown, (uintmax_t)lab.wrong, (uintmax_t)last.polls_late);
	assert_true(restarts > 3000 && silences > 3000);
	assert_int_equal(last.polls - first.polls, DEVICES * STEPS);
	assert_int_equal(last.polls_late, 0);
	assert_int_equal(lab.wrong, 0);
	assert_int_equal(lab.backward, 0);
	assert_int_equal(lab.n_series, DEVICES * PORTS);
	assert_null(pipeline_problem(lab.pipeline));
	check_series(&lab);
	pipelab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_month_of_a_thousand_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
