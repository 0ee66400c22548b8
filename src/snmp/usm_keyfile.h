/* usm_keyfile: the octets of a cache of keys (usm_keys.h) on disk. Blocks; for any thread. */
#ifndef ROLLCALL_SNMP_USM_KEYFILE_H
#define ROLLCALL_SNMP_USM_KEYFILE_H

#include "base/str.h"

#include <stdbool.h>

/* Whole, synced, 0600, or not at all. 0, or errno. */
int usm_keyfile_write(const char *path, const struct str *octets);
/* False when there is none that can be read. */
bool usm_keyfile_read(const char *path, struct str *octets);
/* As PATH.bad, and says so. */
void usm_keyfile_set_aside(const char *path);

#endif
