/* ruleshow: which rules hold for a device and its rows, with which thresholds, and where that is said; from
 * the configuration alone. Pure.
 *
 *     {"device", "profile", "rules": [{"rule", "of", "severity", "warning", "critical", "unit", "for_s",
 *       "for_polls", "file", "line", "shipped", "disabled": {"file", "line"},
 *       "changed": {"file", "line", "warning", "critical"},
 *       "rows": [{"row", "warning", "critical", "file", "line"}]}]}
 *
 * "severity" is null for a rule with thresholds; a threshold that is not there is null; "changed" is what
 * replaces the rule's own thresholds, which then stand in it; "rows" come in the order in which they are
 * looked at. "file" is null for what is built in. */
#ifndef ROLLCALL_DAEMON_RULESHOW_H
#define ROLLCALL_DAEMON_RULESHOW_H

#include "model/inventory.h"

#include <jansson.h>

/* `profile` NULL: not known; then all rules that some profile may have. New reference. */
json_t *ruleshow(
    const struct inventory *inventory, const struct device *device, const struct profile *profile);

#endif
