#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snmp/pace.h"

#define S INT64_C(1000000000)

static void no_limit(void **state)
{
	struct pace pace = {0};

	(void)state;
	pace_set(&pace, 0);
	for (int i = 0; i < 5; i++)
		assert_int_equal(pace_take(&pace, 7 * S), 7 * S);
	assert_int_equal(pace_wait(&pace, 7 * S), 0);
}

static void never_more_than_so_many_in_any_second(void **state)
{
	struct pace pace = {0};
	int64_t now = 3 * S, at[100];

	(void)state;
	pace_set(&pace, 7);
	for (int i = 0; i < 100; i++) {
		at[i] = pace_take(&pace, now);
		assert_true(at[i] >= now);
		if (i % 3 == 0)
			now += S / 10; /* asked faster than allowed */
		if (i >= 7)
			assert_true(at[i] - at[i - 7] >= S);
	}
	assert_int_equal(pace_wait(&pace, now), pace.next - now);
}

static void nothing_is_saved_up(void **state)
{
	struct pace pace = {0};

	(void)state;
	pace_set(&pace, 2);
	assert_int_equal(pace_take(&pace, S), S);
	assert_int_equal(pace_wait(&pace, 100 * S), 0);
	assert_int_equal(pace_take(&pace, 100 * S), 100 * S);
	assert_int_equal(pace_take(&pace, 100 * S), 100 * S + S / 2);
	assert_int_equal(pace_take(&pace, 100 * S), 101 * S);
}

static void another_limit_keeps_the_distance(void **state)
{
	struct pace pace = {0};

	(void)state;
	pace_set(&pace, 1);
	pace_take(&pace, S);
	pace_set(&pace, 10);
	assert_int_equal(pace_wait(&pace, S), S);
	assert_int_equal(pace_take(&pace, S), 2 * S);
	assert_int_equal(pace_wait(&pace, 2 * S), S / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_limit),
	    cmocka_unit_test(never_more_than_so_many_in_any_second),
	    cmocka_unit_test(nothing_is_saved_up),
	    cmocka_unit_test(another_limit_keeps_the_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
