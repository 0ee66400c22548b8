/* diag: what is wrong with the configuration, all of it, in the order of the files.
 *
 *     devices.yaml:12:9: error: unknown key 'adress'; did you mean 'address'?
 *         - {name: sw1, adress: 192.0.2.1}
 *                       ^
 *
 * A message says what is wrong, a semicolon, and what to do. Secrets never show:
 * what was hidden prints as ***, in the offending line too. Bounded: the first
 * DIAG_ERRORS_MAX errors and DIAG_OTHERS_MAX warnings are kept, the rest counted. */
#ifndef ROLLCALL_CONFIG_DIAG_H
#define ROLLCALL_CONFIG_DIAG_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIAG_ERRORS_MAX 200
#define DIAG_OTHERS_MAX 200 /* warnings and notes */

enum diag_severity { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE };

/* Where: line and column count from 1, columns in characters. Line 0 is the file as
 * a whole, file 0 nothing in particular. */
struct diag_place {
	uint32_t file, line, col;
};

struct diag;

struct diag *diag_new(void);
void diag_free(struct diag *diag);

/* Makes a file known, and its text for the offending lines (copied; may be NULL).
 * Messages come in the order in which files were made known. Returns its number. */
uint32_t diag_add_file(struct diag *diag, const char *name, const char *text, size_t len);
const char *diag_file_name(const struct diag *diag, uint32_t file); /* "" for none */

/* "what; remedy". The same message at the same place counts once. */
void diag_add(struct diag *diag, enum diag_severity severity, struct diag_place place, const char *format,
    ...) __attribute__((format(printf, 4, 5)));
#define diag_error(diag, place, ...)   diag_add(diag, DIAG_ERROR, place, __VA_ARGS__)
#define diag_warning(diag, place, ...) diag_add(diag, DIAG_WARNING, place, __VA_ARGS__)
#define diag_note(diag, place, ...)    diag_add(diag, DIAG_NOTE, place, __VA_ARGS__)

/* "unknown WHAT 'word'; did you mean 'x'?", or the list of what is known when that
 * is short, or no remedy but "known are N others". */
void diag_unknown(struct diag *diag, enum diag_severity severity, struct diag_place place, const char *what,
    const char *word, const char *const *candidates, size_t count);

/* The text from `from` up to, not including, `to` of the same file is a secret. */
void diag_hide(struct diag *diag, struct diag_place from, struct diag_place to);
/* Hide whatever follows a key that looks secret: for files that could not be parsed. */
void diag_hide_by_keys(struct diag *diag, uint32_t file);
/* Is `key` a name for a secret, or (near) a misspelt one? Names of files are not. */
bool diag_is_secret_key(const char *key, bool near);

size_t diag_errors(const struct diag *diag);
size_t diag_warnings(const struct diag *diag);
/* All messages, sorted; notes too. */
void diag_render(const struct diag *diag, struct str *out);

#endif
