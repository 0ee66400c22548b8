#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "views/grid.h"

static void check(struct str *out, const char *expected)
{
	assert_string_equal(str_text(out), expected);
	str_fini(out);
}

static void columns_align(void **state)
{
	struct grid *grid = grid_new("lrl");
	struct str out = {0};

	(void)state;
	grid_cell(grid, "a");
	grid_cell(grid, "1");
	grid_cell(grid, "short");
	grid_cell(grid, "long-name");
	grid_cell(grid, "1,234");
	grid_cell(grid, NULL);
	grid_render(grid, &out, 0, 80, false);
	grid_free(grid);
	check(&out, "a              1  short\n"
		    "long-name  1,234\n");
}

static void last_column_wraps(void **state)
{
	struct grid *grid = grid_new("ll");
	struct str out = {0};

	(void)state;
	grid_cell(grid, "sw1");
	grid_cell(grid, "does not answer SNMP at 192.0.2.1");
	grid_render(grid, &out, 2, 30, false);
	grid_free(grid);
	check(&out, "  sw1  does not answer SNMP at\n"
		    "       192.0.2.1\n");
}

static void a_remark_is_cut_where_text_is_wrapped(void **state)
{
	struct grid *grid = grid_new("ll");
	struct str out = {0};

	(void)state;
	grid_cell(grid, "sw1");
	grid_cell(grid, "does not answer SNMP at 192.0.2.1");
	grid_cell(grid, NULL);
	grid_cell_clipped(grid, "acknowledged by lee: on my way", "2");
	grid_render(grid, &out, 2, 30, true);
	grid_free(grid);
	check(&out, "  sw1  does not answer SNMP at\n"
		    "       192.0.2.1\n"
		    "       \033[2macknowledged by lee: o\xe2\x80\xa6\033[0m\n");
}

static void a_very_long_text_is_cut(void **state)
{
	struct grid *grid = grid_new("lll");
	struct str out = {0};

	(void)state;
	grid_cell(grid, "D");
	grid_cell(grid, "a-name-much-longer-than-any-column-should-be");
	grid_cell(grid, "does not answer SNMP at 192.0.2.1");
	grid_render(grid, &out, 0, 60, false);
	grid_free(grid);
	check(&out, "D  a-name-much-longer-th\xe2\x80\xa6  does not answer SNMP at 192.0.2.1\n");
}

static void wide_letters_count_two(void **state)
{
	struct grid *grid = grid_new("ll");
	struct str out = {0};

	(void)state;
	grid_cell(grid, "\xec\x9e\xa5\xeb\xb9\x84"); /* two Hangul syllables: four columns */
	grid_cell(grid, "x");
	grid_cell(grid, "abcde");
	grid_cell(grid, "y");
	grid_render(grid, &out, 0, 80, false);
	grid_free(grid);
	check(&out, "\xec\x9e\xa5\xeb\xb9\x84   x\nabcde  y\n");
}

static void colour_only_when_asked(void **state)
{
	struct str out = {0};

	(void)state;
	for (int colour = 0; colour < 2; colour++) {
		struct grid *grid = grid_new("ll");

		grid_cell_styled(grid, "D", "31");
		grid_cell(grid, "sw1");
		grid_render(grid, &out, 0, 80, colour != 0);
		grid_free(grid);
	}
	check(&out, "D  sw1\n\033[31mD\033[0m  sw1\n");
}

static void a_word_longer_than_the_room_ends(void **state)
{
	struct str out = {0};

	(void)state;
	grid_wrap(&out, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", 0, 20);
	check(&out, "aaaaaaaaaaaaaaaaaaaa\naaaaaaaaaaaaaaaaaaaa\nb");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(columns_align),
	    cmocka_unit_test(last_column_wraps), cmocka_unit_test(a_remark_is_cut_where_text_is_wrapped),
	    cmocka_unit_test(a_very_long_text_is_cut), cmocka_unit_test(wide_letters_count_two),
	    cmocka_unit_test(colour_only_when_asked), cmocka_unit_test(a_word_longer_than_the_room_ends)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
