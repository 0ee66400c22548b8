#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/rowset.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TAG_A, TICKS, COUNTER, TAG_B, DERIVED, N };

static struct table *make_table(void)
{
	static const char *const names[N] = {"a", "ticks", "octets", "b", "up"};
	struct table *table = mem_alloc(sizeof *table);

	table->columns = mem_calloc(N, sizeof *table->columns);
	table->n_columns = N;
	table->n_counters = 1;
	for (size_t i = 0; i < N; i++) {
		struct column *column = &table->columns[i];

		column->name = mem_strdup(names[i]);
		column->counter = -1;
		if (i == DERIVED)
			continue;
		column->n_sources = 2;
		column->sources = mem_calloc(2, sizeof *column->sources);
		column->sources[0].scale = 1;
		column->sources[1].scale = 1000;
	}
	table->columns[TAG_A].is_tag = table->columns[TAG_B].is_tag = true;
	table->columns[TICKS].kind = KIND_TIMETICKS;
	table->columns[COUNTER].kind = KIND_COUNTER;
	table->columns[COUNTER].counter = 0;
	table->columns[COUNTER].ds = mem_strdup("octets");
	table->columns[DERIVED].ds = mem_strdup("up");
	return table;
}

static size_t add(struct rowset *set, const char *key)
{
	char **tags = mem_calloc(set->n_tags, sizeof *tags);
	uint8_t index = 7;

	tags[0] = mem_strdup(key);
	return rowset_add(set, mem_strdup(key), mem_dup(&index, 1), 1, tags);
}

static void fill(
    struct rowset *set, size_t row, size_t column, uint64_t raw, unsigned form, enum quality quality)
{
	size_t cell = rowset_cell(set, row, column);

	set->raw[cell] = raw;
	set->form[cell] = (uint8_t)form;
	set->quality[cell] = (uint8_t)quality;
}

static int setup(void **state)
{
	*state = rowset_new(make_table());
	return 0;
}

static int teardown(void **state)
{
	struct rowset *set = *state;
	struct table *table = (struct table *)(uintptr_t)set->table;

	rowset_free(set);
	table_fini(table);
	free(table);
	return 0;
}

static void test_new_row(void **state)
{
	struct rowset *set = *state;
	double values[N];

	assert_int_equal(set->n_tags, 2);
	assert_int_equal(add(set, "eth0"), 0);
	assert_int_equal(set->generation, 1);
	assert_int_equal(set->rows[0].series, SERIES_NONE);
	assert_string_equal(rowset_tag(set, 0, TAG_A), "eth0");
	assert_null(rowset_tag(set, 0, TAG_B));
	assert_null(rowset_tag(set, 0, TICKS));
	for (size_t i = 0; i < N; i++) {
		assert_true(isnan(rowset_value(set, 0, i)));
		assert_true(isnan(rowset_rate(set, 0, i)));
		assert_true(isnan(rowset_number(set, 0, i)));
	}
	assert_int_equal(rowset_samples(set, 0, values, NULL), 2);
	assert_true(isnan(values[0]) && isnan(values[1]));
}

static void test_values(void **state)
{
	struct rowset *set = *state;
	double derived = 0.5;
	uint64_t bits;

	add(set, "eth0");
	memcpy(&bits, &derived, sizeof bits);
	fill(set, 0, TICKS, 12345, CELL_UNSIGNED, QUALITY_OK);
	assert_true(fabs(rowset_value(set, 0, TICKS) - 123.45) < 1e-9);
	fill(
	    set, 0, TICKS, (uint64_t)-100, CELL_SIGNED | 1u << 2, QUALITY_OK); /* second source: times 1000 */
	assert_true(fabs(rowset_value(set, 0, TICKS) + 1000) < 1e-9);
	assert_ptr_equal(rowset_source(set, 0, TICKS), &set->table->columns[TICKS].sources[1]);
	fill(set, 0, DERIVED, bits, CELL_DOUBLE, QUALITY_OK);
	assert_true(fabs(rowset_number(set, 0, DERIVED) - 0.5) < 1e-9);
	assert_null(rowset_source(set, 0, DERIVED));
}

static void test_qualities(void **state)
{
	struct rowset *set = *state;

	add(set, "eth0");
	set->rate[0] = 8;
	for (int q = QUALITY_OK; q < QUALITY_COUNT; q++) {
		bool value = q == QUALITY_OK || q == QUALITY_TIMEOUT ||
			     (q >= QUALITY_FIRST && q <= QUALITY_DUPLICATE) || q == QUALITY_STALE;
		bool fresh = value && q != QUALITY_TIMEOUT && q != QUALITY_STALE;

		fill(set, 0, COUNTER, 100, CELL_UNSIGNED, (enum quality)q);
		fill(set, 0, TICKS, 100, CELL_UNSIGNED, (enum quality)q);
		assert_int_equal(!isnan(rowset_value(set, 0, COUNTER)), value);
		assert_int_equal(!isnan(rowset_rate(set, 0, COUNTER)), q == QUALITY_OK);
		assert_int_equal(!isnan(rowset_number(set, 0, COUNTER)), q == QUALITY_OK);
		assert_int_equal(!isnan(rowset_number(set, 0, TICKS)), fresh);
		assert_string_not_equal(quality_name((enum quality)q), "?");
	}
}

static void test_integer(void **state)
{
	struct rowset *set = *state;
	bool negative;
	uint64_t magnitude;

	add(set, "eth0");
	fill(set, 0, COUNTER, UINT64_MAX, CELL_UNSIGNED, QUALITY_OK);
	assert_true(rowset_integer(set, 0, COUNTER, &negative, &magnitude));
	assert_false(negative);
	assert_true(magnitude == UINT64_MAX);
	fill(set, 0, COUNTER, (uint64_t)INT64_MIN, CELL_SIGNED, QUALITY_OK);
	assert_true(rowset_integer(set, 0, COUNTER, &negative, &magnitude));
	assert_true(negative);
	assert_true(magnitude == UINT64_C(1) << 63);
	fill(set, 0, COUNTER, 5, CELL_UNSIGNED | 1u << 2, QUALITY_OK); /* scaled */
	assert_false(rowset_integer(set, 0, COUNTER, &negative, &magnitude));
	fill(set, 0, TICKS, 5, CELL_UNSIGNED, QUALITY_OK);
	assert_false(rowset_integer(set, 0, TICKS, &negative, &magnitude));
	fill(set, 0, COUNTER, 5, CELL_UNSIGNED, QUALITY_NO_SUCH);
	assert_false(rowset_integer(set, 0, COUNTER, &negative, &magnitude));
}

/* A thousand rows, then every third removed: the others keep their order and cells. */
static void test_remove(void **state)
{
	struct rowset *set = *state;
	char key[16];

	for (unsigned i = 0; i < 1000; i++) {
		snprintf(key, sizeof key, "row%u", i);
		assert_int_equal(add(set, key), i);
		fill(set, i, COUNTER, i, CELL_UNSIGNED, QUALITY_OK);
		set->rate[i] = i * 2.0;
	}
	for (size_t i = 1000; i-- > 0;) {
		if (i % 3 == 0)
			rowset_remove(set, i);
	}
	assert_int_equal(set->n_rows, 666);
	for (size_t row = 0; row < set->n_rows; row++) {
		unsigned i = (unsigned)(row / 2 * 3 + row % 2 + 1);

		snprintf(key, sizeof key, "row%u", i);
		assert_string_equal(set->rows[row].key, key);
		assert_int_equal(rowset_find(set, key), row);
		assert_int_equal(set->raw[rowset_cell(set, row, COUNTER)], i);
		assert_true(fabs(rowset_rate(set, row, COUNTER) - i * 2.0) < 1e-9);
	}
	assert_true(rowset_find(set, "row0") == SIZE_MAX);
	assert_true(rowset_memory(set) > 1000 * sizeof(struct row));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_new_row, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_values, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_qualities, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_integer, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_remove, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
