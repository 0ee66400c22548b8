/* worker: threads for what blocks (name look-ups, rendering), fed by a bounded
 * queue, answering in the loop. */
#ifndef ROLLCALL_BASE_WORKER_H
#define ROLLCALL_BASE_WORKER_H

#include "base/err.h"
#include "base/loop.h"

struct worker;

/* Starts the threads, named `name` (15 characters count), with all signals blocked.
 * NULL when the system has no threads left. */
struct worker *worker_new(struct loop *loop, const char *name, size_t threads, size_t capacity);
/* From the loop's thread, before the loop is freed. Waits for the jobs in progress; jobs not yet begun
 * get their done() without run(). Every done() has been called when it returns. */
void worker_free(struct worker *worker);
/* run(arg) in a thread, then done(arg), if not NULL, in the loop; never from within this call.
 * ERR_FULL when the queue is: then neither is called. */
enum err worker_submit(
    struct worker *worker, void (*run)(void *arg), void (*done)(void *arg), void *arg) MUST_USE;

#endif
