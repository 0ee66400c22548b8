/* judge_explain: the rules of a device as a person reads them. */
#include "base/units.h"
#include "rules/judge_parts.h"
#include "rules/reach.h"

#include <math.h>
#include <string.h>

#define NAME_WIDTH 18
#define OF_WIDTH   12

static void pad(struct str *out, const char *text, size_t width)
{
	size_t used = str_width(text);

	str_add(out, text);
	do
		str_add_char(out, ' ');
	while (++used < width + 1);
}

/* As it is written in a rule: "80%", "5m", "1.5". */
static void add_amount(struct str *out, double number, const char *unit)
{
	char buf[UNITS_TEXT_MAX];

	if (strcmp(unit, "%") == 0)
		str_addf(out, "%g %%", number);
	else if (*unit == '\0')
		str_addf(out, "%g", number);
	else
		str_add(out, units_value(buf, number, unit));
}

static void add_thresholds(struct str *out, const struct rule *rule, const double limits[2])
{
	static const char *const names[2] = {"warning", "critical"};

	for (int i = 0; i < 2; i++) {
		if (isnan(limits[i]))
			continue;
		str_addf(out, "%s%s ", i == 1 && !isnan(limits[0]) ? ", " : "", names[i]);
		add_amount(out, limits[i], rule->limit_unit);
	}
	if (isnan(limits[0]) && isnan(limits[1]))
		str_add(out, "no threshold");
}

static void add_place(struct str *out, const char *file, unsigned line)
{
	if (file != NULL)
		str_addf(out, "   %s:%u\n", file, line);
	else
		str_add(out, "   built in\n");
}

static void add_severity(
    struct str *out, const struct inventory *inventory, const struct rule *rule, int limit)
{
	char buf[UNITS_TEXT_MAX];
	double limits[2];

	if (rule_has_limits(rule)) {
		reach_thresholds(inventory, rule, limit, limits);
		add_thresholds(out, rule, limits);
	} else {
		str_add(out, severity_name(rule->severity));
	}
	if (rule->hold_polls > 0)
		str_addf(out, " for %u poll%s", rule->hold_polls, rule->hold_polls == 1 ? "" : "s");
	else if (rule->hold > 0)
		str_addf(out, " for %s", units_config_duration(buf, rule->hold));
}

/* Limits for some of its rows, as far as an earlier one does not go before. */
static void add_row_limits(
    struct str *out, const struct inventory *inventory, const struct device *device, const struct rule *rule)
{
	for (size_t i = 0; i < inventory->settings.n_limits; i++) {
		const struct limit *limit = &inventory->settings.limits[i];
		double limits[2];

		if (strcmp(limit->rule, rule->name) != 0 ||
		    (limit->device != NULL && !match_glob(limit->device, device->name)) ||
		    (limit->tag != NULL && !device_has_tag(device, limit->tag)))
			continue;
		if (limit->row == NULL)
			return; /* of all rows: stands in the rule's own line, and ends the search */
		reach_thresholds(inventory, rule, (int)i, limits);
		str_addf(out, "  row %s: ", limit->row);
		add_thresholds(out, rule, limits);
		add_place(out, limit->file, limit->line);
	}
}

/* The tables of the profile that it is about. NULL profile: any. */
static bool is_bound(const struct rule *rule, const struct device *device, const struct profile *profile)
{
	if (rule->kind != RULE_CONDITION || profile == NULL)
		return rule->kind != RULE_CONDITION || rule->n_bindings > 0;
	if (rule_binding(rule, NULL) != NULL ||
	    (device->custom != NULL && rule_binding(rule, device->custom) != NULL))
		return true;
	for (size_t i = 0; i < profile->n_tables; i++)
		if (rule_binding(rule, &profile->tables[i]) != NULL)
			return true;
	return false;
}

static void add_rule(struct str *out, const struct inventory *inventory, const struct device *device,
    const struct profile *profile, const struct rule *rule)
{
	const struct disabled *off = reach_disabled(inventory, device, rule->name);
	int limit = reach_limit(inventory, device, rule, NULL);

	if (!reach_includes(rule, device) || !is_bound(rule, device, profile))
		return;
	pad(out, rule->name, NAME_WIDTH);
	pad(out, rule->of, OF_WIDTH);
	if (off != NULL) {
		str_add(out, "disabled");
		add_place(out, off->file, off->line);
		return;
	}
	add_severity(out, inventory, rule, limit);
	add_place(out, rule->file, rule->line);
	if (limit >= 0) {
		str_add(out, "  thresholds changed");
		add_place(
		    out, inventory->settings.limits[limit].file, inventory->settings.limits[limit].line);
	}
	add_row_limits(out, inventory, device, rule);
}

void judge_explain(const struct judge *judge, size_t device, const struct profile *profile, struct str *out)
{
	const struct inventory *inventory = judge->inventory;

	for (size_t i = 0; i < inventory->n_rules; i++)
		add_rule(out, inventory, &inventory->devices[device], profile, inventory->rules[i]);
}
