/* Patterns, conversions and names: what published profiles make of values. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/match.h"
#include "poll/transform.h"

#include <stdlib.h>
#include <string.h>

static const struct source plain = {.scale = 1, .bits = 64};

static struct value octets(const void *p, size_t len)
{
	return (struct value){.type = VALUE_OCTETS, .bytes = {.p = p, .len = (uint32_t)len}};
}

static struct match *pattern(const char *text)
{
	char *error = NULL;
	size_t offset;
	struct match *match = match_new(text, &error, &offset);

	assert_non_null(match);
	return match;
}

static void assert_number(
    const struct column *column, const struct source *source, struct value value, uint64_t expected)
{
	struct transform_cell cell = transform_value(column, source, &value);

	assert_int_equal(cell.quality, QUALITY_OK);
	assert_int_equal(cell.raw, expected);
}

static void assert_decode(const struct column *column, struct value value)
{
	assert_int_equal(transform_value(column, &plain, &value).quality, QUALITY_DECODE);
}

static void assert_tag(
    const struct column *column, const struct source *source, const char *given, const char *expected)
{
	struct value value = octets(given, strlen(given));
	struct str text = {0};

	assert_int_equal(transform_tag(column, source, &value, &text), expected != NULL);
	assert_string_equal(str_text(&text), expected != NULL ? expected : "");
	str_fini(&text);
}

static char *template_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

static void matches_are_rewritten(void **state)
{
	struct column column = {.kind = KIND_GAUGE, .extract = pattern("v(\\d+)\\.(\\d+)(b)?")};

	(void)state;
	column.rewrite = template_text("$1$2");
	assert_number(&column, &plain, octets("OS v15.2", 8), 152);
	assert_decode(&column, octets("OS 15.2", 7));
	column.is_tag = true;
	column.rewrite = template_text("\\1-${2}0 $3.$x $");
	assert_tag(&column, &plain, "OS v15.2", "15-20 .$x $");
	column.rewrite = template_text("found");
	assert_tag(&column, &plain, "OS v15.2", "found");
	assert_tag(&column, &plain, "nothing", NULL);
	match_free(column.extract);
}

/* Fields of metadata have several objects, each with a pattern of its own. */
static void a_source_has_its_own_pattern(void **state)
{
	struct column column = {.is_tag = true, .extract = pattern("a(.)")};
	struct source source = plain;

	(void)state;
	source.extract = pattern("b(.)");
	assert_tag(&column, &source, "a1b2", "2");
	assert_tag(&column, &plain, "a1b2", "1");
	source.rewrite = template_text("<$1>");
	assert_tag(&column, &source, "a1b2", "<2>");
	match_free(source.extract);
	match_free(column.extract);
}

static void octets_convert(void **state)
{
	static const uint8_t four[] = {1, 2, 3, 4}, nine[9] = {1};
	struct column column = {.kind = KIND_GAUGE, .convert = CONVERT_BIG_ENDIAN};

	(void)state;
	assert_number(&column, &plain, octets(four, 4), 0x01020304);
	assert_decode(&column, octets(nine, 9));
	assert_decode(&column, octets(nine, 0));
	column.convert = CONVERT_LITTLE_ENDIAN;
	assert_number(&column, &plain, octets(four, 4), 0x04030201);
	assert_number(&column, &plain, (struct value){.type = VALUE_GAUGE32, .u = 7}, 7);
	column.convert = CONVERT_ONE;
	assert_number(&column, &plain, octets("anything", 8), 1);
	assert_number(&column, &plain, (struct value){.type = VALUE_INTEGER, .i = -4}, 1);
	column = (struct column){.kind = KIND_BITS, .convert = CONVERT_FLAGS};
	assert_number(&column, &plain, octets("0110", 4), 6);
	assert_number(&column, &plain, octets("10 ", 3), 1);
	assert_decode(&column, octets("012", 3));
	assert_decode(&column, octets("", 0));
}

static void names_are_understood(void **state)
{
	static struct enum_name names[] = {
	    {1, (char *)(uintptr_t) "onLine"}, {2, (char *)(uintptr_t) "onBattery"}};
	static struct text_name texts[] = {{(char *)(uintptr_t) "fiber", (char *)(uintptr_t) "glass"}};
	struct column column = {.kind = KIND_ENUM, .names = names, .n_names = 2};

	(void)state;
	assert_number(&column, &plain, octets("OnBattery", 9), 2);
	assert_number(&column, &plain, octets("2", 1), 2);
	assert_decode(&column, octets("off", 3));
	column.is_tag = true;
	assert_tag(&column, &plain, "1", "onLine");
	assert_tag(&column, &plain, "off", "off");
	column.texts = texts;
	column.n_texts = 1;
	assert_tag(&column, &plain, "fiber", "glass");
	assert_tag(&column, &plain, "copper", "copper");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(matches_are_rewritten),
	    cmocka_unit_test(a_source_has_its_own_pattern),
	    cmocka_unit_test(octets_convert),
	    cmocka_unit_test(names_are_understood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
