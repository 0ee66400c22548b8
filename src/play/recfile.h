/* recfile: a recorded file of either kind, told apart by its first line that says something: NAME|TAG|VALUE
 * is an .snmprec, anything else what snmpwalk printed. Its name says nothing. */
#ifndef ROLLCALL_PLAY_RECFILE_H
#define ROLLCALL_PLAY_RECFILE_H

#include "base/err.h"
#include "model/recording.h"
#include "play/reading.h"

#include <stdio.h>

/* Sorted, of the caller's. NULL, with the reason as one line at the end of reading->text, when the file
 * cannot be read, is too large or holds no object at all. `reading` is as reading_init() left it; lines of no
 * use are told there, and what was repeated is not. */
struct recording *recfile_read(const char *path, struct reading *reading);

/* The same of an open stream that can be sought in, which stays the caller's. */
struct recording *recfile_read_stream(FILE *file, struct reading *reading);

#endif
