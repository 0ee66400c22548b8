#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "responder.h"

#define TABLE	    "1.3.6.1.2.1.2.2.1"
#define COLUMNS_MAX 12

struct walker {
	struct rig *rig;
	struct walk_request request;
	struct walk_column columns[COLUMNS_MAX];
	uint8_t names[COLUMNS_MAX][OID_BER_MAX];
	size_t cells[COLUMNS_MAX];
	uint32_t last_index[COLUMNS_MAX];
	size_t wrong, cells_wanted;
	unsigned done;
	enum walk_end end;
	struct request_summary summary;
};

static void on_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct walker *walker = arg;
	uint32_t id[OID_MAX];
	size_t count;

	if (oid_index_from_ber(index, index_len, id, &count) != ERR_OK || count != 1 ||
	    id[0] <= walker->last_index[column])
		walker->wrong++;
	else if (value->type == VALUE_COUNTER32 && value->u != 1000 + id[0])
		walker->wrong++;
	else
		walker->last_index[column] = id[0];
	walker->cells[column]++;
	if (walker->cells_wanted != 0 && --walker->cells_wanted == 0) {
		walker->rig->agent.ops->cancel(walker->rig->agent.self, walker->rig->peer);
		loop_stop(walker->rig->loop);
	}
}

static void on_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	struct walker *walker = arg;

	walker->done++;
	walker->end = end;
	walker->summary = *summary;
	rig_done(walker->rig);
}

/* Columns <TABLE>.1 .. <TABLE>.n */
static void walker_init(struct walker *walker, struct rig *rig, size_t n)
{
	struct oid oid;

	memset(walker, 0, sizeof *walker);
	walker->rig = rig;
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(oid_parse(TABLE, &oid), ERR_OK);
		oid_append(&oid, (uint32_t)i + 1);
		walker->columns[i].ber = walker->names[i];
		walker->columns[i].ber_len = oid_to_ber(&oid, walker->names[i]);
	}
	walker->request = (struct walk_request){
	    .columns = walker->columns, .n_columns = n, .cell = on_cell, .done = on_done, .arg = walker};
}

static void walker_start(struct walker *walker)
{
	struct rig *rig = walker->rig;

	rig->waiting++;
	rig->agent.ops->walk(rig->agent.self, rig->peer, &walker->request);
	assert_int_equal(walker->done, 0);
}

static void walker_run(struct walker *walker)
{
	walker_start(walker);
	rig_run(walker->rig);
	assert_int_equal(walker->done, 1);
	assert_int_equal(walker->wrong, 0);
}

static void fill_table(struct rig *rig, unsigned columns, uint32_t rows)
{
	char base[64];

	for (unsigned i = 1; i <= columns; i++) {
		snprintf(base, sizeof base, "%s.%u", TABLE, i);
		rig_column(rig, base, rows);
	}
}

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
