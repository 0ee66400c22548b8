#include "store/fetch.h"

#include "base/mem.h"
#include "store/format.h"

#include <math.h>
#include <rrd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define LOCK_TRIES 40
#define LOCK_WAIT  (5 * 1000000L) /* ns; the writer holds its lock for about a millisecond */

static int64_t rra_length(const struct format_file *file, const struct format_rra *rra)
{
	return (int64_t)rra->pdps * file->step;
}

/* Where its oldest row begins. */
static int64_t rra_start(const struct format_file *file, const struct format_rra *rra)
{
	int64_t length = rra_length(file, rra), end = file->last / 1000 / length * length;

	return end - length * (int64_t)rra->rows;
}

static enum err look(const char *path, struct format_file *file, struct str *error)
{
	const char *why = "";
	enum err err = format_read(path, file, &why);

	if (err == ERR_CORRUPT)
		str_add(error, why);
	else if (err)
		str_add(error, err_text(err));
	return err;
}

static bool has_one_of(const struct format_file *file, const char *const *ds, size_t n_ds)
{
	for (size_t i = 0; i < file->n_ds; i++)
		for (size_t j = 0; j < n_ds; j++)
			if (strcmp(file->ds[i], ds[j]) == 0)
				return true;
	return false;
}

/* The one that serves better of two of which each would do: nearest below `wanted`, else nearest above. */
static bool is_better(int64_t length, int64_t than, int64_t wanted)
{
	if (length <= wanted)
		return than > wanted || length > than;
	return length < than;
}

/* The best archive that reaches back to `from`, else the one that reaches back the furthest. */
static const struct format_rra *choose(const struct format_file *file, int64_t from, int64_t wanted)
{
	const struct format_rra *best = NULL;

	for (size_t i = 0; i < file->n_rras; i++) {
		const struct format_rra *rra = &file->rra[i];
		bool covers = rra_start(file, rra) <= from, best_covers;

		if (rra->cf != FORMAT_AVERAGE)
			continue;
		best_covers = best != NULL && rra_start(file, best) <= from;
		if (best == NULL || (covers && !best_covers) ||
		    (covers && is_better(rra_length(file, rra), rra_length(file, best), wanted)) ||
		    (!covers && !best_covers && rra_start(file, rra) < rra_start(file, best)))
			best = rra;
	}
	return best;
}

static bool is_all_unknown(const struct fetch *fetch, int64_t before)
{
	for (size_t row = 0; row < fetch->n_rows; row++)
		for (size_t i = 0; fetch->start + (int64_t)row * fetch->step < before && i < fetch->n_ds; i++)
			if (!isnan(fetch->v[row * fetch->n_ds + i]))
				return false;
	return true;
}

/* A finer archive than `rra` that misses only what is unknown anyhow, or `rra`. */
static const struct format_rra *refine(
    const struct format_file *file, const struct format_rra *rra, int64_t wanted, const struct fetch *coarse)
{
	for (size_t i = 0; i < file->n_rras; i++) {
		const struct format_rra *fine = &file->rra[i];

		if (fine->cf == FORMAT_AVERAGE &&
		    is_better(rra_length(file, fine), rra_length(file, rra), wanted) &&
		    is_all_unknown(coarse, rra_start(file, fine)))
			rra = fine;
	}
	return rra;
}

enum err fetch_resolution(const char *path, const char *const *ds, size_t n_ds, int64_t from, int64_t to,
    int64_t wanted, int64_t *step, struct str *error)
{
	struct format_file file;
	const struct format_rra *rra;
	struct fetch coarse;
	enum err err = look(path, &file, error);

	if (err)
		return err;
	rra = choose(&file, from, wanted);
	if (rra == NULL || !has_one_of(&file, ds, n_ds)) {
		str_add(error, rra == NULL ? "no archive of averages" : "other data sources");
		return ERR_UNSUPPORTED;
	}
	if (rra_length(&file, rra) > wanted) {
		err = fetch_read(path, ds, n_ds, from, to, rra_length(&file, rra), &coarse, error);
		if (err == ERR_OK)
			rra = refine(&file, rra, wanted, &coarse);
		fetch_fini(&coarse);
	}
	*step = rra_length(&file, rra);
	return err;
}

/* Takes the wanted columns out of what librrd gave. */
static void take(struct fetch *fetch, const char *const *ds, char **names, size_t n_names, const double *data)
{
	fetch->v = mem_calloc(fetch->n_rows * fetch->n_ds, sizeof *fetch->v);
	for (size_t i = 0; i < fetch->n_ds; i++) {
		size_t at = 0;

		while (at < n_names && strcmp(names[at], ds[i]) != 0)
			at++;
		for (size_t row = 0; row < fetch->n_rows; row++)
			fetch->v[row * fetch->n_ds + i] =
			    at < n_names ? data[row * n_names + at] : (double)NAN;
	}
}

/* librrd does not wait for a lock. */
static enum err read_rows(
    const char *path, const char *const *ds, int64_t from, int64_t to, struct fetch *fetch, struct str *error)
{
	time_t start = (time_t)from, end = (time_t)to;
	unsigned long step = (unsigned long)fetch->step, n = 0;
	char **names = NULL;
	rrd_value_t *data = NULL;
	enum err err = ERR_IO;

	for (int try = 1; err && try <= LOCK_TRIES; try++) {
		rrd_clear_error();
		if (rrd_fetch_r(path, "AVERAGE", &start, &end, &step, &n, &names, &data) == 0) {
			err = ERR_OK;
		} else if (strstr(rrd_get_error(), "lock") == NULL) {
			break;
		} else {
			nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT}, NULL);
		}
	}
	if (err) {
		str_add(error, rrd_get_error());
		rrd_clear_error();
		return err;
	}
	if ((int64_t)step == fetch->step && end >= start) {
		fetch->start = (int64_t)start;
		fetch->n_rows = (size_t)(end - start) / step;
		take(fetch, ds, names, n, data);
	} else { /* another file since it was looked at */
		str_add(error, "its archives have changed meanwhile");
		err = ERR_IO;
	}
	for (unsigned long i = 0; i < n; i++)
		rrd_freemem(names[i]);
	rrd_freemem(names);
	rrd_freemem(data);
	return err;
}

enum err fetch_read(const char *path, const char *const *ds, size_t n_ds, int64_t from, int64_t to,
    int64_t step, struct fetch *fetch, struct str *error)
{
	struct format_file file;
	enum err err = look(path, &file, error);
	int64_t start = INT64_MAX;

	*fetch = (struct fetch){.step = step, .n_ds = n_ds};
	if (err)
		return err;
	for (size_t i = 0; i < file.n_rras; i++)
		if (file.rra[i].cf == FORMAT_AVERAGE && rra_length(&file, &file.rra[i]) == step &&
		    rra_start(&file, &file.rra[i]) < start)
			start = rra_start(&file, &file.rra[i]);
	if (start == INT64_MAX) {
		str_add(error, "its archives have changed meanwhile");
		return ERR_IO;
	}
	/* Only what this archive holds: before it librrd would take another one. */
	from = from > start ? from : start;
	to = to < file.last / 1000 ? to : file.last / 1000;
	return from < to ? read_rows(path, ds, from, to, fetch, error) : ERR_OK;
}

void fetch_fini(struct fetch *fetch)
{
	free(fetch->v);
	*fetch = (struct fetch){0};
}
