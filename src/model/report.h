/* report: what is known now about one device, and about the collector, put together
 * for views. Borrowed pointers throughout: good only while nothing runs in the loop. */
#ifndef ROLLCALL_MODEL_REPORT_H
#define ROLLCALL_MODEL_REPORT_H

#include "model/agent.h"
#include "model/inventory.h"
#include "model/rowset.h"
#include "model/status.h"

#include <stddef.h>
#include <stdint.h>

/* The system group (RFC 3418); members owned by whoever fills it, NULL when unknown. */
struct system_info {
	char *name, *object_id, *descr, *location, *contact;
	double uptime_s; /* NaN when unknown */
};
void system_info_fini(struct system_info *info);

struct device_report {
	const struct device *device;
	const struct profile *profile; /* NULL until matched */
	const char *profile_reason;    /* "sysObjectID 1.3.6.1.4.1.8072.3.2.10"; "" until matched */
	const char *credential;	       /* name of the one that works; NULL until known */
	const struct system_info *system;
	struct device_status status;
	const struct rowset *const *tables;
	size_t n_tables;
	int64_t last_poll; /* wall ns of the last answered poll's end; 0 = never */
	int64_t poll_time; /* ns the last poll took */
	int64_t next_poll; /* wall ns; 0 = not scheduled */
	const struct problem *problems;
	size_t n_problems;
	struct peer_stats peer;
};

struct collector_stats {
	int64_t uptime; /* ns */
	size_t devices, rows;
	uint64_t polls, polls_late;
	uint64_t requests, responses, timeouts, retransmits, late_replies;
	const struct counted {
		const char *name; /* "source", "request_id", "community", "malformed", ... */
		uint64_t count;
	} * rejected;
	size_t n_rejected;
	const struct counted *failures; /* by failure_name() */
	size_t n_failures;
	uint64_t values; /* cells decoded to a good value */
	uint64_t samples_stored, samples_lost, rrd_opens, spool_bytes;
	uint64_t samples_replayed;	      /* of those stored: an earlier run had left them in the spool */
	uint64_t rrd_migrated, rrd_migrating; /* files: got another layout; wait for it */
	uint64_t events_written, events_lost;
	uint64_t calls, calls_failed;				  /* of on_event */
	double lateness_p50_ms, lateness_p99_ms, lateness_max_ms; /* NaN when nothing was due yet */
	double cpu_s;
	uint64_t rss_bytes;
	unsigned threads;
	size_t by_state[DEVICE_STATE_COUNT];
};

#endif
