/* Rows are known by their names: whatever happens to indexes and walks, a sample is put into the
 * series of the port that it is of, or nowhere. Each port's rate tells which one it is. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/lab.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PORTS 30
#define STEP  1000 /* octets a second by which ports' rates differ */

/* The real ports, of which the agent's table is but a view. */
struct world {
	struct lab lab;
	struct replay_device *device;
	uint64_t random;
	struct {
		int64_t since;
		uint64_t base;
		unsigned index;
	} ports[PORTS];
	bool with_guard, reboots;
	uint64_t changes; /* ifTableLastChange */
	uint64_t at_pdu;  /* renumber before this PDU */
	size_t renumbered;
	unsigned cut_one_in; /* packets of walks at which they are cut */
	size_t cuts;
};

static uint64_t roll(struct world *world, uint64_t n)
{
	world->random = world->random * 6364136223846793005u + 1442695040888963407u;
	return (world->random >> 33) % n;
}

/* Every fifth shares its ifName with the next one, every seventh has none: ifDescr names those. */
static void port_names(unsigned port, char *name, char *descr)
{
	snprintf(name, 32, "eth%u", port % 5 == 1 ? port - 1 : port);
	if (port % 7 == 6)
		name[0] = '\0';
	snprintf(descr, 32, "descr %u", port);
}

static void expose(struct world *world)
{
	lab_no_ports(world->device);
	for (unsigned p = 0; p < PORTS; p++) {
		char name[32], descr[32];
		int64_t now = loop_now(world->lab.loop);

		port_names(p, name, descr);
		world->ports[p].base +=
		    (uint64_t)((now - world->ports[p].since) / UNITS_MS) * (p + 1) * STEP / 1000;
		world->ports[p].since = now;
		lab_port(
		    world->device, world->ports[p].index, name, descr, world->ports[p].base, (p + 1) * STEP);
	}
	if (world->with_guard)
		replay_int(world->device, IF_GUARD ".0", VALUE_TIMETICKS, (int64_t)world->changes);
}

static void renumber(struct world *world)
{
	for (unsigned p = PORTS - 1; p > 0; p--) {
		unsigned q = (unsigned)roll(world, p + 1), index = world->ports[p].index;

		world->ports[p].index = world->ports[q].index;
		world->ports[q].index = index;
	}
	if (world->reboots) {
		replay_reboot(world->device);
		for (unsigned p = 0; p < PORTS; p++)
			world->ports[p].base = roll(world, 2) ? 0 : world->ports[p].base + 77777777;
	} else {
		world->changes++;
	}
	expose(world);
	world->renumbered++;
}

static enum failure before_pdu(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	struct world *world = arg;

	(void)device;
	if (number == world->at_pdu)
		renumber(world);
	if (is_walk && world->cut_one_in > 0 && roll(world, world->cut_one_in) == 0) {
		world->cuts++;
		return FAILURE_TIMEOUT;
	}
	return FAILURE_NONE;
}

static struct world *world_new(bool with_guard, bool reboots, uint64_t seed)
{
	struct world *world = calloc(1, sizeof *world);

	lab_init(&world->lab);
	lab_if_profile(&world->lab, with_guard);
	lab_device(&world->lab, "sw", "192.0.2.1");
	world->device = lab_switch(&world->lab, "192.0.2.1", 0);
	world->device->pdu_items = 20;
	world->device->pdu = before_pdu;
	world->device->arg = world;
	world->with_guard = with_guard;
	world->reboots = reboots;
	world->random = seed;
	world->changes = 5;
	world->at_pdu = UINT64_MAX;
	for (unsigned p = 0; p < PORTS; p++) {
		world->ports[p].index = 10 + p;
		world->ports[p].since = loop_now(world->lab.loop);
		world->ports[p].base = (uint64_t)p << 40;
	}
	expose(world);
	return world;
}

static void world_free(struct world *world)
{
	lab_fini(&world->lab);
	free(world);
}

/* The port that bears a key, by the rules of naming. */
static unsigned port_of(const char *key)
{
	char name[32], descr[32];

	for (unsigned p = 0; p < PORTS; p++) {
		port_names(p, name, descr);
		if (strcmp(key, name) == 0 || strcmp(key, descr) == 0)
			return p;
	}
	fail_msg("a row named %s", key);
	return 0;
}

/* Returns how many known rates there are. */
static size_t check_samples(struct world *world)
{
	struct memory_sink *memory = &world->lab.memory;
	size_t known = 0;

	assert_int_equal(memory->backward, 0);
	assert_int_equal(memory->n, PORTS);
	for (size_t i = 0; i < memory->n; i++) {
		struct memory_series *series = &memory->series[i];
		double expected = (port_of(series->key) + 1) * STEP;

		for (size_t s = 0; s < series->n; s++) {
			double rate = memory_value(series, s, "in_octets");

			if (isnan(rate))
				continue;
			known++;
			if (fabs(rate - expected) > STEP / 4.0)
				fail_msg("%s: %.0f instead of %.0f in sample %zu of %zu, renumbering %zu",
				    series->key, rate, expected, series->n - 1 - s, series->n,
				    world->renumbered);
		}
	}
	return known;
}

/* 250 renumberings at random times: between polls, between the PDUs of a poll and within walks. */
static void renumberings(bool with_guard, bool reboots, uint64_t seed)
{
	struct world *world = world_new(with_guard, reboots, seed);
	size_t polls = 0, known;

	while (world->renumbered < 250) {
		switch (roll(world, 3)) {
		case 0:
			renumber(world);
			break;
		case 1:
			world->at_pdu = world->device->pdus + roll(world, 20);
			break;
		default:
			break;
		}
		lab_poll(&world->lab, 0);
		polls++;
		lab_run(&world->lab, (30 + (int64_t)roll(world, 30)) * UNITS_SEC);
		if (roll(world, 4) == 0)
			renumber(world);
		lab_run(&world->lab, (int64_t)roll(world, 20) * UNITS_SEC);
	}
	known = check_samples(world);
	printf("  %zu renumberings, %zu polls, %zu of %zu rates known, 0 in a wrong series\n",
	    world->renumbered, polls, known, polls * PORTS);
	assert_int_equal(session_rows(world->lab.members[0].session), PORTS);
	/* Unknown where it must be, not because nothing works. */
	assert_true(known > polls * PORTS / (reboots ? 10 : 2));
	world_free(world);
}

static void renumbered_and_told_by_a_guard(void **state)
{
	(void)state;
	renumberings(true, false, 1);
}

static void renumbered_without_a_word(void **state)
{
	(void)state;
	renumberings(false, false, 2);
}

static void renumbered_by_reboots(void **state)
{
	(void)state;
	renumberings(true, true, 3);
}

static void renumbered_by_reboots_without_a_guard(void **state)
{
	(void)state;
	renumberings(false, true, 4);
}

static void cut_walks_lose_no_row(void **state)
{
	struct world *world = world_new(true, false, 5);

	(void)state;
	lab_poll(&world->lab, 0);
	lab_run(&world->lab, 59 * UNITS_SEC);
	world->cut_one_in = 3;
	for (unsigned turn = 0; world->cuts < 1000; turn++) {
		if (turn % 3 == 0)
			renumber(world);
		lab_poll(&world->lab, 0);
		assert_int_equal(session_rows(world->lab.members[0].session), PORTS);
		lab_run(&world->lab, 59 * UNITS_SEC);
	}
	printf("  %zu walks cut, 0 rows lost\n", world->cuts);
	world->cut_one_in = 0;
	for (int i = 0; i < 70; i++) {
		lab_poll(&world->lab, 0);
		lab_run(&world->lab, 59 * UNITS_SEC);
	}
	check_samples(world);
	for (size_t i = 0; i < PORTS; i++) {
		assert_true(lab_rows(&world->lab, 0, "interfaces")->rows[i].placed);
		assert_true(!isnan(memory_value(&world->lab.memory.series[i], 0, "in_octets")));
	}
	world_free(world);
}

static void caps_and_loops_keep_rows(void **state)
{
	static const enum walk_end ends[] = {
	    WALK_LOOP, WALK_CAP_ROWS, WALK_CAP_PACKETS, WALK_CAP_TIME, WALK_FAILED};

	(void)state;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		struct world *world = world_new(true, false, 6 + i);
		uint64_t walks;

		lab_poll(&world->lab, 0);
		world->device->cut = ends[i];
		world->device->cut_after = 1;
		renumber(world);
		lab_run(&world->lab, 60 * UNITS_SEC);
		walks = world->device->walks;
		for (int p = 0; p < 8; p++) {
			lab_poll(&world->lab, 0);
			lab_run(&world->lab, 60 * UNITS_SEC);
		}
		/* What is not known again is not shown as if it were of now. */
		for (size_t row = 0; row < PORTS; row++) {
			const struct rowset *set = lab_rows(&world->lab, 0, "interfaces");

			assert_true(set->rows[row].placed ||
				    set->quality[rowset_cell(set, row, 3)] == QUALITY_UNKNOWN);
		}
		/* Not walked again at each poll. */
		assert_true(world->device->walks - walks <= 2);
		assert_int_equal(session_rows(world->lab.members[0].session), PORTS);
		check_samples(world);
		world_free(world);
	}
}

static void a_row_retires_after_three_complete_walks(void **state)
{
	struct world *world = world_new(true, false, 20);
	const struct rowset *set;
	uint64_t walks, pdus;

	(void)state;
	lab_poll(&world->lab, 0);
	lab_run(&world->lab, 60 * UNITS_SEC);
	for (int column = 1; column <= 19; column++) {
		char oid[80];

		snprintf(oid, sizeof oid, IF_TABLE ".%d.%u", column, world->ports[4].index);
		replay_remove(world->device, oid);
		snprintf(oid, sizeof oid, IFX_TABLE ".%d.%u", column, world->ports[4].index);
		replay_remove(world->device, oid);
	}
	walks = world->device->walks;
	lab_poll(&world->lab, 0);
	set = lab_rows(&world->lab, 0, "interfaces");
	assert_int_equal(world->device->walks - walks, 1);
	assert_int_equal(set->n_rows, PORTS);
	assert_int_equal(set->rows[4].missed, 1);
	assert_int_equal(set->quality[rowset_cell(set, 4, 3)], QUALITY_NO_SUCH);
	assert_true(!isnan(rowset_rate(set, 5, 3)));
	/* It is not asked for any more, so this is no reason to walk. */
	lab_run(&world->lab, 60 * UNITS_SEC);
	pdus = world->device->pdus;
	lab_poll(&world->lab, 0);
	assert_int_equal(world->device->walks - walks, 1);
	assert_true(world->device->pdus - pdus <= (PORTS * 5 + 19) / 20);
	while (world->device->walks - walks < 2) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	assert_int_equal(set->n_rows, PORTS);
	while (world->device->walks - walks < 3) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	assert_int_equal(set->n_rows, PORTS - 1);
	world_free(world);
}

static void a_new_row_is_found(void **state)
{
	struct world *world = world_new(true, false, 21);

	(void)state;
	lab_poll(&world->lab, 0);
	lab_port(world->device, 99, "wan0", "Uplink", 5, 5000);
	replay_int(world->device, IF_GUARD ".0", VALUE_TIMETICKS, 1234);
	for (int i = 0; i < 2; i++) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	assert_true(
	    fabs(memory_value(memory_find(&world->lab.memory, "sw", "interfaces", "wan0"), 0, "in_octets") -
		 5000) < 5);
	world_free(world);
}

static void a_guard_that_never_rests(void **state)
{
	struct world *world = world_new(true, false, 22);
	uint64_t walks;

	(void)state;
	for (int i = 0; i < 30; i++) {
		world->changes++;
		expose(world);
		lab_poll(&world->lab, 0);
		lab_run(&world->lab, 60 * UNITS_SEC);
	}
	walks = world->device->walks;
	for (int i = 0; i < 10; i++) {
		world->changes++;
		expose(world);
		lab_poll(&world->lab, 0);
		lab_run(&world->lab, 60 * UNITS_SEC);
	}
	assert_true(world->device->walks - walks <= 1);
	assert_true(!isnan(memory_value(&world->lab.memory.series[3], 0, "in_octets")));
	/* From now on the names are asked for with the values. */
	for (int i = 0; i < 5; i++) {
		renumber(world);
		lab_poll(&world->lab, 0);
		lab_run(&world->lab, 60 * UNITS_SEC);
	}
	check_samples(world);
	world_free(world);
}

/* Says yes in walks and no in GETs. */
static enum failure hide_in_gets(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	struct world *world = arg;

	(void)number;
	if (is_walk)
		expose(world);
	else
		replay_remove(device, IFX_TABLE);
	return FAILURE_NONE;
}

static void walks_and_gets_disagree(void **state)
{
	struct world *world = world_new(true, false, 23);
	uint64_t walks;

	(void)state;
	world->device->pdu = hide_in_gets;
	lab_poll(&world->lab, 0);
	walks = world->device->walks;
	for (int i = 0; i < 20; i++) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	assert_true(world->device->walks - walks <= 8);
	assert_int_equal(session_rows(world->lab.members[0].session), PORTS);
	world_free(world);
}

/* Renumbered, and neither its guard nor its uptime tells. */
static void swap_in_secret(struct world *world)
{
	uint64_t changes = world->changes;

	renumber(world);
	world->changes = changes;
	expose(world);
}

static void a_young_agent_is_asked_for_names(void **state)
{
	struct world *world = world_new(true, false, 24);

	(void)state;
	replay_reboot(world->device);
	lab_run(&world->lab, 20 * UNITS_SEC);
	for (int i = 0; i < 5; i++) {
		lab_poll(&world->lab, 0);
		lab_run(&world->lab, 60 * UNITS_SEC);
		swap_in_secret(world);
	}
	check_samples(world);
	world_free(world);
}

static void after_long_silence_names_are_read_again(void **state)
{
	struct world *world = world_new(true, false, 25);

	(void)state;
	lab_poll(&world->lab, 0);
	lab_run(&world->lab, 60 * UNITS_SEC);
	lab_poll(&world->lab, 0);
	world->device->silent = true;
	for (int i = 0; i < 12; i++) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	world->device->silent = false;
	swap_in_secret(world);
	for (int i = 0; i < 3; i++) {
		lab_run(&world->lab, 60 * UNITS_SEC);
		lab_poll(&world->lab, 0);
	}
	assert_true(check_samples(world) >= 3 * PORTS);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(renumbered_and_told_by_a_guard),
	    cmocka_unit_test(renumbered_without_a_word),
	    cmocka_unit_test(renumbered_by_reboots),
	    cmocka_unit_test(renumbered_by_reboots_without_a_guard),
	    cmocka_unit_test(cut_walks_lose_no_row),
	    cmocka_unit_test(caps_and_loops_keep_rows),
	    cmocka_unit_test(a_row_retires_after_three_complete_walks),
	    cmocka_unit_test(a_new_row_is_found),
	    cmocka_unit_test(a_guard_that_never_rests),
	    cmocka_unit_test(walks_and_gets_disagree),
	    cmocka_unit_test(a_young_agent_is_asked_for_names),
	    cmocka_unit_test(after_long_silence_names_are_read_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
