#include "base/queue.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

static int items[1000];

static void keeps_order_and_bounds(void **state)
{
	struct queue *queue = queue_new(3);

	(void)state;
	for (int round = 0; round < 5; round++) { /* the ring goes round */
		for (int i = 0; i < 3; i++)
			assert_int_equal(queue_push(queue, &items[i]), ERR_OK);
		assert_int_equal(queue_push(queue, &items[3]), ERR_FULL);
		assert_int_equal(queue_length(queue), 3);
		assert_ptr_equal(queue_pop(queue), &items[0]);
		assert_int_equal(queue_push(queue, &items[3]), ERR_OK);
		for (int i = 1; i < 4; i++)
			assert_ptr_equal(queue_pop(queue), &items[i]);
		assert_int_equal(queue_length(queue), 0);
	}
	queue_free(queue);
	queue_free(NULL);
}

static void gives_up_waiting(void **state)
{
	struct queue *queue = queue_new(1);

	(void)state;
	assert_null(queue_pop_for(queue, -1));
	assert_null(queue_pop_for(queue, 0));
	assert_null(queue_pop_for(queue, INT64_C(1000000)));
	assert_int_equal(queue_push(queue, &items[0]), ERR_OK);
	assert_ptr_equal(queue_pop_for(queue, 0), &items[0]);
	queue_free(queue);
}

static void closes(void **state)
{
	struct queue *queue = queue_new(2);

	(void)state;
	assert_int_equal(queue_push(queue, &items[0]), ERR_OK);
	queue_close(queue);
	assert_int_equal(queue_push(queue, &items[1]), ERR_CLOSED);
	assert_ptr_equal(queue_pop(queue), &items[0]); /* what was in comes out */
	assert_null(queue_pop(queue));
	assert_null(queue_pop_for(queue, INT64_MAX / 2));
	queue_free(queue);
}

static atomic_int taken;

static void *take_all(void *arg)
{
	int *item;

	while ((item = queue_pop(arg)) != NULL) {
		++*item; /* each once: the test sees it if two threads got the same */
		atomic_fetch_add(&taken, 1);
	}
	return NULL;
}

static void *put_half(void *arg)
{
	static atomic_int next;
	int i;

	while ((i = atomic_fetch_add(&next, 1)) < 1000)
		while (queue_push(arg, &items[i]) == ERR_FULL)
			sched_yield();
	return NULL;
}

static void threads_share_it(void **state)
{
	struct queue *queue = queue_new(7);
	pthread_t takers[2], putters[2];

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&takers[i], NULL, take_all, queue), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&putters[i], NULL, put_half, queue), 0);
	for (int i = 0; i < 2; i++)
		pthread_join(putters[i], NULL);
	queue_close(queue); /* wakes those who wait */
	for (int i = 0; i < 2; i++)
		pthread_join(takers[i], NULL);
	assert_int_equal(taken, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(items[i], 1);
	queue_free(queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keeps_order_and_bounds),
	    cmocka_unit_test(gives_up_waiting),
	    cmocka_unit_test(closes),
	    cmocka_unit_test(threads_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
