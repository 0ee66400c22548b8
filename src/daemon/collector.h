/* collector: the real thing around a pipeline: UDP below it, RRD files behind it. */
#ifndef ROLLCALL_DAEMON_COLLECTOR_H
#define ROLLCALL_DAEMON_COLLECTOR_H

#include "base/loop.h"
#include "daemon/pipeline.h"
#include "daemon/pulse.h"
#include "model/inventory.h"
#include "model/report.h"
#include "notify/desk.h"

struct collector;

/* Takes the inventory. NULL with *error (caller frees) when sockets or the state
 * directory cannot be had; the inventory is freed then too. */
struct collector *collector_new(struct loop *loop, struct inventory *inventory, char **error);
void collector_free(struct collector *collector);
/* Another snapshot, which it takes: see pipeline_reload(). state, run and writer must be the same. */
void collector_reload(struct collector *collector, struct inventory *inventory,
    const struct pipeline_rename *rename, struct pipeline_change *change);
/* The history (files, events, silences) of one name becomes that of another; before the reload that renames
 * the device. done() is called later, in the loop, with ERR_NOT_FOUND when there are no files of that name.
 */
void collector_rename(struct collector *collector, const struct pipeline_rename *rename,
    void (*done)(void *arg, enum err err), void *arg);
struct pipeline *collector_pipeline(struct collector *collector);
struct desk *collector_desk(struct collector *collector);
/* Is work getting done? For the service manager's watchdog. Cheap. */
void collector_vitals(struct collector *collector, struct vitals *vitals);
/* The counted arrays are borrowed: good until the next call. */
void collector_stats(struct collector *collector, struct collector_stats *stats);

#endif
