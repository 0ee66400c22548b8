#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "play/live.h"
#include "play/recfile.h"

#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000000)

static struct recording *read_text(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct recording *recording;
	struct reading reading;

	reading_init(&reading, "device");
	recording = recfile_read_stream(file, &reading);
	assert_non_null(recording);
	assert_string_equal(str_text(&reading.text), "");
	fclose(file);
	reading_fini(&reading);
	return recording;
}

static struct value value_of(struct live *live, const struct recording *recording, const char *name)
{
	const struct recorded *object = recording_find_text(recording, name);
	struct value value;

	assert_non_null(object);
	value = object->value;
	live_value(live, object, &value);
	return value;
}

#define UPTIME "1.3.6.1.2.1.1.3.0"
#define IN     "1.3.6.1.2.1.2.2.1.10.1"
#define HC_IN  "1.3.6.1.2.1.31.1.1.1.6.1"

/* Ten Mbit/s, and average rates that would be far more. */
static const char switch_text[] = "1.3.6.1.2.1.1.3.0|67|100000\n" /* 1,000 s */
				  "1.3.6.1.2.1.2.2.1.5.1|66|10000000\n"
				  "1.3.6.1.2.1.2.2.1.8.1|2|1\n"
				  "1.3.6.1.2.1.2.2.1.10.1|65|7\n"
				  "1.3.6.1.2.1.2.2.1.11.1|65|1000\n"
				  "1.3.6.1.2.1.2.2.1.14.1|65|0\n"
				  "1.3.6.1.2.1.2.2.1.16.1|65|4294967000\n"
				  "1.3.6.1.2.1.25.1.1.0|67|500\n"
				  "1.3.6.1.2.1.25.1.2.0|4x|07e00b1904233400\n"
				  "1.3.6.1.2.1.31.1.1.1.6.1|70|1000000000000\n";

static void test_running(void **state)
{
	struct recording *recording = read_text(switch_text);
	struct live *live = live_new(recording, NULL, "a", 5 * S);
	struct value value;
	uint64_t hc, packets;

	(void)state;
	live_set_time(live, 5 * S, 0);
	for (size_t i = 0; i < recording_count(recording); i++) {
		const struct recorded *object = recording_at(recording, i);

		value = object->value;
		live_value(live, object, &value);
		if (object->value.type == VALUE_COUNTER64)
			assert_true(value.u == object->value.u);
	}
	live_set_time(live, 15 * S, INT64_C(1795581352) * S + S / 2); /* 2026-11-25 04:35:52.5 */
	assert_int_equal(value_of(live, recording, UPTIME).u, 101000);
	assert_int_equal(value_of(live, recording, "1.3.6.1.2.1.25.1.1.0").u, 1500);
	value = value_of(live, recording, "1.3.6.1.2.1.25.1.2.0");
	assert_int_equal(value.bytes.len, 8);
	assert_memory_equal(value.bytes.p, "\x07\xea\x0b\x19\x04\x23\x34\x05", 8);
	hc = value_of(live, recording, HC_IN).u - UINT64_C(1000000000000);
	assert_in_range(hc, 1, 10 * 1250000 * 9 / 10);
	/* The 32-bit counter is the 64-bit one, whatever was recorded. */
	assert_int_equal(value_of(live, recording, IN).u, (uint32_t)value_of(live, recording, HC_IN).u);
	packets = value_of(live, recording, "1.3.6.1.2.1.2.2.1.11.1").u - 1000;
	assert_in_range(packets, 5, 15);
	assert_int_equal(value_of(live, recording, "1.3.6.1.2.1.2.2.1.14.1").u, 0);
	assert_int_equal(value_of(live, recording, "1.3.6.1.2.1.2.2.1.8.1").i, 1);
	/* Without a twin it wraps by itself. */
	value = value_of(live, recording, "1.3.6.1.2.1.2.2.1.16.1");
	assert_true(value.u <= UINT32_MAX && value.u < 4294967000);
	live_free(live);
	recording_free(recording);
}

static void test_rate_of_a_later_recording(void **state)
{
	struct recording *recording = read_text(switch_text);
	struct recording *later = read_text("1.3.6.1.2.1.1.3.0|67|102000\n" /* 20 s later */
					    "1.3.6.1.2.1.2.2.1.16.1|65|1704\n"
					    "1.3.6.1.2.1.2.2.1.11.1|65|1000\n"
					    "1.3.6.1.2.1.31.1.1.1.6.1|70|1000000004000\n");
	struct live *live = live_new(recording, later, "a", 0);

	(void)state;
	recording_free(later);
	live_set_time(live, 100 * S, 0);
	assert_int_equal(
	    value_of(live, recording, "1.3.6.1.2.1.2.2.1.16.1").u, (uint32_t)(4294967000 + 100 * 100));
	assert_int_equal(value_of(live, recording, "1.3.6.1.2.1.2.2.1.11.1").u, 1000);
	assert_true(value_of(live, recording, HC_IN).u == UINT64_C(1000000020000));
	live_free(live);
	recording_free(recording);
}

/* After a restart of the device the difference tells nothing. */
static void test_later_but_restarted(void **state)
{
	struct recording *recording = read_text(switch_text);
	struct recording *later = read_text("1.3.6.1.2.1.1.3.0|67|500\n"
					    "1.3.6.1.2.1.31.1.1.1.6.1|70|1\n");
	struct live *live = live_new(recording, later, "a", 0), *alone = live_new(recording, NULL, "a", 0);

	(void)state;
	live_set_time(live, 10 * S, 0);
	live_set_time(alone, 10 * S, 0);
	assert_true(value_of(live, recording, HC_IN).u == value_of(alone, recording, HC_IN).u);
	live_free(alone);
	live_free(live);
	recording_free(later);
	recording_free(recording);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_running),
	    cmocka_unit_test(test_rate_of_a_later_recording),
	    cmocka_unit_test(test_later_but_restarted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
