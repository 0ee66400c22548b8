/* eventlog: what happened, kept: a thread of its own in front of the SQLite file (eventdb).
 *
 * Nothing here blocks the loop. What is added waits in a bounded queue; the thread writes all that waits in
 * one transaction. While the disk is full or broken, events wait in memory, up to EVENTLOG_WAITING_MAX;
 * beyond that they are lost, counted exactly, and said once when it begins and once when it ends.
 * Answers come in the loop, in the order of the calls, and know of all that was added before. */
#ifndef ROLLCALL_NOTIFY_EVENTLOG_H
#define ROLLCALL_NOTIFY_EVENTLOG_H

#include "base/err.h"
#include "base/loop.h"
#include "model/event.h"
#include "model/silence.h"
#include "notify/eventdb.h"

#include <stddef.h>
#include <stdint.h>

#define EVENTLOG_WAITING_MAX 20000

struct eventlog;

/* Opens or makes the file. `keep` in ns: events older than that are removed, calmly; 0 = never. NULL with
 * *error (caller frees). */
struct eventlog *eventlog_new(struct loop *loop, const char *path, int64_t keep, char **error);
/* Writes what waits, then ends the thread. Questions under way are answered in the loop, also after this
 * returned. NULL is fine. */
void eventlog_free(struct eventlog *log);

/* From now on; what is older goes calmly, as before. */
void eventlog_set_keep(struct eventlog *log, int64_t keep);

/* Only before anything was added and before the loop runs; they read the file at once. */
void eventlog_problems(struct eventlog *log, void (*each)(void *arg, const struct event *problem), void *arg);
void eventlog_silences(
    struct eventlog *log, void (*each)(void *arg, const struct silence *silence), void *arg);
void eventlog_acks(struct eventlog *log, void (*each)(void *arg, const struct ack *ack), void *arg);

/* Copied. Returns the event's id, which it has even if it is lost later. */
int64_t eventlog_add(struct eventlog *log, const struct event *event);

/* `done` is called with ERR_OK, or with why not: ERR_IO (the disk), ERR_CORRUPT, ERR_FULL (too many
 * questions wait). NULL where nobody wants to know. */
typedef void eventlog_done_fn(void *arg, enum err err);

/* Done when all that was added is on disk. */
void eventlog_flush(struct eventlog *log, eventlog_done_fn *done, void *arg);
/* The newest last. Whoever is called takes the events: eventlog_events_free(). */
typedef void eventlog_found_fn(void *arg, enum err err, struct event **events, size_t n);
void eventlog_query(
    struct eventlog *log, const struct event_filter *filter, eventlog_found_fn *found, void *arg);
void eventlog_events_free(struct event **events, size_t n);

/* All copied. silence_add returns the silence's id. */
int64_t eventlog_silence_add(
    struct eventlog *log, const struct silence *silence, eventlog_done_fn *done, void *arg);
void eventlog_silence_remove(struct eventlog *log, int64_t id, eventlog_done_fn *done, void *arg);
void eventlog_ack_set(struct eventlog *log, const struct ack *ack, eventlog_done_fn *done, void *arg);

/* eventdb_move(). */
void eventlog_rename(
    struct eventlog *log, const char *old, const char *name, eventlog_done_fn *done, void *arg);

/* added = written + lost + waiting. */
struct eventlog_stats {
	uint64_t written, lost;
	size_t waiting;
};
void eventlog_stats(struct eventlog *log, struct eventlog_stats *stats);

#endif
