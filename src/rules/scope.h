/* scope: what the expressions of rules read: one row of a rowset, or a device. */
#ifndef ROLLCALL_RULES_SCOPE_H
#define ROLLCALL_RULES_SCOPE_H

#include "base/str.h"
#include "model/rowset.h"
#include "model/rule.h"

struct scope {
	const struct rowset *set; /* NULL: the device */
	size_t row;
	const char *device;	      /* name */
	double now;		      /* wall s */
	double uptime, since_restart; /* s; NaN = unknown */
	const struct rule_binding *binding;
	double limit;
	double value;	  /* see scope_number() */
	bool value_known; /* it is worked out already */
};

/* `memory`: expr_states() of what was remembered, and of what is; NULL when there are none. */
double scope_eval(struct scope *scope, const struct expr *expr, const double *before, double *after);
/* The number that the rule is about: its `value`, else what its condition reads first. Worked out when it is
 * first asked for, as most conditions end before. */
double scope_number(struct scope *scope);
/* The rule's text with values in place; at most RULE_TEXT_MAX bytes. */
char *scope_text(struct scope *scope);

#endif
