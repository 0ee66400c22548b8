#include "base/str.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#define R UTF8_REPLACEMENT

static void grows(void **state)
{
	struct str s = {0};
	char *stolen;

	(void)state;
	assert_string_equal(str_text(&s), "");
	assert_null(s.s);
	str_clear(&s);
	str_add(&s, "ab");
	str_add_char(&s, 'c');
	str_add_n(&s, "defg", 2);
	str_addf(&s, "%d", 7);
	assert_string_equal(s.s, "abcde7");
	assert_int_equal(s.len, 6);
	for (int i = 0; i < 1000; i++)
		str_addf(&s, "%0100d", i);
	assert_int_equal(s.len, 6 + 100000);
	assert_int_equal(strlen(s.s), s.len);
	str_clear(&s);
	assert_string_equal(str_text(&s), "");
	str_add_n(&s, "a\0b", 3);
	assert_int_equal(s.len, 3);
	stolen = str_steal(&s);
	assert_memory_equal(stolen, "a\0b", 4);
	free(stolen);
	stolen = str_steal(&s);
	assert_string_equal(stolen, "");
	free(stolen);
	stolen = str_format("%s-%u", "x", 3u);
	assert_string_equal(stolen, "x-3");
	free(stolen);
	str_fini(&s);
	str_fini(&s);
}

static void makes_hostile_bytes_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		const char *want;
	} cases[] = {
#define CASE(bytes, want) {bytes, sizeof(bytes) - 1, want}
	    CASE("", ""),
	    CASE("plain", "plain"),
	    CASE("  two  words", "  two  words"),
	    CASE("tail \0 \0\0", "tail"),
	    CASE("tail\r\n", "tail"),
	    CASE("\0\0", ""),
	    CASE("a\0b", "a" R "b"),
	    CASE("a\tb\nc", "a b c"),
	    CASE("a\r\nb\rc", "a b c"),
	    CASE("\033[2J\007", R "[2J" R),
	    CASE("\x7f", R),
	    CASE("caf\xc3\xa9", "café"),
	    CASE("caf\xe9", "caf"
			    "\\xe9"),
	    CASE("\xed\x95\x9c\xea\xb8\x80", "한글"),
	    CASE("\xf0\x9f\x94\xa5", "🔥"),
	    /* C1 controls, encoded and bare */
	    CASE("a\xc2\x9b"
		 "2J",
		"a" R "2J"),
	    CASE("a\x9b"
		 "2J",
		"a"
		"\\x9b"
		"2J"),
	    CASE("\xc2\x80\xc2\xa0", R "\xc2\xa0"),
	    /* overlong forms of '/' */
	    CASE("\xc0\xaf", "\\xc0\\xaf"),
	    CASE("\xe0\x80\xaf", "\\xe0\\x80\\xaf"),
	    CASE("\xf0\x80\x80\xaf", "\\xf0\\x80\\x80\\xaf"),
	    /* surrogates, above U+10FFFF, never leads */
	    CASE("\xed\xa0\x80", "\\xed\\xa0\\x80"),
	    CASE("\xed\xbf\xbf", "\\xed\\xbf\\xbf"),
	    CASE("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"),
	    CASE("\xf5\xff\xfe", "\\xf5\\xff\\xfe"),
	    CASE("\xf4\x8f\xbf\xbf", "\xf4\x8f\xbf\xbf"),
	    /* cut short */
	    CASE("\xe2\x82", "\\xe2\\x82"),
	    CASE("\xf0\x9f\x94z", "\\xf0\\x9f\\x94"
				  "z"),
	    CASE("\xc3", "\\xc3"),
	    CASE("\xc3\xc3\xa9", "\\xc3"
				 "é"),
	    CASE("\xa9\xa9", "\\xa9\\xa9"),
	    /* bidirectional overrides and isolates, line and paragraph separators */
	    CASE("a\xe2\x80\xae"
		 "b",
		"a" R "b"),
	    CASE("\xe2\x80\xaa\xe2\x81\xa6\xe2\x81\xa9", R R R),
	    CASE("a\xe2\x80\xa8"
		 "b\xe2\x80\xa9"
		 "c",
		"a b c"),
	    CASE("\xe2\x80\xa7\xe2\x80\xaf", "\xe2\x80\xa7\xe2\x80\xaf"),
#undef CASE
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str s = {0};

		str_add_utf8(&s, cases[i].bytes, cases[i].len);
		assert_string_equal(str_text(&s), cases[i].want);
		str_fini(&s);
	}
}

/* Random bytes: what comes out is valid, harmless, and cleaning it again changes nothing. */
static void clean_text_stays(void **state)
{
	uint32_t seed = 7;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		struct str once = {0}, twice = {0};
		unsigned char bytes[40];
		size_t at = 0;

		for (size_t i = 0; i < sizeof bytes; i++) {
			seed = seed * 1664525u + 1013904223u;
			bytes[i] = (unsigned char)(seed >> (round % 2 ? 24 : 16));
		}
		str_add_utf8(&once, bytes, sizeof bytes);
		while (at < once.len) {
			int32_t code;

			at += utf8_decode((unsigned char *)once.s + at, once.len - at, &code);
			assert_true(code >= 0 && utf8_is_harmless(code));
		}
		str_add_utf8(&twice, once.s, once.len);
		assert_string_equal(twice.s, once.s);
		str_fini(&once);
		str_fini(&twice);
	}
}

static void encodes_for_files_and_shells(void **state)
{
	static const struct {
		const char *text, *percent, *shell;
	} cases[] = {
	    {"", "", "''"},
	    {"core-sw1", "core-sw1", "core-sw1"},
	    {"Gi0/1", "Gi0%2F1", "Gi0/1"},
	    {".", "%2E", "."},
	    {"..", "%2E.", ".."},
	    {".x.y", "%2Ex.y", ".x.y"},
	    {"a b", "a%20b", "'a b'"},
	    {"it's", "it%27s", "'it'\\''s'"},
	    {"$(x)", "%24%28x%29", "'$(x)'"},
	    {"é%", "%C3%A9%25", "'é%'"},
	    {"~x", "%7Ex", "'~x'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str s = {0};

		str_add_percent(&s, cases[i].text);
		assert_string_equal(str_text(&s), cases[i].percent);
		str_clear(&s);
		str_add_shell(&s, cases[i].text);
		assert_string_equal(str_text(&s), cases[i].shell);
		str_fini(&s);
	}
}

static void measures_columns(void **state)
{
	(void)state;
	assert_int_equal(str_width(""), 0);
	assert_int_equal(str_width("abc"), 3);
	assert_int_equal(str_width("café"), 4);
	assert_int_equal(str_width("cafe\xcc\x81"), 4); /* e and a combining accent */
	assert_int_equal(str_width("한글"), 4);
	assert_int_equal(str_width("漢字ア"), 6);
	assert_int_equal(str_width("🔥"), 2);
	assert_int_equal(str_width("–"), 1);
	assert_int_equal(str_width("12.4 °C"), 7);
	assert_int_equal(str_fit("abc", 2), 2);
	assert_int_equal(str_fit("abc", 9), 3);
	assert_int_equal(str_fit("한글", 3), 3); /* a wide letter is not halved */
	assert_int_equal(str_fit("한글", 4), 6);
	assert_int_equal(str_fit("e\xcc\x81x", 1), 3); /* the accent stays with its letter */
	assert_int_equal(str_fit("abc", 0), 0);
}

static void finds_what_was_meant(void **state)
{
	static const char *const keys[] = {
	    "interval", "timeout", "retries", "community", "address", "ip", "id", "n"};
	static const struct {
		const char *word, *want;
	} cases[] = {
	    {"interval", "interval"},
	    {"intervall", "interval"},
	    {"Interval", "interval"},
	    {"itnerval", "interval"},
	    {"timout", "timeout"},
	    {"retry", NULL},
	    {"retrys", "retries"},
	    {"comunity", "community"},
	    {"adress", "address"},
	    {"i", "ip"},
	    {"pi", "ip"}, /* swapped: one mistake, not two */
	    {"x", NULL},  /* "n" is as near as a letter can be, but nothing like it */
	    {"xy", NULL},
	    {"", NULL},
	    {"completely-else", NULL},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const char *got = str_nearest(cases[i].word, keys, sizeof keys / sizeof keys[0]);

		if (!str_equal(got, cases[i].want))
			fail_msg("%s: %s, not %s", cases[i].word, got ? got : "nothing",
			    cases[i].want ? cases[i].want : "nothing");
	}
	assert_null(str_nearest("x", keys, 0));
}

static void compares(void **state)
{
	(void)state;
	assert_true(str_starts("abc", "ab"));
	assert_true(str_starts("abc", ""));
	assert_false(str_starts("ab", "abc"));
	assert_true(str_ends("abc", "bc"));
	assert_true(str_ends("abc", ""));
	assert_false(str_ends("bc", "abc"));
	assert_true(str_equal("a", "a"));
	assert_false(str_equal("a", "b"));
	assert_false(str_equal("a", NULL));
	assert_true(str_equal(NULL, NULL));
}

/* Slots and file names hang on these: they may never change. */
static void hashes_stay(void **state)
{
	(void)state;
	assert_true(str_hash("", 0) == UINT64_C(0xefd01f60ba992926));
	assert_true(str_hash("a", 1) == UINT64_C(0x82a2a958a9bece5b));
	assert_true(str_hash("core-sw1", 8) == UINT64_C(0x28a3a0d0ec7e1a9e));
}

static void reads_integers(void **state)
{
	static const char *const bad[] = {
	    "", "-", "+1", " 1", "1 ", "1x", "0x1", "--1", "1.0", "1e3", "18446744073709551616"};
	int64_t i64;
	uint64_t u64;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(str_to_i64(bad[i], &i64));
		assert_false(str_to_u64(bad[i], &u64));
	}
	assert_false(str_to_u64("-1", &u64));
	assert_true(str_to_u64("18446744073709551615", &u64));
	assert_true(u64 == UINT64_MAX);
	assert_true(str_to_i64("9223372036854775807", &i64));
	assert_true(i64 == INT64_MAX);
	assert_true(str_to_i64("-9223372036854775808", &i64));
	assert_true(i64 == INT64_MIN);
	assert_false(str_to_i64("9223372036854775808", &i64));
	assert_false(str_to_i64("-9223372036854775809", &i64));
	assert_true(str_to_i64("-0", &i64));
	assert_int_equal(i64, 0);
	assert_true(str_to_i64("007", &i64));
	assert_int_equal(i64, 7);
}

static void reads_doubles(void **state)
{
	static const struct {
		const char *text;
		double x;
	} good[] = {{"0", 0}, {"-1.5", -1.5}, {"+2", 2}, {".5", 0.5}, {"5.", 5}, {"1e3", 1000},
	    {"1E-3", 0.001}, {"1e-999", 0}};
	static const char *const bad[] = {
	    "", ".", "-", "e5", "1e", "1e+", "inf", "nan", "0x1p3", " 1", "1 ", "1,5", "1e999", "1.2.3"};
	double x;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(str_to_double(good[i].text, &x));
		assert_true(x == good[i].x);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (str_to_double(bad[i], &x))
			fail_msg("\"%s\" was taken", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(grows),
	    cmocka_unit_test(makes_hostile_bytes_text),
	    cmocka_unit_test(clean_text_stays),
	    cmocka_unit_test(encodes_for_files_and_shells),
	    cmocka_unit_test(measures_columns),
	    cmocka_unit_test(finds_what_was_meant),
	    cmocka_unit_test(compares),
	    cmocka_unit_test(hashes_stay),
	    cmocka_unit_test(reads_integers),
	    cmocka_unit_test(reads_doubles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
