/* throttle: a lasting fault is said when it begins and when it ends, with count
 * and duration; not once per packet. Embed one per kind of fault and object. */
#ifndef ROLLCALL_BASE_THROTTLE_H
#define ROLLCALL_BASE_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

struct throttle {
	bool active;
	uint64_t count; /* failures since it began */
	int64_t began;	/* monotonic ns */
};

/* Counts a failure; true for the first one: log it. */
bool throttle_fail(struct throttle *throttle, int64_t now);
/* True if a fault was active: log its end with *count and *duration (ns). */
bool throttle_ok(struct throttle *throttle, int64_t now, uint64_t *count, int64_t *duration);

#endif
