#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/oid.h"
#include "model/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct value octets(const void *bytes, size_t len)
{
	struct value v = {.type = VALUE_OCTETS};

	v.bytes.p = bytes;
	v.bytes.len = (uint32_t)len;
	return v;
}

#define OCTETS(literal) octets(literal, sizeof(literal) - 1)

static void assert_text(struct value value, enum value_format format, const char *want)
{
	struct str str = {0};

	value_add_text(&str, &value, format);
	assert_string_equal(str_text(&str), want);
	str_fini(&str);
}

static void test_numbers(void **state)
{
	struct value minus = {.type = VALUE_INTEGER, .i = -1};
	struct value huge = {.type = VALUE_COUNTER64, .u = UINT64_MAX};
	struct value ticks = {.type = VALUE_TIMETICKS, .u = 4294967295u};
	struct value text = OCTETS("7");
	uint64_t u = 0;
	int64_t i = 0;
	double d = 0;

	(void)state;
	assert_false(value_to_u64(&minus, &u));
	assert_true(value_to_i64(&minus, &i));
	assert_int_equal(i, -1);
	assert_true(value_to_u64(&huge, &u));
	assert_true(u == UINT64_MAX);
	assert_false(value_to_i64(&huge, &i));
	assert_true(value_to_u64(&ticks, &u));
	assert_int_equal(u, 4294967295u);
	assert_false(value_to_u64(&text, &u)); /* text is a number to value_to_double() only */
	assert_true(value_to_double(&huge, &d));
	assert_true(d > 1.8e19);
}

static void test_text_numbers(void **state)
{
	static const char *const good[] = {"12.5", "-3", " 7 ", "1e3", "12\0\0"};
	static const char *const bad[] = {"", " ", "12.5 C", "0x10", "nan", "inf", "--1", "1.2.3", "1e999"};
	struct value value;
	double d;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		value = octets(good[i], i == ARRAY_LEN(good) - 1 ? 4 : strlen(good[i]));
		assert_true(value_to_double(&value, &d));
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		value = octets(bad[i], strlen(bad[i]));
		assert_false(value_to_double(&value, &d));
	}
	value = OCTETS("1\0002");
	assert_false(value_to_double(&value, &d));
	value = OCTETS("1111111111111111111111111111111111111111111111111111111111111111111111");
	assert_false(value_to_double(&value, &d));
}

static void test_float(void **state)
{
	struct value f = {.type = VALUE_FLOAT, .d = (double)0.1f}, n = {.type = VALUE_DOUBLE, .d = NAN};
	struct value big = {.type = VALUE_DOUBLE, .d = 0.1};
	double d;

	(void)state;
	assert_true(value_to_double(&f, &d));
	assert_false(value_to_double(&n, &d));
	assert_text(f, VALUE_FORMAT_AUTO, "0.1");
	assert_text(big, VALUE_FORMAT_AUTO, "0.1");
	big.d = 1.0 / 3;
	assert_text(big, VALUE_FORMAT_AUTO, "0.3333333333333333");
}

static void test_absent(void **state)
{
	(void)state;
	for (int type = VALUE_INTEGER; type <= VALUE_BAD; type++) {
		struct value v = {.type = (enum value_type)type};
		bool want = type >= VALUE_NULL && type <= VALUE_END_OF_MIB_VIEW;

		assert_int_equal(value_is_absent(&v), want);
		assert_string_not_equal(value_type_name(v.type), "?");
		if (want)
			assert_text(v, VALUE_FORMAT_AUTO, "");
	}
}

static void test_auto(void **state)
{
	(void)state;
	assert_text(OCTETS("Gi1/0/1"), VALUE_FORMAT_AUTO, "Gi1/0/1");
	assert_text(OCTETS("eth0\0\0"), VALUE_FORMAT_AUTO, "eth0");
	assert_text(OCTETS("Cisco IOS\r\nCopyright"), VALUE_FORMAT_AUTO, "Cisco IOS Copyright");
	assert_text(OCTETS("\xea\xb4\x91\xec\xa3\xbc"), VALUE_FORMAT_AUTO, "\xea\xb4\x91\xec\xa3\xbc");
	assert_text(OCTETS("\x80\x00\x1f\x88"), VALUE_FORMAT_AUTO, "0x80001f88");
	assert_text(OCTETS("a\0b"), VALUE_FORMAT_AUTO, "0x610062");
	assert_text(OCTETS("\033[31m"), VALUE_FORMAT_AUTO, "0x1b5b33316d");
	assert_text(OCTETS(""), VALUE_FORMAT_AUTO, "");
	assert_text(OCTETS("\xff"
			   "abc"),
	    VALUE_FORMAT_TEXT, "\\xffabc");
}

static void test_mac(void **state)
{
	static const char *const texts[] = {
	    "00:1b:21:3c:4d:5e", "0:1b:21:3c:4d:5e", "00-1B-21-3C-4D-5E", "001b.213c.4d5e", "001B213C4D5E"};
	static const char *const others[] = {
	    "00:1b:21-3c:4d:5e", "00:1b:21:3c:4d", "001b.213c.4d5g", "not a mac"};

	(void)state;
	assert_text(OCTETS("\x00\x1b\x21\x3c\x4d\x5e"), VALUE_FORMAT_MAC, "00:1b:21:3c:4d:5e");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_text(octets(texts[i], strlen(texts[i])), VALUE_FORMAT_MAC, "00:1b:21:3c:4d:5e");
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		struct str str = {0};
		struct value value = octets(others[i], strlen(others[i]));

		value_add_text(&str, &value, VALUE_FORMAT_MAC); /* shown octet by octet, as what they are */
		assert_int_equal(str.len, 3 * strlen(others[i]) - 1);
		str_fini(&str);
	}
	assert_text(OCTETS(""), VALUE_FORMAT_MAC, "");
	assert_text(OCTETS("\x02\x00\x00\xff\xfe\x00\x00\x01"), VALUE_FORMAT_MAC, "02:00:00:ff:fe:00:00:01");
	assert_text(OCTETS("\x0a\xff"), VALUE_FORMAT_HEX, "0x0aff");
}

static void test_addresses(void **state)
{
	struct value ip = {.type = VALUE_IPADDRESS};
	uint8_t ber[] = {0x2b, 6, 1, 4, 1, 0xbf, 0x08}, broken[] = {0x2b, 0x86};
	struct value oid = {.type = VALUE_OID};

	(void)state;
	ip.bytes.p = (const uint8_t *)"\xc0\x00\x02\x01";
	ip.bytes.len = 4;
	assert_text(ip, VALUE_FORMAT_AUTO, "192.0.2.1");
	assert_text(OCTETS("\xc0\x00\x02\x01"), VALUE_FORMAT_IP, "192.0.2.1");
	assert_text(OCTETS("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\7"), VALUE_FORMAT_IP, "2001:db8::7");
	assert_text(OCTETS("192.0.2.9"), VALUE_FORMAT_IP, "192.0.2.9");
	oid.bytes.p = ber;
	oid.bytes.len = sizeof ber;
	assert_text(oid, VALUE_FORMAT_AUTO, "1.3.6.1.4.1.8072");
	oid.bytes.p = broken;
	oid.bytes.len = sizeof broken;
	assert_text(oid, VALUE_FORMAT_AUTO, "");
}

static void test_date(void **state)
{
	static const struct {
		uint8_t len, date[12];
		double epoch; /* NAN: refused */
		const char *text;
	} table[] = {
	    {8, {0x07, 0xb2, 1, 1, 0, 0, 0, 0}, 0, "1970-01-01T00:00:00"},
	    {11, {0x07, 0xea, 11, 24, 18, 22, 41, 3, '+', 9, 0}, 1795512161.3, "2026-11-24T18:22:41.3+09:00"},
	    {11, {0x07, 0xea, 11, 24, 18, 22, 41, 0, '-', 3, 30}, 1795557161, "2026-11-24T18:22:41-03:30"},
	    {8, {0x07, 0xe8, 2, 29, 23, 59, 59, 9}, 1709251199.9, "2024-02-29T23:59:59.9"},
	    {8, {0x07, 0xe0, 12, 31, 23, 59, 60, 0}, 1483228800, "2016-12-31T23:59:60"}, /* leap second */
	    {8, {0x07, 0xd0, 2, 29, 0, 0, 0, 0}, 951782400, "2000-02-29T00:00:00"},
	    {8, {0x07, 0xe9, 2, 29, 0, 0, 0, 0}, NAN, NULL}, /* 2025 has none */
	    {8, {0x08, 0x34, 2, 29, 0, 0, 0, 0}, NAN, NULL}, /* nor has 2100 */
	    {8, {0, 0, 0, 0, 0, 0, 0, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 13, 1, 0, 0, 0, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 4, 31, 0, 0, 0, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 1, 1, 24, 0, 0, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 1, 1, 0, 60, 0, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 1, 1, 0, 0, 61, 0}, NAN, NULL},
	    {8, {0x07, 0xea, 1, 1, 0, 0, 0, 10}, NAN, NULL},
	    {11, {0x07, 0xea, 1, 1, 0, 0, 0, 0, '*', 0, 0}, NAN, NULL},
	    {11, {0x07, 0xea, 1, 1, 0, 0, 0, 0, '+', 15, 0}, NAN, NULL},
	    {11, {0x07, 0xea, 1, 1, 0, 0, 0, 0, '+', 0, 60}, NAN, NULL},
	    {9, {0x07, 0xea, 1, 1, 0, 0, 0, 0, '+'}, NAN, NULL},
	    {0, {0}, NAN, NULL},
	};
	struct value no_octets = {.type = VALUE_INTEGER, .i = 5};
	double epoch;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct value value = octets(table[i].date, table[i].len);

		epoch = 0;
		assert_int_equal(value_date(&value, &epoch), !isnan(table[i].epoch));
		if (table[i].text == NULL)
			continue;
		assert_true(fabs(epoch - table[i].epoch) < 1e-6);
		assert_text(value, VALUE_FORMAT_DATE, table[i].text);
	}
	assert_false(value_date(&no_octets, &epoch));
	assert_text(OCTETS("yesterday"), VALUE_FORMAT_DATE, "yesterday");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_text_numbers),
	    cmocka_unit_test(test_float),
	    cmocka_unit_test(test_absent),
	    cmocka_unit_test(test_auto),
	    cmocka_unit_test(test_mac),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
