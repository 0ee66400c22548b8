#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/traffic.h"
#include "model/volume.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#define T0   INT64_C(1790812800) /* 2026-10-01 00:00 UTC */
#define STEP 300

#define assert_near(a, b)                                                                                    \
	do {                                                                                                 \
		double a_ = (a), b_ = (b);                                                                   \
		if (!(fabs(a_ - b_) <= 1e-9 * fabs(b_) + 1e-12))                                             \
			fail_msg("%s is %.17g, not %.17g", #a, a_, b_);                                      \
	} while (0)

static struct volume_figures figures_of(struct volume *volume)
{
	struct volume_figures figures;

	volume_figures(volume, &figures);
	volume_free(volume);
	return figures;
}

static void add_steps(struct volume *volume, size_t n, double (*in)(size_t), double out)
{
	volume_begin(volume);
	for (size_t i = 0; i < n; i++)
		volume_add(volume, T0 + (int64_t)i * STEP, T0 + ((int64_t)i + 1) * STEP, in(i), out);
	volume_end(volume);
}

static double rising(size_t i)
{
	return (double)(i + 1);
}

/* 100 slots of 1, 2, ... 100: five are above the 95th. */
static void the_95th_leaves_out_five_of_a_hundred(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 100 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	add_steps(volume, 100, rising, 7);
	figures = figures_of(volume);
	assert_near(figures.way[VOLUME_IN].percentile, 95);
	assert_near(figures.way[VOLUME_OUT].percentile, 7);
	assert_near(figures.percentile, 95);
	assert_near(figures.way[VOLUME_IN].octets, 5050.0 * STEP);
	assert_near(figures.way[VOLUME_IN].average, 50.5);
	assert_near(figures.way[VOLUME_IN].peak, 100);
	assert_int_equal(figures.way[VOLUME_IN].peak_time, T0 + 99 * STEP);
	assert_int_equal(figures.way[VOLUME_OUT].peak_time, T0); /* the first of equals */
	assert_near(figures.known, 1);
	assert_near(figures.complete, 1);
}

/* Nearest rank: of 20 values the 19th, of 21 the 20th. */
static void ranks_are_rounded_up(void **state)
{
	static const struct {
		size_t n;
		double expected;
	} cases[] = {{1, 1}, {2, 2}, {19, 19}, {20, 19}, {21, 20}, {40, 38}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct volume *volume = volume_new(T0, T0 + (int64_t)cases[i].n * STEP, STEP);

		add_steps(volume, cases[i].n, rising, NAN);
		assert_near(figures_of(volume).way[VOLUME_IN].percentile, cases[i].expected);
	}
}

static double gapped(size_t i)
{
	return i < 40 ? 10 : (double)NAN;
}

/* Were the gap taken as nothing, the average would be 4 and the percentile of a longer gap 0. */
static void a_gap_is_not_nothing(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 100 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	add_steps(volume, 100, gapped, 10);
	figures = figures_of(volume);
	assert_near(figures.way[VOLUME_IN].average, 10);
	assert_near(figures.way[VOLUME_IN].percentile, 10);
	assert_near(figures.way[VOLUME_IN].octets, 10.0 * 40 * STEP);
	assert_near(figures.known, 0.7); /* 40 % of one way, 100 % of the other */
	assert_near(figures.complete, 0.4);
}

static double none(size_t i)
{
	(void)i;
	return NAN;
}

static void nothing_known_is_unknown(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 3 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	add_steps(volume, 3, none, NAN);
	figures = figures_of(volume);
	assert_true(isnan(figures.way[VOLUME_IN].octets) && isnan(figures.way[VOLUME_IN].average));
	assert_true(isnan(figures.way[VOLUME_OUT].peak) && isnan(figures.percentile));
	assert_near(figures.known, 0);
}

/* One part's peak is by day, the other's by night: the sum's is no sum of peaks. */
static double by_day(size_t i)
{
	return i < 50 ? 100 : 1;
}

static double by_night(size_t i)
{
	return i < 50 ? 1 : 100;
}

static void the_percentile_of_a_sum_is_no_sum_of_percentiles(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 100 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	add_steps(volume, 100, by_day, 0);
	add_steps(volume, 100, by_night, 0);
	figures = figures_of(volume);
	assert_int_equal(figures.parts, 2);
	assert_near(figures.way[VOLUME_IN].percentile, 101);
	assert_near(figures.way[VOLUME_IN].peak, 101);
	assert_near(figures.way[VOLUME_IN].average, 101);
}

static void a_sum_skips_what_is_unknown_and_says_so(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 100 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	add_steps(volume, 100, by_day, 0);
	add_steps(volume, 100, gapped, 0);
	figures = figures_of(volume);
	assert_near(figures.way[VOLUME_IN].peak, 110);
	assert_near(figures.complete, 0.4);
	assert_near(figures.known, 0.85);
}

/* Rows of a minute: half of a slot must be known. */
static void shorter_rows_make_a_slot(void **state)
{
	struct volume *volume = volume_new(T0, T0 + 2 * STEP, STEP);
	struct volume_figures figures;

	(void)state;
	volume_begin(volume);
	for (int i = 0; i < 3; i++)
		volume_add(volume, T0 + i * 60, T0 + (i + 1) * 60, i, 5);
	for (int i = 5; i < 7; i++)
		volume_add(volume, T0 + i * 60, T0 + (i + 1) * 60, 1000, 5);
	volume_end(volume);
	figures = figures_of(volume);
	assert_near(figures.way[VOLUME_IN].peak, 1); /* two of five minutes are too few */
	assert_near(figures.way[VOLUME_IN].octets, 60 * 3 + 120 * 1000);
	assert_near(figures.known, 0.5);
}

/* An hour of which a quarter is in the period counts for a quarter. */
static void what_lies_outside_is_cut_off(void **state)
{
	struct volume *volume = volume_new(T0 + 2700, T0 + 7200, 3600);
	struct volume_figures figures;

	(void)state;
	volume_begin(volume);
	volume_add(volume, T0 - 3600, T0, 1e9, 1e9);
	volume_add(volume, T0, T0 + 3600, 100, 0);
	volume_add(volume, T0 + 3600, T0 + 7200, 10, 0);
	volume_add(volume, T0 + 7200, T0 + 10800, 1e9, 1e9);
	volume_end(volume);
	figures = figures_of(volume);
	assert_near(figures.way[VOLUME_IN].octets, 100 * 900 + 10 * 3600);
	assert_near(figures.way[VOLUME_IN].average, (100.0 * 900 + 10 * 3600) / 4500);
	assert_int_equal(figures.way[VOLUME_IN].peak_time, T0 + 2700);
	assert_near(figures.known, 1);
}

/* October 2026 in Berlin has 745 hours, March 743. */
static void months_with_a_change_of_the_clock_have_their_length(void **state)
{
	static const struct {
		int month;
		size_t hours;
	} cases[] = {{2, 743}, {9, 745}, {10, 720}};

	(void)state;
	setenv("TZ", ":Europe/Berlin", 1);
	tzset();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tm first = {.tm_year = 126, .tm_mon = cases[i].month, .tm_mday = 1, .tm_isdst = -1};
		struct tm next = {.tm_year = 126, .tm_mon = cases[i].month + 1, .tm_mday = 1, .tm_isdst = -1};
		int64_t from = mktime(&first), to = mktime(&next);
		struct volume *volume = volume_new(from, to, 3600);
		struct volume_figures figures;

		volume_begin(volume);
		for (int64_t at = from - 7200; at < to + 7200; at += 3600)
			volume_add(volume, at, at + 3600, 1, 2);
		volume_end(volume);
		figures = figures_of(volume);
		assert_near(figures.way[VOLUME_IN].octets, 3600.0 * (double)cases[i].hours);
		assert_near(figures.known, 1);
	}
}

static void rows_come_by_volume_and_the_total_is_of_all(void **state)
{
	struct traffic_report report = {.by = TRAFFIC_BY_DEVICE};
	struct traffic_row rows[4] = {0};
	static const double octets[4] = {5, NAN, 20, 5};

	(void)state;
	report.rows.v = mem_calloc(4, sizeof *rows);
	for (size_t i = 0; i < 4; i++) {
		rows[i].device = mem_strdup((const char *[]){"sw10", "dark", "sw3", "sw2"}[i]);
		rows[i].figures.parts = 1;
		rows[i].figures.known = isnan(octets[i]) ? 0 : 1;
		rows[i].figures.way[VOLUME_IN].octets = octets[i];
		rows[i].figures.way[VOLUME_OUT].octets = isnan(octets[i]) ? (double)NAN : 1;
		report.rows.v[report.rows.n++] = rows[i];
	}
	traffic_finish(&report, 3);
	assert_int_equal(report.rows.n, 3);
	assert_string_equal(report.rows.v[0].device, "sw3");
	assert_string_equal(report.rows.v[1].device, "sw2"); /* 2 before 10 */
	assert_string_equal(report.rows.v[2].device, "sw10");
	assert_int_equal(report.more, 1);
	assert_near(report.octets[VOLUME_IN], 30);
	assert_near(report.octets[VOLUME_OUT], 3);
	assert_near(report.known, 0.75);
	traffic_fini(&report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_95th_leaves_out_five_of_a_hundred),
	    cmocka_unit_test(ranks_are_rounded_up),
	    cmocka_unit_test(a_gap_is_not_nothing),
	    cmocka_unit_test(nothing_known_is_unknown),
	    cmocka_unit_test(the_percentile_of_a_sum_is_no_sum_of_percentiles),
	    cmocka_unit_test(a_sum_skips_what_is_unknown_and_says_so),
	    cmocka_unit_test(shorter_rows_make_a_slot),
	    cmocka_unit_test(what_lies_outside_is_cut_off),
	    cmocka_unit_test(months_with_a_change_of_the_clock_have_their_length),
	    cmocka_unit_test(rows_come_by_volume_and_the_total_is_of_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
