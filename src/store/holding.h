/* holding: samples that wait in memory for their file to be opened.
 *
 * With a gather time each series has its own place in the period, the same every time, and its samples of the
 * period are written at once; without, they are written when the batch is done with. What is held is bounded:
 * beyond HOLDING_MAX bytes a file is written before its time. Samples of a file that cannot be written stay
 * held, and are tried again after HOLDING_RETRY, while half of that and half of the spool's size are free;
 * then they are lost. The writer's thread only. */
#ifndef ROLLCALL_STORE_HOLDING_H
#define ROLLCALL_STORE_HOLDING_H

#include "store/batch.h"
#include "store/migration.h"
#include "store/pending.h"
#include "store/rowfile.h"
#include "store/series.h"
#include "store/spool.h"

#include <stdbool.h>
#include <stdint.h>

#define HOLDING_MAX	  (UINT64_C(256) << 20)
#define HOLDING_RETRY	  10			      /* s */
#define HOLDING_AUTO_ROWS 10000			      /* from here up `gather: auto` gathers */
#define HOLDING_AUTO	  (INT64_C(300) * 1000000000) /* ns */
#define HOLDING_WHEEL	  2048			      /* s; more than the longest gather time */

struct holding {
	struct rowfiles *files; /* its settings and times count */
	struct migration *migration;
	struct series_table *table;
	struct spool *spool;
	struct series *wheel[HOLDING_WHEEL]; /* series by the second in which they are written */
	struct series *turn;		     /* to be written at the end of this batch */
	int64_t second;			     /* the last one whose slot was emptied; 0 = none yet */
	uint64_t bytes;
	struct pending pending;	  /* segments of the spool with samples that are held */
	_Atomic int64_t deadline; /* real monotonic ns; 0 = none. Set from another thread */
};

/* ns between two writes of a file; 0 = at once. */
int64_t holding_gather(const struct settings *settings, size_t n_series);

/* `number`: the segment of the spool that has the record; 0 = none. `old`: an earlier run left it, and it
 * counts only if its file does not have it. Refuses what is not newer than the newest sample of its file. */
void holding_take(struct holding *holding, const struct record *record, uint32_t number, bool old);
/* What is due by now. */
void holding_write_due(struct holding *holding);
/* All that is held, of one device (its folder) or with NULL of all. False when one of the files cannot be
 * written. */
bool holding_write(struct holding *holding, const char *folder);
/* All that is planned, before the gather time changes. */
void holding_write_planned(struct holding *holding);
/* The time for writing is over: what is still held is left to the spool, or lost. */
bool holding_out_of_time(const struct holding *holding);
void holding_fini(struct holding *holding);

#endif
