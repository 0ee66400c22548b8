/* axis: how a graph's numbers and times are written. Pure.
 *
 * Rates (bit/s, B/s, packets) take rrdtool's SI prefixes. Bytes are IEC and scaled to one
 * unit for the whole picture, because rrdtool knows no "GiB". All else is written as it is.
 * The time axis has digits only, so that it needs no language. */
#ifndef ROLLCALL_VIEWS_AXIS_H
#define ROLLCALL_VIEWS_AXIS_H

#include <stdbool.h>
#include <stdint.h>

struct axis {
	const char *unit; /* as shown: "bit/s", "GiB", "%", "" */
	double divisor;	  /* values are divided by it; 1 = not */
	bool si;	  /* prefixes by rrdtool; else none */
	bool from_zero;
	unsigned decimals;
};

/* `top` is the largest value to expect in the graph's unit (a disk's size), 0 when unknown. */
struct axis axis_of(const char *unit, double top);
/* rrdtool's --x-grid for a span in s, NULL to leave it to rrdtool. `narrow`: fewer labels. */
const char *axis_grid(int64_t span, bool narrow);

#endif
