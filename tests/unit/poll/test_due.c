#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poll/due.h"

#include <stdio.h>

#define S INT64_C(1000000000)

static void a_phase_is_a_stable_function_of_the_name(void **state)
{
	int64_t phase = due_phase("core-sw1", 60 * S);

	(void)state;
	assert_int_equal(due_phase("core-sw1", 60 * S), phase);
	/* Fixed for ever: a release that moved it would move every device's load. */
	assert_int_equal(phase, INT64_C(9524806080));
	assert_true(due_phase("core-sw2", 60 * S) != phase);
}

static void a_phase_lies_within_the_interval(void **state)
{
	static const int64_t intervals[] = {1, 2, 3, S, 60 * S, 86400 * S, INT64_MAX};
	char name[32];

	(void)state;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "device-%d", i);
		for (size_t k = 0; k < sizeof intervals / sizeof intervals[0]; k++) {
			int64_t phase = due_phase(name, intervals[k]);

			assert_true(phase >= 0 && phase < intervals[k]);
		}
	}
}

static void a_phase_scales_with_the_interval(void **state)
{
	int64_t minute = due_phase("core-sw1", 60 * S), hour = due_phase("core-sw1", 3600 * S);

	(void)state;
	assert_true(hour / 60 - minute >= -1 && hour / 60 - minute <= 1);
}

static void assert_even(const char *format, unsigned names, unsigned seconds)
{
	unsigned load[600] = {0}, busiest = 0;
	char name[64];

	for (unsigned i = 0; i < names; i++) {
		snprintf(name, sizeof name, format, i / 250, i % 250);
		load[due_phase(name, seconds * S) / S]++;
	}
	for (unsigned s = 0; s < seconds; s++)
		busiest = load[s] > busiest ? load[s] : busiest;
	print_message("%u names over %u s: mean %.1f, busiest second %u\n", names, seconds,
	    (double)names / seconds, busiest);
	assert_true(busiest * 2 * seconds <= 3 * names);
}

static void load_is_even(void **state)
{
	(void)state;
	assert_even("10.0.%u.%u", 10000, 60);
	assert_even("sw-%u-%u.example.net", 10000, 60);
	assert_even("%u%u", 10000, 30);
	assert_even("rack%u-node%03u", 100000, 300);
}

static void the_next_turn_is_on_the_grid_and_later(void **state)
{
	(void)state;
	assert_int_equal(due_next(7, 60, 0), 7);
	assert_int_equal(due_next(7, 60, 6), 7);
	assert_int_equal(due_next(7, 60, 7), 67);
	assert_int_equal(due_next(7, 60, 66), 67);
	assert_int_equal(due_next(0, 60, 0), 60);
	assert_int_equal(due_next(7, 60, -1), 7);
	assert_int_equal(due_next(7, 60, -53), 7);
	assert_int_equal(due_next(7, 60, -54), -53);
	assert_int_equal(due_next(-53, 60, 0), 7);
	assert_int_equal(due_next(-53, 60, 1000), 1027);
	assert_int_equal(due_next(0, 1, 5), 6);
}

static void ten_years_without_drift(void **state)
{
	int64_t phase = due_phase("edge-fw", 60 * S), t = 0;

	(void)state;
	for (int64_t i = 0; i < INT64_C(5259600); i++) {
		/* Asked a little late each time, as a loop does. */
		t = due_next(phase, 60 * S, t + i % 1000);
		assert_int_equal(t, phase + i * 60 * S);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_phase_is_a_stable_function_of_the_name),
	    cmocka_unit_test(a_phase_lies_within_the_interval),
	    cmocka_unit_test(a_phase_scales_with_the_interval),
	    cmocka_unit_test(load_is_even),
	    cmocka_unit_test(the_next_turn_is_on_the_grid_and_later),
	    cmocka_unit_test(ten_years_without_drift),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
