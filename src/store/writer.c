#include "store/writer.h"
#include "store/keep.h"
#include "store/migration.h"
#include "store/rename.h"
#include "store/holding.h"
#include "store/rowfile.h"
#include "store/rrdfile.h"
#include "store/spool_reader.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BEHIND 8 /* batches that wait: files are not migrated then */

/* A rename under way; the others wait behind it. */
struct renaming {
	struct batch_order order;
	struct rename *rename; /* NULL until its turn comes */
	struct renaming *next;
};

struct writer {
	struct writer_config config;
	struct settings *settings; /* own */
	struct rowfiles files;
	struct migration migration;
	struct renaming *renamings; /* first one first */
	pthread_t thread;
	struct holding holding;
	struct spool_reader *reader;
	int64_t looked;	   /* monotonic ns, when segments were last given up */
	uint32_t released; /* segments before this one were */
	bool replay_told;
	uint64_t damage_told; /* octets and records */
};

static void hold_all(struct writer *writer, const struct batch *batch, uint32_t number, bool old)
{
	struct record record;
	size_t at = 0;

	while (batch_next(batch, &at, &record))
		holding_take(&writer->holding, &record, number, old);
}

static void flush(struct writer *writer, const struct batch_order *order)
{
	char *folder = order->device ? series_folder(order->device) : NULL;

	batch_answer(writer->config.loop, order, holding_write(&writer->holding, folder) ? ERR_OK : ERR_IO);
	free(folder);
}

/* Takes the order's settings. */
static void reload(struct writer *writer, struct batch_order *order)
{
	size_t n = series_table_count(writer->config.table);
	bool same = keep_same_archives(writer->settings, order->settings);

	/* Places in the wheel are those of the old gather time. */
	holding_write_planned(&writer->holding);
	keep_free(writer->settings);
	writer->settings = order->settings;
	order->settings = NULL;
	writer->files.settings = writer->settings;
	/* Another interval makes another series, which is looked at when its first sample comes. */
	if (same)
		return;
	writer->files.rounding_told = false;
	for (size_t i = 0; i < n; i++) {
		struct series *series = series_table_at(writer->config.table, (series_id)i);

		series->known = series->misfit = false;
	}
	migration_survey(&writer->migration, &writer->files, n);
}

/* What is held for a device goes into its files, which are then looked at anew. */
static void settle(struct writer *writer, const char *device)
{
	char *folder = series_folder(device);
	size_t n = series_table_count(writer->config.table);

	(void)holding_write(&writer->holding, folder);
	for (size_t i = 0; i < n; i++) {
		struct series *series = series_table_at(writer->config.table, (series_id)i);

		if (series_is_of(series, folder))
			series->known = series->catalogued = false;
	}
	free(folder);
}

/* Takes what the order owns. */
static void queue_renaming(struct writer *writer, struct batch_order *order)
{
	struct renaming *renaming = mem_alloc(sizeof *renaming), **last = &writer->renamings;

	renaming->order = *order;
	*order = (struct batch_order){0};
	while (*last)
		last = &(*last)->next;
	*last = renaming;
}

static void end_renaming(struct writer *writer, enum err err)
{
	struct renaming *renaming = writer->renamings;

	writer->renamings = renaming->next;
	batch_answer(writer->config.loop, &renaming->order, err);
	rename_free(renaming->rename);
	batch_order_fini(&renaming->order);
	free(renaming);
}

/* After a crash its samples must not begin a history anew that has moved. */
static void mark_renamed(struct writer *writer, const char *device)
{
	char *folder = series_folder(device);

	if (spool_mark_renamed(writer->config.spool, folder) != ERR_OK)
		log_warn("a crash in the next minutes would bring back samples of a renamed device",
		    "dev=%s err=\"%s\"", device, strerror(errno));
	free(folder);
}

/* One step of the first one. */
static void rename_on(struct writer *writer)
{
	struct renaming *renaming = writer->renamings;
	const struct batch_order *order = &renaming->order;
	struct str why = {0};
	char reason[512];
	bool more = true;
	enum err err;

	if (!renaming->rename) {
		settle(writer, order->device);
		settle(writer, order->new_name);
		mark_renamed(writer, order->device);
		mark_renamed(writer, order->new_name);
		renaming->rename = rename_new(
		    writer->settings->state, order->device, order->new_name, writer->files.wall / UNITS_SEC);
	}
	err = rename_step(renaming->rename, &more, &why);
	writer->config.tally->steps++;
	if (err && err != ERR_NOT_FOUND && err != ERR_INVALID)
		log_error("history is not renamed as a whole, the same rename completes it", "err=%s",
		    log_quote(reason, sizeof reason, str_text(&why)));
	if (err || !more) {
		settle(writer, order->device);
		settle(writer, order->new_name);
		end_renaming(writer, err);
	}
	str_fini(&why);
}

/* Segments that have no sample which is not in a file, and whose files are on the disk. */
static void release(struct writer *writer)
{
	uint32_t number = pending_lowest(&writer->holding.pending);
	uint32_t place = spool_reader_place(writer->reader).number;

	writer->looked = writer->files.mono;
	if (number == 0 || number > place)
		number = place;
	if (number <= writer->released)
		return;
	if (rrdfile_sync_all(writer->settings->state) != ERR_OK)
		return;
	spool_reader_release(writer->reader, number);
	writer->released = number;
}

static void obey(struct writer *writer, struct batch_order *order)
{
	switch (order->kind) {
	case BATCH_TICK:
		break;
	case BATCH_FLUSH:
		flush(writer, order);
		break;
	case BATCH_RELOAD:
		reload(writer, order);
		break;
	case BATCH_RENAME:
		queue_renaming(writer, order);
		break;
	case BATCH_RELEASE:
		(void)holding_write(&writer->holding, NULL);
		release(writer);
		break;
	}
}

/* Once, when what an earlier run left is read. */
static void tell_replay(struct writer *writer)
{
	struct spool_damage damage = spool_reader_damage(writer->reader);
	uint64_t values = writer->config.tally->replayed;

	if (values > 0 && !writer->replay_told)
		log_info("samples that an earlier run had left were found in the spool", "values=%" PRIu64,
		    values);
	writer->replay_told = true;
	if (damage.octets + damage.records > writer->damage_told)
		log_error("parts of the spool are damaged and were passed over",
		    "octets=%" PRIu64 " records=%" PRIu64, damage.octets, damage.records);
	writer->damage_told = damage.octets + damage.records;
}

/* What is in the spool before `until`. */
static void catch_up(struct writer *writer, struct spool_position until)
{
	struct batch *batch;
	bool old;

	while (!holding_out_of_time(&writer->holding) &&
	       (batch = spool_reader_next(writer->reader, until, &old)) != NULL) {
		hold_all(writer, batch, spool_reader_place(writer->reader).number, old);
		batch_free(batch);
		/* Nothing is written before its time because it comes late: but what is due is. */
		holding_write_due(&writer->holding);
		writer->config.tally->steps++;
	}
	tell_replay(writer);
}

static void take(struct writer *writer, struct batch *batch)
{
	bool spooled = spool_before(batch->begin, batch->end);

	writer->files.mono = batch->mono;
	writer->files.wall = batch->wall;
	catch_up(writer, batch->begin);
	hold_all(writer, batch, spooled ? batch->end.number : 0, false);
	spool_reader_skip(writer->reader, batch->end);
	holding_write_due(&writer->holding);
	obey(writer, &batch->order);
	if (writer->renamings)
		rename_on(writer);
	else if (!writer->holding.deadline && queue_length(writer->config.in) < BEHIND)
		migration_turn(&writer->migration, &writer->files, writer->config.table);
	if (writer->files.mono - writer->looked >= WRITER_RELEASE)
		release(writer);
}

/* The next batch; renames go on while there is none. NULL at the end. */
static struct batch *next_batch(struct writer *writer)
{
	while (writer->renamings) {
		struct batch *batch = queue_pop_for(writer->config.in, 0);

		if (batch)
			return batch;
		if (holding_out_of_time(&writer->holding))
			end_renaming(writer, ERR_CLOSED);
		else
			rename_on(writer);
	}
	return queue_pop(writer->config.in);
}

static void give_back(struct writer *writer, struct batch *batch)
{
	batch_clear(batch);
	if (!batch->pooled || queue_push(writer->config.spare, batch))
		batch_free(batch);
}

static void *run(void *arg)
{
	struct writer *writer = arg;
	locale_t c;

	/* Numbers in files have a point, whatever the program's locale is. */
	c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c)
		uselocale(c);
	writer->files.undo = undo_open(writer->settings->state);
	undo_apply(writer->files.undo);
	for (struct batch *batch; (batch = next_batch(writer)) != NULL;) {
		take(writer, batch);
		writer->config.tally->batches++;
		give_back(writer, batch);
	}
	/* What stayed in the spool alone, as this thread was behind. */
	catch_up(writer, spool_end(writer->config.spool));
	(void)holding_write(&writer->holding, NULL);
	undo_close(writer->files.undo);
	writer->files.undo = NULL;
	if (c) {
		uselocale(LC_GLOBAL_LOCALE);
		freelocale(c);
	}
	return NULL;
}

struct writer *writer_new(const struct writer_config *config)
{
	struct writer *writer = mem_alloc(sizeof *writer);
	int rc;

	writer->config = *config;
	writer->settings = keep_new(config->settings);
	writer->files = (struct rowfiles){.settings = writer->settings, .tally = config->tally};
	writer->holding.files = &writer->files;
	writer->holding.migration = &writer->migration;
	writer->holding.table = config->table;
	writer->holding.spool = config->spool;
	writer->reader = spool_reader_new(config->spool, "rrd");
	sigset_t all, before;
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&writer->thread, NULL, run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!rc)
		return writer;
	spool_reader_free(writer->reader);
	keep_free(writer->settings);
	free(writer);
	errno = rc;
	return NULL;
}

void writer_free(struct writer *writer, int64_t ns)
{
	writer->holding.deadline = clock_mono(clock_real()) + ns;
	pthread_join(writer->thread, NULL);
	rowfiles_fini(&writer->files);
	holding_fini(&writer->holding);
	spool_reader_free(writer->reader);
	keep_free(writer->settings);
	free(writer);
}
