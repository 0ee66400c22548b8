/* reading: how the reading of one recorded file goes: where it is, what it found, and the first few lines
 * that were no use, told as `file:line: what and why`. */
#ifndef ROLLCALL_PLAY_READING_H
#define ROLLCALL_PLAY_READING_H

#include "base/str.h"

#define READING_TOLD_MAX 5 /* of one file; the others are counted */

struct reading {
	const char *path; /* the caller's */
	unsigned line;	  /* from 1 */
	size_t absent;	  /* lines that say that there is nothing: exceptions, "No Such Object ..." */
	size_t bad;	  /* lines that were no use */
	size_t told;
	struct str text; /* of those told, each with a newline */
};

void reading_init(struct reading *reading, const char *path);
void reading_fini(struct reading *reading);

/* This line is no use. `format` says why, without a full stop. */
void reading_bad(struct reading *reading, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of more than were told the number, as a last line. */
void reading_end(struct reading *reading);

#endif
