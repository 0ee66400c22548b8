#include "config/rules.h"

#include "base/match.h"
#include "base/mem.h"
#include "base/vec.h"
#include "config/check.h"
#include "model/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void tell_no_rule(struct loader *loader, const struct yaml_node *name)
{
	const struct inventory *inventory = loader->inventory;
	const char **names = mem_calloc(inventory->n_rules + 1, sizeof *names);

	for (size_t i = 0; i < inventory->n_rules; i++)
		names[i] = inventory->rules[i]->name;
	diag_unknown(loader->diag, DIAG_ERROR, name->place, "rule", name->text, names, inventory->n_rules);
	free(names);
}

/* --- disable --- */

static void check_pattern(struct loader *loader, const struct yaml_node *name)
{
	if (loader->rules_missing)
		return;
	for (size_t i = 0; i < loader->inventory->n_rules; i++)
		if (match_glob(name->text, loader->inventory->rules[i]->name))
			return;
	tell_no_rule(loader, name);
}

static void read_disabled(
    struct loader *loader, const struct yaml_node *list, struct disabled **disabled, size_t *n)
{
	const struct yaml_entry *at = NULL;
	const struct yaml_node *name;

	while ((name = field_next(list, &at)) != NULL) {
		struct disabled one = {.rule = mem_strdup(name->text),
		    .file = mem_strdup(diag_file_name(loader->diag, name->place.file)),
		    .line = name->place.line};

		check_pattern(loader, name);
		*disabled = mem_realloc(*disabled, *n + 1, sizeof **disabled);
		(*disabled)[(*n)++] = one;
	}
}

void rules_read_disabled(
    struct loader *loader, struct device *device, const struct yaml_node *const *layers, size_t n_layers)
{
	for (size_t i = 0; i < n_layers; i++)
		if (layers[i] != loader->root)
			read_disabled(
			    loader, yaml_get(layers[i], "disable"), &device->disabled, &device->n_disabled);
}

/* --- limits --- */

/* A threshold, or `none`. False when it is not given, or wrong (told). */
static bool read_threshold(struct loader *loader, const struct yaml_node *node, const char *key,
    const struct rule *rule, double *number)
{
	const struct yaml_node *value = yaml_get(node, key);
	const char *unit = "";

	if (yaml_text(value) == NULL)
		return false;
	if (strcmp(value->text, "none") == 0) {
		*number = NAN;
		return true;
	}
	if (!rules_amount(loader, key, value, number, &unit))
		return false;
	if (*unit != '\0' && rule->limit_unit[0] != '\0' && strcmp(unit, rule->limit_unit) != 0) {
		diag_error(loader->diag, value->place,
		    "%s is in %s, and rule '%s' is about %s; give it that unit", key, unit, rule->name,
		    rule->limit_unit);
		return false;
	}
	return true;
}

/* Which of the two lies beyond the other is the rule's own doing: below or above. */
static void check_order(
    struct loader *loader, const struct yaml_node *node, const struct rule *rule, const struct limit *limit)
{
	double warning = limit->has_warning ? limit->warning : rule->warning;
	double critical = limit->has_critical ? limit->critical : rule->critical;
	bool falls = rule->critical < rule->warning;

	if (isnan(rule->warning) || isnan(rule->critical) || isnan(warning) || isnan(critical))
		return;
	if (falls ? critical < warning : critical > warning)
		return;
	diag_error(loader->diag, node->place,
	    "warning %g is not %s critical %g, as rule '%s' has it; give both, or 'none' for one", warning,
	    falls ? "above" : "below", critical, rule->name);
}

static bool read_limit(struct loader *loader, const struct yaml_node *node, struct limit *limit)
{
	const struct yaml_node *name = yaml_get(node, "rule");
	const struct rule *rule;

	if (node->type != YAML_MAPPING)
		return false; /* told */
	if (yaml_text(name) == NULL) {
		diag_error(loader->diag, node->place,
		    "a limit without rule; write {rule: filesystem, row: \"/backup*\", warning: 95%%, "
		    "critical: "
		    "98%%}");
		return false;
	}
	rule = rules_find(loader, name->text);
	if (rule == NULL) {
		if (!loader->rules_missing)
			tell_no_rule(loader, name);
		return false;
	}
	if (!rule_has_limits(rule)) {
		diag_error(loader->diag, name->place,
		    "rule '%s' has no thresholds; disable it, or write one of your own", rule->name);
		return false;
	}
	limit->has_warning = read_threshold(loader, node, "warning", rule, &limit->warning);
	limit->has_critical = read_threshold(loader, node, "critical", rule, &limit->critical);
	if (yaml_get(node, "warning") == NULL && yaml_get(node, "critical") == NULL)
		diag_error(
		    loader->diag, node->place, "a limit that changes nothing; give it warning or critical");
	check_order(loader, node, rule, limit);
	limit->rule = mem_strdup(rule->name);
	limit->device = mem_strdup(field_text(node, "device"));
	limit->tag = mem_strdup(field_text(node, "tag"));
	limit->row = mem_strdup(field_text(node, "row"));
	limit->file = mem_strdup(diag_file_name(loader->diag, node->place.file));
	limit->line = node->place.line;
	return true;
}

void rules_read_limits(struct loader *loader)
{
	struct settings *settings = &loader->inventory->settings;
	const struct yaml_node *list = yaml_get(loader->root, "limits");
	struct {
		struct limit *v;
		size_t n, cap;
	} limits = {0};

	for (const struct yaml_entry *e = yaml_first(list); e != NULL && e->key == NULL; e = e->next) {
		struct limit limit = {0};

		if (limits.n == RULES_LIMITS_MAX) {
			diag_error(loader->diag, e->value->place, "more than %d limits; leave some out",
			    RULES_LIMITS_MAX);
			break;
		}
		if (read_limit(loader, e->value, &limit))
			vec_push(&limits, limit);
	}
	settings->limits = limits.v;
	settings->n_limits = limits.n;
	read_disabled(loader, yaml_get(loader->root, "disable"), &settings->disabled, &settings->n_disabled);
}
