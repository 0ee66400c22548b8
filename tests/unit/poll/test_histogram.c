#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poll/histogram.h"

#include <math.h>
#include <stdlib.h>

#define S  INT64_C(1000000000)
#define MS INT64_C(1000000)
#define US INT64_C(1000)

static int setup(void **state)
{
	*state = histogram_new(300 * S);
	return 0;
}

static int teardown(void **state)
{
	histogram_free(*state);
	return 0;
}

static void an_empty_window_has_no_quantile(void **state)
{
	assert_true(isnan(histogram_quantile(*state, 0, 0.5)));
	assert_true(isnan(histogram_max(*state, 1000 * S)));
	histogram_free(NULL);
}

static void one_value_is_every_quantile(void **state)
{
	histogram_add(*state, 10 * S, 5 * MS);
	for (double q = 0; q <= 1; q += 0.25)
		assert_true(fabs(histogram_quantile(*state, 10 * S, q) / (5e6) - 1) <= 0.065);
	assert_true(histogram_max(*state, 10 * S) >= 5e6 && histogram_max(*state, 10 * S) <= 5e6);
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* Against the sorted values, over seven powers of ten. */
static void quantiles_are_within_six_per_cent(void **state)
{
	enum { N = 20000 };
	static const double q[] = {0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1};
	int64_t *values = calloc(N, sizeof *values);
	uint64_t x = 88172645463325252u;

	for (int i = 0; i < N; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		values[i] = (int64_t)(1e4 * pow(10, 7 * (double)(x >> 11) / 9007199254740992.0));
		histogram_add(*state, i * (200 * S / N), values[i]);
	}
	qsort(values, N, sizeof *values, by_value);
	for (size_t i = 0; i < sizeof q / sizeof q[0]; i++) {
		double exact = (double)values[(size_t)ceil(q[i] * N) - 1];
		double got = histogram_quantile(*state, 200 * S, q[i]);

		if (fabs(got / exact - 1) > 0.065)
			fail_msg("q %g: %g, exactly %g", q[i], got, exact);
	}
	assert_true(histogram_quantile(*state, 200 * S, 1) <= histogram_max(*state, 200 * S));
	free(values);
}

static void the_window_slides(void **state)
{
	histogram_add(*state, 100 * S, 900 * MS);
	for (int64_t t = 101; t < 1000; t++) {
		histogram_add(*state, t * S, 1 * MS);
		if (t <= 400)
			assert_true(histogram_max(*state, t * S) > 8e8);
		if (t >= 415)
			assert_true(histogram_max(*state, t * S) < 2e6);
	}
	assert_true(isnan(histogram_max(*state, 1400 * S)));
	assert_true(isnan(histogram_quantile(*state, 1400 * S, 0.5)));
	/* Long silence, then the same slice again. */
	histogram_add(*state, 100000 * S, 3 * MS);
	assert_true(histogram_max(*state, 100000 * S) < 4e6);
}

static void extremes_have_a_bucket(void **state)
{
	histogram_add(*state, 0, -5);
	histogram_add(*state, 0, 0);
	histogram_add(*state, 0, 999);
	assert_true(histogram_quantile(*state, 0, 0.5) < 1000);
	histogram_add(*state, 0, INT64_MAX);
	histogram_add(*state, 0, INT64_MAX);
	histogram_add(*state, 0, INT64_MAX);
	histogram_add(*state, 0, INT64_MAX);
	assert_true(histogram_quantile(*state, 0, 0.99) > 9e18);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_empty_window_has_no_quantile, setup, teardown),
	    cmocka_unit_test_setup_teardown(one_value_is_every_quantile, setup, teardown),
	    cmocka_unit_test_setup_teardown(quantiles_are_within_six_per_cent, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_window_slides, setup, teardown),
	    cmocka_unit_test_setup_teardown(extremes_have_a_bucket, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
