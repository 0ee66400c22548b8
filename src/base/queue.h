/* queue: a bounded queue of pointers between threads. Many may push, many pop. */
#ifndef ROLLCALL_BASE_QUEUE_H
#define ROLLCALL_BASE_QUEUE_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

struct queue;

struct queue *queue_new(size_t capacity);
void queue_free(struct queue *queue); /* must be empty or its items otherwise owned */
/* Never blocks: ERR_FULL when there is no room, ERR_CLOSED after queue_close(). */
enum err queue_push(struct queue *queue, void *item) MUST_USE;
/* Blocks; NULL once the queue is closed and empty. */
void *queue_pop(struct queue *queue);
/* As queue_pop, but gives up after `ns`: NULL then too. */
void *queue_pop_for(struct queue *queue, int64_t ns);
void queue_close(struct queue *queue);
size_t queue_length(struct queue *queue);

#endif
