/* rewrite: what a profile's pattern makes of a text: a part of it (extract_value), or
 * another text with parts of it (match_pattern and match_value). Pure. */
#ifndef ROLLCALL_POLL_REWRITE_H
#define ROLLCALL_POLL_REWRITE_H

#include "base/match.h"
#include "model/profile.h"

#include <stdbool.h>

#define REWRITE_TEXT_MAX 256 /* bytes of what comes out, the terminator included; the rest is cut */

struct rewrite {
	const struct match *match; /* NULL: the text stays as it is; then rewrite_apply() is not for it */
	const char *text;	   /* NULL: capture group 1 */
};

/* The source's own rule, else the column's; source may be NULL. Borrowed. */
struct rewrite rewrite_of(const struct column *column, const struct source *source);
/* False when the pattern does not match. $1, ${1} and \1 stand for capture groups; one that took no part is
 * empty. */
bool rewrite_apply(const struct rewrite *rewrite, const char *text, char out[REWRITE_TEXT_MAX]);

#endif
