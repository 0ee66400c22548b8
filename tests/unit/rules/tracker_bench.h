/* A tracker under test, and what it told. Included by the tests of the tracker alone,
 * after cmocka. */
#ifndef ROLLCALL_TESTS_TRACKER_BENCH_H
#define ROLLCALL_TESTS_TRACKER_BENCH_H

#include "rules/tracker.h"

#define S    INT64_C(1000000000)
#define WALL (INT64_C(1764000000) * S)

struct bench {
	struct tracker *tracker;
	int64_t now;
	unsigned changes, hard_downs;
	struct device_status before, after;
	unsigned blind_begins, blind_ends;
	size_t silent, were_up;
};

static inline void note_change(
    void *arg, size_t device, const struct device_status *before, const struct device_status *after)
{
	struct bench *bench = arg;

	(void)device;
	assert_true(before->state != after->state || before->hard != after->hard);
	bench->changes++;
	bench->hard_downs += after->state == DEVICE_DOWN && after->hard;
	bench->before = *before;
	bench->after = *after;
}

static inline void note_blind(void *arg, bool blind, size_t silent, size_t were_up, int64_t wall)
{
	struct bench *bench = arg;

	(void)wall;
	bench->blind_begins += blind;
	bench->blind_ends += !blind;
	bench->silent = silent;
	bench->were_up = were_up;
}

static inline void open_bench(struct bench *bench, size_t n, unsigned tries)
{
	struct tracker_hooks hooks = {note_change, note_blind, bench};

	*bench = (struct bench){0};
	bench->tracker = tracker_new(n, tries, &hooks);
	for (size_t i = 0; i < n; i++)
		tracker_set_device(bench->tracker, i, -1, 60 * S);
}

static inline void report(struct bench *bench, size_t device, bool answered)
{
	bench->now += S / 100;
	tracker_report(bench->tracker, device, answered, bench->now, WALL + bench->now);
}

static inline void all(struct bench *bench, size_t from, size_t to, bool answered)
{
	for (size_t i = from; i < to; i++)
		report(bench, i, answered);
}

static inline void assert_state(struct bench *bench, size_t device, enum device_state state, bool hard)
{
	struct device_status status;

	tracker_status(bench->tracker, device, &status);
	if (status.state != state || status.hard != hard)
		fail_msg("device %zu is %s, hard %d", device, device_state_name(status.state), status.hard);
}

static inline void close_bench(struct bench *bench)
{
	tracker_free(bench->tracker);
}

#endif
