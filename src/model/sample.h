/* sample: the seam between those who have numbers and those who keep them.
 *
 * store/ implements it with RRD files; tests and `probe` with memory or nothing.
 * A series is one row of one table of one device: one RRD file, one data source
 * per metric. Nothing here blocks: what a sink cannot take it counts as lost. */
#ifndef ROLLCALL_MODEL_SAMPLE_H
#define ROLLCALL_MODEL_SAMPLE_H

#include "base/err.h"
#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

struct table;

typedef uint32_t series_id;
#define SERIES_NONE UINT32_MAX

struct series_def {
	const char *device;	   /* name */
	const struct table *table; /* its columns with a ds, in order, are the data sources */
	const char *key;	   /* of the row; NULL for scalars */
	int64_t interval;	   /* ns between polls: step and heartbeat follow from it */
	int64_t timeout;	   /* ns, the time-out budget of one poll */
};

/* What a sample's value was made of, as it came. */
struct sample_raw {
	uint64_t bits; /* an integer, of a signed one its two's complement, or a double's octets */
	uint8_t form;  /* enum cell_form (rowset.h); CELL_NONE = there is none */
};

struct sink_ops {
	/* Same device, table and key give the same id. SERIES_NONE when the sink keeps nothing. */
	series_id (*series)(void *self, const struct series_def *def);
	/* `wall` in ns. Both are copied, n of each: the number of data sources. NaN = unknown. `raws` may be
	 * NULL. */
	void (*put)(void *self, series_id series, int64_t wall, const double *values,
	    const struct sample_raw *raws, size_t n);
	/* All samples put so far (of one device, or of all with NULL) into their files, then done(). */
	void (*flush)(void *self, const char *device, void (*done)(void *arg, enum err err), void *arg);
};

struct sink {
	const struct sink_ops *ops;
	void *self;
};

/* Path of a series below STATE/rrd: "<device>/<table>/<key>.rrd", scalars "<device>/<table>.rrd".
 * Each part percent-encoded; above 120 bytes cut and ended by "~" and 16 hex digits of its hash. */
void series_path(struct str *path, const char *device, const char *table, const char *key);

#endif
