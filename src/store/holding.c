#include "store/holding.h"
#include "store/rowcheck.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

int64_t holding_gather(const struct settings *settings, size_t n_series)
{
	const int64_t longest = (HOLDING_WHEEL - 2) * UNITS_SEC;

	if (settings->gather < 0)
		return n_series < HOLDING_AUTO_ROWS ? 0 : HOLDING_AUTO;
	return settings->gather < longest ? settings->gather : longest;
}

bool holding_out_of_time(const struct holding *holding)
{
	int64_t deadline = holding->deadline;

	return deadline && clock_mono(clock_real()) > deadline;
}

static bool may_keep(struct holding *holding, const struct series *series)
{
	return series->held_from != 0 && holding->bytes < HOLDING_MAX / 2 &&
	       spool_bytes(holding->spool) < spool_max(holding->spool) / 2;
}

/* The oldest sample held is in this segment; 0 = in none. */
static void held_since(struct holding *holding, struct series *series, uint32_t number)
{
	if (series->held_from != 0)
		pending_drop(&holding->pending, series->held_from);
	if (number != 0)
		pending_add(&holding->pending, number);
	series->held_from = number;
}

/* No time is left to write it. */
static void leave(struct holding *holding, struct series *series)
{
	if (series->held_from == 0) {
		rowfile_drop(holding->files, series);
		return;
	}
	/* Its segment stays pending, so that the next run finds it. */
	holding->files->tally->left += rowfile_known(series);
	series->n_held = 0;
}

/* Samples that cannot be written stay held if `keep`. */
static bool write_one(struct holding *holding, struct series *series, bool keep)
{
	const uint64_t words = series->schema->n_ds + 1;
	uint64_t before = series->n_held * words * sizeof(double);
	bool kept = true;

	if (series->n_held == 0)
		return true;
	if (holding_out_of_time(holding)) {
		leave(holding, series);
		kept = false;
	} else {
		kept = rowfile_write(holding->files, series, keep && may_keep(holding, series));
		migration_note(holding->migration, holding->files, series);
		if (series->n_held == 0)
			held_since(holding, series, 0);
	}
	holding->bytes -= before - series->n_held * words * sizeof(double);
	return kept;
}

static void plan_in(struct series *series, struct series **slot)
{
	series->waiting = true;
	series->next = *slot;
	*slot = series;
}

/* Each series has its own place in the period, the same every time. */
static void plan(struct holding *holding, struct series *series)
{
	int64_t gather =
	    holding_gather(holding->files->settings, series_table_count(holding->table)) / UNITS_SEC;
	struct series **slot = &holding->turn;

	if (gather > 0) {
		int64_t phase = (int64_t)(str_hash(series->path, strlen(series->path)) % (uint64_t)gather);
		int64_t now = holding->files->mono / UNITS_SEC;
		int64_t since = ((now - phase) % gather + gather) % gather;

		slot = &holding->wheel[(now + gather - since) % HOLDING_WHEEL];
	}
	plan_in(series, slot);
}

/* One whose file could not be written. */
static void plan_again(struct holding *holding, struct series *series)
{
	plan_in(series, &holding->wheel[(holding->files->mono / UNITS_SEC + HOLDING_RETRY) % HOLDING_WHEEL]);
}

/* The same file under an earlier definition goes first. */
static void supersede(struct holding *holding, struct series *series)
{
	struct series *older = series->older;

	if (!older)
		return;
	supersede(holding, older);
	/* What does not go into the file before the newer one's samples never does. */
	write_one(holding, older, false);
	if (older->last > series->last)
		series->last = older->last;
	/* Faults are the file's: with the older one they would stay for ever, and hide the next. */
	series->faults = older->faults;
	older->faults = 0;
	series->catalogued = older->catalogued;
	series->older = NULL;
}

/* What an earlier run left: false when the file has it already, or when it is not to be had. */
static bool is_news(struct holding *holding, struct series *series, const struct record *record)
{
	uint64_t known = tally_known(record->values, record->n);

	if (series->last == INT64_MIN) {
		rowcheck_begin(holding->files, series);
		/* What is wrong with it is said when it is written. */
		if (rowcheck_survey(holding->files, series) != ERR_OK)
			str_clear(&holding->files->error);
		series->known = false;
	}
	if (record->stamp <= series->last)
		return false;
	holding->files->tally->put += known;
	holding->files->tally->replayed += known;
	return true;
}

void holding_take(struct holding *holding, const struct record *record, uint32_t number, bool old)
{
	struct rowfiles *files = holding->files;
	struct series *series = series_table_at(holding->table, record->series);
	size_t words = record->n + 1;
	double *slot;

	supersede(holding, series);
	if (old && !is_news(holding, series, record))
		return;
	if (record->stamp <= series->last) {
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
	if (series->held_from == 0 && number != 0)
		held_since(holding, series, number);
	slot = &series->held[series->n_held++ * words];
	slot[0] = (double)record->stamp;
	memcpy(&slot[1], record->values, record->n * sizeof *slot);
	series->last = record->stamp;
	holding->bytes += words * sizeof *slot;
	if (holding->bytes > HOLDING_MAX)
		write_one(holding, series, true);
	else if (!series->waiting)
		plan(holding, series);
}

static void write_list(struct holding *holding, struct series **list)
{
	while (*list) {
		struct series *series = *list;

		*list = series->next;
		series->waiting = false;
		write_one(holding, series, true);
		if (series->n_held > 0)
			plan_again(holding, series);
	}
}

void holding_write_due(struct holding *holding)
{
	int64_t now = holding->files->mono / UNITS_SEC;

	/* After a long pause each slot is due, but each only once. */
	if (holding->second < now - HOLDING_WHEEL)
		holding->second = now - HOLDING_WHEEL;
	while (holding->second < now)
		write_list(holding, &holding->wheel[++holding->second % HOLDING_WHEEL]);
	write_list(holding, &holding->turn);
}

bool holding_write(struct holding *holding, const char *folder)
{
	size_t n = series_table_count(holding->table);
	bool kept = true;

	for (size_t i = 0; i < n; i++) {
		struct series *series = series_table_at(holding->table, (series_id)i);

		if (folder && !series_is_of(series, folder))
			continue;
		kept &= write_one(holding, series, true) && !rowfile_has(series, FAULT_DISK);
	}
	return kept;
}

void holding_write_planned(struct holding *holding)
{
	for (size_t i = 0; i < HOLDING_WHEEL; i++)
		write_list(holding, &holding->wheel[i]);
}

void holding_fini(struct holding *holding)
{
	pending_fini(&holding->pending);
}
