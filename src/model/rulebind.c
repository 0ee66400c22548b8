#include "model/rulebind.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Resolves the names of one text. */
struct scope {
	const struct rule *rule;
	const struct table *table; /* NULL: the device */
	struct rule_binding *binding;
	bool in_value; /* `value` itself is being read */
	char *problem; /* better words for a name that was refused; owned */
};

/* --- names --- */

static const struct special {
	const char *name;
	int slot;
	enum expr_kind kind;
	const char *unit;
	bool of_rows, of_device;
} specials[] = {
    {"now", RULE_SLOT_NOW, EXPR_NUMBER, "s", true, true},
    {"key", RULE_SLOT_KEY, EXPR_TEXT, "", true, false},
    {"device", RULE_SLOT_DEVICE, EXPR_TEXT, "", true, true},
    {"uptime", RULE_SLOT_UPTIME, EXPR_NUMBER, "s", false, true},
    {"since_restart", RULE_SLOT_SINCE_RESTART, EXPR_NUMBER, "s", false, true},
};

static bool enum_number(const struct column *column, const char *name, double *number)
{
	for (size_t i = 0; i < column->n_names; i++) {
		if (strcmp(column->names[i].name, name) == 0) {
			*number = (double)column->names[i].number;
			return true;
		}
	}
	return false;
}

/* A state's name that stands beside no column: good if it means one number only. */
static bool any_enum(const struct table *table, const char *name, double *number)
{
	bool found = false;

	for (size_t i = 0; i < table->n_columns; i++) {
		double one;

		if (!enum_number(&table->columns[i], name, &one))
			continue;
		if (found && (one < *number || one > *number))
			return false;
		*number = one;
		found = true;
	}
	return found;
}

static void unknown(struct scope *scope, const char *name, int beside)
{
	const struct table *table = scope->table;
	struct {
		const char **v;
		size_t n, cap;
	} known = {0};
	const char *nearest;

	if (strcmp(name, "limit") == 0) {
		scope->problem =
		    str_format("'limit' is a threshold, and the rule has none; give it warning or critical");
		return;
	}
	for (size_t i = 0; table != NULL && i < table->n_columns; i++) {
		const struct column *column = &table->columns[i];

		vec_push(&known, column->name);
		if (column->ds != NULL)
			vec_push(&known, column->ds);
		for (size_t e = 0; (int)i == beside && e < column->n_names; e++)
			vec_push(&known, column->names[e].name);
	}
	for (size_t i = 0; i < ARRAY_LEN(specials); i++)
		if (table != NULL ? specials[i].of_rows : specials[i].of_device)
			vec_push(&known, specials[i].name);
	nearest = str_nearest(name, known.v, known.n);
	scope->problem = str_format("'%s' is not known of %s%s%s%s", name,
	    table != NULL ? table->name : "a device", nearest != NULL ? "; did you mean '" : "",
	    nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
	vec_fini(&known);
}

static const char *rate_unit(const struct column *column, char unit[EXPR_UNIT_MAX])
{
	snprintf(unit, EXPR_UNIT_MAX, column->counter >= 0 ? "%s/s" : "%s", column->unit);
	return unit;
}

static int speed_column(const struct table *table)
{
	static const char *const names[] = {"ifHighSpeed", "ifSpeed", "speed"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		int column = table_column(table, names[i]);

		if (column >= 0 && strcmp(table->columns[column].unit, "bit/s") == 0)
			return column;
	}
	return -1;
}

/* in_octets% */
static int resolve_percent(struct scope *scope, const char *name)
{
	char *plain = mem_strndup(name, strlen(name) - 1), unit[EXPR_UNIT_MAX];
	int column = scope->table != NULL ? table_column(scope->table, plain) : -1, slot = -1;

	if (column < 0) {
		unknown(scope, plain, -1);
	} else if (scope->binding->speed < 0) {
		scope->problem =
		    str_format("%s has no speed that '%s' could be a part of", scope->table->name, name);
	} else if (scope->table->columns[column].is_tag || column == scope->binding->speed ||
		   (strcmp(rate_unit(&scope->table->columns[column], unit), "octets/s") != 0 &&
		       strcmp(unit, "bit/s") != 0)) {
		scope->problem =
		    str_format("'%s' is no rate of octets or bits, so it has no percent of the speed", plain);
	} else {
		slot = RULE_SLOT_SPEED + column;
	}
	free(plain);
	return slot;
}

static int resolve(void *arg, const char *name, int beside, double *literal)
{
	struct scope *scope = arg;
	const struct table *table = scope->table;
	int column;

	if (str_ends(name, "%"))
		return resolve_percent(scope, name);
	if (table != NULL && beside >= 0 && beside < (int)table->n_columns &&
	    enum_number(&table->columns[beside], name, literal))
		return -2;
	if (rule_has_limits(scope->rule) && strcmp(name, "limit") == 0)
		return RULE_SLOT_LIMIT;
	if (scope->rule->value != NULL && !scope->in_value && strcmp(name, "value") == 0)
		return RULE_SLOT_VALUE;
	column = table != NULL ? table_column(table, name) : -1;
	if (column >= 0)
		return column;
	for (size_t i = 0; i < ARRAY_LEN(specials); i++)
		if (strcmp(specials[i].name, name) == 0 &&
		    (table != NULL ? specials[i].of_rows : specials[i].of_device))
			return specials[i].slot;
	if (table != NULL && any_enum(table, name, literal))
		return -2;
	unknown(scope, name, beside);
	return -1;
}

static void type_of(void *arg, int slot, struct expr_type *type)
{
	struct scope *scope = arg;
	const struct table *table = scope->table;

	*type = (struct expr_type){.kind = EXPR_NUMBER};
	for (size_t i = 0; i < ARRAY_LEN(specials); i++) {
		if (specials[i].slot != slot)
			continue;
		type->kind = specials[i].kind;
		memcpy(type->unit, specials[i].unit, strlen(specials[i].unit));
		return;
	}
	if (slot == RULE_SLOT_LIMIT) {
		memcpy(type->unit, scope->rule->limit_unit, sizeof type->unit);
	} else if (slot == RULE_SLOT_VALUE) {
		memcpy(type->unit, scope->binding->value_unit, sizeof type->unit);
	} else if (slot >= RULE_SLOT_SPEED) {
		type->unit[0] = '%';
	} else if (table->columns[slot].is_tag) {
		type->kind = EXPR_TEXT;
	} else if (table->columns[slot].is_presence) {
		type->kind = EXPR_TRUTH;
	} else if (table->columns[slot].n_names > 0) {
		type->kind = EXPR_STATE;
	} else if (table->columns[slot].kind == KIND_DATETIME) {
		type->unit[0] = 's';
	} else {
		rate_unit(&table->columns[slot], type->unit);
	}
}

/* --- parts --- */

static struct expr *compile(struct scope *scope, enum rule_part part, const char *text,
    struct expr_type *type, struct rule_mistake *mistake)
{
	struct expr_names names = {resolve, type_of, scope};
	char *error = NULL;
	size_t column = 0;
	struct expr *expr = expr_condition(text, &names, type, &error, &column);

	if (expr == NULL) {
		*mistake =
		    (struct rule_mistake){.part = part, .column = column, .is_name = scope->problem != NULL};
		mistake->text = scope->problem != NULL ? scope->problem : error;
		if (scope->problem != NULL)
			free(error);
		scope->problem = NULL;
	}
	return expr;
}

static struct expr *compile_condition(
    struct scope *scope, enum rule_part part, const char *text, struct rule_mistake *mistake)
{
	struct expr_type type;
	struct expr *expr = compile(scope, part, text, &type, mistake);

	if (expr != NULL && type.kind != EXPR_TRUTH) {
		*mistake = (struct rule_mistake){.part = part,
		    .text = str_format(
			"a condition belongs here, and this is a number; compare it with something")};
		expr_free(expr);
		return NULL;
	}
	return expr;
}

static bool bind_value(struct scope *scope, struct rule_mistake *mistake)
{
	struct rule_binding *binding = scope->binding;
	struct expr_type type;

	binding->value_slot = -1;
	if (scope->rule->value == NULL)
		return true;
	scope->in_value = true;
	binding->value = compile(scope, RULE_PART_VALUE, scope->rule->value, &type, mistake);
	scope->in_value = false;
	if (binding->value == NULL)
		return false;
	if (type.kind != EXPR_NUMBER || expr_states(binding->value) > 0) {
		*mistake = (struct rule_mistake){.part = RULE_PART_VALUE,
		    .text = str_format(
			"value is a number, without was() and changed(); write a condition in when")};
		return false;
	}
	memcpy(binding->value_unit, type.unit, sizeof binding->value_unit);
	return true;
}

/* Without `value`: the first measured number that the condition reads. */
static void pick_value(struct scope *scope)
{
	struct rule_binding *binding = scope->binding;
	size_t n;
	const int *slots = expr_slots(binding->when, &n);

	for (size_t i = 0; binding->value == NULL && i < n; i++) {
		struct expr_type type;

		type_of(scope, slots[i], &type);
		if (type.kind != EXPR_NUMBER || slots[i] == RULE_SLOT_LIMIT || slots[i] == RULE_SLOT_NOW)
			continue;
		binding->value_slot = slots[i];
		memcpy(binding->value_unit, type.unit, sizeof type.unit);
		return;
	}
}

static bool bind_conditions(struct scope *scope, struct rule_mistake *mistake)
{
	const struct rule *rule = scope->rule;
	struct rule_binding *binding = scope->binding;

	if (rule->where != NULL) {
		binding->where = compile_condition(scope, RULE_PART_WHERE, rule->where, mistake);
		if (binding->where == NULL)
			return false;
		binding->where_states = expr_states(binding->where);
	}
	binding->when = compile_condition(scope, RULE_PART_WHEN, rule->when, mistake);
	if (binding->when == NULL)
		return false;
	binding->when_states = expr_states(binding->when);
	if (rule->clear != NULL) {
		binding->clear = compile_condition(scope, RULE_PART_CLEAR, rule->clear, mistake);
		if (binding->clear == NULL)
			return false;
		binding->clear_states = expr_states(binding->clear);
	}
	pick_value(scope);
	return true;
}

/* --- text --- */

static void add_literal(struct rule_binding *binding, const char *text, size_t len)
{
	if (len == 0)
		return;
	binding->pieces = mem_realloc(binding->pieces, binding->n_pieces + 1, sizeof *binding->pieces);
	binding->pieces[binding->n_pieces++] =
	    (struct rule_piece){.literal = mem_strndup(text, len), .slot = -1};
}

static bool is_name(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")] == '\0';
}

static bool add_value(struct scope *scope, const char *name, size_t column, struct rule_mistake *mistake)
{
	struct rule_binding *binding = scope->binding;
	struct rule_piece piece = {.slot = -1};
	struct expr_type type = {0};
	double literal;
	int slot = is_name(name) ? resolve(scope, name, -1, &literal) : -1;

	free(scope->problem);
	scope->problem = NULL;
	if (slot < 0 && strcmp(name, "value") == 0) { /* the number that `when` is about */
		slot = binding->value_slot;
		piece.slot = slot;
		memcpy(piece.unit, binding->value_unit, sizeof piece.unit);
	}
	if (slot >= 0 && piece.slot < 0) {
		type_of(scope, slot, &type);
		if (type.kind == EXPR_TEXT || type.kind == EXPR_STATE)
			piece.slot = slot;
	}
	if (piece.slot < 0) {
		piece.expr = compile(scope, RULE_PART_TEXT, name, &type, mistake);
		mistake->column += piece.expr == NULL ? column : 0;
		if (piece.expr != NULL && expr_states(piece.expr) > 0) {
			expr_free(piece.expr);
			piece.expr = NULL;
			*mistake = (struct rule_mistake){.part = RULE_PART_TEXT,
			    .column = column,
			    .text = str_format("a text cannot have was() and changed(); put them into when")};
		}
		if (piece.expr == NULL)
			return false;
		memcpy(piece.unit, type.unit, sizeof piece.unit);
	}
	binding->pieces = mem_realloc(binding->pieces, binding->n_pieces + 1, sizeof *binding->pieces);
	binding->pieces[binding->n_pieces++] = piece;
	return true;
}

static bool bind_text(struct scope *scope, struct rule_mistake *mistake)
{
	const char *text = scope->rule->text, *at = text, *open;

	while ((open = strstr(at, "{{")) != NULL) {
		const char *begin = open + 2, *end = strstr(begin, "}}");
		char *name;
		bool ok;

		if (end == NULL) {
			*mistake = (struct rule_mistake){.part = RULE_PART_TEXT,
			    .column = (size_t)(open - text),
			    .text = str_format("\"{{\" is never closed; write {{name}}")};
			return false;
		}
		add_literal(scope->binding, at, (size_t)(open - at));
		while (*begin == ' ')
			begin++;
		name = mem_strndup(begin, (size_t)(end - begin));
		for (size_t n = strlen(name); n > 0 && name[n - 1] == ' '; n--)
			name[n - 1] = '\0';
		ok = add_value(scope, name, (size_t)(begin - text), mistake);
		free(name);
		if (!ok)
			return false;
		at = end + 2;
	}
	add_literal(scope->binding, at, strlen(at));
	return true;
}

bool rulebind_add(struct rule *rule, const struct table *table, struct rule_mistake *mistake)
{
	struct rule_binding binding = {.table = table, .speed = table != NULL ? speed_column(table) : -1};
	struct scope scope = {.rule = rule, .table = table, .binding = &binding};
	bool ok;

	*mistake = (struct rule_mistake){0};
	ok = bind_value(&scope, mistake) && bind_conditions(&scope, mistake) && bind_text(&scope, mistake);
	free(scope.problem);
	if (!ok) {
		rule_binding_fini(&binding);
		return false;
	}
	rule->bindings = mem_realloc(rule->bindings, rule->n_bindings + 1, sizeof *rule->bindings);
	rule->bindings[rule->n_bindings++] = binding;
	return true;
}
