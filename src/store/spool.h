/* spool: samples on the disk before they are in RRD files, in STATE/spool.
 *
 * One thread appends batches as they come (a batch is a block, segment.h); others read them again, each
 * through a reader with a cursor of its own (spool_reader.h). A segment is deleted when all readers have done
 * with it. Segments refer to series by number; what the numbers of a run mean is written, before the first
 * sample, to the run's own file of series:
 *
 *     0000000017.samples  0000000018.samples    segments, numbered for ever; never continued after a restart
 *     0000000017.series                         the series of the run that began with segment 17
 *     rrd.cursor                                the first segment that the reader "rrd" still needs
 *     renamed                                   devices whose older samples are not to be replayed
 *
 * What a disk does not take (full, broken, gone) is an error of that append alone; the next one tries again.
 * Files that are not the spool's are left alone; segments of a later version too; one whose head is damaged
 * is set aside as `.bad`. */
#ifndef ROLLCALL_STORE_SPOOL_H
#define ROLLCALL_STORE_SPOOL_H

#include "base/err.h"
#include "store/batch.h"
#include "store/series.h"

#include <stdbool.h>
#include <stdint.h>

#define SPOOL_SEGMENT (UINT64_C(64) << 20)	  /* octets after which a segment ends */
#define SPOOL_AGE     (INT64_C(300) * 1000000000) /* ns after which it ends */
#define SPOOL_MAX     (UINT64_C(4) << 30)	  /* octets of all; appends fail beyond */

struct spool;

/* A place between two blocks: struct spool_position (batch.h). */
static inline bool spool_before(struct spool_position a, struct spool_position b)
{
	return a.number != b.number ? a.number < b.number : a.offset < b.offset;
}

/* What is there from earlier runs is found, not read. Always succeeds: a folder that cannot be had is tried
 * again by each append. `table` must outlive it. */
struct spool *spool_open(const char *state, struct series_table *table);
void spool_close(struct spool *spool); /* does not sync; NULL is fine */
/* SPOOL_SEGMENT and SPOOL_MAX before. From any thread. */
void spool_limit(struct spool *spool, uint64_t segment, uint64_t max);

/* ---- by the appending thread ---- */

/* `batch` has records, of the table's series. ERR_FULL: the spool has its size. ERR_IO with errno. After an
 * error nothing of the batch is in the spool. */
enum err spool_append(struct spool *spool, const struct batch *batch) MUST_USE;
/* All that was appended is on the disk. ERR_IO with errno. */
enum err spool_sync(struct spool *spool) MUST_USE;

/* ---- by any thread ---- */

struct spool_position spool_end(struct spool *spool); /* of what was appended */
uint64_t spool_bytes(struct spool *spool);	      /* of all files */
uint64_t spool_max(struct spool *spool);
/* Samples of the device (its folder) that are in the spool now are in its files: its history is about to be
 * moved, and a replay must not begin it anew. On the disk when it returns. ERR_IO with errno. */
enum err spool_mark_renamed(struct spool *spool, const char *folder) MUST_USE;

/* ---- for readers ---- */

/* The next segment from `number` on that is there. False when there is none. `sealed`: nothing more comes. */
struct spool_segment {
	uint32_t number, run;
	uint64_t end; /* octets */
	bool sealed;
};
bool spool_segment_from(struct spool *spool, uint32_t number, struct spool_segment *segment);
bool spool_is_own_run(struct spool *spool, uint32_t run);
int spool_folder(struct spool *spool); /* -1 = cannot be had */
struct series_table *spool_series(struct spool *spool);
/* Whether samples at this place of a series of an earlier run are dealt with by a rename. */
bool spool_is_renamed(struct spool *spool, const char *path, struct spool_position position);
/* A reader called `name` (fewer than 16 letters) needs what begins at `*number`, which is raised to what its
 * cursor on the disk says, and set to the first there is without one. Returns its number. */
int spool_reader_add(struct spool *spool, const char *name, uint32_t *number);
/* It needs nothing before segment `number` any more: the cursor is written, then segments that nobody needs
 * are deleted. */
void spool_reader_passed(struct spool *spool, int reader, uint32_t number);
void spool_reader_gone(struct spool *spool, int reader);

#endif
