/* A device's session from first contact on: credentials, profiles, rates, silence. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "scenario/lab.h"

#include <math.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
	static struct lab lab;

	lab_init(&lab);
	*state = &lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *lab = *state;

	assert_int_equal(lab->memory.backward, 0);
	lab_fini(lab);
	return 0;
}

static const struct device_report *report(struct lab *lab, size_t device)
{
	static struct device_report r;

	memset(&r, 0, sizeof r);
	session_report(lab->members[device].session, &r);
	return &r;
}

static double last(struct lab *lab, const char *key, const char *ds)
{
	return memory_value(memory_find(&lab->memory, "sw", "interfaces", key), 0, ds);
}

static struct replay_device *one_switch(struct lab *lab, size_t ports, bool with_guard)
{
	lab_if_profile(lab, with_guard);
	lab_device(lab, "sw", "192.0.2.1");
	return lab_switch(lab, "192.0.2.1", ports);
}

static enum failure lose_pdu(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)device;
	return !is_walk && number == *(const uint64_t *)arg ? FAILURE_TIMEOUT : FAILURE_NONE;
}

static struct profile *probed_profile(struct lab *lab)
{
	struct profile *probed = lab_scalar_profile(lab, "probed", "*");
	struct oid oid;

	probed->probes = calloc(1, sizeof *probed->probes);
	probed->n_probes = 1;
	probed->probes[0].source = (struct source){.name = strdup("ifNumber"), .scale = 1};
	assert_int_equal(oid_parse("1.3.6.1.2.1.2.1", &oid), ERR_OK);
	assert_true(source_set_oid(&probed->probes[0].source, &oid));
	return probed;
}

static void first_contact_and_rates(void **state)
{
	struct lab *lab = *state;
	const struct poll_outcome *outcome;

	one_switch(lab, 3, true);
	outcome = lab_poll(lab, 0);
	assert_true(outcome->answered && outcome->complete && outcome->first_contact && !outcome->restarted);
	assert_int_equal(outcome->failure, FAILURE_NONE);
	assert_int_equal(session_rows(lab->members[0].session), 3);
	assert_string_equal(report(lab, 0)->profile->name, "if");
	assert_string_equal(report(lab, 0)->credential, "public");
	assert_string_equal(report(lab, 0)->system->object_id, "1.3.6.1.4.1.9.1.1");
	assert_string_equal(report(lab, 0)->system->descr, "a switch");
	/* A first sample has no rate, but its state is known. */
	assert_true(isnan(last(lab, "eth2", "in_octets")));
	assert_true(last(lab, "eth2", "up") == 1);
	lab_run(lab, 60 * UNITS_SEC);
	outcome = lab_poll(lab, 0);
	assert_false(outcome->first_contact);
	assert_true(fabs(last(lab, "eth2", "in_octets") - 2000) < 1);
	assert_true(fabs(last(lab, "eth3", "out_octets") - 6000) < 1);
	assert_int_equal(memory_find(&lab->memory, "sw", "interfaces", "eth1")->interval, 60 * UNITS_SEC);
}

static void a_known_device_costs_its_values_only(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 3, true);
	uint64_t before;

	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	before = device->pdus;
	lab_poll(lab, 0);
	assert_int_equal(device->pdus - before, 1);
}

static void a_young_agents_tables_are_read_again_soon(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	device->uptime_before = 0;
	lab_poll(lab, 0);
	lab_port(device, 9, "late", "late", 0, 1000); /* nothing tells of it */
	lab_start(lab);
	lab_run(lab, 15 * 60 * UNITS_SEC);
	assert_int_equal(session_rows(lab->members[0].session), 2);
}

/* net-snmp's ifTableLastChange is 0 for good. */
static void a_guard_of_zero_is_not_relied_on(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 2, true);

	replay_int(device, IF_GUARD ".0", VALUE_TIMETICKS, 0);
	lab_start(lab);
	lab_run(lab, 3600 * UNITS_SEC);
	replay_text(device, IFX_TABLE ".1.1", "renamed");
	lab_run(lab, 60 * UNITS_SEC);
	assert_true(rowset_find(lab_rows(lab, 0, "interfaces"), "renamed") != SIZE_MAX);
}

static void second_credential_answers(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	strcpy(device->community, "secret");
	lab->devices[0].n_credentials = 2;
	assert_true(lab_poll(lab, 0)->answered);
	assert_string_equal(report(lab, 0)->credential, "secret");
	assert_int_equal(device->tries, 2 + device->pdus - 1); /* the first sequence of two in vain */
}

static void nobody_answers(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);
	const struct poll_outcome *outcome;

	device->silent = true;
	outcome = lab_poll(lab, 0);
	assert_false(outcome->answered);
	assert_true(outcome->first_contact);
	assert_int_equal(outcome->failure, FAILURE_TIMEOUT);
	assert_int_equal(device->tries, 2);
	assert_null(report(lab, 0)->credential);
	assert_null(report(lab, 0)->profile);
	device->silent = false;
	assert_true(lab_poll(lab, 0)->first_contact);
	assert_int_equal(session_rows(lab->members[0].session), 1);
}

static void profile_by_object_id(void **state)
{
	struct lab *lab = *state;

	lab_scalar_profile(lab, "linux", "1.3.6.1.4.1.8072.3.2.10");
	lab_scalar_profile(lab, "other", "1.3.6.1.4.1.8072.*");
	one_switch(lab, 1, true);
	lab_device(lab, "host", "192.0.2.2");
	replay_system(replay_device(lab->replay, "192.0.2.2"), "1.3.6.1.4.1.8072.3.2.10", "Linux host");
	lab_poll(lab, 0);
	lab_poll(lab, 1);
	assert_string_equal(report(lab, 0)->profile->name, "if");
	assert_string_equal(
	    report(lab, 0)->profile_reason, "no other profile fits sysObjectID 1.3.6.1.4.1.9.1.1");
	assert_string_equal(report(lab, 1)->profile->name, "linux");
	assert_string_equal(
	    report(lab, 1)->profile_reason, "sysObjectID 1.3.6.1.4.1.8072.3.2.10 matches linux");
}

static void profile_by_probe_and_by_configuration(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device;

	probed_profile(lab);
	device = one_switch(lab, 1, true);
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "probed");
	assert_string_equal(report(lab, 0)->profile_reason, "ifNumber answers");

	lab_device(lab, "sw2", "192.0.2.1")->profile = lab->profiles[1];
	lab_poll(lab, 1);
	assert_string_equal(report(lab, 1)->profile->name, "if");
	assert_string_equal(report(lab, 1)->profile_reason, "set in the configuration");
}

static void add_probe(struct profile *profile, const char *name, const char *text, bool any_row)
{
	struct profile_probe *probe;
	struct oid oid;

	profile->probes = realloc(profile->probes, (profile->n_probes + 1) * sizeof *profile->probes);
	probe = &profile->probes[profile->n_probes++];
	*probe = (struct profile_probe){.source = {.name = strdup(name), .scale = 1}, .any_row = any_row};
	assert_int_equal(oid_parse(text, &oid), ERR_OK);
	assert_true(source_set_oid(&probe->source, &oid));
}

static void probes_into_tables_and_of_instances(void **state)
{
	struct lab *lab = *state;
	struct profile *probed = probed_profile(lab);
	struct replay_device *device = one_switch(lab, 1, true);

	add_probe(probed, "anyRow", "1.3.6.1.4.1.9999.1.1.1", true);
	add_probe(probed, "thisRow", "1.3.6.1.4.1.9999.1.1.2.7.9", false);
	probed->probes[2].source.is_instance = true;
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	replay_int(device, "1.3.6.1.4.1.9999.1.1.2.7.9", VALUE_INTEGER, 1);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "if"); /* no row */
	assert_int_equal(device->walks, 2);			  /* the column, and what "if" asks for */

	lab_device(lab, "sw2", "192.0.2.2");
	device = lab_switch(lab, "192.0.2.2", 1);
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	replay_int(device, "1.3.6.1.4.1.9999.1.1.1.3", VALUE_INTEGER, 1);
	lab_poll(lab, 1);
	assert_string_equal(report(lab, 1)->profile->name, "if"); /* not that instance */
	assert_int_equal(device->walks, 1);			  /* so the column is not asked for */

	lab_device(lab, "sw3", "192.0.2.3");
	device = lab_switch(lab, "192.0.2.3", 1);
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	replay_int(device, "1.3.6.1.4.1.9999.1.1.1.3", VALUE_INTEGER, 1);
	replay_int(device, "1.3.6.1.4.1.9999.1.1.2.7.9", VALUE_INTEGER, 1);
	lab_poll(lab, 2);
	assert_string_equal(report(lab, 2)->profile->name, "probed");
	assert_string_equal(report(lab, 2)->profile_reason, "ifNumber, anyRow and thisRow answer");
}

static void a_probe_that_is_lost_is_asked_again(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device;
	uint64_t lost = 1;

	probed_profile(lab);
	device = one_switch(lab, 1, true);
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	device->pdu = lose_pdu;
	device->arg = &lost;
	assert_true(lab_poll(lab, 0)->answered);
	assert_null(report(lab, 0)->profile); /* rather none than the wrong one */
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "probed");
}

/* All from one on: as lose_pdu, where the agent's silence has another name: it did not get the question, or
 * did not take it.
 */
struct refused {
	uint64_t number;
	enum failure failure;
};

static enum failure refuse_pdu(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	const struct refused *refused = arg;

	(void)device;
	return !is_walk && number >= refused->number ? refused->failure : FAILURE_NONE;
}

static void a_probe_that_is_refused_is_asked_again(void **state)
{
	struct lab *lab = *state;
	struct refused refused = {.number = 1, .failure = FAILURE_SECURITY};
	struct replay_device *device;

	probed_profile(lab);
	device = one_switch(lab, 1, true);
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	device->pdu = refuse_pdu;
	device->arg = &refused;
	assert_true(lab_poll(lab, 0)->answered);
	assert_null(report(lab, 0)->profile);
	lab_run(lab, 60 * UNITS_SEC);
	refused = (struct refused){device->pdus + 1, FAILURE_SEND};
	lab_poll(lab, 0);
	assert_null(report(lab, 0)->profile);
	device->pdu = NULL;
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "probed");
}

static void scalars_that_are_refused_are_not_missing(void **state)
{
	struct lab *lab = *state;
	struct refused refused = {.failure = FAILURE_SECURITY};
	struct replay_device *device;
	const struct rowset *set;

	lab_scalar_profile(lab, "linux", "*");
	lab_device(lab, "host", "192.0.2.2");
	device = replay_device(lab->replay, "192.0.2.2");
	replay_system(device, "1.3.6.1.4.1.8072.3.2.10", "Linux host");
	replay_int(device, "1.3.6.1.4.1.2021.10.1.5.0", VALUE_INTEGER, 7);
	lab_poll(lab, 0);
	set = lab_rows(lab, 0, "load");
	device->pdu = refuse_pdu;
	device->arg = &refused;
	for (int i = 0; i < 4; i++) {
		replay_reboot(device);
		lab_run(lab, 60 * UNITS_SEC);
		refused.number = device->pdus + 1; /* after the system group */
		lab_poll(lab, 0);
		assert_int_equal(set->n_rows, 1);
		assert_int_equal(set->rows[0].missed, 0);
	}
}

static enum failure refuse_walk(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)device;
	(void)number;
	return is_walk ? *(const enum failure *)arg : FAILURE_NONE;
}

static void a_walk_that_met_a_restart_is_taken_up_next_turn(void **state)
{
	static enum failure failures[] = {FAILURE_TIMEOUT, FAILURE_SECURITY, FAILURE_SEND};
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 2, true);

	for (size_t i = 0; i < ARRAY_LEN(failures); i++) {
		lab_poll(lab, 0);
		replay_reboot(device);
		lab_run(lab, 60 * UNITS_SEC);
		device->pdu = refuse_walk;
		device->arg = &failures[i];
		lab_poll(lab, 0);
		device->pdu = NULL;
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
		assert_true(lab_rows(lab, 0, "interfaces")->rows[0].placed);
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
		assert_true(last(lab, "eth1", "in_octets") > 0);
		lab_run(lab, 6 * 3600 * UNITS_SEC);
	}
}

static void another_device_at_the_address(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device;

	lab_scalar_profile(lab, "linux", "1.3.6.1.4.1.8072.3.2.10");
	device = one_switch(lab, 2, true);
	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	replay_reboot(device);
	replay_system(device, "1.3.6.1.4.1.8072.3.2.10", "Linux host");
	replay_int(device, "1.3.6.1.4.1.2021.10.1.5.0", VALUE_INTEGER, 42);
	lab_run(lab, 20 * UNITS_SEC);
	assert_true(lab_poll(lab, 0)->restarted);
	assert_string_equal(report(lab, 0)->profile->name, "linux");
	assert_true(memory_value(memory_find(&lab->memory, "sw", "load", NULL), 0, "load1") == 42);
}

static void scalars_that_are_not_there(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device;
	const struct rowset *set;

	lab_scalar_profile(lab, "linux", "*");
	lab_device(lab, "host", "192.0.2.2");
	device = replay_device(lab->replay, "192.0.2.2");
	replay_system(device, "1.3.6.1.4.1.8072.3.2.10", "Linux host");
	replay_int(device, "1.3.6.1.4.1.2021.10.1.5.0", VALUE_INTEGER, 7);
	lab_poll(lab, 0);
	set = lab_rows(lab, 0, "load");
	assert_int_equal(set->n_rows, 1);
	assert_string_equal(set->rows[0].key, "load");
	assert_true(rowset_value(set, 0, 0) == 7);
	assert_int_equal(set->quality[1], QUALITY_NO_SUCH);
	assert_true(isnan(memory_value(memory_find(&lab->memory, "host", "load", NULL), 0, "total")));
	/* One comes with the next walk. */
	replay_int(device, "1.3.6.1.4.1.2021.4.5.0", VALUE_INTEGER, 99);
	for (int i = 0; i < 100; i++) {
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
	}
	assert_true(rowset_value(set, 0, 1) == 99);
}

static void narrow_counters_where_there_are_no_wide_ones(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 2, true);

	replay_remove(device, IFX_TABLE ".6.2");
	replay_counter(device, IF_TABLE ".10.2", 32, 4294967295u - 30000, 2000);
	replay_int(device, IFX_TABLE ".15.2", VALUE_GAUGE32, 100); /* Mbit/s: it cannot wrap twice a minute */
	lab_poll(lab, 0);
	for (int i = 0; i < 3; i++) { /* wraps within the first minute */
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
		assert_true(fabs(last(lab, "eth2", "in_octets") - 2000) < 1);
	}
	assert_string_equal(rowset_source(lab_rows(lab, 0, "interfaces"), 1, 3)->name, "ifInOctets");
	assert_string_equal(rowset_source(lab_rows(lab, 0, "interfaces"), 0, 3)->name, "ifHCInOctets");
}

static void resets_and_discontinuities_are_unknown_for_one_interval(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 2, true);

	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	replay_counter(device, IFX_TABLE ".6.1", 64, 0, 500);	      /* falls back */
	replay_counter(device, IFX_TABLE ".6.2", 64, 900000000, 500); /* jumps ahead, and says so */
	replay_int(device, IFX_TABLE ".19.2", VALUE_TIMETICKS, 777);
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_true(isnan(last(lab, "eth1", "in_octets")));
	assert_true(fabs(last(lab, "eth1", "out_octets") - 2000) < 1);
	assert_true(isnan(last(lab, "eth2", "in_octets")));
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_true(fabs(last(lab, "eth1", "in_octets") - 500) < 1);
	assert_true(fabs(last(lab, "eth2", "in_octets") - 500) < 1);
}

static void a_restart_makes_no_spike(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	for (int i = 0; i < 3; i++) {
		lab_poll(lab, 0);
		lab_run(lab, 60 * UNITS_SEC);
	}
	replay_reboot(device);
	replay_counter(device, IFX_TABLE ".6.1", 64, 1u << 30, 1000); /* larger than before */
	lab_run(lab, 20 * UNITS_SEC);
	assert_true(lab_poll(lab, 0)->restarted);
	assert_true(isnan(last(lab, "eth1", "in_octets")));
	lab_run(lab, 60 * UNITS_SEC);
	assert_false(lab_poll(lab, 0)->restarted);
	assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 1);
}

static void a_silent_device_costs_one_small_pdu(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 200, true);
	uint64_t tries;

	lab_poll(lab, 0);
	device->silent = true;
	lab_run(lab, 60 * UNITS_SEC);
	tries = device->tries;
	lab_poll(lab, 0);
	assert_int_equal(device->tries - tries, 2); /* of 25 PDUs */
	assert_int_equal(lab_rows(lab, 0, "interfaces")->quality[3], QUALITY_TIMEOUT);
	tries = device->tries;
	for (int i = 0; i < 20; i++) {
		lab_run(lab, 60 * UNITS_SEC);
		assert_false(lab_poll(lab, 0)->answered);
	}
	assert_int_equal(device->tries - tries, 20 * 2); /* one PDU with its one retry */
	device->silent = false;
	lab_run(lab, 60 * UNITS_SEC);
	assert_true(lab_poll(lab, 0)->complete);
	assert_int_equal(session_rows(lab->members[0].session), 200);
	/* 21 minutes are no interval: unknown, and good again with the next. */
	assert_true(isnan(last(lab, "eth7", "in_octets")));
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_true(fabs(last(lab, "eth7", "in_octets") - 7000) < 1);
}

static void one_missed_poll_is_bridged(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	lab_poll(lab, 0);
	device->silent = true;
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	device->silent = false;
	lab_run(lab, 58 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 1);
}

static void one_pdu_is_lost(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 30, true);
	const struct poll_outcome *outcome;
	uint64_t lost;

	device->pdu_items = 20;
	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	lost = device->pdus + 2;
	device->pdu = lose_pdu;
	device->arg = &lost;
	outcome = lab_poll(lab, 0);
	assert_true(outcome->answered);
	assert_false(outcome->complete);
	assert_int_equal(outcome->failure, FAILURE_TIMEOUT);
	assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 1);
	/* Four rows a PDU: the third has 9 to 12; their samples are unknown, and so stored. */
	assert_true(isnan(last(lab, "eth10", "in_octets")));
	assert_true(isnan(last(lab, "eth10", "up")));
	assert_int_equal(memory_find(&lab->memory, "sw", "interfaces", "eth10")->n, 2);
	lab_run(lab, 58 * UNITS_SEC);
	assert_true(lab_poll(lab, 0)->complete);
	assert_true(fabs(last(lab, "eth10", "in_octets") - 10000) < 1);
}

static void the_clock_goes_back(void **state)
{
	struct lab *lab = *state;
	const struct memory_series *series;

	one_switch(lab, 1, true);
	for (int i = 0; i < 5; i++) {
		lab_poll(lab, 0);
		lab_run(lab, 60 * UNITS_SEC);
	}
	clock_virtual_step_wall(&lab->clock, -630 * UNITS_SEC);
	for (int i = 0; i < 20; i++) {
		lab_poll(lab, 0);
		lab_run(lab, 60 * UNITS_SEC);
	}
	series = memory_find(&lab->memory, "sw", "interfaces", "eth1");
	assert_int_equal(series->n, 5 + 10);
	assert_true(fabs(memory_value(series, 0, "in_octets") - 1000) < 1);
	assert_true(fabs(memory_value(series, 9, "in_octets") - 1000) < 1); /* no rate is lost for it */
}

static void tables_have_their_own_interval(void **state)
{
	struct lab *lab = *state;

	one_switch(lab, 1, true);
	lab->profiles[0]->tables[0].interval = 300 * UNITS_SEC;
	for (int i = 0; i < 11; i++) {
		lab_poll(lab, 0);
		lab_run(lab, 60 * UNITS_SEC);
	}
	assert_int_equal(memory_find(&lab->memory, "sw", "interfaces", "eth1")->n, 3);
	assert_int_equal(memory_find(&lab->memory, "sw", "interfaces", "eth1")->interval, 300 * UNITS_SEC);
	assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 1);
}

static void excluded_rows_are_read_but_not_stored(void **state)
{
	struct lab *lab = *state;
	struct row_filter filter = {.table = (char[]){"interfaces"}};
	char *error;
	size_t offset;
	const struct rowset *set;

	one_switch(lab, 3, true);
	lab->profiles[0]->tables[0].exclude = match_new("^eth1$", &error, &offset);
	lab_device(lab, "sw2", "192.0.2.1");
	filter.exclude = match_new("^eth2$", &error, &offset);
	lab->devices[1].rows = &filter;
	lab->devices[1].n_rows = 1;
	for (int i = 0; i < 2; i++) {
		lab_poll(lab, 0);
		lab_poll(lab, 1);
		lab_run(lab, 60 * UNITS_SEC);
	}
	set = lab_rows(lab, 0, "interfaces");
	assert_true(set->rows[0].excluded);
	assert_false(set->rows[1].excluded);
	assert_true(fabs(rowset_rate(set, 0, 3) - 1000) < 1);
	assert_null(memory_find(&lab->memory, "sw", "interfaces", "eth1"));
	/* The owner's filter counts instead of the profile's. */
	assert_non_null(memory_find(&lab->memory, "sw2", "interfaces", "eth1"));
	assert_null(memory_find(&lab->memory, "sw2", "interfaces", "eth2"));
	match_free(filter.exclude);
}

static void freed_in_the_middle_of_everything(void **state)
{
	struct lab *lab = *state;

	one_switch(lab, 30, true);
	for (int ms = 0; ms < 60; ms++) {
		struct lab_member *member;
		size_t n = lab->inventory.n_devices;

		lab_device(lab, "sw", "192.0.2.1");
		lab->inventory.n_devices = n + 1;
		member = &lab->members[n];
		lab_start(lab);
		for (size_t i = 0; i < n; i++)
			loop_timer_stop(lab->loop, &lab->members[i].timer);
		loop_timer_at(lab->loop, &member->timer, loop_now(lab->loop));
		lab_run(lab, ms * UNITS_MS / 2);
		session_free(member->session);
		member->session = NULL;
		loop_timer_stop(lab->loop, &member->timer);
	}
	lab_run(lab, 60 * UNITS_SEC);
}

static void freed_by_the_hook(void **state)
{
	struct lab *lab = *state;

	one_switch(lab, 3, true);
	lab_start(lab);
	lab->members[0].free_when_polled = true;
	lab_run(lab, UNITS_SEC);
	assert_null(lab->members[0].session);
	assert_int_equal(lab->members[0].polls, 1);
}

static void uptime_in_seconds_is_not_trusted_for_ever(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	for (int i = 0; i < 12; i++) {
		replay_int(device, "1.3.6.1.2.1.1.3.0", VALUE_INTEGER, 1000 + i * 60);
		lab_poll(lab, 0);
		lab_run(lab, 60 * UNITS_SEC);
	}
	assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 5);
	assert_false(lab->members[0].last.restarted);
}

static void the_working_credential_is_kept_over_silence(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	strcpy(device->community, "secret");
	lab->devices[0].n_credentials = 2;
	lab_poll(lab, 0);
	device->silent = true;
	for (int i = 0; i < 25; i++) { /* all credentials are tried now and then */
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
		if (i == 9 || i == 10 || i == 20) {
			device->silent = false;
			lab_run(lab, 60 * UNITS_SEC);
			assert_true(lab_poll(lab, 0)->answered);
			device->silent = true;
		}
	}
	strcpy(device->community, "public"); /* and a new one is found */
	device->silent = false;
	for (int i = 0; i < 11; i++) {
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
	}
	assert_true(lab->members[0].last.answered);
	assert_string_equal(report(lab, 0)->credential, "public");
}

/* A restart is seen in a turn in which the table is not due. */
static void a_restart_voids_baselines_of_tables_not_due(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	lab->profiles[0]->tables[0].interval = 300 * UNITS_SEC;
	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	replay_reboot(device);
	replay_counter(device, IFX_TABLE ".6.1", 64, 1u << 30, 1000);
	lab_run(lab, 60 * UNITS_SEC);
	assert_true(lab_poll(lab, 0)->restarted);
	for (int i = 0; i < 3; i++) {
		lab_run(lab, 60 * UNITS_SEC);
		lab_poll(lab, 0);
	}
	assert_int_equal(memory_find(&lab->memory, "sw", "interfaces", "eth1")->n, 2);
	assert_true(isnan(last(lab, "eth1", "in_octets")));
}

static void a_turn_cut_short_before_its_walks_is_made_up_for(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);
	uint64_t lost;

	lab_poll(lab, 0);
	replay_reboot(device);
	lab_run(lab, 60 * UNITS_SEC);
	lost = device->pdus + 2; /* the poll that sees it, system group, and then silence */
	device->pdu = lose_pdu;
	device->arg = &lost;
	lab_poll(lab, 0);
	assert_false(lab_rows(lab, 0, "interfaces")->rows[0].placed);
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_true(lab_rows(lab, 0, "interfaces")->rows[0].placed);
	assert_true(last(lab, "eth1", "up") == 1);
}

static void a_new_match_that_is_cut_short_is_made_up_for(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device;
	uint64_t lost;

	probed_profile(lab);
	device = one_switch(lab, 1, true);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "if");
	replay_reboot(device);
	replay_system(device, "1.3.6.1.4.1.9.1.1", "a newer switch");
	replay_int(device, "1.3.6.1.2.1.2.1.0", VALUE_INTEGER, 1);
	lab_run(lab, 60 * UNITS_SEC);
	lost = device->pdus + 2;
	device->pdu = lose_pdu;
	device->arg = &lost;
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "if");
	lab_run(lab, 60 * UNITS_SEC);
	lab_poll(lab, 0);
	assert_string_equal(report(lab, 0)->profile->name, "probed");
}

static void the_uptime_wraps_after_497_days(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	device->uptime_before = (UINT64_C(1) << 32) - 9000; /* 90 s before */
	for (int i = 0; i < 4; i++) {
		lab_poll(lab, 0);
		assert_false(lab->members[0].last.restarted);
		if (i > 0)
			assert_true(fabs(last(lab, "eth1", "in_octets") - 1000) < 1);
		lab_run(lab, 60 * UNITS_SEC);
	}
}

/* Out of sight for so long that its uptime is larger than before. */
static void boots_tell_of_a_restart(void **state)
{
	struct lab *lab = *state;
	struct replay_device *device = one_switch(lab, 1, true);

	replay_int(device, "1.3.6.1.6.3.10.2.1.2.0", VALUE_INTEGER, 5);
	replay_int(device, "1.3.6.1.6.3.10.2.1.3.0", VALUE_INTEGER, 100);
	lab_poll(lab, 0);
	lab_run(lab, 60 * UNITS_SEC);
	replay_int(device, "1.3.6.1.6.3.10.2.1.3.0", VALUE_INTEGER, 160);
	assert_false(lab_poll(lab, 0)->restarted);
	lab_run(lab, 60 * UNITS_SEC);
	replay_int(device, "1.3.6.1.6.3.10.2.1.2.0", VALUE_INTEGER, 6);
	replay_int(device, "1.3.6.1.6.3.10.2.1.3.0", VALUE_INTEGER, 10);
	assert_true(lab_poll(lab, 0)->restarted);
	assert_true(isnan(last(lab, "eth1", "in_octets")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(first_contact_and_rates),
	    T(a_known_device_costs_its_values_only),
	    T(a_young_agents_tables_are_read_again_soon),
	    T(a_guard_of_zero_is_not_relied_on),
	    T(second_credential_answers),
	    T(nobody_answers),
	    T(profile_by_object_id),
	    T(profile_by_probe_and_by_configuration),
	    T(probes_into_tables_and_of_instances),
	    T(a_probe_that_is_lost_is_asked_again),
	    T(a_probe_that_is_refused_is_asked_again),
	    T(scalars_that_are_refused_are_not_missing),
	    T(a_walk_that_met_a_restart_is_taken_up_next_turn),
	    T(another_device_at_the_address),
	    T(scalars_that_are_not_there),
	    T(narrow_counters_where_there_are_no_wide_ones),
	    T(resets_and_discontinuities_are_unknown_for_one_interval),
	    T(a_restart_makes_no_spike),
	    T(a_silent_device_costs_one_small_pdu),
	    T(one_missed_poll_is_bridged),
	    T(one_pdu_is_lost),
	    T(the_clock_goes_back),
	    T(tables_have_their_own_interval),
	    T(excluded_rows_are_read_but_not_stored),
	    T(freed_in_the_middle_of_everything),
	    T(freed_by_the_hook),
	    T(the_working_credential_is_kept_over_silence),
	    T(a_restart_voids_baselines_of_tables_not_due),
	    T(a_turn_cut_short_before_its_walks_is_made_up_for),
	    T(a_new_match_that_is_cut_short_is_made_up_for),
	    T(the_uptime_wraps_after_497_days),
	    T(boots_tell_of_a_restart),
	    T(uptime_in_seconds_is_not_trusted_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
