#include "store/migration.h"
#include "store/image.h"
#include "store/layout.h"
#include "store/reshape.h"
#include "store/rowcheck.h"
#include "store/rrdfile.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SKIPS_MAX 256 /* entries that turned out to be none, per turn */

static void publish(const struct migration *migration, struct rowfiles *files)
{
	files->tally->migrating = migration->n;
	files->tally->busy = migration->n > 0 || migration->survey_at < migration->survey_end;
}

static void add(struct migration *migration, struct series *series, bool in_front)
{
	series->migrant = true;
	series->next_migrant = in_front ? migration->first : NULL;
	if (!migration->first)
		migration->first = migration->last = series;
	else if (in_front)
		migration->first = series;
	else
		migration->last = migration->last->next_migrant = series;
	migration->n++;
}

static struct series *take(struct migration *migration)
{
	struct series *series = migration->first;

	migration->first = series->next_migrant;
	series->next_migrant = NULL;
	series->migrant = false;
	migration->n--;
	return series;
}

void migration_note(struct migration *migration, struct rowfiles *files, struct series *series)
{
	if (!series->misfit || series->migrant || series->superseded)
		return;
	add(migration, series, series->absent != NULL);
	publish(migration, files);
}

void migration_survey(struct migration *migration, struct rowfiles *files, size_t n_series)
{
	migration->survey_at = 0;
	migration->survey_end = n_series;
	migration->not_before = 0;
	publish(migration, files);
}

static void survey(struct migration *migration, struct rowfiles *files, struct series_table *table)
{
	for (int looks = 0; looks < MIGRATION_LOOKS && migration->survey_at < migration->survey_end;) {
		struct series *series = series_table_at(table, (series_id)migration->survey_at++);

		if (series->superseded || series->known)
			continue; /* what is known was looked at since the reload */
		looks++;
		files->tally->steps++;
		if (!rowcheck_survey(files, series))
			migration_note(migration, files, series);
	}
}

/* ERR_UNSUPPORTED: it never will; *why is a static word. */
static enum err reshape_file(struct rowfiles *files, const struct series *series, const char **why)
{
	struct image from, to = {0};
	struct layout layout;
	enum err err = image_read(files->path.s, &from, why);
	int saved;

	if (!err && from.n_ds + series->schema->n_ds > FORMAT_DS_MAX) {
		*why = "too many data sources";
		err = ERR_UNSUPPORTED;
	}
	if (!err) {
		const struct image *sources[] = {&from};

		layout_init(&layout, files->settings, series->interval, series->timeout);
		reshape_begin(&to, &layout, series->schema, &from);
		reshape_fill(&to, sources, 1);
		err = rrdfile_restore(files->path.s, &to, &files->error);
	}
	saved = errno;
	image_fini(&from);
	image_fini(&to);
	errno = saved;
	return err;
}

static enum err migrate(struct rowfiles *files, struct series *series)
{
	const char *why = "";
	enum err err;

	rowcheck_begin(files, series);
	errno = 0;
	err = reshape_file(files, series, &why);
	files->tally->steps++;
	series->known = false;
	series->misfit = false;
	if (err == ERR_NOT_FOUND || err == ERR_CORRUPT)
		return err; /* the next sample begins it anew */
	if (err) {
		const char *words = errno ? strerrordesc_np(errno) : NULL;

		files->tally->errors++;
		if (err != ERR_UNSUPPORTED && files->error.len)
			why = files->error.s;
		else if (err != ERR_UNSUPPORTED)
			why = words ? words : err_text(err);
		rowfile_fault(files, series, FAULT_MIGRATE, 1, why);
		return err;
	}
	files->tally->migrated++;
	rowfile_well(files, series, FAULT_MIGRATE);
	if (rowcheck_survey(files, series))
		series->known = false;
	series->misfit = false; /* whatever it still differs in: not twice in a row */
	return ERR_OK;
}

static void tell_end(struct migration *migration, const struct rowfiles *files)
{
	char took[UNITS_TEXT_MAX], quoted[UNITS_TEXT_MAX + 2];

	if (!migration->told || migration->first)
		return;
	log_info("files were migrated", "files=%" PRIu64 " after=%s", migration->done,
	    log_quote(quoted, sizeof quoted, units_duration(took, files->mono - migration->began)));
	migration->told = false;
	migration->done = 0;
}

static struct series *next(struct migration *migration)
{
	for (int skips = 0; migration->first && skips < SKIPS_MAX; skips++) {
		struct series *series = take(migration);

		if (series->misfit && !series->superseded)
			return series;
	}
	return NULL;
}

static void migrate_next(struct migration *migration, struct rowfiles *files)
{
	int64_t before = clock_mono(clock_real()), took;
	size_t n = migration->n;
	struct series *series = next(migration);
	enum err err;

	if (!series)
		return;
	if (!migration->told) {
		migration->told = true;
		migration->began = files->mono;
		log_info("files are migrated", "files=%zu", n);
	}
	err = migrate(files, series);
	took = clock_mono(clock_real()) - before;
	migration->not_before = files->mono + took * (100 - MIGRATION_SHARE) / MIGRATION_SHARE;
	if (!err) {
		migration->done++;
	} else if (err == ERR_IO || err == ERR_DENIED) {
		series->misfit = true;
		add(migration, series, false);
		migration->not_before = files->mono + MIGRATION_RETRY;
	}
}

void migration_turn(struct migration *migration, struct rowfiles *files, struct series_table *table)
{
	if (migration->survey_at < migration->survey_end)
		survey(migration, files, table);
	else if (migration->first && files->mono >= migration->not_before)
		migrate_next(migration, files);
	else
		return;
	tell_end(migration, files);
	publish(migration, files);
}
