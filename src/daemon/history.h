/* history: how much traffic there was, read from the RRD files, without the daemon.
 *
 * One file is read after the other, and two numbers of each row are kept: memory does not grow with the
 * number of files, but for a line each of the report. By tag, a device that has several groups' tags is read
 * once for each. Rows that are excluded have no files, and are not in it. */
#ifndef ROLLCALL_DAEMON_HISTORY_H
#define ROLLCALL_DAEMON_HISTORY_H

#include "base/err.h"
#include "base/match.h"
#include "model/inventory.h"
#include "model/traffic.h"

#include <stddef.h>

struct history_request {
	const char *state;	       /* the state directory */
	const struct device **devices; /* of the inventory */
	size_t n_devices;
	/* By tag: devices that have the tag, and those with "TAG:more" in a group for each; NULL = a group
	 * for each tag that there is. */
	const char *tag;
	const struct match *row; /* on the key; NULL = any */
	/* May be NULL. `done` of `all` devices are read. */
	void (*progress)(void *arg, size_t done, size_t all);
	void *arg;
};

/* Fills what belongs to rows and faults of a report that has its period, and what it is by. Then
 * traffic_finish(). */
void history_traffic(const struct history_request *request, struct traffic_report *report);

#endif
