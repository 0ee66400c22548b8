#include "unit/store/fixture.h"

#include "store/batch.h"

static void records_come_out_as_they_went_in(void **state)
{
	(void)state;
	struct batch *batch = batch_new(true);
	double values[3] = {1.5, -2, 3e300};
	struct record record;
	size_t at = 0, n = 0, added = 0;
	while (batch_add(batch, (series_id)added, (int64_t)added * 7 - 3, values, added % 4))
		added++;
	assert_true(added > BATCH_WORDS / 5);
	assert_int_equal(batch->n_records, added);
	for (; batch_next(batch, &at, &record); n++) {
		assert_int_equal(record.series, n);
		assert_int_equal(record.wall, (int64_t)n * 7 - 3);
		assert_int_equal(record.n, n % 4);
		assert_memory_equal(record.values, values, record.n * sizeof *values);
	}
	assert_int_equal(n, added);
	batch_clear(batch);
	at = 0;
	assert_false(batch_next(batch, &at, &record));
	assert_true(batch_add(batch, SERIES_NONE - 1, INT64_MIN, values, 3));
	assert_true(batch_next(batch, &at, &record));
	assert_int_equal(record.series, SERIES_NONE - 1);
	assert_int_equal(record.wall, INT64_MIN);
	batch_free(batch);
}

static void what_does_not_fit_is_refused(void **state)
{
	(void)state;
	struct batch *batch = batch_new(true), *control = batch_new(false);
	double *values = mem_calloc(BATCH_WORDS, sizeof *values);
	assert_false(batch_add(batch, 1, 1, values, BATCH_WORDS));
	assert_false(batch_add(batch, 1, 1, values, SIZE_MAX));
	assert_true(batch_add(batch, 1, 1, values, BATCH_WORDS - 2));
	assert_false(batch_add(batch, 1, 1, values, 0));
	assert_false(batch_add(control, 1, 1, values, 0));
	free(values);
	batch_free(batch);
	batch_free(control);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(records_come_out_as_they_went_in),
	    cmocka_unit_test(what_does_not_fit_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
