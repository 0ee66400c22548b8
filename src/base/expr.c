#include "base/expr.h"

#include "base/exprfuse.h"
#include "base/exprparse.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct expr {
	struct expr_program program;
	struct expr_steps steps; /* it, as it is run */
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
		if (expr->program.v[i].code == OP_SLOT || expr->program.v[i].code >= OP_TEXT_EQ)
			vec_push(&expr->slots, expr->program.v[i].operand);
	if (expr->slots.n == 0)
		return;
	qsort(expr->slots.v, expr->slots.n, sizeof *expr->slots.v, by_number);
	for (size_t i = 1; i < expr->slots.n; i++)
		if (expr->slots.v[i] != expr->slots.v[kept])
			expr->slots.v[++kept] = expr->slots.v[i];
	expr->slots.n = kept + 1;
}

static struct expr *finished(struct expr *expr)
{
	list_slots(expr);
	exprfuse(&expr->program, &expr->steps);
	return expr;
}

struct expr *expr_new(const char *text, expr_resolve_fn *resolve, void *arg, char **error, size_t *column)
{
	struct expr *expr = mem_alloc(sizeof *expr);

	if (!exprparse(text, resolve, arg, &expr->program, error, column)) {
		expr_free(expr);
		return NULL;
	}
	return finished(expr);
}

struct expr *expr_condition(
    const char *text, const struct expr_names *names, struct expr_type *type, char **error, size_t *column)
{
	struct expr *expr = mem_alloc(sizeof *expr);

	if (!exprparse_condition(text, names, &expr->program, error, column) ||
	    !exprtype_check(&expr->program, names, type, error, column)) {
		expr_free(expr);
		return NULL;
	}
	return finished(expr);
}

size_t expr_states(const struct expr *expr)
{
	return expr->program.n_states;
}

void expr_free(struct expr *expr)
{
	if (expr == NULL)
		return;
	exprparse_fini(&expr->program);
	exprfuse_fini(&expr->steps);
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

/* Is the first among the others? An unknown item leaves open whether it is. */
static double is_in(const double *v, int n)
{
	double found = 0;

	for (int i = 1; i < n; i++)
		found = or3(found, truth(v[0] == v[i], v[0], v[i]));
	return found;
}

static double compare(enum expr_code code, double a, double b)
{
	switch (code) {
	case OP_EQ:
		return truth(a == b, a, b);
	case OP_NE:
		return truth(a != b, a, b);
	case OP_LT:
		return truth(a < b, a, b);
	case OP_LE:
		return truth(a <= b, a, b);
	case OP_GT:
		return truth(a > b, a, b);
	default:
		return truth(a >= b, a, b);
	}
}

static double apply(const struct expr_step *op, const double *v)
{
	switch ((enum expr_code)op->op) {
	case OP_OR:
		return or3(v[0], v[1]);
	case OP_AND:
		return and3(v[0], v[1]);
	case OP_NOT:
		return truth(v[0] == 0, v[0], v[0]);
	case OP_EQ:
	case OP_NE:
	case OP_LT:
	case OP_LE:
	case OP_GT:
	case OP_GE:
		return compare((enum expr_code)op->op, v[0], v[1]);
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
	case OP_IN:
		return is_in(v, op->operand);
	default: /* leaves, and what remembers: the caller's */
		return NAN;
	}
}

static double text_leaf(const struct expr *expr, const struct expr_step *op, const struct expr_inputs *inputs)
{
	const struct expr_program *program = &expr->program;
	const char *text = inputs->text(inputs->arg, op->operand), *other;

	if (op->op == OP_TEXT_KNOWN)
		return text != NULL;
	if (text == NULL)
		return NAN;
	switch ((enum expr_code)op->op) {
	case OP_TEXT_EQ:
		return strcmp(text, program->texts.v[op->index]) == 0;
	case OP_TEXT_NE:
		return strcmp(text, program->texts.v[op->index]) != 0;
	case OP_TEXT_MATCHES:
		return match_test(program->patterns.v[op->index], text);
	case OP_TEXT_SAME:
	case OP_TEXT_DIFFER:
		other = inputs->text(inputs->arg, (int)op->index);
		return other == NULL ? NAN : (strcmp(text, other) == 0) == (op->op == OP_TEXT_SAME);
	case OP_TEXT_MARK: /* 52 bits are whole in a double */
		return (double)(str_hash(text, strlen(text)) >> 12);
	default:
		return NAN;
	}
}

/* Unknown changes nothing of what is remembered. */
static double recall(const struct expr_step *op, double now, const struct expr_inputs *inputs)
{
	double before = inputs->before[op->index];

	if (op->op == OP_WAS) {
		inputs->after[op->index] = before > 0 || now > 0;
		return before > 0;
	}
	inputs->after[op->index] = isnan(now) ? before : now;
	return truth(now != before, now, before);
}

static double number(const struct expr_inputs *inputs, int slot)
{
	return finite_or_unknown(inputs->number(inputs->arg, slot));
}

/* One that is as the program has it; returns the new height of the stack. */
static size_t run_op(const struct expr *expr, const struct expr_step *step, const struct expr_inputs *inputs,
    double *stack, size_t top)
{
	switch ((enum expr_code)step->op) {
	case OP_NUMBER:
		stack[top++] = step->number;
		break;
	case OP_SLOT:
		stack[top++] = number(inputs, step->operand);
		break;
	case OP_WAS:
	case OP_CHANGED:
		stack[top - 1] = recall(step, stack[top - 1], inputs);
		break;
	default:
		if (step->op >= OP_TEXT_EQ) {
			stack[top++] = text_leaf(expr, step, inputs);
		} else {
			top -= (size_t)step->operand;
			stack[top] = apply(step, stack + top);
			top++;
		}
	}
	return top;
}

/* Both branches of an `if` are worked out: values have no side effects. */
double expr_judge(const struct expr *expr, const struct expr_inputs *inputs)
{
	const struct expr_step *step = expr->steps.v, *end = step + expr->steps.n;
	double stack[EXPR_STACK_MAX];
	size_t top = 0;

	for (; step < end; step++) {
		switch ((enum expr_step_code)step->code) {
		case STEP_COMPARE:
			stack[top++] =
			    compare((enum expr_code)step->op, number(inputs, step->operand), step->number);
			break;
		case STEP_COMPARE_2:
			stack[top++] = compare((enum expr_code)step->op, number(inputs, step->operand),
			    number(inputs, (int)step->index));
			break;
		case STEP_SKIP_AND:
			if (stack[top - 1] == 0)
				step += step->operand;
			break;
		case STEP_SKIP_OR:
			if (stack[top - 1] != 0 && !isnan(stack[top - 1])) {
				stack[top - 1] = 1;
				step += step->operand;
			}
			break;
		case STEP_OP:
			top = run_op(expr, step, inputs, stack, top);
			break;
		}
	}
	return finite_or_unknown(stack[0]);
}

double expr_eval(const struct expr *expr, expr_value_fn *value, void *arg)
{
	return expr_judge(expr, &(struct expr_inputs){.number = value, .arg = arg});
}
