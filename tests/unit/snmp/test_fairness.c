#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "responder.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"

static struct getter first, second;

/* A request that ends at its turn, without anything asked, hands the turn on. */
static void nothing_to_ask_is_no_obstacle(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 2);
	rig_connect(&rig);
	getter_init(&first, &rig, COLUMN, 0);
	getter_init(&second, &rig, COLUMN, 2);
	getter_start(&first);
	getter_start(&second);
	rig_run(&rig);
	assert_int_equal(first.done, 1);
	getter_check_values(&second, 0, 2);
	rig_fini(&rig);
}

/* Devices without an answer hold the engine's budget for the first wait only, not for all tries. */
static void the_silent_do_not_hold_the_others_up(void **state)
{
	static struct getter lost[4];
	struct peer *alive, *dead[ARRAY_LEN(lost)];
	struct engine_stats stats;
	uint16_t port = 0;
	struct rig rig;
	int deaf = bound_socket("127.0.0.1", &port);

	(void)state;
	assert_true(deaf >= 0);
	rig_init(&rig, SNMP_V2C);
	engine_free(rig.engine);
	rig.engine = engine_new(rig.loop, &(struct engine_options){.in_flight = 4, .sockets = 1});
	rig.agent = engine_agent(rig.engine);
	rig_column(&rig, COLUMN, 2);
	rig.config.timeout = 400 * MS;
	rig_connect(&rig);
	alive = rig.peer;
	rig.config.port = port;
	for (size_t i = 0; i < ARRAY_LEN(lost); i++) {
		rig_connect(&rig);
		dead[i] = rig.peer;
		getter_init(&lost[i], &rig, COLUMN, 2);
		getter_start(&lost[i]);
	}
	rig.peer = alive;
	getter_init(&second, &rig, COLUMN, 2);
	getter_start(&second);
	rig_run(&rig);
	getter_check_values(&second, 0, 2);
	assert_true(second.summary.elapsed < 1000 * MS); /* all tries take 1,600 */
	for (size_t i = 0; i < ARRAY_LEN(lost); i++) {
		assert_int_equal(lost[i].summary.failure, FAILURE_TIMEOUT);
		assert_int_equal(lost[i].summary.pdus, 4);
		rig.agent.ops->peer_free(rig.agent.self, dead[i]);
	}
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.in_flight, 0);
	close(deaf);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_to_ask_is_no_obstacle),
	    cmocka_unit_test(the_silent_do_not_hold_the_others_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
