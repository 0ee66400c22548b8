/* record: a device's whole view read from end to end, once or several times over, as recordings.
 *
 * One PDU is in flight at a time, at the device's own pace (max_rate). Below 1.3 first, where nearly
 * everything is, then below 1.0 (LLDP-MIB) and 1.2 (older IEEE MIBs). What cannot be read to its end is kept
 * as far as it came, and the result says why. Nothing is polled, judged or stored here. */
#ifndef ROLLCALL_DAEMON_RECORD_H
#define ROLLCALL_DAEMON_RECORD_H

#include "base/loop.h"
#include "model/agent.h"
#include "model/inventory.h"
#include "model/recording.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_OBJECTS_MAX 1000000u

struct record_options {
	const struct device *device; /* address, credentials in the order to try, manners; borrowed */
	unsigned cycles;	     /* walks; 0 is taken as 1 */
	int64_t wait; /* ns from the beginning of one to that of the next, or at once if it took longer */
	size_t max_objects; /* of one walk; 0 = RECORD_OBJECTS_MAX */
};

struct record_result {
	unsigned cycle;	   /* from 0 */
	enum walk_end end; /* COMPLETE, or why the walk is cut short */
	enum failure failure;
	int error_number;	/* as in struct request_summary */
	struct oid last;	/* where a walk that was cut short had come to; empty when nothing came */
	size_t unread;		/* values that did not decode and are left out */
	int64_t began;		/* wall ns */
	int64_t took;		/* ns */
	unsigned pdus;		/* sent */
	const char *credential; /* the one that was answered; NULL when none was */
	struct peer_stats peer;
};

struct record_hooks {
	/* A walk has ended; the recording is in order, borrowed, and empty when nothing came. False: no more
	 * of them. */
	bool (*recorded)(void *arg, struct recording *recording, const struct record_result *result);
	/* Now and then. May be NULL. */
	void (*progress)(void *arg, unsigned cycle, size_t objects, int64_t elapsed);
	void *arg;
};

struct record;

/* Begins at the loop's next turn, and stops the loop when it is done. */
struct record *record_new(struct loop *loop, const struct agent *agent, const struct record_options *options,
    const struct record_hooks *hooks);
void record_free(struct record *record);

/* All of it over UDP, with a loop of its own. ERR_IO: no socket can be had. */
enum err record_run(const struct record_options *options, const struct record_hooks *hooks) MUST_USE;

#endif
