#include "notify/eventwriter.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/throttle.h"
#include "base/units.h"
#include "base/vec.h"
#include "notify/eventjob.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX  1000 /* events of a transaction */
#define PRUNE_MOST 500	/* one small batch at a time: a clock that is wrong for an hour removes little */
#define RETRY_MIN  UNITS_SEC
#define RETRY_MAX  (30 * UNITS_SEC)
#define FOR_EVER   (3600 * UNITS_SEC)

struct eventwriter {
	struct loop *loop;
	struct eventdb *db;
	struct queue *jobs;
	struct eventtally *tally;
	pthread_t thread;
	struct {
		struct event **v;
		size_t n, cap;
	} pending; /* taken from the queue, not written yet */
	struct throttle trouble;
	int64_t retry, retry_at; /* ns; monotonic ns. 0 = no trouble */
};

static int64_t now(void)
{
	return clock_mono(clock_real());
}

static void in_trouble(struct eventwriter *writer, enum err err)
{
	char quoted[256];

	if (throttle_fail(&writer->trouble, now()))
		log_error("event log cannot be written; events wait in memory", "err=\"%s\" reason=%s",
		    err_text(err), log_quote(quoted, sizeof quoted, eventdb_error(writer->db)));
	writer->retry = writer->retry == 0		? RETRY_MIN
			: writer->retry < RETRY_MAX / 2 ? writer->retry * 2
							: RETRY_MAX;
	writer->retry_at = now() + writer->retry;
}

static void is_well(struct eventwriter *writer)
{
	uint64_t count;
	int64_t duration;
	char text[UNITS_TEXT_MAX];

	writer->retry = writer->retry_at = 0;
	if (throttle_ok(&writer->trouble, now(), &count, &duration))
		log_warn("event log is written again", "tries=%" PRIu64 " after=\"%s\"", count,
		    units_duration(text, duration));
}

static void written(struct eventwriter *writer, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(writer->pending.v[i]);
	writer->pending.n -= n;
	memmove(writer->pending.v, &writer->pending.v[n], writer->pending.n * sizeof *writer->pending.v);
	atomic_fetch_add(&writer->tally->written, n);
	atomic_fetch_sub(&writer->tally->waiting, n);
}

/* All that is pending, in transactions of BATCH_MAX. */
static enum err write_pending(struct eventwriter *writer)
{
	enum err err = ERR_OK;

	while (writer->pending.n > 0 && err == ERR_OK) {
		size_t n = writer->pending.n < BATCH_MAX ? writer->pending.n : BATCH_MAX;

		err = eventdb_write(writer->db, writer->pending.v, n);
		if (err == ERR_CORRUPT && (err = eventdb_replace(writer->db)) == ERR_OK)
			err = eventdb_write(writer->db, writer->pending.v, n);
		if (err == ERR_OK)
			written(writer, n);
	}
	if (err != ERR_OK)
		in_trouble(writer, err);
	else
		is_well(writer);
	return err;
}

static enum err perform(struct eventwriter *writer, struct eventjob *job)
{
	switch (job->kind) {
	case EVENTJOB_QUERY:
		return eventdb_query(writer->db, &job->filter, &job->events, &job->n_events);
	case EVENTJOB_SILENCE_ADD:
		return eventdb_silence_add(writer->db, job->silence);
	case EVENTJOB_SILENCE_REMOVE:
		return eventdb_silence_remove(writer->db, job->number);
	case EVENTJOB_ACK_SET:
		return eventdb_ack_set(writer->db, job->ack);
	case EVENTJOB_RENAME:
		return eventdb_move(writer->db, job->old, job->name);
	case EVENTJOB_PRUNE:
		return eventdb_prune(writer->db, job->number, PRUNE_MOST);
	case EVENTJOB_EVENT:
	case EVENTJOB_FLUSH:
		break;
	}
	return ERR_OK;
}

/* These change what events before them have made: they may not overtake events that wait. */
static bool needs_its_turn(const struct eventjob *job)
{
	return job->kind == EVENTJOB_FLUSH || job->kind == EVENTJOB_ACK_SET || job->kind == EVENTJOB_RENAME;
}

/* Damage may show anywhere; then it is done once more, on the file that takes the place. */
static enum err perform_or_replace(struct eventwriter *writer, struct eventjob *job)
{
	enum err err = perform(writer, job);

	if (err != ERR_CORRUPT || eventdb_replace(writer->db) != ERR_OK)
		return err;
	eventlog_events_free(job->events, job->n_events);
	job->events = NULL;
	job->n_events = 0;
	return perform(writer, job);
}

/* Whoever asks is told of all that was added before, so that is written first. */
static void serve(struct eventwriter *writer, struct eventjob *job)
{
	enum err err = writer->pending.n > 0 ? write_pending(writer) : ERR_OK;

	job->err = err != ERR_OK && needs_its_turn(job) ? err : perform_or_replace(writer, job);
	loop_post(writer->loop, eventjob_answer, job);
}

static void keep(struct eventwriter *writer, struct eventjob *job)
{
	vec_push(&writer->pending, job->event);
	job->event = NULL;
	eventjob_free(job);
}

/* Takes what is there without waiting, so that all of it is one transaction. The job that is no event, or
 * NULL. */
static struct eventjob *gather(struct eventwriter *writer, struct eventjob *job)
{
	while (job != NULL && job->kind == EVENTJOB_EVENT) {
		keep(writer, job);
		job = queue_pop_for(writer->jobs, 0);
	}
	return job;
}

static int64_t patience(const struct eventwriter *writer)
{
	return writer->retry_at > 0 ? writer->retry_at - now() : FOR_EVER;
}

static void give_up(struct eventwriter *writer)
{
	size_t n = writer->pending.n;

	if (n == 0)
		return;
	log_error("events are lost at the end", "events=%zu reason=\"%s\"", n, eventdb_error(writer->db));
	for (size_t i = 0; i < n; i++)
		free(writer->pending.v[i]);
	atomic_fetch_add(&writer->tally->lost, n);
	atomic_fetch_sub(&writer->tally->waiting, n);
}

/* The next job that is no event; NULL when it is time to look around, or at the end. */
static struct eventjob *next_job(struct eventwriter *writer, bool *ended)
{
	struct eventjob *job = gather(writer, queue_pop_for(writer->jobs, patience(writer)));

	if (job != NULL || !atomic_load(&writer->tally->closing))
		return job;
	/* What was added before the end began may still be in the queue: NULL is its end. */
	job = gather(writer, queue_pop(writer->jobs));
	*ended = job == NULL;
	return job;
}

static void *run(void *arg)
{
	struct eventwriter *writer = arg;
	enum err ignored = ERR_OK;
	bool ended = false;

	pthread_setname_np(pthread_self(), "eventlog");
	while (!ended) {
		struct eventjob *job = next_job(writer, &ended);

		if (job != NULL)
			serve(writer, job);
		else if (writer->pending.n > 0 && (ended || now() >= writer->retry_at))
			ignored = write_pending(writer); /* on failure it is tried again later */
	}
	(void)ignored;
	give_up(writer);
	vec_fini(&writer->pending);
	return NULL;
}

struct eventwriter *eventwriter_new(
    struct loop *loop, struct eventdb *db, struct queue *jobs, struct eventtally *tally)
{
	struct eventwriter *writer = mem_alloc(sizeof *writer);
	sigset_t all, before;
	int rc;

	writer->loop = loop;
	writer->db = db;
	writer->jobs = jobs;
	writer->tally = tally;
	sigfillset(&all); /* signals are the loop's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&writer->thread, NULL, run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		return writer;
	free(writer);
	errno = rc;
	return NULL;
}

void eventwriter_free(struct eventwriter *writer)
{
	pthread_join(writer->thread, NULL);
	free(writer);
}
