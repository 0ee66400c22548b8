#include "base/exprfuse.h"

#include "base/vec.h"

#include <assert.h>
#include <string.h>

/* What a value on the stack is worked out by. */
struct part {
	size_t from;	/* its first step */
	bool remembers; /* one of them does */
};

struct fusing {
	struct expr_steps *steps;
	struct part parts[EXPR_STACK_MAX];
	size_t n;
};

static void push(struct fusing *f, const struct expr_op *op)
{
	struct expr_step step = {.code = STEP_OP, .op = (uint8_t)op->code, .operand = op->operand};

	/* Numbers and indexes share their place. */
	memcpy(&step.number, &op->number, sizeof step.number);
	vec_push(f->steps, step);
}

static bool is_leaf(const struct fusing *f, size_t step, enum expr_code code)
{
	return f->steps->v[step].code == STEP_OP && f->steps->v[step].op == (uint8_t)code;
}

static bool is_comparison(enum expr_code code)
{
	return code >= OP_EQ && code <= OP_GE;
}

/* A slot beside a number, or two slots: the last two steps become one. */
static bool fuse_comparison(struct fusing *f, const struct expr_op *op)
{
	size_t last = f->steps->n - 1;
	struct expr_step *left, *right;

	if (!is_comparison(op->code) || f->parts[f->n - 1].from != last ||
	    f->parts[f->n - 2].from != last - 1 || !is_leaf(f, last - 1, OP_SLOT))
		return false;
	left = &f->steps->v[last - 1];
	right = &f->steps->v[last];
	if (is_leaf(f, last, OP_NUMBER)) {
		left->code = STEP_COMPARE;
		left->number = right->number;
	} else if (is_leaf(f, last, OP_SLOT)) {
		left->code = STEP_COMPARE_2;
		left->index = (size_t)right->operand;
	} else {
		return false;
	}
	left->op = (uint8_t)op->code;
	f->steps->n--;
	return true;
}

/* Before the right side of `and` and `or`: it may not matter. */
static void insert_skip(struct fusing *f, enum expr_code code)
{
	const struct part *right = &f->parts[f->n - 1];
	size_t len = f->steps->n - right->from;
	struct expr_step skip = {
	    .code = code == OP_AND ? STEP_SKIP_AND : STEP_SKIP_OR, .operand = (int)len + 1};
	struct expr_step *at;

	if (right->remembers)
		return;
	vec_push(f->steps, skip);
	at = &f->steps->v[right->from];
	memmove(at + 1, at, len * sizeof *at);
	*at = skip;
}

static void fuse_op(struct fusing *f, const struct expr_op *op)
{
	size_t taken = (size_t)exprparse_taken(op);
	struct part part = {.from = f->steps->n, .remembers = op->code == OP_WAS || op->code == OP_CHANGED};

	assert(taken <= f->n);
	if (taken > 0)
		part.from = f->parts[f->n - taken].from;
	for (size_t i = 0; i < taken; i++)
		part.remembers |= f->parts[f->n - 1 - i].remembers;
	if (op->code == OP_AND || op->code == OP_OR)
		insert_skip(f, op->code);
	if (taken != 2 || !fuse_comparison(f, op))
		push(f, op);
	f->n -= taken;
	f->parts[f->n++] = part;
}

void exprfuse(const struct expr_program *program, struct expr_steps *steps)
{
	struct fusing f = {.steps = steps};

	for (size_t i = 0; i < program->n; i++)
		fuse_op(&f, &program->v[i]);
}

void exprfuse_fini(struct expr_steps *steps)
{
	vec_fini(steps);
}
