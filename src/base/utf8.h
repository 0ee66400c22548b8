/* utf8: one character at a time out of bytes that may be anything (RFC 3629). */
#ifndef ROLLCALL_BASE_UTF8_H
#define ROLLCALL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Decodes the character that starts at s; len > 0 bytes are there. Returns the bytes it
 * takes. On an invalid sequence *code is -1 and the return value is the length of its
 * longest plausible beginning, at least 1, to be replaced as one (Unicode 3.9, U+FFFD
 * substitution of maximal subparts). Overlong forms and surrogates are invalid. */
size_t utf8_decode(const unsigned char *s, size_t len, int32_t *code);

/* False for what must not reach a terminal or page as it is: C0 and C1 controls, line and
 * paragraph separators, and the bidirectional overrides that make text read as other text. */
bool utf8_is_harmless(int32_t code);

/* Columns on a terminal: 0, 1 or 2. Not wcwidth(), which depends on the locale. */
unsigned utf8_columns(int32_t code);

#endif
