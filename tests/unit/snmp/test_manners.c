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
	/* On a busy machine round trips vary, and it opens by less. */
	for (unsigned i = 0; i < 20 && rig.peer->window.size < WINDOW_MAX; i++) {
		getter_init(&getter, &rig, COLUMN, 1000);
		getter_run(&getter);
	}
	assert_true(rig.peer->window.size > WINDOW_FIRST);
	assert_int_equal(rig.peer->window.losses, 0);
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
	assert_true(rig.peer->window.size >= lossy);
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
	rig.responder.silent_above = 600;
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

static void run(struct rig *rig, size_t n)
{
	getter_init(&getter, rig, COLUMN, n);
	getter_run(&getter);
}

static struct peer_stats stats_of(const struct rig *rig)
{
	struct peer_stats stats;

	rig->agent.ops->peer_stats(rig->agent.self, rig->peer, &stats);
	return stats;
}

/* As behind a firewall that holds on to a dead session. */
static void a_peer_that_fell_silent_is_asked_from_another_port(void **state)
{
	unsigned port;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 10);
	rig.config.timeout = 40 * MS;
	rig.config.retries = 0;
	rig_connect(&rig);
	run(&rig, 10);
	port = stats_of(&rig).source_port;
	assert_int_equal(port, ntohs(rig.responder.last_from.v4.sin_port));
	assert_int_equal(stats_of(&rig).source_port_changes, 0);
	rig.responder.deaf_to = (uint16_t)port;
	run(&rig, 10);
	assert_int_equal(getter.summary.failure, FAILURE_TIMEOUT);
	assert_true(stats_of(&rig).silent);
	run(&rig, 10); /* one packet, and it arrives */
	getter_check_values(&getter, 0, 10);
	assert_int_equal(getter.summary.pdus, 1);
	for (unsigned i = 0; i < 3; i++) { /* and stays there */
		run(&rig, 10);
		assert_int_equal(getter.summary.pdus, 1);
		getter_check_values(&getter, 0, 10);
	}
	assert_int_not_equal(stats_of(&rig).source_port, port);
	assert_int_equal(stats_of(&rig).source_port, ntohs(rig.responder.last_from.v4.sin_port));
	assert_int_equal(stats_of(&rig).source_port_changes, 1);
	rig_fini(&rig);
}

/* Each first try is in vain, each second is answered: that is no chance. */
static void a_port_that_is_not_answered_is_left(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 10);
	rig.config.timeout = 250 * MS;
	rig_connect(&rig);
	run(&rig, 10);
	rig.responder.deaf_to = (uint16_t)stats_of(&rig).source_port;
	for (unsigned i = 0; i < 3; i++) {
		run(&rig, 10);
		assert_int_equal(getter.summary.retransmits, 1);
	}
	run(&rig, 10);
	assert_int_equal(getter.summary.retransmits, 0);
	assert_int_equal(stats_of(&rig).source_port_changes, 1);
	rig_fini(&rig);
}

static void lost_packets_change_no_port(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 10);
	rig.responder.drop_every = 3;
	rig.config.timeout = 250 * MS;
	rig_connect(&rig);
	for (unsigned i = 0; i < 6; i++)
		run(&rig, 10);
	assert_int_equal(stats_of(&rig).source_port_changes, 0);
	rig_fini(&rig);
}

static void what_was_found_out_can_be_asked(void **state)
{
	struct peer_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 400);
	rig.config.max_rate = 5000;
	rig_connect(&rig);
	assert_int_equal(stats_of(&rig).size_reason, SIZE_FRAME);
	assert_int_equal(stats_of(&rig).bulk, BULK_UNTRIED);
	rig.responder.too_big_above = 10;
	run(&rig, 400);
	stats = stats_of(&rig);
	assert_int_equal(stats.size_reason, SIZE_TOO_BIG);
	assert_int_equal(stats.max_rate, 5000);
	assert_int_equal(stats.window_max, WINDOW_MAX);
	assert_in_range(stats.window, 1, WINDOW_MAX);
	assert_string_equal(stats.answers_from, "");
	assert_false(stats.silent);
	rig.responder.too_big_above = 0;
	rig.responder.cut_at = 30;
	rig.agent.ops->peer_free(rig.agent.self, rig.peer);
	rig_connect(&rig);
	run(&rig, 100);
	assert_int_equal(stats_of(&rig).size_reason, SIZE_CUT);
	rig_fini(&rig);
}

static int crossed_fd;

/* Reads at one address and answers from the other. */
static void responder_crossed(void *arg)
{
	struct responder *r = arg;
	uint8_t buf[4096];
	struct sockaddr_storage from;
	struct address address;
	socklen_t len = sizeof from;
	ssize_t n = recvfrom(crossed_fd, buf, sizeof buf, MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	if (n < 0)
		return;
	address_from_sockaddr(&address, (const struct sockaddr *)&from, len);
	responder_request(r, buf, (size_t)n, &address);
}

static void another_address_that_answers_is_told(void **state)
{
	struct peer_stats stats;
	struct responder second;
	struct rig rig;
	uint16_t port;
	int fd;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 10);
	rig.config.accept_any_source = true;
	rig_connect(&rig);
	assert_true(responder_init(&second, rig.loop, "127.0.0.3"));
	fd = rig.responder.fd; /* asked here, answered from there */
	port = second.port;
	second.mib.v = mem_dup(rig.responder.mib.v, rig.responder.mib.n * sizeof second.mib.v[0]);
	second.mib.n = second.mib.cap = rig.responder.mib.n;
	loop_watch_free(rig.responder.watch);
	loop_watch_free(second.watch);
	rig.responder.fd = second.fd;
	second.fd = fd;
	rig.responder.watch = loop_watch_read(rig.loop, fd, responder_crossed, &rig.responder);
	second.watch = NULL;
	crossed_fd = fd;
	run(&rig, 10);
	getter_check_values(&getter, 0, 10);
	stats = stats_of(&rig);
	assert_non_null(strstr(stats.answers_from, "127.0.0.3:"));
	assert_int_equal(atoi(strchr(stats.answers_from, ':') + 1), port);
	responder_fini(&second);
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
	    cmocka_unit_test(a_peer_that_fell_silent_is_asked_from_another_port),
	    cmocka_unit_test(a_port_that_is_not_answered_is_left),
	    cmocka_unit_test(lost_packets_change_no_port),
	    cmocka_unit_test(what_was_found_out_can_be_asked),
	    cmocka_unit_test(another_address_that_answers_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
