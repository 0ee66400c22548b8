/* reload: another configuration for a running daemon: all of it, or none of it.
 *
 * It is read in a thread of its own, so that polls go on; it is taken over in one turn of the loop. With a
 * mistake in it, or with a setting that only a new start can change, everything stays as it was, and who
 * asked is told why. Those who ask while one is being read wait for the next: what they have written since
 * would be missed. */
#ifndef ROLLCALL_DAEMON_RELOAD_H
#define ROLLCALL_DAEMON_RELOAD_H

#include "base/err.h"
#include "base/loop.h"
#include "daemon/collector.h"

#include <stdbool.h>
#include <stddef.h>

#define RELOAD_WAITING_MAX 64

struct reload;

struct reload_outcome {
	bool taken;
	const char *why; /* what was not done: a sentence; NULL = all was. A history may stay where it was
			    though the configuration is taken. */
	const char *messages; /* the configuration's mistakes and warnings, as `rollcall check` words them; ""
				 = none */
	size_t errors, warnings;
	struct pipeline_change change; /* taken: what became of the devices */
	bool moved;		       /* a rename: the history has another name now */
};
/* In the loop. The outcome is borrowed. */
typedef void reload_done_fn(void *arg, const struct reload_outcome *outcome);

struct reload_hooks {
	/* Begins, ends; not from reload_free() on. May be NULL. */
	void (*busy)(void *arg, bool busy);
	void *arg;
};

/* `file` as in struct config_options; copied. The collector must outlive the reload. NULL with *error (caller
 * frees). */
struct reload *reload_new(struct loop *loop, struct collector *collector, const char *file,
    const struct reload_hooks *hooks, char **error);
/* Who still waits is told that the daemon is stopping. NULL is fine. */
void reload_free(struct reload *reload);

/* done() may be NULL; it is called later, from the loop. ERR_FULL: too many wait already. */
enum err reload_ask(struct reload *reload, reload_done_fn *done, void *arg) MUST_USE;
/* The same, and then the history of device `from` is that of `to`: files, events, silences. The configuration
 * on disk must know `to` and no longer `from`. */
enum err reload_rename(
    struct reload *reload, const char *from, const char *to, reload_done_fn *done, void *arg) MUST_USE;

#endif
