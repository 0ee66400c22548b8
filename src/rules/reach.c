#include "rules/reach.h"

#include "base/match.h"

#include <string.h>

bool reach_includes(const struct rule *rule, const struct device *device)
{
	return (rule->device == NULL || match_glob(rule->device, device->name)) &&
	       (rule->tag == NULL || device_has_tag(device, rule->tag));
}

static const struct disabled *find(const struct disabled *list, size_t n, const char *rule)
{
	for (size_t i = 0; i < n; i++)
		if (match_glob(list[i].rule, rule))
			return &list[i];
	return NULL;
}

const struct disabled *reach_disabled(
    const struct inventory *inventory, const struct device *device, const char *rule)
{
	const struct settings *settings = &inventory->settings;
	const struct disabled *found = find(settings->disabled, settings->n_disabled, rule);

	if (found == NULL && device != NULL)
		found = find(device->disabled, device->n_disabled, rule);
	return found;
}

int reach_limit(
    const struct inventory *inventory, const struct device *device, const struct rule *rule, const char *row)
{
	for (size_t i = 0; rule_has_limits(rule) && i < inventory->settings.n_limits; i++) {
		const struct limit *limit = &inventory->settings.limits[i];

		if (strcmp(limit->rule, rule->name) == 0 &&
		    (limit->device == NULL || match_glob(limit->device, device->name)) &&
		    (limit->tag == NULL || device_has_tag(device, limit->tag)) &&
		    (limit->row == NULL || (row != NULL && match_glob(limit->row, row))))
			return (int)i;
	}
	return -1;
}

void reach_thresholds(
    const struct inventory *inventory, const struct rule *rule, int limit, double thresholds[2])
{
	thresholds[0] = rule->warning;
	thresholds[1] = rule->critical;
	if (limit < 0)
		return;
	if (inventory->settings.limits[limit].has_warning)
		thresholds[0] = inventory->settings.limits[limit].warning;
	if (inventory->settings.limits[limit].has_critical)
		thresholds[1] = inventory->settings.limits[limit].critical;
}
