#include "store/reshape.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One archive of a source, or its unfinished step (rra NULL), as a line in time. */
struct track {
	const struct image *image;
	const struct image_rra *rra;
	int64_t length;	    /* of a row, s */
	int64_t first, end; /* whole rows cover (first, end] */
	int64_t now;	    /* the unfinished row covers (end, now] */
};

#define TRACKS_MAX (FORMAT_RRA_MAX + 1)

/* Tracks of one source, the one to be asked first in front. */
struct tracks {
	struct track v[TRACKS_MAX];
	size_t n;
	size_t same; /* the one with the wanted consolidation and length; n = none */
};

struct fill {
	struct image *to;
	const struct image *from[RESHAPE_SOURCES];
	size_t n;
	size_t *map[RESHAPE_SOURCES]; /* data source of `to` -> of the source; its n_ds = none */
	struct tracks *tracks;	      /* of each source */
};

/* What is known of a stretch of time. */
struct knowledge {
	double sum, greatest; /* sum: value times seconds */
	double known;	      /* s */
};

struct piece {
	double value;
	double share; /* that is known; 0 = none */
	int64_t end;
};

static int class_of(const struct track *track, enum format_cf cf, int64_t length)
{
	if (!track->rra)
		return 4;
	if (cf == FORMAT_AVERAGE)
		return 0;
	/* Peaks: those of archives that fit; the steps themselves; longer ones smeared; means. */
	if (track->rra->def.cf == FORMAT_MAX)
		return length % track->length == 0 ? 0 : 2;
	return track->rra->def.pdps == 1 ? 1 : 3;
}

static bool goes_before(const struct track *a, const struct track *b, enum format_cf cf, int64_t length)
{
	int class_a = class_of(a, cf, length), class_b = class_of(b, cf, length);

	if (class_a != class_b)
		return class_a < class_b;
	return a->length != b->length ? a->length < b->length : a->first < b->first;
}

static void add_track(struct tracks *tracks, const struct track *track, enum format_cf cf, int64_t length)
{
	size_t at = tracks->n++;

	for (; at > 0 && goes_before(track, &tracks->v[at - 1], cf, length); at--)
		tracks->v[at] = tracks->v[at - 1];
	tracks->v[at] = *track;
}

static void find_tracks(struct tracks *tracks, const struct image *image, enum format_cf cf, int64_t length)
{
	int64_t now = image->last / image->step * image->step;

	tracks->n = 0;
	for (size_t i = 0; i < image->n_rras; i++) {
		const struct image_rra *rra = &image->rra[i];
		struct track track = {image, rra, (int64_t)rra->def.pdps * image->step, 0, 0, now};

		if (rra->def.cf != FORMAT_AVERAGE && rra->def.cf != cf)
			continue;
		track.end = image_rra_end(image, rra);
		track.first = track.end - (int64_t)rra->def.rows * track.length;
		add_track(tracks, &track, cf, length);
	}
	add_track(tracks, &(struct track){image, NULL, image->step, now, now, image->last}, cf, length);
	tracks->same = 0;
	while (tracks->same < tracks->n &&
	       !(tracks->v[tracks->same].rra && tracks->v[tracks->same].rra->def.cf == cf &&
		   tracks->v[tracks->same].length == length))
		tracks->same++;
}

static struct piece unfinished_step(const struct track *track, size_t ds)
{
	const struct image_ds *source = &track->image->ds[ds];
	double length = (double)(track->now - track->end), known = length - (double)source->unknown_sec;

	if (!(known > 0) || isnan(source->sum))
		return (struct piece){NAN, 0, track->now};
	return (struct piece){source->sum / known, known / length, track->now};
}

static struct piece unfinished_row(const struct track *track, size_t ds)
{
	const struct image_rra *rra = track->rra;
	double steps = (double)(track->now - track->end) / (double)track->image->step;
	double known = steps - (double)rra->unknown[ds];

	if (!(known > 0) || isnan(rra->value[ds]))
		return (struct piece){NAN, 0, track->now};
	return (struct piece){
	    rra->def.cf == FORMAT_MAX ? rra->value[ds] : rra->value[ds] / known, known / steps, track->now};
}

static double whole_row(const struct track *track, size_t ds, int64_t row)
{
	return track->rra->rows[(size_t)row * track->image->n_ds + ds];
}

/* What the source says of the time from `at` on: the first track that covers it decides, known or not. */
static struct piece look_up(const struct tracks *tracks, size_t ds, int64_t at, int64_t limit)
{
	struct piece piece = {NAN, 0, limit};

	for (size_t i = 0; i < tracks->n; i++) {
		const struct track *track = &tracks->v[i];

		if (at < track->first || at >= track->now) {
			/* From where it begins it is the one to ask. */
			if (at < track->first && track->first < limit)
				limit = piece.end = track->first;
			continue;
		}
		if (!track->rra) {
			piece = unfinished_step(track, ds);
		} else if (at >= track->end) {
			piece = unfinished_row(track, ds);
		} else {
			int64_t row = (at - track->first) / track->length;

			piece.value = whole_row(track, ds, row);
			piece.share = isnan(piece.value) ? 0 : 1;
			piece.end = track->first + (row + 1) * track->length;
		}
		break;
	}
	if (piece.end > limit)
		piece.end = limit;
	return piece;
}

/* (from, to] of a data source of `to`. */
static struct knowledge know(const struct fill *fill, size_t ds, int64_t from, int64_t to)
{
	struct knowledge all = {0, -INFINITY, 0};

	while (from < to) {
		struct piece piece = {NAN, 0, to};

		for (size_t i = 0; i < fill->n && piece.share <= 0; i++) {
			size_t source = fill->map[i][ds];

			if (source < fill->from[i]->n_ds)
				piece = look_up(&fill->tracks[i], source, from, piece.end);
		}
		if (piece.share > 0) {
			double known = piece.share * (double)(piece.end - from);

			all.sum += piece.value * known;
			all.known += known;
			if (piece.value > all.greatest)
				all.greatest = piece.value;
		}
		from = piece.end;
	}
	return all;
}

/* The source's own row that ends at `end`; false when it has none. */
static bool same_row(const struct fill *fill, size_t i, size_t ds, int64_t end, double *value)
{
	const struct tracks *tracks = &fill->tracks[i];
	const struct track *track = &tracks->v[tracks->same];
	size_t source = fill->map[i][ds];

	if (tracks->same == tracks->n || source == fill->from[i]->n_ds || end > track->end ||
	    end <= track->first)
		return false;
	*value = whole_row(track, source, (end - track->first) / track->length - 1);
	return true;
}

/* One source alone. */
static struct knowledge know_one(const struct fill *fill, size_t i, size_t ds, int64_t from, int64_t to)
{
	struct fill one = {
	    .n = 1, .from = {fill->from[i]}, .map = {fill->map[i]}, .tracks = &fill->tracks[i]};

	return know(&one, ds, from, to);
}

/* True if no source but this one knows anything of the time. */
static bool is_alone(const struct fill *fill, size_t i, size_t ds, int64_t from, int64_t to)
{
	for (size_t other = 0; other < fill->n; other++)
		if (other != i && know_one(fill, other, ds, from, to).known > 0)
			return false;
	return true;
}

/* The peak of all sources: a row that one has of only a part of its time must not hide the others'. */
static double peak(const struct fill *fill, size_t ds, int64_t from, int64_t to)
{
	double greatest = -INFINITY;

	for (size_t i = 0; i < fill->n; i++) {
		double one = know_one(fill, i, ds, from, to).greatest;

		greatest = one > greatest ? one : greatest;
	}
	return greatest;
}

static double row_value(
    const struct fill *fill, const struct image_rra *rra, size_t ds, int64_t end, int64_t length)
{
	struct knowledge all;
	double value;

	for (size_t i = 0; i < fill->n; i++)
		if (same_row(fill, i, ds, end, &value) && (fill->n == 1 || !isnan(value)) &&
		    is_alone(fill, i, ds, end - length, end))
			return value;
	all = know(fill, ds, end - length, end);
	/* A step that has known seconds is known. */
	if (!(all.known > 0) || (double)length - all.known > rra->def.xff * (double)length + 1e-6)
		return NAN;
	return rra->def.cf == FORMAT_MAX ? peak(fill, ds, end - length, end) : all.sum / all.known;
}

/* The unfinished row. */
static void fill_unfinished(struct fill *fill, struct image_rra *rra, size_t ds, int64_t end)
{
	const struct image *to = fill->to;
	int64_t now = to->last / to->step * to->step;
	double steps = (double)(now - end) / (double)to->step, known;
	const struct tracks *tracks = &fill->tracks[0];
	size_t source = fill->map[0][ds];
	struct knowledge all;

	if (fill->n == 1 && tracks->same < tracks->n && fill->from[0]->step == to->step &&
	    source < fill->from[0]->n_ds) {
		rra->value[ds] = tracks->v[tracks->same].rra->value[source];
		rra->unknown[ds] = tracks->v[tracks->same].rra->unknown[source];
		return;
	}
	all = know(fill, ds, end, now);
	known = ceil(all.known / (double)to->step - 1e-6);
	rra->unknown[ds] = (uint64_t)(steps - known + 0.5);
	if (!(known > 0))
		rra->value[ds] = NAN;
	else
		rra->value[ds] =
		    rra->def.cf == FORMAT_MAX ? peak(fill, ds, end, now) : all.sum / all.known * known;
}

static void fill_rra(struct fill *fill, struct image_rra *rra)
{
	struct image *to = fill->to;
	int64_t length = (int64_t)rra->def.pdps * to->step, end = image_rra_end(to, rra);
	double *value = rra->rows;

	for (size_t i = 0; i < fill->n; i++)
		find_tracks(&fill->tracks[i], fill->from[i], rra->def.cf, length);
	for (uint64_t row = 0; row < rra->def.rows; row++) {
		int64_t row_end = end - (int64_t)(rra->def.rows - 1 - row) * length;

		for (size_t ds = 0; ds < to->n_ds; ds++)
			*value++ = row_value(fill, rra, ds, row_end, length);
	}
	for (size_t ds = 0; ds < to->n_ds; ds++)
		fill_unfinished(fill, rra, ds, end);
}

static void fill_step(struct fill *fill, size_t ds)
{
	struct image *to = fill->to;
	int64_t now = to->last / to->step * to->step;
	struct knowledge all;
	size_t source = fill->map[0][ds];

	if (fill->n == 1 && fill->from[0]->step == to->step && source < fill->from[0]->n_ds) {
		to->ds[ds].sum = fill->from[0]->ds[source].sum;
		to->ds[ds].unknown_sec = fill->from[0]->ds[source].unknown_sec;
		return;
	}
	all = know(fill, ds, now, to->last);
	to->ds[ds].sum = all.sum;
	to->ds[ds].unknown_sec = (uint64_t)((double)(to->last - now) - all.known + 0.5);
}

void reshape_fill(struct image *to, const struct image *const *from, size_t n)
{
	struct fill fill = {.to = to, .n = n};

	fill.tracks = mem_calloc(n, sizeof *fill.tracks);
	for (size_t i = 0; i < n; i++) {
		fill.from[i] = from[i];
		if (i == 0 || from[i]->last > to->last)
			to->last = from[i]->last;
		fill.map[i] = mem_calloc(to->n_ds, sizeof *fill.map[i]);
		for (size_t ds = 0; ds < to->n_ds; ds++)
			fill.map[i][ds] = image_find(from[i], to->ds[ds].name);
	}
	image_make_room(to);
	for (size_t i = 0; i < to->n_rras; i++)
		fill_rra(&fill, &to->rra[i]);
	for (size_t i = 0; i < n; i++)
		find_tracks(&fill.tracks[i], from[i], FORMAT_AVERAGE, to->step);
	for (size_t ds = 0; ds < to->n_ds; ds++)
		fill_step(&fill, ds);
	for (size_t i = 0; i < n; i++)
		free(fill.map[i]);
	free(fill.tracks);
}

static void add_ds(struct image *to, const struct image_ds *ds)
{
	to->ds = mem_realloc(to->ds, to->n_ds + 1, sizeof *to->ds);
	to->ds[to->n_ds++] = *ds;
}

void reshape_begin(
    struct image *to, const struct layout *layout, const struct schema *schema, const struct image *from)
{
	*to = (struct image){.step = layout->step, .last = from->last, .n_rras = layout->n_rras};
	memcpy(to->version, from->version, sizeof to->version);
	to->rra = mem_calloc(layout->n_rras, sizeof *to->rra);
	for (size_t i = 0; i < layout->n_rras; i++) {
		const struct layout_rra *rra = &layout->rra[i];

		to->rra[i].def = (struct format_rra){
		    rra->is_max ? FORMAT_MAX : FORMAT_AVERAGE, rra->pdps, rra->rows, layout_xff(rra->is_max)};
	}
	for (size_t i = 0; i < from->n_ds; i++) {
		add_ds(to, &from->ds[i]);
		to->ds[i].heartbeat = layout->heartbeat;
	}
	for (size_t i = 0; i < schema->n_ds; i++) {
		struct image_ds ds = {.type = "GAUGE", .last = "U", .heartbeat = layout->heartbeat};

		if (image_find(to, schema->ds[i].name) < to->n_ds)
			continue;
		memcpy(ds.name, schema->ds[i].name, sizeof ds.name);
		ds.min = schema->ds[i].never_negative ? 0 : NAN;
		ds.max = NAN;
		add_ds(to, &ds);
	}
}

void reshape_begin_both(struct image *to, const struct image *a, const struct image *b)
{
	const struct image *like = b->last > a->last ? b : a;

	*to = (struct image){.step = like->step, .last = like->last};
	memcpy(to->version, a->version, sizeof to->version);
	if (memcmp(b->version, to->version, sizeof to->version) > 0)
		memcpy(to->version, b->version, sizeof to->version);
	to->rra = mem_calloc(like->n_rras, sizeof *to->rra);
	for (size_t i = 0; i < like->n_rras; i++)
		if (like->rra[i].def.cf != FORMAT_OTHER)
			to->rra[to->n_rras++].def = like->rra[i].def;
	for (size_t i = 0; i < a->n_ds; i++)
		add_ds(to, &a->ds[i]);
	for (size_t i = 0; i < b->n_ds; i++)
		if (image_find(a, b->ds[i].name) == a->n_ds)
			add_ds(to, &b->ds[i]);
	for (size_t i = 0; i < to->n_ds; i++) {
		size_t at = image_find(like, to->ds[i].name);

		to->ds[i].heartbeat = at < like->n_ds ? like->ds[at].heartbeat : like->ds[0].heartbeat;
	}
}
