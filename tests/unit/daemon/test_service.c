#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "daemon/service.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define SEC	 INT64_C(1000000000)
#define WATCHDOG "30000000" /* us */

/* A service manager that listens, and a daemon whose vitals the test sets; both on a virtual clock. */
struct fixture {
	struct clock_virtual clock;
	struct loop *loop;
	struct service *service;
	struct vitals vitals;
	struct str got; /* messages, each followed by ';' */
	int fd;
	char path[64];
	bool busy; /* polls end and batches are written at each look */
};

static void look(void *arg, struct vitals *vitals)
{
	struct fixture *f = arg;

	if (f->busy) {
		f->vitals.polls_ended++;
		f->vitals.traffic += 7;
		f->vitals.store_moves++;
	}
	*vitals = f->vitals;
}

static void listen_at(struct fixture *f, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = strlen(name);

	memcpy(address.sun_path, name, len);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	f->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(f->fd, (struct sockaddr *)&address,
			     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
	    0);
	setenv("NOTIFY_SOCKET", name, 1);
}

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);

	clock_virtual_init(&f->clock, 1700000000 * SEC);
	f->loop = loop_new_virtual(&f->clock);
	f->vitals = (struct vitals){.present = 1203, .devices = 1210, .patience = 128 * SEC};
	f->busy = true;
	f->fd = -1;
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_PID");
	setenv("WATCHDOG_USEC", WATCHDOG, 1);
	snprintf(f->path, sizeof f->path, "/tmp/rollcall-notify-%ld", (long)getpid());
	unlink(f->path);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	service_free(f->service);
	loop_free(f->loop);
	str_fini(&f->got);
	if (f->fd >= 0)
		close(f->fd);
	unlink(f->path);
	free(f);
	return 0;
}

static const char *told(struct fixture *f)
{
	char buf[512];
	ssize_t n;

	str_clear(&f->got);
	while ((n = recv(f->fd, buf, sizeof buf, 0)) >= 0) {
		str_add_n(&f->got, buf, (size_t)n);
		str_add_char(&f->got, ';');
	}
	return str_text(&f->got);
}

static void start(struct fixture *f)
{
	listen_at(f, f->path);
	f->service = service_new(f->loop, look, f);
	service_ready(f->service);
}

/* How often the watchdog was fed in the next `seconds`. */
static size_t fed(struct fixture *f, int64_t seconds)
{
	size_t count = 0;

	told(f);
	for (int64_t i = 0; i < seconds; i++) { /* a queue of datagrams is short */
		loop_run_until(f->loop, f->clock.mono + SEC);
		for (const char *p = told(f); (p = strstr(p, "WATCHDOG=1;")) != NULL; p++)
			count++;
	}
	return count;
}

static void says_ready_status_and_the_end(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_string_equal(told(f), "READY=1;STATUS=1,203 of 1,210 present;WATCHDOG=1;");
	f->vitals.present = 1210;
	loop_run_until(f->loop, f->clock.mono + 8 * SEC);
	assert_string_equal(told(f), "STATUS=1,210 of 1,210 present;WATCHDOG=1;");
	loop_run_until(f->loop, f->clock.mono + 8 * SEC);
	assert_string_equal(told(f), "WATCHDOG=1;"); /* a status that stays is said once */
	service_free(f->service);
	f->service = NULL;
	assert_string_equal(told(f), "STOPPING=1;");
}

static void numbers_read_well(void **state)
{
	struct fixture *f = *state;

	f->vitals.present = 0;
	f->vitals.devices = 1234567;
	start(f);
	assert_non_null(strstr(told(f), "STATUS=0 of 1,234,567 present;"));
	f->vitals.present = 999;
	f->vitals.devices = 1000;
	loop_run_until(f->loop, f->clock.mono + 8 * SEC);
	assert_non_null(strstr(told(f), "STATUS=999 of 1,000 present;"));
}

static void the_environment_is_not_handed_on(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
}

static void nobody_listens(void **state)
{
	struct fixture *f = *state;

	f->service = service_new(f->loop, look, f);
	service_ready(f->service);
	service_reloading(f->service);
	loop_run_until(f->loop, f->clock.mono + 1000 * SEC);
	assert_int_equal(f->vitals.polls_ended, 0); /* nor is anything looked at */
}

/* The manager restarts: a datagram is lost, not the daemon. */
static void a_listener_that_is_gone(void **state)
{
	struct fixture *f = *state;

	start(f);
	close(f->fd);
	f->fd = -1;
	unlink(f->path);
	loop_run_until(f->loop, f->clock.mono + 100 * SEC);
	listen_at(f, f->path);
	assert_true(fed(f, 30) >= 3);
}

static void an_abstract_socket(void **state)
{
	struct fixture *f = *state;
	char name[64];

	snprintf(name, sizeof name, "@rollcall-notify-%ld", (long)getpid());
	listen_at(f, name);
	f->service = service_new(f->loop, look, f);
	service_ready(f->service);
	assert_true(str_starts(told(f), "READY=1;"));
}

static void names_that_are_none(void **state)
{
	struct fixture *f = *state;
	static const char too_long[] = "/a-name-that-is-longer-than-the-path-of-a-unix-socket-may-be-"
				       "/a-name-that-is-longer-than-the-path-of-a-unix-socket-may-be";
	static const char *const bad[] = {"", "/", "relative", "vsock:2:1234", too_long};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		setenv("NOTIFY_SOCKET", bad[i], 1);
		f->service = service_new(f->loop, look, f);
		service_ready(f->service);
		service_free(f->service);
		f->service = NULL;
	}
}

static void a_reload(void **state)
{
	struct fixture *f = *state;
	char expected[96];

	start(f);
	clock_virtual_advance(&f->clock, 5 * SEC);
	told(f);
	service_reloading(f->service);
	snprintf(expected, sizeof expected, "RELOADING=1\nMONOTONIC_USEC=%lld;",
	    (long long)(f->clock.mono / 1000));
	assert_string_equal(told(f), expected);
	service_ready(f->service);
	assert_string_equal(told(f), "READY=1;");
	assert_int_equal(fed(f, 75), 10); /* and no second timer */
}

static void fed_four_times_a_period(void **state)
{
	struct fixture *f = *state;

	start(f);
	assert_int_equal(fed(f, 300), 40);
}

static void the_watchdog_of_another_process(void **state)
{
	struct fixture *f = *state;

	setenv("WATCHDOG_PID", "1", 1);
	start(f);
	assert_int_equal(fed(f, 300), 0);
}

static void no_poll_ends(void **state)
{
	struct fixture *f = *state;

	start(f);
	f->busy = false;
	assert_int_equal(fed(f, 120), 16);
	fed(f, 30);
	assert_int_equal(fed(f, 300), 0);
	f->vitals.polls_ended++;
	assert_true(fed(f, 60) > 0);
}

/* One device whose walk takes minutes: packets move. But not for ever. */
static void a_slow_poll_is_no_hang(void **state)
{
	struct fixture *f = *state;

	start(f);
	f->busy = false;
	for (int i = 0; i < 60; i++) {
		f->vitals.traffic++;
		assert_true(fed(f, 15) > 0);
	}
	for (int i = 0; i < 30; i++) {
		f->vitals.traffic++;
		fed(f, 15);
	}
	f->vitals.traffic++;
	assert_int_equal(fed(f, 60), 0);
}

static void nothing_to_poll(void **state)
{
	struct fixture *f = *state;

	f->vitals = (struct vitals){0};
	f->busy = false;
	start(f);
	assert_int_equal(fed(f, 3000), 400);
}

static void the_writer_hangs(void **state)
{
	struct fixture *f = *state;

	start(f);
	f->busy = false;
	f->vitals.store_waiting = 1;
	f->vitals.patience = 0; /* of the schedule there is no complaint */
	fed(f, 45);
	assert_int_equal(fed(f, 300), 0);
	f->vitals.store_moves++; /* one file: slow, but it works */
	assert_true(fed(f, 15) > 0);
	fed(f, 45);
	assert_int_equal(fed(f, 60), 0);
	f->vitals.store_waiting = 0;
	assert_true(fed(f, 15) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(says_ready_status_and_the_end, setup, teardown),
	    cmocka_unit_test_setup_teardown(numbers_read_well, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_environment_is_not_handed_on, setup, teardown),
	    cmocka_unit_test_setup_teardown(nobody_listens, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_listener_that_is_gone, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_abstract_socket, setup, teardown),
	    cmocka_unit_test_setup_teardown(names_that_are_none, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_reload, setup, teardown),
	    cmocka_unit_test_setup_teardown(fed_four_times_a_period, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_watchdog_of_another_process, setup, teardown),
	    cmocka_unit_test_setup_teardown(no_poll_ends, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_slow_poll_is_no_hang, setup, teardown),
	    cmocka_unit_test_setup_teardown(nothing_to_poll, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_writer_hangs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
