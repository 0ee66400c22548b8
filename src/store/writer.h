/* writer: the thread that brings samples into RRD files.
 *
 * Takes batches from one queue, gives pooled ones back through another. It has no
 * clock: the batches carry the time. With a gather time it holds samples in memory and
 * opens each file once per period, at a place of its own in the period, so that the
 * disk sees an even stream. What is held is bounded: beyond WRITER_HELD_MAX bytes a
 * file is written before its time. Between batches it migrates files (migration.h) and
 * renames devices (rename.h), a step after each batch, and the latter also while none comes. */
#ifndef ROLLCALL_STORE_WRITER_H
#define ROLLCALL_STORE_WRITER_H

#include "base/loop.h"
#include "base/queue.h"
#include "model/inventory.h"
#include "store/batch.h"
#include "store/series.h"
#include "store/tally.h"

#define WRITER_HELD_MAX	 (UINT64_C(256) << 20)
#define WRITER_AUTO_ROWS 10000			     /* from here up `gather: auto` gathers */
#define WRITER_AUTO	 (INT64_C(300) * 1000000000) /* ns */

struct writer;

struct writer_config {
	struct loop *loop;		 /* flushes are answered there */
	const struct settings *settings; /* at the beginning; copied */
	struct series_table *table;
	struct queue *in, *spare; /* of struct batch */
	struct tally *tally;
};

/* All else that config points to must outlive it. NULL with errno. */
struct writer *writer_new(const struct writer_config *config);
/* After queue_close(in): writes what is queued and held for at most `ns` of real time, counts
 * the rest as lost, ends the thread. A rename that is not complete by then is answered with ERR_CLOSED. */
void writer_free(struct writer *writer, int64_t ns);

/* ns between two writes of a file; 0 = at once. */
int64_t writer_gather(const struct settings *settings, size_t n_series);

#endif
