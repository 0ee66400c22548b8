#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/oid.h"

#include <stdlib.h>
#include <string.h>

static void test_parse(void **state)
{
	static const struct {
		const char *text;
		enum err err;
		const char *back;
	} table[] = {
	    {"1.3.6.1.2.1.1.3.0", ERR_OK, "1.3.6.1.2.1.1.3.0"},
	    {".1.3", ERR_OK, "1.3"},
	    {"0", ERR_OK, "0"},
	    {"1.3.4294967295", ERR_OK, "1.3.4294967295"},
	    {"1.3.4294967296", ERR_LIMIT, NULL},
	    {"1.3.99999999999999999999999", ERR_LIMIT, NULL},
	    {"", ERR_INVALID, NULL},
	    {".", ERR_INVALID, NULL},
	    {"1..3", ERR_INVALID, NULL},
	    {"1.3.", ERR_INVALID, NULL},
	    {"1.3 ", ERR_INVALID, NULL},
	    {"1.-3", ERR_INVALID, NULL},
	    {"..1", ERR_INVALID, NULL},
	    {"sysUpTime", ERR_INVALID, NULL},
	};
	char text[OID_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct oid oid;

		assert_int_equal(oid_parse(table[i].text, &oid), table[i].err);
		if (table[i].back)
			assert_string_equal(oid_format(&oid, text, sizeof text), table[i].back);
	}
}

static void test_parse_limit(void **state)
{
	char text[2 * OID_MAX + 8] = "1";
	struct oid oid;

	(void)state;
	for (int i = 1; i < OID_MAX; i++)
		strcat(text, ".1");
	assert_int_equal(oid_parse(text, &oid), ERR_OK);
	assert_int_equal(oid.len, OID_MAX);
	oid_append(&oid, 7);
	assert_int_equal(oid.len, OID_MAX);
	strcat(text, ".1");
	assert_int_equal(oid_parse(text, &oid), ERR_LIMIT);
}

static void test_format_cut(void **state)
{
	struct oid oid;
	char text[8];

	(void)state;
	assert_int_equal(oid_parse("1.3.6.12345", &oid), ERR_OK);
	assert_string_equal(oid_format(&oid, text, sizeof text), "1.3.6");
	assert_string_equal(oid_format(&oid, text, 1), "");
	text[0] = 'x';
	oid_format(&oid, text, 0);
	assert_int_equal(text[0], 'x');
}

static void test_ber(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		uint8_t ber[16];
	} table[] = {
	    {"1.3.6.1.2.1.1.3.0", 8, {0x2b, 6, 1, 2, 1, 1, 3, 0}},
	    {"1.3.6.1.4.1.8072", 7, {0x2b, 6, 1, 4, 1, 0xbf, 0x08}},
	    {"0.0", 1, {0}},
	    {"0.39", 1, {39}},
	    {"1.0", 1, {40}},
	    {"2.0", 1, {80}},
	    {"2.47", 1, {127}},
	    {"2.48", 2, {0x81, 0}},
	    {"2.999.3", 3, {0x88, 0x37, 3}}, /* the example of X.690 8.19.5 */
	    {"2.4294967295", 5, {0x90, 0x80, 0x80, 0x80, 0x4f}},
	    {"1.3.127.128.16383.16384.4294967295", 14,
		{0x2b, 0x7f, 0x81, 0, 0xff, 0x7f, 0x81, 0x80, 0, 0x8f, 0xff, 0xff, 0xff, 0x7f}},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		uint8_t out[OID_BER_MAX];
		struct oid oid, back;

		assert_int_equal(oid_parse(table[i].text, &oid), ERR_OK);
		assert_int_equal(oid_to_ber(&oid, out), table[i].len);
		assert_memory_equal(out, table[i].ber, table[i].len);
		assert_int_equal(oid_from_ber(out, table[i].len, &back), ERR_OK);
		assert_int_equal(oid_compare(&oid, &back), 0);
	}
}

static void test_not_encodable(void **state)
{
	static const char *const texts[] = {"1", "3.1", "0.40", "1.40"};
	uint8_t out[OID_BER_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct oid oid;

		assert_int_equal(oid_parse(texts[i], &oid), ERR_OK);
		assert_int_equal(oid_to_ber(&oid, out), 0);
	}
}

static void test_from_ber_strict(void **state)
{
	static const struct {
		size_t len;
		uint8_t ber[12];
		enum err err;
	} table[] = {
	    {0, {0}, ERR_INVALID},
	    {1, {0x80}, ERR_INVALID},				  /* ends inside */
	    {2, {0x2b, 0x86}, ERR_INVALID},			  /* likewise */
	    {3, {0x2b, 0x80, 0x01}, ERR_INVALID},		  /* not minimal */
	    {6, {0x2b, 0x90, 0x80, 0x80, 0x80, 0x00}, ERR_LIMIT}, /* 2^32 */
	    {6, {0x2b, 0x8f, 0xff, 0xff, 0xff, 0x7f}, ERR_OK},	  /* 2^32 - 1 */
	    {7, {0x2b, 0x81, 0x80, 0x80, 0x80, 0x80, 0x00}, ERR_LIMIT},
	    {5, {0x90, 0x80, 0x80, 0x80, 0x50}, ERR_LIMIT}, /* 2.2^32 */
	    {12, {0x2b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, ERR_LIMIT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct oid oid;

		assert_int_equal(oid_from_ber(table[i].ber, table[i].len, &oid), table[i].err);
	}
}

static void test_from_ber_longest(void **state)
{
	uint8_t ber[OID_MAX];
	uint32_t id[OID_MAX];
	struct oid oid;
	size_t count;

	(void)state;
	memset(ber, 1, sizeof ber);
	assert_int_equal(oid_from_ber(ber, OID_MAX - 1, &oid), ERR_OK);
	assert_int_equal(oid.len, OID_MAX);
	assert_int_equal(oid_from_ber(ber, OID_MAX, &oid), ERR_LIMIT);
	assert_int_equal(oid_index_from_ber(ber, OID_MAX, id, &count), ERR_OK);
	assert_int_equal(count, OID_MAX);
}

static void test_index(void **state)
{
	const uint32_t id[] = {10, 0, 0, 200, 4294967295u};
	uint8_t out[OID_BER_MAX];
	char text[64];
	size_t n = oid_index_to_ber(id, ARRAY_LEN(id), out), count;
	uint32_t back[OID_MAX];

	(void)state;
	assert_int_equal(n, 10);
	assert_int_equal(oid_index_from_ber(out, n, back, &count), ERR_OK);
	assert_int_equal(count, ARRAY_LEN(id));
	assert_memory_equal(back, id, sizeof id);
	assert_string_equal(oid_index_format(out, n, text, sizeof text), "10.0.0.200.4294967295");
	assert_string_equal(oid_index_format(out, 0, text, sizeof text), "");
	assert_string_equal(oid_index_format(out, n - 1, text, sizeof text), "?");
	assert_int_equal(oid_index_to_ber(id, OID_MAX + 1, out), 0);
}

static void test_starts(void **state)
{
	struct oid a, b;

	(void)state;
	assert_int_equal(oid_parse("1.3.6.1", &a), ERR_OK);
	assert_int_equal(oid_parse("1.3.6", &b), ERR_OK);
	assert_true(oid_starts(&a, &b));
	assert_true(oid_starts(&a, &a));
	assert_false(oid_starts(&b, &a));
	b.id[2] = 5;
	assert_false(oid_starts(&a, &b));
}

/* Small and large sub-identifiers, common beginnings: what the order must get right. */
static void random_oid(struct oid *oid)
{
	static const uint32_t ids[] = {0, 1, 2, 127, 128, 255, 16383, 16384, 2097151, 4294967295u};

	oid->id[0] = (uint32_t)(rand() % 3);
	oid->id[1] = (uint32_t)(rand() % 40);
	oid->len = (uint8_t)(2 + rand() % 4);
	for (size_t i = 2; i < oid->len; i++)
		oid->id[i] = ids[(size_t)rand() % ARRAY_LEN(ids)];
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static void test_compare_random(void **state)
{
	(void)state;
	srand(1);
	for (int i = 0; i < 100000; i++) {
		uint8_t a_ber[OID_BER_MAX], b_ber[OID_BER_MAX];
		struct oid a, b, back;
		size_t a_len, b_len;

		random_oid(&a);
		random_oid(&b);
		a_len = oid_to_ber(&a, a_ber);
		b_len = oid_to_ber(&b, b_ber);
		assert_int_equal(oid_from_ber(a_ber, a_len, &back), ERR_OK);
		assert_int_equal(oid_compare(&a, &back), 0);
		assert_int_equal(
		    sign(oid_ber_compare(a_ber, a_len, b_ber, b_len)), sign(oid_compare(&a, &b)));
	}
}

/* Whatever decodes, encodes to the same octets. */
static void test_from_ber_garbage(void **state)
{
	size_t good = 0;

	(void)state;
	srand(2);
	for (int i = 0; i < 200000; i++) {
		uint8_t in[24], out[OID_BER_MAX];
		size_t len = (size_t)rand() % sizeof in;
		struct oid oid;

		for (size_t j = 0; j < len; j++)
			in[j] = (uint8_t)(rand() % 4 ? rand() % 128 : rand());
		if (oid_from_ber(in, len, &oid) != ERR_OK)
			continue;
		good++;
		assert_int_equal(oid_to_ber(&oid, out), len);
		assert_memory_equal(out, in, len);
	}
	assert_true(good > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_parse_limit),
	    cmocka_unit_test(test_format_cut),
	    cmocka_unit_test(test_ber),
	    cmocka_unit_test(test_not_encodable),
	    cmocka_unit_test(test_from_ber_strict),
	    cmocka_unit_test(test_from_ber_longest),
	    cmocka_unit_test(test_index),
	    cmocka_unit_test(test_starts),
	    cmocka_unit_test(test_compare_random),
	    cmocka_unit_test(test_from_ber_garbage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
