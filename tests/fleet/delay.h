/* delay: replies that have to wait, ordered by when they are due. */
#ifndef FLEET_DELAY_H
#define FLEET_DELAY_H

#include "fleet/outbox.h"

#include <stddef.h>
#include <stdint.h>

struct device;

struct delayed {
	int64_t due;	/* monotonic ns */
	uint64_t order; /* equal ones leave as they came */
	struct device *device;
	struct route route;
	size_t len;
	uint8_t bytes[];
};

struct delays;
struct delays *delays_new(void);
void delays_free(struct delays *delays);

void delays_add(struct delays *delays, int64_t due, struct device *device, const struct route *route,
    const uint8_t *bytes, size_t len);		  /* copies */
int64_t delays_next(const struct delays *delays); /* when the first is due; INT64_MAX = none */
/* The first one, if due at `now`; the caller frees it. Else NULL. */
struct delayed *delays_take(struct delays *delays, int64_t now);

#endif
