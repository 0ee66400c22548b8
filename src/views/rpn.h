/* rpn: a formula as profiles write it -> rrdtool's reverse Polish notation. Pure.
 *
 *     "in_octets * 8"        -> "in_octets,8,*"
 *     "used / (used + free)" -> "used,used,free,+,0,EQ,UNKN,used,free,+,IF,/"
 *
 * Operators by rising precedence: or, and, not, comparisons, + -, * / %, unary -.
 * Functions: abs min max if known first, as base/expr.h has them, with the same
 * meaning of unknown: a division by zero is unknown, min and max skip what is. */
#ifndef ROLLCALL_VIEWS_RPN_H
#define ROLLCALL_VIEWS_RPN_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>

/* Adds what stands for a name in the RPN; false if there is no such name. */
typedef bool rpn_name_fn(void *arg, const char *name, struct str *out);

/* Adds the RPN of `text` to out. ERR_INVALID: *error (caller frees) says what and where. */
enum err rpn_add(struct str *out, const char *text, rpn_name_fn *name, void *arg, char **error) MUST_USE;

#endif
