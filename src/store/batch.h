/* batch: samples on their way from the loop to the disk, packed into one block.
 *
 * What the queues between them carry, and a block of the spool (segment.h) as it is: self-contained but for
 * the series numbers. A batch may also be a mere tick (no records: the time), or carry an order for the
 * writer. */
#ifndef ROLLCALL_STORE_BATCH_H
#define ROLLCALL_STORE_BATCH_H

#include "base/err.h"
#include "base/loop.h"
#include "model/inventory.h"
#include "model/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BATCH_WORDS 8192 /* 64 KiB of records */

enum batch_kind { BATCH_TICK, BATCH_FLUSH, BATCH_RELOAD, BATCH_RENAME, BATCH_RELEASE };

struct batch_order {
	enum batch_kind kind;
	char *device;		   /* owned. Flush: NULL = all. Rename: the old name */
	char *new_name;		   /* owned; of a rename */
	struct settings *settings; /* keep.h, owned; of a reload */
	void (*done)(void *arg, enum err err);
	void *arg;
};

struct batch {
	int64_t mono, wall;	  /* ns, when it was handed over */
	struct batch_order order; /* after the records */
	/* Where it is in the spool: between these places; both the same: not there, or nothing to be there.
	 */
	struct spool_position {
		uint32_t number; /* of a segment */
		uint64_t offset;
	} begin, end;
	size_t n_words, n_records;
	bool pooled; /* of the store's pool, else freed after use */
	uint64_t *words;
};

struct record {
	series_id series;
	int64_t wall;  /* ns, when it was taken */
	int64_t stamp; /* ms, whole seconds: the time it has in its file */
	size_t n;
	const double *values;  /* inside the batch, as those below */
	const uint64_t *raws;  /* n bits (struct sample_raw) */
	const uint64_t *forms; /* of the raws, two bits each */
};

/* `room` of false makes a batch that can carry only a tick or an order. */
struct batch *batch_new(bool room);
void batch_free(struct batch *batch);
void batch_clear(struct batch *batch); /* for use anew */
/* False when it does not fit. `raws` may be NULL: none. */
bool batch_add(struct batch *batch, series_id series, int64_t wall, int64_t stamp, const double *values,
    const struct sample_raw *raws, size_t n);
/* The same record for another series. */
bool batch_copy(struct batch *batch, series_id series, const struct record *record);
/* Next record from *at (0 = the first); false at the end, and where there is no whole record. */
bool batch_next(const struct batch *batch, size_t *at, struct record *record);
/* Raw number i of a record. */
struct sample_raw record_raw(const struct record *record, size_t i);
/* Calls the order's done() in the loop, with err; from any thread. */
void batch_answer(struct loop *loop, const struct batch_order *order, enum err err);
/* Frees what the order owns and makes it a tick. */
void batch_order_fini(struct batch_order *order);

#endif
