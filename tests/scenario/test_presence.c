/* Tables whose rows come and go: that a row is there is itself a state. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/yamllab.h"

#include <math.h>
#include <stdio.h>

#define ALARMS "1.3.6.1.4.1.9999.50.1.1."
#define PEERS  "1.3.6.1.4.1.9999.50.2.1."

/* Alarms are all text, as such tables often are; peers have numbers. */
static const char profile[] =
    "sysobjectid: 1.3.6.1.4.1.9999.1\n"
    "metrics:\n"
    "  - as: alarms\n"
    "    table: {OID: 1.3.6.1.4.1.9999.50.1, name: alarmTable}\n"
    "    presence: 3m\n"
    "    key: alarmName\n"
    "    symbols:\n"
    "      - {OID: 1.3.6.1.4.1.9999.50.1.1.2, name: alarmName, tag: true}\n"
    "      - {OID: 1.3.6.1.4.1.9999.50.1.1.3, name: alarmText, tag: true}\n"
    "    derived:\n"
    "      - {name: active, formula: present, ds: active}\n"
    "  - as: peers\n"
    "    table: {OID: 1.3.6.1.4.1.9999.50.2, name: peerTable}\n"
    "    presence: true\n"
    "    key: peerName\n"
    "    symbols:\n"
    "      - {OID: 1.3.6.1.4.1.9999.50.2.1.2, name: peerName, tag: true}\n"
    "      - {OID: 1.3.6.1.4.1.9999.50.2.1.3, name: peerRoutes, kind: gauge, ds: routes}\n"
    "  - group: summary\n"
    "    derived:\n"
    "      - {name: alarms, count: alarms, ds: alarms}\n"
    "      - {name: fires, count: alarms, where: 'present and alarmText =~ \"fire\"', ds: fires}\n";

static const char rules[] =
    "- {rule: alarm-there, of: alarms, when: present, severity: critical, text: '{{alarmText}}'}\n"
    "- {rule: peer-gone, of: peers, when: not present, severity: warning}\n"
    "- {rule: alarms, of: summary, when: alarms > 0, severity: warning}\n";

static int setup(void **state)
{
	static struct yamllab lab;

	yamllab_init(&lab, profile, rules);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	yamllab_fini(*state);
	return 0;
}

static void alarm(struct yamllab *lab, unsigned index, const char *name, const char *text)
{
	char oid[64];

	snprintf(oid, sizeof oid, ALARMS "2.%u", index);
	replay_text(lab->device, oid, name);
	snprintf(oid, sizeof oid, ALARMS "3.%u", index);
	replay_text(lab->device, oid, text);
}

static void no_alarm(struct yamllab *lab, unsigned index)
{
	char oid[64];

	snprintf(oid, sizeof oid, ALARMS "2.%u", index);
	replay_remove(lab->device, oid);
	snprintf(oid, sizeof oid, ALARMS "3.%u", index);
	replay_remove(lab->device, oid);
}

static bool is(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

/* An alarm is noticed by the next poll, and its end too; then the row is 0 for as long as the profile says.
 */
static void a_row_that_comes_and_goes(void **state)
{
	struct yamllab *lab = *state;

	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "alarms")->n_rows, 0);
	assert_true(is(yamllab_number(lab, "summary", NULL, "alarms"), 0));
	alarm(lab, 7, "A7", "fire in rack 7");
	yamllab_poll(lab);
	assert_true(is(yamllab_number(lab, "alarms", "A7", "present"), 1));
	assert_true(is(yamllab_stored(lab, "alarms", "A7", "active"), 1));
	assert_true(is(yamllab_number(lab, "summary", NULL, "alarms"), 1));
	assert_true(is(yamllab_number(lab, "summary", NULL, "fires"), 1));
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 1);
	assert_int_equal(yamllab_problems(lab, "alarms"), 1);
	yamllab_poll(lab);
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 1);
	no_alarm(lab, 7);
	for (int poll = 0; poll < 3; poll++) {
		yamllab_poll(lab);
		assert_true(is(yamllab_number(lab, "alarms", "A7", "present"), 0));
		assert_true(is(yamllab_stored(lab, "alarms", "A7", "active"), 0));
		assert_true(is(yamllab_number(lab, "summary", NULL, "alarms"), 0));
		assert_int_equal(yamllab_problems(lab, NULL), 0);
	}
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "alarms")->n_rows, 0);
	alarm(lab, 8, "A7", "smoke");
	yamllab_poll(lab);
	assert_true(is(yamllab_number(lab, "alarms", "A7", "present"), 1));
	assert_true(is(yamllab_number(lab, "summary", NULL, "fires"), 0));
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 1);
}

/* Whose row answers is there, whose row does not answer is unknown, and neither raises nor clears. */
static void a_peer_that_goes_and_a_device_that_is_silent(void **state)
{
	struct yamllab *lab = *state;

	replay_text(lab->device, PEERS "2.1", "p1");
	replay_int(lab->device, PEERS "3.1", VALUE_GAUGE32, 900);
	replay_text(lab->device, PEERS "2.2", "p2");
	replay_int(lab->device, PEERS "3.2", VALUE_GAUGE32, 800);
	alarm(lab, 1, "A1", "door");
	yamllab_poll(lab);
	yamllab_poll(lab);
	assert_true(is(yamllab_number(lab, "peers", "p2", "present"), 1));
	assert_int_equal(yamllab_problems(lab, NULL), 2); /* the alarm, and the count */
	lab->device->silent = true;
	yamllab_poll(lab);
	assert_true(isnan(yamllab_number(lab, "peers", "p2", "present")));
	assert_true(isnan(yamllab_number(lab, "alarms", "A1", "present")));
	lab->device->silent = false;
	replay_remove(lab->device, PEERS "2.2");
	replay_remove(lab->device, PEERS "3.2");
	yamllab_poll(lab);
	assert_true(is(yamllab_number(lab, "peers", "p1", "present"), 1));
	assert_true(is(yamllab_number(lab, "peers", "p2", "present"), 0));
	assert_true(isnan(yamllab_number(lab, "peers", "p2", "peerRoutes")));
	assert_int_equal(yamllab_problems(lab, "peer-gone"), 1);
	for (int poll = 0; poll < 8; poll++)
		yamllab_poll(lab);
	assert_int_equal(yamllab_problems(lab, "peer-gone"), 1);
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 1);
	replay_text(lab->device, PEERS "2.2", "p2");
	replay_int(lab->device, PEERS "3.2", VALUE_GAUGE32, 800);
	yamllab_poll(lab);
	assert_int_equal(yamllab_problems(lab, "peer-gone"), 0);
}

/* While the walk is cut nobody knows which alarms there are. */
static void a_walk_that_is_cut(void **state)
{
	struct yamllab *lab = *state;

	for (unsigned i = 1; i <= 30; i++) {
		char name[16];

		snprintf(name, sizeof name, "A%u", i);
		alarm(lab, i, name, "x");
	}
	yamllab_poll(lab);
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 30);
	lab->device->cut = WALK_LOOP;
	lab->device->cut_after = 1;
	no_alarm(lab, 30);
	yamllab_poll(lab);
	assert_true(isnan(yamllab_number(lab, "alarms", "A30", "present")));
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 30);
	lab->device->cut = WALK_COMPLETE;
	loop_run_until(lab->loop, loop_now(lab->loop) + 3600 * UNITS_SEC);
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 29);
}

/* A large table is looked through at every tenth poll only. */
static void what_it_costs(void **state)
{
	struct yamllab *lab = *state;
	uint64_t walks;

	loop_run_until(
	    lab->loop, loop_now(lab->loop) + 1800 * UNITS_SEC); /* an old agent's table needs no more */
	walks = lab->device->walks;
	for (int poll = 0; poll < 10; poll++)
		yamllab_poll(lab);
	assert_int_equal(lab->device->walks - walks, 20); /* two tables */
	for (unsigned i = 1; i <= 150; i++) {
		char name[16];

		snprintf(name, sizeof name, "A%u", i);
		alarm(lab, i, name, "x");
	}
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "alarms")->n_rows, 150);
	walks = lab->device->walks;
	for (int poll = 0; poll < 20; poll++)
		yamllab_poll(lab);
	assert_int_equal(lab->device->walks - walks, 20 + 2);
	assert_int_equal(yamllab_problems(lab, "alarm-there"), 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(a_row_that_comes_and_goes),
	    T(a_peer_that_goes_and_a_device_that_is_silent),
	    T(a_walk_that_is_cut),
	    T(what_it_costs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
