#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/oid.h"
#include "play/query.h"
#include "play/snmprec.h"
#include "snmp/varbind.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 1400

struct fixture {
	struct recording *recording;
	struct query_source source;
	uint8_t scratch[QUERY_SCRATCH];
	uint8_t request[2048], out[70000];
	struct pdu answer;
};

static const char device[] = "1.3.6.1.2.1.1.1.0|4|a switch\n"
			     "1.3.6.1.2.1.1.3.0|67|4711\n"
			     "1.3.6.1.2.1.2.2.1.2.1|4|eth1\n"
			     "1.3.6.1.2.1.2.2.1.2.2|4|eth2\n"
			     "1.3.6.1.2.1.2.2.1.10.1|65|4294967295\n"
			     "1.3.6.1.2.1.2.2.1.10.2|65|128\n"
			     "1.3.6.1.2.1.4.20.1.2.10.0.0.1|2|-129\n"
			     "1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615\n"
			     "1.3.6.1.2.1.31.1.1.1.6.2|5|\n"
			     "1.3.6.1.4.1.2021.10.1.6.1|68x|9f78043f800000\n"
			     "1.3.6.1.6.3.1|6|1.3.6.1\n";

static int setup(void **state)
{
	struct fixture *f = mem_alloc(sizeof *f);
	FILE *file = fmemopen((void *)(uintptr_t)device, sizeof device - 1, "r");
	struct reading reading;

	reading_init(&reading, "device");
	f->recording = recording_new();
	assert_int_equal(snmprec_read(file, f->recording, &reading), ERR_OK);
	assert_int_equal(reading.bad, 0);
	fclose(file);
	reading_fini(&reading);
	(void)recording_sort(f->recording);
	f->source.recording = f->recording;
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	recording_free(f->recording);
	free(f);
	return 0;
}

/* Names end with NULL; a and b as pdu_enclose() has them. */
static bool ask(struct fixture *f, enum snmp_version version, enum pdu_type type, int a, int b, size_t room,
    const char *const *names)
{
	uint8_t name[OID_BER_MAX];
	struct ber_out in, out;
	struct pdu request;
	struct oid oid;

	ber_out_init(&in, f->request, sizeof f->request, 64);
	for (; *names != NULL; names++) {
		assert_int_equal(oid_parse(*names, &oid), ERR_OK);
		ber_append_null_varbind(&in, name, oid_to_ber(&oid, name));
	}
	pdu_enclose(&in, type, 77, a, b);
	assert_false(in.overflow);
	assert_true(pdu_parse((struct ber){in.base + in.head, in.base + in.tail}, &request));
	ber_out_init(&out, f->out, sizeof f->out, QUERY_FRAME);
	if (!query_answer(&f->source, version, &request, room, f->scratch, &out))
		return false;
	assert_false(out.overflow);
	assert_true(ber_out_len(&out) <= room + QUERY_FRAME);
	assert_true(pdu_parse((struct ber){out.base + out.head, out.base + out.tail}, &f->answer));
	assert_int_equal(f->answer.type, PDU_RESPONSE);
	assert_int_equal(f->answer.request_id, 77);
	return true;
}

#define ASK(f, version, type, a, b, ...)                                                                     \
	ask(f, version, type, a, b, ROOM, (const char *const[]){__VA_ARGS__, NULL})

/* The next varbind of the answer has this name and this type. */
static struct value expect(struct fixture *f, const char *name, enum value_type type)
{
	char text[OID_TEXT_MAX];
	struct varbind varbind;
	struct oid oid;

	assert_int_equal(varbind_next(&f->answer.varbinds, &varbind), VARBIND_OK);
	assert_int_equal(oid_from_ber(varbind.name, varbind.name_len, &oid), ERR_OK);
	assert_string_equal(oid_format(&oid, text, sizeof text), name);
	assert_int_equal(varbind.value.type, type);
	return varbind.value;
}

static void expect_end(struct fixture *f)
{
	struct varbind varbind;

	assert_int_equal(varbind_next(&f->answer.varbinds, &varbind), VARBIND_END);
}

static void expect_error(struct fixture *f, enum pdu_error error, int index)
{
	assert_int_equal(f->answer.error_status, error);
	assert_int_equal(f->answer.error_index, index);
}

static void test_get(void **state)
{
	struct fixture *f = *state;
	struct value value;

	assert_true(ASK(f, SNMP_V2C, PDU_GET, 0, 0, "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.2.1.10.1",
	    "1.3.6.1.2.1.4.20.1.2.10.0.0.1", "1.3.6.1.2.1.31.1.1.1.6.1", "1.3.6.1.2.1.31.1.1.1.6.2",
	    "1.3.6.1.4.1.2021.10.1.6.1", "1.3.6.1.6.3.1", "1.3.6.1.2.1.2.2.1.10.2"));
	expect_error(f, PDU_NO_ERROR, 0);
	value = expect(f, "1.3.6.1.2.1.1.1.0", VALUE_OCTETS);
	assert_memory_equal(value.bytes.p, "a switch", 8);
	assert_int_equal(expect(f, "1.3.6.1.2.1.2.2.1.10.1", VALUE_COUNTER32).u, UINT32_MAX);
	assert_int_equal(expect(f, "1.3.6.1.2.1.4.20.1.2.10.0.0.1", VALUE_INTEGER).i, -129);
	assert_true(expect(f, "1.3.6.1.2.1.31.1.1.1.6.1", VALUE_COUNTER64).u == UINT64_MAX);
	expect(f, "1.3.6.1.2.1.31.1.1.1.6.2", VALUE_NULL);
	assert_true(expect(f, "1.3.6.1.4.1.2021.10.1.6.1", VALUE_FLOAT).d == 1.0);
	value = expect(f, "1.3.6.1.6.3.1", VALUE_OID);
	assert_int_equal(value.bytes.len, 3);
	assert_int_equal(expect(f, "1.3.6.1.2.1.2.2.1.10.2", VALUE_COUNTER32).u, 128);
	expect_end(f);
}

static void test_absent(void **state)
{
	struct fixture *f = *state;

	assert_true(ASK(f, SNMP_V2C, PDU_GET, 0, 0, "1.3.6.1.2.1.1.2.0", "1.3.6.1.2.1.2.2.1.2.3",
	    "1.3.6.1.2.1.1.1", "1.3.6.1.2.1.2.2.1.11.1", "1.3.6.1.2.1.4.20.1.2.192.168.0.1",
	    "1.3.6.1.2.1.4.20.1.3.10.0.0.1", "1.3.6.1.7"));
	expect(f, "1.3.6.1.2.1.1.2.0", VALUE_NO_SUCH_OBJECT);
	expect(f, "1.3.6.1.2.1.2.2.1.2.3", VALUE_NO_SUCH_INSTANCE);
	expect(f, "1.3.6.1.2.1.1.1", VALUE_NO_SUCH_INSTANCE);
	expect(f, "1.3.6.1.2.1.2.2.1.11.1", VALUE_NO_SUCH_OBJECT);
	expect(f, "1.3.6.1.2.1.4.20.1.2.192.168.0.1", VALUE_NO_SUCH_INSTANCE);
	expect(f, "1.3.6.1.2.1.4.20.1.3.10.0.0.1", VALUE_NO_SUCH_OBJECT);
	expect(f, "1.3.6.1.7", VALUE_NO_SUCH_OBJECT);
	expect_end(f);
	/* v1 knows neither exceptions nor Counter64, and tells of the first. */
	assert_true(ASK(f, SNMP_V1, PDU_GET, 0, 0, "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"));
	expect_error(f, PDU_NO_SUCH_NAME, 2);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_NULL);
	expect(f, "1.3.6.1.2.1.1.2.0", VALUE_NULL);
	assert_true(ASK(f, SNMP_V1, PDU_GET, 0, 0, "1.3.6.1.2.1.31.1.1.1.6.1"));
	expect_error(f, PDU_NO_SUCH_NAME, 1);
}

static void test_getnext(void **state)
{
	struct fixture *f = *state;

	assert_true(ASK(f, SNMP_V2C, PDU_GETNEXT, 0, 0, "1.3", "1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.2.1.2.2",
	    "1.3.6.1.2.1.4.20.1.2.10.0.0.1", "1.3.6.1.6.3.1"));
	expect_error(f, PDU_NO_ERROR, 0);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_OCTETS);
	expect(f, "1.3.6.1.2.1.1.3.0", VALUE_TIMETICKS);
	expect(f, "1.3.6.1.2.1.2.2.1.10.1", VALUE_COUNTER32);
	expect(f, "1.3.6.1.2.1.31.1.1.1.6.1", VALUE_COUNTER64);
	expect(f, "1.3.6.1.6.3.1", VALUE_END_OF_MIB_VIEW);
	expect_end(f);
	assert_true(ASK(f, SNMP_V1, PDU_GETNEXT, 0, 0, "1.3.6.1.2.1.4.20.1.2.10.0.0.1"));
	expect(f, "1.3.6.1.2.1.31.1.1.1.6.2", VALUE_NULL);
	assert_true(ASK(f, SNMP_V1, PDU_GETNEXT, 0, 0, "1.3.6.1.6.3.1"));
	expect_error(f, PDU_NO_SUCH_NAME, 1);
}

/* RFC 3416 4.2.3: the names once, then rows of the others; a row of which all are at their end is the last.
 */
static void test_getbulk(void **state)
{
	struct fixture *f = *state;

	assert_true(
	    ASK(f, SNMP_V2C, PDU_GETBULK, 1, 3, "1.3.6.1.2.1.1.1", "1.3.6.1.2.1.2.2.1.2", "1.3.6.1.4.1"));
	expect_error(f, PDU_NO_ERROR, 0);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_OCTETS);
	expect(f, "1.3.6.1.2.1.2.2.1.2.1", VALUE_OCTETS);
	expect(f, "1.3.6.1.4.1.2021.10.1.6.1", VALUE_FLOAT);
	expect(f, "1.3.6.1.2.1.2.2.1.2.2", VALUE_OCTETS);
	expect(f, "1.3.6.1.6.3.1", VALUE_OID);
	expect(f, "1.3.6.1.2.1.2.2.1.10.1", VALUE_COUNTER32);
	expect(f, "1.3.6.1.6.3.1", VALUE_END_OF_MIB_VIEW);
	expect_end(f);
	assert_true(ASK(f, SNMP_V2C, PDU_GETBULK, 0, 100, "1.3.6.1.6"));
	expect(f, "1.3.6.1.6.3.1", VALUE_OID);
	expect(f, "1.3.6.1.6.3.1", VALUE_END_OF_MIB_VIEW);
	expect_end(f);
	assert_true(ASK(f, SNMP_V2C, PDU_GETBULK, -1, -1, "1.3"));
	expect_error(f, PDU_NO_ERROR, 0);
	expect_end(f);
	assert_true(ASK(f, SNMP_V2C, PDU_GETBULK, 7, 0, "1.3"));
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_OCTETS);
	expect_end(f);
	assert_false(ASK(f, SNMP_V1, PDU_GETBULK, 0, 1, "1.3"));
}

static void test_too_big(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = {"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.3.0", NULL}, *const root[] = {
												 "1.3", NULL};

	/* The first varbind takes 22 octets, the second 16. */
	assert_true(ask(f, SNMP_V2C, PDU_GET, 0, 0, 38, names));
	expect_error(f, PDU_NO_ERROR, 0);
	assert_true(ask(f, SNMP_V2C, PDU_GET, 0, 0, 37, names));
	expect_error(f, PDU_TOO_BIG, 0);
	expect_end(f);
	assert_true(ask(f, SNMP_V1, PDU_GET, 0, 0, 37, names));
	expect_error(f, PDU_TOO_BIG, 0);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_NULL);
	/* GETBULK gives what fits. */
	assert_true(ask(f, SNMP_V2C, PDU_GETBULK, 0, 10, 53, root));
	expect_error(f, PDU_NO_ERROR, 0);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_OCTETS);
	expect(f, "1.3.6.1.2.1.1.3.0", VALUE_TIMETICKS);
	expect_end(f);
	assert_true(ask(f, SNMP_V2C, PDU_GETBULK, 0, 10, 21, root));
	expect_error(f, PDU_TOO_BIG, 0);
}

static void test_set(void **state)
{
	struct fixture *f = *state;

	assert_true(ASK(f, SNMP_V2C, PDU_SET, 0, 0, "1.3.6.1.2.1.1.1.0"));
	expect_error(f, PDU_NOT_WRITABLE, 1);
	expect(f, "1.3.6.1.2.1.1.1.0", VALUE_NULL);
	assert_true(ASK(f, SNMP_V1, PDU_SET, 0, 0, "1.3.6.1.2.1.1.1.0"));
	expect_error(f, PDU_READ_ONLY, 1);
	assert_false(ASK(f, SNMP_V2C, PDU_RESPONSE, 0, 0, "1.3.6.1.2.1.1.1.0"));
	assert_false(ASK(f, SNMP_V2C, PDU_REPORT, 0, 0, "1.3.6.1.2.1.1.1.0"));
}

/* Everything, by any of the three ways, is the recording in its order. */
static void test_walks_agree(void **state)
{
	struct fixture *f = *state;
	char name[OID_TEXT_MAX] = "1.3";

	for (size_t i = 0; i < recording_count(f->recording); i++) {
		struct varbind varbind;
		struct oid oid;

		assert_true(ASK(f, SNMP_V2C, PDU_GETNEXT, 0, 0, name));
		assert_int_equal(varbind_next(&f->answer.varbinds, &varbind), VARBIND_OK);
		assert_int_equal(varbind.name_len, recording_at(f->recording, i)->name_len);
		assert_memory_equal(varbind.name, recording_at(f->recording, i)->name, varbind.name_len);
		assert_int_equal(oid_from_ber(varbind.name, varbind.name_len, &oid), ERR_OK);
		oid_format(&oid, name, sizeof name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_get, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_absent, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_getnext, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_getbulk, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_too_big, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_set, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_walks_agree, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
