#include "daemon/pieces.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/queue.h>

#define PIECES_MAGIC 0x70696563u

struct entry {
	struct piece_job job;
	TAILQ_ENTRY(entry) link;
};

struct pieces {
	unsigned magic;
	struct loop *loop;
	struct loop_timer turn;
	TAILQ_HEAD(, entry) jobs;
	size_t n_jobs;
	size_t next; /* of those under way */
};

/* Round about among those under way, so that a short one does not wait for the long ones beside it. */
static struct entry *choose(struct pieces *pieces)
{
	size_t under_way = pieces->n_jobs < PIECES_AT_ONCE ? pieces->n_jobs : PIECES_AT_ONCE;
	struct entry *entry = TAILQ_FIRST(&pieces->jobs);

	for (size_t i = pieces->next++ % under_way; i > 0; i--)
		entry = TAILQ_NEXT(entry, link);
	return entry;
}

static void step_one(struct pieces *pieces)
{
	struct entry *entry = choose(pieces);

	if (entry->job.step(entry->job.arg))
		return;
	TAILQ_REMOVE(&pieces->jobs, entry, link);
	pieces->n_jobs--;
	free(entry);
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
	TAILQ_INIT(&pieces->jobs);
	loop_timer_init(&pieces->turn, turn_came, pieces);
	return pieces;
}

void pieces_free(struct pieces *pieces)
{
	struct entry *entry;

	if (pieces == NULL)
		return;
	MAGIC_CHECK(pieces, PIECES_MAGIC);
	loop_timer_stop(pieces->loop, &pieces->turn);
	while ((entry = TAILQ_FIRST(&pieces->jobs)) != NULL) {
		TAILQ_REMOVE(&pieces->jobs, entry, link);
		entry->job.dropped(entry->job.arg);
		free(entry);
	}
	pieces->magic = 0;
	free(pieces);
}

enum err pieces_add(struct pieces *pieces, const struct piece_job *job)
{
	struct entry *entry;

	MAGIC_CHECK(pieces, PIECES_MAGIC);
	if (pieces->n_jobs == PIECES_JOBS_MAX)
		return ERR_FULL;
	entry = mem_alloc(sizeof *entry);
	entry->job = *job;
	TAILQ_INSERT_TAIL(&pieces->jobs, entry, link);
	pieces->n_jobs++;
	if (!loop_timer_armed(&pieces->turn))
		loop_timer_in(pieces->loop, &pieces->turn, 0);
	return ERR_OK;
}
