/* Version 3 end to end: who the agent is, its keys and its clock, and what comes in between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "snmp/peer.h"
#include "v3_agent.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"

static struct getter getter, other;
static struct v3_agent agent;

static void begin(struct rig *rig, enum usm_auth auth, enum usm_priv priv)
{
	rig_init(rig, SNMP_V2C);
	v3_agent_init(&agent, rig, auth, priv);
	rig_column(rig, COLUMN, 40);
}

static void end(struct rig *rig)
{
	rig_fini(rig);
	v3_agent_fini(&agent);
}

static void get(struct rig *rig)
{
	getter_init(&getter, rig, COLUMN, 4);
	getter_run(&getter);
}

/* How often it is asked in vain until it answers; `most` is too often. */
static unsigned turns_in_vain(struct rig *rig, unsigned most)
{
	for (unsigned i = 0; i < most; i++) {
		get(rig);
		if (getter.failures[0] == FAILURE_NONE)
			return i;
	}
	return most;
}

static void asked_who_it_is_then_its_time_then_what_is_wanted(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
	v3_agent_connect(&agent);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	assert_int_equal(agent.probes, 1);
	assert_int_equal(agent.requests, 2);
	assert_int_equal(agent.reports, 2);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	assert_int_equal(agent.probes + agent.requests, 4);
	end(&rig);
}

static void start_other(void *arg)
{
	struct rig *rig = arg;

	rig->waiting--;
	getter_start(&other);
}

/* The first request is the one to find out; the second one is on its way then. */
static void another_agent_while_requests_are_in_flight(void **state)
{
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
	rig.config.timeout = 300 * MS;
	rig.config.retries = 1;
	v3_agent_connect(&agent);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	rig.peer->window.size = WINDOW_MAX; /* so that a loss leaves room for another one */
	v3_agent_become(&agent, V3_OTHER, 1, 5);
	loop_timer_init(&timer, start_other, &rig);
	loop_timer_in(rig.loop, &timer, 400 * MS);
	getter_init(&other, &rig, COLUMN, 4);
	getter_init(&getter, &rig, COLUMN, 4);
	rig.waiting = 1; /* for the other one to begin */
	getter_start(&getter);
	rig_run(&rig);
	assert_int_equal(getter.failures[0], FAILURE_SECURITY);
	assert_int_not_equal(other.failures[0], FAILURE_NONE);
	assert_true(turns_in_vain(&rig, 3) <= 1);
	getter_check_values(&getter, 0, 4);
	end(&rig);
}

/* Somebody on the way tells another engine-id; when it has stopped, the device is found again. */
static void a_lie_about_the_engine_id_is_found_out(void **state)
{
	struct rig rig;

	(void)state;
	for (int drops = 0; drops < 2; drops++) {
		begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
		agent.lie = V3_LIE;
		agent.drops_strangers = drops;
		rig.config.timeout = 200 * MS;
		rig.config.retries = 0;
		v3_agent_connect(&agent);
		get(&rig);
		assert_int_not_equal(getter.failures[0], FAILURE_NONE);
		agent.lie = NULL;
		/* At once where the agent says so; where it is mute, once that has lasted. */
		assert_true(turns_in_vain(&rig, 20) <= (drops ? 11 : 1));
		getter_check_values(&getter, 0, 4);
		end(&rig);
	}
}

/* The device was replaced by one that says nothing to strangers. */
static void another_agent_that_is_mute_is_found(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
	agent.drops_strangers = true;
	rig.config.timeout = 200 * MS;
	rig.config.retries = 0;
	v3_agent_connect(&agent);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	v3_agent_become(&agent, V3_OTHER, 1, 5);
	assert_true(turns_in_vain(&rig, 20) <= 11);
	getter_check_values(&getter, 0, 4);
	end(&rig);
}

/* Its count of starts and its time are behind what they were. */
static void an_agent_that_lost_its_count_is_heard_again(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
	v3_agent_connect(&agent);
	get(&rig);
	v3_agent_become(&agent, V3_ENGINE, 1, 5);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	assert_int_equal(getter.summary.retransmits, 0);
	v3_agent_become(&agent, V3_ENGINE, INT32_MAX - 1, INT32_MAX - 200);
	get(&rig);
	getter_check_values(&getter, 0, 4);
	end(&rig);
}

static void an_agent_whose_time_never_fits_provokes_few_packets(void **state)
{
	struct rig rig;

	(void)state;
	begin(&rig, USM_AUTH_SHA_256, USM_PRIV_AES_128);
	agent.never_in_time = true;
	v3_agent_connect(&agent);
	for (unsigned i = 1; i <= 5; i++) {
		get(&rig);
		assert_int_equal(getter.failures[0], FAILURE_SECURITY);
		assert_true(agent.requests <= 4 * i);
	}
	assert_int_equal(agent.probes, 1);
	end(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(asked_who_it_is_then_its_time_then_what_is_wanted),
	    cmocka_unit_test(another_agent_while_requests_are_in_flight),
	    cmocka_unit_test(a_lie_about_the_engine_id_is_found_out),
	    cmocka_unit_test(another_agent_that_is_mute_is_found),
	    cmocka_unit_test(an_agent_that_lost_its_count_is_heard_again),
	    cmocka_unit_test(an_agent_whose_time_never_fits_provokes_few_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
