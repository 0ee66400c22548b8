/* eventwriter: the event log's thread: takes jobs from a queue, writes events in batches, answers in the
 * loop. */
#ifndef ROLLCALL_NOTIFY_EVENTWRITER_H
#define ROLLCALL_NOTIFY_EVENTWRITER_H

#include "base/loop.h"
#include "base/queue.h"
#include "notify/eventdb.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the loop and the thread count together. */
struct eventtally {
	atomic_size_t waiting; /* added, and neither written nor lost */
	atomic_uint_fast64_t written, lost;
	atomic_bool closing; /* set before the queue is closed */
};

struct eventwriter;

/* All are borrowed until eventwriter_free(); the database belongs to the thread meanwhile. NULL with errno.
 */
struct eventwriter *eventwriter_new(
    struct loop *loop, struct eventdb *db, struct queue *jobs, struct eventtally *tally);
/* After the queue was closed: waits until all is done; what cannot be written is counted as lost. */
void eventwriter_free(struct eventwriter *writer);

#endif
