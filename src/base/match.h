/* match: patterns. PCRE for rows and text (with match limits: a pattern cannot
 * hang the loop), shell globs for plain filters.
 *
 * A pattern is bytes unless it has letters outside ASCII; then it is UTF-8. A match
 * keeps its scratch memory between tests: use it from one thread at a time. */
#ifndef ROLLCALL_BASE_MATCH_H
#define ROLLCALL_BASE_MATCH_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct match;

/* NULL when the pattern does not compile; then *error (caller frees) says why and *offset where. */
struct match *match_new(const char *pattern, char **error, size_t *offset);
void match_free(struct match *match);
bool match_test(const struct match *match, const char *text); /* unanchored; a limit hit is no match */
const char *match_pattern(const struct match *match);
/* Text of capture group `group` (0 = whole) into buf, cut at size - 1; false if there is no match or
 * the group took no part in it. For numbers inside text. */
bool match_capture(const struct match *match, const char *text, unsigned group, char *buf, size_t size);

bool match_glob(const char *pattern, const char *text); /* fnmatch, case-sensitive */

#endif
