#include "base/loop.h"

#include "base/mem.h"
#include "base/timerheap.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS INT64_C(1000000)

static uint32_t random_from(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* --- the heap --- */

#define HEAP_TIMERS 200

/* The model: the armed one with the least (time, order of arming). */
static size_t model_least(const struct timerheap_entry *model)
{
	size_t least = HEAP_TIMERS;

	for (size_t i = 0; i < HEAP_TIMERS; i++) {
		if (model[i].timer == NULL)
			continue;
		if (least == HEAP_TIMERS || model[i].at < model[least].at ||
		    (model[i].at == model[least].at && model[i].seq < model[least].seq))
			least = i;
	}
	return least;
}

static void heap_agrees_with_a_model(void **state)
{
	struct loop_timer timers[HEAP_TIMERS] = {0};
	struct timerheap_entry model[HEAP_TIMERS] = {0};
	struct timerheap heap = {0};
	uint32_t seed = 42;
	uint64_t seq = 0;

	(void)state;
	for (int round = 0; round < 10000; round++) {
		size_t i = random_from(&seed) % HEAP_TIMERS, least;

		switch (random_from(&seed) % 4) {
		case 0:
		case 1:
			model[i] = (struct timerheap_entry){
			    .at = random_from(&seed) % 50, .seq = seq++, .timer = &timers[i]};
			timerheap_set(&heap, &timers[i], model[i].at);
			break;
		case 2:
			model[i].timer = NULL;
			timerheap_remove(&heap, &timers[i]);
			assert_false(loop_timer_armed(&timers[i]));
			break;
		default:
			least = model_least(model);
			if (least == HEAP_TIMERS)
				break;
			model[least].timer = NULL;
			timerheap_remove(&heap, timerheap_top(&heap)->timer);
			break;
		}
		least = model_least(model);
		if (least == HEAP_TIMERS)
			assert_null(timerheap_top(&heap));
		else
			assert_ptr_equal(timerheap_top(&heap)->timer, &timers[least]);
		for (size_t j = 0; j < heap.n; j++)
			assert_int_equal(heap.v[j].timer->slot, j + 1);
	}
	timerheap_fini(&heap);
}

/* --- the virtual loop --- */

#define TRACE_MAX 64

struct bench {
	struct clock_virtual clock;
	struct loop *loop;
	struct loop_timer timers[8];
	struct probe {
		struct bench *bench;
		char name;
	} probes[8];
	char trace[TRACE_MAX];
	size_t n;
	int64_t last_mono;
	void (*extra)(struct bench *bench, char name);
};

static void note(struct bench *bench, char name)
{
	if (bench->n + 1 < TRACE_MAX)
		bench->trace[bench->n++] = name;
	bench->last_mono = bench->loop ? loop_now(bench->loop) : 0;
}

static void on_timer(void *arg)
{
	struct probe *probe = arg;

	note(probe->bench, probe->name);
	if (probe->bench->extra)
		probe->bench->extra(probe->bench, probe->name);
}

static void on_post(void *arg)
{
	struct probe *probe = arg;

	note(probe->bench, (char)(probe->name - 'a' + 'A'));
	if (probe->bench->extra)
		probe->bench->extra(probe->bench, (char)(probe->name - 'a' + 'A'));
}

static void bench_init(struct bench *bench)
{
	memset(bench, 0, sizeof *bench);
	clock_virtual_init(&bench->clock, 1000);
	bench->loop = loop_new_virtual(&bench->clock);
	for (int i = 0; i < 8; i++) {
		bench->probes[i] = (struct probe){.bench = bench, .name = (char)('a' + i)};
		loop_timer_init(&bench->timers[i], on_timer, &bench->probes[i]);
	}
}

static void timers_fire_in_order(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	loop_timer_at(b.loop, &b.timers[0], 30);
	loop_timer_at(b.loop, &b.timers[1], 10);
	loop_timer_at(b.loop, &b.timers[2], 20);
	loop_timer_at(b.loop, &b.timers[3], 20);
	loop_timer_at(b.loop, &b.timers[4], 20);
	loop_timer_at(b.loop, &b.timers[2], 20); /* armed anew: now the last of the equal ones */
	loop_timer_at(b.loop, &b.timers[5], 5);
	loop_timer_stop(b.loop, &b.timers[5]);
	loop_timer_stop(b.loop, &b.timers[5]);
	assert_true(loop_timer_armed(&b.timers[0]));
	assert_false(loop_timer_armed(&b.timers[5]));
	loop_run_until(b.loop, 20);
	assert_string_equal(b.trace, "bdec");
	assert_int_equal(loop_now(b.loop), 20);
	assert_int_equal(clock_wall(loop_clock(b.loop)), 1020);
	assert_false(loop_timer_armed(&b.timers[1]));
	loop_run_until(b.loop, 29);
	assert_string_equal(b.trace, "bdec");
	loop_run_until(b.loop, 100);
	assert_string_equal(b.trace, "bdeca");
	assert_int_equal(b.last_mono, 30);
	assert_int_equal(loop_now(b.loop), 100);
	loop_free(b.loop);
}

static void rearm(struct bench *b, char name)
{
	switch (name) {
	case 'a': /* itself, for the past: behind what is due already */
		if (b->n < 4)
			loop_timer_at(b->loop, &b->timers[0], -5);
		loop_timer_stop(b->loop, &b->timers[2]);
		break;
	case 'b':
		loop_timer_in(b->loop, &b->timers[3], 0);
		break;
	default:
		break;
	}
}

static void callbacks_rearm_and_stop(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.extra = rearm;
	for (int i = 0; i < 3; i++)
		loop_timer_at(b.loop, &b.timers[i], 10);
	loop_run_until(b.loop, 10);
	/* a stopped c; a came again behind b, and d, armed by b, behind that */
	assert_string_equal(b.trace, "abada");
	loop_free(b.loop);
}

static void post_more(struct bench *b, char name)
{
	if (name == 'a' || name == 'A')
		loop_post(b->loop, on_post, &b->probes[name == 'a' ? 1 : 2]);
}

static void posts_run_in_order_before_timers(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.extra = post_more;
	loop_timer_at(b.loop, &b.timers[0], 10);
	loop_timer_at(b.loop, &b.timers[3], 10);
	loop_post(b.loop, on_post, &b.probes[0]); /* posts C, which runs next turn */
	loop_post(b.loop, on_post, &b.probes[4]);
	assert_string_equal(b.trace, "");
	loop_run_until(b.loop, 10);
	assert_string_equal(b.trace, "AECaBd"); /* a posts B, before d though both were due */
	loop_post(b.loop, on_post, &b.probes[0]);
	loop_free(b.loop); /* what is left runs then, and what it posts */
	assert_string_equal(b.trace, "AECaBdAC");
}

static void stop_it(struct bench *b, char name)
{
	if (name == 'a')
		loop_stop(b->loop);
}

static void virtual_loop_stops_and_goes_on(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	b.extra = stop_it;
	loop_timer_at(b.loop, &b.timers[0], 10);
	loop_timer_at(b.loop, &b.timers[1], 10);
	loop_run_until(b.loop, 50);
	assert_string_equal(b.trace, "a");
	assert_int_equal(loop_now(b.loop), 10);
	loop_run_until(b.loop, 50);
	assert_string_equal(b.trace, "ab");
	assert_null(loop_event_base(b.loop));
	assert_null(loop_watch_read(b.loop, 0, on_timer, NULL));
	loop_watch_free(NULL);
	loop_free(b.loop);
}

static void far_times_do_not_overflow(void **state)
{
	struct bench b;

	(void)state;
	bench_init(&b);
	clock_virtual_advance(&b.clock, 1000);
	loop_timer_in(b.loop, &b.timers[0], INT64_MAX);
	assert_int_equal(b.timers[0].at, INT64_MAX);
	loop_timer_at(b.loop, &b.timers[1], INT64_MIN);
	loop_run_until(b.loop, 2000);
	assert_string_equal(b.trace, "b");
	assert_int_equal(b.last_mono, 1000); /* time does not run backwards for a timer of the past */
	loop_free(b.loop);
}

/* --- the real loop --- */

struct real {
	struct loop *loop;
	struct loop_timer timer, other;
	int64_t armed_for, fired_at;
	int fired, ready, signals, posted;
	int pipe[2];
	struct loop_watch *watch;
	pthread_t thread;
};

static void on_precise(void *arg)
{
	struct real *r = arg;

	r->fired_at = loop_now(r->loop);
	r->fired++;
	loop_stop(r->loop);
}

static void real_timer_is_precise(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};
	int64_t least_late = INT64_MAX;

	(void)state;
	loop_timer_init(&r.timer, on_precise, &r);
	for (int i = 0; i < 5; i++) {
		r.armed_for = loop_now(r.loop) + 2 * MS + 300;
		loop_timer_at(r.loop, &r.timer, r.armed_for);
		loop_run(r.loop);
		assert_true(r.fired_at >= r.armed_for);
		if (r.fired_at - r.armed_for < least_late)
			least_late = r.fired_at - r.armed_for;
	}
	assert_int_equal(r.fired, 5);
	assert_true(
	    least_late < MS); /* a loop that waits in whole milliseconds is later than that most times */
	loop_free(r.loop);
}

static void on_earlier(void *arg)
{
	struct real *r = arg;

	r->posted++;
}

static void real_timer_moves(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};

	(void)state;
	loop_timer_init(&r.timer, on_precise, &r);
	loop_timer_init(&r.other, on_earlier, &r);
	loop_timer_in(r.loop, &r.timer, 3600 * 1000 * MS); /* then earlier */
	loop_timer_in(r.loop, &r.other, MS);
	loop_timer_in(r.loop, &r.timer, 4 * MS);
	loop_timer_in(r.loop, &r.other, 2 * MS); /* and later: the alarm of before finds nothing due */
	loop_run(r.loop);
	assert_int_equal(r.fired, 1);
	assert_int_equal(r.posted, 1);
	loop_free(r.loop);
}

static void on_busy(void *arg)
{
	struct real *r = arg;

	loop_timer_at(r->loop, &r->timer, 0); /* always due: descriptors must have their turn all the same */
	if (++r->fired == 1)
		assert_int_equal(write(r->pipe[1], "x", 1), 1);
	if (r->fired > 100000)
		loop_stop(r->loop);
}

static void on_readable(void *arg)
{
	struct real *r = arg;
	char c;

	assert_int_equal(read(r->pipe[0], &c, 1), 1);
	r->ready++;
	loop_watch_free(r->watch);
	r->watch = NULL;
	loop_stop(r->loop);
}

static void descriptors_are_not_starved(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};

	(void)state;
	assert_int_equal(pipe(r.pipe), 0);
	loop_timer_init(&r.timer, on_busy, &r);
	loop_timer_at(r.loop, &r.timer, 0);
	r.watch = loop_watch_read(r.loop, r.pipe[0], on_readable, &r);
	loop_run(r.loop);
	assert_int_equal(r.ready, 1);
	assert_true(r.fired <= 2); /* once a turn */
	loop_free(r.loop);
	close(r.pipe[0]);
	close(r.pipe[1]);
}

static void on_one_of_many(void *arg)
{
	struct real *r = arg;

	if (++r->fired == 1)
		assert_int_equal(write(r->pipe[1], "x", 1), 1);
}

static void a_turn_is_bounded(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};
	struct loop_timer many[1000];

	(void)state;
	assert_int_equal(pipe(r.pipe), 0);
	for (size_t i = 0; i < ARRAY_LEN(many); i++) {
		loop_timer_init(&many[i], on_one_of_many, &r);
		loop_timer_at(r.loop, &many[i], 0);
	}
	r.watch = loop_watch_read(r.loop, r.pipe[0], on_readable, &r);
	loop_run(r.loop);
	assert_true(r.fired < 1000); /* the descriptor did not wait for all of them */
	loop_timer_init(&r.timer, on_precise, &r);
	loop_timer_in(r.loop, &r.timer, 0);
	loop_run(r.loop);
	assert_int_equal(r.fired, 1001); /* and none was lost when the loop stopped and went on */
	loop_free(r.loop);
	close(r.pipe[0]);
	close(r.pipe[1]);
}

static void on_writable(void *arg)
{
	struct real *r = arg;

	r->ready++;
	loop_stop(r->loop);
}

static void watches_writing(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};

	(void)state;
	assert_int_equal(pipe(r.pipe), 0);
	r.watch = loop_watch_write(r.loop, r.pipe[1], on_writable, &r);
	loop_run(r.loop);
	assert_int_equal(r.ready, 1);
	loop_watch_free(r.watch);
	loop_free(r.loop);
	close(r.pipe[0]);
	close(r.pipe[1]);
}

static void on_signal(int signo, void *arg)
{
	struct real *r = arg;

	assert_int_equal(signo, SIGUSR1);
	r->signals++;
	loop_stop(r->loop);
}

static void raise_it(void *arg)
{
	(void)arg;
	raise(SIGUSR1);
}

static void signals_come_into_the_loop(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};

	(void)state;
	loop_signal(r.loop, SIGUSR1, on_signal, &r);
	loop_post(r.loop, raise_it, NULL);
	loop_run(r.loop);
	assert_int_equal(r.signals, 1);
	loop_free(r.loop);
}

#define POSTS 20000

static void on_counted(void *arg)
{
	struct real *r = arg;

	if (++r->posted == 2 * POSTS)
		loop_stop(r->loop);
}

static void *post_many(void *arg)
{
	struct real *r = arg;

	for (int i = 0; i < POSTS; i++)
		loop_post(r->loop, on_counted, r);
	return NULL;
}

static void posts_from_threads_all_arrive(void **state)
{
	struct real r = {.loop = loop_new(clock_real())};
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, post_many, &r), 0);
	loop_run(r.loop);
	assert_int_equal(r.posted, 2 * POSTS);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	loop_free(r.loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(heap_agrees_with_a_model),
	    cmocka_unit_test(timers_fire_in_order),
	    cmocka_unit_test(callbacks_rearm_and_stop),
	    cmocka_unit_test(posts_run_in_order_before_timers),
	    cmocka_unit_test(virtual_loop_stops_and_goes_on),
	    cmocka_unit_test(far_times_do_not_overflow),
	    cmocka_unit_test(real_timer_is_precise),
	    cmocka_unit_test(real_timer_moves),
	    cmocka_unit_test(descriptors_are_not_starved),
	    cmocka_unit_test(a_turn_is_bounded),
	    cmocka_unit_test(watches_writing),
	    cmocka_unit_test(signals_come_into_the_loop),
	    cmocka_unit_test(posts_from_threads_all_arrive),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
