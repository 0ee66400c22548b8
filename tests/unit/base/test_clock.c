#include "base/clock.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <time.h>

static void real_clock_moves(void **state)
{
	const struct clock *clock = clock_real();
	int64_t mono = clock_mono(clock), wall = clock_wall(clock);

	(void)state;
	while (clock_mono(clock) == mono)
		;
	assert_true(clock_mono(clock) > mono);
	assert_true(wall / INT64_C(1000000000) - time(NULL) <= 1);
	assert_true(time(NULL) - wall / INT64_C(1000000000) <= 1);
}

static void virtual_clock_moves_when_told(void **state)
{
	struct clock_virtual v;

	(void)state;
	clock_virtual_init(&v, 1000);
	assert_int_equal(clock_mono(&v.clock), 0);
	assert_int_equal(clock_wall(&v.clock), 1000);
	clock_virtual_advance(&v, 50);
	assert_int_equal(clock_mono(&v.clock), 50);
	assert_int_equal(clock_wall(&v.clock), 1050);
	clock_virtual_step_wall(&v, -500);
	assert_int_equal(clock_mono(&v.clock), 50);
	assert_int_equal(clock_wall(&v.clock), 550);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(real_clock_moves),
	    cmocka_unit_test(virtual_clock_moves_when_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
