#include "daemon/collector.h"

#include "base/mem.h"
#include "base/str.h"
#include "daemon/discard.h"
#include "daemon/selfstat.h"
#include "snmp/engine.h"
#include "store/store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct collector {
	struct engine *engine;
	struct store *store; /* NULL with writer none */
	struct desk *desk;   /* what the pipeline finds */
	struct pipeline *pipeline;
	struct counted rejected[REJECT_COUNT], failures[FAILURE_COUNT];
};

static void event_came(void *arg, const struct event *event)
{
	desk_event(arg, event);
}

static void problem_left(void *arg, const struct event *problem)
{
	pipeline_restore(arg, problem);
}

struct collector *collector_new(struct loop *loop, struct inventory *inventory, char **error)
{
	struct collector *collector = mem_alloc(sizeof *collector);
	struct sink sink = discard_sink(loop);
	struct agent agent;
	char *keys;

	*error = NULL;
	keys = str_format("%s/usm.keys", inventory->settings.state);
	collector->engine = engine_new(loop, &(struct engine_options){.keys = keys});
	free(keys);
	if (collector->engine == NULL) {
		*error = str_format("cannot open a UDP socket: %s", strerror(errno));
		goto bad;
	}
	if (inventory->settings.writer != STORE_NONE) {
		collector->store = store_new(loop, &inventory->settings);
		if (collector->store == NULL) {
			*error = str_format("cannot use the state directory %s: %s",
			    inventory->settings.state, strerror(errno));
			goto bad;
		}
		sink = store_sink(collector->store);
	}
	collector->desk = desk_new(loop, inventory, error);
	if (collector->desk == NULL)
		goto bad;
	agent = engine_agent(collector->engine);
	collector->pipeline = pipeline_new(loop, inventory, &agent, &sink);
	pipeline_listen(collector->pipeline, event_came, collector->desk);
	desk_restore(collector->desk, problem_left, collector->pipeline);
	return collector;
bad:
	collector_free(collector);
	inventory_free(inventory);
	return NULL;
}

void collector_free(struct collector *collector)
{
	if (collector == NULL)
		return;
	pipeline_free(collector->pipeline);
	desk_free(collector->desk);
	if (collector->store != NULL)
		store_free(collector->store);
	if (collector->engine != NULL)
		engine_free(collector->engine);
	free(collector);
}

void collector_reload(struct collector *collector, struct inventory *inventory,
    const struct pipeline_rename *rename, struct pipeline_change *change)
{
	if (collector->store != NULL)
		store_reload(collector->store, &inventory->settings);
	pipeline_reload(collector->pipeline, inventory, rename, change);
	desk_reload(collector->desk, inventory);
}

/* A rename under way, in the event log and in the store. */
struct move {
	unsigned waits;
	enum err err; /* the first */
	void (*done)(void *arg, enum err err);
	void *arg;
};

static void moved(void *arg, enum err err)
{
	struct move *move = arg;

	if (move->err == ERR_OK)
		move->err = err;
	if (--move->waits > 0)
		return;
	move->done(move->arg, move->err);
	free(move);
}

void collector_rename(struct collector *collector, const struct pipeline_rename *rename,
    void (*done)(void *arg, enum err err), void *arg)
{
	struct move *move = mem_alloc(sizeof *move);

	*move = (struct move){.waits = collector->store != NULL ? 2 : 1, .done = done, .arg = arg};
	desk_rename(collector->desk, rename->from, rename->to, moved, move);
	if (collector->store != NULL)
		store_rename(collector->store, rename->from, rename->to, moved, move);
}

struct pipeline *collector_pipeline(struct collector *collector)
{
	return collector->pipeline;
}

struct desk *collector_desk(struct collector *collector)
{
	return collector->desk;
}

static void add_engine(struct collector *collector, struct collector_stats *stats)
{
	struct engine_stats engine;

	engine_stats(collector->engine, &engine);
	stats->requests = engine.requests;
	stats->responses = engine.responses;
	stats->timeouts = engine.timeouts;
	stats->retransmits = engine.retransmits;
	stats->late_replies = engine.late_replies;
	for (int i = 0; i < REJECT_COUNT; i++)
		collector->rejected[i] = (struct counted){reject_name((enum reject)i), engine.rejected[i]};
	for (int i = 1; i < FAILURE_COUNT; i++)
		collector->failures[i - 1] =
		    (struct counted){failure_name((enum failure)i), engine.failures[i]};
	stats->rejected = collector->rejected;
	stats->n_rejected = REJECT_COUNT;
	stats->failures = collector->failures;
	stats->n_failures = FAILURE_COUNT - 1;
}

void collector_vitals(struct collector *collector, struct vitals *vitals)
{
	size_t by_state[DEVICE_STATE_COUNT];
	struct engine_stats engine;
	struct store_progress store = {0};

	pipeline_count_states(collector->pipeline, by_state);
	engine_stats(collector->engine, &engine);
	if (collector->store != NULL)
		store_progress(collector->store, &store);
	*vitals = (struct vitals){
	    .present = by_state[DEVICE_UP],
	    .devices = pipeline_inventory(collector->pipeline)->n_devices,
	    .traffic = engine.requests + engine.responses + engine.timeouts + engine.retransmits,
	    .store_waiting = store.waiting,
	    .store_moves = store.moves,
	};
	pipeline_progress(collector->pipeline, &vitals->polls_ended, &vitals->patience);
}

static void add_desk(struct collector *collector, struct collector_stats *stats)
{
	struct eventlog_stats log;
	struct hook_stats hook;

	desk_stats(collector->desk, &log, &hook);
	stats->events_written = log.written;
	stats->events_lost = log.lost;
	stats->calls = hook.runs;
	stats->calls_failed = hook.failed;
}

void collector_stats(struct collector *collector, struct collector_stats *stats)
{
	struct store_stats store = {0};

	*stats = (struct collector_stats){0};
	pipeline_stats(collector->pipeline, stats);
	add_engine(collector, stats);
	add_desk(collector, stats);
	if (collector->store != NULL)
		store_stats(collector->store, &store);
	stats->samples_stored = store.samples_stored;
	stats->samples_lost = store.samples_lost;
	stats->samples_replayed = store.samples_replayed;
	stats->spool_bytes = store.spool_bytes;
	stats->rrd_opens = store.rrd_opens;
	stats->rrd_migrated = store.migrated;
	stats->rrd_migrating = store.migrating;
	selfstat_read(&stats->cpu_s, &stats->rss_bytes, &stats->threads);
}
