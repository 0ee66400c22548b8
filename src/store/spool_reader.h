/* spool_reader: what is in the spool, from a cursor of the reader's own on, batch by batch.
 *
 * A reader is told of batches that it got by another way (spool_reader_skip()), and reads those that it did
 * not: what an earlier run left, and what did not fit into memory. Samples of an earlier run come with the
 * numbers that their series have in this one; series that are new here are added to the table. What is
 * damaged, of an unknown series, or of a device that was renamed since, is passed over and counted. One
 * thread. */
#ifndef ROLLCALL_STORE_SPOOL_READER_H
#define ROLLCALL_STORE_SPOOL_READER_H

#include "base/err.h"
#include "store/batch.h"
#include "store/spool.h"

struct spool_reader;

/* `name` is that of the cursor. */
struct spool_reader *spool_reader_new(struct spool *spool, const char *name);
/* The cursor stays. NULL is fine. */
void spool_reader_free(struct spool_reader *reader);

/* The next batch that was appended before `until`, to be freed by the caller; *old: it is an earlier run's.
 * NULL when there is none. */
struct batch *spool_reader_next(struct spool_reader *reader, struct spool_position until, bool *old);
/* What comes before `to` is known. */
void spool_reader_skip(struct spool_reader *reader, struct spool_position to);
struct spool_position spool_reader_place(const struct spool_reader *reader);
/* All before segment `number` is dealt with, for good: see spool_reader_passed(). */
void spool_reader_release(struct spool_reader *reader, uint32_t number);

struct spool_damage {
	uint64_t octets;  /* passed over */
	uint64_t records; /* of unknown series, or with a wrong number of values */
};
struct spool_damage spool_reader_damage(const struct spool_reader *reader);

#endif
