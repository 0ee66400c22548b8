#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snmp/window.h"

#define MS INT64_C(1000000)

static void answers(struct window *window, unsigned n, int64_t rtt)
{
	while (n-- > 0) {
		window_filled(window, 1);
		window_answered(window, 1, window->size - 1u, rtt);
	}
}

static void opens_by_one_an_answer(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	assert_int_equal(window.size, WINDOW_FIRST);
	answers(&window, 3, 20 * MS);
	assert_int_equal(window.size, 5);
	answers(&window, 100, 20 * MS);
	assert_int_equal(window.size, WINDOW_MAX);
}

static void what_is_not_used_does_not_open_it(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	for (int i = 0; i < 100; i++)
		window_answered(&window, 5, 0, 20 * MS);
	assert_int_equal(window.size, WINDOW_FIRST);
}

static void closes_by_half_once_a_round(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	answers(&window, 100, 20 * MS);
	window_lost(&window, 1000 * MS, 1200 * MS);
	window_lost(&window, 1001 * MS, 1201 * MS); /* was in flight with it */
	assert_int_equal(window.size, 8);
	assert_int_equal(window.losses, 1);
	window_lost(&window, 1210 * MS, 1400 * MS);
	assert_int_equal(window.size, 4);
	for (int i = 0; i < 9; i++)
		window_lost(&window, (1500 + 100 * i) * MS, (1550 + 100 * i) * MS);
	assert_int_equal(window.size, 1);
}

static void after_a_loss_it_opens_by_one_a_round(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	answers(&window, 100, 20 * MS);
	window_lost(&window, 1000 * MS, 1200 * MS);
	answers(&window, 7, 20 * MS);
	assert_int_equal(window.size, 8);
	answers(&window, 1, 20 * MS);
	assert_int_equal(window.size, 9);
	answers(&window, 9, 20 * MS);
	assert_int_equal(window.size, 10);
}

/* An agent that does one thing at a time: the round trip grows with what is in flight. */
static void stops_where_it_only_makes_a_queue(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	window_answered(&window, 1, 0, 50 * MS);
	for (int i = 0; i < 200; i++)
		answers(&window, 1, window.size * 50 * MS);
	assert_in_range(window.size, 2, 4);
}

/* A long way, and an agent that answers all at once. */
static void a_long_way_is_no_queue(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 0);
	for (int i = 0; i < 300; i++)
		answers(&window, 1, (i % 3 == 0 ? 215 : 200) * MS);
	assert_int_equal(window.size, WINDOW_MAX);
}

/* An agent with room for two: it is not asked for three at once in each poll. */
static void where_it_met_loss_it_goes_later_each_time(void **state)
{
	struct window window;
	unsigned before[8] = {0};
	int64_t now = 1000 * MS;

	(void)state;
	window_init(&window, 0);
	for (unsigned i = 0; i < 8; i++) {
		while (window.size < 3) {
			answers(&window, 1, 20 * MS);
			before[i]++;
		}
		window_lost(&window, now, now + 1);
		now += 10 * MS;
	}
	assert_int_equal(before[1], 1 + 2);
	assert_int_equal(before[2], 1 + 2 * 2);
	assert_int_equal(before[7], 1 + 2 * 64);
}

static void limits(void **state)
{
	struct window window;

	(void)state;
	window_init(&window, 1);
	answers(&window, 100, 20 * MS);
	assert_int_equal(window.size, 1);
	window_init(&window, 5);
	answers(&window, 100, 20 * MS);
	assert_int_equal(window.size, 5);
	window_lost(&window, 1 * MS, 2 * MS);
	window_restart(&window);
	assert_int_equal(window.size, WINDOW_FIRST);
	assert_int_equal(window.most, 5);
	assert_int_equal(window.losses, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(opens_by_one_an_answer),
	    cmocka_unit_test(what_is_not_used_does_not_open_it),
	    cmocka_unit_test(closes_by_half_once_a_round),
	    cmocka_unit_test(after_a_loss_it_opens_by_one_a_round),
	    cmocka_unit_test(stops_where_it_only_makes_a_queue),
	    cmocka_unit_test(a_long_way_is_no_queue),
	    cmocka_unit_test(where_it_met_loss_it_goes_later_each_time),
	    cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
