/* migration: files whose layout is not what settings and definitions ask for get the right one,
 * one after the other, at a calm pace.
 *
 * A file is noted when the writer looks at it; after a reload that changed archives all are looked at, a few
 * per turn. A turn is one batch of the writer's, a tick at least: it looks at MIGRATION_LOOKS files, or
 * migrates one, and then not another before MIGRATION_SHARE of the time is kept: a file of 3 MB takes some
 * 0.3 s, for which samples wait in the queue. Samples that are held stay held meanwhile: only what is in the
 * file moves, its last time stays the same. Until its turn comes a file is written as it is. One that cannot
 * be migrated (no room) is told once, and all rest for MIGRATION_RETRY. The writer's thread only. */
#ifndef ROLLCALL_STORE_MIGRATION_H
#define ROLLCALL_STORE_MIGRATION_H

#include "store/rowfile.h"
#include "store/series.h"

#define MIGRATION_LOOKS 32
#define MIGRATION_SHARE 15			    /* percent of the thread's time */
#define MIGRATION_RETRY (INT64_C(600) * 1000000000) /* ns */

struct migration {
	struct series *first, *last; /* by next_migrant */
	size_t n;
	size_t survey_at, survey_end; /* numbers of the series that are to be looked at */
	int64_t not_before;	      /* monotonic ns */
	bool told;		      /* its beginning */
	uint64_t done;		      /* files, since then */
	int64_t began;
};

/* To be called when a series' file was looked at. Files that lack data sources go first: they cost values. */
void migration_note(struct migration *migration, struct rowfiles *files, struct series *series);
/* All series of the table that are there now are looked at in the next turns. */
void migration_survey(struct migration *migration, struct rowfiles *files, size_t n_series);
/* files->mono is the time. */
void migration_turn(struct migration *migration, struct rowfiles *files, struct series_table *table);

#endif
