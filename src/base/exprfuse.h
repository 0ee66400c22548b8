/* exprfuse: a program as it is run: comparisons of slots in one step, and what no longer matters skipped.
 *
 * Three-valued logic allows that: 0 and x is 0, 1 or x is 1, whatever x is. Only what remembers (was,
 * changed) must be worked out each time. For base/expr only. */
#ifndef ROLLCALL_BASE_EXPRFUSE_H
#define ROLLCALL_BASE_EXPRFUSE_H

#include "base/exprparse.h"

#include <stddef.h>
#include <stdint.h>

enum expr_step_code {
	STEP_OP,	/* as `op` says */
	STEP_COMPARE,	/* op of a slot and a number */
	STEP_COMPARE_2, /* op of two slots, the second by index */
	STEP_SKIP_AND,	/* when the value on top is 0, it is the result: `operand` steps are passed over */
	STEP_SKIP_OR,	/* the same when it is known and not 0; the result is 1 */
};

struct expr_step {
	uint8_t code; /* enum expr_step_code */
	uint8_t op;   /* enum expr_code */
	int operand;
	union {
		double number;
		size_t index;
	};
};

struct expr_steps {
	struct expr_step *v;
	size_t n, cap;
};

/* Needs no more stack than the program. End with exprfuse_fini(). */
void exprfuse(const struct expr_program *program, struct expr_steps *steps);
void exprfuse_fini(struct expr_steps *steps);

#endif
