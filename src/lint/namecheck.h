/* namecheck: names in a profile that get in one another's way. Needs no device. */
#ifndef ROLLCALL_LINT_NAMECHECK_H
#define ROLLCALL_LINT_NAMECHECK_H

#include "lint/finding.h"
#include "model/profile.h"

void namecheck(struct finding_list *list, const struct profile *profile);

#endif
