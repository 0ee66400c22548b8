#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "play/recfile.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
	struct recording *recording;
	struct reading reading;
};

static struct fixture read_text(const char *text)
{
	struct fixture f;
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");

	reading_init(&f.reading, "a.walk");
	f.recording = recfile_read_stream(file, &f.reading);
	fclose(file);
	return f;
}

static void done(struct fixture *f)
{
	reading_fini(&f->reading);
	recording_free(f->recording);
}

static const struct value *value_of(const struct fixture *f, const char *name, enum value_type type)
{
	const struct recorded *object;

	assert_non_null(f->recording);
	object = recording_find_text(f->recording, name);
	if (object == NULL)
		fail_msg("%s is not there", name);
	assert_int_equal(object->value.type, type);
	return &object->value;
}

static void is_octets(
    const struct fixture *f, const char *name, enum value_type type, const char *octets, size_t len)
{
	const struct value *value = value_of(f, name, type);

	assert_int_equal(value->bytes.len, len);
	assert_memory_equal(value->bytes.p, octets, len);
}

static void is_text(const struct fixture *f, const char *name, const char *text)
{
	is_octets(f, name, VALUE_OCTETS, text, strlen(text));
}

static void test_numbers(void **state)
{
	struct fixture f = read_text(".1.3.6.1.1 = INTEGER: 5\n"
				     ".1.3.6.1.2 = INTEGER: up(1)\n"
				     ".1.3.6.1.3 = INTEGER: -40 degrees\n"
				     ".1.3.6.1.4 = INTEGER: 23.5\n"
				     ".1.3.6.1.5 = Counter32: 4294967295\n"
				     ".1.3.6.1.6 = Gauge32: 7 packets\n"
				     ".1.3.6.1.7 = Timeticks: (123) 0:00:01.23\n"
				     ".1.3.6.1.8 = Counter64: 18446744073709551615\n"
				     ".1.3.6.1.9 = Opaque: Float: 1.500000\n"
				     ".1.3.6.1.10 = Opaque: Double: -2.25\n"
				     ".1.3.6.1.11 = 4711\r\n"
				     ".1.3.6.1.12 = Wrong Type (should be Counter32): INTEGER: 9\n"
				     "iso.3.6.1.13 = INTEGER: e10mbit(-3)\n"
				     ".1.3.6.1.14 = Opaque: Int64: -2\n");

	(void)state;
	assert_string_equal(str_text(&f.reading.text), "");
	assert_int_equal(value_of(&f, "1.3.6.1.1", VALUE_INTEGER)->i, 5);
	assert_int_equal(value_of(&f, "1.3.6.1.2", VALUE_INTEGER)->i, 1);
	assert_int_equal(value_of(&f, "1.3.6.1.3", VALUE_INTEGER)->i, -40);
	assert_int_equal(value_of(&f, "1.3.6.1.4", VALUE_INTEGER)->i, 235);
	assert_int_equal(value_of(&f, "1.3.6.1.5", VALUE_COUNTER32)->u, UINT32_MAX);
	assert_int_equal(value_of(&f, "1.3.6.1.6", VALUE_GAUGE32)->u, 7);
	assert_int_equal(value_of(&f, "1.3.6.1.7", VALUE_TIMETICKS)->u, 123);
	assert_true(value_of(&f, "1.3.6.1.8", VALUE_COUNTER64)->u == UINT64_MAX);
	assert_true(value_of(&f, "1.3.6.1.9", VALUE_FLOAT)->d == 1.5);
	assert_true(value_of(&f, "1.3.6.1.10", VALUE_DOUBLE)->d == -2.25);
	assert_int_equal(value_of(&f, "1.3.6.1.11", VALUE_TIMETICKS)->u, 4711);
	assert_int_equal(value_of(&f, "1.3.6.1.12", VALUE_INTEGER)->i, 9);
	assert_int_equal(value_of(&f, "1.3.6.1.13", VALUE_INTEGER)->i, -3);
	is_octets(&f, "1.3.6.1.14", VALUE_OPAQUE, "\x9f\x7a\x08\xff\xff\xff\xff\xff\xff\xff\xfe", 11);
	done(&f);
}

static void test_text(void **state)
{
	struct fixture f = read_text("# dumped today\n"
				     ".1.3.6.1.1 = STRING: \"a \\\"switch\\\" \\\\ = 1\"\n"
				     ".1.3.6.1.2 = STRING: \"Cisco IOS\n"
				     "\n"
				     "# Copyright\n"
				     "Compiled\"\n"
				     ".1.3.6.1.3 = \"\"\n"
				     ".1.3.6.1.4 = STRING: plain text\n"
				     "goes on\n"
				     "\n"
				     "# no text\n"
				     ".1.3.6.1.5 = STRING: \n"
				     ".1.3.6.1.6 = STRING:\n"
				     ".1.3.6.1.7 = STRING: \"cut off\n"
				     ".1.3.6.1.8 = STRING: \"end\"\n");

	(void)state;
	assert_string_equal(str_text(&f.reading.text), "");
	is_text(&f, "1.3.6.1.1", "a \"switch\" \\ = 1");
	is_text(&f, "1.3.6.1.2", "Cisco IOS\n\n# Copyright\nCompiled");
	is_text(&f, "1.3.6.1.3", "");
	is_text(&f, "1.3.6.1.4", "plain text\ngoes on");
	is_text(&f, "1.3.6.1.5", "");
	is_text(&f, "1.3.6.1.6", "");
	is_text(&f, "1.3.6.1.7", "cut off");
	is_text(&f, "1.3.6.1.8", "end");
	done(&f);
}

static void test_octets(void **state)
{
	struct fixture f = read_text(".1.3.6.1.1 = Hex-STRING: 00 1B 21\n"
				     "3C 4d \n"
				     "5E\n"
				     ".1.3.6.1.2 = Hex-STRING: 61 62 00   [ab.]\n"
				     ".1.3.6.1.3 = BITS: 80 40 up(0) ad(9) \n"
				     ".1.3.6.1.4 = IpAddress: 10.0.0.1\n"
				     ".1.3.6.1.5 = Network Address: C0:A8:01:FF\n"
				     ".1.3.6.1.6 = OID: .1.3.6.1.4.1.9\n"
				     ".1.3.6.1.7 = OID: iso.3.6.1\n"
				     ".1.3.6.1.8 = OID: ccitt.0\n"
				     ".1.3.6.1.9 = NULL\n"
				     ".1.3.6.1.2.1.2.2.1.6.1 = STRING: aa:bb:cc:dd:ee:ff\n"
				     ".1.3.6.1.10 = STRING: aa:bb:cc:dd:ee:ff\n"
				     ".1.3.6.1.11 = STRING: 0:b:cc:dd:ee:ff\n"
				     ".1.3.6.1.12 = STRING: 2026-11-25,4:35:52.0,+1:30\n"
				     ".1.3.6.1.13 = STRING: \"2026-11-25,4:35:52.0\"\n");

	(void)state;
	assert_string_equal(str_text(&f.reading.text), "");
	is_octets(&f, "1.3.6.1.1", VALUE_OCTETS, "\0\x1b\x21\x3c\x4d\x5e", 6);
	is_octets(&f, "1.3.6.1.2", VALUE_OCTETS, "ab\0", 3);
	is_octets(&f, "1.3.6.1.3", VALUE_OCTETS, "\x80\x40", 2);
	is_octets(&f, "1.3.6.1.4", VALUE_IPADDRESS, "\x0a\0\0\x01", 4);
	is_octets(&f, "1.3.6.1.5", VALUE_IPADDRESS, "\xc0\xa8\x01\xff", 4);
	is_octets(&f, "1.3.6.1.6", VALUE_OID, "\x2b\x06\x01\x04\x01\x09", 6);
	is_octets(&f, "1.3.6.1.7", VALUE_OID, "\x2b\x06\x01", 3);
	is_octets(&f, "1.3.6.1.8", VALUE_OID, "\0", 1);
	(void)value_of(&f, "1.3.6.1.9", VALUE_NULL);
	is_octets(&f, "1.3.6.1.2.1.2.2.1.6.1", VALUE_OCTETS, "\xaa\xbb\xcc\xdd\xee\xff", 6);
	is_text(&f, "1.3.6.1.10", "aa:bb:cc:dd:ee:ff");
	is_octets(&f, "1.3.6.1.11", VALUE_OCTETS, "\0\x0b\xcc\xdd\xee\xff", 6);
	is_octets(&f, "1.3.6.1.12", VALUE_OCTETS, "\x07\xea\x0b\x19\x04\x23\x34\0+\x01\x1e", 11);
	is_text(&f, "1.3.6.1.13", "2026-11-25,4:35:52.0");
	done(&f);
}

static void test_absent_and_bad(void **state)
{
	struct fixture f = read_text(
	    ".1.3.6.1.1 = No Such Object available on this agent at this OID\n"
	    ".1.3.6.1.2 = No Such Instance currently exists at this OID\n"
	    ".1.3.6.1.3 = STRING: text\n"
	    "Timeout: No Response from 10.0.0.1\n"
	    "SNMPv2-MIB::sysName.0 = STRING: x\n"
	    ".1.3.6.1.4 = INTEGER: up\n"
	    ".1.3.6.1.5 = Counter32: 4294967296\n"
	    ".1.3.6.1.6 = Hex-STRING: 0\n"
	    ".1.3.6.1.7 = Cow: 1\n"
	    ".1.3.6.1.8 = No more variables left in this MIB View (It is past the end of the MIB tree)\n");

	(void)state;
	assert_int_equal(recording_count(f.recording), 1);
	is_text(&f, "1.3.6.1.3", "text");
	assert_int_equal(f.reading.absent, 3);
	assert_int_equal(f.reading.bad, 6);
	assert_string_equal(str_text(&f.reading.text),
	    "a.walk:4: \"Timeout: No Response from 10.0.0.1\" is a message, not an object\n"
	    "a.walk:5: a name instead of numbers: dump with snmpwalk -On\n"
	    "a.walk:6: \"INTEGER: up\" is no value that snmpwalk prints\n"
	    "a.walk:7: \"Counter32: 4294967296\" is no value that snmpwalk prints\n"
	    "a.walk:8: \"Hex-STRING: 0\" is no value that snmpwalk prints\n"
	    "a.walk: 1 more such lines\n");
	done(&f);
}

static void test_neither(void **state)
{
	struct fixture f = read_text("<html>\n");

	(void)state;
	assert_null(f.recording);
	assert_non_null(
	    strstr(str_text(&f.reading.text), "neither an .snmprec nor what snmpwalk -On prints"));
	done(&f);
	f = read_text("# by snmpsim\n\n1.3.6.1.1|4|a = b\n");
	is_text(&f, "1.3.6.1.1", "a = b");
	done(&f);
	reading_init(&f.reading, "/nonexistent/file");
	assert_null(recfile_read("/nonexistent/file", &f.reading));
	assert_string_equal(
	    str_text(&f.reading.text), "/nonexistent/file: cannot be read: No such file or directory\n");
	reading_fini(&f.reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_text),
	    cmocka_unit_test(test_octets),
	    cmocka_unit_test(test_absent_and_bad),
	    cmocka_unit_test(test_neither),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
