/* Agents that serve counters from a cache: what is learned, what is not to be taken for it, and that no rate
 * is wrong. */
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

#define S	  UNITS_SEC
#define PORTS	  6
#define TOLERANCE 0.021

static int setup(void **state)
{
	static struct lab lab;

	lab_init(&lab);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(lab->memory.backward, 0);
	lab_fini(lab);
	return 0;
}

/* Port 1 is idle; the others carry 2,000, 3,000, ... octets a second in, and twice that out. */
static struct replay_device *cached_switch(struct lab *lab, int64_t interval, int64_t refresh)
{
	struct replay_device *device;

	lab_if_profile(lab, true);
	lab_device(lab, "sw", "192.0.2.1")->interval = interval;
	device = lab_switch(lab, "192.0.2.1", PORTS);
	lab_port(device, 1, "eth1", "Ethernet port 1", 1000, 0);
	device->refresh = refresh;
	return device;
}

static int64_t period_of(struct lab *lab)
{
	return lab_rows(lab, 0, "interfaces")->refresh;
}

/* Runs until the period is known, for `limit` at most; returns the time that took. */
static int64_t learn(struct lab *lab, int64_t limit)
{
	int64_t began = loop_now(lab->loop), interval = lab->devices[0].interval;

	if (lab->members[0].polls == 0)
		lab_start(lab);
	do {
		lab_run(lab, interval);
	} while (period_of(lab) == 0 && loop_now(lab->loop) - began < limit);
	return loop_now(lab->loop) - began;
}

struct tally {
	size_t samples, unknown, wrong;
	double worst; /* of what is known, relative */
};

/* All samples from number `first` on, against the truth. */
static struct tally check(struct lab *lab, size_t first, double tolerance)
{
	struct tally tally = {0};

	for (size_t port = 1; port <= PORTS; port++) {
		struct memory_series *series;
		double truth = port == 1 ? 0 : 1000.0 * (double)port;
		char key[16];

		snprintf(key, sizeof key, "eth%zu", port);
		series = memory_find(&lab->memory, "sw", "interfaces", key);
		for (size_t i = first; i < series->n; i++) {
			double rate = memory_value(series, series->n - 1 - i, "in_octets");
			double off = truth == 0 ? fabs(rate) : fabs(rate / truth - 1);

			tally.samples++;
			tally.unknown += isnan(rate) ? 1 : 0;
			tally.wrong += off > tolerance;
			tally.worst = off > tally.worst ? off : tally.worst;
		}
	}
	return tally;
}

static size_t samples(struct lab *lab)
{
	return memory_find(&lab->memory, "sw", "interfaces", "eth2")->n;
}

static struct tally learned_and_right(struct lab *lab, const char *what, int64_t refresh, double tolerance)
{
	int64_t interval = lab->devices[0].interval, took = learn(lab, 200 * refresh);
	size_t first = samples(lab);
	struct tally tally;

	assert_true(period_of(lab) > 0);
	lab_run(lab, 500 * interval);
	tally = check(lab, first, tolerance);
	print_message("%s: known after %lld s as %.2f s; %zu samples, %zu unknown, worst %.2f %%\n", what,
	    (long long)(took / S), (double)period_of(lab) / 1e9, tally.samples, tally.unknown,
	    tally.worst * 100);
	assert_true(llabs((long long)(period_of(lab) - refresh)) < refresh / 50);
	assert_int_equal(tally.wrong, 0);
	return tally;
}

static void periods(void **state)
{
	static const struct {
		int64_t interval, refresh;
	} cases[] = {{10, 15}, {10, 30}, {60, 90}, {10, 25}, {60, 100}, {5, 60}, {60, 180}};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char what[64];
		struct tally tally;

		snprintf(
		    what, sizeof what, "every %d s of %d s", (int)cases[i].interval, (int)cases[i].refresh);
		cached_switch(*state, cases[i].interval * S, cases[i].refresh * S);
		tally = learned_and_right(*state, what, cases[i].refresh * S, TOLERANCE);
		/* Until the first refresh after that. */
		assert_true(tally.unknown <= PORTS * (size_t)(cases[i].refresh / cases[i].interval + 1));
		teardown(state);
		setup(state);
	}
}

/* Answers come 1 to 400 ms late. */
static enum failure slowly(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)arg;
	(void)is_walk;
	device->latency = (int64_t)((number * 0x9e3779b97f4a7c15u >> 33) % 400 + 1) * UNITS_MS;
	return FAILURE_NONE;
}

static void answers_and_refreshes_that_jitter(void **state)
{
	struct replay_device *device = cached_switch(*state, 10 * S, 15 * S);

	device->pdu = slowly;
	device->refresh_jitter = 300 * UNITS_MS;
	/* Its own times between refreshes differ by 2 per cent. */
	learned_and_right(*state, "jitter", 15 * S, 2 * TOLERANCE);
}

static void a_cache_that_a_request_refreshes(void **state)
{
	struct replay_device *device = cached_switch(*state, 10 * S, 15 * S);

	device->refresh_on_demand = true; /* by every second poll, then */
	learned_and_right(*state, "on demand", 20 * S, TOLERANCE);
}

static enum failure one_in_twenty(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)device;
	(void)is_walk;
	return *(const bool *)arg && number * 0x9e3779b97f4a7c15u >> 32 & 15 ? FAILURE_NONE : FAILURE_TIMEOUT;
}

static void polls_that_are_lost(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 15 * S);
	bool lossy = true;
	struct tally tally;
	size_t first;

	learn(lab, 3600 * S);
	assert_true(period_of(lab) > 0);
	device->pdu = one_in_twenty;
	device->arg = &lossy;
	first = samples(lab);
	lab_run(lab, 1800 * S);
	tally = check(lab, first, TOLERANCE);
	print_message(
	    "lost polls: %zu samples, %zu unknown, %zu wrong\n", tally.samples, tally.unknown, tally.wrong);
	device->pdu = NULL;
	assert_int_equal(tally.wrong, 0);
}

/* A table of several PDUs that takes two seconds to read: refreshes come in the midst of it. */
static void refreshes_within_a_poll(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 15 * S + 100 * UNITS_MS);
	struct tally tally;
	size_t first;

	device->pdu_items = 10;
	device->latency = 400 * UNITS_MS;
	learn(lab, 24 * 3600 * S);
	assert_true(period_of(lab) > 0);
	first = samples(lab);
	for (int poll = 0; poll < 400 && period_of(lab) != 0; poll++)
		lab_run(lab, 10 * S);
	tally = check(lab, first, TOLERANCE);
	print_message(
	    "torn: %zu samples, %zu unknown, %zu wrong\n", tally.samples, tally.unknown, tally.wrong);
	assert_int_equal(tally.wrong, 0);
}

/* Any periods, phases, sizes and delays: what is known once the period is, is right. */
static void any(void **state)
{
	uint64_t random = 1;
	size_t learned = 0, unknown = 0, all = 0;

	for (int i = 0; i < 300; i++) {
		struct lab *lab = *state;
		struct replay_device *device;
		struct tally tally;
		size_t first;
		int64_t interval, refresh;

		random = random * 6364136223846793005u + 1442695040888963407u;
		interval = (int64_t)(5 + (random >> 33) % 56) * S;
		refresh = interval / 100 * (int64_t)(60 + (random >> 40) % 500);
		device = cached_switch(lab, interval, refresh);
		device->pdu_items = 8 + (random >> 50) % 40;
		device->latency = (int64_t)(1 + (random >> 20) % 300) * UNITS_MS;
		lab_run(lab, (int64_t)(random >> 30) % (60 * S));
		if (random >> 60 < 5)
			device->pdu = slowly;
		learn(lab, 100 * refresh);
		first = samples(lab);
		if (period_of(lab) != 0) {
			learned++;
			if (llabs((long long)(period_of(lab) - refresh)) > refresh / 50)
				fail_msg("every %lld ms of %lld ms: taken for %lld ms",
				    (long long)(interval / UNITS_MS), (long long)(refresh / UNITS_MS),
				    (long long)(period_of(lab) / UNITS_MS));
			for (int poll = 0; poll < 500 && period_of(lab) != 0; poll++)
				lab_run(lab, interval);
			tally = check(lab, first, TOLERANCE);
			unknown += tally.unknown;
			all += tally.samples;
			if (tally.wrong > 0)
				fail_msg("case %d, every %lld ms of %lld ms: %zu of %zu wrong", i,
				    (long long)(interval / UNITS_MS), (long long)(refresh / UNITS_MS),
				    tally.wrong, tally.samples);
		}
		teardown(state);
		setup(state);
	}
	print_message("any: %zu of 300 learned, %zu of %zu samples unknown\n", learned, unknown, all);
	assert_true(learned > 150);
}

static void never_learned(struct lab *lab, int64_t time)
{
	learn(lab, time);
	assert_int_equal(period_of(lab), 0);
}

static void counters_that_run_are_not_cached(void **state)
{
	cached_switch(*state, 10 * S, 0);
	never_learned(*state, 2 * 3600 * S);
	assert_int_equal(check(*state, 1, TOLERANCE).wrong, 0);
}

static void faster_refreshes_than_polls_are_not_learned(void **state)
{
	cached_switch(*state, 60 * S, 15 * S);
	never_learned(*state, 4 * 3600 * S);
}

static void idle_ports_are_not_cached(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 0);

	for (unsigned i = 1; i <= PORTS; i++)
		lab_port(device, i, "", "", 5000 * i, 0);
	never_learned(lab, 3600 * S);
}

/* As LLDP on an idle switch: every port says some octets every 30 s. */
static void some_packets_at_even_times_are_not_a_cache(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 30 * S);

	for (unsigned i = 1; i <= PORTS; i++) {
		char name[16], descr[32];

		snprintf(name, sizeof name, "eth%u", i);
		snprintf(descr, sizeof descr, "Ethernet port %u", i);
		lab_port(device, i, name, descr, 5000 * i, 11);
	}
	never_learned(lab, 2 * 3600 * S);
}

/* One port works every 30 s, the others are idle. */
static void one_port_with_bursts_is_not_a_cache(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 30 * S);

	for (unsigned i = 1; i < PORTS; i++) {
		char name[16], descr[32];

		snprintf(name, sizeof name, "eth%u", i);
		snprintf(descr, sizeof descr, "Ethernet port %u", i);
		lab_port(device, i, name, descr, 5000 * i, 0);
	}
	never_learned(lab, 2 * 3600 * S);
}

/* All ports together stand still and move, but at odd times. */
static void traffic_that_comes_and_goes_is_not_a_cache(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 0);

	device->refresh = 30 * S;
	device->refresh_jitter = 29 * S;
	never_learned(lab, 6 * 3600 * S);
}

static double now_of(struct lab *lab, const char *key)
{
	return memory_value(memory_find(&lab->memory, "sw", "interfaces", key), 0, "in_octets");
}

/* A port falls idle, another one wakes up. */
static void changes_of_traffic(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 15 * S);

	learn(lab, 3600 * S);
	lab_run(lab, 100 * S);
	assert_true(fabs(now_of(lab, "eth5") - 5000) < 100);
	lab_port(device, 5, "eth5", "Ethernet port 5", 1u << 30, 0);
	lab_port(device, 1, "eth1", "Ethernet port 1", 1000, 8000);
	lab_run(lab, 60 * S);
	assert_true(period_of(lab) > 0);
	assert_true(now_of(lab, "eth5") == 0);
	assert_true(fabs(now_of(lab, "eth1") - 8000) < 160);
}

/* The agent no longer refreshes: what was true is not told for ever, nor is it 0 at once. */
static void a_cache_that_stalls(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 15 * S);
	struct memory_series *series;
	size_t first;
	bool unknown = false;

	learn(lab, 3600 * S);
	lab_run(lab, 100 * S);
	series = memory_find(&lab->memory, "sw", "interfaces", "eth3");
	first = series->n;
	for (unsigned i = 1; i <= PORTS; i++) {
		char name[16], descr[32];

		snprintf(name, sizeof name, "eth%u", i);
		snprintf(descr, sizeof descr, "Ethernet port %u", i);
		lab_port(device, i, name, descr, 1u << 31, 0);
	}
	lab_run(lab, 100 * S);
	for (size_t i = first; i < series->n; i++) {
		double rate = memory_value(series, series->n - 1 - i, "in_octets");

		unknown |= isnan(rate);
		assert_true(isnan(rate) || rate == 0 || fabs(rate - 3000) < 60 || !unknown);
		if (i >= first + 5)
			assert_false(fabs(rate - 3000) < 60);
	}
	assert_true(unknown);
	assert_int_equal(period_of(lab), 0);
}

static void a_restart_is_learned_anew(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = cached_switch(lab, 10 * S, 15 * S);

	learn(lab, 3600 * S);
	assert_true(period_of(lab) > 0);
	replay_reboot(device);
	lab_run(lab, 60 * S);
	assert_int_equal(period_of(lab), 0);
	learn(lab, 3600 * S);
	assert_true(period_of(lab) > 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(periods), T(answers_and_refreshes_that_jitter),
	    T(a_cache_that_a_request_refreshes), T(polls_that_are_lost), T(refreshes_within_a_poll), T(any),
	    T(counters_that_run_are_not_cached), T(faster_refreshes_than_polls_are_not_learned),
	    T(idle_ports_are_not_cached), T(some_packets_at_even_times_are_not_a_cache),
	    T(one_port_with_bursts_is_not_a_cache), T(traffic_that_comes_and_goes_is_not_a_cache),
	    T(changes_of_traffic), T(a_cache_that_stalls), T(a_restart_is_learned_anew)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
