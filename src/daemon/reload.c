#include "daemon/reload.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/worker.h"
#include "config/config.h"
#include "daemon/rename.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define RELOAD_MAGIC 0x72656c64u
#define LOOK_AGAIN   (20 * UNITS_MS)

/* One who asked. */
struct ask {
	char *from, *to; /* of a rename; else NULL */
	reload_done_fn *done;
	void *arg;
	TAILQ_ENTRY(ask) link;
};

TAILQ_HEAD(ask_list, ask);

struct reload {
	unsigned magic;
	struct loop *loop;
	struct collector *collector;
	char *file; /* NULL = the default places */
	struct reload_hooks hooks;
	struct worker *worker;
	struct ask_list waiting; /* for the next reading */
	size_t n_waiting;
	bool stopping;
	/* What is being read, and for whom. `inventory` and `report` are the thread's until it is done. */
	bool busy;
	struct ask_list asks;
	struct inventory *inventory;
	struct config_report report;
	int64_t began;		 /* monotonic ns */
	struct loop_timer again; /* to be taken over, once the device to be renamed is not being polled */
	struct move *move;	 /* of history, under way; NULL = none */
	struct reload_outcome outcome;
	char *why;
};

/* Files on their way to another name; outlives the reload that began it. */
struct move {
	struct reload *reload; /* NULL once that is gone */
};

static void begin(struct reload *reload);

/* --- the end --- */

static void ask_free(struct ask *ask)
{
	free(ask->from);
	free(ask->to);
	free(ask);
}

static void answer(struct ask_list *asks, const struct reload_outcome *outcome)
{
	struct ask *ask;

	while ((ask = TAILQ_FIRST(asks)) != NULL) {
		TAILQ_REMOVE(asks, ask, link);
		if (ask->done != NULL)
			ask->done(ask->arg, outcome);
		ask_free(ask);
	}
}

static void log_outcome(const struct reload *reload)
{
	const struct reload_outcome *outcome = &reload->outcome;
	int64_t took = (loop_now(reload->loop) - reload->began) / 1000000;
	char why[512];

	if (outcome->taken)
		log_info("configuration taken over",
		    "devices=%zu added=%zu removed=%zu changed=%zu warnings=%zu ms=%" PRId64,
		    outcome->change.added + outcome->change.changed + outcome->change.unchanged,
		    outcome->change.added, outcome->change.removed, outcome->change.changed,
		    outcome->warnings, took);
	else
		log_error("configuration not taken over, the one before stays", "errors=%zu err=%s",
		    outcome->errors, log_quote(why, sizeof why, outcome->why));
}

static void finish(struct reload *reload)
{
	if (!reload->stopping)
		log_outcome(reload);
	reload->outcome.messages = str_text(&reload->report.messages);
	answer(&reload->asks, &reload->outcome);
	config_report_fini(&reload->report);
	inventory_free(reload->inventory);
	free(reload->why);
	reload->report = (struct config_report){0};
	reload->inventory = NULL;
	reload->why = NULL;
	reload->outcome = (struct reload_outcome){0};
	reload->busy = false;
	if (reload->stopping)
		return; /* who was told of the beginning may be gone */
	if (reload->hooks.busy != NULL)
		reload->hooks.busy(reload->hooks.arg, false);
	begin(reload);
}

/* Takes `why`. */
static void refuse(struct reload *reload, char *why)
{
	reload->why = why;
	reload->outcome.taken = false;
	reload->outcome.why = why;
	finish(reload);
}

/* --- is it to be taken over? --- */

/* What only a new start changes: the first difference as a sentence, caller frees; NULL = none. */
static char *needs_restart(const struct settings *now, const struct settings *next)
{
	if (!str_equal(now->state, next->state))
		return str_format(
		    "state is another directory (%s, was %s); that takes a restart of rollcalld", next->state,
		    now->state);
	if (!str_equal(now->run, next->run))
		return str_format("run is another directory (%s, was %s); that takes a restart of rollcalld",
		    next->run, now->run);
	if (now->writer != next->writer)
		return mem_strdup("store.writer is another one; that takes a restart of rollcalld");
	return NULL;
}

/* Why the rename cannot be; caller frees. */
static char *refuse_rename(const struct ask *ask, const struct inventory *now, const struct inventory *next)
{
	char *why = rename_mistake(next, ask->from, ask->to);

	if (why == NULL && inventory_device(now, ask->from) != NULL && inventory_device(now, ask->to) != NULL)
		return str_format(
		    "\"%s\" and \"%s\" are two devices until now; reload first", ask->from, ask->to);
	return why;
}

static void moved(void *arg, enum err err)
{
	struct move *move = arg;
	struct reload *reload = move->reload;

	free(move);
	if (reload == NULL)
		return;
	MAGIC_CHECK(reload, RELOAD_MAGIC);
	reload->move = NULL;
	reload->outcome.moved = err == ERR_OK;
	if (err == ERR_NOT_FOUND)
		reload->why = mem_strdup("there is no history of that name");
	else if (err != ERR_OK)
		reload->why = str_format("the history could not be moved: %s", err_text(err));
	reload->outcome.why = reload->why;
	finish(reload);
}

static void move_history(struct reload *reload, const struct pipeline_rename *rename)
{
	struct move *move = mem_alloc(sizeof *move);

	move->reload = reload;
	reload->move = move;
	collector_rename(reload->collector, rename, moved, move);
}

static void take_over(void *arg)
{
	struct reload *reload = arg;
	const struct ask *ask = TAILQ_FIRST(&reload->asks);
	const struct inventory *now = pipeline_inventory(collector_pipeline(reload->collector));
	struct pipeline_rename rename = {ask->from, ask->to};
	bool is_rename = ask->from != NULL;
	bool is_watched = is_rename && inventory_device(now, ask->from) != NULL;
	char *why = needs_restart(&now->settings, &reload->inventory->settings);

	if (why == NULL && is_rename)
		why = refuse_rename(ask, now, reload->inventory);
	if (why != NULL) {
		refuse(reload, why);
		return;
	}
	/* What a poll under way brings would still be kept under the old name. */
	if (is_watched && pipeline_is_polling(collector_pipeline(reload->collector), ask->from)) {
		loop_timer_in(reload->loop, &reload->again, LOOK_AGAIN);
		return;
	}
	if (is_rename)
		move_history(reload, &rename);
	collector_reload(
	    reload->collector, reload->inventory, is_watched ? &rename : NULL, &reload->outcome.change);
	reload->inventory = NULL;
	reload->outcome.taken = true;
	if (!is_rename)
		finish(reload);
}

static void loaded(void *arg)
{
	struct reload *reload = arg;

	MAGIC_CHECK(reload, RELOAD_MAGIC);
	reload->outcome.errors = reload->report.errors;
	reload->outcome.warnings = reload->report.warnings;
	if (reload->stopping)
		refuse(reload, mem_strdup("rollcalld is stopping"));
	else if (reload->inventory == NULL)
		refuse(reload,
		    str_format(
			"the configuration has %zu error%s and is not taken over; the one before stays",
			reload->report.errors, reload->report.errors == 1 ? "" : "s"));
	else
		take_over(reload);
}

/* --- the beginning --- */

/* In the thread. */
static void load(void *arg)
{
	struct reload *reload = arg;

	reload->inventory = config_load(&(struct config_options){.file = reload->file}, &reload->report);
}

/* A rename goes alone; all others that wait go together. */
static void choose(struct reload *reload)
{
	struct ask *ask;

	while ((ask = TAILQ_FIRST(&reload->waiting)) != NULL) {
		if (!TAILQ_EMPTY(&reload->asks) &&
		    (ask->from != NULL || TAILQ_FIRST(&reload->asks)->from != NULL))
			return;
		TAILQ_REMOVE(&reload->waiting, ask, link);
		reload->n_waiting--;
		TAILQ_INSERT_TAIL(&reload->asks, ask, link);
	}
}

static void begin(struct reload *reload)
{
	enum err err;

	if (reload->busy)
		return;
	choose(reload);
	if (TAILQ_EMPTY(&reload->asks))
		return;
	reload->busy = true;
	reload->began = loop_now(reload->loop);
	if (reload->hooks.busy != NULL)
		reload->hooks.busy(reload->hooks.arg, true);
	err = worker_submit(reload->worker, load, loaded, reload);
	assert(err == ERR_OK); /* one at a time */
	(void)err;
}

static enum err ask(struct reload *reload, const char *from, const char *to, reload_done_fn *done, void *arg)
{
	struct ask *ask;

	MAGIC_CHECK(reload, RELOAD_MAGIC);
	if (reload->n_waiting >= RELOAD_WAITING_MAX)
		return ERR_FULL;
	ask = mem_alloc(sizeof *ask);
	ask->from = mem_strdup(from);
	ask->to = mem_strdup(to);
	ask->done = done;
	ask->arg = arg;
	TAILQ_INSERT_TAIL(&reload->waiting, ask, link);
	reload->n_waiting++;
	begin(reload);
	return ERR_OK;
}

enum err reload_ask(struct reload *reload, reload_done_fn *done, void *arg)
{
	return ask(reload, NULL, NULL, done, arg);
}

enum err reload_rename(
    struct reload *reload, const char *from, const char *to, reload_done_fn *done, void *arg)
{
	return ask(reload, from, to, done, arg);
}

/* --- life --- */

struct reload *reload_new(struct loop *loop, struct collector *collector, const char *file,
    const struct reload_hooks *hooks, char **error)
{
	struct reload *reload = mem_alloc(sizeof *reload);

	reload->magic = RELOAD_MAGIC;
	reload->loop = loop;
	reload->collector = collector;
	reload->file = mem_strdup(file);
	reload->hooks = *hooks;
	TAILQ_INIT(&reload->waiting);
	TAILQ_INIT(&reload->asks);
	loop_timer_init(&reload->again, take_over, reload);
	reload->worker = worker_new(loop, "config", 1, 1);
	if (reload->worker == NULL) {
		*error = str_format("cannot start a thread: %s", strerror(errno));
		reload_free(reload);
		return NULL;
	}
	return reload;
}

void reload_free(struct reload *reload)
{
	static const struct reload_outcome stopping = {.why = "rollcalld is stopping", .messages = ""};

	if (reload == NULL)
		return;
	MAGIC_CHECK(reload, RELOAD_MAGIC);
	reload->stopping = true;
	if (reload->worker != NULL)
		worker_free(reload->worker);
	loop_timer_stop(reload->loop, &reload->again);
	if (reload->move != NULL)
		reload->move->reload = NULL;
	answer(&reload->waiting, &stopping);
	answer(&reload->asks, &stopping);
	config_report_fini(&reload->report);
	inventory_free(reload->inventory);
	free(reload->file);
	reload->magic = 0;
	free(reload);
}
