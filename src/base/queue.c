#include "base/queue.h"

#include "base/mem.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#define QUEUE_MAGIC 0x71756575u

struct queue {
	uint32_t magic;
	bool closed;
	pthread_mutex_t lock;
	pthread_cond_t ready;
	void **items; /* a ring */
	size_t capacity, first, length;
};

struct queue *queue_new(size_t capacity)
{
	struct queue *queue = mem_alloc(sizeof *queue);
	pthread_condattr_t attr;

	queue->magic = QUEUE_MAGIC;
	queue->capacity = capacity;
	queue->items = mem_calloc(capacity, sizeof *queue->items);
	pthread_mutex_init(&queue->lock, NULL);
	pthread_condattr_init(&attr);
	/* An administrator setting the time must not make anyone wait longer. */
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&queue->ready, &attr);
	pthread_condattr_destroy(&attr);
	return queue;
}

void queue_free(struct queue *queue)
{
	if (queue == NULL)
		return;
	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_cond_destroy(&queue->ready);
	pthread_mutex_destroy(&queue->lock);
	free(queue->items);
	queue->magic = 0;
	free(queue);
}

enum err queue_push(struct queue *queue, void *item)
{
	enum err err = ERR_OK;

	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_mutex_lock(&queue->lock);
	if (queue->closed) {
		err = ERR_CLOSED;
	} else if (queue->length == queue->capacity) {
		err = ERR_FULL;
	} else {
		queue->items[(queue->first + queue->length++) % queue->capacity] = item;
		pthread_cond_signal(&queue->ready);
	}
	pthread_mutex_unlock(&queue->lock);
	return err;
}

/* With the lock held. */
static void *take(struct queue *queue)
{
	void *item;

	if (queue->length == 0)
		return NULL;
	item = queue->items[queue->first];
	queue->first = (queue->first + 1) % queue->capacity;
	queue->length--;
	return item;
}

void *queue_pop(struct queue *queue)
{
	void *item;

	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_mutex_lock(&queue->lock);
	while (queue->length == 0 && !queue->closed)
		pthread_cond_wait(&queue->ready, &queue->lock);
	item = take(queue);
	pthread_mutex_unlock(&queue->lock);
	return item;
}

static struct timespec time_after(int64_t ns)
{
	const int64_t second = INT64_C(1000000000);
	struct timespec ts;

	if (ns < 0)
		ns = 0;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	ts.tv_sec += (time_t)(ns / second);
	ts.tv_nsec += (long)(ns % second);
	if (ts.tv_nsec >= second) {
		ts.tv_sec++;
		ts.tv_nsec -= second;
	}
	return ts;
}

void *queue_pop_for(struct queue *queue, int64_t ns)
{
	struct timespec until = time_after(ns);
	void *item;
	int rc = 0;

	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_mutex_lock(&queue->lock);
	while (queue->length == 0 && !queue->closed && rc != ETIMEDOUT)
		rc = pthread_cond_timedwait(&queue->ready, &queue->lock, &until);
	item = take(queue);
	pthread_mutex_unlock(&queue->lock);
	return item;
}

void queue_close(struct queue *queue)
{
	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_mutex_lock(&queue->lock);
	queue->closed = true;
	pthread_cond_broadcast(&queue->ready);
	pthread_mutex_unlock(&queue->lock);
}

size_t queue_length(struct queue *queue)
{
	size_t length;

	MAGIC_CHECK(queue, QUEUE_MAGIC);
	pthread_mutex_lock(&queue->lock);
	length = queue->length;
	pthread_mutex_unlock(&queue->lock);
	return length;
}
