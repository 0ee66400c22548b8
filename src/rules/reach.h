/* reach: which rules, with which thresholds, hold for a device and its rows. Pure. */
#ifndef ROLLCALL_RULES_REACH_H
#define ROLLCALL_RULES_REACH_H

#include "model/inventory.h"
#include "model/rule.h"

#include <stdbool.h>
#include <stddef.h>

/* The rule is about this device: its own `device` and `tag` fit. */
bool reach_includes(const struct rule *rule, const struct device *device);
/* What switches the rule off for this device (or for all with NULL), or NULL. */
const struct disabled *reach_disabled(
    const struct inventory *inventory, const struct device *device, const char *rule);
/* Number of the first of settings.limits that fits, or -1. `row` NULL = the device. */
int reach_limit(
    const struct inventory *inventory, const struct device *device, const struct rule *rule, const char *row);
/* Warning and critical as that limit (-1 = none) leaves them; NaN = there is none. */
void reach_thresholds(
    const struct inventory *inventory, const struct rule *rule, int limit, double thresholds[2]);

#endif
