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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
