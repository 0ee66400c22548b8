/* store: samples -> spool -> RRD files, by two threads behind a bounded queue: one appends to the spool
 * (spooler.h), one writes files (writer.h).
 *
 * The only user of librrd. Files are created with all room reserved; a damaged
 * one is set aside as `.bad-<time>` and begun anew; a full disk or an error is
 * counted, said once, and never stops a poll. What is not in files when the process dies is found in the
 * spool by the next one, and written then; nothing is written twice. */
#ifndef ROLLCALL_STORE_STORE_H
#define ROLLCALL_STORE_STORE_H

#include "base/loop.h"
#include "base/str.h"
#include "model/inventory.h"
#include "model/sample.h"

#include <stddef.h>
#include <stdint.h>

struct store;

/* Makes STATE/rrd if needed. NULL with errno when that fails. Copies what it needs of
 * the settings. */
struct store *store_new(struct loop *loop, const struct settings *settings);
/* Writes what is queued and held (for at most 10 s; the rest stays in the spool), then ends the threads.
 * Flushes and renames under way are answered in the loop, also after this returned. NULL is fine. */
void store_free(struct store *store);
/* Of the loop's thread. A series whose definition has changed gets another number; its file
 * stays. put() takes as many values as the definition has data sources. Without archives, or
 * with `writer: none`, it keeps nothing. flush() fails with ERR_IO when a file
 * cannot be written, with ERR_FULL when too many flushes wait already. */
struct sink store_sink(struct store *store);

/* Other settings: gather and archives count from now on; state and writer stay what they are. Never blocks.
 * Samples put before are written as before. Files that have another layout than the settings and
 * the definitions of their series ask for are migrated by the writer at a calm pace (migration.h), after a
 * restart with other settings too; another heartbeat is set at once. */
void store_reload(struct store *store, const struct settings *settings);

/* The history of `old` becomes that of `new_name`, put together with what that has already (rename.h). What
 * is held for both is written first; samples put for `new_name` after the call land in the same files. done()
 * is called in the loop: ERR_OK; ERR_NOT_FOUND: nothing was stored under `old`; ERR_INVALID: they are the
 * same; ERR_FULL: too much waits already; ERR_CLOSED: the store was closed in the midst of it; ERR_IO,
 * ERR_DENIED, ERR_UNSUPPORTED: logged. After the last four, the same rename again completes it. Samples that
 * are still put for `old` begin a new history of it. */
void store_rename(struct store *store, const char *old, const char *new_name,
    void (*done)(void *arg, enum err err), void *arg);
/* The same for when no daemon runs on this state directory; blocks. What is in the spool is written first.
 * *why gets words when it fails. */
enum err store_rename_files(
    const struct settings *settings, const char *old, const char *new_name, struct str *why) MUST_USE;

/* The unit is one known value: put = stored + lost + refused + queued. */
struct store_stats {
	uint64_t samples_stored, samples_lost; /* values in files; values that could not be kept */
	uint64_t samples_refused;	       /* duplicate, late, or of the future */
	uint64_t samples_replayed;	       /* of those put: found in the spool, from an earlier run */
	uint64_t spool_bytes;		       /* on the disk */
	uint64_t rrd_opens, quarantined, errors;
	uint64_t migrated, migrating; /* files: got another layout; wait for it */
	size_t queued;		      /* samples waiting */
};
void store_stats(struct store *store, struct store_stats *stats);

/* Is the writer at work? `waiting` batches are handed over and not done with; while there are any,
 * `moves` grows with each batch, value and file. Cheap. */
struct store_progress {
	uint64_t waiting, moves;
};
void store_progress(const struct store *store, struct store_progress *progress);

/* Bytes that one file of `n_ds` data sources takes with these archives and this interval. */
uint64_t store_file_size(const struct settings *settings, int64_t interval, size_t n_ds);

#endif
