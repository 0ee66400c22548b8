#include "notify/eventlog.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/str.h"
#include "base/throttle.h"
#include "base/units.h"
#include "notify/eventjob.h"
#include "notify/eventwriter.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define EVENTLOG_MAGIC 0x65766c67u
#define QUESTIONS_MAX  1000 /* waiting at a time, beside the events */
#define PRUNE_EVERY    (60 * UNITS_SEC)

struct eventlog {
	unsigned magic;
	struct loop *loop;
	struct eventdb *db; /* the writer's once it runs */
	struct queue *jobs;
	struct eventtally tally;
	struct eventwriter *writer;
	struct loop_timer prune;
	int64_t keep; /* ns */
	int64_t last_event, last_silence;
	struct throttle loss;
};

/* The thread's turn; an answer of ERR_FULL, later too, when it has too much to do. */
static void submit(struct eventlog *log, struct eventjob *job)
{
	enum err err = queue_push(log->jobs, job);

	if (err == ERR_OK)
		return; /* the job is the thread's now */
	job->err = err;
	loop_post(log->loop, eventjob_answer, job);
}

static void prune(void *arg)
{
	struct eventlog *log = arg;
	struct eventjob *job = eventjob_new(EVENTJOB_PRUNE);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->number = clock_wall(loop_clock(log->loop)) - log->keep;
	submit(log, job);
	loop_timer_in(log->loop, &log->prune, PRUNE_EVERY);
}

struct eventlog *eventlog_new(struct loop *loop, const char *path, int64_t keep, char **error)
{
	struct eventlog *log = mem_alloc(sizeof *log);

	log->magic = EVENTLOG_MAGIC;
	log->loop = loop;
	loop_timer_init(&log->prune, prune, log);
	log->db = eventdb_open(path, error);
	if (log->db == NULL)
		goto bad;
	log->last_event = eventdb_last_event(log->db);
	log->last_silence = eventdb_last_silence(log->db);
	log->jobs = queue_new(EVENTLOG_WAITING_MAX + QUESTIONS_MAX);
	log->writer = eventwriter_new(loop, log->db, log->jobs, &log->tally);
	if (log->writer == NULL) {
		*error = str_format("no thread for the event log: %s", strerror(errno));
		goto bad;
	}
	log->keep = keep;
	if (keep > 0) /* by then the clock of a machine that boots is right */
		loop_timer_in(loop, &log->prune, PRUNE_EVERY);
	return log;
bad:
	eventlog_free(log);
	return NULL;
}

void eventlog_free(struct eventlog *log)
{
	if (log == NULL)
		return;
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	loop_timer_stop(log->loop, &log->prune);
	if (log->writer != NULL) {
		atomic_store(&log->tally.closing, true);
		queue_close(log->jobs);
		eventwriter_free(log->writer);
	}
	queue_free(log->jobs);
	eventdb_close(log->db);
	log->magic = 0;
	free(log);
}

void eventlog_set_keep(struct eventlog *log, int64_t keep)
{
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	if (keep == log->keep)
		return;
	log->keep = keep;
	if (keep > 0)
		loop_timer_in(log->loop, &log->prune, 0);
	else
		loop_timer_stop(log->loop, &log->prune);
}

/* The thread sleeps until the first job is there, so the database is still free for these. */
void eventlog_problems(struct eventlog *log, void (*each)(void *arg, const struct event *problem), void *arg)
{
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	eventdb_problems(log->db, each, arg);
}

void eventlog_silences(
    struct eventlog *log, void (*each)(void *arg, const struct silence *silence), void *arg)
{
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	eventdb_silences(log->db, each, arg);
}

void eventlog_acks(struct eventlog *log, void (*each)(void *arg, const struct ack *ack), void *arg)
{
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	eventdb_acks(log->db, each, arg);
}

static void count_lost(struct eventlog *log)
{
	atomic_fetch_add(&log->tally.lost, 1);
	if (throttle_fail(&log->loss, loop_now(log->loop)))
		log_error("events are lost: too many wait to be written", "waiting=%d", EVENTLOG_WAITING_MAX);
}

static void count_kept(struct eventlog *log)
{
	uint64_t count;
	int64_t duration;
	char text[UNITS_TEXT_MAX];

	if (throttle_ok(&log->loss, loop_now(log->loop), &count, &duration))
		log_error("events are kept again", "lost=%" PRIu64 " within=\"%s\"", count,
		    units_duration(text, duration));
}

int64_t eventlog_add(struct eventlog *log, const struct event *event)
{
	struct eventjob *job;

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	log->last_event++;
	if (atomic_load(&log->tally.waiting) >= EVENTLOG_WAITING_MAX) {
		count_lost(log);
		return log->last_event;
	}
	job = eventjob_new(EVENTJOB_EVENT);
	job->event = event_dup(event);
	job->event->id = log->last_event;
	atomic_fetch_add(&log->tally.waiting, 1);
	if (queue_push(log->jobs, job) == ERR_OK) {
		count_kept(log);
		return log->last_event;
	}
	atomic_fetch_sub(&log->tally.waiting, 1);
	count_lost(log);
	eventjob_free(job);
	return log->last_event;
}

void eventlog_flush(struct eventlog *log, eventlog_done_fn *done, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_FLUSH);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->done = done;
	job->arg = arg;
	submit(log, job);
}

void eventlog_query(
    struct eventlog *log, const struct event_filter *filter, eventlog_found_fn *found, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_QUERY);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->filter = *filter;
	job->filter.device = mem_strdup(filter->device);
	job->filter.rule = mem_strdup(filter->rule);
	job->filter.object = mem_strdup(filter->object);
	job->found = found;
	job->arg = arg;
	submit(log, job);
}

int64_t eventlog_silence_add(
    struct eventlog *log, const struct silence *silence, eventlog_done_fn *done, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_SILENCE_ADD);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->silence = silence_dup(silence);
	job->silence->id = ++log->last_silence;
	job->done = done;
	job->arg = arg;
	submit(log, job);
	return log->last_silence;
}

void eventlog_silence_remove(struct eventlog *log, int64_t id, eventlog_done_fn *done, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_SILENCE_REMOVE);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->number = id;
	job->done = done;
	job->arg = arg;
	submit(log, job);
}

void eventlog_ack_set(struct eventlog *log, const struct ack *ack, eventlog_done_fn *done, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_ACK_SET);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->ack = ack_dup(ack);
	job->done = done;
	job->arg = arg;
	submit(log, job);
}

void eventlog_rename(
    struct eventlog *log, const char *old, const char *name, eventlog_done_fn *done, void *arg)
{
	struct eventjob *job = eventjob_new(EVENTJOB_RENAME);

	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	job->old = mem_strdup(old);
	job->name = mem_strdup(name);
	job->done = done;
	job->arg = arg;
	submit(log, job);
}

void eventlog_stats(struct eventlog *log, struct eventlog_stats *stats)
{
	MAGIC_CHECK(log, EVENTLOG_MAGIC);
	stats->written = atomic_load(&log->tally.written);
	stats->lost = atomic_load(&log->tally.lost);
	stats->waiting = atomic_load(&log->tally.waiting);
}
