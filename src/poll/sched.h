/* sched: when each device's turn comes.
 *
 * A device's slot within its interval is a stable function of its name (due.h),
 * so load is even and survives restarts and reloads. Lateness is measured: actual
 * minus due start; a poll is late if more than 1 s or 10 % of its interval, or
 * skipped because the one before had not ended. */
#ifndef ROLLCALL_POLL_SCHED_H
#define ROLLCALL_POLL_SCHED_H

#include "base/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sched;
struct sched_item; /* one device's place in the schedule */

/* `due` starts a poll and returns true, or returns false when the one before still
 * runs (then this turn is skipped and counted late, unless that was the first contact).
 * It must not remove an item. */
struct sched *sched_new(struct loop *loop, bool (*due)(void *arg, void *object, int64_t due_mono), void *arg);
void sched_free(struct sched *sched); /* and what items are left; NULL is fine */

/* First contact as soon as politeness allows: newcomers queue, 500 a second, but none waits
 * longer than to its first slot, which is within an interval. Then every interval at
 * its slot, beginning with the first one that is a quarter of an interval after the contact. */
struct sched_item *sched_add(struct sched *sched, void *object, const char *name, int64_t interval);
/* Another interval, and the name that it is known by from now on. Its next turn leaves the last one a quarter
 * of an interval, as after a first contact. */
void sched_change(struct sched *sched, struct sched_item *item, const char *name, int64_t interval);
void sched_remove(struct sched *sched, struct sched_item *item);
int64_t sched_next(const struct sched_item *item); /* monotonic ns */

struct sched_stats {
	uint64_t polls, polls_late;
	/* Lateness of the last 5 minutes, first contacts excluded; NaN = none yet. */
	double p50_ms, p99_ms, max_ms;
};
void sched_stats(const struct sched *sched, struct sched_stats *stats);

#endif
