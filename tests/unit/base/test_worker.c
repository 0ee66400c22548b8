#include "base/worker.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>

struct bench {
	struct loop *loop;
	struct worker *worker;
	pthread_t loop_thread;
	sem_t go;      /* a job waits for it */
	sem_t started; /* and tells that it does */
	int done, until;
	atomic_int run;
};

struct job {
	struct bench *bench;
	bool ran, done;
	bool in_thread, in_loop, signals_blocked;
	char name[16];
};

static void bench_init(struct bench *b, size_t threads, size_t capacity)
{
	memset(b, 0, sizeof *b);
	b->loop = loop_new(clock_real());
	b->worker = worker_new(b->loop, "names-and-more-than-fits", threads, capacity);
	b->loop_thread = pthread_self();
	sem_init(&b->go, 0, 0);
	sem_init(&b->started, 0, 0);
	assert_non_null(b->worker);
}

static void bench_fini(struct bench *b)
{
	worker_free(b->worker);
	loop_free(b->loop);
	sem_destroy(&b->go);
	sem_destroy(&b->started);
}

static void run(void *arg)
{
	struct job *job = arg;
	sigset_t set;

	job->ran = true;
	job->in_thread = !pthread_equal(pthread_self(), job->bench->loop_thread);
	pthread_sigmask(SIG_SETMASK, NULL, &set);
	job->signals_blocked = sigismember(&set, SIGTERM) && !sigismember(&set, SIGSEGV);
	pthread_getname_np(pthread_self(), job->name, sizeof job->name);
	atomic_fetch_add(&job->bench->run, 1);
}

static void run_and_wait(void *arg)
{
	struct job *job = arg;

	run(arg);
	sem_post(&job->bench->started);
	sem_wait(&job->bench->go);
}

static void done(void *arg)
{
	struct job *job = arg;

	assert_false(job->done);
	job->done = true;
	job->in_loop = pthread_equal(pthread_self(), job->bench->loop_thread);
	if (++job->bench->done == job->bench->until)
		loop_stop(job->bench->loop);
}

static void runs_in_a_thread_and_answers_in_the_loop(void **state)
{
	struct bench b;
	struct job jobs[50] = {0};

	(void)state;
	bench_init(&b, 2, 50);
	b.until = 50;
	for (int i = 0; i < 50; i++) {
		jobs[i].bench = &b;
		assert_int_equal(worker_submit(b.worker, run, done, &jobs[i]), ERR_OK);
	}
	assert_int_equal(b.done, 0); /* never from within the call */
	loop_run(b.loop);
	for (int i = 0; i < 50; i++)
		assert_true(jobs[i].ran && jobs[i].done && jobs[i].in_thread && jobs[i].in_loop &&
			    jobs[i].signals_blocked);
	assert_string_equal(jobs[0].name, "names-and-more-");
	bench_fini(&b);
}

static void refuses_when_full(void **state)
{
	struct bench b;
	struct job jobs[4] = {0};

	(void)state;
	bench_init(&b, 1, 2);
	for (int i = 0; i < 4; i++)
		jobs[i].bench = &b;
	assert_int_equal(worker_submit(b.worker, run_and_wait, done, &jobs[0]), ERR_OK);
	sem_wait(&b.started); /* out of the queue now */
	assert_int_equal(worker_submit(b.worker, run, done, &jobs[1]), ERR_OK);
	assert_int_equal(worker_submit(b.worker, run, NULL, &jobs[2]), ERR_OK);
	assert_int_equal(worker_submit(b.worker, run, done, &jobs[3]), ERR_FULL);
	b.until = 2;
	sem_post(&b.go);
	loop_run(b.loop);
	bench_fini(&b);
	assert_true(jobs[1].done);
	assert_false(jobs[3].ran || jobs[3].done);
}

/* Returns once worker_free() has begun: until then the queue is full, not closed. */
static void run_until_closed(void *arg)
{
	struct job *job = arg;

	run(arg);
	sem_post(&job->bench->started);
	sem_wait(&job->bench->go);
	while (worker_submit(job->bench->worker, run, done, NULL) == ERR_FULL)
		sched_yield();
}

static void freeing_finishes_everything(void **state)
{
	struct bench b;
	struct job jobs[3] = {0};

	(void)state;
	bench_init(&b, 1, 1);
	for (int i = 0; i < 3; i++)
		jobs[i].bench = &b;
	assert_int_equal(worker_submit(b.worker, run_and_wait, done, &jobs[0]), ERR_OK);
	sem_wait(&b.started);
	assert_int_equal(worker_submit(b.worker, run_until_closed, done, &jobs[1]), ERR_OK);
	sem_post(&b.go);
	sem_wait(&b.started); /* the first has run and its answer waits in the loop; the second is at work */
	assert_int_equal(worker_submit(b.worker, run, done, &jobs[2]), ERR_OK);
	sem_post(&b.go);
	worker_free(b.worker);
	b.worker = NULL;
	assert_int_equal(b.done, 3);
	assert_true(jobs[0].ran && jobs[1].ran);
	assert_true(jobs[2].done && !jobs[2].ran); /* not begun: not run, but answered */
	bench_fini(&b);				   /* the post that was under way finds nothing more to do */
	assert_int_equal(b.done, 3);
}

static void free_in_loop(void *arg)
{
	struct bench *b = arg;

	worker_free(b->worker);
	b->worker = NULL;
	loop_stop(b->loop);
}

static void is_freed_from_a_callback(void **state)
{
	struct bench b;
	struct job job = {.bench = &b};

	(void)state;
	bench_init(&b, 1, 3);
	assert_int_equal(worker_submit(b.worker, run, done, &job), ERR_OK);
	loop_post(b.loop, free_in_loop, &b);
	loop_run(b.loop);
	assert_true(job.done);
	bench_fini(&b);
}

static void serves_a_virtual_loop(void **state)
{
	struct clock_virtual clock;
	struct bench b = {.loop_thread = pthread_self()};
	struct job job = {.bench = &b};

	(void)state;
	clock_virtual_init(&clock, 0);
	b.loop = loop_new_virtual(&clock);
	b.worker = worker_new(b.loop, "w", 1, 1);
	assert_int_equal(worker_submit(b.worker, run, done, &job), ERR_OK);
	for (int64_t t = 0; !job.done; t++) /* no descriptors: the test looks in */
		loop_run_until(b.loop, t);
	assert_true(job.ran && job.in_loop);
	worker_free(b.worker);
	loop_free(b.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(runs_in_a_thread_and_answers_in_the_loop),
	    cmocka_unit_test(refuses_when_full),
	    cmocka_unit_test(freeing_finishes_everything),
	    cmocka_unit_test(is_freed_from_a_callback),
	    cmocka_unit_test(serves_a_virtual_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
