#include "base/match.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static struct match *match_of(const char *pattern)
{
	char *error = NULL;
	size_t offset;
	struct match *match = match_new(pattern, &error, &offset);

	if (match == NULL)
		fail_msg("%s: %s at %zu", pattern, error, offset);
	return match;
}

static void tests_text(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool want;
	} cases[] = {
	    {"Cisco", "Cisco IOS", true}, {"IOS", "Cisco IOS", true}, /* unanchored */
	    {"^IOS", "Cisco IOS", false}, {"(?i)cisco", "CISCO", true}, {"^(lo|Null)\\d+$", "lo0", true},
	    {"^(lo|Null)\\d+$", "lo0.1", false}, {"", "", true}, {"caf\xe9", "caf", false},
	    {"é?x", "x", true}, {"^é?$", "\xc3", false}, /* half a letter is none */
	    {"é", "\xff é \xff", true},			 /* invalid text does not hide valid parts */
	    {"^.$", "\xe9", true},			 /* Latin-1 text is bytes to a plain pattern */
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *error = NULL;
		size_t offset;
		struct match *match = match_new(cases[i].pattern, &error, &offset);

		free(error);
		if (match == NULL && !cases[i].want)
			continue; /* not UTF-8 itself: refused */
		assert_non_null(match);
		assert_string_equal(match_pattern(match), cases[i].pattern);
		for (int again = 0; again < 2; again++)
			if (match_test(match, cases[i].text) != cases[i].want)
				fail_msg("%s on %s", cases[i].pattern, cases[i].text);
		match_free(match);
	}
	match_free(NULL);
}

static void tells_mistakes(void **state)
{
	static const struct {
		const char *pattern;
		size_t offset;
	} cases[] = {{"a(b", 3}, {"[a", 2}, {"a**+", 2}, {"x\\C", 3}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *error = NULL;
		size_t offset = 999;

		if (match_new(cases[i].pattern, &error, &offset))
			fail_msg("%s was taken", cases[i].pattern);
		assert_non_null(error);
		assert_true(strlen(error) > 5);
		assert_int_equal(offset, cases[i].offset);
		free(error);
	}
}

static void captures(void **state)
{
	struct match *match = match_of("temp(?:erature)?\\s*[:=]\\s*(-?[\\d.]+)(F)?");
	char buf[16], tiny[3];

	(void)state;
	assert_true(match_capture(match, "fan ok, temperature: -12.5 C", 1, buf, sizeof buf));
	assert_string_equal(buf, "-12.5");
	assert_true(match_capture(match, "temp=40F", 0, buf, sizeof buf));
	assert_string_equal(buf, "temp=40F");
	assert_true(match_capture(match, "temp=12345", 1, tiny, sizeof tiny));
	assert_string_equal(tiny, "12");
	assert_false(match_capture(match, "temp=40", 2, buf, sizeof buf)); /* took no part */
	assert_false(match_capture(match, "temp=40", 3, buf, sizeof buf)); /* no such group */
	assert_false(match_capture(match, "none", 1, buf, sizeof buf));
	assert_false(match_capture(match, "temp=40", 1, buf, 0));
	match_free(match);
}

/* Without limits each of these takes longer than the universe has been there. */
static void cannot_be_hung(void **state)
{
	static const char *const patterns[] = {"^(a+)+$", "(a|aa)+$", "^(?:(?:a?){40}a{40})+$",
	    "(?:.*?,){20}P|(x+x+)+y|([a-z]+)*\\d$", "(a+){1,30}$", "a*a*a*a*a*a*!\\d"};
	char text[256];

	(void)state;
	memset(text, 'a', sizeof text);
	text[254] = '!';
	text[255] = '\0';
	for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
		struct match *match = match_of(patterns[i]);

		assert_false(match_test(match, text));
		match_free(match);
	}
}

/* The second branch would match, after a quarter of a million steps in the first. */
static void a_limit_hit_is_no_match(void **state)
{
	struct match *match = match_of("^(?:(a+)+b|.*!)$");

	(void)state;
	assert_true(match_test(match, "aaaaaa!"));
	assert_false(match_test(match, "aaaaaaaaaaaaaaaaaa!"));
	match_free(match);
}

/* Recursion deeper than the machine code's small stack: same answer by other means. */
static void goes_deep(void **state)
{
	struct match *match = match_of("^(?:(a)|b)*$");
	char text[4001];

	(void)state;
	memset(text, 'a', 4000);
	text[4000] = '\0';
	assert_true(match_test(match, text));
	match_free(match);
}

static void globs(void **state)
{
	(void)state;
	assert_true(match_glob("core-*", "core-sw1"));
	assert_true(match_glob("Gi*", "Gi0/1"));
	assert_true(match_glob("*", ""));
	assert_true(match_glob("sw[12]", "sw2"));
	assert_false(match_glob("sw?", "sw"));
	assert_false(match_glob("CORE-*", "core-sw1"));
	assert_false(match_glob("core", "core-sw1"));
	assert_true(match_glob("*", ".hidden"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tests_text),
	    cmocka_unit_test(tells_mistakes),
	    cmocka_unit_test(captures),
	    cmocka_unit_test(cannot_be_hung),
	    cmocka_unit_test(a_limit_hit_is_no_match),
	    cmocka_unit_test(goes_deep),
	    cmocka_unit_test(globs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
