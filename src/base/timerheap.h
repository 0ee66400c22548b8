/* timerheap: armed timers by due time, for base/loop only.
 *
 * A 4-ary min-heap: its depth is half a binary heap's and the four children of
 * a node share one or two cache lines. The key lives in the heap, beside a
 * sequence number that keeps timers of equal time in the order they were armed. */
#ifndef ROLLCALL_BASE_TIMERHEAP_H
#define ROLLCALL_BASE_TIMERHEAP_H

#include "base/loop.h"

struct timerheap_entry {
	int64_t at; /* when it fires: timer->at, or later if that had passed already */
	uint64_t seq;
	struct loop_timer *timer;
};

struct timerheap {
	struct timerheap_entry *v;
	size_t n, cap;
	uint64_t seq; /* of the next one armed */
};

void timerheap_fini(struct timerheap *heap); /* does not touch the timers */

/* Puts a timer in, or moves it; it counts as armed anew either way. */
void timerheap_set(struct timerheap *heap, struct loop_timer *timer, int64_t at);
void timerheap_remove(struct timerheap *heap, struct loop_timer *timer); /* harmless when not armed */

/* The next to fire; NULL when empty. Valid until the heap changes. */
static inline const struct timerheap_entry *timerheap_top(const struct timerheap *heap)
{
	return heap->n ? &heap->v[0] : (const struct timerheap_entry *)0;
}

#endif
