#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/oid.h"
#include "model/recording.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t ber_of(const char *text, uint8_t ber[OID_BER_MAX])
{
	struct oid oid;

	assert_int_equal(oid_parse(text, &oid), ERR_OK);
	return oid_to_ber(&oid, ber);
}

static void add_number(struct recording *recording, const char *name, int64_t number)
{
	struct value value = {.type = VALUE_INTEGER, .i = number};
	uint8_t ber[OID_BER_MAX];
	size_t len = ber_of(name, ber);

	assert_int_equal(recording_add(recording, ber, len, &value), ERR_OK);
}

static const char *name_at(const struct recorded *object)
{
	static char text[OID_TEXT_MAX];
	struct oid oid;

	if (object == NULL)
		return "none";
	assert_int_equal(oid_from_ber(object->name, object->name_len, &oid), ERR_OK);
	return oid_format(&oid, text, sizeof text);
}

static const char *next_of(const struct recording *recording, const char *name)
{
	uint8_t ber[OID_BER_MAX];
	size_t len = ber_of(name, ber);

	return name_at(recording_next(recording, ber, len));
}

static void test_order(void **state)
{
	struct recording *recording = recording_new();

	(void)state;
	add_number(recording, "1.3.6.1.2.200", 5);
	add_number(recording, "1.3.6.1.2.3", 2);
	add_number(recording, "1.3.6.1.2.20000", 6);
	add_number(recording, "1.3.6.1.2.3.1", 3);
	add_number(recording, "1.3.6.1.2.127", 4);
	add_number(recording, "1.3.6.1.2.1.4294967295", 1);
	assert_int_equal(recording_sort(recording), 0);
	assert_int_equal(recording_count(recording), 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(recording_at(recording, i)->value.i, i + 1);
		assert_int_equal(recording_index(recording, recording_at(recording, i)), i);
	}
	assert_null(recording_at(recording, 6));
	recording_free(recording);
}

static void test_search(void **state)
{
	struct recording *recording = recording_new();

	(void)state;
	assert_string_equal(next_of(recording, "1.3"), "none");
	add_number(recording, "1.3.6.1.2.1.1.5.0", 1);
	add_number(recording, "1.3.6.1.2.1.2.1.0", 2);
	(void)recording_sort(recording);
	assert_string_equal(next_of(recording, "0.0"), "1.3.6.1.2.1.1.5.0");
	assert_string_equal(next_of(recording, "1.3.6.1.2.1.1.5"), "1.3.6.1.2.1.1.5.0");
	assert_string_equal(next_of(recording, "1.3.6.1.2.1.1.5.0"), "1.3.6.1.2.1.2.1.0");
	assert_string_equal(next_of(recording, "1.3.6.1.2.1.1.5.0.1"), "1.3.6.1.2.1.2.1.0");
	assert_string_equal(next_of(recording, "1.3.6.1.2.1.2.1.0"), "none");
	assert_int_equal(recording_find_text(recording, ".1.3.6.1.2.1.2.1.0")->value.i, 2);
	assert_null(recording_find_text(recording, "1.3.6.1.2.1.2.1"));
	assert_null(recording_find_text(recording, "sysName"));
	recording_free(recording);
}

static void test_last_stays(void **state)
{
	struct recording *recording = recording_new();

	(void)state;
	add_number(recording, "1.3.6.2", 1);
	add_number(recording, "1.3.6.1", 10);
	add_number(recording, "1.3.6.2", 2);
	add_number(recording, "1.3.6.2", 3);
	assert_int_equal(recording_sort(recording), 2);
	assert_int_equal(recording_find_text(recording, "1.3.6.2")->value.i, 3);
	assert_int_equal(recording_count(recording), 2);
	/* Asked for once more: the newest counts, whatever was sorted before. */
	add_number(recording, "1.3.6.1", 11);
	assert_int_equal(recording_sort(recording), 1);
	assert_int_equal(recording_find_text(recording, "1.3.6.1")->value.i, 11);
	recording_free(recording);
}

static void test_octets_are_copied(void **state)
{
	static const uint8_t name[] = {0x2b, 6, 1}, other[] = {0x2b, 6, 2};
	struct recording *recording = recording_new();
	struct value value = {.type = VALUE_OCTETS};
	uint8_t *octets = mem_alloc(RECORDING_OCTETS_MAX + 1);

	(void)state;
	memset(octets, 'x', RECORDING_OCTETS_MAX);
	value.bytes.p = octets;
	value.bytes.len = RECORDING_OCTETS_MAX + 1;
	assert_int_equal(recording_add(recording, name, sizeof name, &value), ERR_LIMIT);
	value.bytes.len = RECORDING_OCTETS_MAX;
	assert_int_equal(recording_add(recording, name, sizeof name, &value), ERR_OK);
	value.bytes.len = 0;
	assert_int_equal(recording_add(recording, other, sizeof other, &value), ERR_OK);
	free(octets);
	assert_int_equal(recording_at(recording, 0)->value.bytes.len, RECORDING_OCTETS_MAX);
	assert_int_equal(recording_at(recording, 0)->value.bytes.p[RECORDING_OCTETS_MAX - 1], 'x');
	assert_int_equal(recording_at(recording, 1)->value.bytes.len, 0);
	recording_free(recording);
}

static void test_names_are_sound(void **state)
{
	static const uint8_t padded[] = {0x2b, 0x80, 1}, open[] = {0x2b, 0x86};
	struct recording *recording = recording_new();
	struct value value = {.type = VALUE_NULL};

	(void)state;
	assert_int_equal(recording_add(recording, padded, sizeof padded, &value), ERR_INVALID);
	assert_int_equal(recording_add(recording, open, sizeof open, &value), ERR_INVALID);
	assert_int_equal(recording_add(recording, open, 0, &value), ERR_INVALID);
	assert_int_equal(recording_count(recording), 0);
	recording_free(recording);
}

/* As many as the largest tables have, added backwards. */
static void test_many(void **state)
{
	enum { MANY = 200000 };
	struct recording *recording = recording_new();
	char name[64];

	(void)state;
	for (int i = MANY; i > 0; i--) {
		snprintf(name, sizeof name, "1.3.6.1.2.1.4.24.4.1.1.%d", i);
		add_number(recording, name, i);
	}
	assert_int_equal(recording_sort(recording), 0);
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(recording_at(recording, i)->value.i, i + 1);
	assert_string_equal(
	    next_of(recording, "1.3.6.1.2.1.4.24.4.1.1.131071"), "1.3.6.1.2.1.4.24.4.1.1.131072");
	assert_true(recording_size(recording) < 16u << 20);
	recording_free(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_order),
	    cmocka_unit_test(test_search),
	    cmocka_unit_test(test_last_stays),
	    cmocka_unit_test(test_octets_are_copied),
	    cmocka_unit_test(test_names_are_sound),
	    cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
