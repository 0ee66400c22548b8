/* due: when is it whose turn? Pure.
 *
 * A device's turns lie on a grid: every interval, at a phase that is a stable function
 * of its name. So load is even, and stays where it is over restarts and reloads. Times
 * are ns on one scale of the caller's choice (sched.c: wall time as it was at start,
 * moved on by the monotonic clock, so that steps of the wall clock change nothing). */
#ifndef ROLLCALL_POLL_DUE_H
#define ROLLCALL_POLL_DUE_H

#include <stdint.h>

/* In [0, interval), evenly spread over names. interval > 0. */
int64_t due_phase(const char *name, int64_t interval);
/* The first turn after `after`, never `after` itself. */
int64_t due_next(int64_t phase, int64_t interval, int64_t after);

#endif
