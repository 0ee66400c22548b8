#include "daemon/record.h"

#include "base/mem.h"
#include "base/units.h"
#include "snmp/engine.h"

#include <stdlib.h>
#include <string.h>

#define WALK_TIME    (24 * 3600 * UNITS_SEC) /* a slow agent with a large table takes hours, and is watched */
#define PROGRESS_GAP (100 * UNITS_MS)

/* Content octets of 1.3, 1.0 and 1.2. */
static const uint8_t roots[] = {0x2b, 0x28, 0x2a};

struct record {
	struct loop *loop;
	struct agent agent;
	struct record_options options;
	const struct record_hooks *hooks;
	struct peer *peer;
	size_t credential; /* number of the one that is tried */
	bool answered;	   /* that one was, ever */
	struct recording *recording;
	struct record_result result;
	struct walk_column column;
	size_t root;	     /* number of the one that is walked */
	int64_t began, told; /* monotonic ns */
	struct loop_timer next;
};

static void walk_root(struct record *record);

/* --- one walk --- */

static void tell_progress(struct record *record, int64_t now)
{
	record->told = now;
	if (record->hooks->progress != NULL)
		record->hooks->progress(record->hooks->arg, record->result.cycle,
		    recording_count(record->recording), now - record->began);
}

static void take_cell(
    void *arg, size_t column, const uint8_t *index, size_t index_len, const struct value *value)
{
	struct record *record = arg;
	uint8_t name[OID_BER_MAX];
	int64_t now;

	(void)column;
	if (index_len + 1 > sizeof name)
		return;
	name[0] = roots[record->root];
	memcpy(name + 1, index, index_len);
	if (value->type == VALUE_BAD ||
	    recording_add(record->recording, name, index_len + 1, value) != ERR_OK)
		record->result.unread++;
	/* The clock is asked now and then only: a table has a million cells. */
	if (recording_count(record->recording) % 64 != 0)
		return;
	now = loop_now(record->loop);
	if (now - record->told >= PROGRESS_GAP)
		tell_progress(record, now);
}

static void finish_cycle(struct record *record)
{
	struct record_result *result = &record->result;
	int64_t now = loop_now(record->loop);
	bool more;

	result->took = now - record->began;
	result->credential =
	    record->answered ? record->options.device->credentials[record->credential]->name : NULL;
	record->agent.ops->peer_stats(record->agent.self, record->peer, &result->peer);
	recording_sort(record->recording);
	more = record->hooks->recorded(record->hooks->arg, record->recording, result);
	recording_free(record->recording);
	record->recording = NULL;
	if (more && ++result->cycle < record->options.cycles)
		loop_timer_at(record->loop, &record->next, record->began + record->options.wait);
	else
		loop_stop(record->loop);
}

/* The next credential that the agent side can speak. False: there is none. */
static bool next_credential(struct record *record)
{
	const struct device *device = record->options.device;
	const struct agent_ops *ops = record->agent.ops;

	while (record->credential + 1 < device->n_credentials) {
		record->credential++;
		if (ops->peer_credential(
			record->agent.self, record->peer, device->credentials[record->credential]) == ERR_OK)
			return true;
	}
	return false;
}

/* The name that came last, as it is kept; in order until a walk loops. */
static void note_place(struct record *record)
{
	size_t n = recording_count(record->recording);
	const struct recorded *object = n > 0 ? recording_at(record->recording, n - 1) : NULL;

	if (object == NULL || oid_from_ber(object->name, object->name_len, &record->result.last) != ERR_OK)
		record->result.last.len = 0;
}

static void root_done(void *arg, enum walk_end end, const struct request_summary *summary)
{
	struct record *record = arg;
	struct record_result *result = &record->result;
	bool silent = end == WALK_TIMEOUT || summary->failure == FAILURE_RESOLVE ||
		      summary->failure == FAILURE_SECURITY;

	result->pdus += summary->pdus;
	record->answered = record->answered || summary->answers > 0;
	if (!record->answered && silent && next_credential(record)) {
		walk_root(record);
		return;
	}
	if (end != WALK_COMPLETE && result->end == WALK_COMPLETE) {
		result->end = end;
		result->failure = summary->failure;
		result->error_number = summary->error_number;
		note_place(record);
	}
	/* What else there is may still be had, unless nobody answers any more. */
	if (silent || end == WALK_CAP_ROWS || end == WALK_CAP_TIME || ++record->root == ARRAY_LEN(roots))
		finish_cycle(record);
	else
		walk_root(record);
}

static void walk_root(struct record *record)
{
	size_t left = record->options.max_objects - recording_count(record->recording);
	struct walk_request request = {.columns = &record->column,
	    .n_columns = 1,
	    .max_rows = left > 0 ? left : 1,
	    .max_packets = SIZE_MAX,
	    .max_time = WALK_TIME,
	    .cell = take_cell,
	    .done = root_done,
	    .arg = record};

	record->column = (struct walk_column){&roots[record->root], 1};
	record->agent.ops->walk(record->agent.self, record->peer, &request);
}

static void begin_cycle(void *arg)
{
	struct record *record = arg;
	unsigned cycle = record->result.cycle;

	record->began = loop_now(record->loop);
	record->told = record->began;
	record->result =
	    (struct record_result){.cycle = cycle, .began = clock_wall(loop_clock(record->loop))};
	record->recording = recording_new();
	record->root = 0;
	walk_root(record);
}

/* --- all of it --- */

/* Made with the first credential that the agent side speaks. */
static bool make_peer(struct record *record)
{
	const struct device *device = record->options.device;
	struct peer_config config = {.name = device->name,
	    .host = device->host,
	    .port = device->port,
	    .timeout = device->timeout,
	    .retries = device->retries,
	    .window = 1,
	    .max_rate = device->max_rate,
	    .accept_any_source = device->accept_any_source};

	for (size_t i = 0; i < device->n_credentials && record->peer == NULL; i++) {
		record->credential = i;
		record->peer =
		    record->agent.ops->peer_new(record->agent.self, &config, device->credentials[i]);
	}
	return record->peer != NULL;
}

struct record *record_new(struct loop *loop, const struct agent *agent, const struct record_options *options,
    const struct record_hooks *hooks)
{
	struct record *record = mem_alloc(sizeof *record);

	record->loop = loop;
	record->agent = *agent;
	record->options = *options;
	record->hooks = hooks;
	if (record->options.cycles == 0)
		record->options.cycles = 1;
	if (record->options.max_objects == 0)
		record->options.max_objects = RECORD_OBJECTS_MAX;
	if (!make_peer(record)) {
		free(record);
		return NULL;
	}
	loop_timer_init(&record->next, begin_cycle, record);
	loop_timer_in(loop, &record->next, 0);
	return record;
}

void record_free(struct record *record)
{
	if (record == NULL)
		return;
	loop_timer_stop(record->loop, &record->next);
	record->agent.ops->peer_free(record->agent.self, record->peer);
	recording_free(record->recording);
	free(record);
}

enum err record_run(const struct record_options *options, const struct record_hooks *hooks)
{
	struct loop *loop = loop_new(clock_real());
	struct engine *engine = engine_new(loop, &(struct engine_options){.sockets = 1});
	struct record *record = NULL;
	struct agent agent;
	enum err err = ERR_IO;

	if (engine == NULL)
		goto out;
	agent = engine_agent(engine);
	record = record_new(loop, &agent, options, hooks);
	err = record != NULL ? ERR_OK : ERR_UNSUPPORTED;
	if (record != NULL)
		loop_run(loop);
	record_free(record);
out:
	engine_free(engine);
	loop_free(loop);
	return err;
}
