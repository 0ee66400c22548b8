#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "walker.h"

static void columns_are_walked_to_their_ends(void **state)
{
	static const enum snmp_version versions[] = {SNMP_V2C, SNMP_V1};
	struct walker walker;
	struct rig rig;

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(versions); v++) {
		rig_init(&rig, versions[v]);
		fill_table(&rig, 3, 100);
		rig_column(&rig, TABLE ".4", 37); /* one is shorter */
		rig_connect(&rig);
		walker_init(&walker, &rig, 4);
		walker_run(&walker);
		assert_int_equal(walker.end, WALK_COMPLETE);
		assert_int_equal(walker.summary.failure, FAILURE_NONE);
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(walker.cells[i], i < 3 ? 100 : 37);
		if (versions[v] == SNMP_V2C)
			assert_true(rig.responder.requests <= 15);
		else
			assert_int_equal(rig.responder.types_seen[PDU_GETBULK], 0);
		rig_fini(&rig);
	}
}

static void an_empty_or_absent_table_is_complete(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_connect(&rig);
	walker_init(&walker, &rig, 3);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	assert_int_equal(walker.cells[0], 0);
	assert_int_equal(rig.responder.requests, 1);
	walker_init(&walker, &rig, 0);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	rig_fini(&rig);
}

static void looping_agents_are_found_out(void **state)
{
	static const enum snmp_version versions[] = {SNMP_V2C, SNMP_V1};
	struct walker walker;
	struct rig rig;

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(versions); v++) {
		rig_init(&rig, versions[v]);
		fill_table(&rig, 1, 20);
		rig.responder.loops = true;
		rig_connect(&rig);
		walker_init(&walker, &rig, 1);
		walker_run(&walker);
		assert_int_equal(walker.end, WALK_LOOP);
		assert_int_equal(walker.summary.failure, FAILURE_LOOP);
		assert_int_equal(walker.cells[0], 20);
		rig.responder.stands_still = true;
		walker_init(&walker, &rig, 1);
		walker_run(&walker);
		assert_int_equal(walker.end, WALK_LOOP);
		assert_int_equal(walker.cells[0], 0);
		rig_fini(&rig);
	}
}

static void caps_end_a_walk(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 2, 500);
	rig_connect(&rig);
	walker_init(&walker, &rig, 2);
	walker.request.max_rows = 123;
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_CAP_ROWS);
	assert_int_equal(walker.summary.failure, FAILURE_TRUNCATED);
	assert_int_equal(walker.cells[0], 123);

	walker_init(&walker, &rig, 2);
	walker.request.max_packets = 3;
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_CAP_PACKETS);
	assert_int_equal(walker.summary.pdus, 3);

	walker_init(&walker, &rig, 2);
	walker.request.max_time = 1;
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_CAP_TIME);

	walker_init(&walker, &rig, 1);
	walker.request.max_rows = 500; /* exactly as many as there are */
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	rig_fini(&rig);
}

static void silence_and_loss(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 2, 100);
	rig.config.timeout = 40 * MS;
	rig.responder.drop_every = 3;
	rig_connect(&rig);
	walker_init(&walker, &rig, 2);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	assert_int_equal(walker.cells[0] + walker.cells[1], 200);
	assert_true(walker.summary.retransmits > 0);

	rig.responder.requests = 0;
	rig.responder.no_answer = true;
	walker_init(&walker, &rig, 2);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_TIMEOUT);
	assert_int_equal(walker.summary.failure, FAILURE_TIMEOUT);
	assert_int_equal(walker.cells[0], 0);
	assert_true(rig.responder.requests <= 6); /* one sequence, and the plainest question twice */
	rig_fini(&rig);
}

static void answers_that_are_cut_short(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 5, 40);
	rig.responder.cut_at = 3; /* fewer than there are columns */
	rig_connect(&rig);
	walker_init(&walker, &rig, 5);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(walker.cells[i], 40);
	rig_fini(&rig);
}

static void errors(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 3, 40);
	rig_connect(&rig);
	rig.responder.too_big_above = 1;
	walker_init(&walker, &rig, 3);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	assert_int_equal(walker.cells[2], 40);

	rig.responder.error_status = PDU_TOO_BIG;
	walker_init(&walker, &rig, 3);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_FAILED);
	assert_int_equal(walker.summary.failure, FAILURE_TOO_BIG);

	rig.responder.requests = 0;
	rig.responder.error_status = PDU_GEN_ERR;
	walker_init(&walker, &rig, 3);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_FAILED);
	assert_int_equal(walker.summary.failure, FAILURE_REFUSED);
	assert_true(rig.responder.requests <= 8);
	rig_fini(&rig);
}

static void cells_may_cancel(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 2, 100);
	rig_connect(&rig);
	walker_init(&walker, &rig, 2);
	walker.cells_wanted = 21;
	walker_start(&walker);
	rig_run(&rig);
	assert_int_equal(walker.done, 0);
	assert_int_equal(walker.cells[0] + walker.cells[1], 21);
	rig_fini(&rig);
}

static void more_columns_than_fit(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 12, 50);
	rig.responder.silent_above = 200;
	rig.config.timeout = 40 * MS;
	rig.config.retries = 1;
	rig_connect(&rig);
	walker_init(&walker, &rig, 1);
	walker_run(&walker);
	walker_init(&walker, &rig, 12);
	walker_run(&walker);
	assert_int_equal(walker.end, WALK_COMPLETE);
	for (size_t i = 0; i < 12; i++)
		assert_int_equal(walker.cells[i], 50);
	rig_fini(&rig);
}

/* Rows as an agent has them, which need not be by index; and how often each came. */
struct disorder {
	struct walker walker; /* first: on_done() and rig are its */
	unsigned came[64];
};

static void count_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct disorder *disorder = arg;
	uint32_t id[OID_MAX];
	size_t count;

	assert_int_equal(column, 0);
	assert_int_equal(oid_index_from_ber(index, index_len, id, &count), ERR_OK);
	assert_true(count == 1 && id[0] < 64);
	assert_int_equal(value->u, 1000 + id[0]);
	disorder->came[id[0]]++;
}

static void walk_disorder(
    struct disorder *disorder, const uint32_t *rows, size_t n, enum snmp_version version)
{
	struct rig rig;
	char name[64];

	rig_init(&rig, version);
	rig.responder.unsorted = true;
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof name, "%s.1.%u", TABLE, rows[i]);
		responder_add(&rig.responder, name, BER_COUNTER32, 1000 + rows[i]);
	}
	responder_add(&rig.responder, TABLE ".2.1", BER_COUNTER32, 1);
	rig_connect(&rig);
	memset(disorder->came, 0, sizeof disorder->came);
	walker_init(&disorder->walker, &rig, 1);
	disorder->walker.request.cell = count_cell;
	walker_run(&disorder->walker);
	rig_fini(&rig);
}

static void rows_out_of_order_are_all_found(void **state)
{
	static const uint32_t rows[] = {
	    5, 1, 10, 11, 12, 2, 20, 3, 4, 30, 31, 32, 33, 34, 35, 36, 37, 38, 6, 7, 8, 9, 40, 13};
	static const enum snmp_version versions[] = {SNMP_V2C, SNMP_V1};
	struct disorder disorder;

	(void)state;
	for (size_t v = 0; v < ARRAY_LEN(versions); v++) {
		walk_disorder(&disorder, rows, ARRAY_LEN(rows), versions[v]);
		assert_int_equal(disorder.walker.end, WALK_COMPLETE);
		assert_int_equal(disorder.walker.summary.failure, FAILURE_NONE);
		for (size_t i = 0; i < ARRAY_LEN(rows); i++)
			assert_int_equal(disorder.came[rows[i]], 1);
	}
}

static void a_row_that_is_there_twice(void **state)
{
	static const uint32_t rows[] = {1, 2, 2, 3, 4, 5, 6, 7, 8, 8, 8, 9};
	struct disorder disorder;

	(void)state;
	walk_disorder(&disorder, rows, ARRAY_LEN(rows), SNMP_V2C);
	assert_int_equal(disorder.walker.end, WALK_COMPLETE);
	for (size_t i = 1; i <= 9; i++)
		assert_int_equal(disorder.came[i], 1);
	/* GETNEXT cannot get past it. */
	walk_disorder(&disorder, rows, ARRAY_LEN(rows), SNMP_V1);
	assert_int_equal(disorder.walker.end, WALK_LOOP);
	assert_int_equal(disorder.came[2], 1);
	assert_int_equal(disorder.came[3], 0);
}

/* The second 7 is asked for what follows the first. */
static void a_circle_within_the_column(void **state)
{
	static const uint32_t rows[] = {1, 7, 5, 6, 3, 4, 2, 7};
	struct disorder disorder;

	(void)state;
	walk_disorder(&disorder, rows, ARRAY_LEN(rows), SNMP_V1);
	assert_int_equal(disorder.walker.end, WALK_LOOP);
	for (size_t i = 1; i <= 7; i++)
		assert_in_range(disorder.came[i], 1, 3);
	assert_true(disorder.walker.summary.pdus <= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(columns_are_walked_to_their_ends),
	    cmocka_unit_test(an_empty_or_absent_table_is_complete),
	    cmocka_unit_test(looping_agents_are_found_out),
	    cmocka_unit_test(caps_end_a_walk),
	    cmocka_unit_test(silence_and_loss),
	    cmocka_unit_test(answers_that_are_cut_short),
	    cmocka_unit_test(errors),
	    cmocka_unit_test(cells_may_cancel),
	    cmocka_unit_test(more_columns_than_fit),
	    cmocka_unit_test(rows_out_of_order_are_all_found),
	    cmocka_unit_test(a_row_that_is_there_twice),
	    cmocka_unit_test(a_circle_within_the_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
