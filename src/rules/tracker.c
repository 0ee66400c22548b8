#include "rules/tracker.h"

#include "base/mem.h"
#include "rules/blindness.h"

#include <stdlib.h>

#define TRACKER_MAGIC 0x74726163u

enum answer { ANSWER_NEVER, ANSWER_YES, ANSWER_NO };

struct tracked {
	struct device_status status;
	enum answer last;
	bool blinded; /* unreachable as the collector was blind, and not judged since */
	int parent;
	int64_t interval;
	size_t children, children_end; /* in tracker->children */
};

struct tracker {
	unsigned magic;
	size_t n;
	unsigned tries;
	struct tracker_hooks hooks;
	struct tracked *devices;
	size_t
	    *children; /* all devices' children, parent by parent; NULL until the snapshot's first report */
	struct blindness *blindness;
	int64_t blind_since; /* wall ns */
};

struct tracker *tracker_new(size_t n_devices, unsigned tries, const struct tracker_hooks *hooks)
{
	struct tracker *tracker = mem_alloc(sizeof *tracker);

	tracker->magic = TRACKER_MAGIC;
	tracker->n = n_devices;
	tracker->tries = tries > 0 ? tries : 1;
	tracker->hooks = *hooks;
	tracker->devices = mem_calloc(n_devices, sizeof *tracker->devices);
	tracker->blindness = blindness_new(n_devices);
	for (size_t i = 0; i < n_devices; i++)
		tracker->devices[i].parent = -1;
	return tracker;
}

void tracker_free(struct tracker *tracker)
{
	if (tracker == NULL)
		return;
	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	tracker->magic = 0;
	blindness_free(tracker->blindness);
	free(tracker->children);
	free(tracker->devices);
	free(tracker);
}

void tracker_set_device(struct tracker *tracker, size_t device, int parent, int64_t interval)
{
	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	tracker->devices[device].parent = parent;
	tracker->devices[device].interval = interval;
}

/* --- before the first report of a snapshot --- */

static void list_children(struct tracker *tracker)
{
	struct tracked *devices = tracker->devices;
	size_t at = 0;

	tracker->children = mem_calloc(tracker->n + 1, sizeof *tracker->children);
	for (size_t i = 0; i < tracker->n; i++)
		devices[i].children_end = 0;
	for (size_t i = 0; i < tracker->n; i++) {
		if (devices[i].parent >= 0)
			devices[devices[i].parent].children_end++; /* counts, for now */
	}
	for (size_t i = 0; i < tracker->n; i++) {
		size_t count = devices[i].children_end;

		devices[i].children = devices[i].children_end = at;
		at += count;
	}
	for (size_t i = 0; i < tracker->n; i++) {
		if (devices[i].parent >= 0)
			tracker->children[devices[devices[i].parent].children_end++] = i;
	}
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* "Within one interval", of a fleet that has several: the middle one. */
static int64_t median_interval(const struct tracker *tracker)
{
	int64_t *intervals = mem_calloc(tracker->n + 1, sizeof *intervals), median;

	for (size_t i = 0; i < tracker->n; i++)
		intervals[i] = tracker->devices[i].interval;
	qsort(intervals, tracker->n, sizeof *intervals, by_value);
	median = intervals[tracker->n / 2];
	free(intervals);
	return median;
}

/* --- states --- */

static bool is_hard_down(const struct tracked *device)
{
	return device->status.state == DEVICE_DOWN && device->status.hard;
}

/* Is the silence of a device explained by its parent? What blindness alone has made
 * unreachable explains nothing once the collector sees again. What is hard down, and has
 * been told, gives way only to what is as sure: or each lost poll of a switch would end and
 * renew the outages behind it. */
static bool is_excused(const struct tracker *tracker, const struct tracked *device)
{
	const struct tracked *parent;

	if (device->parent < 0)
		return false;
	parent = &tracker->devices[device->parent];
	if (is_hard_down(device) && !parent->status.hard)
		return false;
	return parent->status.state == DEVICE_DOWN ||
	       (parent->status.state == DEVICE_UNREACHABLE && !parent->blinded);
}

/* Every change of a status goes through here. Another poll in the same state adds to its
 * streak; the poll that begins a state counts, be it the device's own or the parent's. */
static void enter(struct tracker *tracker, size_t number, enum device_state state, int64_t wall)
{
	struct tracked *device = &tracker->devices[number];
	struct device_status *status = &device->status, before = *status;
	bool blind = blindness_now(tracker->blindness);

	device->blinded = blind && state == DEVICE_UNREACHABLE && (device->blinded || before.state != state);
	if (status->state != state) {
		status->state = state;
		status->streak = 0;
		status->since = wall;
	}
	if (status->streak < tracker->tries)
		status->streak++;
	status->hard = status->streak >= tracker->tries;
	if (before.state != status->state || before.hard != status->hard)
		tracker->hooks.changed(tracker->hooks.arg, number, &before, status);
}

/* What had been found silent behind a device that is silent too is not to be blamed. One
 * step is enough: what is behind a child that is down is covered by that child already. */
static void cover_children(struct tracker *tracker, const struct tracked *device, int64_t wall)
{
	if (blindness_now(tracker->blindness))
		return; /* whoever is down now is hard down, and stays so */
	for (size_t i = device->children; i < device->children_end; i++) {
		size_t number = tracker->children[i];
		const struct tracked *child = &tracker->devices[number];

		if (child->status.state == DEVICE_DOWN && is_excused(tracker, child))
			enter(tracker, number, DEVICE_UNREACHABLE, wall);
	}
}

static void judge(struct tracker *tracker, size_t number, bool answered, int64_t wall)
{
	struct tracked *device = &tracker->devices[number];
	bool blind = blindness_now(tracker->blindness);

	if (answered) {
		enter(tracker, number, DEVICE_UP, wall);
		return;
	}
	if (blind && is_hard_down(device))
		return;
	if (blind || is_excused(tracker, device))
		enter(tracker, number, DEVICE_UNREACHABLE, wall);
	else
		enter(tracker, number, DEVICE_DOWN, wall);
	cover_children(tracker, device, wall);
}

/* --- blindness --- */

static void go_blind(struct tracker *tracker, int64_t wall)
{
	size_t silent, were_up;

	blindness_counts(tracker->blindness, &silent, &were_up);
	tracker->blind_since = wall;
	tracker->hooks.blind(tracker->hooks.arg, true, silent, were_up, wall);
	for (size_t i = 0; i < tracker->n; i++) {
		const struct tracked *device = &tracker->devices[i];

		if (device->status.state == DEVICE_DOWN && !device->status.hard)
			enter(tracker, i, DEVICE_UNREACHABLE, wall);
	}
}

static void see_again(struct tracker *tracker, int64_t wall)
{
	size_t silent, were_up;

	blindness_counts(tracker->blindness, &silent, &were_up);
	tracker->hooks.blind(tracker->hooks.arg, false, silent, were_up, wall);
	tracker->blind_since = 0;
}

/* --- reports --- */

void tracker_report(struct tracker *tracker, size_t device, bool answered, int64_t mono, int64_t wall)
{
	enum answer before;

	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	if (tracker->children == NULL) {
		list_children(tracker);
		blindness_set_window(tracker->blindness, median_interval(tracker));
	}
	before = tracker->devices[device].last;
	tracker->devices[device].last = answered ? ANSWER_YES : ANSWER_NO;
	if (before == ANSWER_YES && !answered) {
		if (blindness_fell_silent(tracker->blindness, device, mono))
			go_blind(tracker, wall);
	} else if (before != ANSWER_YES && answered) {
		if (blindness_answered(tracker->blindness, device, mono))
			see_again(tracker, wall);
	}
	judge(tracker, device, answered, wall);
}

void tracker_renumber(struct tracker *tracker, const size_t *from, size_t n, unsigned tries, int64_t wall)
{
	struct tracked *devices = mem_calloc(n, sizeof *devices);

	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	for (size_t i = 0; i < n; i++) {
		if (from[i] != SIZE_MAX)
			devices[i] = tracker->devices[from[i]];
		devices[i].parent = -1;
	}
	free(tracker->devices);
	free(tracker->children);
	tracker->devices = devices;
	tracker->children = NULL;
	tracker->n = n;
	tracker->tries = tries > 0 ? tries : 1;
	if (blindness_renumber(tracker->blindness, from, n))
		see_again(tracker, wall);
}

void tracker_status(const struct tracker *tracker, size_t device, struct device_status *status)
{
	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	*status = tracker->devices[device].status;
}

bool tracker_blind(const struct tracker *tracker, int64_t *since_wall)
{
	MAGIC_CHECK(tracker, TRACKER_MAGIC);
	if (!blindness_now(tracker->blindness))
		return false;
	if (since_wall != NULL)
		*since_wall = tracker->blind_since;
	return true;
}
