#include "store/rowfile.h"
#include "store/rowcheck.h"
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

void rowfiles_fini(struct rowfiles *files)
{
	str_fini(&files->path);
	str_fini(&files->text);
	str_fini(&files->error);
	free(files->argv);
	free(files->offset);
}

uint64_t rowfile_known(const struct series *series)
{
	uint64_t known = 0;

	for (uint32_t i = 0; i < series->n_held; i++)
		known += tally_known(rowfile_held(series, i) + 1, series->schema->n_ds);
	return known;
}

void rowfile_drop(struct rowfiles *files, struct series *series)
{
	files->tally->lost += rowfile_known(series);
	series->n_held = 0;
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
	err = rowcheck_list(files, series);
	if (!err)
		err = rrdfile_create(files->path.s, &layout, series->schema,
		    first - (span > layout.step ? span : layout.step), &files->error);
	if (!err)
		err = format_read(files->path.s, &file, &why);
	if (!err)
		rowcheck_adopt(files, series, &file);
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
 * and the file has its data source), or lost; with `keep` samples newer than `after` stay. Returns the number
 * lost or kept. */
static uint64_t account(
    struct rowfiles *files, struct series *series, int64_t before, int64_t after, bool keep)
{
	uint64_t stored = 0, lost = 0, refused = 0, kept = 0;
	size_t words = series->schema->n_ds + 1;
	uint32_t first = 0;

	while (keep && first < series->n_held && (int64_t)rowfile_held(series, first)[0] <= after)
		first++;

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
			else if (keep && ms > after)
				kept++;
			else
				lost++;
		}
	}
	files->tally->stored += stored;
	files->tally->lost += lost;
	files->tally->refused += refused;
	if (refused)
		rowfile_fault(files, series, FAULT_BEHIND, refused, "duplicate or late");
	series->n_held = keep ? series->n_held - first : 0;
	memmove(series->held, series->held + first * words, series->n_held * words * sizeof *series->held);
	return lost + kept;
}

static enum err update(struct rowfiles *files, struct series *series, bool keep)
{
	int64_t before = series->file_last, after = before;
	uint32_t n = compose(files, series);
	enum err err = ERR_OK;
	uint64_t lost;

	if (n) {
		files->tally->opens++;
		undo_keep(files->undo, files->path.s, series->header);
		err = rrdfile_update(files->path.s, files->text.s, (int)n, files->argv, &files->error);
		undo_done(files->undo);
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
	lost = account(files, series, before, after, err && keep);
	if (err)
		rowfile_fault(files, series, FAULT_DISK, lost, files->error.s);
	return err;
}

bool rowfile_write(struct rowfiles *files, struct series *series, bool keep)
{
	enum err err;

	if (series->n_held == 0)
		return true;
	rowcheck_begin(files, series);
	err = rowcheck_look(files, series);
	if (err == ERR_NOT_FOUND)
		err = begin(files, series);
	if (err) {
		const char *why = files->error.len ? files->error.s : strerrordesc_np(errno);

		rowfile_fault(files, series, FAULT_DISK, rowfile_known(series), why ? why : "unknown error");
		if (!keep)
			rowfile_drop(files, series);
	} else {
		err = update(files, series, keep);
	}
	if (err)
		files->tally->errors++;
	else
		rowfile_well(files, series, FAULT_DISK);
	return !err;
}
