#include "base/worker.h"

#include "base/mem.h"
#include "base/queue.h"
#include "base/vec.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define WORKER_MAGIC 0x776f726bu
#define THREAD_NAME  16 /* pthread_setname_np(3) */

struct job {
	void (*run)(void *arg);
	void (*done)(void *arg);
	void *arg;
	struct job *next; /* in the list of finished ones */
};

struct worker {
	uint32_t magic;
	struct loop *loop;
	struct queue *queue;
	pthread_t *threads;
	size_t n_threads;
	char name[THREAD_NAME];
	atomic_bool stopping;

	pthread_mutex_t lock; /* guards what follows */
	struct job *finished, **finished_tail;
	bool posted; /* the loop has been asked to collect */
	bool freed;  /* the post under way is the last to hold the worker */
};

static void destroy(struct worker *worker)
{
	pthread_mutex_destroy(&worker->lock);
	queue_free(worker->queue);
	free(worker->threads);
	worker->magic = 0;
	free(worker);
}

/* Calls done() for what has finished, in that order. In the loop's thread. */
static void collect(struct worker *worker)
{
	struct job *job;

	pthread_mutex_lock(&worker->lock);
	worker->posted = false;
	job = worker->finished;
	worker->finished = NULL;
	worker->finished_tail = &worker->finished;
	pthread_mutex_unlock(&worker->lock);

	while (job) {
		struct job *next = job->next;
		struct job now = *job;

		free(job);
		if (now.done)
			now.done(now.arg);
		job = next;
	}
}

static void on_posted(void *arg)
{
	struct worker *worker = arg;

	MAGIC_CHECK(worker, WORKER_MAGIC);
	if (worker->freed)
		destroy(worker);
	else
		collect(worker);
}

static void finish(struct worker *worker, struct job *job)
{
	pthread_mutex_lock(&worker->lock);
	*worker->finished_tail = job;
	worker->finished_tail = &job->next;
	if (!worker->posted) {
		worker->posted = true;
		loop_post(worker->loop, on_posted, worker);
	}
	pthread_mutex_unlock(&worker->lock);
}

static void *thread_main(void *arg)
{
	struct worker *worker = arg;
	struct job *job;

	pthread_setname_np(pthread_self(), worker->name);
	while ((job = queue_pop(worker->queue)) != NULL) {
		if (!atomic_load(&worker->stopping))
			job->run(job->arg);
		finish(worker, job);
	}
	return NULL;
}

/* Signals belong to the loop's thread; faults stay with the thread that makes them. */
static void block_signals(sigset_t *old)
{
	sigset_t all;

	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGILL);
	sigdelset(&all, SIGABRT);
	pthread_sigmask(SIG_SETMASK, &all, old);
}

struct worker *worker_new(struct loop *loop, const char *name, size_t threads, size_t capacity)
{
	struct worker *worker = mem_alloc(sizeof *worker);
	sigset_t old;

	worker->magic = WORKER_MAGIC;
	worker->loop = loop;
	worker->queue = queue_new(capacity);
	worker->threads = mem_calloc(threads, sizeof *worker->threads);
	worker->finished_tail = &worker->finished;
	snprintf(worker->name, sizeof worker->name, "%s", name);
	pthread_mutex_init(&worker->lock, NULL);

	block_signals(&old);
	while (worker->n_threads < threads &&
	       pthread_create(&worker->threads[worker->n_threads], NULL, thread_main, worker) == 0)
		worker->n_threads++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (worker->n_threads == threads)
		return worker;
	worker_free(worker);
	return NULL;
}

void worker_free(struct worker *worker)
{
	bool posted;

	if (worker == NULL)
		return;
	MAGIC_CHECK(worker, WORKER_MAGIC);
	atomic_store(&worker->stopping, true);
	queue_close(worker->queue);
	for (size_t i = 0; i < worker->n_threads; i++)
		pthread_join(worker->threads[i], NULL);
	posted = worker->posted; /* no threads, no lock */
	collect(worker);
	if (posted)
		worker->freed = true; /* the loop still holds a post that points here */
	else
		destroy(worker);
}

enum err worker_submit(struct worker *worker, void (*run)(void *arg), void (*done)(void *arg), void *arg)
{
	struct job *job = mem_alloc(sizeof *job);
	enum err err;

	MAGIC_CHECK(worker, WORKER_MAGIC);
	job->run = run;
	job->done = done;
	job->arg = arg;
	err = queue_push(worker->queue, job);
	if (err != ERR_OK)
		free(job);
	return err;
}
