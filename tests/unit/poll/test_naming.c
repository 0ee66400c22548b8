#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "poll/naming.h"
#include "unit/poll/tables.h"

#include <stdio.h>

struct row_case {
	uint8_t index;
	const char *name, *descr, *mac;
	const char *key;
	bool weak;
};

static void check(const struct row_case *cases, size_t n, size_t ambiguous, bool joined)
{
	static bool first_two[3] = {false, true, false};
	struct table table;
	struct walked *walked;
	size_t i = 0;

	make_table(&table);
	table.key_joined = joined ? first_two : NULL;
	walked = walked_new(&table);
	for (size_t k = n; k-- > 0;)
		found_row(walked, cases[k].index, cases[k].name, cases[k].descr, cases[k].mac);
	assert_int_equal(naming_assign(walked), ambiguous);
	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next, i++) {
		assert_int_equal(row->index[0], cases[i].index);
		assert_string_equal(row->key, cases[i].key);
		assert_int_equal(row->weak_key, cases[i].weak);
	}
	assert_int_equal(i, n);
	walked_free(walked);
	drop_table(&table);
}

#define CHECK(cases, ambiguous)	       check(cases, sizeof(cases) / sizeof *(cases), ambiguous, false)
#define CHECK_JOINED(cases, ambiguous) check(cases, sizeof(cases) / sizeof *(cases), ambiguous, true)

static void the_first_tag_names(void **state)
{
	static const struct row_case cases[] = {
	    {1, "eth0", "port a", "m1", "eth0", false}, {2, "eth1", "port b", "m2", "eth1", false}};

	(void)state;
	CHECK(cases, 0);
}

static void empty_and_repeated_names_fall_to_the_next_tag(void **state)
{
	static const struct row_case cases[] = {
	    {1, "eth0", "port a", "m1", "port a", false},
	    {2, "eth0", "port b", "m2", "port b", false},
	    {3, "", "port c", "m3", "port c", false},
	    {4, NULL, "dup", "m4", "m4", false},
	    {5, NULL, "dup", "m5", "m5", false},
	    {6, "eth1", "port f", "m6", "eth1", false},
	};

	(void)state;
	CHECK(cases, 0);
}

static void a_name_taken_by_another_tag_is_not_used_twice(void **state)
{
	static const struct row_case cases[] = {
	    {1, "x", "port a", "m1", "x", false},
	    {2, "", "x", "m2", "m2", false},
	};

	(void)state;
	CHECK(cases, 0);
}

static void tags_unique_only_together(void **state)
{
	static const struct row_case cases[] = {
	    {1, "x", "a", NULL, "x a", false},
	    {2, "x", "b", NULL, "x b", false},
	    {3, "y", "a", NULL, "y a", false},
	    {4, "y", "b", NULL, "y b", false},
	};

	(void)state;
	CHECK(cases, 0);
}

/* key: [[name, descr], mac] */
static void tags_that_name_together(void **state)
{
	static const struct row_case cases[] = {
	    {1, "1", "a", "m1", "1 a", false},
	    {2, "1", "b", "m2", "1 b", false}, /* though the first two would do for unique ones */
	    {3, "2", NULL, "m3", "m3", false}, /* not all there */
	    {4, "3", "c", "m4", "m4", false},  /* not unique */
	    {5, "3", "c", "m5", "m5", false},
	    {6, "4", NULL, NULL, "4", false},
	    {7, "5", "d", "m1", "5 d", false},
	};

	(void)state;
	CHECK_JOINED(cases, 0);
}

static void equals_go_by_their_place(void **state)
{
	static const struct row_case cases[] = {
	    {3, "x", "a", "m", "x", true},
	    {7, "x", "a", "m", "x#2", true},
	    {8, "x#3", "b", "n", "x#3", false},
	    {9, "x", "a", "m", "x#4", true},
	};

	(void)state;
	CHECK(cases, 3);
}

static void without_tags_the_index_names(void **state)
{
	static const struct row_case two[] = {{3, "", NULL, NULL, "3", true}, {9, "", NULL, NULL, "9", true}};

	(void)state;
	CHECK(two, 0);
}

static void hostile_text_is_clean_and_bounded(void **state)
{
	struct table table;
	struct walked *walked;
	char text[1200];

	(void)state;
	make_table(&table);
	walked = walked_new(&table);
	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	memcpy(text, "\x1b[31m\n", 6);
	found_text(walked, 0, 1, text);
	naming_assign(walked);
	assert_true(strlen(walked->rows->key) <= WALKED_TEXT_MAX);
	assert_null(strchr(walked->rows->key, '\n'));
	assert_null(strchr(walked->rows->key, '\x1b'));
	walked_free(walked);
	drop_table(&table);
}

static void many_equal_rows(void **state)
{
	struct table table;
	struct walked *walked;
	size_t n = 0;

	(void)state;
	make_table(&table);
	walked = walked_new(&table);
	for (unsigned i = 0; i < 5000; i++) {
		uint8_t index[2] = {(uint8_t)(0x80 | i / 128), (uint8_t)(i % 128)};

		walked_add(walked, 0, i < 128 ? index + 1 : index, i < 128 ? 1 : 2,
		    &(struct value){.type = VALUE_OCTETS, .bytes = {(const uint8_t *)"same", 4}});
	}
	assert_true(naming_assign(walked) == 5000);
	for (struct walked_row *row = walked->rows; row != NULL; row = row->hh.next)
		n++;
	assert_int_equal(n, walked->n_rows);
	walked_free(walked);
	drop_table(&table);
}

/* Which texts must still read the same for a name to hold. */
static void columns_that_make_a_name(void **state)
{
	struct table table;
	char *tags[] = {"x", "a", NULL};
	struct row row = {.key = "x", .tags = tags};
	int columns[PROFILE_COLUMNS_MAX];

	(void)state;
	make_table(&table);
	assert_int_equal(naming_columns(&table, &row, columns), 1);
	assert_int_equal(columns[0], 0);
	row.key = "a";
	assert_int_equal(naming_columns(&table, &row, columns), 1);
	assert_int_equal(columns[0], 1);
	row.key = "x a";
	assert_int_equal(naming_columns(&table, &row, columns), 2);
	row.key = "x#2";
	assert_int_equal(naming_columns(&table, &row, columns), 2);
	assert_int_equal(naming_keys(&table, columns), 3);
	table.key_joined = (bool[]){false, true, false};
	row.key = "x";
	tags[1] = NULL;
	tags[2] = "x";
	assert_int_equal(naming_columns(&table, &row, columns), 1);
	drop_table(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_tag_names),
	    cmocka_unit_test(empty_and_repeated_names_fall_to_the_next_tag),
	    cmocka_unit_test(a_name_taken_by_another_tag_is_not_used_twice),
	    cmocka_unit_test(tags_unique_only_together),
	    cmocka_unit_test(tags_that_name_together),
	    cmocka_unit_test(equals_go_by_their_place),
	    cmocka_unit_test(without_tags_the_index_names),
	    cmocka_unit_test(hostile_text_is_clean_and_bounded),
	    cmocka_unit_test(many_equal_rows),
	    cmocka_unit_test(columns_that_make_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
