#include "unit/store/fixture.h"

#include "store/batch.h"

static void records_come_out_as_they_went_in(void **state)
{
	(void)state;
	struct batch *batch = batch_new(true);
	double values[3] = {1.5, -2, 3e300};
	const struct sample_raw raws[3] = {{UINT64_MAX, 1}, {0, 0}, {42, 3}};
	struct record record;
	size_t at = 0, n = 0, added = 0;
	while (batch_add(batch, (series_id)added, (int64_t)added * 7 - 3, (int64_t)added * 1000, values,
	    added % 5 == 4 ? NULL : raws, added % 4))
		added++;
	assert_true(added > BATCH_WORDS / 8);
	assert_int_equal(batch->n_records, added);
	for (; batch_next(batch, &at, &record); n++) {
		assert_int_equal(record.series, n);
		assert_int_equal(record.wall, (int64_t)n * 7 - 3);
		assert_int_equal(record.n, n % 4);
		assert_int_equal(record.stamp, (int64_t)n * 1000);
		assert_memory_equal(record.values, values, record.n * sizeof *values);
		for (size_t i = 0; i < record.n; i++) {
			struct sample_raw raw = record_raw(&record, i);

			assert_int_equal(raw.form, n % 5 == 4 ? 0 : raws[i].form);
			assert_true(raw.bits == (n % 5 == 4 ? 0 : raws[i].bits));
		}
	}
	assert_int_equal(n, added);
	batch_clear(batch);
	at = 0;
	assert_false(batch_next(batch, &at, &record));
	assert_true(batch_add(batch, SERIES_NONE - 1, INT64_MIN, 0, values, NULL, 3));
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
	assert_false(batch_add(batch, 1, 1, 0, values, NULL, BATCH_WORDS));
	assert_false(batch_add(batch, 1, 1, 0, values, NULL, SIZE_MAX));
	assert_false(batch_add(batch, 1, 1, 0, values, NULL, 4032));
	assert_true(batch_add(batch, 1, 1, 0, values, NULL, 4031));
	assert_false(batch_add(batch, 1, 1, 0, values, NULL, 0));
	assert_false(batch_add(control, 1, 1, 0, values, NULL, 0));
	batch_clear(batch);
	assert_true(batch_add(batch, 1, 1, 0, values, NULL, 40));
	batch->n_words--;
	size_t at = 0;
	struct record record;
	assert_false(batch_next(batch, &at, &record));
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
