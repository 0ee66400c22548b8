/* Fuzzes formulas: what compiles must run, with any values. */
#include "fuzz/input.h"

#include "base/expr.h"
#include "base/exprparse.h"
#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 4

static int resolve(void *arg, const char *name, double *literal)
{
	(void)arg;
	if (strcmp(name, "up") == 0) {
		*literal = 1;
		return -2;
	}
	/* ssCpuRawIdle, a, memSysAvail: any name but some that do not exist. */
	return name[0] == 'x' ? -1 : (int)((unsigned char)name[0] % SLOTS);
}

struct values {
	double v[SLOTS];
};

static double value(void *arg, int slot)
{
	const struct values *values = arg;

	if (slot < 0 || slot >= SLOTS)
		abort();
	return values->v[slot];
}

static void check_slots(const struct expr *expr)
{
	size_t n;
	const int *slots = expr_slots(expr, &n);

	for (size_t i = 0; i < n; i++)
		if (slots[i] < 0 || slots[i] >= SLOTS || (i > 0 && slots[i] <= slots[i - 1]))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct values some[] = {
	    {{1, 2, 3, 4}}, {{0, -1, 1e308, 0.5}}, {{NAN, NAN, NAN, NAN}}, {{INFINITY, -INFINITY, 0, NAN}}};
	char *text = input_text(octets, len), *error = NULL;
	size_t column = SIZE_MAX;
	struct expr *expr = expr_new(text, resolve, NULL, &error, &column);

	if (expr != NULL) {
		check_slots(expr);
		for (size_t i = 0; i < ARRAY_LEN(some); i++)
			(void)expr_eval(expr, value, &some[i]);
		expr_free(expr);
	} else if (error == NULL || column > strlen(text)) {
		abort();
	}
	free(error);
	free(text);
	return 0;
}
