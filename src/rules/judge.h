/* judge: what is wrong, by the rules, after every poll. Pure but for its memory: no I/O, no
 * loop; time comes in with each call.
 *
 * Per row and rule it keeps since when the condition holds and what was raised; a row is
 * known by its key, whatever its index is (DESIGN 3.3). Unknown values neither raise
 * nor clear; a row that was not sampled in this poll is not judged; a pause in the samples
 * (more than two intervals) ends what was pending. Excluded rows are not judged. A row
 * that is gone, or a rule that no longer holds for it, ends its problem.
 *
 * Rules of severity `info` give one event each time they begin to hold, and no problem.
 * A device has at most JUDGE_PROBLEMS_MAX problems at once; the first beyond is told of,
 * those after it are not, until there is room. */
#ifndef ROLLCALL_RULES_JUDGE_H
#define ROLLCALL_RULES_JUDGE_H

#include "model/event.h"
#include "model/inventory.h"
#include "model/rowset.h"
#include "model/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JUDGE_PROBLEMS_MAX 500	    /* of one device */
#define JUDGE_COLLECTOR	   SIZE_MAX /* in place of a device's number */

struct judge;

struct judge_hooks {
	/* `device` is JUDGE_COLLECTOR for events of the collector. The event is borrowed; must not call the
	 * judge. */
	void (*event)(void *arg, size_t device, const struct event *event);
	void *arg;
};

/* The inventory must outlive the judge. */
struct judge *judge_new(const struct inventory *inventory, const struct judge_hooks *hooks);
void judge_free(struct judge *judge);

/* After every answered poll of a device. `tables` are all of its rowsets (NULL items are left out), in the
 * same order while the profile stays. `restarted`: the agent has, since the poll before; `uptime_s` NaN when
 * unknown. `mono` must not fall from call to call. */
void judge_poll(struct judge *judge, size_t device, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables, bool restarted, double uptime_s, int64_t mono,
    int64_t wall);
/* The tracker's word has changed. `text` says why a device is down. Down shows as a problem at once, and is
 * an event once it is hard; up clears; unreachable and unknown neither. The same state again renews the text.
 */
void judge_state(struct judge *judge, size_t device, const struct device_status *before,
    const struct device_status *after, const char *text, int64_t wall);
void judge_blind(struct judge *judge, bool blind, const char *text, int64_t wall);

/* What is wrong now: the device's absence first, then by severity, then the oldest. Borrowed until
 * the next call that is not const. JUDGE_COLLECTOR is allowed. */
const struct problem *judge_problems(const struct judge *judge, size_t device, size_t *n);

/* Before a device's first poll: what was raised when the daemon ended. It is not raised again; it clears
 * when it is over, or when after some polls its row or its rule is not there. `object` NULL = the device. */
void judge_restore(struct judge *judge, size_t device, const char *rule, const char *object,
    enum severity severity, int64_t since_wall);

/* A device's problems and memory pass from the judge of the inventory before (whose device has another
 * number), which loses them. Rules are the same by name; what was pending stays if the rule is unchanged.
 * Problems of rules that are gone clear. JUDGE_COLLECTOR is allowed, for both. */
void judge_inherit(struct judge *judge, size_t device, struct judge *old, size_t old_device, int64_t wall);

size_t judge_memory(const struct judge *judge); /* bytes */

#endif
