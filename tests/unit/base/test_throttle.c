#include "base/throttle.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

static void tells_begin_and_end(void **state)
{
	struct throttle t = {0};
	uint64_t count = 99;
	int64_t duration = 99;

	(void)state;
	assert_false(throttle_ok(&t, 5, &count, &duration));
	assert_int_equal(count, 99); /* nothing ended, nothing said */
	assert_true(throttle_fail(&t, 10));
	assert_false(throttle_fail(&t, 20));
	assert_false(throttle_fail(&t, 30));
	assert_true(t.active);
	assert_true(throttle_ok(&t, 110, &count, &duration));
	assert_int_equal(count, 3);
	assert_int_equal(duration, 100);
	assert_false(throttle_ok(&t, 120, &count, &duration));
	assert_true(throttle_fail(&t, 200)); /* a new fault starts at one */
	assert_true(throttle_ok(&t, 201, &count, &duration));
	assert_int_equal(count, 1);
	assert_int_equal(duration, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(tells_begin_and_end)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
