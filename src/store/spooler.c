#include "store/spooler.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/throttle.h"
#include "base/units.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

struct spooler {
	struct spooler_config config;
	pthread_t thread;
	int64_t unsynced; /* real monotonic ns of the oldest append that is not synced; 0 = none */
	struct throttle fault;
	bool sync_failed;
};

static void tell(struct spooler *spooler, enum err err, int64_t now)
{
	char text[UNITS_TEXT_MAX], quoted[UNITS_TEXT_MAX + 2], reason[256];
	const char *why = err == ERR_FULL ? "it has its full size, the files are not written" : NULL;
	uint64_t count;
	int64_t took;

	if (err != ERR_OK && why == NULL)
		why = err == ERR_IO ? strerror(errno) : err_text(err);
	if (err != ERR_OK && throttle_fail(&spooler->fault, now))
		log_error("the spool takes no samples, a crash would lose those not yet in files", "err=%s",
		    log_quote(reason, sizeof reason, why));
	else if (err == ERR_OK && throttle_ok(&spooler->fault, now, &count, &took))
		log_info("the spool takes samples again", "batches=%" PRIu64 " after=%s", count,
		    log_quote(quoted, sizeof quoted, units_duration(text, took)));
}

static void sync_now(struct spooler *spooler)
{
	enum err err = spool_sync(spooler->config.spool);

	spooler->unsynced = 0;
	if (err != ERR_OK && !spooler->sync_failed)
		log_error("the spool cannot be synced, a power cut would lose samples", "err=\"%s\"",
		    strerror(errno));
	spooler->sync_failed = err != ERR_OK;
}

/* True if the batch is in the spool and nothing else. */
static bool append(struct spooler *spooler, struct batch *batch)
{
	struct spool *spool = spooler->config.spool;
	int64_t now = clock_mono(clock_real());
	enum err err;

	batch->begin = batch->end = spool_end(spool);
	if (batch->n_words == 0)
		return false;
	err = spool_append(spool, batch);
	tell(spooler, err, now);
	if (err != ERR_OK)
		return false;
	batch->end = spool_end(spool);
	if (spooler->unsynced == 0)
		spooler->unsynced = now;
	return batch->pooled && batch->order.kind == BATCH_TICK;
}

static void pass_on(struct spooler *spooler, struct batch *batch)
{
	enum err err;

	if (append(spooler, batch) && queue_length(spooler->config.out) >= spooler->config.behind) {
		batch_clear(batch);
		spooler->config.tally->batches++;
		if (queue_push(spooler->config.spare, batch))
			batch_free(batch);
		return;
	}
	/* There is room for all batches that may be. */
	err = queue_push(spooler->config.out, batch);
	assert(err == ERR_OK);
	(void)err;
}

/* The next batch, or NULL when it is time to sync or all is done. */
static struct batch *next(struct spooler *spooler)
{
	int64_t left;

	if (spooler->unsynced == 0)
		return queue_pop(spooler->config.in);
	left = spooler->unsynced + SPOOLER_SYNC - clock_mono(clock_real());
	return left > 0 ? queue_pop_for(spooler->config.in, left) : NULL;
}

static void *run(void *arg)
{
	struct spooler *spooler = arg;
	struct batch *batch;

	for (;;) {
		batch = next(spooler);
		if (batch != NULL)
			pass_on(spooler, batch);
		else if (spooler->unsynced != 0)
			sync_now(spooler);
		else
			return NULL;
	}
}

struct spooler *spooler_new(const struct spooler_config *config)
{
	struct spooler *spooler = mem_alloc(sizeof *spooler);
	sigset_t all, before;
	int rc;

	spooler->config = *config;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&spooler->thread, NULL, run, spooler);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		return spooler;
	free(spooler);
	errno = rc;
	return NULL;
}

void spooler_free(struct spooler *spooler)
{
	if (spooler == NULL)
		return;
	pthread_join(spooler->thread, NULL);
	free(spooler);
}
