#include "base/str.h"
#include "config/diag.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static char *render(const struct diag *diag)
{
	struct str out = {0};

	diag_render(diag, &out);
	return str_steal(&out);
}

static struct diag_place at(uint32_t file, uint32_t line, uint32_t col)
{
	return (struct diag_place){file, line, col};
}

static void renders_place_line_and_caret(void **state)
{
	static const char text[] = "first: 1\nsecond: 2\n";
	struct diag *diag = diag_new();
	uint32_t file = diag_add_file(diag, "a.yaml", text, strlen(text));
	char *out;

	(void)state;
	diag_error(diag, at(file, 2, 9), "wrong %s; right it", "two");
	diag_warning(diag, at(file, 0, 0), "all of it; none of it");
	diag_note(diag, at(0, 0, 0), "by the way");
	out = render(diag);
	assert_string_equal(out, "note: by the way\n"
				 "a.yaml: warning: all of it; none of it\n"
				 "a.yaml:2:9: error: wrong two; right it\n    second: 2\n            ^\n");
	assert_int_equal(diag_errors(diag), 1);
	assert_int_equal(diag_warnings(diag), 1);
	free(out);
	diag_free(diag);
}

static void sorts_by_file_then_line_and_keeps_one_of_equals(void **state)
{
	struct diag *diag = diag_new();
	uint32_t a = diag_add_file(diag, "a", NULL, 0), b = diag_add_file(diag, "b", NULL, 0);
	char *out;

	(void)state;
	diag_error(diag, at(b, 1, 1), "four");
	diag_error(diag, at(a, 10, 1), "three");
	diag_error(diag, at(a, 9, 2), "two");
	diag_error(diag, at(a, 9, 1), "one");
	diag_error(diag, at(a, 9, 1), "one");
	out = render(diag);
	assert_string_equal(
	    out, "a:9:1: error: one\na:9:2: error: two\na:10:1: error: three\nb:1:1: error: four\n");
	assert_int_equal(diag_errors(diag), 4);
	free(out);
	diag_free(diag);
}

static void many_warnings_do_not_crowd_out_an_error(void **state)
{
	struct diag *diag = diag_new();
	char *out;

	(void)state;
	for (uint32_t i = 1; i <= DIAG_OTHERS_MAX + 7; i++)
		diag_warning(diag, at(0, 0, 0), "warning %u", i);
	diag_error(diag, at(0, 0, 0), "the error");
	for (uint32_t i = 1; i < DIAG_ERRORS_MAX + 3; i++)
		diag_error(diag, at(0, 0, 0), "error %u", i);
	out = render(diag);
	assert_non_null(strstr(out, "error: the error\n"));
	assert_non_null(strstr(out, "and 7 more warnings\n"));
	assert_non_null(strstr(out, "and 3 more errors\n"));
	assert_int_equal(diag_errors(diag), DIAG_ERRORS_MAX + 3);
	free(out);
	diag_free(diag);
}

static void wide_and_strange_characters_keep_the_caret_in_place(void **state)
{
	static const char text[] = "\xec\x84\x9c\xec\x9a\xb8:\t\x1b[31m x\n";
	struct diag *diag = diag_new();
	uint32_t file = diag_add_file(diag, "a", text, strlen(text));
	char *out;

	(void)state;
	diag_error(diag, at(file, 1, 3), "colon \x1b[0m");
	out = render(diag);
	assert_null(strchr(out, '\x1b'));
	assert_non_null(strstr(out, "\n        ^\n")); /* two letters of two columns each */
	free(out);
	diag_free(diag);
}

static void long_lines_are_cut_around_the_caret(void **state)
{
	char text[5001], *out;
	struct diag *diag = diag_new();
	uint32_t file;

	(void)state;
	memset(text, 'x', 5000);
	text[3000] = '!';
	text[5000] = '\0';
	file = diag_add_file(diag, "a", text, 5000);
	diag_error(diag, at(file, 1, 3001), "there");
	out = render(diag);
	assert_true(strlen(out) < 400);
	char *shown = strchr(out, '!'), *line = strchr(out, '\n') + 1, *caret = strchr(out, '^');

	assert_non_null(shown);
	assert_int_equal(shown - line, caret - (strchr(line, '\n') + 1));
	free(out);
	diag_free(diag);
}

static void hidden_text_never_shows(void **state)
{
	static const char text[] = "{user: a, community: hunter22, port: x}\n";
	struct diag *diag = diag_new();
	uint32_t file = diag_add_file(diag, "a", text, strlen(text));
	char *out;

	(void)state;
	diag_hide(diag, at(file, 1, 22), at(file, 1, 30));
	diag_error(diag, at(file, 1, 38), "port");
	out = render(diag);
	assert_string_equal(out, "a:1:38: error: port\n    {user: a, community: ***, port: x}\n"
				 "                                    ^\n");
	free(out);
	diag_free(diag);
}

static void unparsed_files_hide_what_follows_a_secret_key(void **state)
{
	static const char *const lines[] = {"community: hunter22", "  \"community\" : hunter22",
	    "{comunity: hunter22}", "x: {Community: hunter22", "password: 'hunter22", "auth_key: hunter22",
	    "a: b, passphrase: hunter22"};

	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct diag *diag = diag_new();
		uint32_t file = diag_add_file(diag, "a", lines[i], strlen(lines[i]));
		char *out;

		diag_hide_by_keys(diag, file);
		diag_error(diag, at(file, 1, 1), "syntax");
		out = render(diag);
		if (strstr(out, "hunter22") != NULL || strstr(out, "***") == NULL)
			fail_msg("%s -> %s", lines[i], out);
		free(out);
		diag_free(diag);
	}
}

static void a_secret_on_the_line_after_its_key_is_hidden_too(void **state)
{
	static const char text[] = "community:\n  hunter22\nport: 161\n";
	struct diag *diag = diag_new();
	uint32_t file = diag_add_file(diag, "a", text, strlen(text));
	char *out;

	(void)state;
	diag_hide_by_keys(diag, file);
	diag_error(diag, at(file, 2, 3), "syntax");
	diag_error(diag, at(file, 3, 1), "syntax");
	out = render(diag);
	assert_null(strstr(out, "hunter22"));
	assert_non_null(strstr(out, "port: 161"));
	free(out);
	diag_free(diag);
}

static void unknown_names_the_nearest_or_what_there_is(void **state)
{
	static const char *const few[] = {"alpha", "beta"};
	struct diag *diag = diag_new();
	char *out;

	(void)state;
	diag_unknown(diag, DIAG_ERROR, at(0, 0, 0), "key", "alpah", few, 2);
	diag_unknown(diag, DIAG_WARNING, at(0, 0, 0), "key", "quux", few, 2);
	diag_unknown(diag, DIAG_ERROR, at(0, 0, 0), "profile", "x", NULL, 0);
	out = render(diag);
	assert_string_equal(out, "error: unknown key 'alpah'; did you mean 'alpha'?\n"
				 "warning: unknown key 'quux'; known are alpha, beta\n"
				 "error: unknown profile 'x'; there is none\n");
	free(out);
	diag_free(diag);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(renders_place_line_and_caret),
	    cmocka_unit_test(sorts_by_file_then_line_and_keeps_one_of_equals),
	    cmocka_unit_test(many_warnings_do_not_crowd_out_an_error),
	    cmocka_unit_test(wide_and_strange_characters_keep_the_caret_in_place),
	    cmocka_unit_test(long_lines_are_cut_around_the_caret),
	    cmocka_unit_test(hidden_text_never_shows),
	    cmocka_unit_test(unparsed_files_hide_what_follows_a_secret_key),
	    cmocka_unit_test(a_secret_on_the_line_after_its_key_is_hidden_too),
	    cmocka_unit_test(unknown_names_the_nearest_or_what_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
