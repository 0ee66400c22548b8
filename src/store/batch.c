#include "store/batch.h"
#include "store/keep.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* A record is series and count in one word, two times, values, raws, their forms. */
#define RECORD_HEAD 3
#define FORMS_WORD  32 /* forms in a word */

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

static size_t forms_words(size_t n)
{
	return (n + FORMS_WORD - 1) / FORMS_WORD;
}

static size_t record_words(size_t n)
{
	return RECORD_HEAD + 2 * n + forms_words(n);
}

/* Room for one more, its head filled in; NULL when it does not fit. */
static uint64_t *add_head(struct batch *batch, series_id series, int64_t wall, int64_t stamp, size_t n)
{
	uint64_t *word;

	if (!batch->words || n > BATCH_WORDS || batch->n_words + record_words(n) > BATCH_WORDS)
		return NULL;
	word = &batch->words[batch->n_words];
	word[0] = (uint64_t)series << 32 | n;
	memcpy(&word[1], &wall, sizeof wall);
	memcpy(&word[2], &stamp, sizeof stamp);
	batch->n_words += record_words(n);
	batch->n_records++;
	return &word[RECORD_HEAD];
}

bool batch_add(struct batch *batch, series_id series, int64_t wall, int64_t stamp, const double *values,
    const struct sample_raw *raws, size_t n)
{
	uint64_t *word = add_head(batch, series, wall, stamp, n), *forms;

	if (!word)
		return false;
	memcpy(word, values, n * sizeof *values);
	forms = word + 2 * n;
	memset(word + n, 0, (n + forms_words(n)) * sizeof *word);
	for (size_t i = 0; raws && i < n; i++) {
		word[n + i] = raws[i].bits;
		forms[i / FORMS_WORD] |= (uint64_t)(raws[i].form & 3) << 2 * (i % FORMS_WORD);
	}
	return true;
}

bool batch_copy(struct batch *batch, series_id series, const struct record *record)
{
	uint64_t *word = add_head(batch, series, record->wall, record->stamp, record->n);

	if (!word)
		return false;
	memcpy(word, record->values, (record_words(record->n) - RECORD_HEAD) * sizeof *word);
	return true;
}

bool batch_next(const struct batch *batch, size_t *at, struct record *record)
{
	const uint64_t *word;

	if (*at + RECORD_HEAD > batch->n_words)
		return false;
	word = &batch->words[*at];
	record->series = (series_id)(word[0] >> 32);
	record->n = (size_t)(word[0] & UINT32_MAX);
	if (record->n > BATCH_WORDS || record_words(record->n) > batch->n_words - *at)
		return false;
	memcpy(&record->wall, &word[1], sizeof record->wall);
	memcpy(&record->stamp, &word[2], sizeof record->stamp);
	record->values = (const double *)(const void *)&word[RECORD_HEAD];
	record->raws = &word[RECORD_HEAD + record->n];
	record->forms = record->raws + record->n;
	*at += record_words(record->n);
	return true;
}

struct sample_raw record_raw(const struct record *record, size_t i)
{
	return (struct sample_raw){
	    record->raws[i], record->forms[i / FORMS_WORD] >> 2 * (i % FORMS_WORD) & 3};
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
