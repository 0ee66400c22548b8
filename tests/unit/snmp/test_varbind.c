/* What net-snmp would never build: the odd encodings of real agents, and broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/oid.h"
#include "snmp/varbind.h"

/* One varbind 1.3.6.1 = <tag, content>. */
static enum varbind_step read_one(uint8_t tag, const void *content, size_t len, struct varbind *varbind)
{
	static uint8_t buf[512];
	static const uint8_t name[] = {0x2b, 6, 1};
	struct ber_out out;
	struct ber list;

	ber_out_init(&out, buf, sizeof buf, 10);
	ber_append(&out, BER_OID, name, sizeof name);
	ber_append(&out, tag, content, len);
	ber_enclose(&out, BER_SEQUENCE);
	list = (struct ber){buf + out.head, buf + out.tail};
	return varbind_next(&list, varbind);
}

#define READ(tag, octets) read_one(tag, octets, sizeof octets - 1, &varbind)

static void integers_of_odd_widths(void **state)
{
	struct varbind varbind;

	(void)state;
	assert_int_equal(READ(BER_INTEGER, "\xff"), VARBIND_OK);
	assert_true(varbind.value.type == VALUE_INTEGER && varbind.value.i == -1);
	READ(BER_INTEGER, "\x00\x80\x00\x00\x00"); /* ifIndex above 2^31 */
	assert_true(varbind.value.type == VALUE_INTEGER && varbind.value.i == INT64_C(2147483648));
	READ(BER_INTEGER, "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07");
	assert_true(varbind.value.type == VALUE_INTEGER && varbind.value.i == 7);
	READ(BER_INTEGER, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe");
	assert_true(varbind.value.type == VALUE_INTEGER && varbind.value.i == -2);
	READ(BER_INTEGER, "\x01\x00\x00\x00\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_INTEGER, "\x80\x00\x00\x00\x00\x00\x00\x00\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_INTEGER, "");
	assert_int_equal(varbind.value.type, VALUE_BAD);
}

static void counters_of_odd_widths(void **state)
{
	struct varbind varbind;

	(void)state;
	READ(BER_COUNTER32, "\xff\xff\xff\xff"); /* without the leading zero */
	assert_true(varbind.value.type == VALUE_COUNTER32 && varbind.value.u == UINT32_MAX);
	READ(BER_COUNTER32, "\x00\xff\xff\xff\xff");
	assert_true(varbind.value.type == VALUE_COUNTER32 && varbind.value.u == UINT32_MAX);
	READ(BER_COUNTER32, "\x01\x00\x00\x00\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_GAUGE32, "\xc8"); /* negative */
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_TIMETICKS, "");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_COUNTER64, "\x00\xff\xff\xff\xff\xff\xff\xff\xff");
	assert_true(varbind.value.type == VALUE_COUNTER64 && varbind.value.u == UINT64_MAX);
	READ(BER_COUNTER64, "\xff\xff\xff\xff\xff\xff\xff\xff");
	assert_true(varbind.value.type == VALUE_COUNTER64 && varbind.value.u == UINT64_MAX);
	READ(BER_COUNTER64, "\x01\x00\x00\x00\x00\x00\x00\x00\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
}

static void other_types(void **state)
{
	struct varbind varbind;

	(void)state;
	READ(BER_OPAQUE, "\x9f\x78\x04\x41\x48\x00\x00");
	assert_true(varbind.value.type == VALUE_FLOAT && varbind.value.d == 12.5);
	READ(BER_OPAQUE, "\x9f\x79\x08\x40\x29\x00\x00\x00\x00\x00\x00");
	assert_true(varbind.value.type == VALUE_DOUBLE && varbind.value.d == 12.5);
	READ(BER_OPAQUE, "\x9f\x78\x03\x41\x48\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_OPAQUE, "\x9f\x78\x04\x41");
	assert_int_equal(varbind.value.type, VALUE_OPAQUE);
	assert_int_equal(varbind.value.bytes.len, 4);
	READ(BER_IPADDRESS, "\x7f\x00\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_OID, "");
	assert_true(varbind.value.type == VALUE_OID && varbind.value.bytes.len == 1);
	READ(BER_OID, "\x2b\x86");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(BER_NULL, "\x00");
	assert_int_equal(varbind.value.type, VALUE_BAD);
	READ(0x47, "\x00"); /* NsapAddress, gone since RFC 1902 */
	assert_int_equal(varbind.value.type, VALUE_BAD);
}

static void broken_frames(void **state)
{
	static const struct {
		const char *octets;
		size_t len;
	} broken[] = {
	    {"\x30\x80\x06\x01\x2b\x05\x00\x00\x00", 9},	      /* indefinite length */
	    {"\x30\x85\x00\x00\x00\x00\x05\x06\x01\x2b\x05\x00", 12}, /* five length octets */
	    {"\x30\x06\x06\x01\x2b\x05\x00\x00", 8},		      /* more than name and value */
	    {"\x30\x03\x06\x01\x2b", 5},			      /* no value */
	    {"\x30\x05\x04\x01\x2b\x05\x00", 7},		      /* the name is no OID */
	    {"\x31\x05\x06\x01\x2b\x05\x00", 7},		      /* a SET */
	    {"\x30\x06\x06\x01\x2b\x1f\x81\x00", 8},		      /* a long tag */
	    {"\x30\x05\x06\x01\x2b\x04\x01", 7},		      /* value beyond the end */
	    {"\x30\x84\xff\xff\xff\xff\x05\x00", 8},
	};
	struct varbind varbind;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		const uint8_t *p = (const uint8_t *)broken[i].octets;
		struct ber list = {p, p + broken[i].len};

		assert_int_equal(varbind_next(&list, &varbind), VARBIND_MALFORMED);
	}
}

static void sound_names(void **state)
{
	uint8_t many[OID_BER_MAX + 1];

	(void)state;
	assert_true(varbind_oid_is_sound((const uint8_t *)"\x2b\x8f\xff\xff\xff\x7f", 6));
	assert_false(varbind_oid_is_sound((const uint8_t *)"\x2b\x90\x80\x80\x80\x00", 6)); /* 2^32 */
	assert_false(varbind_oid_is_sound((const uint8_t *)"\x2b\x80\x01", 3));		    /* not minimal */
	assert_false(varbind_oid_is_sound((const uint8_t *)"\x2b\x81", 2));		    /* no end */
	assert_false(varbind_oid_is_sound((const uint8_t *)"", 0));
	memset(many, 1, sizeof many);
	assert_true(varbind_oid_is_sound(many, OID_MAX - 1));
	assert_false(varbind_oid_is_sound(many, OID_MAX));
}

static void numbers_written(void **state)
{
	static const int32_t numbers[] = {0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768,
	    -32769, 8388607, 8388608, -8388608, -8388609, INT32_MAX, INT32_MIN};
	uint8_t buf[16];
	struct ber_out out;
	struct ber in;
	int32_t back;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		ber_out_init(&out, buf, sizeof buf, sizeof buf);
		ber_prepend_i32(&out, numbers[i]);
		in = (struct ber){buf + out.head, buf + out.tail};
		assert_true(ber_take_i32(&in, &back));
		assert_int_equal(back, numbers[i]);
		assert_true(in.p == in.end);
		if (ber_out_len(&out) > 3) /* minimal: the first nine bits differ (X.690 8.3.2) */
			assert_false((buf[out.head + 2] == 0 && buf[out.head + 3] < 0x80) ||
				     (buf[out.head + 2] == 0xff && buf[out.head + 3] >= 0x80));
	}
	ber_out_init(&out, buf, 4, 4);
	ber_prepend_i32(&out, 1);
	ber_prepend_i32(&out, 1);
	assert_true(out.overflow);
	ber_out_init(&out, buf, 4, 0);
	ber_append(&out, BER_OCTETS, "abc", 3);
	assert_true(out.overflow);
	assert_int_equal(ber_out_len(&out), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(integers_of_odd_widths),
	    cmocka_unit_test(counters_of_odd_widths),
	    cmocka_unit_test(other_types),
	    cmocka_unit_test(broken_frames),
	    cmocka_unit_test(sound_names),
	    cmocka_unit_test(numbers_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
