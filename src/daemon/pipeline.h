/* pipeline: the whole way of a number, joined together.
 *
 *     inventory -> sched -> session -> agent -> session -+-> sink
 *                                                         +-> tracker, judge -> status, events
 *                                                         +-> reports for views
 *
 * The agent, the sink and the clock are seams: with a replayed agent and a virtual
 * loop the same pipeline runs a simulated year. Lives in the loop's thread. */
#ifndef ROLLCALL_DAEMON_PIPELINE_H
#define ROLLCALL_DAEMON_PIPELINE_H

#include "base/err.h"
#include "base/loop.h"
#include "model/agent.h"
#include "model/event.h"
#include "model/inventory.h"
#include "model/report.h"
#include "model/sample.h"

#include <stddef.h>
#include <stdint.h>

struct pipeline;

/* Takes the inventory; the agent and the sink must outlive the pipeline. */
struct pipeline *pipeline_new(
    struct loop *loop, struct inventory *inventory, const struct agent *agent, const struct sink *sink);
void pipeline_free(struct pipeline *pipeline);

/* Who is told of events, in the loop; must not call back. */
void pipeline_listen(
    struct pipeline *pipeline, void (*heard)(void *arg, const struct event *event), void *arg);
/* Before the loop runs: what was raised when the daemon ended. Of unknown devices it is left out. */
void pipeline_restore(struct pipeline *pipeline, const struct event *problem);

/* A device that has another name in the next snapshot. */
struct pipeline_rename {
	const char *from, *to;
};
struct pipeline_change {
	size_t added, removed, changed, unchanged;
};
/* Another snapshot, which it takes, in place of the one before. A device is the same by its name: it keeps
 * its turn in the schedule while its interval stays, its rows and rates while its agent does (agent_digest),
 * its state and problems in any case. `rename` may be NULL. Events of what is no longer judged come from
 * within. */
void pipeline_reload(struct pipeline *pipeline, struct inventory *inventory,
    const struct pipeline_rename *rename, struct pipeline_change *change);
bool pipeline_is_polling(const struct pipeline *pipeline, const char *device); /* now */
uint64_t pipeline_snapshot(const struct pipeline *pipeline); /* another number after each reload */

const struct inventory *pipeline_inventory(const struct pipeline *pipeline);
/* What is known of device `number`; borrowed, good until the loop turns. */
void pipeline_report(const struct pipeline *pipeline, size_t number, struct device_report *report);
/* Number of the device called `name`, or SIZE_MAX. */
size_t pipeline_find(const struct pipeline *pipeline, const char *name);
/* Devices by state only: cheap. */
void pipeline_count_states(const struct pipeline *pipeline, size_t by_state[DEVICE_STATE_COUNT]);
/* Adds what the pipeline knows of the collector: devices, rows, polls, values, lateness, states. */
void pipeline_stats(const struct pipeline *pipeline, struct collector_stats *stats);
/* Polls that have ended so far, and the time (ns) within which another one must end if all is well: two of
 * the shortest intervals and the longest time-out budget; 0 when nothing is scheduled. */
void pipeline_progress(const struct pipeline *pipeline, uint64_t *ended, int64_t *patience);
/* The collector's own problem (blindness), or NULL. */
const struct problem *pipeline_problem(const struct pipeline *pipeline);
/* All samples so far (of one device, or of all with NULL) into their files; done() in the loop. */
void pipeline_flush(
    struct pipeline *pipeline, const char *device, void (*done)(void *arg, enum err err), void *arg);

#endif
