#include "store/store.h"
#include "store/batch.h"
#include "store/keep.h"
#include "store/layout.h"
#include "store/rename.h"
#include "store/rrdfile.h"
#include "store/series.h"
#include "store/spool.h"
#include "store/spooler.h"
#include "store/tally.h"
#include "store/walltime.h"
#include "store/writer.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/queue.h"
#include "base/throttle.h"
#include "base/units.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#define STORE_MAGIC 0x53544f52u
#define POOL_MAX    256	 /* batches: 16 MiB, some 140,000 samples of an interface */
#define CONTROL_MAX 1024 /* flushes and ticks that may wait beside them */
#define HAND_OVER   (20 * UNITS_MS)
#define BACKLOG	    32 /* batches that wait: further ones are filled before they are handed over */
#define TICK	    UNITS_SEC
#define TICK_BUSY   (250 * UNITS_MS)  /* while files are migrated: one for each tick at most */
#define CALM	    (600 * UNITS_SEC) /* without a stamp of the future before all is well */
#define FREE_MAX    (10 * UNITS_SEC)

struct store {
	uint32_t magic;
	struct loop *loop;
	struct settings *settings; /* own copy */
	bool reload_waits;	   /* the writer does not have them yet: its queue was full */
	struct series_table *table;
	struct spool *spool;
	/* From the loop to the spooler, from there to the writer, from both back to the loop. */
	struct queue *in, *out, *spare;
	struct spooler *spooler;
	struct writer *writer;
	struct batch *open; /* being filled; NULL = none */
	size_t n_pool;
	uint64_t handed; /* batches, ever */
	struct loop_timer hand_over, tick;
	struct walltime time;
	struct throttle future, full;
	int64_t future_newest; /* monotonic ns */
	struct tally tally;
};

static bool keeps(const struct store *store)
{
	return store->settings->writer != STORE_NONE && store->settings->n_archives > 0;
}

/* Hands the open batch to the writer. The queue has room for the whole pool. */
static void hand_over(struct store *store)
{
	struct batch *batch = store->open;
	enum err err;

	loop_timer_stop(store->loop, &store->hand_over);
	if (!batch)
		return;
	store->open = NULL;
	batch->mono = loop_now(store->loop);
	batch->wall = clock_wall(loop_clock(store->loop));
	err = queue_push(store->in, batch);
	assert(err == ERR_OK);
	(void)err;
	store->handed++;
}

/* Batches that spooler and writer have not begun with. */
static size_t backlog(struct store *store)
{
	return queue_length(store->in) + queue_length(store->out);
}

static void on_hand_over(void *arg)
{
	struct store *store = arg;

	MAGIC_CHECK(store, STORE_MAGIC);
	/* While the writer is at something long, batches of a sample or two would soon be all that the pool
	 * has. */
	if (backlog(store) < BACKLOG)
		hand_over(store);
	else
		loop_timer_in(store->loop, &store->hand_over, HAND_OVER);
}

/* A batch without samples. Takes what the order owns, also when it fails. */
static enum err push_control(struct store *store, const struct batch_order *order)
{
	struct batch *batch = batch_new(false);
	enum err err;

	batch->order = *order;
	batch->mono = loop_now(store->loop);
	batch->wall = clock_wall(loop_clock(store->loop));
	err = backlog(store) < CONTROL_MAX ? queue_push(store->in, batch) : ERR_FULL;
	if (err)
		batch_free(batch);
	else
		store->handed++;
	return err;
}

static uint64_t waiting(const struct store *store)
{
	uint64_t done;
	uint64_t put;

	/* Each is read at its own moment: what is done is never above what was put. */
	done = store->tally.stored + store->tally.lost + store->tally.refused + store->tally.left;
	put = store->tally.put;
	return put > done ? put - done : 0;
}

/* A small spool has small segments, so that some of it can be given up early. */
static void limit_spool(struct store *store)
{
	uint64_t max = store->settings->spool > 0 ? (uint64_t)store->settings->spool : SPOOL_MAX;

	spool_limit(store->spool, max / 8 < SPOOL_SEGMENT ? max / 8 : SPOOL_SEGMENT, max);
}

static void send_settings(struct store *store)
{
	struct batch_order order = {.kind = BATCH_RELOAD, .settings = keep_new(store->settings)};

	store->reload_waits = push_control(store, &order) != ERR_OK;
}

/* Tells a writer that holds samples, or has files to migrate, what time it is. */
static void on_tick(void *arg)
{
	struct store *store = arg;
	bool idle = backlog(store) == 0;
	bool more;

	MAGIC_CHECK(store, STORE_MAGIC);
	/* A batch that it is still at may bring work that needs ticks. */
	more = waiting(store) || store->tally.busy || store->reload_waits ||
	       store->handed != store->tally.batches;
	if (store->reload_waits)
		send_settings(store);
	else if (idle && push_control(store, &(struct batch_order){0}))
		log_debug("tick skipped", "reason=%s", "full");
	if (more)
		loop_timer_in(store->loop, &store->tick, store->tally.busy ? TICK_BUSY : TICK);
}

static bool open_batch(struct store *store)
{
	if (store->open)
		return true;
	store->open = queue_pop_for(store->spare, 0);
	if (!store->open && store->n_pool < POOL_MAX) {
		store->open = batch_new(true);
		store->n_pool++;
	}
	return store->open != NULL;
}

/* The whole second for a sample taken at `ms`: the nearest, or the one after it if that is taken by the
 * sample before. Whole, as librrd counts the unknown part of a step in whole seconds: of a step that is
 * known for 0.1 s and unknown for 0.9 s it would take the unknown part as 0. */
static int64_t stamp(const struct series *series, int64_t ms)
{
	int64_t nearest = (ms + 500) / 1000 * 1000;

	if (nearest == series->put_stamp && series->put_wall > 0 && ms - series->put_wall >= 500)
		return nearest + 1000;
	return nearest;
}

static bool add_sample(struct store *store, struct series *series, int64_t wall, const double *values,
    const struct sample_raw *raws, size_t n)
{
	int64_t ms = wall / UNITS_MS, at = stamp(series, ms);

	if (!open_batch(store))
		return false;
	if (!batch_add(store->open, series->id, wall, at, values, raws, n)) {
		hand_over(store);
		if (!open_batch(store) || !batch_add(store->open, series->id, wall, at, values, raws, n))
			return false;
	}
	if (at > series->put_stamp) {
		series->put_stamp = at;
		series->put_wall = ms;
	}
	return true;
}

static void refuse_future(
    struct store *store, const struct series *series, int64_t now, int64_t ahead, uint64_t known)
{
	char text[UNITS_TEXT_MAX], quoted[UNITS_TEXT_MAX + 2];

	store->tally.refused += known;
	store->future_newest = now;
	if (throttle_fail(&store->future, now))
		log_warn("samples ahead of the clock are refused", "file=%s ahead=%s", series->path,
		    log_quote(quoted, sizeof quoted, units_duration(text, ahead)));
}

/* The queue is full, or took a sample. */
static void tell_full(struct store *store, int64_t now, bool full)
{
	uint64_t count;
	int64_t took;
	char text[UNITS_TEXT_MAX], quoted[UNITS_TEXT_MAX + 2];

	if (full && throttle_fail(&store->full, now))
		log_error("the disk is too slow, samples are lost", "queued=%" PRIu64, waiting(store));
	else if (!full && store->full.active && backlog(store) < POOL_MAX / 2 &&
		 throttle_ok(&store->full, now, &count, &took))
		log_info("the disk keeps up again", "rows=%" PRIu64 " after=%s", count,
		    log_quote(quoted, sizeof quoted, units_duration(text, took)));
}

static series_id store_series(void *self, const struct series_def *def)
{
	struct store *store = self;

	MAGIC_CHECK(store, STORE_MAGIC);
	return keeps(store) ? series_table_add(store->table, def) : SERIES_NONE;
}

static void store_put(
    void *self, series_id id, int64_t wall, const double *values, const struct sample_raw *raws, size_t n)
{
	struct store *store = self;
	struct series *series;
	int64_t trusted;
	bool added;

	MAGIC_CHECK(store, STORE_MAGIC);
	series = id == SERIES_NONE || !keeps(store) ? NULL : series_table_at(store->table, id);
	if (!series)
		return;
	assert(n == series->schema->n_ds);
	uint64_t known = tally_known(values, n), count;
	int64_t now = loop_now(store->loop), took;
	trusted = walltime_now(&store->time, now, clock_wall(loop_clock(store->loop)));
	store->tally.put += known;
	if (walltime_is_future(wall, trusted)) {
		refuse_future(store, series, now, wall - trusted, known);
		return;
	}
	if (now - store->future_newest >= CALM && throttle_ok(&store->future, now, &count, &took))
		log_info("samples are in time again", "rows=%" PRIu64, count);
	added = add_sample(store, series, wall, values, raws, n);
	tell_full(store, now, !added);
	if (!added) {
		store->tally.lost += known;
		return;
	}
	if (!loop_timer_armed(&store->hand_over))
		loop_timer_in(store->loop, &store->hand_over, HAND_OVER);
	if (!loop_timer_armed(&store->tick))
		loop_timer_in(store->loop, &store->tick, TICK);
}

static void store_flush(void *self, const char *device, void (*done)(void *arg, enum err err), void *arg)
{
	struct store *store = self;
	enum err err;

	MAGIC_CHECK(store, STORE_MAGIC);
	hand_over(store);
	struct batch_order order = {
	    .kind = BATCH_FLUSH, .device = mem_strdup(device), .done = done, .arg = arg};
	err = push_control(store, &order);
	if (err)
		batch_answer(store->loop, &order, err);
}

struct sink store_sink(struct store *store)
{
	static const struct sink_ops ops = {store_series, store_put, store_flush};

	return (struct sink){&ops, store};
}

void store_reload(struct store *store, const struct settings *settings)
{
	struct settings *kept = keep_new(settings);

	MAGIC_CHECK(store, STORE_MAGIC);
	/* What was put before is written as it was then. */
	hand_over(store);
	free(kept->state);
	kept->state = mem_strdup(store->settings->state);
	kept->writer = store->settings->writer;
	keep_free(store->settings);
	store->settings = kept;
	limit_spool(store);
	send_settings(store);
	loop_timer_in(store->loop, &store->tick, TICK_BUSY);
}

void store_rename(struct store *store, const char *old, const char *new_name,
    void (*done)(void *arg, enum err err), void *arg)
{
	struct batch_order order = {.kind = BATCH_RENAME, .done = done, .arg = arg};
	enum err err;

	MAGIC_CHECK(store, STORE_MAGIC);
	hand_over(store);
	order.device = mem_strdup(old);
	order.new_name = mem_strdup(new_name);
	err = push_control(store, &order);
	if (err)
		batch_answer(store->loop, &order, err);
}

static enum err make_folder(const char *state)
{
	char *path = str_format("%s/rrd/x", state);
	enum err err = rrdfile_make_folder(path);

	free(path);
	return err;
}

struct store *store_new(struct loop *loop, const struct settings *settings)
{
	struct store *store;

	if (settings->writer != STORE_NONE && make_folder(settings->state))
		return NULL;
	store = mem_alloc(sizeof *store);
	store->magic = STORE_MAGIC;
	store->loop = loop;
	store->settings = keep_new(settings);
	store->table = series_table_new();
	store->spool = spool_open(settings->state, store->table);
	limit_spool(store);
	store->in = queue_new(POOL_MAX + CONTROL_MAX);
	store->out = queue_new(POOL_MAX + CONTROL_MAX);
	store->spare = queue_new(POOL_MAX);
	loop_timer_init(&store->hand_over, on_hand_over, store);
	loop_timer_init(&store->tick, on_tick, store);
	walltime_init(&store->time, loop_now(loop), clock_wall(loop_clock(loop)));
	store->writer = writer_new(&(struct writer_config){
	    .loop = loop,
	    .settings = store->settings,
	    .table = store->table,
	    .spool = store->spool,
	    .in = store->out,
	    .spare = store->spare,
	    .tally = &store->tally,
	});
	if (store->writer)
		store->spooler = spooler_new(&(struct spooler_config){
		    .spool = store->spool,
		    .in = store->in,
		    .out = store->out,
		    .spare = store->spare,
		    .behind = POOL_MAX / 2,
		    .tally = &store->tally,
		});
	if (!store->spooler) {
		int saved = errno;

		store_free(store);
		errno = saved;
		return NULL;
	}
	return store;
}

void store_free(struct store *store)
{
	struct batch *batch;

	if (store == NULL)
		return;
	MAGIC_CHECK(store, STORE_MAGIC);
	loop_timer_stop(store->loop, &store->tick);
	hand_over(store);
	queue_close(store->in);
	spooler_free(store->spooler);
	queue_close(store->out);
	if (store->writer)
		writer_free(store->writer, FREE_MAX);
	queue_close(store->spare);
	while ((batch = queue_pop(store->spare)) != NULL)
		batch_free(batch);
	if (store->tally.lost)
		log_warn("samples were lost while running", "values=%" PRIu64, store->tally.lost);
	queue_free(store->in);
	queue_free(store->out);
	queue_free(store->spare);
	spool_close(store->spool);
	series_table_free(store->table);
	keep_free(store->settings);
	store->magic = 0;
	free(store);
}

/* What an earlier run has left in the spool goes into files, and segments that are in files are given up. */
static enum err drain(const struct settings *settings)
{
	struct loop *loop = loop_new(clock_real());
	struct store *store = store_new(loop, settings);
	enum err err = ERR_IO;

	if (store != NULL) {
		err = push_control(store, &(struct batch_order){.kind = BATCH_RELEASE});
		store_free(store);
	}
	loop_free(loop);
	return err;
}

enum err store_rename_files(
    const struct settings *settings, const char *old, const char *new_name, struct str *why)
{
	struct rename *rename =
	    rename_new(settings->state, old, new_name, clock_wall(clock_real()) / UNITS_SEC);
	bool more = true;
	enum err err = drain(settings);

	while (!err && more)
		err = rename_step(rename, &more, why);
	rename_free(rename);
	return err;
}

void store_stats(struct store *store, struct store_stats *stats)
{
	MAGIC_CHECK(store, STORE_MAGIC);
	*stats = (struct store_stats){
	    .samples_stored = store->tally.stored,
	    .samples_lost = store->tally.lost,
	    .samples_refused = store->tally.refused,
	    .samples_replayed = store->tally.replayed,
	    .spool_bytes = spool_bytes(store->spool),
	    .rrd_opens = store->tally.opens,
	    .quarantined = store->tally.quarantined,
	    .errors = store->tally.errors,
	    .migrated = store->tally.migrated,
	    .migrating = store->tally.migrating,
	    .queued = waiting(store),
	};
}

void store_progress(const struct store *store, struct store_progress *progress)
{
	const struct tally *tally = &store->tally;

	MAGIC_CHECK(store, STORE_MAGIC);
	progress->moves = tally->batches + tally->stored + tally->lost + tally->refused + tally->opens +
			  tally->errors + tally->steps;
	progress->waiting = store->handed - tally->batches;
}

uint64_t store_file_size(const struct settings *settings, int64_t interval, size_t n_ds)
{
	struct layout layout;

	layout_init(&layout, settings, interval, 0);
	return layout_size(&layout, n_ds);
}
