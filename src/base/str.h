/* str: a growing string, and the few text tools that more than one folder needs.
 *
 * All functions are pure but for memory. Text from devices is bytes until
 * str_add_utf8() has made it text. */
#ifndef ROLLCALL_BASE_STR_H
#define ROLLCALL_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct str {
	char *s;    /* always terminated once something was added; NULL when empty and new */
	size_t len; /* without the terminator */
	size_t cap;
};

void str_fini(struct str *str);
void str_clear(struct str *str);	     /* keeps the memory */
const char *str_text(const struct str *str); /* never NULL */
char *str_steal(struct str *str);	     /* caller frees; never NULL */

void str_add(struct str *str, const char *text);
void str_add_n(struct str *str, const char *bytes, size_t len);
void str_add_char(struct str *str, char c);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
void str_vaddf(struct str *str, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
char *str_format(const char *format, ...) __attribute__((format(printf, 1, 2))); /* caller frees */

/* Adds bytes of unknown origin as clean UTF-8: octets that are none, as in other
 * character sets, become \xb0 and so on, so that two names stay two; NUL and control
 * characters (tab and newline included) become U+FFFD or a space; trailing NULs and
 * spaces are dropped. What comes out may be printed on a terminal and put into JSON. */
void str_add_utf8(struct str *str, const void *bytes, size_t len);

/* Adds `text` with everything outside [A-Za-z0-9._-] as %XX. A leading dot is encoded too. */
void str_add_percent(struct str *str, const char *text);

/* Adds `text` quoted so that a POSIX shell reads it back as one word. */
void str_add_shell(struct str *str, const char *text);

/* Terminal columns that valid UTF-8 text takes (wide East Asian letters count two). */
size_t str_width(const char *text);
/* Bytes of `text` that fit into `columns`. */
size_t str_fit(const char *text, size_t columns);

/* The candidate nearest to `word` by edit distance, or NULL when none is near
 * enough to be what was meant. For "did you mean". */
const char *str_nearest(const char *word, const char *const *candidates, size_t count);

uint64_t str_hash(const void *bytes, size_t len); /* FNV-1a, 64 bits, finalised; stable over releases */

bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
bool str_equal(const char *a, const char *b); /* NULL-safe */

/* Strict: the whole text must be the number and be in range. */
bool str_to_i64(const char *text, int64_t *out);
bool str_to_u64(const char *text, uint64_t *out);
bool str_to_double(const char *text, double *out); /* finite, C locale */

#endif
