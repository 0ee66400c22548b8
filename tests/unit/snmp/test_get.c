#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "responder.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"
#define UPTIME "1.3.6.1.2.1.1.3.0"

static struct getter getter; /* large; one at a time */

static void many_items_travel_in_few_pdus(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1000);
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	getter_check_values(&getter, 0, 1000);
	assert_int_equal(getter.summary.failure, FAILURE_NONE);
	assert_int_equal(getter.summary.retransmits, 0);
	assert_int_equal(getter.summary.pdus, rig.responder.requests);
	assert_int_equal(getter.summary.answers, rig.responder.requests);
	assert_true(rig.responder.requests <= 1000 / 40);
	assert_true(getter.last.sent <= getter.last.received && getter.last.wall > 0);
	rig_fini(&rig);
}

static void guards_come_first_in_each_pdu(void **state)
{
	struct oid guards[2];
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 200);
	responder_add(&rig.responder, UPTIME, BER_TIMETICKS, 4711);
	rig_connect(&rig);
	assert_int_equal(oid_parse(UPTIME, &guards[0]), ERR_OK);
	assert_int_equal(oid_parse("1.3.6.1.2.1.31.1.5.0", &guards[1]), ERR_OK);
	getter_init(&getter, &rig, COLUMN, 200);
	getter.guards = guards;
	getter.n_guards = 2;
	getter_run(&getter);
	getter_check_values(&getter, 0, 200);
	assert_int_equal(getter.guard[0].type, VALUE_TIMETICKS);
	assert_int_equal(getter.guard[0].u, 4711);
	assert_int_equal(getter.guard[1].type, VALUE_NO_SUCH_INSTANCE);
	assert_int_equal(getter.guard[2].type, VALUE_NULL);

	getter_init(&getter, &rig, COLUMN, 0); /* guards alone */
	getter.guards = guards;
	getter.n_guards = 1;
	getter_run(&getter);
	assert_int_equal(getter.replies, 1);
	assert_int_equal(getter.guard[0].u, 4711);

	getter_init(&getter, &rig, COLUMN, 0); /* nothing at all */
	getter_run(&getter);
	assert_int_equal(getter.replies, 0);
	assert_int_equal(getter.summary.failure, FAILURE_NONE);
	rig_fini(&rig);
}

static bool in_sevens(void *arg, size_t i)
{
	(void)arg;
	return i % 7 != 0;
}

static void groups_are_kept_together(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 700);
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 700);
	getter.joined = in_sevens;
	getter_run(&getter);
	getter_check_values(&getter, 0, 700);
	assert_true(getter.groups_kept);
	assert_true(getter.largest > 7);
	rig_fini(&rig);
}

static void loss_is_made_good(void **state)
{
	struct engine_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 500);
	rig.responder.drop_every = 3;
	rig.config.timeout = 40 * MS;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 500);
	getter_run(&getter);
	getter_check_values(&getter, 0, 500);
	assert_true(getter.summary.retransmits > 0);
	assert_int_equal(getter.summary.pdus, getter.summary.answers + getter.summary.retransmits);
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.retransmits, getter.summary.retransmits);
	assert_int_equal(stats.timeouts, 0);
	rig_fini(&rig);
}

static void silence_costs_one_sequence_of_tries(void **state)
{
	struct engine_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.responder.no_answer = true;
	rig.config.window = 1;
	rig.config.timeout = 40 * MS;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	assert_int_equal(rig.responder.requests, 4); /* retries + 1 */
	assert_int_equal(getter.failures[0], FAILURE_TIMEOUT);
	assert_int_equal(getter.failures[999], FAILURE_TIMEOUT);
	assert_int_equal(getter.summary.failure, FAILURE_TIMEOUT);
	assert_int_equal(getter.summary.answers, 0);
	assert_int_equal(getter.summary.retransmits, 3);
	assert_true(getter.summary.elapsed >= 4 * 39 * MS && getter.summary.elapsed < 400 * MS);
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.timeouts, 1);
	assert_int_equal(stats.failures[FAILURE_TIMEOUT], 1000);

	/* While it is silent, one packet a request is enough to find it when it is back. */
	for (unsigned i = 1; i <= 3; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
		assert_int_equal(rig.responder.requests, 4 + i);
		assert_int_equal(getter.summary.failure, FAILURE_TIMEOUT);
		assert_int_equal(getter.summary.retransmits, 0);
	}

	/* It comes back: the next request finds it at once; and is patient with it again. */
	rig.responder.no_answer = false;
	rig_column(&rig, COLUMN, 1000);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	getter_check_values(&getter, 0, 1000);
	assert_int_equal(getter.summary.retransmits, 0);
	rig.responder.no_answer = true;
	rig.responder.requests = 0;
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	assert_int_equal(rig.responder.requests, 4);
	rig_fini(&rig);
}

static void release(void *arg)
{
	struct rig *rig = arg;

	responder_release(&rig->responder);
	rig->responder.hold = false;
}

static void the_window_bounds_what_is_in_flight(void **state)
{
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1000);
	rig.responder.hold = true;
	rig.config.timeout = 5000 * MS;
	rig.config.window = 3;
	rig_connect(&rig);
	loop_timer_init(&timer, release, &rig);
	loop_timer_in(rig.loop, &timer, 50 * MS);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	getter_check_values(&getter, 0, 1000);
	assert_int_equal(rig.responder.most_held, 2); /* begins small */
	rig.responder.hold = true;
	loop_timer_in(rig.loop, &timer, 50 * MS);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	assert_int_equal(rig.responder.most_held, 3);
	rig_fini(&rig);
}

static void a_late_answer_to_an_early_try_counts(void **state)
{
	struct peer_stats stats;
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1);
	rig.responder.hold = true;
	rig.config.timeout = 40 * MS;
	rig_connect(&rig);
	loop_timer_init(&timer, release, &rig);
	loop_timer_in(rig.loop, &timer, 100 * MS); /* the third try is under way; all are answered */
	getter_init(&getter, &rig, COLUMN, 1);
	getter_run(&getter);
	getter_check_values(&getter, 0, 1);
	assert_int_equal(getter.summary.retransmits, 2);
	assert_int_equal(getter.summary.answers, 1);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_int_equal(stats.rtt, 0); /* Karn: it says nothing about the round trip */
	rig_fini(&rig);
}

static void too_big_is_halved_and_remembered(void **state)
{
	struct peer_stats stats;
	struct rig rig;
	unsigned first;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 400);
	rig.responder.too_big_above = 10;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 400);
	getter_run(&getter);
	getter_check_values(&getter, 0, 400);
	first = rig.responder.requests;
	rig.responder.requests = 0;
	getter_init(&getter, &rig, COLUMN, 400);
	getter_run(&getter);
	getter_check_values(&getter, 0, 400);
	assert_true(rig.responder.requests < first);
	assert_int_equal(getter.summary.pdus, getter.replies); /* none was in vain */
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_true(stats.max_message < 400);
	rig_fini(&rig);
}

static void always_too_big_ends(void **state)
{
	struct oid guard;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.responder.error_status = PDU_TOO_BIG;
	rig_connect(&rig);
	assert_int_equal(oid_parse(UPTIME, &guard), ERR_OK);
	getter_init(&getter, &rig, COLUMN, 300);
	getter.guards = &guard;
	getter.n_guards = 1;
	getter_run(&getter);
	for (size_t i = 0; i < 300; i++)
		assert_int_equal(getter.failures[i], FAILURE_TOO_BIG);
	assert_int_equal(getter.summary.failure, FAILURE_TOO_BIG);
	assert_true(rig.responder.requests < 60);
	rig_fini(&rig);
}

static void silence_at_large_requests_makes_them_small(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 300);
	rig.responder.silent_above = 500;
	rig.config.retries = 1;
	rig.config.window = 1;
	rig.config.timeout = 40 * MS;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 3); /* first contact */
	getter_run(&getter);
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	getter_check_values(&getter, 0, 300);
	assert_true(getter.summary.retransmits <= 6);
	rig.responder.requests = 0;
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	assert_int_equal(getter.summary.retransmits, 0);
	rig_fini(&rig);
}

static void v1_no_such_name_costs_only_the_item(void **state)
{
	struct oid guards[2];
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V1);
	rig_column(&rig, COLUMN, 60);
	rig.responder.mib.v[10].name[3]++; /* .11 moves away */
	rig.responder.mib.v[40].name[3]++;
	responder_add(&rig.responder, UPTIME, BER_TIMETICKS, 4711);
	rig_connect(&rig);
	assert_int_equal(oid_parse("1.3.6.1.2.1.31.1.5.0", &guards[0]), ERR_OK);
	assert_int_equal(oid_parse(UPTIME, &guards[1]), ERR_OK);
	getter_init(&getter, &rig, COLUMN, 60);
	getter.guards = guards;
	getter.n_guards = 2;
	getter_run(&getter);
	getter_check_values(&getter, 0, 10);
	getter_check_values(&getter, 11, 29);
	getter_check_values(&getter, 41, 19);
	assert_int_equal(getter.failures[10], FAILURE_NO_SUCH);
	assert_int_equal(getter.failures[40], FAILURE_NO_SUCH);
	assert_int_equal(getter.summary.failure, FAILURE_NONE);
	assert_int_equal(getter.guard[0].type, VALUE_NULL);
	assert_int_equal(getter.guard[1].u, 4711);
	assert_true(rig.responder.requests <= 6);
	rig_fini(&rig);
}

static void v1_a_missing_guard_is_asked_once(void **state)
{
	struct oid guard;
	struct rig rig;
	unsigned without;

	(void)state;
	rig_init(&rig, SNMP_V1);
	rig_column(&rig, COLUMN, 600);
	rig.config.window = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 600);
	getter_run(&getter);
	without = rig.responder.requests;
	rig.responder.requests = 0;
	assert_int_equal(oid_parse("1.3.6.1.2.1.31.1.5.0", &guard), ERR_OK);
	getter_init(&getter, &rig, COLUMN, 600);
	getter.guards = &guard;
	getter.n_guards = 1;
	getter_run(&getter);
	getter_check_values(&getter, 0, 600);
	assert_true(rig.responder.requests <= without + 2);
	rig_fini(&rig);
}

static void a_death_says_nothing_about_sizes(void **state)
{
	struct peer_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 300);
	rig.config.timeout = 40 * MS;
	rig.config.retries = 1;
	rig.config.window = 4;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 2);
	getter_run(&getter);
	rig.responder.no_answer = true; /* before it was ever asked for much: was that too much? */
	rig.responder.requests = 0;
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	assert_int_equal(getter.summary.failure, FAILURE_TIMEOUT);
	assert_true(rig.responder.requests <= 20);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_int_equal(stats.max_message, 1400);

	rig.responder.no_answer = false; /* now it is known to take that */
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	getter_check_values(&getter, 0, 300);
	rig.responder.no_answer = true;
	rig.responder.requests = 0;
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	assert_true(
	    rig.responder.requests <= 5); /* the window, and a further try of one; nothing behind it */
	rig_fini(&rig);
}

static void one_gen_err_costs_only_the_item(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.responder.error_status = PDU_GEN_ERR;
	rig.responder.error_index = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 3); /* each in turn is the first */
	getter_run(&getter);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(getter.failures[i], FAILURE_REFUSED);
	assert_int_equal(getter.summary.failure, FAILURE_REFUSED);
	assert_int_equal(rig.responder.requests, 3);
	rig_fini(&rig);
}

static void errors_without_a_place_end(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.responder.error_status = PDU_GEN_ERR;
	rig.responder.error_index = 2000000000;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 1000);
	getter_run(&getter);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(getter.failures[i], FAILURE_REFUSED);
	assert_true(rig.responder.requests < 60);

	rig.responder.requests = 0;
	rig.responder.error_status = PDU_AUTHORIZATION_ERROR;
	rig.responder.error_index = 0;
	getter_init(&getter, &rig, COLUMN, 50);
	getter_run(&getter);
	assert_int_equal(getter.failures[49], FAILURE_REFUSED);
	assert_int_equal(rig.responder.requests, 1);
	rig_fini(&rig);
}

static void what_is_cut_off_is_asked_again(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 100);
	rig.responder.cut_at = 20;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 100);
	getter_run(&getter);
	getter_check_values(&getter, 0, 100);
	assert_int_equal(getter.summary.failure, FAILURE_NONE);
	rig_fini(&rig);
}

static void cut_to_the_guard_is_truncated(void **state)
{
	struct oid guard;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 20);
	responder_add(&rig.responder, UPTIME, BER_TIMETICKS, 4711);
	rig.responder.cut_at = 1;
	rig_connect(&rig);
	assert_int_equal(oid_parse(UPTIME, &guard), ERR_OK);
	getter_init(&getter, &rig, COLUMN, 20);
	getter.guards = &guard;
	getter.n_guards = 1;
	getter_run(&getter);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(getter.failures[i], FAILURE_TRUNCATED);
	assert_int_equal(getter.summary.failure, FAILURE_TRUNCATED);
	rig_fini(&rig);
}

static void one_bad_value_costs_only_itself(void **state)
{
	struct engine_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 10);
	rig.responder.mib.v[4].len = 0; /* a Counter32 without octets */
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 11);
	getter_run(&getter);
	getter_check_values(&getter, 0, 4);
	getter_check_values(&getter, 5, 5);
	assert_int_equal(getter.values[4].type, VALUE_BAD);
	assert_int_equal(getter.values[10].type, VALUE_NO_SUCH_INSTANCE);
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.failures[FAILURE_DECODE], 1);
	assert_int_equal(stats.failures[FAILURE_NO_SUCH], 1);
	rig_fini(&rig);
}

static void cancel_self(struct getter *g)
{
	g->rig->agent.ops->cancel(g->rig->agent.self, g->rig->peer);
	loop_stop(g->rig->loop);
}

static void free_peer(struct getter *g)
{
	g->rig->agent.ops->peer_free(g->rig->agent.self, g->rig->peer);
	g->rig->peer = NULL;
	loop_stop(g->rig->loop);
}

static void callbacks_may_cancel(void **state)
{
	static void (*const acts[])(struct getter *) = {cancel_self, free_peer};
	struct rig rig;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(acts) * 2; i++) {
		rig_init(&rig, SNMP_V2C);
		rig_column(&rig, COLUMN, 1000);
		rig.responder.no_answer = i >= 2; /* from within a failure, too */
		rig.config.retries = 0;
		rig.config.timeout = 40 * MS;
		rig_connect(&rig);
		getter_init(&getter, &rig, COLUMN, 1000);
		getter.on_values = acts[i % 2];
		getter_start(&getter);
		rig_run(&rig);
		assert_int_equal(getter.replies, 1);
		assert_int_equal(getter.done, 0);
		rig_fini(&rig);
	}
}

static void a_new_credential_is_for_later_requests(void **state)
{
	struct credential v3 = {.version = SNMP_V3}, v1 = {.version = SNMP_V1};
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 5);
	rig_connect(&rig);
	assert_null(rig.agent.ops->peer_new(rig.agent.self, &rig.config, &v3));
	assert_int_equal(rig.agent.ops->peer_credential(rig.agent.self, rig.peer, &v3), ERR_UNSUPPORTED);
	getter_init(&getter, &rig, COLUMN, 5);
	getter_start(&getter);
	secret_set(&v1.community, "other", 5);
	assert_int_equal(rig.agent.ops->peer_credential(rig.agent.self, rig.peer, &v1), ERR_OK);
	rig_run(&rig);
	getter_check_values(&getter, 0, 5);
	getter_init(&getter, &rig, COLUMN, 6);
	getter_run(&getter);
	assert_int_equal(getter.failures[5], FAILURE_NO_SUCH); /* v1's way to say so */
	getter_check_values(&getter, 0, 5);
	secret_fini(&v1.community);
	rig_fini(&rig);
}

static struct getter getters[40];

static void peers_share_the_engine_fairly(void **state)
{
	struct peer *peers[ARRAY_LEN(getters)];
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	engine_free(rig.engine);
	rig.engine = engine_new(rig.loop, &(struct engine_options){.in_flight = 2, .sockets = 1});
	rig.agent = engine_agent(rig.engine);
	rig_column(&rig, COLUMN, 300);
	rig.config.timeout = 5000 * MS;
	rig.responder.hold = true;
	loop_timer_init(&timer, release, &rig);
	loop_timer_in(rig.loop, &timer, 50 * MS);
	for (size_t i = 0; i < ARRAY_LEN(getters); i++) {
		peers[i] = rig.agent.ops->peer_new(rig.agent.self, &rig.config, &rig.credential);
		rig.peer = peers[i];
		getter_init(&getters[i], &rig, COLUMN, 300);
		getter_start(&getters[i]);
	}
	rig_run(&rig);
	rig.peer = NULL;
	assert_int_equal(rig.responder.most_held, 2); /* over all peers */
	for (size_t i = 0; i < ARRAY_LEN(getters); i++) {
		getter_check_values(&getters[i], 0, 300);
		rig.agent.ops->peer_free(rig.agent.self, peers[i]);
	}
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(many_items_travel_in_few_pdus),
	    cmocka_unit_test(guards_come_first_in_each_pdu),
	    cmocka_unit_test(groups_are_kept_together),
	    cmocka_unit_test(loss_is_made_good),
	    cmocka_unit_test(silence_costs_one_sequence_of_tries),
	    cmocka_unit_test(the_window_bounds_what_is_in_flight),
	    cmocka_unit_test(a_late_answer_to_an_early_try_counts),
	    cmocka_unit_test(too_big_is_halved_and_remembered),
	    cmocka_unit_test(always_too_big_ends),
	    cmocka_unit_test(silence_at_large_requests_makes_them_small),
	    cmocka_unit_test(v1_no_such_name_costs_only_the_item),
	    cmocka_unit_test(v1_a_missing_guard_is_asked_once),
	    cmocka_unit_test(a_death_says_nothing_about_sizes),
	    cmocka_unit_test(one_gen_err_costs_only_the_item),
	    cmocka_unit_test(errors_without_a_place_end),
	    cmocka_unit_test(what_is_cut_off_is_asked_again),
	    cmocka_unit_test(cut_to_the_guard_is_truncated),
	    cmocka_unit_test(one_bad_value_costs_only_itself),
	    cmocka_unit_test(callbacks_may_cancel),
	    cmocka_unit_test(a_new_credential_is_for_later_requests),
	    cmocka_unit_test(peers_share_the_engine_fairly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
