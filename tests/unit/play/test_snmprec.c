#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "play/snmprec.h"

#include <stdlib.h>
#include <string.h>

struct fixture {
	struct recording *recording;
	struct reading reading;
};

static struct fixture read_octets(const char *octets, size_t len)
{
	struct fixture f = {.recording = recording_new()};
	FILE *file = fmemopen((void *)(uintptr_t)octets, len, "r");

	reading_init(&f.reading, "a.snmprec");
	assert_int_equal(snmprec_read(file, f.recording, &f.reading), ERR_OK);
	reading_end(&f.reading);
	fclose(file);
	(void)recording_sort(f.recording);
	return f;
}

static struct fixture read_text(const char *text)
{
	return read_octets(text, strlen(text));
}

static void done(struct fixture *f)
{
	reading_fini(&f->reading);
	recording_free(f->recording);
}

static void is_octets(const struct fixture *f, const char *name, const char *octets, size_t len)
{
	const struct recorded *object = recording_find_text(f->recording, name);

	assert_non_null(object);
	assert_int_equal(object->value.bytes.len, len);
	assert_memory_equal(object->value.bytes.p, octets, len);
}

/* Each type, as text, and back into the same text. */
static void test_types(void **state)
{
	static const char text[] = "1.3.6.1.1|2|-5\n"
				   "1.3.6.1.2|4|core | 1\n"
				   "1.3.6.1.3|4|\n"
				   "1.3.6.1.4|4x|20610a00ff\n"
				   "1.3.6.1.5|5|\n"
				   "1.3.6.1.6|6|1.3.6.1.4.1.9\n"
				   "1.3.6.1.7|64|10.0.0.1\n"
				   "1.3.6.1.8|65|4294967295\n"
				   "1.3.6.1.9|66|7\n"
				   "1.3.6.1.10|67|12345\n"
				   "1.3.6.1.11|68x|9f78043f800000\n"
				   "1.3.6.1.12|68x|9f79083ff8000000000000\n"
				   "1.3.6.1.13|68x|9f7a02ff38\n"
				   "1.3.6.1.14|70|18446744073709551615\n";
	struct fixture f = read_text(text);
	struct str out = {0};

	(void)state;
	assert_int_equal(f.reading.bad, 0);
	assert_int_equal(recording_find_text(f.recording, "1.3.6.1.1")->value.i, -5);
	is_octets(&f, "1.3.6.1.2", "core | 1", 8);
	is_octets(&f, "1.3.6.1.4", " a\n\0\xff", 5);
	assert_int_equal(recording_find_text(f.recording, "1.3.6.1.11")->value.type, VALUE_FLOAT);
	assert_true(recording_find_text(f.recording, "1.3.6.1.12")->value.d == 1.5);
	assert_int_equal(recording_find_text(f.recording, "1.3.6.1.13")->value.type, VALUE_OPAQUE);
	for (size_t i = 0; i < recording_count(f.recording); i++)
		assert_true(snmprec_add(&out, recording_at(f.recording, i)));
	assert_string_equal(str_text(&out), text);
	str_fini(&out);
	done(&f);
}

static void test_variants(void **state)
{
	struct fixture f = read_text("# by snmpsim\r\n"
				     "\n"
				     ".1.3.6.1.1|2| 7 \r\n"
				     "1.3.6.1.2|64x|0A000001\n"
				     "1.3.6.1.3|4e|a\\nb\\x41\\\\\\q\n"
				     "1.3.6.1.4|6|\n"
				     "1.3.6.1.5|4| two  \n"
				     "1.3.6.1.6|128|\n"
				     "1.3.6.1.7|129|\n"
				     "1.3.6.1.8|4|no newline");

	(void)state;
	assert_string_equal(str_text(&f.reading.text), "");
	assert_int_equal(recording_find_text(f.recording, "1.3.6.1.1")->value.i, 7);
	is_octets(&f, "1.3.6.1.2", "\x0a\0\0\x01", 4);
	is_octets(&f, "1.3.6.1.3", "a\nbA\\\\q", 7);
	is_octets(&f, "1.3.6.1.4", "\0", 1);
	is_octets(&f, "1.3.6.1.5", " two  ", 6);
	is_octets(&f, "1.3.6.1.8", "no newline", 10);
	assert_int_equal(f.reading.absent, 2);
	assert_int_equal(recording_count(f.recording), 6);
	done(&f);
}

static void test_bad_lines(void **state)
{
	struct fixture f = read_text("nonsense\n"
				     "1.3.6.1.1|2|up\n"
				     "1.3.6.1.2|65:numeric|rate=100\n"
				     "1.3.6.1.3|99|1\n"
				     "sysName|4|x\n"
				     "1.3.6.1.4|4x|abc\n"
				     "1.3.6.1.5|65|4294967296\n"
				     "1.3.6.1.6|64|10.0.0\n"
				     "1.3.6.1.9|2|1\n");

	(void)state;
	assert_int_equal(recording_count(f.recording), 1);
	assert_int_equal(f.reading.bad, 8);
	assert_string_equal(str_text(&f.reading.text), "a.snmprec:1: not NAME|TAG|VALUE\n"
						       "a.snmprec:2: \"up\" is no INTEGER\n"
						       "a.snmprec:3: snmpsim's variation module \"numeric\" "
						       "is not offered here: the object is left out\n"
						       "a.snmprec:4: unknown tag \"99\"\n"
						       "a.snmprec:5: \"sysName\" is no object identifier\n"
						       "a.snmprec: 3 more such lines\n");
	done(&f);
}

static void test_nothing_written(void **state)
{
	static const uint8_t name[] = {0x2b, 6, 1};
	struct recorded object = {.name = name, .name_len = 3, .value = {.type = VALUE_NO_SUCH_OBJECT}};
	struct str out = {0};

	(void)state;
	assert_false(snmprec_add(&out, &object));
	object.value.type = VALUE_BAD;
	str_add(&out, "before\n");
	assert_false(snmprec_add(&out, &object));
	assert_string_equal(str_text(&out), "before\n");
	str_fini(&out);
}

static void test_octets_of_any_kind(void **state)
{
	static const char line[] = "1.3.6.1.1|4|a\0b\xff\n";
	struct fixture f = read_octets(line, sizeof line - 1);

	(void)state;
	is_octets(&f, "1.3.6.1.1", "a\0b\xff", 4);
	done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_variants),
	    cmocka_unit_test(test_bad_lines),
	    cmocka_unit_test(test_nothing_written),
	    cmocka_unit_test(test_octets_of_any_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
