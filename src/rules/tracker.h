/* tracker: who is present. A pure state machine over the outcomes of polls: no I/O, no
 * loop; time comes in with each call.
 *
 * A device is down from the first poll in which nothing answers; unreachable while
 * its parent (or that one's parent ...) is down or unreachable, or the collector is
 * blind; `hard` once its state has held for `tries` polls.
 *
 * The order of polls does not matter: a device found down before its parent was turns
 * unreachable with it (one that is hard down, once the parent's state is hard too). When the
 * parent is back, the device stays unreachable until its own next poll.
 *
 * Blind: at least 10 devices that had been up, more than half of them silent within one
 * interval (blindness.h); a device that is hard down stays so. PROMISES 1.
 *
 * Whether a status is stale is for those who know the time: nothing here ages by itself. */
#ifndef ROLLCALL_RULES_TRACKER_H
#define ROLLCALL_RULES_TRACKER_H

#include "model/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tracker;

struct tracker_hooks {
	/* The status of a device has changed (state or hardness). */
	void (*changed)(
	    void *arg, size_t device, const struct device_status *before, const struct device_status *after);
	/* The collector has become blind, or sees again. `silent` of `were_up`. */
	void (*blind)(void *arg, bool blind, size_t silent, size_t were_up, int64_t wall);
	void *arg;
};

struct tracker *tracker_new(size_t n_devices, unsigned tries, const struct tracker_hooks *hooks);
void tracker_free(struct tracker *tracker);
/* Another snapshot: device i of n was number from[i], or SIZE_MAX if it is new. What is known of the others
 * stays; tracker_set_device() is to be called for all. Calls the hooks when what was removed ends blindness.
 */
void tracker_renumber(struct tracker *tracker, const size_t *from, size_t n, unsigned tries, int64_t wall);
/* Before the first report, or after tracker_renumber(). `parent` is a device number or -1; cycles were
 * refused by the configuration. */
void tracker_set_device(struct tracker *tracker, size_t device, int parent, int64_t interval);
/* A poll of the device has ended. Calls the hooks; they must not report. `mono` must not fall
 * from call to call. O(children), but O(devices) when the collector turns blind. */
void tracker_report(struct tracker *tracker, size_t device, bool answered, int64_t mono, int64_t wall);
void tracker_status(const struct tracker *tracker, size_t device, struct device_status *status);
bool tracker_blind(const struct tracker *tracker, int64_t *since_wall);

#endif
