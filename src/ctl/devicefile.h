/* devicefile: device lists as they are written for people: a line that begins with "- " for each device,
 * added to what is there. */
#ifndef ROLLCALL_CTL_DEVICEFILE_H
#define ROLLCALL_CTL_DEVICEFILE_H

#include "base/str.h"

#include <stdbool.h>

/* YAML for `text` within {}: quoted where it could mean anything but text. */
void devicefile_add_scalar(struct str *out, const char *text);
/* What of a name may be a device's: letters, digits, and . _ - within; at most 63. "" when nothing is left.
 * Caller frees. */
char *devicefile_clean_name(const char *name);
/* Whether lines can be added to the file, as far as can be told without: false after a message. */
bool devicefile_check(const char *path);
/* Adds "# `heading`, DATE" and the lines to the end of a file, which is made if need be; what is in it stays
 * as it is. False after a message: it cannot be read or written, or is no list in lines. */
bool devicefile_append(const char *path, const char *heading, const struct str *lines);

#endif
