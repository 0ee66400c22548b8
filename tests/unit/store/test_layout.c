#include "unit/store/fixture.h"

#include "store/layout.h"

static struct layout layout_of(struct archive *archives, size_t n, int64_t interval, int64_t timeout)
{
	struct settings settings = {.archives = archives, .n_archives = n};
	struct layout layout;
	layout_init(&layout, &settings, interval, timeout);
	return layout;
}

static void step_is_the_smaller_one(void **state)
{
	(void)state;
	struct archive minute = {60 * UNITS_SEC, 2 * 86400 * UNITS_SEC, false};
	assert_int_equal(layout_of(&minute, 1, 300 * UNITS_SEC, 0).step, 60);
	assert_int_equal(layout_of(&minute, 1, 30 * UNITS_SEC, 0).step, 30);
	assert_int_equal(layout_of(&minute, 1, 500 * UNITS_MS, 0).step, 1);
	assert_int_equal(layout_of(&minute, 1, 2500 * UNITS_MS, 0).step, 2);
}

static void heartbeat_is_two_intervals_and_the_budget(void **state)
{
	(void)state;
	struct archive minute = {60 * UNITS_SEC, 2 * 86400 * UNITS_SEC, false};
	assert_int_equal(layout_of(&minute, 1, 60 * UNITS_SEC, 8 * UNITS_SEC).heartbeat, 128);
	assert_int_equal(layout_of(&minute, 1, 300 * UNITS_SEC, 2500 * UNITS_MS).heartbeat, 603);
	assert_true(layout_of(&minute, 1, 100 * UNITS_MS, 0).heartbeat > 1);
}

static void archive_steps_are_rounded_up(void **state)
{
	(void)state;
	struct archive archives[] = {
	    {60 * UNITS_SEC, 3600 * UNITS_SEC, false},
	    {300 * UNITS_SEC, 86400 * UNITS_SEC, true},
	};
	struct layout layout = layout_of(archives, 2, 60 * UNITS_SEC, 0);
	assert_false(layout.rounded);
	assert_int_equal(layout.n_rras, 3);
	assert_int_equal(layout.rra[0].pdps, 1);
	assert_int_equal(layout.rra[0].rows, 60);
	assert_int_equal(layout.rra[1].pdps, 5);
	assert_int_equal(layout.rra[1].rows, 288);
	assert_true(layout.rra[2].is_max);
	/* Seven seconds: a minute is nine steps, 63 s; an hour of those 58 rows. */
	layout = layout_of(archives, 2, 7 * UNITS_SEC, 0);
	assert_true(layout.rounded);
	assert_int_equal(layout.rra[0].pdps, 9);
	assert_int_equal(layout.rra[0].rows, 58);
}

static void size_of_the_default_archives(void **state)
{
	(void)state;
	struct archive archives[] = {
	    {60 * UNITS_SEC, 2 * 86400 * UNITS_SEC, false},
	    {300 * UNITS_SEC, 35 * 86400 * UNITS_SEC, false},
	    {3600 * UNITS_SEC, 400 * 86400 * UNITS_SEC, true},
	    {86400 * UNITS_SEC, 5 * 365 * 86400 * UNITS_SEC, true},
	};
	struct settings settings = {.archives = archives, .n_archives = 4};
	/* The design says: about 3 MB for ten data sources. */
	assert_in_range(store_file_size(&settings, 60 * UNITS_SEC, 10), 2800000, 3200000);
}

static void a_file_is_compared_in_any_order(void **state)
{
	(void)state;
	struct archive archives[] = {
	    {60 * UNITS_SEC, 3600 * UNITS_SEC, false},
	    {300 * UNITS_SEC, 86400 * UNITS_SEC, true},
	};
	struct layout layout = layout_of(archives, 2, 60 * UNITS_SEC, 0);
	static struct format_file file;
	file.step = 60;
	file.n_rras = 3;
	file.rra[0] = (struct format_rra){FORMAT_MAX, 5, 288, 0.999};
	file.rra[1] = (struct format_rra){FORMAT_AVERAGE, 1, 60, 0.5};
	file.rra[2] = (struct format_rra){FORMAT_AVERAGE, 5, 288, 0.5};
	assert_true(layout_is_of(&layout, &file));
	file.n_rras = 2; /* one is missing */
	assert_false(layout_is_of(&layout, &file));
	file.n_rras = 4; /* one is there twice */
	file.rra[3] = file.rra[2];
	assert_false(layout_is_of(&layout, &file));
	file.n_rras = 3;
	file.rra[2] = file.rra[1]; /* twice, in the place of another one */
	assert_false(layout_is_of(&layout, &file));
	file.rra[2] = (struct format_rra){FORMAT_AVERAGE, 5, 289, 0.5};
	assert_false(layout_is_of(&layout, &file));
	file.rra[2] = (struct format_rra){FORMAT_OTHER, 5, 288, 0.5};
	assert_false(layout_is_of(&layout, &file));
	file.rra[2] = (struct format_rra){FORMAT_AVERAGE, 5, 288, 0.5};
	file.step = 30;
	assert_false(layout_is_of(&layout, &file));
}

static void texts_are_rrdtools(void **state)
{
	(void)state;
	struct str text = {0};
	layout_add_rra(&text, &(struct layout_rra){false, 5, 10080});
	assert_string_equal(text.s, "RRA:AVERAGE:0.5:5:10080");
	str_clear(&text);
	layout_add_rra(&text, &(struct layout_rra){true, 60, 9600});
	assert_string_equal(text.s, "RRA:MAX:0.999:60:9600");
	str_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(step_is_the_smaller_one),
	    cmocka_unit_test(heartbeat_is_two_intervals_and_the_budget),
	    cmocka_unit_test(archive_steps_are_rounded_up),
	    cmocka_unit_test(size_of_the_default_archives),
	    cmocka_unit_test(a_file_is_compared_in_any_order),
	    cmocka_unit_test(texts_are_rrdtools),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
