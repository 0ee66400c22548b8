#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "poll/commit.h"
#include "poll/rows.h"
#include "unit/poll/tables.h"

#include <math.h>
#include <stdio.h>

struct bench {
	struct table table;
	struct rowset *set;
	struct rows_change change;
};

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	make_table(&bench->table);
	bench->set = rowset_new(&bench->table);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	rowset_free(bench->set);
	drop_table(&bench->table);
	free(bench);
	return 0;
}

/* Walks rows "name@index" in a list ended by NULL. */
static void merge(struct bench *bench, bool complete, const struct row_filter *filter, ...)
{
	struct walked *walked = walked_new(&bench->table);
	va_list ap;

	va_start(ap, filter);
	for (const char *text = va_arg(ap, const char *); text != NULL; text = va_arg(ap, const char *)) {
		char name[64], descr[80];
		unsigned index;

		assert_int_equal(sscanf(text, "%63[^@]@%u", name, &index), 2);
		snprintf(descr, sizeof descr, "about %s", name);
		found_row(walked, (uint8_t)index, name, descr, NULL);
	}
	va_end(ap);
	rows_merge(bench->set, walked, complete, filter, &bench->change);
	walked_free(walked);
}

static struct row *row(struct bench *bench, const char *key)
{
	size_t number = rowset_find(bench->set, key);

	return number == SIZE_MAX ? NULL : &bench->set->rows[number];
}

static void rows_follow_their_names(void **state)
{
	struct bench *bench = *state;
	uint32_t generation;

	merge(bench, true, NULL, "a@1", "b@2", "c@3", NULL);
	assert_int_equal(bench->change.added, 3);
	assert_true(row(bench, "b")->placed);
	bench->set->raw[rowset_cell(bench->set, 1, 3)] = 77;
	generation = bench->set->generation;
	rows_unplace(bench->set);
	merge(bench, true, NULL, "b@1", "c@2", "a@3", "d@4", NULL);
	assert_int_equal(bench->change.moved, 3);
	assert_int_equal(bench->change.added, 1);
	assert_int_equal(row(bench, "b")->index[0], 1);
	assert_int_equal(row(bench, "a")->index[0], 3);
	assert_int_equal(bench->set->raw[rowset_cell(bench->set, 1, 3)], 77); /* the row is where it was */
	assert_true(bench->set->generation != generation);
	assert_string_equal(rowset_tag(bench->set, 1, 1), "about b");
}

static void the_third_complete_walk_retires(void **state)
{
	struct bench *bench = *state;

	merge(bench, true, NULL, "a@1", "b@2", NULL);
	for (int i = 0; i < 2; i++) {
		merge(bench, true, NULL, "a@1", NULL);
		assert_int_equal(bench->change.missing, 1);
		assert_false(row(bench, "b")->placed);
		merge(bench, false, NULL, "a@1", NULL); /* says nothing */
		assert_int_equal(row(bench, "b")->missed, i + 1);
	}
	merge(bench, true, NULL, "a@1", "b@5", NULL); /* just in time */
	assert_int_equal(row(bench, "b")->missed, 0);
	assert_int_equal(row(bench, "b")->index[0], 5);
	for (int i = 0; i < 3; i++)
		merge(bench, true, NULL, "a@1", NULL);
	assert_int_equal(bench->change.retired, 1);
	assert_null(row(bench, "b"));
	assert_non_null(row(bench, "a"));
}

static void a_cut_walk_confirms_what_it_shows(void **state)
{
	struct bench *bench = *state;

	merge(bench, true, NULL, "a@1", "b@2", "c@3", NULL);
	rows_unplace(bench->set);
	merge(bench, false, NULL, "b@1", "x@9", NULL);
	assert_true(row(bench, "b")->placed);
	assert_int_equal(row(bench, "b")->index[0], 1);
	assert_false(row(bench, "a")->placed);
	assert_false(row(bench, "c")->placed);
	assert_null(row(bench, "x")); /* too little is known to name it */
	assert_int_equal(bench->set->n_rows, 3);
}

/* A walk for no reason, cut after it has shown that indexes have moved. */
static void a_cut_walk_displaces_what_it_contradicts(void **state)
{
	struct bench *bench = *state;

	merge(bench, true, NULL, "a@1", "b@2", "c@3", NULL);
	merge(bench, false, NULL, "b@1", NULL);
	assert_true(row(bench, "b")->placed);
	assert_false(row(bench, "a")->placed); /* b lives there */
	assert_true(row(bench, "c")->placed);
	merge(bench, false, NULL, "new@3", NULL);
	assert_false(row(bench, "c")->placed);
}

static void the_first_walk_may_be_cut(void **state)
{
	struct bench *bench = *state;

	merge(bench, false, NULL, "a@1", "b@2", NULL);
	assert_int_equal(bench->set->n_rows, 2);
	merge(bench, true, NULL, "a@1", "b@2", "c@3", NULL);
	assert_int_equal(bench->set->n_rows, 3);
}

static void each_cell_has_the_first_source_that_is_there(void **state)
{
	struct bench *bench = *state;
	struct walked *walked = walked_new(&bench->table);
	struct rowset *set = bench->set;

	found_row(walked, 1, "wide", "w", NULL);
	found_text(walked, 0, 2, "narrow");
	found_number(walked, 4, 2, 5);
	found_text(walked, 0, 3, "none");
	rows_merge(set, walked, true, NULL, &bench->change);
	walked_free(walked);
	assert_int_equal(set->form[rowset_cell(set, 0, 3)] >> 2, 0);
	assert_int_equal(set->form[rowset_cell(set, 1, 3)] >> 2, 1);
	assert_int_equal(set->form[rowset_cell(set, 2, 3)] >> 2, CELL_NO_SOURCE);
	assert_int_equal(set->quality[rowset_cell(set, 2, 3)], QUALITY_NO_SUCH);
	assert_null(rowset_source(set, 2, 3));
	/* A change of source ends the baseline. */
	set->form[rowset_cell(set, 1, 3)] |= CELL_UNSIGNED;
	walked = walked_new(&bench->table);
	found_row(walked, 2, "narrow", NULL, NULL);
	rows_merge(set, walked, true, NULL, &bench->change);
	walked_free(walked);
	assert_int_equal(set->form[rowset_cell(set, 1, 3)], CELL_NONE);
}

static void a_magic_value_gives_way_to_the_next_source(void **state)
{
	struct bench *bench = *state;
	struct walked *walked = walked_new(&bench->table);
	struct source *wide = &bench->table.columns[3].sources[0];

	wide->absent = malloc(sizeof *wide->absent);
	wide->absent[0] = 1000;
	wide->n_absent = 1;
	found_row(walked, 1, "a", "w", NULL);
	found_number(walked, 4, 1, 5);
	rows_merge(bench->set, walked, true, NULL, &bench->change);
	walked_free(walked);
	assert_string_equal(rowset_source(bench->set, 0, 3)->name, "octets");
	assert_int_equal(bench->set->form[rowset_cell(bench->set, 0, 3)] >> 2, 1);
}

static void static_numbers_come_from_the_walk(void **state)
{
	struct bench *bench = *state;

	bench->table.columns[4].is_static = true;
	merge(bench, true, NULL, "a@1", NULL);
	assert_true(rowset_value(bench->set, 0, 4) == 10);
	assert_true(isnan(rowset_value(bench->set, 0, 3)));
}

static void filters(void **state)
{
	struct bench *bench = *state;
	char *error;
	size_t offset;
	struct row_filter filter = {.table = (char[]){"ports"}};

	bench->table.exclude = match_new("^lo", &error, &offset);
	merge(bench, true, NULL, "lo0@1", "eth0@2", NULL);
	assert_true(row(bench, "lo0")->excluded);
	assert_false(row(bench, "eth0")->excluded);
	filter.include = match_new("^(lo|wan)", &error, &offset);
	filter.exclude = match_new("9$", &error, &offset);
	merge(bench, true, &filter, "lo1@3", "wan0@4", "wan9@5", "eth1@6", NULL);
	assert_false(row(bench, "lo1")->excluded);
	assert_false(row(bench, "wan0")->excluded);
	assert_true(row(bench, "wan9")->excluded);
	assert_true(row(bench, "eth1")->excluded);
	match_free(filter.include);
	match_free(filter.exclude);
	match_free(bench->table.exclude);
	bench->table.exclude = NULL;
}

static void memory_of_a_row(void **state)
{
	struct bench *bench = *state;

	merge(bench, true, NULL, "a@1", NULL);
	assert_true(sizeof(struct row) <= 72);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	    T(rows_follow_their_names),
	    T(the_third_complete_walk_retires),
	    T(a_cut_walk_confirms_what_it_shows),
	    T(a_cut_walk_displaces_what_it_contradicts),
	    T(the_first_walk_may_be_cut),
	    T(each_cell_has_the_first_source_that_is_there),
	    T(a_magic_value_gives_way_to_the_next_source),
	    T(static_numbers_come_from_the_walk),
	    T(filters),
	    T(memory_of_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
