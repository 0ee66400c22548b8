/* rulecheck: rules that can never fire, as far as trying tells.
 *
 * A rule's conditions are judged with some ten thousand made-up rows: states that have names, percentages
 * from 0 to 100, numbers around all that the rule compares with. What is true of none of them will hardly be
 * true of a device: "used_percent > 120", "state == up and state == down". A condition about texts is not
 * tried. */
#ifndef ROLLCALL_LINT_RULECHECK_H
#define ROLLCALL_LINT_RULECHECK_H

#include "lint/finding.h"
#include "model/rule.h"

/* All rules that bind one of the profile's tables; and those that stand in the profile's own file and bind
 * none. */
void rulecheck(struct finding_list *list, const struct profile *profile, struct rule *const *rules, size_t n);

#endif
