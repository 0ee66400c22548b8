/* loop: the event loop. The only code that talks to libevent's core (evhttp
 * servers ask for loop_event_base()).
 *
 * Timers are intrusive and live in a heap of our own, so that the same code runs
 * on a virtual clock: loop_new_virtual() has no descriptors; loop_run_until()
 * jumps from timer to timer. Callbacks never run from within the call that
 * armed them. One thread owns a loop; only loop_post() may be called from others. */
#ifndef ROLLCALL_BASE_LOOP_H
#define ROLLCALL_BASE_LOOP_H

#include "base/clock.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct loop_watch;
struct event_base;

struct loop_timer {
	int64_t at;  /* monotonic ns */
	size_t slot; /* place in the heap + 1; 0 = not armed */
	void (*fired)(void *arg);
	void *arg;
};

struct loop *loop_new(const struct clock *clock);
struct loop *loop_new_virtual(struct clock_virtual *clock);
void loop_free(struct loop *loop);
struct event_base *loop_event_base(struct loop *loop); /* NULL on a virtual loop */
const struct clock *loop_clock(const struct loop *loop);
int64_t loop_now(const struct loop *loop); /* monotonic ns, read afresh */

void loop_timer_init(struct loop_timer *timer, void (*fired)(void *arg), void *arg);
void loop_timer_at(
    struct loop *loop, struct loop_timer *timer, int64_t at); /* arms or moves; the past fires next turn */
void loop_timer_in(struct loop *loop, struct loop_timer *timer, int64_t ns);
void loop_timer_stop(struct loop *loop, struct loop_timer *timer); /* harmless when not armed */
static inline bool loop_timer_armed(const struct loop_timer *timer)
{
	return timer->slot != 0;
}

/* Calls ready(arg) while fd is readable (or writable). The fd stays the caller's. */
struct loop_watch *loop_watch_read(struct loop *loop, int fd, void (*ready)(void *arg), void *arg);
struct loop_watch *loop_watch_write(struct loop *loop, int fd, void (*ready)(void *arg), void *arg);
void loop_watch_free(struct loop_watch *watch); /* NULL is fine */

/* Calls got(signo, arg) in the loop. Lives until the loop is freed. */
void loop_signal(struct loop *loop, int signo, void (*got)(int signo, void *arg), void *arg);

/* Runs fn(arg) in the loop's thread, in order; from any thread. Never blocks.
 * What is still posted when the loop is freed runs then. */
void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);

void loop_run(struct loop *loop);  /* until loop_stop(); real loops */
void loop_stop(struct loop *loop); /* from within a callback */
/* Virtual loops: fires all timers and posts up to and including `mono`, moving the clock with them. */
void loop_run_until(struct loop *loop, int64_t mono);

#endif
