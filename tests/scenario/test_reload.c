/* Another configuration in a running pipeline: who was there does not notice. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "scenario/pipelab.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S   UNITS_SEC
#define MIN (60 * UNITS_SEC)

static struct pipeline_change reload(struct pipelab *lab, const size_t *numbers, size_t n, int64_t interval)
{
	struct pipeline_change change;

	pipeline_reload(lab->pipeline, pipelab_snapshot(lab, numbers, n, interval), NULL, &change);
	return change;
}

static size_t find(const struct pipelab *lab, size_t number)
{
	char name[32];

	snprintf(name, sizeof name, "d%zu", number);
	return pipeline_find(lab->pipeline, name);
}

/* Samples of one device; and those without a rate. */
static uint64_t samples_of(const struct pipelab *lab, size_t number, uint64_t *unknown)
{
	uint64_t samples = 0;

	*unknown = 0;
	for (size_t i = 0; i < lab->n_series; i++) {
		if (lab->series[i].device != number)
			continue;
		samples += lab->series[i].samples;
		*unknown += lab->series[i].unknown;
	}
	return samples;
}

/* ---- a thousand of them ---- */

/* Thirty devices that are in each configuration, in another order each time, and thirty that come and go. */
static size_t shuffle(size_t *numbers, unsigned *seed)
{
	size_t n = 0;

	for (size_t i = 0; i < 60; i++)
		if (i < 30 || rand_r(seed) % 2 == 0)
			numbers[n++] = i;
	for (size_t i = n; i-- > 1;) {
		size_t j = (size_t)rand_r(seed) % (i + 1), kept = numbers[i];

		numbers[i] = numbers[j];
		numbers[j] = kept;
	}
	return n;
}

static void a_thousand_reloads(void **state)
{
	static struct pipelab lab;
	size_t numbers[60], n;
	unsigned seed = 1;

	(void)state;
	pipelab_init(&lab, 60, 3, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 5 * MIN);
	for (unsigned i = 0; i < 1000; i++) {
		struct pipeline_change change;

		n = shuffle(numbers, &seed);
		change = reload(&lab, numbers, n, MIN);
		assert_int_equal(change.added + change.unchanged, n);
		assert_true(change.unchanged >= 30);
		assert_int_equal(change.changed, 0);
		/* Some of them come in the midst of polls. */
		pipelab_run(&lab, S + (int64_t)(rand_r(&seed) % 20000) * UNITS_MS);
	}
	for (size_t i = 0; i < 30; i++) {
		uint64_t unknown, samples = samples_of(&lab, i, &unknown);
		int64_t lasted = loop_now(lab.lab.loop) - lab.lab.started;

		/* Three ports each turn, and the first contact's; none missed, none begun anew. */
		assert_in_range(samples, 3 * (uint64_t)(lasted / (MIN)), 3 * (uint64_t)(lasted / (MIN) + 2));
		assert_int_equal(unknown, 3);
		assert_true(pipelab_status(&lab, find(&lab, i)).hard);
		assert_int_equal(pipelab_state(&lab, find(&lab, i)), DEVICE_UP);
	}
	assert_int_equal(lab.wrong, 0);
	assert_int_equal(lab.backward, 0);
	assert_int_equal(pipelab_stats(&lab).polls_late, 0);
	pipelab_fini(&lab);
}

/* ---- what stays ---- */

static void a_poll_under_way_ends_as_it_was_begun(void **state)
{
	static struct pipelab lab;
	uint64_t unknown;

	(void)state;
	pipelab_init(&lab, 2, 2, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, 35 * S);
	lab.agents[0]->latency = S / 2;
	pipelab_run(&lab, pipelab_until_poll(&lab, 0) + S / 10);
	assert_true(pipeline_is_polling(lab.pipeline, "d0"));
	reload(&lab, (const size_t[]){1, 0}, 2, 10 * S);
	assert_true(pipeline_is_polling(lab.pipeline, "d0"));
	reload(&lab, (const size_t[]){0, 1}, 2, 10 * S);
	pipelab_run(&lab, S);
	assert_false(pipeline_is_polling(lab.pipeline, "d0"));
	pipelab_run(&lab, 30 * S);
	samples_of(&lab, 0, &unknown);
	assert_int_equal(unknown, 2);
	assert_int_equal(lab.wrong + lab.backward, 0);
	pipelab_fini(&lab);
}

static void a_removed_device_is_not_asked_again(void **state)
{
	static struct pipelab lab;
	struct pipeline_change change;
	uint64_t asked;

	(void)state;
	pipelab_init(&lab, 3, 1, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, 30 * S);
	lab.agents[1]->latency = S;
	pipelab_run(&lab, pipelab_until_poll(&lab, 1) + S / 10); /* in the midst of a poll */
	change = reload(&lab, (const size_t[]){0, 2}, 2, 10 * S);
	assert_int_equal(change.removed, 1);
	assert_int_equal(change.unchanged, 2);
	asked = lab.agents[1]->pdus;
	pipelab_run(&lab, MIN);
	assert_int_equal(lab.agents[1]->pdus, asked);
	assert_int_equal(pipeline_find(lab.pipeline, "d1"), SIZE_MAX);
	assert_int_equal(find(&lab, 2), 1);
	change = reload(&lab, NULL, 3, 10 * S);
	assert_int_equal(change.added, 1);
	pipelab_run(&lab, 20 * S);
	assert_true(lab.agents[1]->pdus > asked);
	pipelab_fini(&lab);
}

/* New ones come at the pace of first contacts, within an interval. */
static void new_devices_start_spread_out(void **state)
{
	static struct pipelab lab;
	size_t begun = 0, most = 0;

	(void)state;
	pipelab_init(&lab, 2000, 1, MIN);
	inventory_free(lab.inventory);
	lab.inventory = pipelab_snapshot(&lab, NULL, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 5 * MIN);
	reload(&lab, NULL, 2000, MIN);
	for (unsigned tenth = 0; tenth < 600; tenth++) {
		size_t now = 0;

		pipelab_run(&lab, S / 10);
		for (size_t i = 0; i < lab.n; i++)
			now += lab.agents[i]->pdus > 0;
		most = now - begun > most ? now - begun : most;
		begun = now;
	}
	assert_int_equal(begun, 2000);
	assert_in_range(most, 1, 60); /* 500 a second, and those whose turn it is */
	pipelab_fini(&lab);
}

static void another_interval_costs_no_rate(void **state)
{
	static struct pipelab lab;
	struct pipeline_change change;
	uint64_t unknown, samples;
	int64_t last;

	(void)state;
	pipelab_init(&lab, 1, 2, 30 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, 5 * MIN + 5 * S);
	/* Right after a turn: the next one is not so near that a rate would say little. */
	pipelab_run(&lab, pipelab_until_poll(&lab, 0) + S / 10);
	last = lab.series[0].last;
	samples = samples_of(&lab, 0, &unknown);
	change = reload(&lab, NULL, 1, 10 * S);
	assert_int_equal(change.changed, 1);
	assert_int_equal(unknown, 2);
	pipelab_run(&lab, 15 * S);
	assert_int_equal(lab.n_series, 4); /* asked for anew, as its files become others */
	assert_int_equal(lab.series[3].interval, 10 * S);
	assert_in_range(lab.series[3].last - last, 10 * S / 4, 15 * S);
	pipelab_run(&lab, 5 * MIN - 15 * S);
	assert_in_range(samples_of(&lab, 0, &unknown) - samples, 2 * 29, 2 * 31);
	assert_int_equal(unknown, 2);
	/* And back. */
	samples = samples_of(&lab, 0, &unknown);
	reload(&lab, NULL, 1, 30 * S);
	pipelab_run(&lab, 5 * MIN);
	assert_in_range(samples_of(&lab, 0, &unknown) - samples, 2 * 9, 2 * 11);
	assert_int_equal(unknown, 2);
	assert_int_equal(lab.wrong + lab.backward, 0);
	pipelab_fini(&lab);
}

static void states_pass_on(void **state)
{
	static struct pipelab lab;
	struct inventory *next;
	struct pipeline_change change;
	int64_t since;

	(void)state;
	pipelab_init(&lab, 4, 1, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	pipelab_silence(&lab, 2, 1, true);
	pipelab_run(&lab, MIN);
	assert_true(pipelab_status(&lab, 2).hard);
	since = pipelab_status(&lab, 2).since;
	reload(&lab, (const size_t[]){2, 3, 0}, 3, 10 * S);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_DOWN);
	assert_true(pipelab_status(&lab, 0).hard);
	assert_int_equal(pipelab_status(&lab, 0).since, since);
	assert_non_null(pipelab_problem(&lab, 0));
	assert_int_equal(pipelab_state(&lab, 2), DEVICE_UP);
	/* Another agent under the same name: asked anew, but it is still the same device that is down. */
	next = pipelab_snapshot(&lab, (const size_t[]){2, 3, 0}, 3, 10 * S);
	free(next->devices[0].host);
	next->devices[0].host = mem_strdup(lab.agents[1]->host);
	next->devices[0].agent_digest = next->devices[0].digest = 77;
	pipeline_reload(lab.pipeline, next, NULL, &change);
	assert_int_equal(change.changed, 1);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_DOWN);
	pipelab_run(&lab, 20 * S);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_UP);
	assert_null(pipelab_problem(&lab, 0));
	pipelab_fini(&lab);
}

static void parents_are_those_of_the_new_roll(void **state)
{
	static struct pipelab lab;
	struct inventory *next;
	struct pipeline_change change;

	(void)state;
	pipelab_init(&lab, 3, 1, 10 * S);
	lab.devices[1].parent = 0;
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	pipelab_silence(&lab, 0, 2, true);
	pipelab_run(&lab, MIN);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_UNREACHABLE);
	next = pipelab_snapshot(&lab, (const size_t[]){2, 1, 0}, 3, 10 * S);
	next->devices[1].parent = 0; /* d2 */
	pipeline_reload(lab.pipeline, next, NULL, &change);
	assert_int_equal(change.changed, 1);
	pipelab_run(&lab, 20 * S);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_DOWN); /* d2 is up: it is d1's own fault */
	pipelab_fini(&lab);
}

static void blindness_passes_on(void **state)
{
	static struct pipelab lab;
	size_t numbers[20];

	(void)state;
	pipelab_init(&lab, 20, 1, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	pipelab_silence(&lab, 0, 15, true);
	pipelab_run(&lab, 30 * S);
	assert_non_null(pipeline_problem(lab.pipeline));
	for (size_t i = 0; i < 20; i++)
		numbers[i] = 19 - i;
	reload(&lab, numbers, 20, 10 * S);
	assert_non_null(pipeline_problem(lab.pipeline));
	pipelab_run(&lab, 2 * MIN);
	assert_non_null(pipeline_problem(lab.pipeline));
	assert_int_equal(pipelab_count(&lab, DEVICE_UNREACHABLE), 15);
	/* Those that were silent are gone: nothing tells of blindness any more. */
	reload(&lab, numbers, 6, 10 * S);
	assert_null(pipeline_problem(lab.pipeline));
	reload(&lab, numbers, 20, 10 * S);
	pipelab_silence(&lab, 0, 15, false);
	pipelab_run(&lab, 2 * MIN);
	assert_null(pipeline_problem(lab.pipeline));
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 20);
	pipelab_fini(&lab);
}

/* ---- what changes ---- */

static void rows_of_another_profile_are_learned_anew(void **state)
{
	static struct pipelab lab;
	struct inventory *next;
	struct pipeline_change change;
	struct device_report report;
	uint64_t unknown;

	(void)state;
	pipelab_init(&lab, 1, 2, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	next = pipelab_snapshot(&lab, NULL, 1, 10 * S);
	next->profiles[0]->digest = 5;
	pipeline_reload(lab.pipeline, next, NULL, &change);
	assert_int_equal(change.unchanged, 1); /* of the device nothing else is said */
	pipelab_run(&lab, 20 * S);
	pipeline_report(lab.pipeline, 0, &report);
	assert_ptr_equal(report.profile, next->profiles[0]);
	assert_int_equal(report.tables[0]->n_rows, 2);
	samples_of(&lab, 0, &unknown);
	assert_int_equal(unknown, 4);
	assert_int_equal(lab.wrong + lab.backward, 0);
	pipelab_fini(&lab);
}

static void a_renamed_device_keeps_its_rates(void **state)
{
	static struct pipelab lab;
	struct inventory *next;
	struct pipeline_change change;
	struct pipeline_rename rename = {"d0", "0-new"};
	uint64_t unknown;

	(void)state;
	pipelab_init(&lab, 2, 2, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	next = pipelab_snapshot(&lab, NULL, 2, 10 * S);
	free(next->devices[0].name);
	next->devices[0].name = mem_strdup(rename.to);
	pipeline_reload(lab.pipeline, next, &rename, &change);
	assert_int_equal(change.added + change.removed, 0);
	assert_int_equal(pipeline_find(lab.pipeline, "d0"), SIZE_MAX);
	assert_int_equal(pipeline_find(lab.pipeline, "0-new"), 0);
	pipelab_run(&lab, MIN);
	samples_of(&lab, 0, &unknown);
	assert_int_equal(unknown, 2);
	assert_int_equal(lab.n_series, 6); /* those of d0 under the new name */
	assert_int_equal(lab.wrong + lab.backward, 0);
	pipelab_fini(&lab);
}

/* What the owner wants of rows, and how long an answer may take: nothing of it costs a rate. */
static void wishes_are_taken_over(void **state)
{
	static struct pipelab lab;
	struct inventory *next;
	struct device *device;
	struct device_report report;
	struct pipeline_change change;
	uint64_t unknown, samples;
	char *error = NULL;
	size_t at;

	(void)state;
	pipelab_init(&lab, 1, 3, 10 * S);
	pipelab_start(&lab);
	pipelab_run(&lab, MIN);
	next = pipelab_snapshot(&lab, NULL, 1, 10 * S);
	device = &next->devices[0];
	device->rows = mem_calloc(1, sizeof *device->rows);
	device->n_rows = 1;
	device->rows[0].table = mem_strdup("ports");
	device->rows[0].exclude = match_new("^2000$", &error, &at);
	assert_null(error);
	device->timeout = 2 * S;
	pipeline_reload(lab.pipeline, next, NULL, &change);
	pipeline_report(lab.pipeline, 0, &report);
	assert_true(report.tables[0]->rows[rowset_find(report.tables[0], "2000")].excluded);
	samples = samples_of(&lab, 0, &unknown);
	pipelab_run(&lab, MIN);
	assert_int_equal(samples_of(&lab, 0, &unknown), samples + 2 * 6);
	assert_int_equal(unknown, 3);
	reload(&lab, NULL, 1, 10 * S);
	pipelab_run(&lab, MIN);
	pipeline_report(lab.pipeline, 0, &report);
	assert_false(report.tables[0]->rows[rowset_find(report.tables[0], "2000")].excluded);
	assert_int_equal(lab.wrong + lab.backward, 0);
	pipelab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_thousand_reloads),
	    cmocka_unit_test(a_poll_under_way_ends_as_it_was_begun),
	    cmocka_unit_test(a_removed_device_is_not_asked_again),
	    cmocka_unit_test(new_devices_start_spread_out),
	    cmocka_unit_test(another_interval_costs_no_rate),
	    cmocka_unit_test(states_pass_on),
	    cmocka_unit_test(parents_are_those_of_the_new_roll),
	    cmocka_unit_test(blindness_passes_on),
	    cmocka_unit_test(rows_of_another_profile_are_learned_anew),
	    cmocka_unit_test(a_renamed_device_keeps_its_rates),
	    cmocka_unit_test(wishes_are_taken_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
