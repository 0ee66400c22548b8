#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "rules/tracker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S    INT64_C(1000000000)
#define WALL (INT64_C(1764000000) * S)

/* A tracker, and what it told. */
struct bench {
	struct tracker *tracker;
	int64_t now;
	unsigned changes, hard_downs;
	size_t last_device;
	struct device_status before, after;
	unsigned blind_begins, blind_ends;
	size_t silent, were_up;
	int64_t blind_wall;
};

static void note_change(
    void *arg, size_t device, const struct device_status *before, const struct device_status *after)
{
	struct bench *bench = arg;

	assert_true(before->state != after->state || before->hard != after->hard);
	bench->changes++;
	bench->hard_downs += after->state == DEVICE_DOWN && after->hard;
	bench->last_device = device;
	bench->before = *before;
	bench->after = *after;
}

static void note_blind(void *arg, bool blind, size_t silent, size_t were_up, int64_t wall)
{
	struct bench *bench = arg;

	bench->blind_begins += blind;
	bench->blind_ends += !blind;
	bench->silent = silent;
	bench->were_up = were_up;
	bench->blind_wall = wall;
}

static void open_bench(struct bench *bench, size_t n, unsigned tries)
{
	struct tracker_hooks hooks = {note_change, note_blind, bench};

	*bench = (struct bench){0};
	bench->tracker = tracker_new(n, tries, &hooks);
	for (size_t i = 0; i < n; i++)
		tracker_set_device(bench->tracker, i, -1, 60 * S);
}

static void report(struct bench *bench, size_t device, bool answered)
{
	bench->now += S / 100;
	tracker_report(bench->tracker, device, answered, bench->now, WALL + bench->now);
}

static void all(struct bench *bench, size_t from, size_t to, bool answered)
{
	for (size_t i = from; i < to; i++)
		report(bench, i, answered);
}

static void assert_state(struct bench *bench, size_t device, enum device_state state, bool hard)
{
	struct device_status status;

	tracker_status(bench->tracker, device, &status);
	if (status.state != state || status.hard != hard)
		fail_msg("device %zu is %s, hard %d", device, device_state_name(status.state), status.hard);
}

static void close_bench(struct bench *bench)
{
	tracker_free(bench->tracker);
}

static void states_turn_hard_after_tries(void **state)
{
	struct bench bench;
	struct device_status status;

	(void)state;
	open_bench(&bench, 1, 3);
	tracker_status(bench.tracker, 0, &status);
	assert_int_equal(status.state, DEVICE_UNKNOWN);
	assert_int_equal(status.since, 0);
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, false);
	assert_int_equal(bench.changes, 1);
	assert_int_equal(bench.before.state, DEVICE_UNKNOWN);
	report(&bench, 0, true);
	assert_int_equal(bench.changes, 1); /* a streak alone is no change */
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, true);
	assert_int_equal(bench.changes, 2);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	assert_true(bench.before.hard);
	assert_int_equal(bench.after.since, WALL + bench.now);
	report(&bench, 0, false);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	report(&bench, 0, false);
	tracker_status(bench.tracker, 0, &status);
	assert_int_equal(status.streak, 3);
	assert_int_equal(status.since, WALL + bench.now - 3 * (S / 100));
	assert_int_equal(bench.changes, 4);
	report(&bench, 0, true);
	assert_state(&bench, 0, DEVICE_UP, false);
	close_bench(&bench);
	tracker_free(NULL);
}

static void never_up_is_down(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 1, 1);
	report(&bench, 0, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	assert_int_equal(bench.changes, 1);
	close_bench(&bench);
}

/* 0 <- 1 <- 2, and 3 beside. */
static void open_chain(struct bench *bench, unsigned tries)
{
	open_bench(bench, 4, tries);
	tracker_set_device(bench->tracker, 1, 0, 60 * S);
	tracker_set_device(bench->tracker, 2, 1, 60 * S);
	all(bench, 0, 4, true);
}

static void a_child_is_unreachable_behind_its_parent(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	all(&bench, 0, 3, false);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
	assert_state(&bench, 3, DEVICE_UP, false);
	all(&bench, 0, 3, false);
	all(&bench, 0, 3, false);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, true);
	assert_int_equal(bench.hard_downs, 1);
	close_bench(&bench);
}

static void the_order_of_polls_does_not_matter(void **state)
{
	static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		struct bench bench;

		open_chain(&bench, 3);
		for (size_t k = 0; k < 3; k++)
			report(&bench, orders[i][k], false);
		assert_state(&bench, 0, DEVICE_DOWN, false);
		assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
		assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
		close_bench(&bench);
	}
}

static void behind_a_parent_that_recovers_children_wait_for_their_poll(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	all(&bench, 0, 3, false);
	report(&bench, 0, true);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	report(&bench, 2, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, false);
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, false);
	report(&bench, 2, false);
	assert_state(&bench, 2, DEVICE_UNREACHABLE, true);
	report(&bench, 1, true);
	report(&bench, 2, true);
	assert_state(&bench, 2, DEVICE_UP, false);
	close_bench(&bench);
}

static void who_answers_is_up_whatever_the_parent(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 1);
	report(&bench, 0, false);
	report(&bench, 1, true);
	report(&bench, 2, false);
	assert_state(&bench, 1, DEVICE_UP, true);
	assert_state(&bench, 2, DEVICE_DOWN, true); /* its own parent is up */
	close_bench(&bench);
}

static void hard_down_gives_way_only_to_a_parent_that_is_hard(void **state)
{
	struct bench bench;

	(void)state;
	open_chain(&bench, 3);
	for (int i = 0; i < 3; i++)
		report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, false); /* one lost poll of the parent */
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, true);
	assert_int_equal(bench.hard_downs, 1);
	for (int i = 0; i < 3; i++) {
		assert_state(&bench, 1, DEVICE_DOWN, true);
		report(&bench, 0, false);
	}
	assert_state(&bench, 1, DEVICE_UNREACHABLE, false);
	close_bench(&bench);
	/* With one try all states are hard at once. */
	open_chain(&bench, 1);
	report(&bench, 1, false);
	assert_state(&bench, 1, DEVICE_DOWN, true);
	report(&bench, 0, false);
	assert_state(&bench, 1, DEVICE_UNREACHABLE, true);
	close_bench(&bench);
}

static void more_than_half_silent_is_blindness(void **state)
{
	struct bench bench;
	int64_t since;

	(void)state;
	open_bench(&bench, 20, 3);
	all(&bench, 0, 20, true);
	assert_false(tracker_blind(bench.tracker, &since));
	all(&bench, 0, 10, false);
	assert_int_equal(bench.blind_begins, 0); /* half is not more than half */
	assert_state(&bench, 0, DEVICE_DOWN, false);
	report(&bench, 10, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_int_equal(bench.silent, 11);
	assert_int_equal(bench.were_up, 20);
	assert_true(tracker_blind(bench.tracker, &since));
	assert_int_equal(since, WALL + bench.now);
	for (size_t i = 0; i < 11; i++)
		assert_state(&bench, i, DEVICE_UNREACHABLE, false);
	all(&bench, 11, 20, false);
	assert_state(&bench, 19, DEVICE_UNREACHABLE, false);
	for (int round = 0; round < 5; round++)
		all(&bench, 0, 20, false);
	assert_int_equal(bench.hard_downs, 0);
	all(&bench, 0, 9, true);
	assert_int_equal(bench.blind_ends, 0);
	report(&bench, 9, true);
	assert_int_equal(bench.blind_ends, 1);
	assert_false(tracker_blind(bench.tracker, NULL));
	assert_state(&bench, 15, DEVICE_UNREACHABLE, true); /* until it is polled */
	report(&bench, 15, false);
	assert_state(&bench, 15, DEVICE_DOWN, false);
	assert_int_equal(bench.blind_begins, 1);
	close_bench(&bench);
}

static void nine_devices_are_too_few(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 30, 3);
	all(&bench, 0, 9, true);
	all(&bench, 9, 30, false); /* never were up: take no part */
	all(&bench, 0, 9, false);
	assert_int_equal(bench.blind_begins, 0);
	assert_state(&bench, 0, DEVICE_DOWN, false);
	close_bench(&bench);
	open_bench(&bench, 30, 3);
	all(&bench, 0, 10, true);
	all(&bench, 10, 30, false);
	all(&bench, 0, 10, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_int_equal(bench.were_up, 10);
	close_bench(&bench);
}

static void slow_decay_is_no_blindness(void **state)
{
	struct bench bench;

	(void)state;
	open_bench(&bench, 40, 3);
	all(&bench, 0, 40, true);
	for (size_t dead = 0; dead < 40; dead++) {
		bench.now += 61 * S;
		all(&bench, 0, dead + 1, false);
		all(&bench, dead + 1, 40, true);
	}
	assert_int_equal(bench.blind_begins, 0);
	assert_state(&bench, 0, DEVICE_DOWN, true);
	close_bench(&bench);
}

static void within_one_interval(void **state)
{
	struct bench bench;

	(void)state;
	for (int64_t pause = 59; pause <= 61; pause += 2) {
		open_bench(&bench, 20, 3);
		all(&bench, 0, 20, true);
		all(&bench, 0, 6, false);
		bench.now += pause * S;
		all(&bench, 6, 11, false); /* 11 of 20, or 5 of 14 */
		assert_int_equal(bench.blind_begins, pause < 60);
		close_bench(&bench);
	}
}

static void hard_down_stays_down_while_blind(void **state)
{
	struct bench bench;
	unsigned told;

	(void)state;
	open_bench(&bench, 21, 3);
	tracker_set_device(bench.tracker, 20, 0, 60 * S);
	all(&bench, 0, 21, true);
	for (int i = 0; i < 3; i++)
		report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	told = bench.hard_downs;
	bench.now += 100 * S;
	for (int round = 0; round < 4; round++)
		all(&bench, 0, 21, false);
	assert_int_equal(bench.blind_begins, 1);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	/* Sight returns; the device is polled before its parent, which blindness covered. */
	all(&bench, 1, 20, true);
	assert_int_equal(bench.blind_ends, 1);
	report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	report(&bench, 0, true);
	report(&bench, 20, false);
	assert_state(&bench, 20, DEVICE_DOWN, true);
	assert_int_equal(bench.hard_downs, told); /* nobody is told twice */
	close_bench(&bench);
}

/* --- random histories against a naive model that looks at everything each time --- */

struct model {
	size_t n;
	unsigned tries;
	int64_t window;
	int *parent;
	bool *asked, *answers, *counted, *blinded;
	int64_t *silent_at;
	struct device_status *status;
	bool blind;
};

static void model_enter(struct model *m, size_t d, enum device_state state, int64_t wall)
{
	struct device_status *s = &m->status[d];

	m->blinded[d] = state == DEVICE_UNREACHABLE && m->blind && (s->state != state || m->blinded[d]);
	if (s->state != state)
		*s = (struct device_status){.state = state, .since = wall};
	if (s->streak < m->tries)
		s->streak++;
	s->hard = s->streak == m->tries;
}

static bool model_excused(const struct model *m, size_t d)
{
	int p = m->parent[d];

	if (p >= 0 && m->status[d].state == DEVICE_DOWN && m->status[d].hard && !m->status[p].hard)
		return false;
	return p >= 0 && (m->status[p].state == DEVICE_DOWN ||
			     (m->status[p].state == DEVICE_UNREACHABLE && !m->blinded[p]));
}

static void model_blindness(struct model *m, bool fell, int64_t mono)
{
	size_t up = 0, silent = 0, set = 0, back = 0;

	for (size_t i = 0; i < m->n; i++) {
		up += m->answers[i];
		silent += m->silent_at[i] >= 0 && !m->answers[i] && mono - m->silent_at[i] <= m->window;
		set += m->counted[i];
		back += m->counted[i] && m->answers[i];
	}
	if (m->blind) {
		m->blind = back * 2 < set;
		return;
	}
	if (!fell || up + silent < 10 || silent * 2 <= up + silent)
		return;
	m->blind = true;
	for (size_t i = 0; i < m->n; i++)
		m->counted[i] =
		    m->answers[i] || (m->silent_at[i] >= 0 && mono - m->silent_at[i] <= m->window);
}

static void model_report(struct model *m, size_t d, bool answered, int64_t mono, int64_t wall)
{
	bool fell = m->answers[d] && !answered, was_blind = m->blind;

	if (fell)
		m->silent_at[d] = mono;
	if (answered)
		m->silent_at[d] = -1;
	m->answers[d] = answered;
	m->asked[d] = true;
	model_blindness(m, fell, mono);
	for (size_t i = 0; i < m->n && m->blind && !was_blind; i++) {
		if (m->status[i].state == DEVICE_DOWN && !m->status[i].hard)
			model_enter(m, i, DEVICE_UNREACHABLE, wall);
	}
	if (answered)
		model_enter(m, d, DEVICE_UP, wall);
	else if (m->blind && m->status[d].state == DEVICE_DOWN)
		;
	else
		model_enter(m, d, m->blind || model_excused(m, d) ? DEVICE_UNREACHABLE : DEVICE_DOWN, wall);
	for (size_t i = 0; i < m->n; i++) {
		if (m->parent[i] != (int)d || m->blind || answered)
			continue;
		if (m->status[i].state == DEVICE_DOWN && model_excused(m, i))
			model_enter(m, i, DEVICE_UNREACHABLE, wall);
	}
	/* However it came about: nothing that is softly down is behind something silent. */
	for (size_t i = 0; i < m->n; i++)
		assert_false(m->status[i].state == DEVICE_DOWN && !m->status[i].hard && model_excused(m, i));
}

static uint64_t rng_state;

static uint64_t rnd(uint64_t below)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return (rng_state >> 11) % below;
}

static void model_open(struct model *m, size_t n, unsigned tries)
{
	*m = (struct model){.n = n, .tries = tries, .window = 60 * S};
	m->parent = mem_calloc(n, sizeof *m->parent);
	m->asked = mem_calloc(n, sizeof *m->asked);
	m->answers = mem_calloc(n, sizeof *m->answers);
	m->counted = mem_calloc(n, sizeof *m->counted);
	m->blinded = mem_calloc(n, sizeof *m->blinded);
	m->silent_at = mem_calloc(n, sizeof *m->silent_at);
	m->status = mem_calloc(n, sizeof *m->status);
	for (size_t i = 0; i < n; i++) {
		m->silent_at[i] = -1;
		m->parent[i] = i > 0 && rnd(2) ? (int)rnd(i) : -1;
	}
}

static void model_close(struct model *m)
{
	free(m->parent);
	free(m->asked);
	free(m->answers);
	free(m->counted);
	free(m->blinded);
	free(m->silent_at);
	free(m->status);
}

static void compare(struct bench *bench, const struct model *m)
{
	assert_int_equal(tracker_blind(bench->tracker, NULL), m->blind);
	for (size_t i = 0; i < m->n; i++) {
		struct device_status status;

		tracker_status(bench->tracker, i, &status);
		if (status.state != m->status[i].state || status.hard != m->status[i].hard ||
		    status.streak != m->status[i].streak || status.since != m->status[i].since)
			fail_msg("device %zu: %s/%u, model %s/%u", i, device_state_name(status.state),
			    status.streak, device_state_name(m->status[i].state), m->status[i].streak);
	}
}

/* Death comes to single devices, to whole branches, and to the collector's uplink. */
static void random_histories(void **state)
{
	unsigned blind = 0, sight = 0;

	(void)state;
	rng_state = 7777777;
	for (unsigned history = 0; history < 300; history++) {
		size_t n = 2 + rnd(40);
		unsigned tries = 1 + (unsigned)rnd(4);
		struct bench bench;
		struct model m;
		bool *dead = mem_calloc(n, sizeof *dead), cut = false;

		model_open(&m, n, tries);
		open_bench(&bench, n, tries);
		for (size_t i = 0; i < n; i++)
			tracker_set_device(bench.tracker, i, m.parent[i], 60 * S);
		for (unsigned step = 0; step < 1500; step++) {
			size_t d = rnd(n);
			bool answered = !cut && rnd(100) > 0;

			bench.now += (int64_t)rnd((uint64_t)(120 * S) / n);
			if (rnd(60) == 0)
				dead[rnd(n)] ^= true;
			if (rnd(cut ? 100 : 300) == 0)
				cut = !cut;
			for (int up = (int)d; up >= 0; up = m.parent[up])
				answered = answered && !dead[up];
			report(&bench, d, answered);
			model_report(&m, d, answered, bench.now, WALL + bench.now);
			compare(&bench, &m);
		}
		blind += bench.blind_begins;
		sight += bench.blind_ends;
		close_bench(&bench);
		model_close(&m);
		free(dead);
	}
	print_message("450,000 reports: blind %u times, seeing again %u times\n", blind, sight);
	assert_true(blind > 100 && sight > 100);
}

/* A thousand devices, a year of minutes thinned to every tenth: two outages of the uplink,
 * one of a core switch with 200 devices behind it, single deaths. */
static void a_simulated_year(void **state)
{
	enum { N = 1000, ROUNDS = 52560 };
	struct bench bench;
	unsigned singles = 0;

	(void)state;
	rng_state = 31337;
	open_bench(&bench, N, 3);
	for (size_t i = 0; i < N; i++)
		tracker_set_device(bench.tracker, i, i >= 1 && i <= 200 ? 0 : -1, 600 * S);
	for (int64_t round = 0; round < ROUNDS; round++) {
		bool uplink = (round >= 10000 && round < 10100) || (round >= 40000 && round < 40003);
		bool core = round >= 20000 && round < 20050;
		int64_t single =
		    round / 100 % 2 ? 500 + round / 200 : -1; /* one at a time, for 1,000 minutes */

		for (size_t i = 0; i < N; i++) {
			bool answered = !uplink && !(core && i <= 200) && (int64_t)i != single;

			tracker_report(bench.tracker, i, answered, round * 600 * S + (int64_t)i * (S / 2),
			    WALL + round * 600 * S);
		}
		singles += single >= 0 && round % 100 == 0;
	}
	print_message(
	    "52.6 million reports: %u hard downs, blind %u times\n", bench.hard_downs, bench.blind_begins);
	assert_int_equal(bench.blind_begins, 2);
	assert_int_equal(bench.blind_ends, 2);
	/* Each death is told once: the singles and the core switch. */
	assert_int_equal(bench.hard_downs, singles + 1);
	close_bench(&bench);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(states_turn_hard_after_tries),
	    cmocka_unit_test(never_up_is_down),
	    cmocka_unit_test(a_child_is_unreachable_behind_its_parent),
	    cmocka_unit_test(the_order_of_polls_does_not_matter),
	    cmocka_unit_test(behind_a_parent_that_recovers_children_wait_for_their_poll),
	    cmocka_unit_test(who_answers_is_up_whatever_the_parent),
	    cmocka_unit_test(hard_down_gives_way_only_to_a_parent_that_is_hard),
	    cmocka_unit_test(more_than_half_silent_is_blindness),
	    cmocka_unit_test(nine_devices_are_too_few),
	    cmocka_unit_test(slow_decay_is_no_blindness),
	    cmocka_unit_test(within_one_interval),
	    cmocka_unit_test(hard_down_stays_down_while_blind),
	    cmocka_unit_test(random_histories),
	    cmocka_unit_test(a_simulated_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
