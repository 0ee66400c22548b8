#include "unit/store/fixture.h"

#include "store/fetch.h"

#include <fcntl.h>

#define T1  INT64_C(1790812800) /* a multiple of a day */
#define DAY 86400

static const char *const sources[] = {"in_octets", "out_octets"};
static char folder[64], path[128];

static int make(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rollcall-fetch-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/a.rrd", folder);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	return nftw(folder, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* Minutes for two hours, five minutes for a day, hours for ten days; `up` stands between the two. */
static void create(int64_t start)
{
	const char *argv[] = {"DS:in_octets:GAUGE:150:0:U", "DS:up:GAUGE:150:U:U",
	    "DS:out_octets:GAUGE:150:0:U", "RRA:AVERAGE:0.5:1:120", "RRA:AVERAGE:0.5:5:288",
	    "RRA:AVERAGE:0.5:60:240", "RRA:MAX:0.5:60:240"};

	rrd_clear_error();
	assert_int_equal(rrd_create_r(path, 60, (time_t)start, 7, argv), 0);
}

/* A sample a minute from `start` to `end`; unknown between the two of `gap`. */
static void fill(int64_t start, int64_t end, int64_t gap_start, int64_t gap_end)
{
	for (int64_t at = start + 60; at <= end; at += 60) {
		char *text = at > gap_start && at <= gap_end
				 ? str_format("%lld:U:1:U", (long long)at)
				 : str_format("%lld:%lld:1:7", (long long)at, (long long)(at / 60 % 5 * 100));
		const char *argv[] = {text};

		rrd_clear_error();
		if (rrd_update_r(path, NULL, 1, argv) != 0)
			fail_msg("%s: %s", text, rrd_get_error());
		free(text);
	}
}

static int64_t resolution(int64_t from, int64_t to, int64_t wanted)
{
	struct str error = {0};
	int64_t step = 0;
	enum err err = fetch_resolution(path, sources, 2, from, to, wanted, &step, &error);

	if (err != ERR_OK)
		fail_msg("%s: %s", err_text(err), str_text(&error));
	str_fini(&error);
	return step;
}

static void read_all(int64_t from, int64_t to, int64_t step, struct fetch *fetch)
{
	struct str error = {0};

	if (fetch_read(path, sources, 2, from, to, step, fetch, &error) != ERR_OK)
		fail_msg("%s", str_text(&error));
	str_fini(&error);
	assert_int_equal(fetch->step, step);
}

static void the_longest_of_short_enough_rows_is_taken(void **state)
{
	(void)state;
	create(T1);
	fill(T1, T1 + DAY / 4, 0, 0);
	assert_int_equal(resolution(T1 + DAY / 4 - 3600, T1 + DAY / 4, 300), 300);
	assert_int_equal(resolution(T1 + DAY / 4 - 3600, T1 + DAY / 4, 60), 60);
	assert_int_equal(resolution(T1 + DAY / 4 - 3600, T1 + DAY / 4, 7200), 3600);
	assert_int_equal(resolution(T1, T1 + DAY / 4, 60), 300); /* the minutes begin later */
}

/* The period begins before the five minutes do: in one case something was there, in the other nothing was. */
static void a_finer_archive_that_misses_only_the_unknown_is_taken(void **state)
{
	(void)state;
	create(T1);
	fill(T1, T1 + 2 * DAY, 0, 0);
	assert_int_equal(resolution(T1, T1 + 2 * DAY, 300), 3600);
	create(T1 + DAY + 7200);
	fill(T1 + DAY + 7200, T1 + 2 * DAY, 0, 0);
	assert_int_equal(resolution(T1, T1 + 2 * DAY, 300), 300);
	assert_int_equal(resolution(T1 - 100 * DAY, T1 + 2 * DAY, 300), 300);
}

static void rows_are_averages_and_gaps_are_unknown(void **state)
{
	struct fetch fetch;

	(void)state;
	create(T1);
	fill(T1, T1 + 7200, T1 + 1800, T1 + 3600);
	read_all(T1 + 600, T1 + 7200, 300, &fetch);
	assert_int_equal(fetch.start, T1 + 600);
	assert_true(fetch.n_rows >= 22);
	for (size_t row = 0; row < 22; row++) {
		int64_t at = fetch.start + (int64_t)row * 300;

		if (at >= T1 + 1800 && at < T1 + 3600) {
			assert_true(isnan(fetch.v[row * 2]) && isnan(fetch.v[row * 2 + 1]));
		} else {
			assert_near(fetch.v[row * 2], 200, 1e-6); /* of 0, 100, 200, 300, 400 */
			assert_near(fetch.v[row * 2 + 1], 7, 1e-6);
		}
	}
	fetch_fini(&fetch);
}

/* Not what another archive says of the time before. */
static void an_archive_is_asked_for_no_more_than_it_holds(void **state)
{
	struct fetch fetch;

	(void)state;
	create(T1);
	fill(T1, T1 + DAY / 4, 0, 0);
	read_all(T1, T1 + 2 * DAY, 60, &fetch);
	assert_int_equal(fetch.start, T1 + DAY / 4 - 7200);
	assert_near(fetch.v[0], 100, 1e-6);
	fetch_fini(&fetch);
	read_all(T1 - 5 * DAY, T1 - 4 * DAY, 60, &fetch);
	assert_int_equal(fetch.n_rows, 0);
	fetch_fini(&fetch);
}

static void what_is_no_good_is_told(void **state)
{
	struct str error = {0};
	struct fetch fetch;
	int64_t step;
	const char *other[] = {"temp"};

	(void)state;
	unlink(path);
	assert_int_equal(fetch_resolution(path, sources, 2, T1, T1 + DAY, 300, &step, &error), ERR_NOT_FOUND);
	create(T1);
	fill(T1, T1 + 600, 0, 0);
	assert_int_equal(fetch_resolution(path, other, 1, T1, T1 + DAY, 300, &step, &error), ERR_UNSUPPORTED);
	assert_int_equal(truncate(path, 5000), 0);
	str_clear(&error);
	assert_int_equal(fetch_read(path, sources, 2, T1, T1 + DAY, 300, &fetch, &error), ERR_CORRUPT);
	assert_string_not_equal(str_text(&error), "");
	fetch_fini(&fetch);
	str_fini(&error);
}

/* A data source that came later is unknown where the file has none. */
static void a_missing_source_is_unknown(void **state)
{
	const char *more[] = {"out_octets", "in_new"};
	struct str error = {0};
	struct fetch fetch;

	(void)state;
	create(T1);
	fill(T1, T1 + 1200, 0, 0);
	assert_int_equal(fetch_read(path, more, 2, T1, T1 + 1200, 300, &fetch, &error), ERR_OK);
	assert_near(fetch.v[2], 7, 1e-6);
	assert_true(isnan(fetch.v[3]));
	fetch_fini(&fetch);
	str_fini(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_longest_of_short_enough_rows_is_taken),
	    cmocka_unit_test(a_finer_archive_that_misses_only_the_unknown_is_taken),
	    cmocka_unit_test(rows_are_averages_and_gaps_are_unknown),
	    cmocka_unit_test(an_archive_is_asked_for_no_more_than_it_holds),
	    cmocka_unit_test(what_is_no_good_is_told),
	    cmocka_unit_test(a_missing_source_is_unknown),
	};

	return cmocka_run_group_tests(tests, make, clean);
}
