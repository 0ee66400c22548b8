/* devicelist_json: a discovery's result for programs.
 *
 *     {"asked", "devices": [device], "neighbours": [{"address", "name", "protocol", "seen_by": [address]}]}
 *
 * A device:
 *
 *     {"name", "name_from": "sysname", "dns" or "address", "address", "sysname", "descr",
 *      "engine_id", "serial", "mac", "profile", "reason", "credential", "known", "known_as",
 *      "same_as", "same_evidence", "not_same": [{"address", "evidence"}],
 *      "rows", "requests", "octets", "poll_ms", "rrd_bytes", "tables": [{"table", "rows", "rrd_bytes"}],
 *      "now": {"uptime_s", "cpu_percent", "memory_percent",
 *              "busiest": {"row", "in_bps", "out_bps", "percent"}},
 *      "would_raise": [{"rule", "row", "severity", "text", "value", "warning", "critical", "unit", "waits"}],
 *      "neighbours": [{"address", "name", "protocol"}]}
 *
 * Unknown is null. The neighbours beside the devices are those that were not asked. */
#ifndef ROLLCALL_CTL_DEVICELIST_JSON_H
#define ROLLCALL_CTL_DEVICELIST_JSON_H

#include "ctl/candidates.h"
#include "ctl/devicelist.h"

#include <jansson.h>

json_t *devicelist_json(
    const struct devicelist *list, uint32_t asked, const struct candidates *candidates); /* new reference */

#endif
