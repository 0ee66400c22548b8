#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "poll/sched.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define S     INT64_C(1000000000)
#define MS    INT64_C(1000000)
#define WALL0 (INT64_C(1764000000) * S + 123456789)

/* A schedule on a virtual clock, and what it told each device. */
struct device {
	char name[48];
	int64_t interval;
	struct sched_item *item;
	unsigned turns;
	int64_t first, second, last, due; /* monotonic ns */
	bool off_grid;
};

struct bench {
	struct clock_virtual clock;
	struct loop *loop;
	struct sched *sched;
	struct device *devices;
	size_t n;
	bool busy;	  /* polls do not end */
	int64_t stall;	  /* each poll keeps the loop from running */
	unsigned *second; /* turns in each second, or NULL */
};

static bool take_turn(void *arg, void *object, int64_t due)
{
	struct bench *bench = arg;
	struct device *device = object;
	int64_t now = loop_now(bench->loop);

	if (bench->second)
		bench->second[now / S]++;
	if (device->turns == 0)
		device->first = now;
	if (device->turns == 1)
		device->second = now;
	if (device->turns > 1 && due != device->due + device->interval)
		device->off_grid = true;
	device->turns++;
	device->last = now;
	device->due = due;
	clock_virtual_advance(&bench->clock, bench->stall);
	return !bench->busy;
}

static void open_bench(struct bench *bench, size_t n, int64_t wall)
{
	*bench = (struct bench){.n = n};
	clock_virtual_init(&bench->clock, wall);
	bench->loop = loop_new_virtual(&bench->clock);
	bench->sched = sched_new(bench->loop, take_turn, bench);
	bench->devices = mem_calloc(n, sizeof *bench->devices);
}

static void add(struct bench *bench, size_t i, int64_t interval)
{
	struct device *device = &bench->devices[i];

	snprintf(device->name, sizeof device->name, "sw-%zu.example.net", i);
	device->interval = interval;
	device->item = sched_add(bench->sched, device, device->name, interval);
}

static void close_bench(struct bench *bench)
{
	sched_free(bench->sched);
	loop_free(bench->loop);
	free(bench->devices);
}

static int64_t run(struct bench *bench, int64_t ns)
{
	loop_run_until(bench->loop, bench->clock.mono + ns);
	return bench->clock.mono;
}

static void a_device_is_polled_at_its_slot(void **state)
{
	struct bench bench;
	int64_t start;

	(void)state;
	open_bench(&bench, 1, WALL0);
	start = bench.clock.mono;
	add(&bench, 0, 60 * S);
	assert_true(sched_next(bench.devices[0].item) == start);
	run(&bench, 1);
	assert_int_equal(bench.devices[0].turns, 1);
	run(&bench, 3600 * S);
	assert_in_range(bench.devices[0].turns, 60, 61);
	assert_false(bench.devices[0].off_grid);
	assert_true(sched_next(bench.devices[0].item) > bench.clock.mono);
	assert_true(sched_next(bench.devices[0].item) <= bench.clock.mono + 60 * S);
	close_bench(&bench);
}

/* The same wall-clock phase in three lives of the program. */
static void slots_survive_restarts(void **state)
{
	int64_t phase[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct bench bench;

		open_bench(&bench, 1, WALL0 + i * (INT64_C(98765) * S + 4321));
		sched_free(bench.sched);
		bench.clock.mono += i * 777 * S; /* other monotonic clocks, too */
		bench.sched = sched_new(bench.loop, take_turn, &bench);
		add(&bench, 0, 60 * S);
		run(&bench, 600 * S);
		phase[i] = (bench.devices[0].due + bench.clock.wall - bench.clock.mono) % (60 * S);
		close_bench(&bench);
	}
	assert_int_equal(phase[0], phase[1]);
	assert_int_equal(phase[0], phase[2]);
}

static void steps_of_the_wall_clock_change_nothing(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 1, WALL0);
	add(&bench, 0, 60 * S);
	run(&bench, 100 * S);
	bench.devices[0].turns = 2;
	for (int i = 0; i < 200; i++) {
		clock_virtual_step_wall(&bench.clock, (i % 2 ? -1 : 1) * (i * 37 * S + 1));
		run(&bench, 60 * S);
	}
	assert_int_equal(bench.devices[0].turns, 202);
	assert_false(bench.devices[0].off_grid);
	close_bench(&bench);
}

static void a_small_fleet_is_met_within_a_second(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 400, WALL0);
	for (size_t i = 0; i < bench.n; i++)
		add(&bench, i, 60 * S);
	run(&bench, S);
	for (size_t i = 0; i < bench.n; i++)
		assert_int_equal(bench.devices[i].turns, 1);
	run(&bench, 75 * S);
	for (size_t i = 0; i < bench.n; i++) {
		struct device *device = &bench.devices[i];

		assert_true(device->turns >= 2);
		/* Never two polls on each other's heels, never more than a slot left out. */
		assert_true(device->second - device->first >= 15 * S);
		assert_true(device->second - device->first < 75 * S + S);
	}
	close_bench(&bench);
}

static void a_large_fleet_is_met_within_an_interval_and_evenly(void **state)
{
	struct bench bench;
	unsigned second[1000] = {0}, busiest = 0;
	int64_t start;

	(void)state;
	open_bench(&bench, 20000, WALL0);
	bench.second = second;
	start = bench.clock.mono;
	for (size_t i = 0; i < bench.n; i++)
		add(&bench, i, 60 * S);
	run(&bench, 60 * S);
	for (size_t i = 0; i < bench.n; i++)
		assert_true(bench.devices[i].turns >= 1);
	for (int64_t s = start / S; s <= start / S + 60; s++)
		busiest = second[s] > busiest ? second[s] : busiest;
	print_message("20,000 newcomers: busiest second %u\n", busiest);
	assert_in_range(busiest, 400, 1000); /* 500 contacts on top of 333 polls */
	assert_true(second[start / S] > 0);
	run(&bench, 600 * S);
	busiest = 0;
	for (int64_t s = start / S + 130; s < start / S + 600; s++)
		busiest = second[s] > busiest ? second[s] : busiest;
	print_message("then: busiest second %u of a mean of 333\n", busiest);
	assert_true(busiest <= 500);
	close_bench(&bench);
}

static void mixed_intervals_are_all_met(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 5000, WALL0);
	for (size_t i = 0; i < bench.n; i++)
		add(&bench, i, i % 10 ? 300 * S : S);
	run(&bench, S);
	for (size_t i = 0; i < bench.n; i += 10)
		assert_true(bench.devices[i].turns >= 1);
	run(&bench, 299 * S);
	for (size_t i = 0; i < bench.n; i++)
		assert_true(bench.devices[i].turns >= 1);
	close_bench(&bench);
}

static void a_turn_is_skipped_while_the_poll_before_runs(void **state)
{
	struct bench bench;
	struct sched_stats stats;

	(void)state;
	open_bench(&bench, 1, WALL0);
	add(&bench, 0, 60 * S);
	run(&bench, 1); /* the first contact has started */
	bench.busy = true;
	run(&bench, 200 * S); /* it takes long: no lateness */
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls, 1);
	assert_int_equal(stats.polls_late, 0);
	assert_true(isnan(stats.p50_ms) && isnan(stats.max_ms));
	bench.busy = false;
	run(&bench, 60 * S);
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls, 2);
	bench.busy = true;
	run(&bench, 180 * S);
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls, 2);
	assert_int_equal(stats.polls_late, 3);
	close_bench(&bench);
}

static void lateness_is_measured(void **state)
{
	struct bench bench;
	struct sched_stats stats;

	(void)state;
	open_bench(&bench, 1000, WALL0);
	for (size_t i = 0; i < bench.n; i++)
		add(&bench, i, 60 * S);
	run(&bench, 75 * S);
	bench.stall = 50 * MS; /* 1,000 polls need 50 of 60 s: some wait for others */
	run(&bench, 300 * S);
	sched_stats(bench.sched, &stats);
	print_message("lateness ms: p50 %.1f p99 %.1f max %.1f\n", stats.p50_ms, stats.p99_ms, stats.max_ms);
	assert_true(stats.p50_ms > 20 && stats.p50_ms < stats.p99_ms);
	assert_true(stats.p99_ms <= stats.max_ms && stats.p99_ms > 200 && stats.max_ms < 5000);
	bench.stall = 0;
	run(&bench, 400 * S);
	sched_stats(bench.sched, &stats);
	assert_true(stats.max_ms < 1);
	close_bench(&bench);
}

static void a_stalled_loop_skips_turns_and_says_so(void **state)
{
	struct bench bench;
	struct sched_stats stats;
	uint64_t polls;

	(void)state;
	open_bench(&bench, 1, WALL0);
	add(&bench, 0, 10 * S);
	run(&bench, 60 * S);
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls_late, 0);
	polls = stats.polls;
	bench.devices[0].turns = 0; /* the grid is kept, but for the turns left out */
	clock_virtual_advance(&bench.clock, 35 * S);
	run(&bench, 1);
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls, polls + 1);
	assert_in_range(stats.polls_late, 3, 4); /* the late one, and two or three left out */
	run(&bench, 30 * S);
	sched_stats(bench.sched, &stats);
	assert_int_equal(stats.polls, polls + 4);
	assert_true(stats.max_ms > 25000);
	close_bench(&bench);
}

static void late_is_a_second_or_a_tenth(void **state)
{
	static const struct {
		int64_t interval, stall;
		bool late;
	} cases[] = {{60 * S, 999 * MS, false}, {60 * S, 1001 * MS, true}, {5 * S, 499 * MS, false},
	    {5 * S, 501 * MS, true}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct bench bench;
		struct sched_stats stats;

		open_bench(&bench, 1, WALL0);
		add(&bench, 0, cases[i].interval);
		run(&bench, 200 * S);
		clock_virtual_advance(
		    &bench.clock, sched_next(bench.devices[0].item) - bench.clock.mono + cases[i].stall);
		run(&bench, 1);
		sched_stats(bench.sched, &stats);
		assert_int_equal(stats.polls_late, cases[i].late);
		close_bench(&bench);
	}
}

static void removed_devices_have_no_turns(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 3, WALL0);
	for (size_t i = 0; i < bench.n; i++)
		add(&bench, i, 60 * S);
	sched_remove(bench.sched, bench.devices[1].item);
	run(&bench, 100 * S);
	sched_remove(bench.sched, bench.devices[2].item);
	bench.devices[2].turns = 0;
	run(&bench, 200 * S);
	assert_int_equal(bench.devices[1].turns, 0);
	assert_int_equal(bench.devices[2].turns, 0);
	assert_true(bench.devices[0].turns >= 4);
	close_bench(&bench);
	sched_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_device_is_polled_at_its_slot),
	    cmocka_unit_test(slots_survive_restarts),
	    cmocka_unit_test(steps_of_the_wall_clock_change_nothing),
	    cmocka_unit_test(a_small_fleet_is_met_within_a_second),
	    cmocka_unit_test(a_large_fleet_is_met_within_an_interval_and_evenly),
	    cmocka_unit_test(mixed_intervals_are_all_met),
	    cmocka_unit_test(a_turn_is_skipped_while_the_poll_before_runs),
	    cmocka_unit_test(lateness_is_measured),
	    cmocka_unit_test(a_stalled_loop_skips_turns_and_says_so),
	    cmocka_unit_test(late_is_a_second_or_a_tenth),
	    cmocka_unit_test(removed_devices_have_no_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
