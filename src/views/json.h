/* json: model objects -> the JSON of DESIGN.md section 5. Same field names for
 * the command line, the dashboard and scripts; times are epoch seconds, unknown is null. */
#ifndef ROLLCALL_VIEWS_JSON_H
#define ROLLCALL_VIEWS_JSON_H

#include "model/report.h"

#include <jansson.h>
#include <stdint.h>

/* All return new references, never NULL. `now` in wall ns: what is older than two intervals is stale. */
json_t *json_status_device(const struct device_report *report, int64_t now); /* an item of "devices" */
json_t *json_status(
    json_t *devices /* array, stolen */, const size_t by_state[DEVICE_STATE_COUNT], int64_t now);
/* "silenced" and "acknowledged" are null: event_json.h sets them. */
json_t *json_problem(const struct problem *problem);
json_t *json_show(const struct device_report *report, int64_t now);
/* The same in pieces: with "tables", the last member, empty; and an item of a table. */
json_t *json_show_head(const struct device_report *report);
json_t *json_show_row(const struct device_report *report, const struct rowset *set, size_t row, int64_t now);
json_t *json_stats(const struct collector_stats *stats);

#endif
