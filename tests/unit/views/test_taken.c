#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/units.h"
#include "views/event_json.h"
#include "views/json.h"
#include "views/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW (INT64_C(1764000000) * UNITS_SEC) /* 16:00:00 UTC */

static const struct silence until_five = {
    .until = NOW + 3600 * UNITS_SEC, .author = "kim", .reason = "new line cards"};
static const struct ack seen = {.author = "lee", .time = NOW, .reason = "on my way\x1b[31m"};

static json_t *problem_of(
    const char *object, enum severity severity, const struct silence *silence, const struct ack *ack)
{
	struct problem problem = {.rule = "r",
	    .object = object,
	    .severity = severity,
	    .since = NOW - 60 * UNITS_SEC,
	    .text = (char *)(uintptr_t) "is bad"};
	json_t *json = json_problem(&problem);

	json_problem_said(json, silence, ack);
	return json;
}

static void assert_json(json_t *json, const char *wanted)
{
	char *text = json_dumps(json, JSON_COMPACT);

	assert_string_equal(text, wanted);
	free(text);
	json_decref(json);
}

#define HEAD                                                                                                 \
	"{\"rule\":\"r\",\"object\":null,\"severity\":\"warning\",\"since\":1763999940.0,\"text\":\"is "     \
	"bad\","

static void said_as_json(void **state)
{
	(void)state;
	assert_json(
	    problem_of(NULL, SEVERITY_WARNING, NULL, NULL), HEAD "\"silenced\":null,\"acknowledged\":null}");
	assert_json(problem_of(NULL, SEVERITY_WARNING, &until_five, &seen), HEAD
	    "\"silenced\":{\"until\":1764003600.0,\"by\":\"kim\",\"reason\":\"new line cards\"},"
	    "\"acknowledged\":{\"by\":\"lee\",\"time\":1764000000.0,\"reason\":\"on my way\\u001B[31m\"}}");
}

/* "name": a device with these problems (taken). */
static json_t *device_of(const char *name, const char *state, json_t *problems)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:f, s:s, s:n, s:n, s:b, s:o}", "name", name, "address", name,
	    "state", state, "hard", 1, "since", (double)(NOW / UNITS_SEC) - 60, "profile", "if", "last_poll",
	    "poll_ms", "stale", 0, "problems", problems);
}

static json_t *list_of(json_t *first, json_t *second)
{
	json_t *list = json_array();

	json_array_append_new(list, first);
	if (second != NULL)
		json_array_append_new(list, second);
	return list;
}

static void assert_status(json_t *devices, json_t *problems, bool colour, const char *wanted)
{
	size_t by_state[DEVICE_STATE_COUNT] = {[DEVICE_UP] = 1};
	struct text_style style = {.width = 60, .now = NOW, .colour = colour};
	json_t *status = json_status(devices, by_state, NOW);
	struct str out = {0};

	json_object_set_new(status, "problems", problems);
	text_status(&out, status, &style);
	str_add_char(&out, '\0');
	*strstr(out.s, "1 of 1 present") = '\0';
	assert_string_equal(out.s, wanted);
	json_decref(status);
	str_fini(&out);
}

static void what_somebody_has_comes_after_what_nobody_has(void **state)
{
	json_t *devices = json_array();

	(void)state;
	json_array_append_new(devices, device_of("well", "up", json_array()));
	json_array_append_new(devices,
	    device_of("taken", "down", list_of(problem_of(NULL, SEVERITY_CRITICAL, NULL, &seen), NULL)));
	json_array_append_new(devices, device_of("behind", "unreachable", json_array()));
	json_array_append_new(devices, device_of("half", "up",
					   list_of(problem_of("a", SEVERITY_CRITICAL, NULL, NULL),
					       problem_of("b", SEVERITY_WARNING, &until_five, NULL))));
	json_array_append_new(devices,
	    device_of("open", "up", list_of(problem_of("eth0", SEVERITY_WARNING, NULL, NULL), NULL)));
	assert_status(devices, json_array(), false,
	    "C  half    up           1 min  a: is bad\n"
	    "                               b: is bad\n"
	    "                               silenced until 17:00:00 by k\xe2\x80\xa6\n"
	    "W  open    up           1 min  eth0: is bad\n"
	    "d  taken   down         1 min  is bad\n"
	    "                               acknowledged by lee: on my w\xe2\x80\xa6\n"
	    "R  behind  unreachable  1 min  behind a device that is down,\n"
	    "                               or the collector is blind\n"
	    "\xc2\xb7  well    up           1 min  if, polled in 0 ms\n");
}

static void one_after_the_other(void **state)
{
	json_t *devices = json_array(), *problems = list_of(problem_of("a", SEVERITY_INFO, NULL, &seen),
					    problem_of("b", SEVERITY_WARNING, NULL, NULL));

	(void)state;
	json_array_append_new(problems, problem_of("c", SEVERITY_WARNING, NULL, NULL));
	json_array_append_new(devices, device_of("sw", "up", problems));
	assert_status(devices, json_array(), false,
	    "W  sw  up  1 min  a: is bad\n"
	    "                  acknowledged by lee: on my way\xef\xbf\xbd[31m\n"
	    "                  b: is bad; c: is bad\n");
}

static void the_collectors_own(void **state)
{
	(void)state;
	assert_status(json_pack("[o]", device_of("well", "up", json_array())),
	    list_of(problem_of(NULL, SEVERITY_CRITICAL, NULL, &seen), NULL), true,
	    "c  is bad\n"
	    "   \033[2macknowledged by lee: on my way\xef\xbf\xbd[31m\033[0m\n"
	    "\n"
	    "\033[2m\xc2\xb7\033[0m  well  up  1 min  if, polled in 0 ms\n");
	assert_status(json_pack("[o]", device_of("well", "up", json_array())),
	    list_of(problem_of(NULL, SEVERITY_CRITICAL, NULL, NULL), NULL), false,
	    "C  is bad\n"
	    "\n"
	    "\xc2\xb7  well  up  1 min  if, polled in 0 ms\n");
}

static void in_detail(void **state)
{
	struct text_style style = {.width = 60, .now = NOW};
	json_t *device =
	    device_of("sw", "up", list_of(problem_of("a", SEVERITY_WARNING, &until_five, &seen), NULL));
	struct str out = {0};

	(void)state;
	text_status_device(&out, device, &style);
	assert_non_null(strstr(out.s,
	    "  problem      a: is bad (r, warning, for 1 min)\n"
	    "               acknowledged by lee: on my way\xef\xbf\xbd[31m; silence\xe2\x80\xa6\n"));
	json_decref(device);
	str_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(said_as_json),
	    cmocka_unit_test(what_somebody_has_comes_after_what_nobody_has),
	    cmocka_unit_test(one_after_the_other),
	    cmocka_unit_test(the_collectors_own),
	    cmocka_unit_test(in_detail),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
