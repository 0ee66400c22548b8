#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "daemon/outage.h"
#include "daemon/pipeline_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The schedule says that it is this device's turn. */
static bool turn_came(void *arg, void *object, int64_t due)
{
	struct member *member = object;

	(void)arg;
	return session_poll(member->session, due);
}

/* Why a device is down, for people; caller frees. */
static char *absence(const struct member *member)
{
	struct device_report report = {0};
	struct str text = {0};

	session_report(member->session, &report);
	outage_text(&text, member->device, report.peer.address, member->failure, member->error_number);
	return str_steal(&text);
}

/* Something has begun or ended. */
void pipeline_event(void *arg, size_t device, const struct event *event)
{
	enum log_level level = event->kind == EVENT_RAISE ? LOG_LEVEL_WARN : LOG_LEVEL_INFO;
	struct pipeline *pipeline = arg;
	char object[320], text[640];

	(void)device;
	log_write(level, "event", "kind=%s rule=%s severity=%s dev=%s object=%s text=%s",
	    event_kind_name(event->kind), event->rule, severity_name(event->severity),
	    event->device != NULL ? event->device : "-",
	    log_quote(object, sizeof object, event->object != NULL ? event->object : "-"),
	    log_quote(text, sizeof text, event->text != NULL ? event->text : ""));
	if (pipeline->heard != NULL)
		pipeline->heard(pipeline->heard_arg, event);
}

void pipeline_listen(
    struct pipeline *pipeline, void (*heard)(void *arg, const struct event *event), void *arg)
{
	pipeline->heard = heard;
	pipeline->heard_arg = arg;
}

void pipeline_restore(struct pipeline *pipeline, const struct event *problem)
{
	size_t number = problem->device != NULL ? pipeline_find(pipeline, problem->device) : SIZE_MAX;

	if (number != SIZE_MAX)
		judge_restore(pipeline->judge, number, problem->rule, problem->object, problem->severity,
		    problem->time);
}

static void tell_state(struct member *member, const struct device_status *before,
    const struct device_status *after, int64_t wall)
{
	char *text = after->state == DEVICE_DOWN ? absence(member) : NULL;

	judge_state(member->pipeline->judge, member->device->number, before, after, text, wall);
	free(text);
}

/* The rules over what has just been polled. */
static void judge_rows(struct member *member, const struct poll_outcome *outcome)
{
	struct device_report report = {0};
	double uptime;

	session_report(member->session, &report);
	uptime = report.system != NULL ? report.system->uptime_s : (double)NAN;
	if (report.profile != NULL)
		judge_poll(member->pipeline->judge, member->device->number, report.profile, report.tables,
		    report.n_tables, outcome->restarted, uptime, outcome->ended, outcome->wall);
}

/* A poll has ended: rates are computed and samples put; here it is judged. */
static void poll_ended(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct member *member = arg;
	struct pipeline *pipeline = member->pipeline;
	bool same = member->failure == outcome->failure && member->error_number == outcome->error_number;
	struct device_status status;

	(void)session;
	MAGIC_CHECK(pipeline, PIPELINE_MAGIC);
	pipeline->values += outcome->values;
	pipeline->polls_ended++;
	member->judged = outcome->ended;
	member->failure = outcome->failure;
	member->error_number = outcome->error_number;
	tracker_report(
	    pipeline->tracker, member->device->number, outcome->answered, outcome->ended, outcome->wall);
	tracker_status(pipeline->tracker, member->device->number, &status);
	/* It stays away, but for another reason. */
	if (!same && status.state == DEVICE_DOWN)
		tell_state(member, &status, &status, outcome->wall);
	if (outcome->answered)
		judge_rows(member, outcome);
	log_debug("polled", "dev=%s answered=%d complete=%d values=%zu ms=%.1f err=%s", member->device->name,
	    outcome->answered, outcome->complete, outcome->values,
	    (double)(outcome->ended - outcome->started) / 1e6, failure_name(outcome->failure));
}

static void state_changed(
    void *arg, size_t number, const struct device_status *before, const struct device_status *after)
{
	struct pipeline *pipeline = arg;
	struct member *member = pipeline->members[number];

	tell_state(member, before, after, clock_wall(loop_clock(pipeline->loop)));
	/* That the collector is blind has been told once, for all; that a device is down, by its event. */
	if (before->state == after->state ||
	    (tracker_blind(pipeline->tracker, NULL) && after->state == DEVICE_UNREACHABLE))
		return;
	log_info("device changed state", "dev=%s from=%s to=%s", member->device->name,
	    device_state_name(before->state), device_state_name(after->state));
}

static void blindness_changed(void *arg, bool blind, size_t silent, size_t were_up, int64_t wall)
{
	struct pipeline *pipeline = arg;
	char *text =
	    str_format("%zu of %zu devices fell silent within one interval: the collector's own network "
		       "is the likely cause",
		silent, were_up);

	judge_blind(pipeline->judge, blind, text, wall);
	free(text);
}

/* Of a device that nothing can be asked with the configuration has warned: it stays unknown. */
void pipeline_schedule(struct pipeline *pipeline, struct member *member)
{
	const struct device *device = member->device;

	if (device->n_credentials > 0)
		member->turn = sched_add(pipeline->sched, member, device->name, device->interval);
}

void pipeline_unschedule(struct pipeline *pipeline, struct member *member)
{
	if (member->turn != NULL)
		sched_remove(pipeline->sched, member->turn);
	member->turn = NULL;
}

void pipeline_contact(struct pipeline *pipeline, struct member *member)
{
	struct session_hooks hooks = {poll_ended, member};

	member->session = session_new(
	    pipeline->loop, &pipeline->agent, &pipeline->sink, pipeline->inventory, member->device, &hooks);
}

void pipeline_list(struct pipeline *pipeline, struct member *member)
{
	const char *name = member->device->name;

	HASH_ADD_KEYPTR(hh, pipeline->by_name, name, strlen(name), member);
}

void pipeline_enrol(struct pipeline *pipeline, const struct device *device)
{
	struct member *member = mem_alloc(sizeof *member);

	pipeline->members[device->number] = member;
	member->pipeline = pipeline;
	member->device = device;
	pipeline_contact(pipeline, member);
	pipeline_list(pipeline, member);
	pipeline_schedule(pipeline, member);
}

void pipeline_dismiss(struct pipeline *pipeline, struct member *member)
{
	pipeline_unschedule(pipeline, member);
	session_free(member->session);
	free(member);
}

void pipeline_place(struct pipeline *pipeline)
{
	for (size_t i = 0; i < pipeline->inventory->n_devices; i++) {
		const struct device *device = &pipeline->inventory->devices[i];

		tracker_set_device(pipeline->tracker, i, device->parent, device->interval);
	}
}

struct pipeline *pipeline_new(
    struct loop *loop, struct inventory *inventory, const struct agent *agent, const struct sink *sink)
{
	struct pipeline *pipeline = mem_alloc(sizeof *pipeline);
	struct tracker_hooks hooks = {state_changed, blindness_changed, pipeline};

	pipeline->magic = PIPELINE_MAGIC;
	pipeline->loop = loop;
	pipeline->inventory = inventory;
	pipeline->agent = *agent;
	pipeline->sink = *sink;
	pipeline->started = loop_now(loop);
	pipeline->members = mem_calloc(inventory->n_devices + 1, sizeof(struct member *));
	pipeline->tracker = tracker_new(inventory->n_devices, inventory->settings.tries, &hooks);
	pipeline->judge = judge_new(inventory, &(struct judge_hooks){pipeline_event, pipeline});
	pipeline->sched = sched_new(loop, turn_came, pipeline);
	pipeline_place(pipeline);
	for (size_t i = 0; i < inventory->n_devices; i++)
		pipeline_enrol(pipeline, &inventory->devices[i]);
	return pipeline;
}

/* Build-up reversed: nobody is called about what is already gone. */
void pipeline_free(struct pipeline *pipeline)
{
	if (pipeline == NULL)
		return;
	HASH_CLEAR(hh, pipeline->by_name);
	for (size_t i = 0; i < pipeline->inventory->n_devices; i++)
		pipeline_dismiss(pipeline, pipeline->members[i]);
	sched_free(pipeline->sched);
	tracker_free(pipeline->tracker);
	judge_free(pipeline->judge);
	inventory_free(pipeline->inventory);
	free(pipeline->members);
	pipeline->magic = 0;
	free(pipeline);
}

const struct inventory *pipeline_inventory(const struct pipeline *pipeline)
{
	return pipeline->inventory;
}

const struct problem *pipeline_problem(const struct pipeline *pipeline)
{
	size_t n;
	const struct problem *problems = judge_problems(pipeline->judge, JUDGE_COLLECTOR, &n);

	return n > 0 ? problems : NULL;
}

size_t pipeline_find(const struct pipeline *pipeline, const char *name)
{
	struct member *member = NULL;

	HASH_FIND(hh, pipeline->by_name, name, strlen(name), member);
	return member != NULL ? member->device->number : SIZE_MAX;
}

/* The tracker's word, while it is fresh: no poll has ended for two intervals and what a poll may take, so
 * nobody knows (PROMISES 3). */
static void member_status(const struct member *member, struct device_status *status)
{
	const struct device *device = member->device;
	int64_t patience = 2 * device->interval + (device->retries + 1) * device->timeout;

	tracker_status(member->pipeline->tracker, device->number, status);
	if (member->judged == 0 || loop_now(member->pipeline->loop) - member->judged <= patience)
		return;
	status->state = DEVICE_UNKNOWN;
	status->hard = false;
}

void pipeline_report(const struct pipeline *pipeline, size_t number, struct device_report *report)
{
	const struct member *member = pipeline->members[number];
	const struct clock *clock = loop_clock(pipeline->loop);

	*report = (struct device_report){.device = member->device};
	session_report(member->session, report);
	report->device = member->device;
	member_status(member, &report->status);
	if (member->turn != NULL)
		report->next_poll = clock_wall(clock) + sched_next(member->turn) - clock_mono(clock);
	report->problems = judge_problems(pipeline->judge, number, &report->n_problems);
}

void pipeline_count_states(const struct pipeline *pipeline, size_t by_state[DEVICE_STATE_COUNT])
{
	struct device_status status;

	memset(by_state, 0, DEVICE_STATE_COUNT * sizeof *by_state);
	for (size_t i = 0; i < pipeline->inventory->n_devices; i++) {
		member_status(pipeline->members[i], &status);
		by_state[status.state]++;
	}
}

void pipeline_stats(const struct pipeline *pipeline, struct collector_stats *stats)
{
	struct sched_stats sched;

	stats->uptime = loop_now(pipeline->loop) - pipeline->started;
	stats->devices = pipeline->inventory->n_devices;
	stats->values = pipeline->values;
	for (size_t i = 0; i < stats->devices; i++)
		stats->rows += session_rows(pipeline->members[i]->session);
	sched_stats(pipeline->sched, &sched);
	stats->polls = sched.polls;
	stats->polls_late = sched.polls_late;
	stats->lateness_p50_ms = sched.p50_ms;
	stats->lateness_p99_ms = sched.p99_ms;
	stats->lateness_max_ms = sched.max_ms;
	pipeline_count_states(pipeline, stats->by_state);
}

void pipeline_progress(const struct pipeline *pipeline, uint64_t *ended, int64_t *patience)
{
	int64_t shortest = INT64_MAX, longest = 0;

	for (size_t i = 0; i < pipeline->inventory->n_devices; i++) {
		const struct device *device = pipeline->members[i]->device;
		int64_t budget = (device->retries + 1) * device->timeout;

		if (pipeline->members[i]->turn == NULL)
			continue;
		shortest = device->interval < shortest ? device->interval : shortest;
		longest = budget > longest ? budget : longest;
	}
	*ended = pipeline->polls_ended;
	*patience = shortest < INT64_MAX ? 2 * shortest + longest : 0;
}

void pipeline_flush(
    struct pipeline *pipeline, const char *device, void (*done)(void *arg, enum err err), void *arg)
{
	pipeline->sink.ops->flush(pipeline->sink.self, device, done, arg);
}
