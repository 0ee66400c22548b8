/* Files given another layout, read by librrd before and after. */
#include "unit/store/fixture.h"

#include "store/reshape.h"
#include "store/rrdfile.h"

enum { DAY = 86400, END = 26 * 3600, COUNT_MAX = 4096 };

static struct {
	char folder[64], old[96], made[96], other[96];
	struct schema_ds ds[2];
	struct schema schema;
} g;

static int set_up(void **state)
{
	(void)state;
	strcpy(g.folder, "/tmp/rollcall-reshape-XXXXXX");
	if (!mkdtemp(g.folder))
		return -1;
	snprintf(g.old, sizeof g.old, "%s/old.rrd", g.folder);
	snprintf(g.made, sizeof g.made, "%s/made.rrd", g.folder);
	snprintf(g.other, sizeof g.other, "%s/other.rrd", g.folder);
	strcpy(g.ds[0].name, "a");
	strcpy(g.ds[1].name, "b");
	g.ds[0].never_negative = true;
	g.schema = (struct schema){.table = (char *)"t", .n_ds = 2, .ds = g.ds};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return nftw(g.folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

static struct layout layout_of(int64_t interval, size_t n, const struct archive *archives)
{
	struct settings settings = {.archives = (struct archive *)(uintptr_t)archives, .n_archives = n};
	struct layout layout;
	layout_init(&layout, &settings, interval * UNITS_SEC, 6 * UNITS_SEC);
	return layout;
}

#define ARCHIVE(step, keep, max)                                                                             \
	{                                                                                                    \
		(step) * UNITS_SEC, (keep)*UNITS_SEC, max                                                    \
	}

/* Fractions, so that a text of too few digits shows; gaps of one step and of two hours. */
static double value_at(int64_t t, int which)
{
	int64_t at = t / 10;
	if (t - T0 >= 30000 && t - T0 < 37200)
		return NAN;
	if (which && at % 41 < 6)
		return NAN;
	return (double)(at * 7919 % 1009) / 7 + which * 1000;
}

static void update(const char *path, int64_t from, int64_t to, int64_t interval)
{
	for (int64_t t = from; t <= to; t += interval) {
		char text[128], *at = text;
		at += sprintf(at, "%lld", (long long)t);
		for (int which = 0; which < 2; which++) {
			double v = value_at(t, which);
			at += isnan(v) ? sprintf(at, ":U") : sprintf(at, ":%.17g", v);
		}
		const char *sample = text;
		rrd_clear_error();
		if (rrd_update_r(path, "a:b", 1, &sample))
			fail_msg("%s", rrd_get_error());
	}
}

static void make_file(
    const char *path, const struct layout *layout, int64_t interval, int64_t from, int64_t to)
{
	struct str error = {0};
	unlink(path);
	assert_int_equal(rrdfile_create(path, layout, &g.schema, from - interval, &error), ERR_OK);
	update(path, from, to, interval);
	str_fini(&error);
}

static void reshape(const struct layout *layout)
{
	struct image from, to;
	struct str error = {0};
	const char *why;
	assert_int_equal(image_read(g.old, &from, &why), ERR_OK);
	const struct image *sources[] = {&from};
	reshape_begin(&to, layout, &g.schema, &from);
	reshape_fill(&to, sources, 1);
	if (rrdfile_restore(g.made, &to, &error))
		fail_msg("%s", str_text(&error));
	image_fini(&from);
	image_fini(&to);
}

struct line {
	int64_t step, first, n; /* rows end at first + step, first + 2 step, ... */
	double v[2][COUNT_MAX];
};

/* As librrd gives it, which chooses the archive by step and time. */
static void read_line(
    const char *path, const char *cf, int64_t want, int64_t from, int64_t to, struct line *line)
{
	time_t start = (time_t)from, end = (time_t)to;
	unsigned long step = (unsigned long)want, n;
	char **names;
	rrd_value_t *data;
	rrd_clear_error();
	if (rrd_fetch_r(path, cf, &start, &end, &step, &n, &names, &data))
		fail_msg("%s", rrd_get_error());
	assert_int_equal(step, want);
	*line = (struct line){.step = want, .first = start, .n = (end - start) / want};
	assert_true(line->n < COUNT_MAX && n >= 2);
	for (unsigned long d = 0; d < n; d++) {
		int which = !strcmp(names[d], "b");
		for (int64_t i = 0; i < line->n; i++)
			if (d < 2)
				line->v[which][i] = data[(unsigned long)i * n + d];
		rrd_freemem(names[d]);
	}
	rrd_freemem(names);
	rrd_freemem(data);
}

static double at(const struct line *line, int which, int64_t end)
{
	int64_t i = (end - line->first) / line->step - 1;
	return i < 0 || i >= line->n ? NAN : line->v[which][i];
}

static void assert_value(double got, double want, int64_t t)
{
	if (isnan(want) != isnan(got) || (!isnan(want) && !(fabs(got - want) <= 1e-12 * fabs(want))))
		fail_msg("at T0%+lld: %.17g, not %.17g", (long long)(t - T0), got, want);
}

/* Each row of the new file is the old one's, or what the old rows of its time come to. Returns the known
 * ones. */
static unsigned compare(
    const char *cf, int64_t old_step, int64_t new_step, int64_t from, int64_t to, double xff)
{
	static struct line old, made;
	unsigned known = 0;
	read_line(g.old, cf, old_step, from, to, &old);
	read_line(g.made, cf, new_step, from, to, &made);
	for (int64_t end = made.first + new_step; end <= to; end += new_step) {
		if (end - new_step < from)
			continue;
		for (int which = 0; which < 2; which++) {
			double sum = 0, n = 0, most = -INFINITY, want;
			for (int64_t t = end - new_step; t < end; t++) {
				double v = at(&old, which, t / old_step * old_step + old_step);
				if (isnan(v))
					continue;
				sum += v;
				n++;
				most = v > most ? v : most;
			}
			want = !strcmp(cf, "MAX") ? most : sum / n;
			if (n == 0 || (double)new_step - n > xff * (double)new_step)
				want = NAN;
			known += isnan(want) ? 0 : 1;
			assert_value(at(&made, which, end), want, end);
		}
	}
	return known;
}

/* rrd_fetch takes AVERAGE rows for MAX ones where a row is one step. */
static void compare_peaks(int64_t end)
{
	static struct line old;
	struct image image;
	const char *why;
	assert_int_equal(image_read(g.made, &image, &why), ERR_OK);
	assert_int_equal(image.rra[1].def.cf, FORMAT_MAX);
	read_line(g.old, "MAX", 300, T0, end, &old);
	for (int64_t row = 0; row < 100; row++) {
		const double *made = &image.rra[1].rows[((int64_t)image.rra[1].def.rows - 1 - row) * 2];
		assert_value(made[0], at(&old, 0, end - row * 300), end - row * 300);
		assert_value(made[1], at(&old, 1, end - row * 300), end - row * 300);
	}
	image_fini(&image);
}

static const struct archive plain[] = {
    ARCHIVE(60, 7200, false), ARCHIVE(300, 2 * DAY, true), ARCHIVE(3600, 8 * DAY, true)};

/* Where the file stops: at the end of all rows, within them, within a step. */
static const int64_t stops[] = {END, END + 60, END + 17 * 60, END + 37};

static void the_same_layout_is_the_same_file(void **state)
{
	(void)state;
	struct layout layout = layout_of(60, 3, plain);
	for (size_t i = 0; i < ARRAY_LEN(stops); i++) {
		int64_t last = T0 + stops[i];
		make_file(g.old, &layout, 60, T0, T0 + END);
		if (stops[i] > END)
			update(g.old, T0 + END + (stops[i] % 60 ? stops[i] - END : 60), last, 60);
		reshape(&layout);
		assert_int_equal(rrd_last_r(g.made), rrd_last_r(g.old));
		assert_in_range(
		    compare("AVERAGE", 60, 60, last / 300 * 300 - 7200 + 300, last / 60 * 60, 0), 100, 240);
		assert_in_range(compare("AVERAGE", 300, 300, T0, last / 300 * 300, 0), 400, 700);
		assert_in_range(compare("MAX", 300, 300, T0, last / 300 * 300, 0), 400, 700);
		assert_in_range(compare("MAX", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0), 40, 60);
		/* Both go on alike: the unfinished step and rows are there too. */
		for (int64_t t = last + 60; t < last + 7200; t += 60) {
			update(g.old, t, t, 60);
			update(g.made, t, t, 60);
		}
		last += 7140;
		compare("AVERAGE", 60, 60, last / 60 * 60 - 7140, last / 60 * 60, 0);
		compare("AVERAGE", 300, 300, T0, last / 300 * 300, 0);
		compare("AVERAGE", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
		compare("MAX", 300, 300, T0, last / 300 * 300, 0);
	}
}

static void a_minute_becomes_half_a_minute(void **state)
{
	(void)state;
	static const struct archive half[] = {
	    ARCHIVE(30, 7200, false), ARCHIVE(300, 2 * DAY, true), ARCHIVE(3600, 8 * DAY, true)};
	struct layout old = layout_of(60, 3, plain), made = layout_of(30, 3, half),
		      wide = layout_of(30, 3, plain);
	int64_t last = T0 + END + 17 * 60;
	assert_int_equal(made.step, 30);
	make_file(g.old, &old, 60, T0, last);
	reshape(&made);
	assert_in_range(compare("AVERAGE", 60, 30, last - 6600, last, 0.5), 200, 500);
	compare("AVERAGE", 300, 300, T0, last / 300 * 300, 0);
	compare("MAX", 300, 300, T0, last / 300 * 300, 0);
	compare("MAX", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
	/* Only the step is another: rows stay, to the last one. */
	reshape(&wide);
	compare("AVERAGE", 60, 60, last - 7200, last, 0);
	compare("MAX", 300, 300, T0, last / 300 * 300, 0);
	/* The hour that was begun before goes on. */
	int64_t begun = last / 3600 * 3600;
	static struct line fine, hour;
	read_line(g.old, "AVERAGE", 60, begun, last, &fine);
	int64_t end = begun + 3600;
	for (int which = 0; which < 2; which++) {
		double sum = 0, known = 0, most = 0;
		for (int64_t t = begun + 60; t <= end; t += t < last ? 60 : 30) {
			double length = t <= last ? 60 : 30;
			double v = t <= last ? at(&fine, which, t) : value_at(t, which);
			if (t > last && which == 0)
				update(g.made, t, t, 30);
			if (isnan(v))
				continue;
			sum += v * length;
			known += length;
			most = fmax(most, v);
		}
		assert_true(which ? known < 3600 && known > 1800 : known > 3599);
		read_line(g.made, "AVERAGE", 3600, begun, end, &hour);
		assert_value(at(&hour, which, end), sum / known, end);
		read_line(g.made, "MAX", 3600, begun, end, &hour);
		assert_value(at(&hour, which, end), most, end);
	}
}

static void a_minute_becomes_five(void **state)
{
	(void)state;
	struct layout old = layout_of(60, 3, plain), made = layout_of(300, 2, plain + 1);
	for (int64_t more = 0; more < 300; more += 60) {
		int64_t last = (T0 + END) / 300 * 300 + more;
		assert_int_equal(made.step, 300);
		make_file(g.old, &old, 60, T0, last);
		reshape(&made);
		assert_int_equal(rrd_last_r(g.made), last);
		compare("AVERAGE", 300, 300, T0, last / 300 * 300, 0);
		compare_peaks(last / 300 * 300); /* of minutes, although a row is one step now */
		compare("AVERAGE", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
		compare("MAX", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
		/* The minutes of the step that was begun count. */
		static struct line fine, coarse;
		int64_t begun = last / 300 * 300;
		double sum = 0;
		read_line(g.old, "AVERAGE", 60, begun - 60, last, &fine);
		for (int64_t t = begun + 60; t <= last; t += 60)
			sum += at(&fine, 0, t) * 60;
		update(g.made, begun + 300, begun + 300, 300);
		sum += value_at(begun + 300, 0) * (double)(begun + 300 - last);
		read_line(g.made, "AVERAGE", 300, begun, begun + 300, &coarse);
		assert_value(at(&coarse, 0, begun + 300), sum / 300, begun + 300);
	}
}

static void five_minutes_become_one(void **state)
{
	(void)state;
	struct layout old = layout_of(300, 2, plain + 1), made = layout_of(60, 3, plain);
	int64_t last = (T0 + END) / 300 * 300 + 600;
	make_file(g.old, &old, 300, (T0 + 299) / 300 * 300, last);
	reshape(&made);
	assert_in_range(compare("AVERAGE", 300, 60, last - 7200, last, 0.5), 100, 240);
	compare("AVERAGE", 300, 300, T0, last, 0);
	compare("MAX", 300, 300, T0, last, 0);
	compare("AVERAGE", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
}

static void an_archive_is_kept_longer_or_shorter(void **state)
{
	(void)state;
	static const struct archive longer[] = {
	    ARCHIVE(60, 21600, false), ARCHIVE(300, 4 * DAY, true), ARCHIVE(3600, 30 * DAY, true)};
	static const struct archive shorter[] = {
	    ARCHIVE(60, 3600, false), ARCHIVE(300, DAY / 2, true), ARCHIVE(3600, DAY, true)};
	struct layout old = layout_of(60, 3, plain), more = layout_of(60, 3, longer),
		      less = layout_of(60, 3, shorter);
	int64_t last = T0 + END + 120;
	make_file(g.old, &old, 60, T0, last);
	reshape(&more);
	compare("AVERAGE", 60, 60, last - 7200, last, 0);
	compare("AVERAGE", 300, 300, T0, last / 300 * 300, 0);
	compare("MAX", 3600, 3600, T0 / 3600 * 3600, last / 3600 * 3600, 0);
	/* What was five minutes' mean is the best that is known of its minutes. */
	static struct line five, fine;
	read_line(g.made, "AVERAGE", 60, last - 20000, last - 7200, &fine);
	read_line(g.old, "AVERAGE", 300, last - 20400, last - 7200, &five);
	for (int64_t t = last - 19980; t < last - 7500; t += 60)
		assert_value(at(&fine, 0, t / 60 * 60), at(&five, 0, (t / 60 * 60 + 299) / 300 * 300), t);
	reshape(&less);
	compare("AVERAGE", 60, 60, last - 3600, last, 0);
	compare("MAX", 300, 300, last - DAY / 2 + 300, last / 300 * 300, 0);
}

static void an_archive_is_added_or_has_another_step(void **state)
{
	(void)state;
	static const struct archive added[] = {ARCHIVE(60, 7200, false), ARCHIVE(300, 2 * DAY, true),
	    ARCHIVE(1800, 4 * DAY, true), ARCHIVE(7200, 8 * DAY, true)};
	static const struct archive other[] = {
	    ARCHIVE(60, 7200, false), ARCHIVE(600, 2 * DAY, true), ARCHIVE(5400, 8 * DAY, true)};
	struct layout old = layout_of(60, 3, plain), more = layout_of(60, 4, added),
		      changed = layout_of(60, 3, other);
	int64_t last = T0 + END + 180;
	make_file(g.old, &old, 60, T0, last);
	reshape(&more);
	/* Peaks are those of the MAX archive, not of means. */
	assert_in_range(compare("MAX", 300, 1800, T0 / 1800 * 1800, last - 7200, 0.999), 40, 120);
	assert_in_range(compare("AVERAGE", 300, 1800, T0 / 1800 * 1800 + 1800, last - 7200, 0.5), 40, 120);
	compare("MAX", 300, 7200, T0 / 7200 * 7200, last / 7200 * 7200 - 7200, 0.999);
	reshape(&changed);
	assert_in_range(compare("MAX", 300, 600, T0 / 600 * 600, last - 7200, 0.999), 100, 400);
	assert_in_range(compare("AVERAGE", 300, 600, T0 / 600 * 600 + 600, last - 7200, 0.5), 100, 400);
	assert_in_range(compare("MAX", 300, 5400, T0 / 5400 * 5400, last - 7200, 0.999), 10, 60);
}

static void finer_rows_come_of_coarser_ones(void **state)
{
	(void)state;
	static const struct archive fine[] = {ARCHIVE(60, 7200, false), ARCHIVE(120, 2 * DAY, true)};
	struct layout old = layout_of(60, 3, plain), made = layout_of(60, 2, fine);
	int64_t last = T0 + END + 420;
	make_file(g.old, &old, 60, T0, last);
	reshape(&made);
	compare("AVERAGE", 300, 120, T0 / 600 * 600 + 600, last - 7800, 0.5);
	compare("MAX", 300, 120, T0 / 600 * 600 + 600, last - 7800, 0.999);
	/* From where there are minutes, they count: also within a row. */
	static struct line minutes, five, two;
	int64_t begin = last - 7200;
	assert_true(begin % 120 == 60 && begin % 300 != 0);
	compare("AVERAGE", 60, 120, begin + 60, last / 120 * 120, 0.5);
	read_line(g.old, "AVERAGE", 60, begin, begin + 60, &minutes);
	read_line(g.old, "AVERAGE", 300, begin - 600, begin + 600, &five);
	read_line(g.made, "AVERAGE", 120, begin - 60, begin + 60, &two);
	double before = at(&five, 0, begin / 300 * 300 + 300), after = at(&minutes, 0, begin + 60);
	assert_true(fabs(before - after) > 1);
	assert_value(at(&two, 0, begin + 60), (before + after) / 2, begin + 60);
}

static void data_sources_are_added_and_kept(void **state)
{
	(void)state;
	struct layout layout = layout_of(60, 3, plain);
	struct schema_ds grown[] = {{"b", false}, {"c", true}};
	struct schema schema = {.table = (char *)"t", .n_ds = 2, .ds = grown};
	struct format_file file;
	const char *why;
	make_file(g.old, &layout, 60, T0, T0 + END);
	struct schema before = g.schema;
	g.schema = schema;
	reshape(&layout);
	g.schema = before;
	compare("AVERAGE", 300, 300, T0, (T0 + END) / 300 * 300, 0);
	assert_int_equal(format_read(g.made, &file, &why), ERR_OK);
	assert_int_equal(file.n_ds, 3);
	assert_string_equal(file.ds[0], "a");
	assert_string_equal(file.ds[2], "c");
	/* The new one begins with the first sample. */
	const char *sample[2];
	char text[2][64];
	for (int i = 0; i < 2; i++) {
		sprintf(text[i], "%lld:1:2:3", (long long)(T0 + END + 60 * (i + 1)));
		sample[i] = text[i];
	}
	rrd_clear_error();
	assert_int_equal(rrd_update_r(g.made, "a:b:c", 2, sample), 0);
	rrd_info_t *info = rrd_info_r(g.made);
	unsigned seen = 0;
	for (rrd_info_t *one = info; one; one = one->next) {
		seen += !strcmp(one->key, "ds[c].min") && one->value.u_val == 0;
		seen += !strcmp(one->key, "ds[a].min") && one->value.u_val == 0;
		seen += !strcmp(one->key, "ds[b].min") && isnan(one->value.u_val);
		seen += !strcmp(one->key, "ds[c].minimal_heartbeat") && one->value.u_cnt == 126;
		seen += !strcmp(one->key, "rra[1].xff") && one->value.u_val == 0.5;
		seen += !strcmp(one->key, "rra[2].xff") && fabs(one->value.u_val - 0.999) < 1e-9;
	}
	assert_int_equal(seen, 6);
	rrd_info_free(info);
}

/* One file until noon, the other from then on; for a while both. */
static void two_files_become_one(void **state)
{
	(void)state;
	struct layout layout = layout_of(60, 3, plain), five = layout_of(300, 2, plain + 1);
	for (int kind = 0; kind < 4; kind++) {
		int64_t last = T0 + END;
		int64_t change = kind == 3 ? last - 1320 : T0 + 12 * 3600 + 17 * 60 + (kind == 1 ? 30 : 0);
		struct image newer, older, all;
		struct str error = {0};
		const char *why;
		make_file(g.other, kind == 2 ? &five : &layout, kind == 2 ? 300 : 60,
		    kind == 2 ? (T0 + 299) / 300 * 300 : T0, change);
		make_file(g.made, &layout, 60, change + 60 - (kind == 1 ? 30 : 0), last);
		assert_int_equal(
		    image_read(g.made, &newer, &why) | image_read(g.other, &older, &why), ERR_OK);
		const struct image *sources[] = {&newer, &older};
		reshape_begin_both(&all, &newer, &older);
		reshape_fill(&all, sources, 2);
		assert_int_equal(all.step, 60);
		assert_int_equal(all.last, last);
		assert_int_equal(rrdfile_restore(g.made, &all, &error), ERR_OK);
		image_fini(&newer);
		image_fini(&older);
		image_fini(&all);
		str_fini(&error);
		/* As if it had been one all the time. */
		make_file(g.old, &layout, 60, T0, last);
		static struct line one, both;
		for (int cf = 0; cf < 2; cf++) {
			read_line(g.old, cf ? "MAX" : "AVERAGE", 300, T0, last / 300 * 300, &one);
			read_line(g.made, cf ? "MAX" : "AVERAGE", 300, T0, last / 300 * 300, &both);
			for (int64_t t = T0 / 300 * 300 + 600; t <= last / 300 * 300; t += 300) {
				bool near = kind < 3 && t > change - 600 &&
					    t - 600 < change; /* no minutes are left */
				if (kind == 2 && t <= change + 300)
					assert_true(
					    (isnan(at(&both, 0, t)) != 0) == (isnan(value_at(t, 0)) != 0));
				else if (near && kind != 0)
					assert_true(!isnan(at(&both, 0, t)));
				else if (!near)
					assert_value(at(&both, 0, t), at(&one, 0, t), t);
			}
		}
		compare("AVERAGE", 60, 60, last - 7200, last, 0);
	}
}

static void what_cannot_be_written_leaves_the_old_file(void **state)
{
	(void)state;
	struct layout layout = layout_of(60, 3, plain);
	struct image image;
	struct str error = {0};
	const char *why;
	char *beside = str_format("%s/" RRDFILE_NEW, g.folder);
	make_file(g.old, &layout, 60, T0, T0 + 3600);
	assert_int_equal(image_read(g.old, &image, &why), ERR_OK);
	assert_int_equal(mkdir(beside, 0750), 0);
	assert_int_equal(rrdfile_restore(g.old, &image, &error), ERR_IO);
	assert_true(error.len > 0);
	assert_int_equal(rrd_last_r(g.old), T0 + 3600);
	assert_int_equal(rmdir(beside), 0);
	str_clear(&error);
	/* What a crash left, longer than it will be. */
	FILE *out = fopen(beside, "w");
	for (uint64_t i = 0; i < 2 * image_size(&image); i++)
		fputc('x', out);
	fclose(out);
	assert_int_equal(rrdfile_restore(g.old, &image, &error), ERR_OK);
	assert_int_equal(error.len, 0);
	image_fini(&image);
	str_fini(&error);
	free(beside);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_layout_is_the_same_file),
	    cmocka_unit_test(a_minute_becomes_half_a_minute),
	    cmocka_unit_test(a_minute_becomes_five),
	    cmocka_unit_test(five_minutes_become_one),
	    cmocka_unit_test(an_archive_is_kept_longer_or_shorter),
	    cmocka_unit_test(an_archive_is_added_or_has_another_step),
	    cmocka_unit_test(finer_rows_come_of_coarser_ones),
	    cmocka_unit_test(data_sources_are_added_and_kept),
	    cmocka_unit_test(two_files_become_one),
	    cmocka_unit_test(what_cannot_be_written_leaves_the_old_file),
	};
	alarm(300);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
