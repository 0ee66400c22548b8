/* hint: what is probably wrong with a device that was probed, for the person who has to mend it. Pure. */
#ifndef ROLLCALL_CTL_HINT_H
#define ROLLCALL_CTL_HINT_H

#include "base/str.h"
#include "daemon/oneshot.h"

/* Appends one or more paragraphs, each ending in a newline; nothing when all is well. */
void hint_add(struct str *out, const struct device_report *report, const struct oneshot_result *result);

#endif
