/* summary: many events told as one. Pure.
 *
 *     37 events: 30 raised (28 critical, 2 warning), 7 cleared: core-sw1 device-down, edge-fw Gi0/1 if-down,
 * ... */
#ifndef ROLLCALL_NOTIFY_SUMMARY_H
#define ROLLCALL_NOTIFY_SUMMARY_H

#include "base/str.h"
#include "model/event.h"

#include <stdbool.h>
#include <stdint.h>

struct summary {
	uint64_t n; /* events; 0 = nothing to tell */
	uint64_t by_kind[EVENT_KIND_COUNT];
	uint64_t raised[SEVERITY_CRITICAL + 1];
	enum severity worst;
	int64_t id, time; /* of the last one */
	unsigned named;	  /* events whose names are in `names` */
	struct str names;
	char *device; /* of the first one */
	bool same_device;
	struct str text;
};

void summary_fini(struct summary *summary);
void summary_add(struct summary *summary, const struct event *event);
/* The event that tells of all; borrows from the summary, which is good until the next call. Its device is
 * the one that all are of, or NULL. */
struct event summary_event(struct summary *summary);
/* Empty again. */
void summary_clear(struct summary *summary);

#endif
