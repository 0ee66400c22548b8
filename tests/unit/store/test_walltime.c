#include "unit/store/fixture.h"

#include "store/walltime.h"

#define WALL (T0 * UNITS_SEC)

static void slewing_is_followed(void **state)
{
	(void)state;
	struct walltime time;
	int64_t wall = WALL;
	walltime_init(&time, 0, wall);
	/* A day at 500 ppm, the most that NTP slews, looked at each minute. */
	for (int64_t mono = 0; mono < 86400 * UNITS_SEC;
	     mono += 60 * UNITS_SEC, wall += 60 * UNITS_SEC + 30 * UNITS_MS)
		assert_int_equal(walltime_now(&time, mono, wall), wall);
}

static void a_step_back_is_followed_at_once(void **state)
{
	(void)state;
	struct walltime time;
	walltime_init(&time, 0, WALL);
	assert_int_equal(walltime_now(&time, UNITS_SEC, WALL - 3600 * UNITS_SEC), WALL - 3600 * UNITS_SEC);
}

static void a_step_ahead_must_stand(void **state)
{
	(void)state;
	struct walltime time;
	int64_t ahead = 3600 * UNITS_SEC;
	walltime_init(&time, 0, WALL);
	for (int s = 1; s <= 10; s++)
		assert_int_equal(
		    walltime_now(&time, s * UNITS_SEC, WALL + s * UNITS_SEC + ahead), WALL + s * UNITS_SEC);
	assert_int_equal(walltime_now(&time, 11 * UNITS_SEC, WALL + 11 * UNITS_SEC + ahead),
	    WALL + 11 * UNITS_SEC + ahead);
}

static void a_jump_there_and_back_changes_nothing(void **state)
{
	(void)state;
	struct walltime time;
	walltime_init(&time, 0, WALL);
	walltime_now(&time, UNITS_SEC, WALL + 86400 * UNITS_SEC);
	walltime_now(&time, 2 * UNITS_SEC, WALL + 2 * UNITS_SEC);
	/* The probation of the next jump begins anew. */
	int64_t now = walltime_now(&time, 30 * UNITS_SEC, WALL + 86400 * UNITS_SEC);
	assert_int_equal(now, WALL + 30 * UNITS_SEC);
	assert_true(walltime_is_future(WALL + 86400 * UNITS_SEC, now));
	assert_false(walltime_is_future(now + WALLTIME_AHEAD, now));
}

static void a_clock_that_runs_away_is_not_believed(void **state)
{
	(void)state;
	struct walltime time;
	walltime_init(&time, 0, WALL);
	for (int s = 1; s < 100; s++)
		assert_int_equal(
		    walltime_now(&time, s * UNITS_SEC, WALL + s * 3600 * UNITS_SEC), WALL + s * UNITS_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(slewing_is_followed),
	    cmocka_unit_test(a_step_back_is_followed_at_once),
	    cmocka_unit_test(a_step_ahead_must_stand),
	    cmocka_unit_test(a_jump_there_and_back_changes_nothing),
	    cmocka_unit_test(a_clock_that_runs_away_is_not_believed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
