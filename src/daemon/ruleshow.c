#include "daemon/ruleshow.h"

#include "base/match.h"
#include "rules/reach.h"
#include "views/jsonvalue.h"

#include <string.h>

/* Where something is said. */
static json_t *place(const char *file, unsigned line)
{
	return json_pack("{s:o, s:o}", "file", jsonvalue_text(file), "line",
	    file != NULL ? json_integer((json_int_t)line) : json_null());
}

static void set_thresholds(json_t *json, const double thresholds[2])
{
	json_object_set_new(json, "warning", jsonvalue_number(thresholds[0]));
	json_object_set_new(json, "critical", jsonvalue_number(thresholds[1]));
}

/* The tables of the profile that it is about; without a profile, any. */
static bool is_bound(const struct rule *rule, const struct device *device, const struct profile *profile)
{
	if (rule->kind != RULE_CONDITION)
		return rule->kind != RULE_COLLECTOR_BLIND; /* the collector's own, and no device's */
	if (profile == NULL)
		return rule->n_bindings > 0;
	if (rule_binding(rule, NULL) != NULL ||
	    (device->custom != NULL && rule_binding(rule, device->custom) != NULL))
		return true;
	for (size_t i = 0; i < profile->n_tables; i++)
		if (rule_binding(rule, &profile->tables[i]) != NULL)
			return true;
	return false;
}

static bool limit_is_of(const struct limit *limit, const struct rule *rule, const struct device *device)
{
	return strcmp(limit->rule, rule->name) == 0 &&
	       (limit->device == NULL || match_glob(limit->device, device->name)) &&
	       (limit->tag == NULL || device_has_tag(device, limit->tag));
}

/* Thresholds of some of its rows, as far as no earlier entry is of all rows. */
static json_t *row_limits(
    const struct inventory *inventory, const struct device *device, const struct rule *rule)
{
	json_t *rows = json_array();

	for (size_t i = 0; rule_has_limits(rule) && i < inventory->settings.n_limits; i++) {
		const struct limit *limit = &inventory->settings.limits[i];
		double thresholds[2];
		json_t *row;

		if (!limit_is_of(limit, rule, device))
			continue;
		if (limit->row == NULL)
			break;
		reach_thresholds(inventory, rule, (int)i, thresholds);
		row = place(limit->file, limit->line);
		json_object_set_new(row, "row", jsonvalue_text(limit->row));
		set_thresholds(row, thresholds);
		json_array_append_new(rows, row);
	}
	return rows;
}

/* What a `limits` entry makes of the device's thresholds; the rule's own go beside it. */
static json_t *changed(const struct inventory *inventory, const struct rule *rule, int limit)
{
	double own[2];
	json_t *json;

	if (limit < 0)
		return json_null();
	json = place(inventory->settings.limits[limit].file, inventory->settings.limits[limit].line);
	reach_thresholds(inventory, rule, -1, own);
	set_thresholds(json, own);
	return json;
}

static json_t *show_rule(
    const struct inventory *inventory, const struct device *device, const struct rule *rule)
{
	const struct disabled *off = reach_disabled(inventory, device, rule->name);
	bool has_limits = rule_has_limits(rule);
	int limit = reach_limit(inventory, device, rule, NULL);
	json_t *json = place(rule->file, rule->line);
	double thresholds[2];

	json_object_set_new(json, "rule", jsonvalue_text(rule->name));
	json_object_set_new(json, "of", jsonvalue_text(rule->of));
	json_object_set_new(json, "shipped", json_boolean(rule->is_shipped));
	json_object_set_new(
	    json, "severity", has_limits ? json_null() : json_string(severity_name(rule->severity)));
	reach_thresholds(inventory, rule, limit, thresholds);
	set_thresholds(json, thresholds);
	json_object_set_new(json, "unit", jsonvalue_text(rule->limit_unit));
	json_object_set_new(
	    json, "for_s", rule->hold_polls == 0 ? json_real((double)rule->hold / 1e9) : json_null());
	json_object_set_new(json, "for_polls",
	    rule->hold_polls > 0 ? json_integer((json_int_t)rule->hold_polls) : json_null());
	json_object_set_new(json, "disabled", off != NULL ? place(off->file, off->line) : json_null());
	json_object_set_new(json, "changed", changed(inventory, rule, limit));
	json_object_set_new(json, "rows", row_limits(inventory, device, rule));
	return json;
}

json_t *ruleshow(
    const struct inventory *inventory, const struct device *device, const struct profile *profile)
{
	json_t *rules = json_array();

	for (size_t i = 0; i < inventory->n_rules; i++) {
		const struct rule *rule = inventory->rules[i];

		if (reach_includes(rule, device) && is_bound(rule, device, profile))
			json_array_append_new(rules, show_rule(inventory, device, rule));
	}
	return json_pack("{s:o, s:o, s:o}", "device", jsonvalue_text(device->name), "profile",
	    jsonvalue_text(profile != NULL ? profile->name : NULL), "rules", rules);
}
