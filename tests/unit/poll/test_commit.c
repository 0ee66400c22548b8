#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/units.h"
#include "poll/commit.h"
#include "poll/plan.h"
#include "poll/rows.h"
#include "unit/poll/tables.h"

#include <math.h>

struct bench {
	struct table table;
	struct rowset *set;
	struct plan plan;
	struct reading readings[4];
	struct commit commit;
	bool narrow; /* answers are Counter32 */
};

/* Rows a (wide counter), b (narrow counter), and a formula over the rate. */
static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);
	struct walked *walked;
	struct rows_change change;

	make_table(&bench->table);
	bench->set = rowset_new(&bench->table);
	walked = walked_new(&bench->table);
	found_row(walked, 1, "a", "port a", NULL);
	found_text(walked, 0, 2, "b");
	found_number(walked, 4, 2, 1);
	rows_merge(bench->set, walked, true, NULL, &change);
	walked_free(walked);
	bench->commit =
	    (struct commit){.set = bench->set, .readings = bench->readings, .max_gap = 130 * UNITS_SEC};
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	plan_fini(&bench->plan);
	rowset_free(bench->set);
	drop_table(&bench->table);
	free(bench);
	return 0;
}

static void plan_is_row_by_row(void **state)
{
	struct bench *bench = *state;
	struct plan *plan = &bench->plan;
	uint8_t name[OID_BER_MAX];

	plan_add_engine(plan);
	plan_add_table(plan, 7, bench->set, CHECK_NAME);
	assert_int_equal(plan->n, 2 + 3 + 2); /* a: octets, speed, name; b: octets, name */
	assert_int_equal(plan->items[0].role, ITEM_BOOTS);
	assert_int_equal(plan_row(plan, 2), 3);
	assert_int_equal(plan_row(plan, 5), 2);
	assert_false(plan->items[2].joined);
	assert_true(plan->items[3].joined && plan->items[4].joined);
	assert_false(plan->items[5].joined);
	assert_int_equal(plan->items[4].role, ITEM_NAME);
	assert_int_equal(plan->items[5].source, 1);
	/* 1.3.6.1.9.4.2 and the index 2 */
	assert_int_equal(plan_name(&plan->items[5], bench->set, name), 7);
	assert_memory_equal(name, ((uint8_t[]){0x2b, 6, 1, 9, 4, 2, 2}), 7);
	assert_int_equal(plan_name(&plan->items[0], NULL, name), 10);
	plan_clear(plan);
	plan_add_table(plan, 7, bench->set, CHECK_KEYS);
	assert_int_equal(plan->n, 2 + 3 + 1 + 3);
	plan_clear(plan);
	bench->set->rows[0].placed = false;
	plan_add_table(plan, 7, bench->set, CHECK_NOTHING);
	assert_int_equal(plan->n, 1);
}

/* Row a's answer at a time: octets and speed. */
static enum commit_end answer(struct bench *bench, int64_t second, uint64_t octets, enum quality quality)
{
	struct item items[2] = {{.role = ITEM_CELL,
				    .column = 3,
				    .raw = octets,
				    .form = CELL_UNSIGNED,
				    .narrow = bench->narrow,
				    .quality = (uint8_t)quality},
	    {.role = ITEM_CELL, .column = 4, .raw = 100, .form = CELL_UNSIGNED, .quality = QUALITY_OK}};

	if (quality == QUALITY_TIMEOUT)
		items[1].quality = QUALITY_TIMEOUT;
	bench->readings[0] = (struct reading){.mono = second * UNITS_SEC,
	    .wall = second * UNITS_SEC,
	    .uptime = (uint32_t)second * 100,
	    .has_uptime = true};
	return commit_row(&bench->commit, 0, items, 2);
}

static enum quality octets(struct bench *bench)
{
	return (enum quality)bench->set->quality[rowset_cell(bench->set, 0, 3)];
}

static void rates(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(answer(bench, 100, 5000, QUALITY_OK), COMMIT_SAMPLE);
	assert_int_equal(octets(bench), QUALITY_FIRST);
	assert_true(isnan(rowset_rate(bench->set, 0, 3)));
	answer(bench, 160, 5600, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 10) < 1e-9);
	assert_true(rowset_value(bench->set, 0, 3) == 5600);
	answer(bench, 220, 10, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_RESET);
	answer(bench, 280, 70, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 1) < 1e-9);
	answer(bench, 500, 80, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_GAP);
	bench->commit.restarted = true;
	answer(bench, 560, 90, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_RESET);
}

static int no_names(void *arg, const char *name, double *literal)
{
	(void)arg;
	(void)name;
	(void)literal;
	return -1;
}

/* Of a counter of blocks of 8 octets the rate is in octets, and so is the highest believable one. */
static void scaled_counters(void **state)
{
	struct bench *bench = *state;
	struct source *source = &bench->table.columns[3].sources[0];
	struct expr **max_rate = &bench->table.columns[3].max_rate;
	char *error;
	size_t column;

	source->bits = 32;
	source->scale = 8;
	*max_rate = expr_new("10", no_names, NULL, &error, &column);
	answer(bench, 100, 4294967290u, QUALITY_OK);
	answer(bench, 160, 54, QUALITY_OK); /* 60 blocks after a wrap */
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 8) < 1e-9);
	expr_free(*max_rate);
	*max_rate = expr_new("7", no_names, NULL, &error, &column);
	answer(bench, 220, 4294967290u, QUALITY_OK);
	answer(bench, 280, 54, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_RESET);
}

/* Counter64 was promised, Counter32 came: it wraps at 2^32, and too often on a fast link. */
static void a_wide_counter_of_32_bits(void **state)
{
	struct bench *bench = *state;
	struct expr **max_rate = &bench->table.columns[3].max_rate;
	char *error;
	size_t column;

	bench->narrow = true;
	*max_rate = expr_new("10", no_names, NULL, &error, &column);
	answer(bench, 100, 4294967290u, QUALITY_OK);
	answer(bench, 160, 54, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 1) < 1e-9);
	expr_free(*max_rate);
	*max_rate = expr_new("1e9", no_names, NULL, &error, &column);
	answer(bench, 220, 600, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_GAP);
	bench->narrow = false;
	answer(bench, 280, 1200, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 10) < 1e-9);
}

/* The counter was put to another number. If it is as fast again, the link's speed is told wrong. */
static void a_leap_is_no_rate(void **state)
{
	struct bench *bench = *state;
	char *error;
	size_t column;

	bench->table.columns[3].max_rate = expr_new("10", no_names, NULL, &error, &column);
	answer(bench, 100, 5000, QUALITY_OK);
	answer(bench, 160, 5600, QUALITY_OK);
	answer(bench, 220, 5600 + (UINT64_C(1) << 40), QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_RESET);
	assert_true(isnan(rowset_rate(bench->set, 0, 3)));
	answer(bench, 280, 6200 + (UINT64_C(1) << 40), QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 10) < 1e-9);
	for (int64_t turn = 0; turn < 4; turn++) {
		answer(bench, 340 + 60 * turn, (UINT64_C(1) << 41) + (uint64_t)turn * 60000, QUALITY_OK);
		assert_int_equal(octets(bench), turn == 0 ? QUALITY_RESET : QUALITY_OK);
	}
}

static void an_error_has_no_reading(void **state)
{
	struct bench *bench = *state;
	struct item items[2] = {
	    {.role = ITEM_CELL, .column = 3, .pdu = PLAN_NO_PDU, .quality = QUALITY_DECODE},
	    {.role = ITEM_CELL, .column = 4, .pdu = PLAN_NO_PDU, .quality = QUALITY_NO_SUCH}};

	answer(bench, 100, 5000, QUALITY_OK);
	assert_int_equal(commit_row(&bench->commit, 0, items, 2), COMMIT_LAPSED);
	assert_int_equal(octets(bench), QUALITY_DECODE);
}

static void a_row_that_lapsed_keeps_its_baseline(void **state)
{
	struct bench *bench = *state;

	answer(bench, 100, 5000, QUALITY_OK);
	assert_int_equal(answer(bench, 160, 0, QUALITY_TIMEOUT), COMMIT_LAPSED);
	assert_int_equal(octets(bench), QUALITY_TIMEOUT);
	assert_true(rowset_value(bench->set, 0, 3) == 5000);
	assert_true(isnan(rowset_number(bench->set, 0, 4))); /* old numbers are no new samples */
	answer(bench, 220, 6200, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 10) < 1e-9);
}

static void a_counter_that_failed_alone_loses_it(void **state)
{
	struct bench *bench = *state;

	answer(bench, 100, 5000, QUALITY_OK);
	answer(bench, 160, 0, QUALITY_DECODE);
	answer(bench, 220, 6200, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_FIRST);
	answer(bench, 280, 6800, QUALITY_OK);
	assert_true(fabs(rowset_rate(bench->set, 0, 3) - 10) < 1e-9);
}

static void what_the_agent_withdraws_is_not_asked_again(void **state)
{
	struct bench *bench = *state;

	answer(bench, 100, 5000, QUALITY_NO_SUCH);
	assert_int_equal(bench->commit.withdrawn, 1);
	assert_int_equal(bench->set->form[rowset_cell(bench->set, 0, 3)] >> 2, CELL_NO_SOURCE);
	plan_add_table(&bench->plan, 0, bench->set, CHECK_NOTHING);
	assert_int_equal(bench->plan.n, 2);
}

/* The speed of a port that is down is 0 in one object and in the other. */
static void magic_values_are_looked_for_elsewhere_once(void **state)
{
	struct bench *bench = *state;
	size_t cell = rowset_cell(bench->set, 0, 4);
	static const unsigned asked[] = {0, 1, 0, 0},
			      quality[] = {QUALITY_OK, QUALITY_ABSENT, QUALITY_ABSENT, QUALITY_OK};

	add_source(&bench->table, 0);
	for (size_t i = 0; i < 4; i++) {
		struct item item = {.role = ITEM_CELL,
		    .column = 4,
		    .source = (uint8_t)(bench->set->form[cell] >> 2),
		    .raw = 1,
		    .form = quality[i] == QUALITY_OK ? CELL_UNSIGNED : CELL_NONE,
		    .quality = (uint8_t)quality[i]};

		bench->readings[0] = (struct reading){.mono = (int64_t)(i + 1) * UNITS_SEC, .wall = 1};
		commit_row(&bench->commit, 0, &item, 1);
		assert_int_equal(bench->set->form[cell] >> 2, asked[i]);
	}
}

static void the_same_sample_again(void **state)
{
	struct bench *bench = *state;

	answer(bench, 100, 5000, QUALITY_OK);
	assert_int_equal(answer(bench, 100, 5000, QUALITY_OK), COMMIT_DUPLICATE);
}

static void a_discontinuity_that_is_not_told_may_have_been(void **state)
{
	struct bench *bench = *state;

	bench->table.discontinuity = 4; /* the speed serves as one */
	answer(bench, 100, 5000, QUALITY_OK);
	answer(bench, 160, 5600, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_OK);
	bench->set->raw[rowset_cell(bench->set, 0, 4)] = 99;
	answer(bench, 220, 6200, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_RESET);
}

static void unknown_is_said_of_all(void **state)
{
	struct bench *bench = *state;

	answer(bench, 100, 5000, QUALITY_OK);
	commit_unknown(bench->set, 0, QUALITY_UNKNOWN, true);
	assert_int_equal(octets(bench), QUALITY_UNKNOWN);
	assert_int_equal(bench->set->rows[0].mono, 0);
	answer(bench, 160, 5600, QUALITY_OK);
	assert_int_equal(octets(bench), QUALITY_FIRST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(plan_is_row_by_row),
	    T(rates),
	    T(scaled_counters),
	    T(a_wide_counter_of_32_bits),
	    T(a_leap_is_no_rate),
	    T(an_error_has_no_reading),
	    T(a_row_that_lapsed_keeps_its_baseline),
	    T(a_counter_that_failed_alone_loses_it),
	    T(what_the_agent_withdraws_is_not_asked_again),
	    T(magic_values_are_looked_for_elsewhere_once),
	    T(the_same_sample_again),
	    T(a_discontinuity_that_is_not_told_may_have_been),
	    T(unknown_is_said_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
