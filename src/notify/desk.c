#include "notify/desk.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "notify/kinship.h"
#include "notify/openproblems.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define DESK_MAGIC 0x6465736bu
#define LOOK_EVERY (60 * UNITS_SEC) /* at least: the wall clock may be set while a silence lasts */

struct desk {
	unsigned magic;
	struct loop *loop;
	struct eventlog *log;
	struct hook *hook;
	struct kinship *kinship;
	struct silences silences;
	struct acks acks;
	struct open_problem *problems;
	struct loop_timer end; /* of the next silence */
};

static int64_t wall_now(const struct desk *desk)
{
	return clock_wall(loop_clock(desk->loop));
}

static const struct silence *silence_at(const struct desk *desk, const char *device, const char *rule,
    const char *object, int64_t since, int64_t wall)
{
	const char *parents[DESK_PARENTS_MAX];
	size_t n =
	    desk->silences.n > 0 ? kinship_parents(desk->kinship, device, parents, DESK_PARENTS_MAX) : 0;

	return silences_match(&desk->silences, device, rule, object, parents, n, since, wall);
}

const struct silence *desk_silence_of(
    const struct desk *desk, const char *device, const char *rule, const char *object)
{
	return silence_at(desk, device, rule, object, INT64_MAX, wall_now(desk));
}

const struct ack *desk_ack_of(
    const struct desk *desk, const char *device, const char *rule, const char *object)
{
	return acks_find(&desk->acks, device, rule, object);
}

static bool is_muted(const struct desk *desk, const struct event *event)
{
	return desk_ack_of(desk, event->device, event->rule, event->object) != NULL ||
	       desk_silence_of(desk, event->device, event->rule, event->object) != NULL;
}

/* --- events --- */

static void cleared(struct desk *desk, const struct event *event, bool muted)
{
	struct open_problem *problem =
	    problems_find(desk->problems, event->device, event->object, event->rule);
	bool told = problem == NULL || !problem->muted;

	acks_remove(&desk->acks, event->device, event->rule, event->object);
	if (problem != NULL)
		problems_remove(&desk->problems, problem);
	if (told && !muted)
		hook_run(desk->hook, event);
}

void desk_event(struct desk *desk, const struct event *event)
{
	struct event known = *event;
	bool muted;

	MAGIC_CHECK(desk, DESK_MAGIC);
	known.id = eventlog_add(desk->log, event);
	muted = is_muted(desk, &known);
	switch (known.kind) {
	case EVENT_RAISE:
		problems_put(&desk->problems, &known)->muted = muted;
		if (!muted)
			hook_run(desk->hook, &known);
		break;
	case EVENT_CLEAR:
		cleared(desk, &known, muted);
		break;
	case EVENT_INFO:
	case EVENT_KIND_COUNT:
		if (!muted)
			hook_run(desk->hook, &known);
		break;
	}
}

/* Nobody judges this problem any more. */
static void close_problem(struct desk *desk, const struct open_problem *problem, const char *why)
{
	struct event *old = event_dup(problem->event);
	char *text = str_format("%s: %s", why, old->text);
	struct event clear = {.time = wall_now(desk),
	    .device = old->device,
	    .object = old->object,
	    .rule = old->rule,
	    .kind = EVENT_CLEAR,
	    .severity = old->severity,
	    .text = text,
	    .value = NAN};

	desk_event(desk, &clear);
	free(text);
	free(old);
}

/* --- silences that end --- */

/* What was raised while nobody wanted to know, and is still there. */
static void tell_what_is_left(struct desk *desk)
{
	for (struct open_problem *p = desk->problems; p != NULL; p = p->hh.next) {
		if (!p->muted || is_muted(desk, p->event))
			continue;
		p->muted = false;
		hook_run(desk->hook, p->event);
	}
}

static void silence_ended(void *arg, const struct silence *silence)
{
	struct desk *desk = arg;
	char device[320];

	log_info("silence ended", "id=%" PRId64 " device=%s", silence->id,
	    log_quote(device, sizeof device, silence->device));
	eventlog_silence_remove(desk->log, silence->id, NULL, NULL);
}

static void wait_for_end(struct desk *desk)
{
	int64_t next = silences_next_end(&desk->silences), left;

	if (next == INT64_MAX) {
		loop_timer_stop(desk->loop, &desk->end);
		return;
	}
	left = next - wall_now(desk);
	loop_timer_in(desk->loop, &desk->end, left < 0 ? 0 : left < LOOK_EVERY ? left : LOOK_EVERY);
}

static void look_for_end(void *arg)
{
	struct desk *desk = arg;

	MAGIC_CHECK(desk, DESK_MAGIC);
	if (silences_expire(&desk->silences, wall_now(desk), silence_ended, desk) > 0)
		tell_what_is_left(desk);
	wait_for_end(desk);
}

/* --- what people say --- */

enum err desk_silence(
    struct desk *desk, const struct silence *silence, int64_t *id, eventlog_done_fn *done, void *arg)
{
	struct silence given = *silence;
	char device[320], reason[320];
	enum err err;

	MAGIC_CHECK(desk, DESK_MAGIC);
	if (desk->silences.n >= SILENCES_MAX)
		return ERR_LIMIT;
	*id = given.id = eventlog_silence_add(desk->log, silence, done, arg);
	err = silences_add(&desk->silences, &given);
	wait_for_end(desk);
	log_info("silence", "id=%" PRId64 " device=%s until=%" PRId64 " reason=%s", given.id,
	    log_quote(device, sizeof device, given.device), given.until / UNITS_SEC,
	    log_quote(reason, sizeof reason, given.reason));
	return err;
}

enum err desk_unsilence(struct desk *desk, int64_t id, eventlog_done_fn *done, void *arg)
{
	MAGIC_CHECK(desk, DESK_MAGIC);
	if (!silences_remove(&desk->silences, id))
		return ERR_NOT_FOUND;
	eventlog_silence_remove(desk->log, id, done, arg);
	log_info("silence removed", "id=%" PRId64, id);
	tell_what_is_left(desk);
	wait_for_end(desk);
	return ERR_OK;
}

/* The problems that an acknowledgement is of. */
struct acked {
	const struct event **v;
	size_t n, cap;
};

static void find_acked(struct desk *desk, const struct ack *ack, struct acked *acked)
{
	const struct open_problem *problem =
	    problems_find(desk->problems, ack->device, ack->object, ack->rule);

	if (problem != NULL) {
		vec_push(acked, problem->event);
		return;
	}
	for (const struct open_problem *p = desk->problems; p != NULL && ack->object == NULL; p = p->hh.next)
		if (str_equal(p->event->device, ack->device) && str_equal(p->event->rule, ack->rule))
			vec_push(acked, p->event);
}

enum err desk_ack(struct desk *desk, const struct ack *ack, size_t *n, eventlog_done_fn *done, void *arg)
{
	struct acked acked = {0};
	struct ack one = *ack;
	enum err err;

	MAGIC_CHECK(desk, DESK_MAGIC);
	find_acked(desk, ack, &acked);
	*n = acked.n;
	err = acked.n == 0 ? ERR_NOT_FOUND : desk->acks.n + acked.n > SILENCES_MAX ? ERR_LIMIT : ERR_OK;
	for (size_t i = 0; i < acked.n && err == ERR_OK; i++) {
		bool last = i + 1 == acked.n; /* the answers come in order */

		one.object = acked.v[i]->object;
		err = acks_set(&desk->acks, &one);
		eventlog_ack_set(desk->log, &one, last ? done : NULL, last ? arg : NULL);
	}
	vec_fini(&acked);
	return err;
}

void desk_rename(struct desk *desk, const char *old, const char *name, eventlog_done_fn *done, void *arg)
{
	char from[320], to[320];

	MAGIC_CHECK(desk, DESK_MAGIC);
	if (!str_equal(old, name)) {
		problems_rename(&desk->problems, old, name);
		acks_rename(&desk->acks, old, name);
		silences_rename(&desk->silences, old, name);
		log_info("events go on under another name", "from=%s to=%s",
		    log_quote(from, sizeof from, old), log_quote(to, sizeof to, name));
	}
	eventlog_rename(desk->log, old, name, done, arg);
}

/* --- life --- */

static void load_silence(void *arg, const struct silence *silence)
{
	struct desk *desk = arg;

	if (silences_add(&desk->silences, silence) != ERR_OK)
		log_warn("silence is left out: too many", "id=%" PRId64, silence->id);
}

/* One without its problem would silence the next problem of that kind. */
static void load_ack(void *arg, const struct ack *ack)
{
	struct desk *desk = arg;

	if (problems_find(desk->problems, ack->device, ack->object, ack->rule) == NULL)
		return;
	if (acks_set(&desk->acks, ack) != ERR_OK)
		log_warn("acknowledgement is left out: too many", "rule=%s", ack->rule);
}

/* A silence that has ended since then still says that nobody was told. */
static void load_problem(void *arg, const struct event *problem)
{
	struct desk *desk = arg;

	problems_put(&desk->problems, problem)->muted =
	    silence_at(desk, problem->device, problem->rule, problem->object, problem->time, problem->time) !=
	    NULL;
}

static struct eventlog *open_log(struct loop *loop, const struct settings *settings, char **error)
{
	char *path = str_format("%s/events.db", settings->state);
	struct eventlog *log = NULL;

	if (mkdir(settings->state, 0750) != 0 && errno != EEXIST)
		*error = str_format("cannot make the directory %s: %s", settings->state, strerror(errno));
	else
		log = eventlog_new(loop, path, settings->events_keep, error);
	free(path);
	return log;
}

struct desk *desk_new(struct loop *loop, const struct inventory *inventory, char **error)
{
	const struct settings *settings = &inventory->settings;
	struct desk *desk = mem_alloc(sizeof *desk);

	desk->magic = DESK_MAGIC;
	desk->loop = loop;
	loop_timer_init(&desk->end, look_for_end, desk);
	desk->log = open_log(loop, settings, error);
	if (desk->log == NULL) {
		desk_free(desk);
		return NULL;
	}
	desk->hook = hook_new(loop, settings->on_event, settings->n_on_event, 0);
	desk->kinship = kinship_new(inventory);
	eventlog_silences(desk->log, load_silence, desk);
	eventlog_problems(desk->log, load_problem, desk);
	eventlog_acks(desk->log, load_ack, desk);
	wait_for_end(desk);
	return desk;
}

void desk_free(struct desk *desk)
{
	if (desk == NULL)
		return;
	MAGIC_CHECK(desk, DESK_MAGIC);
	loop_timer_stop(desk->loop, &desk->end);
	hook_free(desk->hook);
	eventlog_free(desk->log);
	problems_free(&desk->problems);
	acks_fini(&desk->acks);
	silences_fini(&desk->silences);
	kinship_free(desk->kinship);
	desk->magic = 0;
	free(desk);
}

static bool is_watched(const struct desk *desk, const struct event *problem)
{
	return problem->device == NULL || kinship_knows(desk->kinship, problem->device);
}

void desk_restore(struct desk *desk, void (*each)(void *arg, const struct event *problem), void *arg)
{
	struct open_problem *next;

	MAGIC_CHECK(desk, DESK_MAGIC);
	for (struct open_problem *p = desk->problems; p != NULL; p = next) {
		next = p->hh.next;
		if (p->event->device == NULL)
			close_problem(desk, p, "rollcalld was started anew");
		else if (!is_watched(desk, p->event))
			close_problem(desk, p, "no longer watched");
		else
			each(arg, p->event);
	}
}

void desk_reload(struct desk *desk, const struct inventory *inventory)
{
	struct open_problem *next;

	MAGIC_CHECK(desk, DESK_MAGIC);
	kinship_free(desk->kinship);
	desk->kinship = kinship_new(inventory);
	hook_set_program(desk->hook, inventory->settings.on_event, inventory->settings.n_on_event);
	eventlog_set_keep(desk->log, inventory->settings.events_keep);
	for (struct open_problem *p = desk->problems; p != NULL; p = next) {
		next = p->hh.next;
		if (!is_watched(desk, p->event))
			close_problem(desk, p, "no longer watched");
	}
	tell_what_is_left(desk); /* what stood behind a silenced device may stand elsewhere now */
}

struct eventlog *desk_log(struct desk *desk)
{
	return desk->log;
}

const struct silences *desk_silences(const struct desk *desk)
{
	return &desk->silences;
}

const struct acks *desk_acks(const struct desk *desk)
{
	return &desk->acks;
}

void desk_stats(struct desk *desk, struct eventlog_stats *log, struct hook_stats *hook)
{
	eventlog_stats(desk->log, log);
	hook_stats(desk->hook, hook);
}
