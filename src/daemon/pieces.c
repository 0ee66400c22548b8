#include "daemon/pieces.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define PIECES_MAGIC 0x70696563u

struct pieces {
	unsigned magic;
	struct loop *loop;
	struct loop_timer turn;
	struct piece_job jobs[PIECES_JOBS_MAX];
	size_t n_jobs;
	size_t next; /* whose step is next: a job that came late is not the last for ever */
};

static void step_one(struct pieces *pieces)
{
	size_t i = pieces->next % pieces->n_jobs;

	if (pieces->jobs[i].step(pieces->jobs[i].arg)) {
		pieces->next = i + 1;
		return;
	}
	pieces->n_jobs--;
	memmove(&pieces->jobs[i], &pieces->jobs[i + 1], (pieces->n_jobs - i) * sizeof *pieces->jobs);
	pieces->next = i;
}

static void turn_came(void *arg)
{
	struct pieces *pieces = arg;
	int64_t end;

	MAGIC_CHECK(pieces, PIECES_MAGIC);
	end = loop_now(pieces->loop) + PIECES_BUDGET;
	while (pieces->n_jobs > 0 && loop_now(pieces->loop) < end)
		step_one(pieces);
	if (pieces->n_jobs > 0)
		loop_timer_in(pieces->loop, &pieces->turn, 0);
}

struct pieces *pieces_new(struct loop *loop)
{
	struct pieces *pieces = mem_alloc(sizeof *pieces);

	pieces->magic = PIECES_MAGIC;
	pieces->loop = loop;
	loop_timer_init(&pieces->turn, turn_came, pieces);
	return pieces;
}

void pieces_free(struct pieces *pieces)
{
	if (pieces == NULL)
		return;
	MAGIC_CHECK(pieces, PIECES_MAGIC);
	loop_timer_stop(pieces->loop, &pieces->turn);
	for (size_t i = 0; i < pieces->n_jobs; i++)
		pieces->jobs[i].dropped(pieces->jobs[i].arg);
	pieces->magic = 0;
	free(pieces);
}

enum err pieces_add(struct pieces *pieces, const struct piece_job *job)
{
	MAGIC_CHECK(pieces, PIECES_MAGIC);
	if (pieces->n_jobs == PIECES_JOBS_MAX)
		return ERR_FULL;
	pieces->jobs[pieces->n_jobs++] = *job;
	if (!loop_timer_armed(&pieces->turn))
		loop_timer_in(pieces->loop, &pieces->turn, 0);
	return ERR_OK;
}
