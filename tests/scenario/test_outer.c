/* Numbers that a table has of others: sums and the like, and scalars in a row's formula. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/yamllab.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BASE "1.3.6.1.4.1.9999.40."

static const char profile[] =
    "sysobjectid: 1.3.6.1.4.1.9999.1\n"
    "metrics:\n"
    "  - group: summary\n"
    "    derived:\n"
    "      - {name: ports, count: ports, ds: ports}\n"
    "      - {name: powered, count: ports, where: portState == on, ds: powered}\n"
    "      - {name: odd, count: ports, where: 'portName =~ \"[13]$\"', ds: odd}\n"
    "      - {name: watts, sum: ports.portPower, ds: watts}\n"
    "      - {name: mean, mean: ports.portPower, ds: mean}\n"
    "      - {name: most, max: ports.portPower, ds: most}\n"
    "      - {name: least, min: ports.portPower, ds: least}\n"
    "      - {name: octets, sum: ports.portOctets, ds: octets}\n"
    "      - {name: known_watts, sum: ports.portPower, where: known(portPower), ds: known_watts}\n"
    "      - {name: only_on, sum: ports.onPower, ds: only_on}\n"
    "      - {name: left, formula: budget.psePower - watts, ds: left}\n"
    "  - as: ports\n"
    "    table: {OID: 1.3.6.1.4.1.9999.40.1, name: portTable}\n"
    "    exclude: '^mgmt'\n"
    "    symbols:\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.2, name: portName, tag: true}\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.6, name: portKind, tag: true}\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.3, name: portPower, kind: gauge, absent: -1, ds: power}\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.4, name: portState, kind: enum, enum: {1: on, 2: off}}\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.5, name: portOctets, kind: counter}\n"
    "    derived:\n"
    "      - {name: onPower, formula: 'if(portState == on, portPower, 0 / 0)', ds: on_power}\n"
    "      - {name: share, formula: 100 * portPower / budget.psePower, ds: share}\n"
    "  - as: by_state\n"
    "    by: {table: ports, tags: portKind}\n"
    "    derived:\n"
    "      - {name: watts, sum: ports.portPower, ds: watts}\n"
    "      - {name: ports, count: ports, ds: ports}\n"
    "      - {name: of, formula: 100 * ports / summary.ports, ds: of}\n"
    "  - as: modules\n"
    "    table: {OID: 1.3.6.1.4.1.9999.40.3, name: moduleTable}\n"
    "    interval: 5m\n"
    "    symbols:\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.3.1.2, name: moduleTemp, kind: gauge, ds: temp}\n"
    "  - group: modules_summary\n"
    "    derived:\n"
    "      - {name: hottest, max: modules.moduleTemp, ds: hottest}\n"
    "  - group: budget\n"
    "    symbols:\n"
    "      - {OID: 1.3.6.1.4.1.9999.40.2.1.0, name: psePower, kind: gauge, ds: budget}\n";

static void port(struct replay_device *agent, unsigned index, const char *name, int64_t power, int state)
{
	char oid[64];

	snprintf(oid, sizeof oid, BASE "1.1.2.%u", index);
	replay_text(agent, oid, name);
	snprintf(oid, sizeof oid, BASE "1.1.3.%u", index);
	replay_int(agent, oid, VALUE_INTEGER, power);
	snprintf(oid, sizeof oid, BASE "1.1.4.%u", index);
	replay_int(agent, oid, VALUE_INTEGER, state);
	snprintf(oid, sizeof oid, BASE "1.1.5.%u", index);
	replay_counter(agent, oid, 64, 0, 100 * index);
}

static int setup(void **state)
{
	static struct yamllab lab;
	struct replay_device *agent;

	yamllab_init(&lab, profile, NULL);
	agent = lab.device;

	port(agent, 1, "port1", 10, 1);
	port(agent, 2, "port2", 20, 2);
	port(agent, 3, "port3", 33, 1);
	port(agent, 4, "port4", -1, 2);
	port(agent, 5, "mgmt", 1000, 1);
	replay_int(agent, BASE "2.1.0", VALUE_INTEGER, 100);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	yamllab_fini(*state);
	return 0;
}

static void expect(struct yamllab *lab, const char *metric, double wanted)
{
	double got = yamllab_number(lab, "summary", NULL, metric), stored;

	stored = yamllab_stored(lab, "summary", NULL, metric);
	if (isnan(wanted) ? !isnan(got) : !(fabs(got - wanted) < 0.5))
		fail_msg("%s is %g, not %g", metric, got, wanted);
	if (isnan(wanted) ? !isnan(stored) : !(fabs(stored - wanted) < 0.5))
		fail_msg("%s is stored as %g, not %g", metric, stored, wanted);
}

static void sums_over_rows(void **state)
{
	struct yamllab *lab = *state;

	yamllab_poll(lab);
	expect(lab, "ports", 4); /* the excluded one does not count */
	expect(lab, "powered", 2);
	expect(lab, "odd", 2);
	expect(lab, "watts", 63); /* nor what says that it has no such number */
	expect(lab, "mean", 21);
	expect(lab, "most", 33);
	expect(lab, "least", 10);
	expect(lab, "only_on", 43);
	expect(lab, "octets", NAN); /* first samples have no rate */
	expect(lab, "left", 37);
	assert_true(fabs(yamllab_number(lab, "ports", "port2", "share") - 20) < 1e-9);
	yamllab_poll(lab);
	expect(lab, "octets", 1000);
	replay_int(lab->device, BASE "2.1.0", VALUE_INTEGER, 200);
	yamllab_poll(lab);
	expect(lab, "left", 137);
	assert_true(fabs(yamllab_stored(lab, "ports", "port2", "share") - 10) < 1e-9);
}

static enum failure lose_pdus(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)device;
	return !is_walk && number == *(const uint64_t *)arg ? FAILURE_TIMEOUT : FAILURE_NONE;
}

/* A polled row that does not answer makes the sum unknown; one that has gone does not count. */
static void rows_that_do_not_answer_and_rows_that_go(void **state)
{
	struct yamllab *lab = *state;
	struct replay_device *agent = lab->device;
	uint64_t lost;

	agent->pdu_items = 9;
	yamllab_poll(lab);
	yamllab_poll(lab);
	expect(lab, "watts", 63);
	lost = agent->pdus + 1;
	agent->pdu = lose_pdus;
	agent->arg = &lost;
	yamllab_poll(lab);
	expect(lab, "watts", NAN);
	expect(lab, "most", NAN);
	expect(lab, "ports", 4); /* it is there, and silent */
	yamllab_poll(lab);
	expect(lab, "watts", 63);
	replay_remove(agent, BASE "1.1.2.3");
	replay_remove(agent, BASE "1.1.3.3");
	replay_remove(agent, BASE "1.1.4.3");
	replay_remove(agent, BASE "1.1.5.3");
	yamllab_poll(lab);
	expect(lab, "ports", 3);
	expect(lab, "watts", 30);
	replay_remove(agent, BASE "1");
	yamllab_poll(lab);
	expect(lab, "ports", 0);
	expect(lab, "watts", 0);
	expect(lab, "most", NAN);
}

static void kind(struct replay_device *agent, unsigned index, const char *text)
{
	char oid[64];

	snprintf(oid, sizeof oid, BASE "1.1.6.%u", index);
	replay_text(agent, oid, text);
}

static void group(struct yamllab *lab, const char *key, double watts, double ports)
{
	double w = yamllab_stored(lab, "by_state", key, "watts"),
	       n = yamllab_stored(lab, "by_state", key, "ports");

	if (!(fabs(w - watts) < 1e-9) || !(fabs(n - ports) < 1e-9))
		fail_msg("%s has %g W and %g ports", key, w, n);
	assert_true(fabs(yamllab_number(lab, "by_state", key, "of") - 25 * ports) < 1e-9);
}

/* A row for each text of a tag; rows move between them, and they come and go. */
static void rows_taken_together(void **state)
{
	struct yamllab *lab = *state;

	kind(lab->device, 1, "copper");
	kind(lab->device, 2, "fibre");
	kind(lab->device, 3, "copper");
	kind(lab->device, 5, "copper");
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "by_state")->n_rows, 3);
	group(lab, "copper", 43, 2);
	group(lab, "fibre", 20, 1);
	assert_true(
	    isnan(yamllab_stored(lab, "by_state", "none", "watts"))); /* its only port has no number */
	kind(lab->device, 2, "copper");
	kind(lab->device, 4, "copper");
	loop_run_until(lab->loop, loop_now(lab->loop) + 7200 * UNITS_SEC);
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "by_state")->n_rows, 1);
	group(lab, "copper", 63, 4);
	replay_reboot(lab->device);
	loop_run_until(lab->loop, loop_now(lab->loop) + 120 * UNITS_SEC);
	yamllab_poll(lab);
	group(lab, "copper", 63, 4);
}

/* Tables that are read more seldom count as they were read last. */
static void tables_at_their_own_pace(void **state)
{
	struct yamllab *lab = *state;
	struct replay_device *agent = lab->device;

	double before = 0, hottest;
	int changes = 0;

	replay_int(agent, BASE "3.1.2.1", VALUE_INTEGER, 40);
	for (int minute = 0; minute < 20; minute++) {
		replay_int(agent, BASE "3.1.2.2", VALUE_INTEGER, 50 + minute);
		yamllab_poll(lab);
		hottest = yamllab_number(lab, "modules_summary", NULL, "hottest");
		assert_true(hottest >= 50 + minute - 5);
		changes += hottest > before;
		before = hottest;
	}
	assert_in_range(changes, 4, 5);
	assert_int_equal(memory_find(&lab->memory, "d", "modules_summary", NULL)->n, 20);
}

/* A group of sums over what a device does not have is not there. */
static void nothing_to_sum(void **state)
{
	struct yamllab *lab = *state;

	for (int minute = 0; minute < 3; minute++)
		yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "modules_summary")->n_rows, 0);
	assert_null(memory_find(&lab->memory, "d", "modules_summary", NULL));
	/* It comes with the first row, and stays when that goes, through all re-reading of names. */
	replay_int(lab->device, BASE "3.1.2.1", VALUE_INTEGER, 40);
	loop_run_until(lab->loop, loop_now(lab->loop) + 3600 * UNITS_SEC);
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "modules_summary")->n_rows, 1);
	replay_remove(lab->device, BASE "3");
	for (int hour = 0; hour < 5; hour++) {
		loop_run_until(lab->loop, loop_now(lab->loop) + 3600 * UNITS_SEC);
		yamllab_poll(lab);
		assert_int_equal(yamllab_rows(lab, "modules_summary")->n_rows, 1);
	}
	assert_int_equal(yamllab_rows(lab, "modules")->n_rows, 0);
	replay_reboot(lab->device);
	loop_run_until(lab->loop, loop_now(lab->loop) + 120 * UNITS_SEC);
	yamllab_poll(lab);
	assert_int_equal(yamllab_rows(lab, "modules_summary")->n_rows, 1);
	expect(lab, "watts", 63);
}

/* A walk that never comes to its end says nothing of how many rows there are. */
static void a_table_that_is_never_read_whole(void **state)
{
	struct yamllab *lab = *state;

	lab->device->cut = WALK_LOOP;
	lab->device->cut_after = 1;
	for (unsigned index = 6; index < 30; index++)
		port(lab->device, index, "port", 1, 1);
	yamllab_poll(lab);
	assert_true(yamllab_rows(lab, "ports")->n_rows > 0);
	expect(lab, "ports", NAN);
	expect(lab, "watts", NAN);
}

static void silence(void **state)
{
	struct yamllab *lab = *state;
	size_t n;

	yamllab_poll(lab);
	n = memory_find(&lab->memory, "d", "summary", NULL)->n;
	lab->device->silent = true;
	yamllab_poll(lab);
	assert_true(isnan(yamllab_number(lab, "summary", NULL, "watts")));
	assert_int_equal(memory_find(&lab->memory, "d", "summary", NULL)->n, n);
}

/* Netdata's totals: the 64-bit counters where a device has rows of them, else the 32-bit ones. */
static void totals_as_published(void **state)
{
	static const char published[] =
	    "sysobjectid: 1.3.6.1.4.1.9999.1\n"
	    "metrics:\n"
	    "  - table: {OID: 1.3.6.1.4.1.9999.40.1, name: wideTable}\n"
	    "    symbols:\n"
	    "      - {OID: 1.3.6.1.4.1.9999.40.1.1.5, name: _wide, metric_type: gauge}\n"
	    "    metric_tags: [{tag: port, index: 1}]\n"
	    "  - table: {OID: 1.3.6.1.4.1.9999.40.4, name: narrowTable}\n"
	    "    symbols:\n"
	    "      - {OID: 1.3.6.1.4.1.9999.40.4.1.5, name: _narrow, metric_type: gauge}\n"
	    "      - {OID: 1.3.6.1.4.1.9999.40.4.1.6, name: state, mapping: {1: up, 2: down}}\n"
	    "    metric_tags: [{tag: port, index: 1}]\n"
	    "virtual_metrics:\n"
	    "  - name: total\n"
	    "    alternatives:\n"
	    "      - sources: [{metric: _wide, table: wideTable, as: in}]\n"
	    "      - sources: [{metric: _narrow, table: narrowTable, as: in}]\n"
	    "  - name: states\n"
	    "    sources: [{metric: state, table: narrowTable, dim: down, as: down}]\n";
	static struct yamllab lab;

	(void)state;
	yamllab_init(&lab, published, NULL);
	replay_int(lab.device, BASE "4.1.5.1", VALUE_INTEGER, 3);
	replay_int(lab.device, BASE "4.1.5.2", VALUE_INTEGER, 4);
	replay_int(lab.device, BASE "4.1.6.1", VALUE_INTEGER, 2);
	replay_int(lab.device, BASE "4.1.6.2", VALUE_INTEGER, 1);
	yamllab_poll(&lab);
	assert_true(fabs(yamllab_stored(&lab, "total", NULL, "in") - 7) < 1e-9);
	assert_true(fabs(yamllab_stored(&lab, "states", NULL, "down") - 1) < 1e-9);
	replay_int(lab.device, BASE "1.1.5.1", VALUE_INTEGER, 50);
	loop_run_until(lab.loop, loop_now(lab.loop) + 3600 * UNITS_SEC);
	assert_true(fabs(yamllab_stored(&lab, "total", NULL, "in") - 50) < 1e-9);
	yamllab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(sums_over_rows),
	    T(rows_that_do_not_answer_and_rows_that_go),
	    T(rows_taken_together),
	    T(tables_at_their_own_pace),
	    T(nothing_to_sum),
	    T(a_table_that_is_never_read_whole),
	    T(silence),
	    cmocka_unit_test(totals_as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
