/* The whole way of a number on the virtual clock: schedule, session, samples, states, reports. */
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
#include <unistd.h>

#define S      UNITS_SEC
#define MIN    (60 * UNITS_SEC)
#define BUDGET (2 * S) /* a device's two tries */

/* ---- the roll ---- */

static void the_first_roll_of_a_thousand(void **state)
{
	static struct pipelab lab;
	struct collector_stats first, later;

	(void)state;
	pipelab_init(&lab, 1000, 2, MIN);
	pipelab_start(&lab);
	assert_int_equal(pipelab_count(&lab, DEVICE_UNKNOWN), 1000);
	assert_null(pipelab_problem(&lab, 7));
	assert_int_equal(pipelab_status(&lab, 7).since, 0);
	pipelab_run(&lab, MIN);
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 1000);
	pipelab_run(&lab, 2 * MIN);
	first = pipelab_stats(&lab);
	for (size_t i = 0; i < lab.n; i++)
		assert_true(pipelab_status(&lab, i).hard);
	pipelab_run(&lab, 60 * MIN);
	later = pipelab_stats(&lab);
	assert_int_equal(later.polls - first.polls, 1000 * 60);
	assert_int_equal(later.polls_late, 0);
	assert_true(later.lateness_max_ms <= 0);
	assert_int_equal(later.devices, 1000);
	assert_int_equal(later.rows, 2000);
	assert_int_equal(later.by_state[DEVICE_UP], 1000);
	assert_int_equal(lab.n_series, 2000);
	assert_int_equal(lab.samples, later.polls * 2);
	assert_int_equal(lab.unknown, 2000); /* the first of each has no rate */
	assert_int_equal(lab.wrong + lab.backward, 0);
	assert_null(pipeline_problem(lab.pipeline));
	pipelab_fini(&lab);
}

static void devices_are_found_by_name(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 20, 1, MIN);
	pipelab_start(&lab);
	assert_int_equal(pipeline_find(lab.pipeline, "d17"), 17);
	assert_int_equal(pipeline_find(lab.pipeline, "d20"), SIZE_MAX);
	assert_int_equal(pipeline_find(lab.pipeline, ""), SIZE_MAX);
	pipelab_fini(&lab);
}

/* ---- absence ---- */

static void a_device_dies_and_comes_back(void **state)
{
	static struct pipelab lab;
	struct device_status status;
	struct device_report report;
	int64_t wall;

	(void)state;
	pipelab_init(&lab, 5, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 5 * MIN);
	lab.agents[2]->silent = true;
	pipelab_run(&lab, pipelab_until_poll(&lab, 2));
	assert_int_equal(pipelab_state(&lab, 2), DEVICE_UP); /* it is being asked */
	pipelab_run(&lab, BUDGET + UNITS_MS);
	status = pipelab_status(&lab, 2);
	assert_int_equal(status.state, DEVICE_DOWN);
	assert_false(status.hard);
	wall = clock_wall(loop_clock(lab.lab.loop));
	assert_true(status.since <= wall && status.since >= wall - 10 * UNITS_MS);
	pipeline_report(lab.pipeline, 2, &report);
	assert_int_equal(report.n_problems, 1);
	assert_string_equal(report.problems[0].rule, "device-down");
	assert_int_equal(report.problems[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(report.problems[0].since, status.since);
	assert_string_equal(
	    report.problems[0].text, "does not answer SNMP at 10.0.0.2 (2 tries, each up to 1s)");
	pipelab_run(&lab, MIN);
	assert_false(pipelab_status(&lab, 2).hard);
	pipelab_run(&lab, MIN);
	assert_true(pipelab_status(&lab, 2).hard);
	assert_int_equal(pipelab_status(&lab, 2).since, status.since);
	pipeline_report(lab.pipeline, 2, &report);
	assert_int_equal(report.problems[0].since, status.since);
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 4);

	lab.agents[2]->silent = false;
	pipelab_run(&lab, MIN);
	assert_int_equal(pipelab_state(&lab, 2), DEVICE_UP);
	assert_false(pipelab_status(&lab, 2).hard);
	assert_null(pipelab_problem(&lab, 2));
	pipelab_run(&lab, 2 * MIN);
	assert_true(pipelab_status(&lab, 2).hard);
	assert_int_equal(lab.wrong + lab.backward, 0);
	assert_int_equal(pipelab_stats(&lab).polls_late, 0);
	pipelab_fini(&lab);
}

/* Wherever in its interval a device dies: down within an interval and its tries, back within an interval. */
static void detection_takes_an_interval_at_most(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 100, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 3 * MIN);
	for (size_t i = 0; i < lab.n; i++) {
		lab.agents[i]->silent = true;
		pipelab_run(&lab, MIN + BUDGET + S);
		assert_int_equal(pipelab_state(&lab, i), DEVICE_DOWN);
		assert_int_equal(pipelab_count(&lab, DEVICE_UP), lab.n - 1);
		lab.agents[i]->silent = false;
		pipelab_run(&lab, MIN + S);
		assert_int_equal(pipelab_state(&lab, i), DEVICE_UP);
	}
	pipelab_fini(&lab);
}

static void a_device_that_never_answered_is_down(void **state)
{
	static struct pipelab lab;
	struct device_report report;

	(void)state;
	pipelab_init(&lab, 3, 1, MIN);
	lab.agents[1]->silent = true;
	pipelab_start(&lab);
	pipelab_run(&lab, BUDGET + S);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_DOWN);
	assert_false(pipelab_status(&lab, 1).hard);
	assert_non_null(pipelab_problem(&lab, 1));
	pipelab_run(&lab, 3 * MIN);
	assert_true(pipelab_status(&lab, 1).hard);
	pipeline_report(lab.pipeline, 1, &report);
	assert_int_equal(report.last_poll, 0);
	assert_null(report.profile);
	assert_null(report.credential);
	pipelab_fini(&lab);
}

static enum failure fail_with(void *arg, struct replay_device *device, uint64_t number, bool is_walk)
{
	(void)device;
	(void)number;
	(void)is_walk;
	return *(const enum failure *)arg;
}

static void the_text_says_what_failed(void **state)
{
	static struct pipelab lab;
	static const struct {
		enum failure failure;
		const char *text;
	} cases[] = {
	    {FAILURE_TIMEOUT, "does not answer SNMP at 10.0.0.0 (2 tries, each up to 1s)"},
	    {FAILURE_REFUSED, "nothing listens on 10.0.0.0 (the agent refuses)"},
	    {FAILURE_RESOLVE, "host name \"10.0.0.0\" cannot be resolved: no address"},
	    {FAILURE_DECODE, "10.0.0.0 answers, but not to what SNMP must have (decode)"},
	};
	enum failure failure = FAILURE_NONE;

	(void)state;
	pipelab_init(&lab, 1, 1, MIN);
	lab.agents[0]->pdu = fail_with;
	lab.agents[0]->arg = &failure;
	pipelab_start(&lab);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		failure = FAILURE_NONE;
		pipelab_run(&lab, 2 * MIN);
		assert_null(pipelab_problem(&lab, 0));
		failure = cases[i].failure;
		pipelab_run(&lab, MIN + BUDGET);
		assert_non_null(pipelab_problem(&lab, 0));
		assert_string_equal(pipelab_problem(&lab, 0), cases[i].text);
	}
	/* The reason changes while it stays down: the text follows. */
	pipelab_run(&lab, 5 * MIN);
	assert_true(pipelab_status(&lab, 0).hard);
	failure = FAILURE_TIMEOUT;
	pipelab_run(&lab, MIN + BUDGET);
	assert_string_equal(pipelab_problem(&lab, 0), cases[0].text);
	pipelab_fini(&lab);
}

/* A credential that the agent side does not speak is no error of the network's. */
static void a_device_without_a_usable_credential(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 2, 1, MIN);
	lab.inventory->credentials[0]->version = SNMP_V3;
	pipelab_start(&lab);
	pipelab_run(&lab, 4 * MIN);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_DOWN);
	assert_string_equal(
	    pipelab_problem(&lab, 0), "cannot ask 10.0.0.0: none of its credentials can be used");
	pipelab_fini(&lab);
}

/* ---- stale ---- */

static void a_poll_that_hangs_makes_the_state_unknown(void **state)
{
	static struct pipelab lab;
	struct device_report report;
	int64_t last;

	(void)state;
	pipelab_init(&lab, 3, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 5 * MIN);
	lab.agents[1]->latency = 30 * MIN; /* of two PDUs at most: sysUpTime's answer comes, much too late */
	pipelab_run(&lab, pipelab_until_poll(&lab, 1));
	pipeline_report(lab.pipeline, 1, &report);
	last = report.last_poll;
	pipelab_run(&lab, MIN + BUDGET - S);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_UP); /* two intervals since the one before: not yet */
	pipelab_run(&lab, 2 * S);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_UNKNOWN);
	assert_false(pipelab_status(&lab, 1).hard);
	assert_int_equal(pipelab_count(&lab, DEVICE_UNKNOWN), 1);
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 2);
	pipeline_report(lab.pipeline, 1, &report);
	assert_int_equal(report.last_poll, last);
	pipelab_run(&lab, 10 * MIN);
	assert_true(pipelab_stats(&lab).polls_late >= 9); /* its turns were skipped */
	lab.agents[1]->latency = UNITS_MS;
	pipelab_run(&lab, 21 * MIN);
	assert_int_equal(pipelab_state(&lab, 1), DEVICE_UP);
	assert_int_equal(pipelab_count(&lab, DEVICE_UNKNOWN), 0);
	pipelab_fini(&lab);
}

/* ---- parents ---- */

/* core <- access <- leaf, with names that give them their turns in any order. */
static void family(struct pipelab *lab, unsigned seed)
{
	pipelab_init(lab, 3, 1, MIN);
	for (size_t i = 0; i < 3; i++) {
		char name[32];

		snprintf(name, sizeof name, "s%u-%zu", seed, i);
		free(lab->devices[i].name);
		lab->devices[i].name = mem_strdup(name);
		lab->devices[i].parent = (int)i - 1;
	}
	pipelab_start(lab);
	pipelab_run(lab, 3 * MIN);
}

static void parents_and_children_in_every_order(void **state)
{
	static struct pipelab lab;
	unsigned orders = 0;

	(void)state;
	for (unsigned seed = 0; seed < 60; seed++) {
		int64_t turn[3];

		family(&lab, seed);
		for (size_t i = 0; i < 3; i++)
			turn[i] = pipelab_until_poll(&lab, i);
		orders |= 1u << ((turn[0] < turn[1]) * 4 + (turn[1] < turn[2]) * 2 + (turn[0] < turn[2]));
		pipelab_silence(&lab, 0, 3, true);
		for (int second = 0; second < 200; second++) {
			pipelab_run(&lab, S);
			for (size_t i = 1; i < 3; i++) {
				struct device_status status = pipelab_status(&lab, i);

				assert_false(status.state == DEVICE_DOWN && status.hard);
				assert_false(
				    status.state == DEVICE_DOWN && pipelab_state(&lab, i - 1) != DEVICE_UP);
				/* Unreachable is no outage of its own. */
				assert_int_equal(
				    status.state == DEVICE_DOWN, pipelab_problem(&lab, i) != NULL);
			}
		}
		assert_int_equal(pipelab_state(&lab, 0), DEVICE_DOWN);
		assert_true(pipelab_status(&lab, 0).hard);
		assert_int_equal(pipelab_state(&lab, 1), DEVICE_UNREACHABLE);
		assert_int_equal(pipelab_state(&lab, 2), DEVICE_UNREACHABLE);
		/* The core is back, access is not: its own fault now, and leaf's is access. */
		pipelab_silence(&lab, 0, 1, false);
		pipelab_run(&lab, 3 * MIN);
		assert_int_equal(pipelab_state(&lab, 0), DEVICE_UP);
		assert_int_equal(pipelab_state(&lab, 1), DEVICE_DOWN);
		assert_int_equal(pipelab_state(&lab, 2), DEVICE_UNREACHABLE);
		pipelab_silence(&lab, 0, 3, false);
		pipelab_run(&lab, MIN + S);
		assert_int_equal(pipelab_count(&lab, DEVICE_UP), 3);
		pipelab_fini(&lab);
	}
	assert_int_equal(orders, 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 7); /* all six */
}

static void a_child_is_down_by_itself(void **state)
{
	static struct pipelab lab;

	(void)state;
	family(&lab, 1);
	pipelab_silence(&lab, 2, 1, true);
	pipelab_run(&lab, 3 * MIN + BUDGET);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_UP);
	assert_int_equal(pipelab_state(&lab, 2), DEVICE_DOWN);
	assert_true(pipelab_status(&lab, 2).hard);
	pipelab_fini(&lab);
}

/* What is hard down is not to be taken back, and told again, for one lost poll of its parent. */
static void a_child_that_is_hard_down_stays_so(void **state)
{
	static struct pipelab lab;
	int64_t since;

	(void)state;
	family(&lab, 2);
	pipelab_silence(&lab, 2, 1, true);
	pipelab_run(&lab, 5 * MIN);
	since = pipelab_status(&lab, 2).since;
	for (int i = 0; i < 2; i++) { /* 2 polls lost: the parent is soft down */
		pipelab_silence(&lab, 1, 1, true);
		pipelab_run(&lab, MIN + 10 * S);
		assert_true(pipelab_status(&lab, 2).hard);
		pipelab_silence(&lab, 1, 1, false);
		pipelab_run(&lab, MIN + BUDGET);
		assert_int_equal(pipelab_state(&lab, 1), DEVICE_UP);
		assert_int_equal(pipelab_state(&lab, 2), DEVICE_DOWN);
		assert_true(pipelab_status(&lab, 2).hard);
		assert_int_equal(pipelab_status(&lab, 2).since, since);
	}
	pipelab_silence(&lab, 1, 1, true);
	pipelab_run(&lab, 4 * MIN);
	assert_true(pipelab_status(&lab, 1).hard);
	assert_int_equal(pipelab_state(&lab, 2), DEVICE_UNREACHABLE);
	pipelab_fini(&lab);
}

/* ---- blindness ---- */

/* Two devices have long been down; then half of the others fall silent, and then all. */
static void blind_guard_of(size_t n)
{
	static struct pipelab lab;
	size_t others = n - 2, half = others / 2;
	const struct problem *problem;

	pipelab_init(&lab, n, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 2 * MIN);
	pipelab_silence(&lab, others, 2, true);
	pipelab_run(&lab, 5 * MIN);
	assert_true(pipelab_status(&lab, others).hard);
	/* Half are not more than half. */
	pipelab_silence(&lab, 0, half, true);
	pipelab_run(&lab, 4 * MIN);
	assert_null(pipeline_problem(lab.pipeline));
	assert_int_equal(pipelab_count(&lab, DEVICE_DOWN), half + 2);
	pipelab_silence(&lab, 0, half, false);
	pipelab_run(&lab, 4 * MIN);
	assert_int_equal(pipelab_count(&lab, DEVICE_DOWN), 2);

	pipelab_silence(&lab, 0, others, true);
	pipelab_run(&lab, MIN + BUDGET + S);
	problem = pipeline_problem(lab.pipeline);
	assert_non_null(problem);
	assert_string_equal(problem->rule, "collector-blind");
	assert_int_equal(pipelab_count(&lab, DEVICE_UNREACHABLE), others);
	assert_int_equal(pipelab_state(&lab, others), DEVICE_DOWN);
	pipelab_run(&lab, 60 * MIN);
	assert_int_equal(pipelab_count(&lab, DEVICE_UNREACHABLE), others);
	assert_true(pipelab_status(&lab, others).hard);
	assert_non_null(pipelab_problem(&lab, others));
	assert_null(pipelab_problem(&lab, 0));

	/* It sees again, but one device did not live through it. */
	pipelab_silence(&lab, 1, others - 1, false);
	pipelab_run(&lab, MIN + S);
	assert_null(pipeline_problem(lab.pipeline));
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), others - 1);
	pipelab_run(&lab, 3 * MIN);
	assert_int_equal(pipelab_state(&lab, 0), DEVICE_DOWN);
	assert_true(pipelab_status(&lab, 0).hard);
	assert_int_equal(pipelab_state(&lab, others), DEVICE_DOWN);
	assert_int_equal(lab.wrong + lab.backward, 0);
	assert_int_equal(pipelab_stats(&lab).polls_late, 0);
	pipelab_fini(&lab);
}

static void the_collector_is_blind(void **state)
{
	(void)state;
	blind_guard_of(12);
	blind_guard_of(30);
	blind_guard_of(1000);
}

/* Lines that are logged while the pipeline runs on. */
static size_t count_lines(struct pipelab *lab, int64_t ns, const char *text)
{
	FILE *file = tmpfile();
	int kept = dup(STDERR_FILENO);
	char line[512];
	size_t n = 0;

	assert_non_null(file);
	dup2(fileno(file), STDERR_FILENO);
	pipelab_run(lab, ns);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(file);
	while (fgets(line, sizeof line, file) != NULL)
		n += strstr(line, text) != NULL;
	fclose(file);
	return n;
}

static void blindness_is_told_once(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 1000, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 2 * MIN);
	pipelab_silence(&lab, 0, 1000, true);
	assert_int_equal(count_lines(&lab, 5 * MIN, "to=unreachable"), 0);
	assert_int_equal(pipelab_count(&lab, DEVICE_UNREACHABLE), 1000);
	pipelab_silence(&lab, 0, 1000, false);
	assert_int_equal(count_lines(&lab, 2 * MIN, "collector"), 1);
	pipelab_fini(&lab);
}

static void nine_devices_do_not_make_it_blind(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 9, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 2 * MIN);
	pipelab_silence(&lab, 0, 9, true);
	pipelab_run(&lab, 4 * MIN);
	assert_null(pipeline_problem(lab.pipeline));
	assert_int_equal(pipelab_count(&lab, DEVICE_DOWN), 9);
	pipelab_fini(&lab);
}

/* ---- time ---- */

static void the_uptime_wraps(void **state)
{
	static struct pipelab lab;

	(void)state;
	pipelab_init(&lab, 50, 2, MIN);
	for (size_t i = 0; i < lab.n; i++) /* within ten minutes from now, each at its own time */
		lab.agents[i]->uptime_before = (UINT64_C(1) << 32) - 60000 + 1180 * i;
	pipelab_start(&lab);
	pipelab_run(&lab, 30 * MIN);
	assert_int_equal(lab.unknown, 100);
	assert_int_equal(lab.wrong + lab.backward, 0);
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 50);
	pipelab_fini(&lab);
}

static void the_wall_clock_is_set(void **state)
{
	static struct pipelab lab;
	struct collector_stats before, after;
	uint64_t samples;

	(void)state;
	pipelab_init(&lab, 20, 1, MIN);
	pipelab_start(&lab);
	pipelab_run(&lab, 10 * MIN);
	before = pipelab_stats(&lab);
	samples = lab.samples;
	clock_virtual_step_wall(&lab.lab.clock, 3600 * S);
	pipelab_run(&lab, 10 * MIN);
	assert_int_equal(lab.samples - samples, 20 * 10);
	/* Ten minutes back: a gap of ten minutes. */
	clock_virtual_step_wall(&lab.lab.clock, -10 * MIN);
	samples = lab.samples;
	pipelab_run(&lab, 20 * MIN);
	assert_int_equal(lab.samples - samples, 20 * 10);
	after = pipelab_stats(&lab);
	assert_int_equal(after.polls - before.polls, 20 * 30);
	assert_int_equal(after.polls_late, 0);
	assert_int_equal(lab.unknown, 20);
	assert_int_equal(lab.wrong + lab.backward, 0);
	assert_int_equal(pipelab_count(&lab, DEVICE_UP), 20);
	assert_true(pipelab_until_poll(&lab, 3) > 0 && pipelab_until_poll(&lab, 3) <= MIN);
	pipelab_fini(&lab);
}

/* ---- the end ---- */

static void freed_in_the_middle_of_everything(void **state)
{
	static struct pipelab lab;

	(void)state;
	for (int at = 0; at < 60; at++) {
		pipelab_init(&lab, 30, 15, MIN);
		for (size_t i = 0; i < 30; i += 3)
			lab.devices[i + 1].parent = (int)i;
		pipelab_silence(&lab, 0, 5, true);
		pipelab_start(&lab);
		pipelab_run(&lab, at < 30 ? at * UNITS_MS : (at - 29) * 11 * S + at * 7 * UNITS_MS);
		if (at >= 30) {
			pipelab_silence(&lab, 0, 30, at % 2 == 0);
			for (size_t i = 5; i < 30; i++)
				pipelab_restart(&lab, i, (unsigned)at);
			pipelab_run(&lab, at * S + at * 3 * UNITS_MS);
		}
		pipelab_fini(&lab);
	}
	pipeline_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_roll_of_a_thousand),
	    cmocka_unit_test(devices_are_found_by_name),
	    cmocka_unit_test(a_device_dies_and_comes_back),
	    cmocka_unit_test(detection_takes_an_interval_at_most),
	    cmocka_unit_test(a_device_that_never_answered_is_down),
	    cmocka_unit_test(the_text_says_what_failed),
	    cmocka_unit_test(a_device_without_a_usable_credential),
	    cmocka_unit_test(a_poll_that_hangs_makes_the_state_unknown),
	    cmocka_unit_test(parents_and_children_in_every_order),
	    cmocka_unit_test(a_child_is_down_by_itself),
	    cmocka_unit_test(a_child_that_is_hard_down_stays_so),
	    cmocka_unit_test(the_collector_is_blind),
	    cmocka_unit_test(blindness_is_told_once),
	    cmocka_unit_test(nine_devices_do_not_make_it_blind),
	    cmocka_unit_test(the_uptime_wraps),
	    cmocka_unit_test(the_wall_clock_is_set),
	    cmocka_unit_test(freed_in_the_middle_of_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
