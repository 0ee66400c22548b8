#include "store/rowfile.h"
#include "store/catalogue.h"
#include "store/format.h"
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
    [FAULT_DISK] = {LOG_LEVEL_ERROR, "samples cannot be written and are lost", "samples are written again"},
    [FAULT_BEHIND] = {LOG_LEVEL_WARN, "samples are not newer than their file: clock set back?",
	"samples are newer than their files again"},
    [FAULT_SHAPE] = {LOG_LEVEL_WARN, "file lacks data sources of the profile, their values are not kept",
	"files have all data sources"},
    [FAULT_HEARTBEAT] = {LOG_LEVEL_WARN, "file's heartbeat is shorter than the interval (rrdtool tune)",
	"files' heartbeats fit"},
};

void rowfiles_fini(struct rowfiles *files)
{
	str_fini(&files->path);
	str_fini(&files->text);
	str_fini(&files->error);
	free(files->argv);
	free(files->offset);
}

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

static uint64_t held_known(const struct series *series)
{
	uint64_t known = 0;

	for (uint32_t i = 0; i < series->n_held; i++)
		known += tally_known(rowfile_held(series, i) + 1, series->schema->n_ds);
	return known;
}

void rowfile_drop(struct rowfiles *files, struct series *series)
{
	files->tally->lost += held_known(series);
	series->n_held = 0;
}

/* What was found on looking becomes what is known. */
static void adopt(struct rowfiles *files, struct series *series, const struct format_file *file)
{
	const struct schema *schema = series->schema;
	size_t missing = 0;
	const char *first = "";

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
	if (file->heartbeat * UNITS_SEC < series->interval)
		rowfile_fault(files, series, FAULT_HEARTBEAT, 1, "interval was raised");
	else
		rowfile_well(files, series, FAULT_HEARTBEAT);
	series->known = true;
	series->size = file->size;
	series->inode = file->inode;
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

static enum err list_in_catalogue(struct rowfiles *files, struct series *series)
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

/* ERR_OK: the file is there and safe to write. ERR_NOT_FOUND: to be made. Else errno. */
static enum err look(struct rowfiles *files, struct series *series)
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
	adopt(files, series, &file);
	/* Files are synced, the catalogue is not: a power cut may have cost its line. Not worth a sample. */
	if (list_in_catalogue(files, series))
		log_debug("file is not in the catalogue", "file=%s", series->path);
	return ERR_OK;
}

static enum err begin(struct rowfiles *files, struct series *series)
{
	struct layout layout;
	struct format_file file;
	const char *why;
	enum err err;

	layout_init(&layout, files->settings, series->interval, series->timeout);
	if (layout.rounded && !files->rounding_told) {
		files->rounding_told = true;
		log_warn("archive steps are rounded up to multiples of the file's step",
		    "file=%s step_s=%" PRId64, series->path, layout.step);
	}
	/* The first sample stands for the interval before it. */
	int64_t first = (int64_t)rowfile_held(series, 0)[0] / 1000, span = series->interval / UNITS_SEC;
	err = list_in_catalogue(files, series);
	if (!err)
		err = rrdfile_create(files->path.s, &layout, series->schema,
		    first - (span > layout.step ? span : layout.step), &files->error);
	if (!err)
		err = format_read(files->path.s, &file, &why);
	if (!err)
		adopt(files, series, &file);
	return err;
}

/* %.17g gives every double back; most values are integers, which print faster. */
static void add_value(struct str *text, double value)
{
	if (isnan(value))
		str_add(text, ":U");
	else if (value == floor(value) && fabs(value) < 1e15)
		str_addf(text, ":%" PRId64, (int64_t)value);
	else
		str_addf(text, ":%.17g", value);
}

static void reserve(struct rowfiles *files, uint32_t n)
{
	if (n <= files->cap)
		return;
	files->cap = n + 8;
	files->argv = mem_realloc(files->argv, files->cap, sizeof *files->argv);
	files->offset = mem_realloc(files->offset, files->cap, sizeof *files->offset);
}

/* Fills text and argv: first the template, then one text per sample that is newer than the
 * file. Returns the number of samples, 0 too when the file has none of the data sources. */
static uint32_t compose(struct rowfiles *files, const struct series *series)
{
	const struct schema *schema = series->schema;
	const bool *absent = series->absent;
	struct str *text = &files->text;
	uint32_t n = 0;

	reserve(files, series->n_held);
	str_clear(text);
	for (size_t i = 0; i < schema->n_ds; i++)
		if (!absent || !absent[i])
			str_addf(text, "%s%s", text->len ? ":" : "", schema->ds[i].name);
	if (text->len == 0)
		return 0;
	str_add_char(text, 0);
	for (uint32_t s = 0; s < series->n_held; s++) {
		const double *held = rowfile_held(series, s);
		int64_t ms = (int64_t)held[0];

		if (ms <= series->file_last)
			continue;
		files->offset[n++] = text->len;
		str_addf(text, "%" PRId64, ms / 1000);
		for (size_t i = 0; i < schema->n_ds; i++)
			if (!absent || !absent[i])
				add_value(text, held[1 + i]);
		str_add_char(text, 0);
	}
	for (uint32_t i = 0; i < n; i++)
		files->argv[i] = text->s + files->offset[i];
	return n;
}

/* Each held value went one way: refused (not newer than `before`), stored (not newer than `after`
 * and the file has its data source), or lost. Returns the number lost. */
static uint64_t account(struct rowfiles *files, struct series *series, int64_t before, int64_t after)
{
	uint64_t stored = 0, lost = 0, refused = 0;

	for (uint32_t s = 0; s < series->n_held; s++) {
		const double *held = rowfile_held(series, s);
		int64_t ms = (int64_t)held[0];

		for (size_t i = 0; i < series->schema->n_ds; i++) {
			if (isnan(held[1 + i]))
				continue;
			if (ms <= before)
				refused++;
			else if (ms <= after && !(series->absent && series->absent[i]))
				stored++;
			else
				lost++;
		}
	}
	files->tally->stored += stored;
	files->tally->lost += lost;
	files->tally->refused += refused;
	if (refused)
		rowfile_fault(files, series, FAULT_BEHIND, refused, "duplicate or late");
	return lost;
}

static enum err update(struct rowfiles *files, struct series *series)
{
	int64_t before = series->file_last, after = before;
	uint32_t n = compose(files, series);
	enum err err = ERR_OK;
	uint64_t lost;

	if (n) {
		files->tally->opens++;
		err = rrdfile_update(files->path.s, files->text.s, (int)n, files->argv, &files->error);
		after = (int64_t)rowfile_held(series, series->n_held - 1)[0];
	}
	if (err) {
		/* Some may be in: the file knows. */
		struct format_file file;
		const char *why;
		series->known = false;
		after = format_read(files->path.s, &file, &why) ? before : file.last;
	}
	if (after > before)
		series->file_last = after;
	lost = account(files, series, before, after);
	if (err)
		rowfile_fault(files, series, FAULT_DISK, lost, files->error.s);
	return err;
}

bool rowfile_write(struct rowfiles *files, struct series *series)
{
	enum err err;

	if (series->n_held == 0)
		return true;
	str_clear(&files->path);
	str_addf(&files->path, "%s/rrd/%s", files->settings->state, series->path);
	str_clear(&files->error);
	err = look(files, series);
	if (err == ERR_NOT_FOUND)
		err = begin(files, series);
	if (err) {
		const char *why = files->error.len ? files->error.s : strerrordesc_np(errno);

		rowfile_fault(files, series, FAULT_DISK, held_known(series), why ? why : "unknown error");
		rowfile_drop(files, series);
	} else {
		err = update(files, series);
		series->n_held = 0;
	}
	if (err)
		files->tally->errors++;
	else
		rowfile_well(files, series, FAULT_DISK);
	return !err;
}
