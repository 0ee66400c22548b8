/* rrdfile: what is done to one RRD file: it is made, written, replaced, tuned, set aside.
 * The only user of librrd; blocks; the writer's thread only.
 *
 * A file is made whole under another name, synced and renamed: it is there with all
 * its blocks or not at all, because librrd maps it, and a write to a hole on a full
 * disk is SIGBUS, not an error. */
#ifndef ROLLCALL_STORE_RRDFILE_H
#define ROLLCALL_STORE_RRDFILE_H

#include "base/err.h"
#include "base/str.h"
#include "store/format.h"
#include "store/image.h"
#include "store/layout.h"
#include "store/series.h"

#include <stddef.h>
#include <stdint.h>

/* What is not yet whole: in the folder of the file that it will be. A crash may leave it, also with
 * six characters more; the next one takes its place. */
#define RRDFILE_NEW ".new"

/* Makes `path`, its folder included; mode 0640, folders 0750. `start`: the first update
 * must be later (s). ERR_IO with errno, ENOSPC when there is no room; *error gets
 * librrd's words when it has some. */
enum err rrdfile_create(const char *path, const struct layout *layout, const struct schema *schema,
    int64_t start, struct str *error) MUST_USE;

/* Writes n samples, oldest first, "time:value:...", in the order of `names` ("in:out").
 * The file must have been checked (format.h). Waits a moment for a reader's lock.
 * ERR_IO: *error has librrd's words; some of the samples may be written. */
enum err rrdfile_update(
    const char *path, const char *names, int n, const char **samples, struct str *error) MUST_USE;

/* Makes `path` from an image, whether there is one already or not, by rrd_restore from XML that is
 * in memory (three to four times the file's size). Errors as rrdfile_create(); the old file then stays. */
enum err rrdfile_restore(const char *path, const struct image *image, struct str *error) MUST_USE;

/* Gives all data sources of a file that was checked this heartbeat (s), by rrd_tune. ERR_IO with *error. */
enum err rrdfile_tune(
    const char *path, const struct format_file *file, int64_t heartbeat, struct str *error) MUST_USE;

/* What was written to the files of a state directory is on the disk: syncs their whole file system. ERR_IO
 * with errno. */
enum err rrdfile_sync_all(const char *state) MUST_USE;

/* Renames to `path`.bad-<now>, now in s, or with "-2" and so on behind. *to gets the new name. */
enum err rrdfile_set_aside(const char *path, int64_t now, struct str *to) MUST_USE;

/* Makes the folders that `path`, a file's, is in. ERR_IO with errno. */
enum err rrdfile_make_folder(const char *path) MUST_USE;

#endif
