#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "daemon/pieces.h"

#include <stdlib.h>

#define US INT64_C(1000)
#define MS (1000 * US)

/* Jobs whose steps take time on the virtual clock, beside a timer that must not be late. */
struct fixture {
	struct clock_virtual clock;
	struct loop *loop;
	struct pieces *pieces;
	struct loop_timer poll;
	int64_t due, latest;
	size_t polls, done, dropped;
};

struct task {
	struct fixture *f;
	int64_t step; /* ns that one takes */
	size_t left;
	int64_t ended;
};

static void poll_due(void *arg)
{
	struct fixture *f = arg;
	int64_t late = f->clock.mono - f->due;

	f->latest = late > f->latest ? late : f->latest;
	f->polls++;
	f->due = f->clock.mono + 5 * MS;
	loop_timer_at(f->loop, &f->poll, f->due);
}

static bool task_step(void *arg)
{
	struct task *task = arg;

	clock_virtual_advance(&task->f->clock, task->step);
	if (--task->left > 0)
		return true;
	task->ended = task->f->clock.mono;
	task->f->done++;
	return false;
}

static void task_dropped(void *arg)
{
	struct task *task = arg;

	task->f->dropped++;
}

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);

	clock_virtual_init(&f->clock, INT64_C(1700000000) * 1000 * MS);
	f->loop = loop_new_virtual(&f->clock);
	f->pieces = pieces_new(f->loop);
	f->due = f->clock.mono + 5 * MS;
	loop_timer_init(&f->poll, poll_due, f);
	loop_timer_at(f->loop, &f->poll, f->due);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	pieces_free(f->pieces);
	loop_timer_stop(f->loop, &f->poll);
	loop_free(f->loop);
	free(f);
	return 0;
}

static enum err add(struct task *task)
{
	return pieces_add(task->f->pieces, &(struct piece_job){task_step, task_dropped, task});
}

static void long_work_makes_no_poll_late(void **state)
{
	struct fixture *f = *state;
	struct task tasks[20];

	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		tasks[i] = (struct task){f, 60 * US, 1250, 0}; /* 10,000 devices in steps of 8 */
		assert_int_equal(add(&tasks[i]), ERR_OK);
	}
	loop_run_until(f->loop, f->clock.mono + 2000 * MS);
	assert_int_equal(f->done, ARRAY_LEN(tasks));
	assert_true(f->polls > 250);
	assert_true(f->latest <= PIECES_BUDGET + 60 * US);
}

static void a_short_job_does_not_wait_for_long_ones(void **state)
{
	struct fixture *f = *state;
	struct task slow = {f, 60 * US, 100000, 0}, other = slow, quick = {f, 50 * US, 3, 0};
	int64_t began = f->clock.mono;

	assert_int_equal(add(&slow), ERR_OK);
	assert_int_equal(add(&other), ERR_OK);
	assert_int_equal(add(&quick), ERR_OK);
	loop_run_until(f->loop, began + 100 * MS);
	assert_int_equal(quick.left, 0);
	assert_true(quick.ended - began < MS);
	assert_true(slow.left > 0 && other.left > 0);
	assert_true(llabs((long long)slow.left - (long long)other.left) <= 3);
	pieces_free(f->pieces); /* before the tasks go */
	f->pieces = NULL;
}

/* What is rendered so far takes memory: not a thousand answers at once. */
static void only_a_few_are_under_way(void **state)
{
	struct fixture *f = *state;
	struct task tasks[10];

	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		tasks[i] = (struct task){f, 50 * US, 100, 0};
		assert_int_equal(add(&tasks[i]), ERR_OK);
	}
	loop_run_until(f->loop, f->clock.mono + 10 * MS);
	for (size_t i = 0; i < ARRAY_LEN(tasks); i++)
		assert_true((tasks[i].left < 100) == (i < PIECES_AT_ONCE));
	loop_run_until(f->loop, f->clock.mono + 60 * MS);
	assert_int_equal(f->done, 10);
}

static void only_so_many_wait(void **state)
{
	struct fixture *f = *state;
	struct task tasks[PIECES_JOBS_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(tasks); i++) {
		tasks[i] = (struct task){f, US, 2, 0};
		assert_int_equal(add(&tasks[i]), i < PIECES_JOBS_MAX ? ERR_OK : ERR_FULL);
	}
	loop_run_until(f->loop, f->clock.mono + 10 * MS);
	assert_int_equal(f->done, PIECES_JOBS_MAX);
	assert_int_equal(add(&tasks[PIECES_JOBS_MAX]), ERR_OK);
	loop_run_until(f->loop, f->clock.mono + 10 * MS);
	assert_int_equal(f->done, PIECES_JOBS_MAX + 1);
}

static void what_is_unfinished_is_dropped(void **state)
{
	struct fixture *f = *state;
	struct task one = {f, MS, 100, 0}, two = {f, MS, 100, 0};

	assert_int_equal(add(&one), ERR_OK);
	assert_int_equal(add(&two), ERR_OK);
	loop_run_until(f->loop, f->clock.mono + 10 * MS);
	pieces_free(f->pieces);
	f->pieces = NULL;
	assert_int_equal(f->dropped, 2);
	assert_int_equal(f->done, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(long_work_makes_no_poll_late, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_short_job_does_not_wait_for_long_ones, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_a_few_are_under_way, setup, teardown),
	    cmocka_unit_test_setup_teardown(only_so_many_wait, setup, teardown),
	    cmocka_unit_test_setup_teardown(what_is_unfinished_is_dropped, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
