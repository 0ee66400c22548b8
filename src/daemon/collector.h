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
struct pipeline *collector_pipeline(struct collector *collector);
struct desk *collector_desk(struct collector *collector);
/* Is work getting done? For the service manager's watchdog. Cheap. */
void collector_vitals(struct collector *collector, struct vitals *vitals);
/* The counted arrays are borrowed: good until the next call. */
void collector_stats(struct collector *collector, struct collector_stats *stats);

#endif
