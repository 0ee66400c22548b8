#include "store/rowcheck.h"
#include "store/catalogue.h"
#include "store/layout.h"
#include "store/rrdfile.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define QUOTED 512
#define CALM   (600 * UNITS_SEC) /* without a late sample before all is well */

/* Begin and end of a fault, for a person who has to do something about it. */
static const struct {
	enum log_level level;
	const char *begins, *ends;
} fault_words[FAULT_COUNT] = {
    [FAULT_DISK] = {LOG_LEVEL_ERROR, "samples cannot be written to their files", "samples are written again"},
    [FAULT_BEHIND] = {LOG_LEVEL_WARN, "samples are not newer than their file: clock set back?",
	"samples are newer than their files again"},
    [FAULT_SHAPE] = {LOG_LEVEL_WARN,
	"file lacks data sources of the profile, their values are not kept until it is migrated",
	"files have all data sources"},
    [FAULT_HEARTBEAT] = {LOG_LEVEL_WARN, "file's heartbeat is shorter than the interval (rrdtool tune)",
	"files' heartbeats fit"},
    [FAULT_MIGRATE] = {LOG_LEVEL_ERROR, "file cannot be given another layout, it stays as it is",
	"files are given their layout again"},
};

void rowfile_fault(
    struct rowfiles *files, struct series *series, enum fault fault, uint64_t count, const char *why)
{
	char file[QUOTED], reason[QUOTED];
	enum log_level level;

	files->faults[fault].count += count;
	files->faults[fault].newest = files->mono;
	if (rowfile_has(series, fault))
		return;
	series->faults = (uint8_t)(series->faults | 1u << fault);
	level = fault_words[fault].level;
	if (files->faults[fault].series++ == 0)
		files->faults[fault].began = files->mono;
	else
		level = LOG_LEVEL_DEBUG;
	if (log_enabled(level))
		log_write(level, fault_words[fault].begins, "file=%s err=%s",
		    log_quote(file, sizeof file, series->path), log_quote(reason, sizeof reason, why));
}

void rowfile_well(struct rowfiles *files, struct series *series, enum fault fault)
{
	char took[UNITS_TEXT_MAX], quoted[UNITS_TEXT_MAX + 2];

	if (!rowfile_has(series, fault))
		return;
	/* A device that says everything twice would begin and end this at every poll. */
	if (fault == FAULT_BEHIND && files->mono - files->faults[fault].newest < CALM)
		return;
	series->faults = (uint8_t)(series->faults & ~(1u << fault));
	if (--files->faults[fault].series)
		return;
	units_duration(took, files->mono - files->faults[fault].began);
	log_info(fault_words[fault].ends, "values=%" PRIu64 " after=%s", files->faults[fault].count,
	    log_quote(quoted, sizeof quoted, took));
	files->faults[fault].count = 0;
}

void rowcheck_begin(struct rowfiles *files, const struct series *series)
{
	str_clear(&files->path);
	str_addf(&files->path, "%s/rrd/%s", files->settings->state, series->path);
	str_clear(&files->error);
}

/* At once and in place: samples may be further apart from now on than the file would bridge. */
static void fit_heartbeat(
    struct rowfiles *files, struct series *series, const struct format_file *file, int64_t heartbeat)
{
	bool fits = true;

	for (size_t i = 0; i < file->n_ds; i++)
		fits = fits && file->heartbeats[i] == heartbeat;
	if (!fits && rrdfile_tune(files->path.s, file, heartbeat, &files->error)) {
		/* Only one that is too short costs samples. */
		if (file->heartbeat * UNITS_SEC < series->interval)
			rowfile_fault(files, series, FAULT_HEARTBEAT, 1, files->error.s);
		str_clear(&files->error);
		return;
	}
	rowfile_well(files, series, FAULT_HEARTBEAT);
}

void rowcheck_adopt(struct rowfiles *files, struct series *series, const struct format_file *file)
{
	const struct schema *schema = series->schema;
	struct layout layout;
	size_t missing = 0;
	const char *first = "";

	layout_init(&layout, files->settings, series->interval, series->timeout);
	free(series->absent);
	series->absent = NULL;
	for (size_t i = 0; i < schema->n_ds; i++) {
		size_t at = 0;

		while (at < file->n_ds && strcmp(file->ds[at], schema->ds[i].name))
			at++;
		if (at < file->n_ds)
			continue;
		if (!missing++) {
			series->absent = mem_calloc(schema->n_ds, sizeof *series->absent);
			first = schema->ds[i].name;
		}
		series->absent[i] = true;
	}
	if (missing)
		rowfile_fault(files, series, FAULT_SHAPE, missing, first);
	else
		rowfile_well(files, series, FAULT_SHAPE);
	fit_heartbeat(files, series, file, layout.heartbeat);
	series->misfit = layout.n_rras > 0 && (missing > 0 || !layout_is_of(&layout, file));
	series->known = true;
	series->size = file->size;
	series->inode = file->inode;
	series->header = file->header;
	series->file_last = file->last;
	if (file->last > series->last)
		series->last = file->last;
}

static enum err set_aside(struct rowfiles *files, const char *why)
{
	struct str to = {0};
	char from[QUOTED], name[QUOTED], reason[QUOTED];
	enum err err = rrdfile_set_aside(files->path.s, files->wall / UNITS_SEC, &to);
	int saved;

	if (!err) {
		files->tally->quarantined++;
		log_error("damaged file set aside, a new one is begun", "file=%s to=%s err=%s",
		    log_quote(from, sizeof from, files->path.s), log_quote(name, sizeof name, to.s),
		    log_quote(reason, sizeof reason, why));
	}
	saved = errno;
	str_fini(&to);
	errno = saved;
	return err ? err : ERR_NOT_FOUND;
}

enum err rowcheck_list(struct rowfiles *files, struct series *series)
{
	const char *file;
	char *folder;
	enum err err;
	int saved;

	if (series->catalogued)
		return ERR_OK;
	file = strchr(series->path, '/') + 1;
	folder = mem_strndup(files->path.s, files->path.len - strlen(file) - 1);
	err = rrdfile_make_folder(files->path.s);
	if (!err)
		err = catalogue_add(folder, file, series->schema->table, series->key);
	series->catalogued = !err;
	saved = errno;
	free(folder);
	errno = saved;
	return err;
}

enum err rowcheck_look(struct rowfiles *files, struct series *series)
{
	struct format_file file;
	struct stat st;
	const char *why;
	enum err err;

	/* Someone may have deleted, cut or replaced it; librrd would map what is left. */
	if (series->known && stat(files->path.s, &st) == 0 && (uint64_t)st.st_size == series->size &&
	    st.st_ino == series->inode)
		return ERR_OK;
	series->known = false;
	err = format_read(files->path.s, &file, &why);
	if (err == ERR_CORRUPT)
		return set_aside(files, why);
	if (err)
		return err;
	rowcheck_adopt(files, series, &file);
	/* Files are synced, the catalogue is not: a power cut may have cost its line. Not worth a sample. */
	if (rowcheck_list(files, series))
		log_debug("file is not in the catalogue", "file=%s", series->path);
	return ERR_OK;
}

enum err rowcheck_survey(struct rowfiles *files, struct series *series)
{
	struct format_file file;
	const char *why;
	enum err err;

	rowcheck_begin(files, series);
	err = format_read(files->path.s, &file, &why);
	if (!err)
		rowcheck_adopt(files, series, &file);
	return err;
}
