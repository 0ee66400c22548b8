/* exprparse: the text of an expression to its program, for base/expr only.
 *
 * Recursive descent, one function per precedence; length, nesting and stack are
 * limited, so that neither parsing nor evaluation can be made to run away. */
#ifndef ROLLCALL_BASE_EXPRPARSE_H
#define ROLLCALL_BASE_EXPRPARSE_H

#include "base/expr.h"
#include "base/match.h"

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
	/* Of conditions only. */
	OP_IN,	    /* the value and the items of the list: any equal? */
	OP_MATCHES, /* as parsed: a value and the text of a pattern */
	OP_WAS,
	OP_CHANGED,
	OP_TEXT, /* as parsed: texts.v[index] */
	/* What exprtype makes of these: leaves, as text never is on the stack. */
	OP_TEXT_EQ,	 /* text of the slot is texts.v[index] */
	OP_TEXT_NE,	 /* it is not */
	OP_TEXT_SAME,	 /* texts of two slots, the second by index */
	OP_TEXT_DIFFER,	 /* likewise */
	OP_TEXT_MATCHES, /* patterns.v[index] */
	OP_TEXT_KNOWN,
	OP_TEXT_MARK, /* a number that stands for the slot's text */
};

/* One step of the program, in reverse Polish order: takes its values off the stack, puts one on. */
struct expr_op {
	enum expr_code code;
	int operand; /* OP_SLOT and OP_TEXT_*: the slot; OP_NUMBER, OP_TEXT: nothing; else the values it takes
		      */
	union {
		double number;
		size_t index; /* of a text, a pattern, a slot or a state */
	};
	const char *unit; /* OP_NUMBER: static text, or NULL when none was written */
	size_t at;	  /* column where it stands */
};

/* Values an op takes off the stack. */
int exprparse_taken(const struct expr_op *op);

/* A vec. What is in it never needs more than EXPR_STACK_MAX values on the stack. */
struct expr_program {
	struct expr_op *v;
	size_t n, cap;
	struct {
		char **v;
		size_t n, cap;
	} texts;
	struct {
		struct match **v;
		size_t n, cap;
	} patterns;
	size_t n_states;
};
void exprparse_fini(struct expr_program *program);

/* Appends the program of `text`. False on a mistake; then *error (caller frees) says
 * what and *column where, and the program is of no use. */
bool exprparse(const char *text, expr_resolve_fn *resolve, void *arg, struct expr_program *program,
    char **error, size_t *column);
/* The same for conditions: types are not checked yet. */
bool exprparse_condition(const char *text, const struct expr_names *names, struct expr_program *program,
    char **error, size_t *column);

/* exprtype.c: checks the types of a condition, and makes leaves of what is about text. */
bool exprtype_check(struct expr_program *program, const struct expr_names *names, struct expr_type *type,
    char **error, size_t *column);

/* exprunit.c: the unit directly behind a number at `s`. Its length in bytes, 0 when there
 * is none; *factor makes of the number one in *unit. */
size_t exprunit_read(const char *s, double *factor, const char **unit);

#endif
