/* rowlook: what is told about a profile by the rows that it made of a device, poll after poll. */
#ifndef ROLLCALL_LINT_ROWLOOK_H
#define ROLLCALL_LINT_ROWLOOK_H

#include "lint/finding.h"
#include "model/inventory.h"
#include "model/recording.h"
#include "model/rowset.h"

struct rowlook;

struct rowlook *rowlook_new(const struct profile *profile); /* borrowed */
void rowlook_free(struct rowlook *check);

/* The rows as they are after a poll of `recording`. `restarted`: the agent has, since the look before. */
void rowlook_look(struct rowlook *check, const struct rowset *const *tables, size_t n,
    const struct recording *recording, bool restarted);
/* Of rows that were polled twice: those numbers that are reckoned from rates. */
void rowlook_look_rates(struct rowlook *check, const struct rowset *const *tables, size_t n);
void rowlook_tell(const struct rowlook *check, struct finding_list *list);
/* Rules of `rules` whose numbers this device does not have. */
void rowlook_tell_silent(
    const struct rowlook *check, struct rule *const *rules, size_t n, struct finding_list *list);

#endif
