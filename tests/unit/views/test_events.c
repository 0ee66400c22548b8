#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/units.h"
#include "views/event_json.h"
#include "views/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW (INT64_C(1764000000) * UNITS_SEC)

static const struct text_style style = {.width = 80, .now = NOW};

static struct event event_of(enum event_kind kind, const char *device, const char *object)
{
	return (struct event){.id = 7,
	    .time = NOW - 90 * UNITS_SEC + 125 * UNITS_MS,
	    .device = device,
	    .object = object,
	    .rule = "if-down",
	    .kind = kind,
	    .severity = SEVERITY_CRITICAL,
	    .text = "uplink is down",
	    .value = NAN};
}

static void assert_json(json_t *json, const char *wanted)
{
	char *text = json_dumps(json, JSON_COMPACT);

	assert_string_equal(text, wanted);
	free(text);
	json_decref(json);
}

static void events_have_the_contracts_fields(void **state)
{
	struct event full = event_of(EVENT_RAISE, "sw1", "Gi1/0/1"), bare = event_of(EVENT_CLEAR, NULL, NULL);
	struct event *events[] = {&full, &bare};

	(void)state;
	full.value = 93.5;
	full.cause = "core";
	full.text = "\xff\x01 \"x\"";
	assert_json(json_events(events, 2),
	    "{\"events\":[{\"id\":7,\"time\":1763999910.125,\"device\":\"sw1\",\"object\":\"Gi1/0/1\","
	    "\"rule\":\"if-down\",\"kind\":\"raise\",\"severity\":\"critical\","
	    "\"text\":\"\\\\xff\xef\xbf\xbd \\\"x\\\"\",\"value\":93.5,\"cause\":\"core\"},"
	    "{\"id\":7,\"time\":1763999910.125,\"device\":null,\"object\":null,\"rule\":\"if-down\","
	    "\"kind\":\"clear\",\"severity\":\"critical\",\"text\":\"uplink is down\",\"value\":null,"
	    "\"cause\":null}]}");
	assert_json(json_events(NULL, 0), "{\"events\":[]}");
}

static void silences_and_acks_as_json(void **state)
{
	struct silence silence = {.id = 3,
	    .device = "sw*",
	    .reason = "r",
	    .author = "kim",
	    .from = NOW,
	    .until = NOW + 60 * UNITS_SEC};
	struct ack ack = {.device = "sw1", .rule = "cpu", .reason = "r", .author = "kim", .time = NOW};
	struct silence *silences[] = {&silence};
	struct ack *acks[] = {&ack};

	(void)state;
	assert_json(json_silences(silences, 1),
	    "{\"silences\":[{\"id\":3,\"device\":\"sw*\",\"rule\":null,\"object\":null,\"reason\":\"r\","
	    "\"author\":\"kim\",\"from\":1764000000.0,\"until\":1764000060.0}]}");
	assert_json(json_acks(acks, 1),
	    "{\"acks\":[{\"device\":\"sw1\",\"rule\":\"cpu\",\"object\":null,\"reason\":\"r\","
	    "\"author\":\"kim\",\"time\":1764000000.0}]}");
}

static void assert_text(
    void (*text)(struct str *, const json_t *, const struct text_style *), json_t *json, const char *wanted)
{
	struct str out = {0};

	text(&out, json, &style);
	assert_string_equal(str_text(&out), wanted);
	str_fini(&out);
	json_decref(json);
}

static void events_read_well(void **state)
{
	struct event raised = event_of(EVENT_RAISE, "sw1", "Gi1/0/1"),
		     cleared = event_of(EVENT_CLEAR, NULL, NULL);
	struct event *events[] = {&raised, &cleared};

	(void)state;
	cleared.rule = "collector-blind";
	cleared.text = "evil \x1b[31m\ntext";
	assert_text(text_events, json_events(events, 2),
	    "15:58:30  C  sw1          if-down Gi1/0/1: uplink is down\n"
	    "15:58:30  \xc2\xb7  (collector)  collector-blind has ended: evil \xef\xbf\xbd[31m text\n");
	assert_text(text_events, json_events(NULL, 0), "No such events.\n");
	assert_text(
	    text_event_line, json_event(&raised), "15:58:30  C  sw1  if-down Gi1/0/1: uplink is down\n");
}

static void lists_read_well(void **state)
{
	struct silence silence = {.id = 3,
	    .device = "sw*",
	    .rule = "cpu",
	    .reason = "new cards",
	    .author = "kim",
	    .from = NOW,
	    .until = NOW + 5400 * UNITS_SEC};
	struct ack ack = {.rule = "collector-blind", .reason = "seen", .author = "kim", .time = NOW};
	struct silence *silences[] = {&silence};
	struct ack *acks[] = {&ack};

	(void)state;
	assert_text(text_silences, json_silences(silences, 1),
	    "number  device  rule  row        left  author  reason\n"
	    "     3  sw*     cpu        1 h 30 min  kim     new cards\n");
	assert_text(text_silences, json_silences(NULL, 0), "Nothing is silenced.\n");
	assert_text(text_acks, json_acks(acks, 1),
	    "device       rule             row  since     author  reason\n"
	    "(collector)  collector-blind       16:00:00  kim     seen\n");
	assert_text(text_acks, json_acks(NULL, 0), "Nothing is acknowledged.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(events_have_the_contracts_fields),
	    cmocka_unit_test(silences_and_acks_as_json),
	    cmocka_unit_test(events_read_well),
	    cmocka_unit_test(lists_read_well),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
