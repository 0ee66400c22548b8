#include "store/batch.h"
#include "store/keep.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A record is series and count in one word, the time, the values. */
#define RECORD_HEAD 2

struct batch *batch_new(bool room)
{
	struct batch *batch = mem_alloc(sizeof *batch);

	if (room)
		batch->words = mem_calloc(BATCH_WORDS, sizeof *batch->words);
	batch->pooled = room;
	return batch;
}

void batch_order_fini(struct batch_order *order)
{
	free(order->device);
	free(order->new_name);
	keep_free(order->settings);
	*order = (struct batch_order){0};
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	batch_order_fini(&batch->order);
	free(batch->words);
	free(batch);
}

void batch_clear(struct batch *batch)
{
	batch_order_fini(&batch->order);
	batch->n_words = batch->n_records = 0;
}

bool batch_add(struct batch *batch, series_id series, int64_t wall, const double *values, size_t n)
{
	uint64_t *word;

	if (!batch->words || n > BATCH_WORDS || batch->n_words + RECORD_HEAD + n > BATCH_WORDS)
		return false;
	word = &batch->words[batch->n_words];
	word[0] = (uint64_t)series << 32 | n;
	memcpy(&word[1], &wall, sizeof wall);
	memcpy(&word[RECORD_HEAD], values, n * sizeof *values);
	batch->n_words += RECORD_HEAD + n;
	batch->n_records++;
	return true;
}

bool batch_next(const struct batch *batch, size_t *at, struct record *record)
{
	const uint64_t *word;

	if (*at >= batch->n_words)
		return false;
	word = &batch->words[*at];
	record->series = (series_id)(word[0] >> 32);
	record->n = (size_t)(word[0] & UINT32_MAX);
	memcpy(&record->wall, &word[1], sizeof record->wall);
	record->values = (const double *)(const void *)&word[RECORD_HEAD];
	*at += RECORD_HEAD + record->n;
	return true;
}

struct answer {
	void (*done)(void *arg, enum err err);
	void *arg;
	enum err err;
};

static void give_answer(void *arg)
{
	struct answer *answer = arg;

	answer->done(answer->arg, answer->err);
	free(answer);
}

void batch_answer(struct loop *loop, const struct batch_order *order, enum err err)
{
	struct answer *answer = mem_alloc(sizeof *answer);

	*answer = (struct answer){order->done, order->arg, err};
	loop_post(loop, give_answer, answer);
}
