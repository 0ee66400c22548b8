#include "store/writer.h"
#include "store/keep.h"
#include "store/migration.h"
#include "store/rename.h"
#include "store/rowfile.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <errno.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WHEEL  2048 /* s; more than the longest gather time */
#define BEHIND 8    /* batches that wait: files are not migrated then */

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
	struct series *wheel[WHEEL]; /* series by the second in which they are written */
	struct series *turn;	     /* to be written at the end of this batch */
	int64_t second;		     /* the last one whose slot was emptied; 0 = none yet */
	uint64_t held_bytes;
	_Atomic int64_t deadline; /* real monotonic ns; 0 = none */
};

int64_t writer_gather(const struct settings *settings, size_t n_series)
{
	const int64_t longest = (WHEEL - 2) * UNITS_SEC;

	if (settings->gather < 0)
		return n_series < WRITER_AUTO_ROWS ? 0 : WRITER_AUTO;
	return settings->gather < longest ? settings->gather : longest;
}

static bool out_of_time(struct writer *writer)
{
	int64_t deadline = writer->deadline;

	return deadline && clock_mono(clock_real()) > deadline;
}

static bool write_one(struct writer *writer, struct series *series)
{
	uint64_t bytes = series->n_held * (series->schema->n_ds + 1) * sizeof(double);
	bool kept = true;

	if (out_of_time(writer)) {
		rowfile_drop(&writer->files, series);
		kept = false;
	} else {
		kept = rowfile_write(&writer->files, series);
		migration_note(&writer->migration, &writer->files, series);
	}
	writer->held_bytes -= bytes;
	return kept;
}

/* Each series has its own place in the period, the same every time. */
static void plan(struct writer *writer, struct series *series)
{
	int64_t gather =
	    writer_gather(writer->settings, series_table_count(writer->config.table)) / UNITS_SEC;
	struct series **slot = &writer->turn;

	if (gather > 0) {
		int64_t phase = (int64_t)(str_hash(series->path, strlen(series->path)) % (uint64_t)gather);
		int64_t now = writer->files.mono / UNITS_SEC;
		int64_t since = ((now - phase) % gather + gather) % gather;

		slot = &writer->wheel[(now + gather - since) % WHEEL];
	}
	series->waiting = true;
	series->next = *slot;
	*slot = series;
}

/* The same file under an earlier definition goes first. */
static void supersede(struct writer *writer, struct series *series)
{
	struct series *older = series->older;

	if (!older)
		return;
	supersede(writer, older);
	write_one(writer, older);
	if (older->last > series->last)
		series->last = older->last;
	/* Faults are the file's: with the older one they would stay for ever, and hide the next. */
	series->faults = older->faults;
	older->faults = 0;
	series->catalogued = older->catalogued;
	series->older = NULL;
}

/* The whole second for a sample taken at `ms`: the nearest, or the one after it if that is taken by the
 * sample before. Whole, as librrd counts the unknown part of a step in whole seconds: of a step that is
 * known for 0.1 s and unknown for 0.9 s it would take the unknown part as 0. */
static int64_t stamp(const struct series *series, int64_t ms)
{
	int64_t nearest = (ms + 500) / 1000 * 1000;

	if (nearest == series->last && series->heard > 0 && ms - series->heard >= 500)
		return nearest + 1000;
	return nearest;
}

static void hold(struct writer *writer, const struct record *record)
{
	struct rowfiles *files = &writer->files;
	struct series *series = series_table_at(writer->config.table, record->series);
	int64_t heard = record->wall / UNITS_MS, ms;
	size_t words = record->n + 1;
	double *slot;

	supersede(writer, series);
	ms = stamp(series, heard);
	if (ms <= series->last) {
		uint64_t known = tally_known(record->values, record->n);

		files->tally->refused += known;
		rowfile_fault(files, series, FAULT_BEHIND, known, "duplicate or late");
		return;
	}
	rowfile_well(files, series, FAULT_BEHIND);
	if (series->n_held == series->cap_held) {
		series->cap_held = series->cap_held ? series->cap_held * 2 : 1;
		series->held = mem_realloc(series->held, series->cap_held * words, sizeof *series->held);
	}
	slot = &series->held[series->n_held++ * words];
	slot[0] = (double)ms;
	memcpy(&slot[1], record->values, record->n * sizeof *slot);
	series->last = ms;
	series->heard = heard;
	writer->held_bytes += words * sizeof *slot;
	if (writer->held_bytes > WRITER_HELD_MAX)
		write_one(writer, series);
	else if (!series->waiting)
		plan(writer, series);
}

static void write_list(struct writer *writer, struct series **list)
{
	while (*list) {
		struct series *series = *list;

		*list = series->next;
		series->waiting = false;
		write_one(writer, series);
	}
}

static void write_due(struct writer *writer)
{
	int64_t now = writer->files.mono / UNITS_SEC;

	/* After a long pause each slot is due, but each only once. */
	if (writer->second < now - WHEEL)
		writer->second = now - WHEEL;
	while (writer->second < now)
		write_list(writer, &writer->wheel[++writer->second % WHEEL]);
	write_list(writer, &writer->turn);
}

/* Files of one device (its folder), or all of them. False when one of them cannot be written. */
static bool write_held(struct writer *writer, const char *folder)
{
	size_t n = series_table_count(writer->config.table);
	bool kept = true;

	for (size_t i = 0; i < n; i++) {
		struct series *series = series_table_at(writer->config.table, (series_id)i);

		if (folder && !series_is_of(series, folder))
			continue;
		kept &= write_one(writer, series) && !rowfile_has(series, FAULT_DISK);
	}
	return kept;
}

static void flush(struct writer *writer, const struct batch_order *order)
{
	char *folder = order->device ? series_folder(order->device) : NULL;

	batch_answer(writer->config.loop, order, write_held(writer, folder) ? ERR_OK : ERR_IO);
	free(folder);
}

/* Takes the order's settings. */
static void reload(struct writer *writer, struct batch_order *order)
{
	size_t n = series_table_count(writer->config.table);
	bool same = keep_same_archives(writer->settings, order->settings);

	/* Places in the wheel are those of the old gather time. */
	for (size_t i = 0; i < WHEEL; i++)
		write_list(writer, &writer->wheel[i]);
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

	(void)write_held(writer, folder);
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
	}
}

static void take(struct writer *writer, struct batch *batch)
{
	struct record record;
	size_t at = 0;

	writer->files.mono = batch->mono;
	writer->files.wall = batch->wall;
	while (batch_next(batch, &at, &record))
		hold(writer, &record);
	write_due(writer);
	obey(writer, &batch->order);
	if (writer->renamings)
		rename_on(writer);
	else if (!writer->deadline && queue_length(writer->config.in) < BEHIND)
		migration_turn(&writer->migration, &writer->files, writer->config.table);
}

/* The next batch; renames go on while there is none. NULL at the end. */
static struct batch *next_batch(struct writer *writer)
{
	while (writer->renamings) {
		struct batch *batch = queue_pop_for(writer->config.in, 0);

		if (batch)
			return batch;
		if (out_of_time(writer))
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
	for (struct batch *batch; (batch = next_batch(writer)) != NULL;) {
		take(writer, batch);
		writer->config.tally->batches++;
		give_back(writer, batch);
	}
	write_held(writer, NULL);
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
	sigset_t all, before;
	/* Signals are the loop's. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&writer->thread, NULL, run, writer);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (!rc)
		return writer;
	keep_free(writer->settings);
	free(writer);
	errno = rc;
	return NULL;
}

void writer_free(struct writer *writer, int64_t ns)
{
	writer->deadline = clock_mono(clock_real()) + ns;
	pthread_join(writer->thread, NULL);
	rowfiles_fini(&writer->files);
	keep_free(writer->settings);
	free(writer);
}
