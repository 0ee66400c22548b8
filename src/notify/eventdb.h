/* eventdb: the SQLite file of events, open problems, silences and acknowledgements.
 *
 * Blocks, and belongs to one thread at a time (eventlog has one for it). Write-ahead log, synced at every
 * commit: what was written survives a crash of the machine too. A file that is damaged, or is not ours, is
 * set aside as PATH.bad-<time> and begun anew; what can still be read of it of silences, acknowledgements
 * and open problems is taken over. The only user of sqlite3.h beside eventdb_*.c.
 *
 * Errors: ERR_IO (disk full, no permission, ...: try again later), ERR_CORRUPT (eventdb_replace() it). */
#ifndef ROLLCALL_NOTIFY_EVENTDB_H
#define ROLLCALL_NOTIFY_EVENTDB_H

#include "base/err.h"
#include "model/event.h"
#include "model/silence.h"

#include <stddef.h>
#include <stdint.h>

struct eventdb;

/* Which events are asked for; of members that are NULL or 0, all. */
struct event_filter {
	const char *device;	/* a name, or a pattern (* ? [..]) of names */
	const char *rule;	/* likewise */
	const char *object;	/* likewise, of row keys */
	enum severity severity; /* at least */
	int64_t since;		/* wall ns */
	int64_t after_id;	/* > 0: the first `limit` that follow it; else the last `limit` there are */
	size_t limit;		/* 0 = EVENTS_MAX; more than that is not given */
};
#define EVENTS_MAX 10000

/* NULL with *error (caller frees) when there can be no file. New ones have permissions 0640. */
struct eventdb *eventdb_open(const char *path, char **error);
void eventdb_close(struct eventdb *db); /* NULL is fine */
/* After ERR_CORRUPT: sets the file aside and begins a new one. */
enum err eventdb_replace(struct eventdb *db) MUST_USE;
const char *eventdb_error(const struct eventdb *db); /* what SQLite said last */

/* The highest ids ever given; ids are not used again, also not of what was removed. */
int64_t eventdb_last_event(struct eventdb *db);
int64_t eventdb_last_silence(struct eventdb *db);

/* All or none of them. A raise makes or changes an open problem, a clear ends it and its acknowledgement.
 * Writing the same event twice is the same as once. */
enum err eventdb_write(struct eventdb *db, struct event *const *events, size_t n) MUST_USE;
/* Oldest first; the caller frees each and the array. */
enum err eventdb_query(
    struct eventdb *db, const struct event_filter *filter, struct event ***events, size_t *n) MUST_USE;
/* Removes up to `most` of the events before `before` (wall ns), the oldest first. */
enum err eventdb_prune(struct eventdb *db, int64_t before, size_t most) MUST_USE;

/* Raised and not cleared: the last raise, with `time` of the first one. */
void eventdb_problems(struct eventdb *db, void (*each)(void *arg, const struct event *problem), void *arg);

enum err eventdb_silence_add(struct eventdb *db, const struct silence *silence) MUST_USE;
enum err eventdb_silence_remove(struct eventdb *db, int64_t id) MUST_USE;
void eventdb_silences(struct eventdb *db, void (*each)(void *arg, const struct silence *silence), void *arg);
enum err eventdb_ack_set(struct eventdb *db, const struct ack *ack) MUST_USE;
void eventdb_acks(struct eventdb *db, void (*each)(void *arg, const struct ack *ack), void *arg);

/* All that is of device `old` (events, open problems, acknowledgements, silences of exactly this name)
 * becomes that of `name`; all or nothing. Of two open problems of one rule and row the older one stays. Twice
 * is the same as once. */
enum err eventdb_move(struct eventdb *db, const char *old, const char *name) MUST_USE;
/* The same while no daemon has the file; ERR_OK too when there is none. A damaged one stays as it is. */
enum err eventdb_rename(
    const char *path, const char *old, const char *name, char **error /* caller frees */) MUST_USE;

#endif
