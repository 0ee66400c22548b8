/* walltime: what time it is, for someone who must not be led astray by it. Pure.
 *
 * One stamp far in the future rewrites every row of an RRD file and blocks it until
 * then. So a stamp is held against wall time carried forward by the monotonic clock,
 * not against whatever the clock says at that moment: small differences (slewing)
 * and steps backward are followed at once, a step ahead only when it has stood for
 * WALLTIME_CONFIRM. */
#ifndef ROLLCALL_STORE_WALLTIME_H
#define ROLLCALL_STORE_WALLTIME_H

#include <stdbool.h>
#include <stdint.h>

#define WALLTIME_SLEW	 INT64_C(2000000000)  /* ns: more is a step */
#define WALLTIME_AHEAD	 INT64_C(5000000000)  /* ns that a stamp may be ahead */
#define WALLTIME_CONFIRM INT64_C(10000000000) /* ns */

struct walltime {
	int64_t offset;	    /* trusted wall - monotonic, ns */
	int64_t step;	    /* offset of the clock since it was stepped ahead */
	int64_t step_since; /* monotonic ns; meaningful while stepped */
	bool stepped;
};

void walltime_init(struct walltime *time, int64_t mono, int64_t wall);
/* Tells both clocks' present state; returns the trusted wall time. */
int64_t walltime_now(struct walltime *time, int64_t mono, int64_t wall);
/* True if a stamp is so far ahead of `trusted` that no file may have it. */
static inline bool walltime_is_future(int64_t stamp, int64_t trusted)
{
	return stamp > trusted + WALLTIME_AHEAD;
}

#endif
