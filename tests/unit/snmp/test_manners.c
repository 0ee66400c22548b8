/* How a peer is asked: how fast, how many at once, from which port. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "responder.h"
#include "snmp/peer.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"

static struct getter getter, other;

/* The most requests that came within any `span`. */
static unsigned most_within(const struct responder *r, int64_t span)
{
	unsigned most = 0;

	for (size_t first = 0, i = 0; i < r->came.n; i++) {
		while (r->came.v[i] - r->came.v[first] >= span)
			first++;
		most = i - first + 1 > most ? (unsigned)(i - first + 1) : most;
	}
	return most;
}

static void max_rate_holds_for_first_and_further_tries(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 300);
	rig.responder.too_big_above = 16; /* many PDUs, and several lead nowhere */
	rig.responder.lossy = 25;
	rig.config.max_rate = 50;
	rig.config.timeout = 300 * MS;
	rig.config.retries = 9;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 300);
	getter_run(&getter);
	getter_check_values(&getter, 0, 300);
	assert_true(getter.summary.retransmits > 0);
	/* 20 ms apart; as they leave from a busy loop, a millisecond or two nearer. */
	assert_true(most_within(&rig.responder, 15 * MS) <= 1 || most_within(&rig.responder, 95 * MS) <= 6);
	assert_true(most_within(&rig.responder, 195 * MS) <= 11);
	assert_true(getter.summary.elapsed >= (int64_t)(getter.summary.pdus - 1) * 20 * MS);
	rig_fini(&rig);
}

static void max_rate_keeps_nobody_else_waiting(void **state)
{
	struct peer *slow;
	struct responder second;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1000);
	rig.config.max_rate = 20;
	rig_connect(&rig);
	slow = rig.peer;
	getter_init(&getter, &rig, COLUMN, 300);
	getter_start(&getter);
	assert_true(responder_init(&second, rig.loop, "127.0.0.1"));
	second.mib.v = mem_dup(rig.responder.mib.v, rig.responder.mib.n * sizeof second.mib.v[0]);
	second.mib.n = second.mib.cap = rig.responder.mib.n;
	rig.config.max_rate = 0;
	rig.config.port = second.port;
	rig_connect(&rig);
	getter_init(&other, &rig, COLUMN, 1000);
	getter_start(&other);
	rig_run(&rig);
	getter_check_values(&getter, 0, 300);
	getter_check_values(&other, 0, 1000);
	assert_true(getter.summary.elapsed >= (int64_t)(getter.summary.pdus - 1) * 50 * MS);
	assert_true(other.summary.elapsed < getter.summary.elapsed / 2);
	rig.agent.ops->peer_free(rig.agent.self, slow);
	responder_fini(&second);
	rig_fini(&rig);
}

static void a_new_rate_holds_at_once(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 300);
	rig.config.max_rate = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 2);
	getter_run(&getter);
	rig.config.max_rate = 0;
	getter_init(&getter, &rig, COLUMN, 300);
	getter_start(&getter);
	rig.agent.ops->peer_manners(rig.agent.self, rig.peer, &rig.config);
	rig_run(&rig);
	getter_check_values(&getter, 0, 300);
	assert_true(getter.summary.elapsed < 900 * MS);
	rig_fini(&rig);
}

/* One of which every tenth packet is lost. */
static void loss_closes_the_window_and_calm_opens_it(void **state)
{
	unsigned lossy;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1000);
	rig.config.timeout = 400 * MS;
	rig.config.retries = 9;
	rig_connect(&rig);
	for (unsigned i = 0; i < 10 && rig.peer->window.size < WINDOW_MAX; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
	}
	assert_int_equal(rig.peer->window.size, WINDOW_MAX);
	rig.responder.lossy = 10;
	for (unsigned i = 0; i < 3; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
		getter_check_values(&getter, 0, 1000);
	}
	lossy = rig.peer->window.size;
	assert_true(lossy < WINDOW_MAX && rig.peer->window.losses > 0);
	rig.responder.lossy = 0;
	for (unsigned i = 0; i < 10; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
	}
	assert_true(rig.peer->window.size > lossy);
	rig_fini(&rig);
}

static void size_is_no_loss(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 400);
	rig.config.timeout = 100 * MS;
	rig.config.retries = 1;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 2);
	getter_run(&getter);
	rig.responder.silent_above = 300;
	getter_init(&getter, &rig, COLUMN, 400);
	getter_run(&getter);
	getter_check_values(&getter, 0, 400);
	assert_true(rig.peer->size.limit < MSGSIZE_MAX);
	assert_int_equal(rig.peer->window.losses, 0);
	rig_fini(&rig);
}

/* It does one thing at a time, has room for three, and forgets what comes beyond. */
static void a_slow_agent_is_not_overrun(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 1000);
	rig.responder.service = 20 * MS;
	rig.responder.backlog = 3;
	rig_connect(&rig);
	for (unsigned i = 0; i < 3; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
		getter_check_values(&getter, 0, 1000);
	}
	print_message("slow agent: %u PDUs %u again in %lld ms, window %u, overrun %u\n", getter.summary.pdus,
	    getter.summary.retransmits, (long long)(getter.summary.elapsed / MS),
	    (unsigned)rig.peer->window.size, rig.responder.overrun);
	assert_true(rig.responder.overrun <= 4);
	assert_true(getter.summary.retransmits <= 2);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(max_rate_holds_for_first_and_further_tries),
	    cmocka_unit_test(max_rate_keeps_nobody_else_waiting),
	    cmocka_unit_test(a_new_rate_holds_at_once),
	    cmocka_unit_test(loss_closes_the_window_and_calm_opens_it),
	    cmocka_unit_test(size_is_no_loss),
	    cmocka_unit_test(a_slow_agent_is_not_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
