/* Fuzzes conditions: what compiles must run, with any values and texts, and remember. */
#include "fuzz/input.h"

#include "base/expr.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 8 /* two numbers, a state, a rate and its percent, three texts */

static int resolve(void *arg, const char *name, int beside, double *literal)
{
	(void)arg;
	if (beside < -1 || beside >= SLOTS)
		abort();
	if (strcmp(name, "up") == 0) {
		*literal = 1;
		return -2;
	}
	return name[0] == 'x' ? -1 : (int)((unsigned char)name[0] % SLOTS);
}

static void type(void *arg, int slot, struct expr_type *type)
{
	static const char *const units[SLOTS] = {"%", "B", "", "octets/s", "%", "", "", ""};

	(void)arg;
	*type = (struct expr_type){.kind = slot >= 5 ? EXPR_TEXT : slot == 2 ? EXPR_STATE : EXPR_NUMBER};
	strcpy(type->unit, units[slot]);
}

static double number(void *arg, int slot)
{
	const double *v = arg;

	if (slot < 0 || slot >= 5)
		abort();
	return v[slot];
}

static const char *text_of(void *arg, int slot)
{
	(void)arg;
	if (slot < 5 || slot >= SLOTS)
		abort();
	return slot == 5 ? NULL : slot == 6 ? "" : "uplink to rack 7";
}

static void run(const struct expr *expr)
{
	double some[][5] = {{1, 2, 1, 4, 5}, {0, -1, 2, 1e308, 0.5}, {NAN, NAN, NAN, NAN, NAN}};
	double before[EXPR_STATES_MAX], after[EXPR_STATES_MAX];

	if (expr_states(expr) > EXPR_STATES_MAX)
		abort();
	for (size_t i = 0; i < EXPR_STATES_MAX; i++)
		before[i] = after[i] = NAN;
	for (size_t i = 0; i < ARRAY_LEN(some); i++) {
		struct expr_inputs inputs = {number, text_of, some[i], before, after};

		(void)expr_judge(expr, &inputs);
		memcpy(before, after, sizeof before);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct expr_names names = {resolve, type, NULL};
	char *text = input_text(octets, len), *error = NULL;
	size_t column = SIZE_MAX;
	struct expr_type result;
	struct expr *expr = expr_condition(text, &names, &result, &error, &column);
	const char *unit;
	double amount;

	if (expr != NULL) {
		run(expr);
		if (result.kind == EXPR_TEXT || memchr(result.unit, '\0', sizeof result.unit) == NULL)
			abort();
		expr_free(expr);
	} else if (error == NULL || column > strlen(text)) {
		abort();
	}
	if (expr_parse_amount(text, &amount, &unit) && (!isfinite(amount) || unit == NULL))
		abort();
	free(error);
	free(text);
	return 0;
}
