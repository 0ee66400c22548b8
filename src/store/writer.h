/* writer: the thread that brings samples into RRD files.
 *
 * Takes batches from one queue, gives pooled ones back through another, and reads from the spool what comes
 * between two of them or was left by an earlier run: of that it skips what the files have already. Segments
 * of the spool are given up when all their samples are in files, and the files on the disk. It has no clock:
 * the batches carry the time. Samples wait in memory until their file is opened (holding.h). Between batches
 * it migrates files (migration.h) and renames devices (rename.h), a step after each batch, and the latter
 * also while none comes. */
#ifndef ROLLCALL_STORE_WRITER_H
#define ROLLCALL_STORE_WRITER_H

#include "base/loop.h"
#include "base/queue.h"
#include "model/inventory.h"
#include "store/batch.h"
#include "store/series.h"
#include "store/spool.h"
#include "store/tally.h"

#define WRITER_RELEASE (INT64_C(60) * 1000000000) /* ns between two looks for segments to give up */

struct writer;

struct writer_config {
	struct loop *loop;		 /* flushes are answered there */
	const struct settings *settings; /* at the beginning; copied */
	struct series_table *table;
	struct spool *spool;
	struct queue *in, *spare; /* of struct batch */
	struct tally *tally;
};

/* All else that config points to must outlive it. NULL with errno. */
struct writer *writer_new(const struct writer_config *config);
/* After queue_close(in): writes what is queued and held for at most `ns` of real time; the rest is
 * left in the spool, and lost if it is not there. Ends the thread. A rename that is not complete by then is
 * answered with ERR_CLOSED. */
void writer_free(struct writer *writer, int64_t ns);

#endif
