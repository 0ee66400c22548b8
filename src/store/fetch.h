/* fetch: averages out of one RRD file, for reports. Reads only; needs no store, and no daemon.
 *
 * A file holds the same time several times over, in archives that are coarser the further back they reach.
 * Which one is read is decided here, because rrd_fetch's own choice takes the coarse one as soon as the fine
 * one misses a day in which there was nothing yet. The file is checked (format.h) before librrd sees it.
 *
 * Times are s since the epoch. Blocks; any thread. */
#ifndef ROLLCALL_STORE_FETCH_H
#define ROLLCALL_STORE_FETCH_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct fetch {
	int64_t start; /* beginning of the first row */
	int64_t step;  /* length of a row */
	size_t n_rows, n_ds;
	double *v; /* n_ds values a row, in the order asked for; NaN = unknown */
};

/* The resolution in which from..to is held: an archive whose rows are at most `wanted` long, the longest
 * such, else the finest one; that nothing known is before it is all that counts, not that it reaches back to
 * `from`. ERR_UNSUPPORTED: the file has none of these data sources, or no averages. Otherwise as
 * format_read(), with *error. */
enum err fetch_resolution(const char *path, const char *const *ds, size_t n_ds, int64_t from, int64_t to,
    int64_t wanted, int64_t *step, struct str *error) MUST_USE;

/* The rows of that resolution that touch from..to. Data sources that the file lacks are unknown. Waits a
 * moment for the writer's lock. The caller ends with fetch_fini() whatever came back. */
enum err fetch_read(const char *path, const char *const *ds, size_t n_ds, int64_t from, int64_t to,
    int64_t step, struct fetch *fetch, struct str *error) MUST_USE;
void fetch_fini(struct fetch *fetch);

#endif
