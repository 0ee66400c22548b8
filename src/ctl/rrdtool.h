/* rrdtool: runs Debian's rrdtool. Its errors go where ours go. */
#ifndef ROLLCALL_CTL_RRDTOOL_H
#define ROLLCALL_CTL_RRDTOOL_H

#include "base/str.h"

/* argv[0] is "rrdtool"; no shell. What it prints is appended to `output`, or dropped when that
 * is NULL. An exit status; other than EXIT_FINE after a message of its own or of ours. */
int rrdtool_run(char *const *argv, struct str *output);

#endif
