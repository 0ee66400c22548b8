/* layout: what a series' RRD file looks like. Pure: settings and an interval in,
 * step, heartbeat and archives out.
 *
 * Step: the smaller of the polling interval and the first archive's step, in whole
 * seconds, at least one. Heartbeat: two intervals and the time-out budget of a poll,
 * so that one lost poll is bridged and two are a gap. Archive steps are rounded up to
 * multiples of the step.
 *
 * Files hold 64-bit little- or big-endian C structs of the machine that made them
 * (rrdtool's format is not portable); sizes here are those of this machine. */
#ifndef ROLLCALL_STORE_LAYOUT_H
#define ROLLCALL_STORE_LAYOUT_H

#include "base/str.h"
#include "model/inventory.h"
#include "store/format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAYOUT_RRA_MAX 64 /* archives of one file, MAX ones counted apart */

struct layout_rra {
	bool is_max;   /* MAX, else AVERAGE */
	uint64_t pdps; /* steps per row */
	uint64_t rows;
};

struct layout {
	int64_t step, heartbeat; /* s */
	struct layout_rra rra[LAYOUT_RRA_MAX];
	size_t n_rras;
	bool rounded; /* an archive's step was no multiple of the step */
};

/* interval and timeout in ns. Archives beyond LAYOUT_RRA_MAX are left out. */
void layout_init(struct layout *layout, const struct settings *settings, int64_t interval, int64_t timeout);
/* Exact size in bytes of a file of `n_ds` data sources. */
uint64_t layout_size(const struct layout *layout, size_t n_ds);
/* True if the file has this step and these archives, in whatever order. Heartbeats and data
 * sources apart. */
bool layout_is_of(const struct layout *layout, const struct format_file *file);
/* Share of a row that may be unknown before the row is. */
double layout_xff(bool is_max);
/* Adds "RRA:AVERAGE:0.5:5:10080". */
void layout_add_rra(struct str *str, const struct layout_rra *rra);

#endif
