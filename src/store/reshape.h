/* reshape: the history of one RRD file, or of two, in another layout. Pure.
 *
 * What comes out: a row that a source has with the same consolidation and length is that row.
 * Any other is put together from the finest rows that cover its time: the mean
 * weighted by time for AVERAGE, the greatest for MAX (from MAX archives, or the steps themselves;
 * only where there are none, from means). The share of a row that may be unknown is the archive's
 * xff, as if the samples had been written there from the beginning; what no source knows stays
 * unknown. The unfinished step and the unfinished rows go on where they were.
 *
 * Why not librrd's own prefill (rrd_create_r2 with sources). Measured with 1.7.2: it keeps what is known at
 * the same resolution, but it fills unknown rows of one archive from the coarser ones, so that an outage of
 * two hours became the mean of its day, and it fills MAX rows from AVERAGE ones when no MAX archive has the
 * very same length, so that peaks became means. So the rows are put together here, and the file is made of
 * them by librrd's other means, rrd_restore. */
#ifndef ROLLCALL_STORE_RESHAPE_H
#define ROLLCALL_STORE_RESHAPE_H

#include "store/image.h"
#include "store/layout.h"
#include "store/series.h"

/* `to`: empty, as the layout says; the data sources of the file, then those of the schema that it lacks. */
void reshape_begin(
    struct image *to, const struct layout *layout, const struct schema *schema, const struct image *from);
/* `to`: empty, as the file whose last time is the newest; the data sources of both, the first one's first. */
void reshape_begin_both(struct image *to, const struct image *a, const struct image *b);
/* Fills it from n sources (at most RESHAPE_SOURCES), by names of data sources. Where several know a time the
 * first counts. to->last becomes the newest of theirs. */
#define RESHAPE_SOURCES 2
void reshape_fill(struct image *to, const struct image *const *from, size_t n);

#endif
