#include "rules/scope.h"

#include "base/units.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

static double percent_of_speed(const struct scope *scope, size_t column)
{
	const struct table *table = scope->set->table;
	double rate = rowset_number(scope->set, scope->row, column);
	double speed = rowset_number(scope->set, scope->row, (size_t)scope->binding->speed);

	/* Octets or bits: nothing else was bound. */
	if (table->columns[column].unit[0] == 'o')
		rate *= 8;
	return speed > 0 ? 100 * rate / speed : NAN;
}

static double slot_number(void *arg, int slot)
{
	struct scope *scope = arg;

	switch (slot) {
	case RULE_SLOT_NOW:
		return scope->now;
	case RULE_SLOT_LIMIT:
		return scope->limit;
	case RULE_SLOT_VALUE:
		return scope_number(scope);
	case RULE_SLOT_UPTIME:
		return scope->uptime;
	case RULE_SLOT_SINCE_RESTART:
		return scope->since_restart;
	default:
		if (scope->set == NULL || slot >= RULE_SLOT_LIMIT)
			return NAN;
		if (slot >= RULE_SLOT_SPEED)
			return percent_of_speed(scope, (size_t)(slot - RULE_SLOT_SPEED));
		return rowset_number(scope->set, scope->row, (size_t)slot);
	}
}

static const char *slot_text(void *arg, int slot)
{
	const struct scope *scope = arg;

	if (slot == RULE_SLOT_DEVICE)
		return scope->device;
	if (scope->set == NULL)
		return NULL;
	if (slot == RULE_SLOT_KEY)
		return scope->set->table->is_scalar ? NULL : scope->set->rows[scope->row].key;
	return slot < RULE_SLOT_NOW ? rowset_tag(scope->set, scope->row, (size_t)slot) : NULL;
}

double scope_eval(struct scope *scope, const struct expr *expr, const double *before, double *after)
{
	return expr_judge(expr, &(struct expr_inputs){slot_number, slot_text, scope, before, after});
}

double scope_number(struct scope *scope)
{
	const struct rule_binding *binding = scope->binding;

	if (scope->value_known)
		return scope->value;
	scope->value_known = true;
	scope->value = NAN;
	if (binding->value != NULL)
		scope->value = scope_eval(scope, binding->value, NULL, NULL);
	else if (binding->value_slot >= 0)
		scope->value = slot_number(scope, binding->value_slot);
	return scope->value;
}

/* A state by its name, a number with its unit, or text. */
static void add_slot(struct scope *scope, const struct rule_piece *piece, struct str *out)
{
	const struct column *column = scope->set != NULL && piece->slot < RULE_SLOT_NOW
					  ? &scope->set->table->columns[piece->slot]
					  : NULL;
	bool is_text = piece->slot == RULE_SLOT_DEVICE || piece->slot == RULE_SLOT_KEY ||
		       (column != NULL && column->is_tag);
	const char *text = NULL;
	char buf[UNITS_TEXT_MAX];
	double number;

	if (is_text) {
		text = slot_text(scope, piece->slot);
		str_add(out, text != NULL ? text : "");
		return;
	}
	number = slot_number(scope, piece->slot);
	if (column != NULL && fabs(number) < 9e15)
		text = column_enum_text(column, (int64_t)number);
	str_add(out, text != NULL ? text : units_value(buf, number, piece->unit));
}

/* A value that is not there leaves no hole: runs of spaces become one, and none at the ends. */
static char *tidy(struct str *text)
{
	char *s = str_steal(text);
	size_t n = 0, len = strlen(s), cut = 0;
	int32_t code;

	for (size_t i = 0; i < len; i++)
		if (s[i] != ' ' || (n > 0 && s[n - 1] != ' '))
			s[n++] = s[i];
	while (n > 0 && s[n - 1] == ' ')
		n--;
	while (cut < n) {
		size_t step = utf8_decode((const unsigned char *)s + cut, n - cut, &code);

		if (cut + step > RULE_TEXT_MAX)
			break;
		cut += step;
	}
	s[cut] = '\0';
	return s;
}

char *scope_text(struct scope *scope)
{
	const struct rule_binding *binding = scope->binding;
	struct str out = {0};
	char buf[UNITS_TEXT_MAX];

	for (size_t i = 0; i < binding->n_pieces; i++) {
		const struct rule_piece *piece = &binding->pieces[i];

		if (piece->literal != NULL)
			str_add(&out, piece->literal);
		else if (piece->expr != NULL)
			str_add(
			    &out, units_value(buf, scope_eval(scope, piece->expr, NULL, NULL), piece->unit));
		else
			add_slot(scope, piece, &out);
	}
	return tidy(&out);
}
