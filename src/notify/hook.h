/* hook: `on_event`: a program of the site's own that is run for events.
 *
 * No shell: the configured words, then the event's fields as arguments in the order of enum hook_field, and
 * the same in the environment (ROLLCALL_DEVICE, ...), which has nothing else but PATH and LANG. Text from
 * devices is made clean UTF-8 without control characters first, and cut at HOOK_TEXT_MAX; an empty argument
 * is a field that the event does not have. Each run is a process group of its own with /dev/null as input,
 * killed as a whole after HOOK_TIMEOUT; the beginning of what it writes is logged (output.h). At most
 * HOOK_AT_ONCE run at a time; when more than HOOK_WAITING_MAX wait, all that wait become one call with the
 * rule "summary". Failures are counted, and logged when they begin and end. Lives in the loop's thread. */
#ifndef ROLLCALL_NOTIFY_HOOK_H
#define ROLLCALL_NOTIFY_HOOK_H

#include "base/loop.h"
#include "model/event.h"

#include <stddef.h>
#include <stdint.h>

#define HOOK_TIMEOUT	 (INT64_C(30) * 1000000000) /* ns */
#define HOOK_AT_ONCE	 4
#define HOOK_WAITING_MAX 20
#define HOOK_TEXT_MAX	 4096			   /* bytes of a field */
#define HOOK_GRACE	 (INT64_C(2) * 1000000000) /* ns that runs get when the program ends */

enum hook_field {
	HOOK_DEVICE, /* empty = the collector itself */
	HOOK_OBJECT, /* row key */
	HOOK_RULE,
	HOOK_KIND,     /* raise, clear, info */
	HOOK_SEVERITY, /* info, warning, critical */
	HOOK_TEXT,
	HOOK_VALUE,
	HOOK_TIME, /* seconds since the epoch, with three decimals */
	HOOK_ID,
	HOOK_FIELD_COUNT
};
const char *hook_field_name(enum hook_field field); /* "ROLLCALL_DEVICE" */

struct hook;

/* `words`: the program (looked for in SPAWN_PATH if it has no slash) and its first arguments; copied; none =
 * nothing is run. `timeout` in ns, 0 = HOOK_TIMEOUT. */
struct hook *hook_new(struct loop *loop, char *const *words, size_t n, int64_t timeout);
/* Runs under way get HOOK_GRACE to end, then are killed; one that the kernel cannot end (a dead file system)
 * is not waited for. What waits is given up, and said. NULL is fine. */
void hook_free(struct hook *hook);
/* Another program from now on; what runs goes on. */
void hook_set_program(struct hook *hook, char *const *words, size_t n);
/* Copied. Never blocks, never calls back. */
void hook_run(struct hook *hook, const struct event *event);

struct hook_stats {
	uint64_t runs, failed; /* failed: could not be started, exit status not 0, or killed */
	uint64_t timeouts;
	uint64_t summarised; /* events told in summaries */
	size_t running, waiting;
};
void hook_stats(const struct hook *hook, struct hook_stats *stats);

#endif
