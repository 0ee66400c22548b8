#include "base/expr.h"

#include "base/exprparse.h"
#include "base/mem.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>

struct expr {
	struct expr_program program;
	struct {
		int *v;
		size_t n, cap;
	} slots;
};

static int by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void list_slots(struct expr *expr)
{
	size_t kept = 0;

	for (size_t i = 0; i < expr->program.n; i++)
		if (expr->program.v[i].code == OP_SLOT)
			vec_push(&expr->slots, expr->program.v[i].operand);
	if (expr->slots.n == 0)
		return;
	qsort(expr->slots.v, expr->slots.n, sizeof *expr->slots.v, by_number);
	for (size_t i = 1; i < expr->slots.n; i++)
		if (expr->slots.v[i] != expr->slots.v[kept])
			expr->slots.v[++kept] = expr->slots.v[i];
	expr->slots.n = kept + 1;
}

struct expr *expr_new(const char *text, expr_resolve_fn *resolve, void *arg, char **error, size_t *column)
{
	struct expr *expr = mem_alloc(sizeof *expr);

	if (!exprparse(text, resolve, arg, &expr->program, error, column)) {
		expr_free(expr);
		return NULL;
	}
	list_slots(expr);
	return expr;
}

void expr_free(struct expr *expr)
{
	if (expr == NULL)
		return;
	vec_fini(&expr->program);
	vec_fini(&expr->slots);
	free(expr);
}

const int *expr_slots(const struct expr *expr, size_t *n)
{
	*n = expr->slots.n;
	return expr->slots.v;
}

/* --- evaluation --- */

/* What is too large to be a number is not known either. */
static double finite_or_unknown(double x)
{
	return isfinite(x) ? x : NAN;
}

/* Kleene's three-valued logic: an unknown side decides nothing, a known one may. */
static double and3(double a, double b)
{
	if (a == 0 || b == 0)
		return 0;
	return isnan(a) || isnan(b) ? NAN : 1;
}

static double or3(double a, double b)
{
	if ((!isnan(a) && a != 0) || (!isnan(b) && b != 0))
		return 1;
	return isnan(a) || isnan(b) ? NAN : 0;
}

static double truth(bool holds, double a, double b)
{
	return isnan(a) || isnan(b) ? NAN : holds;
}

static double first_known(const double *v, int n)
{
	for (int i = 0; i < n; i++)
		if (!isnan(v[i]))
			return v[i];
	return NAN;
}

/* The least or greatest of the known ones. */
static double extreme(const double *v, int n, bool greatest)
{
	double best = first_known(v, n);

	for (int i = 0; i < n; i++)
		if (greatest ? v[i] > best : v[i] < best)
			best = v[i];
	return best;
}

static double apply(const struct expr_op *op, const double *v)
{
	switch (op->code) {
	case OP_NUMBER:
	case OP_SLOT:
		return NAN; /* take nothing: pushed by the caller */
	case OP_OR:
		return or3(v[0], v[1]);
	case OP_AND:
		return and3(v[0], v[1]);
	case OP_NOT:
		return truth(v[0] == 0, v[0], v[0]);
	case OP_EQ:
		return truth(v[0] == v[1], v[0], v[1]);
	case OP_NE:
		return truth(v[0] != v[1], v[0], v[1]);
	case OP_LT:
		return truth(v[0] < v[1], v[0], v[1]);
	case OP_LE:
		return truth(v[0] <= v[1], v[0], v[1]);
	case OP_GT:
		return truth(v[0] > v[1], v[0], v[1]);
	case OP_GE:
		return truth(v[0] >= v[1], v[0], v[1]);
	case OP_ADD:
		return finite_or_unknown(v[0] + v[1]);
	case OP_SUB:
		return finite_or_unknown(v[0] - v[1]);
	case OP_MUL:
		return finite_or_unknown(v[0] * v[1]);
	case OP_DIV:
		return v[1] == 0 ? NAN : finite_or_unknown(v[0] / v[1]);
	case OP_MOD:
		return v[1] == 0 ? NAN : fmod(v[0], v[1]);
	case OP_NEG:
		return -v[0];
	case OP_ABS:
		return fabs(v[0]);
	case OP_MIN:
		return extreme(v, op->operand, false);
	case OP_MAX:
		return extreme(v, op->operand, true);
	case OP_IF:
		return isnan(v[0]) ? NAN : v[0] != 0 ? v[1] : v[2];
	case OP_KNOWN:
		return !isnan(v[0]);
	case OP_FIRST:
		return first_known(v, op->operand);
	}
	return NAN;
}

/* Both branches of an `if` are worked out: values have no side effects, and jumps would
 * cost more than the few steps saved. */
double expr_eval(const struct expr *expr, expr_value_fn *value, void *arg)
{
	double stack[EXPR_STACK_MAX];
	size_t top = 0;

	for (size_t i = 0; i < expr->program.n; i++) {
		const struct expr_op *op = &expr->program.v[i];

		if (op->code == OP_NUMBER) {
			stack[top++] = op->number;
		} else if (op->code == OP_SLOT) {
			stack[top++] = finite_or_unknown(value(arg, op->operand));
		} else {
			top -= (size_t)op->operand;
			stack[top] = apply(op, stack + top);
			top++;
		}
	}
	return finite_or_unknown(stack[0]);
}
