/* spooler: the thread between loop and writer: each batch goes into the spool, then on to the writer.
 *
 * What was appended is synced within SPOOLER_SYNC. When the writer has fallen behind, batches that are in the
 * spool go no further: the writer reads them from there when its turn comes, and their memory is free again.
 * Batches that the spool does not take go on in memory alone; that is said once, and when it ends. */
#ifndef ROLLCALL_STORE_SPOOLER_H
#define ROLLCALL_STORE_SPOOLER_H

#include "base/queue.h"
#include "store/spool.h"
#include "store/tally.h"

#include <stddef.h>

#define SPOOLER_SYNC INT64_C(1000000000) /* ns */

struct spooler;

struct spooler_config {
	struct spool *spool;
	struct queue *in, *out, *spare; /* of struct batch: from the loop, to the writer, back to the loop */
	size_t behind;			/* batches that wait for the writer: further ones stay in the spool */
	struct tally *tally;
};

/* All that config points to must outlive it. NULL with errno. */
struct spooler *spooler_new(const struct spooler_config *config);
/* After queue_close(in): all that is queued goes its way, is synced, and the thread ends. */
void spooler_free(struct spooler *spooler);

#endif
