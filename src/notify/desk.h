/* desk: where events arrive: it writes them down (eventlog), looks whether somebody wants to be called
 * (silences, acknowledgements), and calls (hook). Lives in the loop's thread.
 *
 * A problem that is silenced or acknowledged calls nobody, neither when it is raised nor when it clears. One
 * that was raised during a silence and is still there when the silence ends is told then: a machine that
 * does not come back from maintenance is not forgotten. The end of what nobody was told of is not told. */
#ifndef ROLLCALL_NOTIFY_DESK_H
#define ROLLCALL_NOTIFY_DESK_H

#include "base/err.h"
#include "base/loop.h"
#include "model/event.h"
#include "model/inventory.h"
#include "notify/eventlog.h"
#include "notify/hook.h"
#include "notify/silences.h"

#include <stddef.h>

#define DESK_PARENTS_MAX 64 /* before a device, nearest first */

struct desk;

/* Opens STATE/events.db; makes STATE if needed. Copies what it needs of the inventory: names, parents,
 * on_event. NULL with *error (caller frees). */
struct desk *desk_new(struct loop *loop, const struct inventory *inventory, char **error);
/* Writes what waits. Questions under way are answered in the loop, also after this returned. NULL is fine. */
void desk_free(struct desk *desk);
/* Another inventory: parents, on_event and how long events are kept change; what no silence covers any more
 * is told; problems of devices that are gone end, with an event. */
void desk_reload(struct desk *desk, const struct inventory *inventory);

/* Before the loop runs: what was raised when the daemon ended, so that it is not raised again. `each` may not
 * call the desk. Problems of devices that are not in the inventory any more, and of the collector itself
 * (whose blindness begins anew with it), end here, with an event. */
void desk_restore(struct desk *desk, void (*each)(void *arg, const struct event *problem), void *arg);

/* Something has happened. Copied; never blocks, never calls back. */
void desk_event(struct desk *desk, const struct event *event);

/* For questions about events. */
struct eventlog *desk_log(struct desk *desk);
/* In force now; good until the loop turns. */
const struct silences *desk_silences(const struct desk *desk);
const struct acks *desk_acks(const struct desk *desk);

/* What keeps quiet about a problem, now; NULL = nothing. `device` NULL = the collector itself. Good until the
 * loop turns. */
const struct silence *desk_silence_of(
    const struct desk *desk, const char *device, const char *rule, const char *object);
const struct ack *desk_ack_of(
    const struct desk *desk, const char *device, const char *rule, const char *object);

/* What people say takes effect at once; done(), later and in the loop, says whether it is on disk too. When
 * they fail here, done() is not called. */

/* The id is given. ERR_LIMIT: SILENCES_MAX are in force. */
enum err desk_silence(struct desk *desk, const struct silence *silence, int64_t *id, eventlog_done_fn *done,
    void *arg) MUST_USE;
/* ERR_NOT_FOUND. */
enum err desk_unsilence(struct desk *desk, int64_t id, eventlog_done_fn *done, void *arg) MUST_USE;
/* Without an object: the problem of the device itself, or else those of all its rows. *n is how many it is
 * of. ERR_NOT_FOUND: there is no such problem; ERR_LIMIT. */
enum err desk_ack(
    struct desk *desk, const struct ack *ack, size_t *n, eventlog_done_fn *done, void *arg) MUST_USE;

/* Device `old` is called `name` from now on, in what was written before too: events, open problems,
 * acknowledgements, silences of exactly this name. Before desk_reload() with an inventory that has the new
 * name. Of two open problems of one rule and row the older one stays. At once in memory; done() says whether
 * on disk; if not, it may be called again. */
void desk_rename(struct desk *desk, const char *old, const char *name, eventlog_done_fn *done, void *arg);

void desk_stats(struct desk *desk, struct eventlog_stats *log, struct hook_stats *hook);

#endif
