/* worker: threads for what blocks (name look-ups, rendering), fed by a bounded
 * queue, answering in the loop. */
#ifndef ROLLCALL_BASE_WORKER_H
#define ROLLCALL_BASE_WORKER_H

#include "base/err.h"
#include "base/loop.h"

struct worker;

struct worker *worker_new(struct loop *loop, const char *name, size_t threads, size_t capacity);
/* Waits for the job in progress; jobs not yet begun get their done() without run(). */
void worker_free(struct worker *worker);
/* run(arg) in a thread, then done(arg) in the loop. ERR_FULL when the queue is. */
enum err worker_submit(struct worker *worker, void (*run)(void *arg), void (*done)(void *arg), void *arg) MUST_USE;

#endif
