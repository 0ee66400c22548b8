#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/rules/tracker_bench.h"

static void states_turn_hard_after_tries(void **state)
{
	struct bench bench;
	struct device_status status;

	(void)state;
	open_bench(&bench, 1, 3);
	tracker_status(bench.tracker, 0, &status);
	assert_int_equal(status.state, DEVICE_UNKNOWN);
	assert_int_equal(status.since, 0);
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, false);
	assert_int_equal(bench.changes, 1);
	assert_int_equal(bench.before.state, DEVICE_UNKNOWN);
	report(&bench, 0, true);
	assert_int_equal(bench.changes, 1); /* a streak alone is no change */
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, true);
	assert_int_equal(bench.changes, 2);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	assert_true(bench.before.hard);
	assert_int_equal(bench.after.since, WALL + bench.now);
	report(&bench, 0, false);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	report(&bench, 0, false);
	tracker_status(bench.tracker, 0, &status);
	assert_int_equal(status.streak, 3);
	assert_int_equal(status.since, WALL + bench.now - 3 * (S / 100));
	assert_int_equal(bench.changes, 4);
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, false);
	close_bench(&bench);
	tracker_free(NULL);
}

static void never_up_is_down(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 1, 1);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	assert_int_equal(bench.changes, 1);
	close_bench(&bench);
}

/* 0 <- 1 <- 2, and 3 beside. */
static void open_chain(struct bench *bench, unsigned tries)
{
	open_bench(bench, 4, tries);
	tracker_set_device(bench->tracker, 1, 0, 60 * S);
	tracker_set_device(bench->tracker, 2, 1, 60 * S);
	all(bench, 0, 4, true);
}

static void a_child_is_unreachable_behind_its_parent(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	all(&bench, 0, 3, false);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
	assert_state(&bench, 3, DEVICE_UP, false);
	all(&bench, 0, 3, false);
	all(&bench, 0, 3, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, true);
	assert_int_equal(bench.hard_downs, 1);
	close_bench(&bench);
}

static void the_order_of_polls_does_not_matter(void **state)
{
	static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct bench bench;

		open_chain(&bench, 3);
		for (size_t k = 0; k < 3; k++)
			report(&bench, orders[i][k], false);
		assert_state(&bench, 0, DEVICE_DOWN, false);
		assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
		assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
		close_bench(&bench);
	}
}

static void behind_a_parent_that_recovers_children_wait_for_their_poll(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	all(&bench, 0, 3, false);
	report(&bench, 0, true);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	report(&bench, 2, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, false);
	report(&bench, 2, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, true);
	report(&bench, 1, true);
	report(&bench, 2, true);
	assert_state(&bench, 2, DEVICE_UP, false);
	close_bench(&bench);
}

static void who_answers_is_up_whatever_the_parent(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 1);
	report(&bench, 0, false);
	report(&bench, 1, true);
	report(&bench, 2, false);
	assert_state(&bench, 1, DEVICE_UP, true);
	assert_state(&bench, 2, DEVICE_DOWN, true); /* its own parent is up */
	close_bench(&bench);
}

static void hard_down_gives_way_only_to_a_parent_that_is_hard(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	for (int i = 0; i < 3; i++)
		report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, false); /* one lost poll of the parent */
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, true);
	assert_int_equal(bench.hard_downs, 1);
	for (int i = 0; i < 3; i++) {
		assert_state(&bench, 1, DEVICE_DOWN, true);
		report(&bench, 0, false);
	}
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	close_bench(&bench);
	/* With one try all states are hard at once. */
	open_chain(&bench, 1);
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, false);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, true);
	close_bench(&bench);
}

static void more_than_half_silent_is_blindness(void **state)
{
	struct bench bench;
	int64_t since;

	(void)state;
	open_bench(&bench, 20, 3);
	all(&bench, 0, 20, true);
	assert_false(tracker_blind(bench.tracker, &since));
	all(&bench, 0, 10, false);
	assert_int_equal(bench.blind_begins, 0); /* half is not more than half */
	assert_state(&bench, 0, DEVICE_DOWN, false);
	report(&bench, 10, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_int_equal(bench.silent, 11);
	assert_int_equal(bench.were_up, 20);
	assert_true(tracker_blind(bench.tracker, &since));
	assert_int_equal(since, WALL + bench.now);
	for (size_t i = 0; i < 11; i++)
		assert_state(&bench, i, DEVICE_UNREACHABLE, false);
	all(&bench, 11, 20, false);
	assert_state(&bench, 19, DEVICE_UNREACHABLE, false);
	for (int round = 0; round < 5; round++)
		all(&bench, 0, 20, false);
	assert_int_equal(bench.hard_downs, 0);
	all(&bench, 0, 9, true);
	assert_int_equal(bench.blind_ends, 0);
	report(&bench, 9, true);
	assert_int_equal(bench.blind_ends, 1);
	assert_false(tracker_blind(bench.tracker, NULL));
	assert_state(&bench, 15, DEVICE_UNREACHABLE, true); /* until it is polled */
	report(&bench, 15, false);
	assert_state(&bench, 15, DEVICE_DOWN, false);
	assert_int_equal(bench.blind_begins, 1);
	close_bench(&bench);
}

static void nine_devices_are_too_few(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 30, 3);
	all(&bench, 0, 9, true);
	all(&bench, 9, 30, false); /* never were up: take no part */
	all(&bench, 0, 9, false);
	assert_int_equal(bench.blind_begins, 0);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	close_bench(&bench);
	open_bench(&bench, 30, 3);
	all(&bench, 0, 10, true);
	all(&bench, 10, 30, false);
	all(&bench, 0, 10, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_int_equal(bench.were_up, 10);
	close_bench(&bench);
}

static void slow_decay_is_no_blindness(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 40, 3);
	all(&bench, 0, 40, true);
	for (size_t dead = 0; dead < 40; dead++) {
		bench.now += 61 * S;
		all(&bench, 0, dead + 1, false);
		all(&bench, dead + 1, 40, true);
	}
	assert_int_equal(bench.blind_begins, 0);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	close_bench(&bench);
}

static void within_one_interval(void **state)
{
	struct bench bench;

	(void)state;
	for (int64_t pause = 59; pause <= 61; pause += 2) {
		open_bench(&bench, 20, 3);
		all(&bench, 0, 20, true);
		all(&bench, 0, 6, false);
		bench.now += pause * S;
		all(&bench, 6, 11, false); /* 11 of 20, or 5 of 14 */
		assert_int_equal(bench.blind_begins, pause < 60);
		close_bench(&bench);
	}
}

static void hard_down_stays_down_while_blind(void **state)
{
	struct bench bench;
	unsigned told;

	(void)state;
	open_bench(&bench, 21, 3);
	tracker_set_device(bench.tracker, 20, 0, 60 * S);
	all(&bench, 0, 21, true);
	for (int i = 0; i < 3; i++)
		report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	told = bench.hard_downs;
	bench.now += 100 * S;
	for (int round = 0; round < 4; round++)
		all(&bench, 0, 21, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	/* Sight returns; the device is polled before its parent, which blindness covered. */
	all(&bench, 1, 20, true);
	assert_int_equal(bench.blind_ends, 1);
	report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	report(&bench, 0, true);
	report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	assert_int_equal(bench.hard_downs, told); /* nobody is told twice */
	close_bench(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(states_turn_hard_after_tries),
	    cmocka_unit_test(never_up_is_down),
	    cmocka_unit_test(a_child_is_unreachable_behind_its_parent),
	    cmocka_unit_test(the_order_of_polls_does_not_matter),
	    cmocka_unit_test(behind_a_parent_that_recovers_children_wait_for_their_poll),
	    cmocka_unit_test(who_answers_is_up_whatever_the_parent),
	    cmocka_unit_test(hard_down_gives_way_only_to_a_parent_that_is_hard),
	    cmocka_unit_test(more_than_half_silent_is_blindness),
	    cmocka_unit_test(nine_devices_are_too_few),
	    cmocka_unit_test(slow_decay_is_no_blindness),
	    cmocka_unit_test(within_one_interval),
	    cmocka_unit_test(hard_down_stays_down_while_blind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
