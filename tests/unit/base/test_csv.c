#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* All cells with | between them, rows with / between. */
static void expect(const char *text, const char *expected)
{
	char out[1024] = "";
	struct csv csv;
	uint32_t line;
	const char *wrong = csv_parse(text, strlen(text), &csv, &line);

	if (wrong != NULL)
		fail_msg("%s (line %u)", wrong, line);
	for (size_t i = 0; i < csv.n_rows; i++) {
		for (size_t j = 0; j < csv.rows[i].n; j++) {
			strcat(out, j > 0 ? "|" : i > 0 ? "/" : "");
			strcat(out, csv.rows[i].cells[j]);
		}
	}
	csv_fini(&csv);
	assert_string_equal(out, expected);
}

static void expect_wrong(const char *text, size_t len, const char *expected, uint32_t expected_line)
{
	struct csv csv;
	uint32_t line;
	const char *wrong = csv_parse(text, len, &csv, &line);

	assert_non_null(wrong);
	if (strstr(wrong, expected) == NULL)
		fail_msg("'%s' is not in '%s'", expected, wrong);
	assert_int_equal(line, expected_line);
}

static void cells_and_rows(void **state)
{
	(void)state;
	expect("a,b\n1,2\n", "a|b/1|2");
	expect("a,b\r\n1,2", "a|b/1|2");
	expect("\xef\xbb\xbf"
	       "a;b\n1;2,5\n",
	    "a|b/1|2,5");
	expect("a\tb\n1\t2;3\n", "a|b/1|2;3");
	expect("a\n1\n", "a/1");
	expect(" a , b \n 1 ,2 \n", "a|b/1|2");
	expect("a,b\n\n,\n1,\n", "a|b/1|");
}

static void quotes(void **state)
{
	(void)state;
	expect("a,b\n\"x,y\",\"say \"\"hi\"\"\"\n", "a|b/x,y|say \"hi\"");
	expect("a,b\n\"two\nlines\",2\n", "a|b/two\nlines|2");
	expect("a,b\n\"  kept \" ,2\n", "a|b/  kept |2");
	expect("a,b\nx\"y,2\n", "a|b/x\"y|2");
}

static void tabs_as_mysql_writes_them(void **state)
{
	(void)state;
	expect("a\tb\nx\\ty\\\\z\\nw\tNULL\n", "a|b/x\ty\\z\nw|NULL");
	expect("a\tb\n\"half\tb\n", "a|b/\"half|b");
	expect("a\tb\n\"whole\"\tb\n", "a|b/whole|b");
	expect("a\tb\nC:\\dir\tb\n", "a|b/C:\\dir|b");
}

static void rows_know_their_lines(void **state)
{
	static const char text[] = "a,b\n\"1\n2\n3\",x\n\nlast,y\n";
	struct csv csv;
	uint32_t line;

	(void)state;
	assert_null(csv_parse(text, strlen(text), &csv, &line));
	assert_int_equal(csv.n_rows, 3);
	assert_int_equal(csv.rows[1].line, 2);
	assert_int_equal(csv.rows[2].line, 6);
	csv_fini(&csv);
}

static void what_is_no_table_is_told(void **state)
{
	char wide[2000], *long_cell = malloc(200000);

	(void)state;
	expect_wrong("", 0, "is empty", 1);
	expect_wrong("\n\n  \n", 5, "is empty", 4);
	expect_wrong("a,b\n\"open\nand more\n", 20, "not closed", 4);
	expect_wrong("a,b\n1,\"x\"y\n", 11, "behind a closed quote", 2);
	memset(wide, ',', sizeof wide);
	expect_wrong(wide, sizeof wide, "more than 512 columns", 1);
	memset(long_cell, 'x', 200000);
	expect_wrong(long_cell, 200000, "longer than 64 KiB", 1);
	free(long_cell);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(cells_and_rows), cmocka_unit_test(quotes),
	    cmocka_unit_test(tabs_as_mysql_writes_them), cmocka_unit_test(rows_know_their_lines),
	    cmocka_unit_test(what_is_no_table_is_told)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
