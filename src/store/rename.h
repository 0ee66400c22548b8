/* rename: a device's history becomes that of another name.
 *
 * Without a folder of the new name the folder is renamed, and that is all. With one (the device
 * has been polled under its new name for a while) file by file: what only the old folder has moves; what
 * both have is put together by reshape.h, the new one's values first; the catalogues are merged.
 *
 * May be killed at any point: each file is in one of the folders, or in both, whole; the same
 * rename again completes it. Blocks, and so goes in steps. Not while somebody else writes files of the new
 * name. */
#ifndef ROLLCALL_STORE_RENAME_H
#define ROLLCALL_STORE_RENAME_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

struct rename;

/* `now`, s since the epoch, names damaged files that are set aside. */
struct rename *rename_new(const char *state, const char *old, const char *new_name, int64_t now);
void rename_free(struct rename *rename);
/* Puts two files together, or moves up to RENAME_MOVES. *more tells whether there is more to do.
 * ERR_NOT_FOUND: there is no folder of the old name. ERR_INVALID: both names are one. Else ERR_DENIED,
 * ERR_UNSUPPORTED or ERR_IO, with words in *why; what was done is done. */
#define RENAME_MOVES 64
enum err rename_step(struct rename *rename, bool *more, struct str *why) MUST_USE;

#endif
