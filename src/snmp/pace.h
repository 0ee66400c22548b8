/* pace: how fast a peer may be asked at most. Pure.
 *
 * A fixed distance between any two packets, first tries and further ones alike: some agents
 * drop what comes faster. What was not used is not saved up, so there is no burst, at the
 * start or after a pause. */
#ifndef ROLLCALL_SNMP_PACE_H
#define ROLLCALL_SNMP_PACE_H

#include <stdint.h>

struct pace {
	int64_t gap;  /* ns between two packets; 0 = as they come */
	int64_t next; /* monotonic ns, when the next one may leave */
};

/* `per_second` 0 = no limit. What has been sent still counts. */
void pace_set(struct pace *pace, unsigned per_second);
/* ns until a packet may leave; 0 = now. */
int64_t pace_wait(const struct pace *pace, int64_t now);
/* The time of the next packet, which is taken. */
int64_t pace_take(struct pace *pace, int64_t now);

#endif
