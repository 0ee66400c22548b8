/* lintshow: what lint found, as JSON. Pure.
 *
 *     {"profile", "file", "against": [file or address, ..], "objects", "rows", "faults", "notes",
 *      "findings": [{"kind", "note", "table", "column", "rule", "what", "remedy"}],
 *      "offers": [{"oid", "scalar", "looks_like", "hint", "score", "rows", "moved", "values", "beside"}]}
 *
 * Findings come heaviest first; "kind" is a finding_kind_name(), what a finding is not about is null. "note":
 * no fault of the profile. "objects" and "rows" are null without a recording, and "offers" is empty then;
 * best first, "looks_like" an offer_look_name(), "hint" a scale ("tenths") or null. */
#ifndef ROLLCALL_DAEMON_LINTSHOW_H
#define ROLLCALL_DAEMON_LINTSHOW_H

#include "daemon/lint.h"

#include <jansson.h>

/* `against`: n_against texts. New reference. */
json_t *lintshow(
    const struct profile *profile, const struct lint_result *result, char *const *against, size_t n_against);

#endif
