#include "model/rule.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void rule_binding_fini(struct rule_binding *binding)
{
	for (size_t i = 0; i < binding->n_pieces; i++) {
		free(binding->pieces[i].literal);
		expr_free(binding->pieces[i].expr);
	}
	free(binding->pieces);
	expr_free(binding->value);
	expr_free(binding->where);
	expr_free(binding->when);
	expr_free(binding->clear);
	memset(binding, 0, sizeof *binding);
}

void rule_free(struct rule *rule)
{
	if (rule == NULL)
		return;
	for (size_t i = 0; i < rule->n_bindings; i++)
		rule_binding_fini(&rule->bindings[i]);
	free(rule->bindings);
	free(rule->name);
	free(rule->of);
	free(rule->file);
	free(rule->device);
	free(rule->tag);
	free(rule->value);
	free(rule->where);
	free(rule->when);
	free(rule->clear);
	free(rule->text);
	free(rule);
}

bool rule_has_limits(const struct rule *rule)
{
	return !isnan(rule->warning) || !isnan(rule->critical);
}

const struct rule_binding *rule_binding(const struct rule *rule, const struct table *table)
{
	for (size_t i = 0; i < rule->n_bindings; i++) {
		if (rule->bindings[i].table == table)
			return &rule->bindings[i];
	}
	return NULL;
}

void limit_fini(struct limit *limit)
{
	free(limit->rule);
	free(limit->device);
	free(limit->tag);
	free(limit->row);
	free(limit->file);
	memset(limit, 0, sizeof *limit);
}

void disabled_fini(struct disabled *disabled)
{
	free(disabled->rule);
	free(disabled->file);
	memset(disabled, 0, sizeof *disabled);
}
