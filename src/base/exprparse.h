/* exprparse: the text of an expression to its program, for base/expr only.
 *
 * Recursive descent, one function per precedence; length, nesting and stack are
 * limited, so that neither parsing nor evaluation can be made to run away. */
#ifndef ROLLCALL_BASE_EXPRPARSE_H
#define ROLLCALL_BASE_EXPRPARSE_H

#include "base/expr.h"

#define EXPR_TEXT_MAX  4096
#define EXPR_OPS_MAX   1024
#define EXPR_DEPTH_MAX 64  /* of parentheses, calls and signs within each other */
#define EXPR_STACK_MAX 128 /* values waiting for their operator */

enum expr_code {
	OP_NUMBER,
	OP_SLOT,
	OP_OR,
	OP_AND,
	OP_NOT,
	OP_EQ,
	OP_NE,
	OP_LT,
	OP_LE,
	OP_GT,
	OP_GE,
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_NEG,
	OP_ABS,
	OP_MIN,
	OP_MAX,
	OP_IF,
	OP_KNOWN,
	OP_FIRST,
};

/* One step of the program, in reverse Polish order: takes its values off the stack, puts one on. */
struct expr_op {
	enum expr_code code;
	int operand; /* OP_SLOT: the slot; OP_NUMBER: nothing; else the values it takes */
	double number;
};

/* A vec. What is in it never needs more than EXPR_STACK_MAX values on the stack. */
struct expr_program {
	struct expr_op *v;
	size_t n, cap;
};

/* Appends the program of `text`. False on a mistake; then *error (caller frees) says
 * what and *column where, and the program is of no use. */
bool exprparse(const char *text, expr_resolve_fn *resolve, void *arg, struct expr_program *program,
    char **error, size_t *column);

#endif
