#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snmp/progress.h"

/* Names of one octet: rows of a column whose own name is empty. */
static enum progress_step step(struct progress *progress, uint8_t last, uint8_t name)
{
	return progress_step(progress, &last, last != 0, &name, 1);
}

static void names_that_rise_are_new(void **state)
{
	struct progress progress = {0};

	(void)state;
	for (uint8_t i = 1; i < 120; i++)
		assert_int_equal(step(&progress, i - 1, i), PROGRESS_NEW);
	assert_null(progress.mark);
	progress_fini(&progress);
}

static void the_same_again_is_told_and_nothing_more(void **state)
{
	struct progress progress = {0};

	(void)state;
	assert_int_equal(step(&progress, 0, 1), PROGRESS_NEW);
	assert_int_equal(step(&progress, 1, 1), PROGRESS_SAME);
	assert_int_equal(step(&progress, 1, 1), PROGRESS_SAME);
	assert_int_equal(step(&progress, 1, 2), PROGRESS_NEW);
	progress_fini(&progress);
}

static void the_beginning_again_is_a_circle_at_once(void **state)
{
	struct progress progress = {0};

	(void)state;
	for (uint8_t i = 10; i < 30; i++)
		assert_int_equal(step(&progress, i == 10 ? 0 : i - 1, i), PROGRESS_NEW);
	assert_int_equal(step(&progress, 29, 10), PROGRESS_CIRCLE);
	progress_fini(&progress);
}

/* Into a circle of any length, by a way of any length; descending, so that each step falls but one. */
static void every_circle_is_found(void **state)
{
	(void)state;
	for (unsigned tail = 1; tail < 40; tail++) {
		for (unsigned circle = 2; circle < 40; circle++) {
			struct progress progress = {0};
			unsigned at = 0, steps = 0;
			uint8_t last = 0, name;
			enum progress_step got;

			do {
				name = (uint8_t)(120 - at);
				got = step(&progress, last, name);
				last = name;
				at = at + 1 == tail + circle ? tail : at + 1;
				steps++;
				assert_true(steps <= 3 * (tail + circle) + 3);
			} while (got == PROGRESS_NEW);
			assert_int_equal(got, PROGRESS_CIRCLE);
			assert_true(steps > tail + circle);
			progress_fini(&progress);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_that_rise_are_new),
	    cmocka_unit_test(the_same_again_is_told_and_nothing_more),
	    cmocka_unit_test(the_beginning_again_is_a_circle_at_once),
	    cmocka_unit_test(every_circle_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
