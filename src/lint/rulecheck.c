#include "lint/rulecheck.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIES	      12000
#define CONSTANTS_MAX 64
#define MEMORY	      (2 * EXPR_STATES_MAX) /* of `when`, and of `where` */

/* One binding, and the row that is made up for it now. */
struct trial {
	const struct rule *rule;
	const struct rule_binding *binding;
	double limit;
	double constants[CONSTANTS_MAX]; /* what the rule's texts compare with */
	size_t n_constants;
	double columns[PROFILE_COLUMNS_MAX], rates[PROFILE_COLUMNS_MAX];
	double uptime, since_restart;
	uint32_t random;
	double before[MEMORY], after[MEMORY];
};

/* An xorshift of our own: the same tries each time. */
static uint32_t draw(struct trial *trial, uint32_t below)
{
	trial->random ^= trial->random << 13;
	trial->random ^= trial->random >> 17;
	trial->random ^= trial->random << 5;
	return trial->random % below;
}

/* The numbers that stand in a text: "5m" and "10G" as plain numbers and with their unit. */
static void find_constants(struct trial *trial, const char *text)
{
	while (*text != '\0' && trial->n_constants + 2 < CONSTANTS_MAX) {
		size_t n = strcspn(text, "0123456789"), len;
		bool in_name = n > 0 && (isalnum((unsigned char)text[n - 1]) || text[n - 1] == '_');
		char *end, *amount;
		const char *unit;
		double number;

		text += n;
		if (*text == '\0')
			return;
		number = strtod(text, &end);
		len = (size_t)(end - text);
		while (isalpha((unsigned char)text[len]) || text[len] == '/')
			len++;
		if (!in_name) {
			trial->constants[trial->n_constants++] = number;
			amount = mem_strndup(text, len);
			if (expr_parse_amount(amount, &number, &unit))
				trial->constants[trial->n_constants++] = number;
			free(amount);
		}
		text = end;
	}
}

/* Around a limit or a constant, or anything. */
static double draw_number(struct trial *trial)
{
	static const double anything[] = {0, 1, -1, 2, 10, 50, 100, 1e3, 1e4, 1e6, 1e9, 1e12, -100};
	uint32_t which = draw(trial, 4);
	double base;

	if (which == 0 && !isnan(trial->limit))
		base = trial->limit;
	else if (which <= 2 && trial->n_constants > 0)
		base = trial->constants[draw(trial, (uint32_t)trial->n_constants)];
	else
		return anything[draw(trial, ARRAY_LEN(anything))];
	switch (draw(trial, 6)) {
	case 0:
		return base;
	case 1:
		return base + 1;
	case 2:
		return base - 1;
	case 3:
		return base * 1.1 + 0.1;
	case 4: /* between two of them */
		return trial->n_constants == 0
			   ? base
			   : (base + trial->constants[draw(trial, (uint32_t)trial->n_constants)]) / 2;
	default:
		return base * 0.9 - 0.1;
	}
}

static double draw_percent(struct trial *trial)
{
	double number = draw_number(trial);

	return number < 0 ? 0 : number > 100 ? 100 : number;
}

static double draw_column(struct trial *trial, const struct column *column)
{
	if (column->n_names > 0)
		return (double)column->names[draw(trial, (uint32_t)column->n_names)].number;
	if (column->is_presence)
		return draw(trial, 2);
	if (strcmp(column->unit, "%") == 0 && column->formula == NULL) /* a difference may be below zero */
		return draw_percent(trial);
	if (column->counter >= 0)
		return fabs(draw_number(trial));
	return draw_number(trial);
}

static void draw_row(struct trial *trial)
{
	const struct table *table = trial->binding->table;

	for (size_t i = 0; table != NULL && i < table->n_columns; i++) {
		trial->columns[i] = draw_column(trial, &table->columns[i]);
		trial->rates[i] = draw_percent(trial);
	}
	trial->uptime = fabs(draw_number(trial));
	trial->since_restart = fabs(draw_number(trial));
}

static double number_of(void *arg, int slot)
{
	const struct trial *trial = arg;
	struct expr_inputs inputs = {.number = number_of, .arg = arg};

	switch (slot) {
	case RULE_SLOT_NOW:
		return 1.8e9 + trial->uptime;
	case RULE_SLOT_LIMIT:
		return trial->limit;
	case RULE_SLOT_VALUE:
		return expr_judge(trial->binding->value, &inputs);
	case RULE_SLOT_UPTIME:
		return trial->uptime;
	case RULE_SLOT_SINCE_RESTART:
		return trial->since_restart;
	default:
		break;
	}
	if (slot >= RULE_SLOT_SPEED)
		return trial->rates[slot - RULE_SLOT_SPEED];
	return slot < PROFILE_COLUMNS_MAX ? trial->columns[slot] : (double)NAN;
}

static const char *no_text(void *arg, int slot)
{
	(void)arg;
	(void)slot;
	return NULL;
}

static bool judge(struct trial *trial, const struct expr *expr, size_t memory)
{
	size_t n = expr_states(expr);
	struct expr_inputs inputs = {.number = number_of,
	    .text = no_text,
	    .arg = trial,
	    .before = trial->before + memory,
	    .after = trial->after + memory};
	bool is = expr_judge(expr, &inputs) > 0;

	memcpy(trial->before + memory, trial->after + memory, n * sizeof *trial->before);
	return is;
}

static bool can_fire(struct trial *trial, bool with_where)
{
	const struct rule_binding *binding = trial->binding;

	trial->random = 2463534242u;
	for (size_t i = 0; i < MEMORY; i++)
		trial->before[i] = NAN;
	for (unsigned i = 0; i < TRIES; i++) {
		bool where;

		draw_row(trial);
		where = !with_where || judge(trial, binding->where, EXPR_STATES_MAX);
		if (judge(trial, binding->when, 0) && where)
			return true;
	}
	return false;
}

static bool reads_text(const struct rule_binding *binding, const struct expr *expr)
{
	size_t n;
	const int *slots = expr_slots(expr, &n);

	for (size_t i = 0; i < n; i++) {
		if (slots[i] == RULE_SLOT_KEY || slots[i] == RULE_SLOT_DEVICE)
			return true;
		if (slots[i] < RULE_SLOT_NOW && binding->table != NULL &&
		    binding->table->columns[slots[i]].is_tag)
			return true;
	}
	return false;
}

/* With one threshold, or with none (NaN). */
static void try_limit(struct finding_list *list, const struct rule *rule, const struct rule_binding *binding,
    double limit, const char *name)
{
	struct trial trial = {.rule = rule, .binding = binding, .limit = limit};
	bool with_where = binding->where != NULL && !reads_text(binding, binding->where);
	struct str what = {0};

	if (rule->value != NULL)
		find_constants(&trial, rule->value);
	if (rule->where != NULL)
		find_constants(&trial, rule->where);
	find_constants(&trial, rule->when);
	if (can_fire(&trial, with_where))
		return;
	str_addf(&what, "rule %s cannot fire", rule->name);
	if (name != NULL)
		str_addf(&what, " with %s: %g%s%s", name, limit, *rule->limit_unit != '\0' ? " " : "",
		    rule->limit_unit);
	str_addf(&what, ": '%s'%s%s%s is never true", rule->when, with_where ? " where '" : "",
	    with_where ? rule->where : "", with_where ? "'" : "");
	finding_add(list, FINDING_RULE, 1, binding->table->name, NULL, str_steal(&what),
	    mem_strdup("compare with what the value can be: the names of its states, 0 to 100 %"));
	list->v[list->n - 1].rule = mem_strdup(rule->name);
}

static void check_binding(
    struct finding_list *list, const struct rule *rule, const struct rule_binding *binding)
{
	if (reads_text(binding, binding->when) ||
	    (binding->value != NULL && reads_text(binding, binding->value)))
		return;
	if (!rule_has_limits(rule))
		try_limit(list, rule, binding, NAN, NULL);
	if (!isnan(rule->warning))
		try_limit(list, rule, binding, rule->warning, "warning");
	if (!isnan(rule->critical))
		try_limit(list, rule, binding, rule->critical, "critical");
}

void rulecheck(struct finding_list *list, const struct profile *profile, struct rule *const *rules, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rule *rule = rules[i];
		bool bound = false;

		for (size_t t = 0; t < profile->n_tables && rule->kind == RULE_CONDITION; t++) {
			const struct rule_binding *binding = rule_binding(rule, &profile->tables[t]);

			if (binding != NULL)
				check_binding(list, rule, binding);
			bound |= binding != NULL;
		}
		if (bound || !str_equal(rule->file, profile->file))
			continue;
		finding_add(list, FINDING_RULE, 1, NULL, NULL,
		    str_format("rule %s is of '%s', which this profile does not have", rule->name, rule->of),
		    mem_strdup("name one of the profile's tables in 'of'"));
		list->v[list->n - 1].rule = mem_strdup(rule->name);
	}
}
