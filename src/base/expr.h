/* expr: small arithmetic over named numbers, compiled once, evaluated often.
 *
 *     100 * (1 - ssCpuRawIdle / (ssCpuRawUser + ssCpuRawIdle))
 *     if(memSysAvail > 0, memSysAvail, memFree + memBuffer)
 *
 * Operators by rising precedence: or, and, not, comparisons (== != < <= > >=),
 * + -, * / %, unary -. Functions: abs(x) min(...) max(...) if(c,a,b)
 * known(x) first(a,b,...) (the first that is known). Numbers: 12, 1.5, 1e6.
 * Truth is 1 or 0. Unknown is NaN and spreads through every operator, except
 * that `0 and unknown` is 0, `1 or unknown` is 1, and min, max, known, first and
 * the branch of `if` that was not taken may meet it. Division by zero is unknown. */
#ifndef ROLLCALL_BASE_EXPR_H
#define ROLLCALL_BASE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

struct expr;

/* Slot number of a name, or -1 if there is none. Literals such as `up` of an
 * enumeration: set *literal and return -2. */
typedef int expr_resolve_fn(void *arg, const char *name, double *literal);
/* Value of a slot now. */
typedef double expr_value_fn(void *arg, int slot);

/* NULL on a mistake; then *error (caller frees) says what, *column where (0-based byte). */
struct expr *expr_new(const char *text, expr_resolve_fn *resolve, void *arg, char **error, size_t *column);
void expr_free(struct expr *expr);
double expr_eval(const struct expr *expr, expr_value_fn *value, void *arg);
/* The slots it reads, in ascending order without repetition; count in *n. Owned by expr. */
const int *expr_slots(const struct expr *expr, size_t *n);

#endif
