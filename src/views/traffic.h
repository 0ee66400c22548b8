/* traffic: a report of traffic as JSON, and that as CSV; the table is text.h's. */
#ifndef ROLLCALL_VIEWS_TRAFFIC_H
#define ROLLCALL_VIEWS_TRAFFIC_H

#include "base/str.h"
#include "model/traffic.h"

#include <jansson.h>

/* {"time", "from", "to", "running", "by", "rows": [...], "more", "totals", "unreadable"}; new reference.
 * Amounts in octets, rates in bit/s (names end in _bps), times in epoch seconds, shares from 0 to 1. */
json_t *json_traffic(const struct traffic_report *report);

/* The rows, with a line of names (RFC 4180, but lines end as the system's do); unknown is empty. */
void csv_traffic(struct str *out, const json_t *report);

#endif
