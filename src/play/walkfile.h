/* walkfile: what `snmpwalk -On` printed, one object a line (walkvalue.h):
 *
 *     .1.3.6.1.2.1.1.5.0 = STRING: "core-1"
 *     iso.3.6.1.2.1.1.3.0 = Timeticks: (123) 0:00:01.23
 *
 * Lines that do not begin with a name belong to the text or the octets before. # begins a comment, but not
 * within quotes. A new name ends a text whose closing quote never came. */
#ifndef ROLLCALL_PLAY_WALKFILE_H
#define ROLLCALL_PLAY_WALKFILE_H

#include "base/err.h"
#include "model/recording.h"
#include "play/reading.h"

#include <stdio.h>

/* As snmprec_read(). */
enum err walkfile_read(FILE *file, struct recording *recording, struct reading *reading) MUST_USE;

#endif
