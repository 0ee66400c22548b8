#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "unit/rules/tracker_bench.h"

#include <stdlib.h>

/* The tracker against a naive model that looks at everything each time. */

struct model {
	size_t n;
	unsigned tries;
	int64_t window;
	int *parent;
	bool *answers, *counted, *blinded;
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
	    cmocka_unit_test(random_histories),
	    cmocka_unit_test(a_simulated_year),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
