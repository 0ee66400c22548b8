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
 * the branch of `if` that was not taken may meet it. Division by zero is unknown.
 *
 * Conditions are the same language with types and a memory:
 *
 *     in_octets% > 80 and ifAlias =~ "^uplink" and was(ifOperStatus == up)
 *     hrSystemDate - now > 5m or mode in [standby, failed] or changed(serial)
 *
 * Names may be text, compared by == != =~ "PCRE" and `in ["a", "b"]`; numbers may
 * carry a unit (80%, 30s, 5m, 10G, 100Mbit/s), and units that do not fit, text where a
 * number belongs, or a number where a condition belongs are mistakes. name% is
 * asked for as the name "name%". was(c): c has been true at an earlier evaluation;
 * changed(x): x is another than when it was last known. */
#ifndef ROLLCALL_BASE_EXPR_H
#define ROLLCALL_BASE_EXPR_H

#include <stdbool.h>
#include <stddef.h>

#define EXPR_UNIT_MAX	32 /* bytes of a unit, the terminator included */
#define EXPR_STATES_MAX 16 /* was() and changed() of one expression */

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

/* --- conditions --- */

enum expr_kind {
	EXPR_NUMBER,
	EXPR_STATE, /* a number that names a state: compared, never reckoned with */
	EXPR_TRUTH,
	EXPR_TEXT
};

struct expr_type {
	enum expr_kind kind;
	char unit[EXPR_UNIT_MAX]; /* of a number; "" = unknown, fits any */
};

struct expr_names {
	/* As expr_resolve_fn; `beside` is the slot that the name is compared with, or -1. */
	int (*resolve)(void *arg, const char *name, int beside, double *literal);
	void (*type)(void *arg, int slot, struct expr_type *type);
	void *arg;
};

/* As expr_new. *type is what it gives; text is refused. */
struct expr *expr_condition(
    const char *text, const struct expr_names *names, struct expr_type *type, char **error, size_t *column);
/* The doubles that it remembers from one evaluation to the next; NaN to begin with. */
size_t expr_states(const struct expr *expr);

struct expr_inputs {
	double (*number)(void *arg, int slot);
	const char *(*text)(void *arg, int slot); /* NULL = unknown */
	void *arg;
	const double *before; /* expr_states() of them */
	double *after;	      /* likewise, written; another array than `before` */
};
double expr_judge(const struct expr *expr, const struct expr_inputs *inputs);

/* "80%", "5m", "10G" or "80" as a number in its unit: "%", "s", "B", "bit/s" or "". False when malformed. */
bool expr_parse_amount(const char *text, double *number, const char **unit);

#endif
