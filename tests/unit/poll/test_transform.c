#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poll/transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct source plain = {.name = "x", .bits = 64, .scale = 1};
static const struct column gauge = {.name = "x", .kind = KIND_GAUGE};
static const struct column counter = {.name = "x", .kind = KIND_COUNTER};
static const struct column enumeration = {.name = "x", .kind = KIND_ENUM};
static const struct column bits = {.name = "x", .kind = KIND_BITS};
static const struct column ticks = {.name = "x", .kind = KIND_TIMETICKS};
static const struct column date = {.name = "x", .kind = KIND_DATETIME};

static struct value integer(int64_t i)
{
	return (struct value){.type = VALUE_INTEGER, .i = i};
}

static struct value number(enum value_type type, uint64_t u)
{
	return (struct value){.type = type, .u = u};
}

static struct value real(enum value_type type, double d)
{
	return (struct value){.type = type, .d = d};
}

static struct value octets(const void *p, size_t len)
{
	return (struct value){.type = VALUE_OCTETS, .bytes = {.p = p, .len = (uint32_t)len}};
}

static struct value text(const char *s)
{
	return octets(s, strlen(s));
}

static void assert_cell(const struct column *column, struct value value, enum cell_form form, uint64_t raw)
{
	struct transform_cell cell = transform_value(column, &plain, &value);

	assert_int_equal(cell.quality, QUALITY_OK);
	assert_int_equal(cell.form, form);
	assert_int_equal(cell.raw, raw);
}

static void assert_real(const struct column *column, struct value value, double expected)
{
	struct transform_cell cell = transform_value(column, &plain, &value);
	double d;

	assert_int_equal(cell.quality, QUALITY_OK);
	assert_int_equal(cell.form, CELL_DOUBLE);
	memcpy(&d, &cell.raw, sizeof d);
	assert_true(fabs(d - expected) <= 1e-12 * fabs(expected));
}

static void assert_none(const struct column *column, struct value value, enum quality quality)
{
	struct transform_cell cell = transform_value(column, &plain, &value);

	assert_int_equal(cell.quality, quality);
	assert_int_equal(cell.form, CELL_NONE);
	assert_int_equal(cell.raw, 0);
}

static void any_integer_type_is_an_integer(void **state)
{
	static const struct column *const columns[] = {&gauge, &counter, &enumeration, &bits, &ticks, &date};
	static const enum value_type types[] = {
	    VALUE_COUNTER32, VALUE_GAUGE32, VALUE_TIMETICKS, VALUE_COUNTER64};

	(void)state;
	for (size_t c = 0; c < 6; c++) {
		for (size_t t = 0; t < 4; t++)
			assert_cell(columns[c], number(types[t], 42), CELL_UNSIGNED, 42);
		assert_cell(columns[c], integer(42), CELL_UNSIGNED, 42);
	}
	assert_cell(&counter, number(VALUE_COUNTER64, UINT64_MAX), CELL_UNSIGNED, UINT64_MAX);
}

static void negative_numbers(void **state)
{
	(void)state;
	assert_cell(&gauge, integer(-7), CELL_SIGNED, (uint64_t)-7);
	assert_cell(&enumeration, integer(-1), CELL_SIGNED, (uint64_t)-1);
	assert_none(&counter, integer(-1), QUALITY_DECODE);
	assert_cell(&gauge, text("-12"), CELL_SIGNED, (uint64_t)-12);
}

static void what_is_absent(void **state)
{
	struct value none[] = {{.type = VALUE_NULL}, {.type = VALUE_NO_SUCH_OBJECT},
	    {.type = VALUE_NO_SUCH_INSTANCE}, {.type = VALUE_END_OF_MIB_VIEW}};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_none(&gauge, none[i], QUALITY_NO_SUCH);
		assert_none(&counter, none[i], QUALITY_NO_SUCH);
	}
	assert_none(&gauge, (struct value){.type = VALUE_BAD}, QUALITY_DECODE);
}

static void magic_numbers_mean_none(void **state)
{
	double absent[] = {-1, 4294967295, 101};
	struct source source = plain;
	struct value values[] = {integer(-1), number(VALUE_GAUGE32, UINT32_MAX), text("101"), text(" -1 "),
	    real(VALUE_FLOAT, 101)};
	struct value good[] = {integer(1), number(VALUE_GAUGE32, UINT32_MAX - 1), text("101.5"), integer(0)};

	(void)state;
	source.absent = absent;
	source.n_absent = 3;
	for (size_t i = 0; i < 5; i++) {
		struct transform_cell cell = transform_value(&gauge, &source, &values[i]);

		assert_int_equal(cell.quality, QUALITY_ABSENT);
		assert_int_equal(cell.form, CELL_NONE);
		cell = transform_value(&counter, &source, &values[i]);
		assert_int_equal(cell.quality, QUALITY_ABSENT);
	}
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(transform_value(&gauge, &source, &good[i]).quality, QUALITY_OK);
}

static void numbers_in_text(void **state)
{
	(void)state;
	assert_real(&gauge, text("12.5"), 12.5);
	assert_real(&gauge, text(" 12.5\r\n"), 12.5);
	assert_real(&gauge, octets("12.5\0\0", 6), 12.5);
	assert_real(&gauge, text("1.5e3"), 1500);
	assert_cell(&gauge, text("1000000000"), CELL_UNSIGNED, 1000000000); /* ifSpeed as text */
	assert_cell(&counter, text("18446744073709551615"), CELL_UNSIGNED, UINT64_MAX);
	assert_none(&gauge, text("512.0 MB"), QUALITY_DECODE);
	assert_none(&gauge, text(""), QUALITY_DECODE);
	assert_none(&gauge, text(" \t\r\n"), QUALITY_DECODE);
	assert_none(&gauge, text("n/a"), QUALITY_DECODE);
	assert_none(&gauge, text("nan"), QUALITY_DECODE);
	assert_none(&gauge, text("inf"), QUALITY_DECODE);
	assert_none(&gauge, text("0x10"), QUALITY_DECODE);
	assert_none(&gauge, octets("12\0garbage", 10), QUALITY_DECODE);
}

static struct column extracting(struct column column, const char *pattern)
{
	char *error = NULL;
	size_t offset;

	column.extract = match_new(pattern, &error, &offset);
	assert_non_null(column.extract);
	return column;
}

static void numbers_inside_text(void **state)
{
	struct column memory = extracting(gauge, "^([0-9.]+) MB$");
	struct column load = extracting(gauge, "60 Secs \\( *([0-9.]+)%\\)");
	struct column bare = extracting(gauge, "[0-9]+");
	struct column octets8 = extracting(counter, "([0-9]+) x");
	char much[5000];

	(void)state;
	assert_real(&memory, text("512.5 MB"), 512.5);
	assert_none(&memory, text("512.0 GB"), QUALITY_DECODE);
	assert_cell(&memory, integer(512), CELL_UNSIGNED, 512); /* newer firmware sends a number */
	assert_real(&load, text("    5 Secs (  9.9%)   60 Secs ( 11.6%)  300 Secs ( 12.1%)"), 11.6);
	assert_none(&bare, text("12"), QUALITY_DECODE); /* no group 1 */
	assert_cell(&octets8, text("123456 x"), CELL_UNSIGNED, 123456);
	memset(much, 'a', sizeof much);
	assert_none(&memory, octets(much, sizeof much), QUALITY_DECODE);
	assert_none(&gauge, octets(much, sizeof much), QUALITY_DECODE);
	memset(much, ' ', sizeof much);
	memcpy(much + 250, "12 MB", 5);
	assert_cell(&memory, octets(much, sizeof much), CELL_UNSIGNED, 12);
	memset(much, 'a', sizeof much);
	memcpy(much + 249, "(12 x)", 6);
	assert_cell(&octets8, octets(much, 255), CELL_UNSIGNED, 12); /* the longest that is not cut */
	assert_cell(&octets8, octets(much, sizeof much), CELL_UNSIGNED, 12);
	memcpy(much + 249, "aa(12 x)", 8);
	assert_none(&octets8, octets(much, sizeof much), QUALITY_DECODE);
	memset(much, '1', sizeof much);
	assert_none(&gauge, octets(much, sizeof much), QUALITY_DECODE);
	match_free(memory.extract);
	match_free(load.extract);
	match_free(bare.extract);
	match_free(octets8.extract);
}

static void counters_in_octets(void **state)
{
	(void)state;
	assert_cell(&counter, octets("\0\0\0\0\0\0\1\2", 8), CELL_UNSIGNED, 258);
	assert_cell(&counter, octets("\xff\xff\xff\xff\xff\xff\xff\xff", 8), CELL_UNSIGNED, UINT64_MAX);
	assert_cell(&counter, text("12345678"), CELL_UNSIGNED, 12345678);
	assert_cell(&counter, text("00000000"), CELL_UNSIGNED, 0);
	assert_cell(&counter, text("99999999"), CELL_UNSIGNED, 99999999);
	assert_cell(&counter, text("9999999:"), CELL_UNSIGNED, UINT64_C(0x393939393939393a));
	assert_cell(&counter, text("/0000000"), CELL_UNSIGNED, UINT64_C(0x2f30303030303030));
	assert_none(&counter, octets("\0\0\0\0\0\1\2", 7), QUALITY_DECODE);
	assert_none(&gauge, octets("\0\0\0\0\0\0\1\2", 8), QUALITY_DECODE);
}

static void floats(void **state)
{
	(void)state;
	assert_real(&gauge, real(VALUE_FLOAT, 0.5), 0.5);
	assert_real(&gauge, real(VALUE_DOUBLE, -1e300), -1e300);
	assert_none(&gauge, real(VALUE_DOUBLE, (double)NAN), QUALITY_DECODE);
	assert_none(&gauge, real(VALUE_FLOAT, (double)INFINITY), QUALITY_DECODE);
	assert_cell(&counter, real(VALUE_DOUBLE, 1e15), CELL_UNSIGNED, UINT64_C(1000000000000000));
	assert_cell(&counter, real(VALUE_FLOAT, 0), CELL_UNSIGNED, 0);
	assert_none(&counter, real(VALUE_DOUBLE, 18446744073709551616.0), QUALITY_DECODE);
	assert_none(&counter, real(VALUE_DOUBLE, 1.5), QUALITY_DECODE);
	assert_none(&counter, real(VALUE_DOUBLE, -1), QUALITY_DECODE);
	assert_none(&counter, real(VALUE_DOUBLE, 1.9e19), QUALITY_DECODE);
}

static void sets_of_flags(void **state)
{
	(void)state;
	assert_cell(&bits, octets("\x80", 1), CELL_UNSIGNED, 1);
	assert_cell(&bits, octets("\x80\x00", 2), CELL_UNSIGNED, 1); /* the same set */
	assert_cell(&bits, octets("\x01\x40", 2), CELL_UNSIGNED, 1 << 7 | 1 << 9);
	assert_cell(&bits, octets("", 0), CELL_UNSIGNED, 0);
	assert_cell(&bits, octets("\0\0\0\0\0\0\0\1\0\0", 10), CELL_UNSIGNED, UINT64_C(1) << 63);
	assert_none(&bits, octets("\0\0\0\0\0\0\0\0\1", 9), QUALITY_DECODE);
}

static void dates(void **state)
{
	(void)state;
	assert_real(&date, octets("\x07\xea\x0b\x18\x13\x1e\x00\x05", 8), 1795548600.5);
	assert_real(&date, octets("\x07\xea\x0b\x18\x13\x1e\x00\x00+\x09\x00", 11), 1795548600.0 - 9 * 3600);
	assert_cell(&date, integer(1795548600), CELL_UNSIGNED, 1795548600);
	assert_none(&date, octets("\x07\xea\x0d\x18\x13\x1e\x00\x05", 8), QUALITY_DECODE); /* 13th month */
	assert_none(&date, octets("\0\0\0\0\0\0\0\0", 8), QUALITY_DECODE);
}

static void what_is_no_number(void **state)
{
	static const uint8_t four[] = {10, 0, 0, 1};
	struct value values[] = {{.type = VALUE_OID, .bytes = {four, 4}},
	    {.type = VALUE_IPADDRESS, .bytes = {four, 4}}, {.type = VALUE_OPAQUE, .bytes = {four, 4}}};

	(void)state;
	for (size_t i = 0; i < 3; i++)
		assert_none(&gauge, values[i], QUALITY_DECODE);
}

static void identities_by_extract(void **state)
{
	static const uint8_t fixed_disk[] = {0x2b, 6, 1, 2, 1, 25, 2, 1, 4}, other[] = {0x2b, 6, 1, 4, 1, 9};
	struct column column = gauge;
	struct value value = {.type = VALUE_OID, .bytes = {fixed_disk, sizeof fixed_disk}};

	(void)state;
	column.extract = match_new("^1\\.3\\.6\\.1\\.2\\.1\\.25\\.2\\.1\\.(\\d+)$", NULL, NULL);
	assert_non_null(column.extract);
	assert_cell(&column, value, CELL_UNSIGNED, 4);
	value.bytes.p = other;
	value.bytes.len = sizeof other;
	assert_none(&column, value, QUALITY_DECODE);
	match_free(column.extract);
}

/* --- tags --- */

static void assert_tag(const struct column *column, struct value value, const char *expected)
{
	struct str str = {0};

	assert_true(transform_text(column, &value, &str));
	assert_string_equal(str_text(&str), expected);
	str_fini(&str);
}

static void assert_no_tag(const struct column *column, struct value value)
{
	struct str str = {0};

	assert_false(transform_text(column, &value, &str));
	assert_string_equal(str_text(&str), "");
	str_fini(&str);
}

/* What a text was made of is made again of the text itself, or is told not to be known to be. */
static void a_text_that_reads_as_before(void **state)
{
	struct source source = {.name = "x"};
	struct column tag = {
	    .name = "x", .kind = KIND_TEXT, .is_tag = true, .sources = &source, .n_sources = 1};
	static const uint8_t some[] = "ab \\\xb0\xc3\xa4\x01\n\0";
	unsigned same = 0;

	(void)state;
	srandom(5);
	for (int i = 0; i < 20000; i++) {
		uint8_t octets[6];
		struct value value = {.type = VALUE_OCTETS, .bytes = {octets, (uint32_t)(random() % 7)}};
		struct str text = {0}, again = {0};

		for (size_t k = 0; k < sizeof octets; k++)
			octets[k] = some[random() % (long)(sizeof some - 1)];
		assert_true(transform_text(&tag, &value, &text));
		/* The agent says now what was made of it. */
		value.bytes.p = (const uint8_t *)str_text(&text);
		value.bytes.len = (uint32_t)text.len;
		if (text.len > 0 && transform_is(&tag, &value, str_text(&text), text.len)) {
			assert_true(transform_text(&tag, &value, &again));
			assert_string_equal(str_text(&again), str_text(&text));
			same++;
		}
		str_fini(&text);
		str_fini(&again);
	}
	assert_true(same > 1000);
	tag.format = VALUE_FORMAT_HEX;
	assert_false(transform_is(&tag, &(struct value){.type = VALUE_OCTETS, .bytes = {some, 2}}, "ab", 2));
}

static void tags_are_clean_text(void **state)
{
	struct column tag = {.name = "x", .kind = KIND_TEXT, .is_tag = true};
	struct column mac = tag, cut = extracting(tag, "^(..)");

	(void)state;
	mac.format = VALUE_FORMAT_MAC;
	assert_tag(&tag, text("eth0"), "eth0");
	assert_tag(&tag, text(""), "");
	assert_tag(&tag, octets("eth0\0", 5), "eth0");
	assert_tag(&tag, integer(-5), "-5");
	assert_tag(&mac, octets("\0\x1b\x21\x3c\x4d\x5e", 6), "00:1b:21:3c:4d:5e");
	assert_no_tag(&tag, (struct value){.type = VALUE_NULL});
	assert_no_tag(&tag, (struct value){.type = VALUE_NO_SUCH_INSTANCE});
	assert_no_tag(&tag, (struct value){.type = VALUE_BAD});
	assert_tag(&cut, text("eth0"), "et");
	assert_tag(&cut, text("a\xc3\xa9"), "a\\xc3"); /* a letter cut in two */
	assert_no_tag(&cut, text("e"));
	match_free(cut.extract);
}

static void tags_with_names(void **state)
{
	struct enum_name names[] = {{-1, (char *)(uintptr_t) "none"},
	    {6, (char *)(uintptr_t) "ethernetCsmacd"}, {24, (char *)(uintptr_t) "softwareLoopback"}};
	struct column tag = {
	    .name = "ifType", .kind = KIND_TEXT, .is_tag = true, .names = names, .n_names = 3};

	(void)state;
	assert_tag(&tag, integer(24), "softwareLoopback");
	assert_tag(&tag, number(VALUE_GAUGE32, 6), "ethernetCsmacd");
	assert_tag(&tag, text("6"), "ethernetCsmacd");
	assert_tag(&tag, integer(-1), "none");
	assert_tag(&tag, integer(7), "7");
	assert_tag(&tag, text("other"), "other");
	/* The same 64 bits as -1, but not -1. */
	assert_tag(&tag, number(VALUE_COUNTER64, UINT64_MAX), "18446744073709551615");
}

static void qualities_are_counted(void **state)
{
	struct transform_counts counts = {0};

	(void)state;
	transform_count(&counts, QUALITY_DECODE);
	transform_count(&counts, QUALITY_DECODE);
	transform_count(&counts, QUALITY_OK);
	assert_int_equal(counts.by_quality[QUALITY_DECODE], 2);
	assert_int_equal(counts.by_quality[QUALITY_OK], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_integer_type_is_an_integer),
	    cmocka_unit_test(negative_numbers),
	    cmocka_unit_test(what_is_absent),
	    cmocka_unit_test(magic_numbers_mean_none),
	    cmocka_unit_test(numbers_in_text),
	    cmocka_unit_test(numbers_inside_text),
	    cmocka_unit_test(counters_in_octets),
	    cmocka_unit_test(floats),
	    cmocka_unit_test(sets_of_flags),
	    cmocka_unit_test(dates),
	    cmocka_unit_test(what_is_no_number),
	    cmocka_unit_test(identities_by_extract),
	    cmocka_unit_test(tags_are_clean_text),
	    cmocka_unit_test(tags_with_names),
	    cmocka_unit_test(a_text_that_reads_as_before),
	    cmocka_unit_test(qualities_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
