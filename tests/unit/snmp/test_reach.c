#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <errno.h>

#include "responder.h"
#include "snmp/peer.h"

#define COLUMN "1.3.6.1.2.1.2.2.1.10"

static struct getter getter;

static void ipv6(void **state)
{
	struct peer_stats stats;
	char expected[64];
	struct rig rig;
	uint16_t port;
	int probe = bound_socket("::1", &port);

	(void)state;
	if (probe < 0)
		skip(); /* no IPv6 on this machine */
	close(probe);
	rig_init_at(&rig, SNMP_V2C, "::1");
	rig_column(&rig, COLUMN, 200);
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 200);
	getter_run(&getter);
	getter_check_values(&getter, 0, 200);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	snprintf(expected, sizeof expected, "[::1]:%u", (unsigned)rig.responder.port);
	assert_string_equal(stats.address, expected);
	assert_true(stats.rtt > 0 && stats.responses > 0 && stats.requests >= stats.responses);
	rig_fini(&rig);
}

/* "localhost" may be ::1 first, where nobody listens: the other address is found by itself. */
static void host_names(void **state)
{
	struct peer_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 200);
	rig.config.host = "localhost";
	rig_connect(&rig);
	rig.agent.ops->peer_stats(rig.agent.self, rig.peer, &stats);
	assert_string_equal(stats.address, "");
	getter_init(&getter, &rig, COLUMN, 200);
	getter_run(&getter);
	getter_check_values(&getter, 0, 200);
	getter_init(&getter, &rig, COLUMN, 200);
	getter_run(&getter);
	assert_int_equal(getter.summary.retransmits, 0); /* and remembered */
	rig_fini(&rig);
}

static void unknown_host_names(void **state)
{
	struct engine_stats stats;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.config.host = "no-such-host.invalid";
	rig_connect(&rig);
	for (unsigned i = 0; i < 2; i++) { /* the second is not looked up again so soon */
		getter_init(&getter, &rig, COLUMN, 200);
		getter_run(&getter);
		assert_int_equal(getter.failures[199], FAILURE_RESOLVE);
		assert_int_equal(getter.summary.failure, FAILURE_RESOLVE);
		assert_int_not_equal(getter.summary.error_number, 0);
		assert_int_equal(getter.summary.pdus, 0);
	}
	engine_stats(rig.engine, &stats);
	assert_int_equal(stats.requests, 0);
	rig_fini(&rig);
}

static void freed_while_it_is_looked_up(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.config.host = "localhost";
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 2);
	getter_start(&getter);
	loop_timer_in(rig.loop, &rig.watchdog, 0);
	loop_run(rig.loop);
	rig_fini(&rig);
	assert_int_equal(getter.replies + getter.done, 0);
}

static void closed_ports_refuse(void **state)
{
	static const char *const hosts[] = {"127.0.0.1", "::1"};
	struct rig rig;
	uint16_t port;
	int fd;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
		fd = bound_socket(hosts[i], &port);
		if (fd < 0)
			continue;
		close(fd);
		rig_init(&rig, SNMP_V2C);
		rig.config.host = hosts[i];
		rig.config.port = port;
		rig.config.timeout = 10000 * MS;
		rig_connect(&rig);
		getter_init(&getter, &rig, COLUMN, 20);
		getter_run(&getter);
		assert_int_equal(getter.summary.failure, FAILURE_REFUSED);
		assert_int_equal(getter.summary.error_number, ECONNREFUSED);
		assert_int_equal(getter.failures[19], FAILURE_REFUSED);
		assert_true(getter.summary.elapsed < 5000 * MS); /* long before one try's time is over */
		assert_int_equal(getter.summary.answers, 0);
		assert_int_equal(getter.summary.pdus, 2); /* twice refused is refused */
		rig_fini(&rig);
	}
}

static void unreachable_addresses_fail_to_send(void **state)
{
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig.config.host = "255.255.255.255"; /* the kernel refuses broadcasts from a plain socket */
	rig.config.timeout = 10000 * MS;
	rig_connect(&rig);
	getter_init(&getter, &rig, COLUMN, 20);
	getter_run(&getter);
	assert_int_equal(getter.summary.failure, FAILURE_SEND);
	assert_int_equal(getter.summary.error_number, EACCES);
	rig_fini(&rig);
}

/* As a host name with two addresses, of which the first is of no use. */
static void the_address_that_answers_is_found(void **state)
{
	struct address two[2];
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 2);
	rig_connect(&rig);
	assert_true(address_parse(&two[0], "127.0.0.2", rig.responder.port));
	assert_true(address_parse(&two[1], "127.0.0.1", rig.responder.port));
	rig.peer->addresses = mem_dup(two, sizeof two);
	rig.peer->n_addresses = 2;
	getter_init(&getter, &rig, COLUMN, 2);
	getter_run(&getter);
	getter_check_values(&getter, 0, 2);
	assert_int_equal(getter.summary.retransmits, 1);
	getter_init(&getter, &rig, COLUMN, 2); /* and remembered */
	getter_run(&getter);
	assert_int_equal(getter.summary.retransmits, 0);
	rig_fini(&rig);
}

/* An agent that restarts refuses once and answers then. */
static void reopen(void *arg)
{
	struct rig *rig = arg;
	struct address address;

	assert_true(address_parse(&address, "127.0.0.1", rig->responder.port));
	rig->responder.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(rig->responder.fd, &address.any, address_len(&address)), 0);
	rig->responder.watch =
	    loop_watch_read(rig->loop, rig->responder.fd, responder_readable, &rig->responder);
}

static void one_refusal_is_not_the_end(void **state)
{
	struct loop_timer timer;
	struct rig rig;

	(void)state;
	rig_init(&rig, SNMP_V2C);
	rig_column(&rig, COLUMN, 2);
	loop_watch_free(rig.responder.watch);
	close(rig.responder.fd);
	rig_connect(&rig);
	loop_timer_init(&timer, reopen, &rig);
	loop_timer_in(rig.loop, &timer, 50 * MS);
	getter_init(&getter, &rig, COLUMN, 2);
	getter_run(&getter);
	getter_check_values(&getter, 0, 2);
	assert_int_equal(getter.summary.retransmits, 1);
	rig_fini(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ipv6),
	    cmocka_unit_test(host_names),
	    cmocka_unit_test(unknown_host_names),
	    cmocka_unit_test(freed_while_it_is_looked_up),
	    cmocka_unit_test(closed_ports_refuse),
	    cmocka_unit_test(unreachable_addresses_fail_to_send),
	    cmocka_unit_test(the_address_that_answers_is_found),
	    cmocka_unit_test(one_refusal_is_not_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
