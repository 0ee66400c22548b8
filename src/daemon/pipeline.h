/* pipeline: the whole way of a number, joined together.
 *
 *     inventory -> sched -> session -> engine -> ... -> session -+-> store
 *                                                                 +-> tracker -> status
 *                                                                 +-> reports for views
 *
 * Owns every stage. Lives in the loop's thread. */
#ifndef ROLLCALL_DAEMON_PIPELINE_H
#define ROLLCALL_DAEMON_PIPELINE_H

#include "base/err.h"
#include "base/loop.h"
#include "model/inventory.h"
#include "model/report.h"

#include <stddef.h>
#include <stdint.h>

struct pipeline;

/* Takes the inventory. NULL with *error (caller frees) when sockets or the state
 * directory cannot be had; the inventory is freed then too. */
struct pipeline *pipeline_new(struct loop *loop, struct inventory *inventory, char **error);
void pipeline_free(struct pipeline *pipeline);

const struct inventory *pipeline_inventory(const struct pipeline *pipeline);
/* What is known of device `number`; borrowed, good until the loop turns. */
void pipeline_report(const struct pipeline *pipeline, size_t number, struct device_report *report);
/* Number of the device called `name`, or SIZE_MAX. */
size_t pipeline_find(const struct pipeline *pipeline, const char *name);
/* Devices by state only: cheap. */
void pipeline_count_states(const struct pipeline *pipeline, size_t by_state[DEVICE_STATE_COUNT]);
/* The collector about itself. The counted arrays are borrowed likewise. */
void pipeline_stats(struct pipeline *pipeline, struct collector_stats *stats);
/* The collector's own problem (blindness), or NULL. */
const struct problem *pipeline_problem(const struct pipeline *pipeline);
/* All samples so far (of one device, or of all with NULL) into their files; done() in the loop. */
void pipeline_flush(
    struct pipeline *pipeline, const char *device, void (*done)(void *arg, enum err err), void *arg);

#endif
