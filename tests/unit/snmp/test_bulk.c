/* Agents that do not do GETBULK, and those that only seem not to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "snmp/bulk.h"
#include "walker.h"

static struct getter getter;

static void patience(void **state)
{
	struct bulk bulk = {0};
	unsigned walks[8] = {0};

	(void)state;
	assert_true(bulk_begin(&bulk));
	for (unsigned i = 0; i < ARRAY_LEN(walks); i++) {
		bulk_failed(&bulk, BULK_REFUSED);
		while (!bulk_begin(&bulk))
			walks[i]++;
	}
	assert_int_equal(walks[0], 4);
	assert_int_equal(walks[1], 8);
	assert_int_equal(walks[7], 64);
	bulk_answered(&bulk);
	assert_int_equal(bulk.state, BULK_WORKS);
	bulk_failed(&bulk, BULK_SILENT);
	assert_int_equal(bulk.state, BULK_WORKS);
}

static enum bulk_state state_of(const struct rig *rig)
{
	struct peer_stats stats;

	rig->agent.ops->peer_stats(rig->agent.self, rig->peer, &stats);
	return stats.bulk;
}

static void walk_all(struct rig *rig, struct walker *walker)
{
	walker_init(walker, rig, 4);
	walker_run(walker);
	assert_int_equal(walker->end, WALK_COMPLETE);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(walker->cells[i], 60);
}

static void it_works(void **state)
{
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 4, 60);
	rig_connect(&rig);
	assert_int_equal(state_of(&rig), BULK_UNTRIED);
	walk_all(&rig, &walker);
	assert_int_equal(state_of(&rig), BULK_WORKS);
	rig_fini(&rig);
	rig_init(&rig, SNMP_V1);
	rig_connect(&rig);
	assert_int_equal(state_of(&rig), BULK_NONE);
	rig_fini(&rig);
}

static void refused(void **state)
{
	struct walker walker;
	struct rig rig;
	unsigned asked;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 4, 60);
	rig.responder.bulk_error = PDU_GEN_ERR;
	rig_connect(&rig);
	walk_all(&rig, &walker);
	assert_int_equal(state_of(&rig), BULK_REFUSED);
	assert_int_equal(rig.responder.types_seen[PDU_GETBULK], 1);
	asked = rig.responder.types_seen[PDU_GETNEXT];
	assert_true(asked <= 62);
	for (unsigned i = 0; i < 4; i++)
		walk_all(&rig, &walker);
	assert_int_equal(rig.responder.types_seen[PDU_GETBULK], 1); /* remembered ... */
	walk_all(&rig, &walker);
	assert_int_equal(rig.responder.types_seen[PDU_GETBULK], 2); /* ... and tried again after some time */
	rig.responder.bulk_error = 0;
	for (unsigned i = 0; i < 9; i++)
		walk_all(&rig, &walker);
	assert_int_equal(state_of(&rig), BULK_WORKS);
	rig_fini(&rig);
}

static void not_answered(void **state)
{
	struct peer_stats stats;
	struct walker walker;
	struct rig rig;
	unsigned before;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 4, 60);
	rig.responder.bulk_silent = true;
	rig.config.timeout = 50 * MS;
	rig.config.retries = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, TABLE ".1", 2);
	getter_run(&getter);
	walk_all(&rig, &walker);
	assert_int_equal(state_of(&rig), BULK_SILENT);
	assert_true(rig.responder.types_seen[PDU_GETBULK] <= 4);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_int_equal(stats.size_reason, SIZE_FRAME); /* it was not for the size */
	before = rig.responder.types_seen[PDU_GETBULK];
	for (unsigned i = 0; i < 5; i++)
		walk_all(&rig, &walker);
	assert_int_equal(rig.responder.types_seen[PDU_GETBULK], before + 1);
	rig_fini(&rig);
}

/* It does GETBULK, but what it answers must not be large. */
static void too_much_is_not_taken_for_none(void **state)
{
	struct peer_stats stats;
	struct walker walker;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	fill_table(&rig, 4, 60);
	rig.responder.mute_above = 400;
	rig.config.timeout = 50 * MS;
	rig.config.retries = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, TABLE ".1", 2);
	getter_run(&getter);
	walk_all(&rig, &walker);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_int_equal(stats.bulk, BULK_WORKS);
	assert_int_equal(stats.size_reason, SIZE_SILENCE);
	assert_true(stats.max_message < 1400);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(patience),
	    cmocka_unit_test(it_works),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(not_answered),
	    cmocka_unit_test(too_much_is_not_taken_for_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
