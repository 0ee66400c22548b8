#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/units.h"
#include "views/text.h"

#include <stdlib.h>
#include <string.h>

#define NOW 1764000000

static char *show(const char *json, size_t width)
{
	struct text_style style = {.width = width, .now = NOW * UNITS_SEC};
	struct str out = {0};
	json_error_t error;
	json_t *tree = json_loads(json, 0, &error);

	if (tree == NULL)
		fail_msg("%s", error.text);
	text_show(&out, tree, &style);
	json_decref(tree);
	return str_steal(&out);
}

static void assert_shows(const char *json, size_t width, const char *expected)
{
	char *text = show(json, width);

	if (strstr(text, expected) == NULL)
		fail_msg("not in there: %s\n%s", expected, text);
	free(text);
}

static void assert_fits(const char *text, size_t width)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		char line[512];

		assert_true(len < sizeof line);
		memcpy(line, text, len);
		line[len] = '\0';
		if (str_width(line) > width)
			fail_msg("wider than %zu: %s", width, line);
		assert_true(len == 0 || line[len - 1] != ' ');
		text += len + (text[len] == '\n');
	}
}

#define ROW                                                                                                  \
	"{\"device\": \"sw1\", \"address\": \"192.0.2.1\", \"state\": \"up\", \"last_poll\": 1763999997,"    \
	" \"system\": {\"name\": \"switch\"}, \"tables\": {\"interfaces\": [{\"key\": \"Gi1\", \"index\": "  \
	"\"3\", \"tags\": {\"ifName\": \"Gi1\", \"ifDescr\": \"GigabitEthernet1\", \"ifAlias\": \"to the "   \
	"router in the other building\", \"ifPhysAddress\": null}, \"metrics\": {\"ifHCInOctets\": "         \
	"{\"value\": 5000, \"rate\": 125000, \"unit\": \"octets\", \"time\": 1763999997, \"state\": "        \
	"\"ok\"}, \"ifOperStatus\": {\"value\": 1, \"rate\": null, \"unit\": \"\", \"text\": \"up\", "       \
	"\"time\": 1763999997, \"state\": \"ok\"}, \"ifMtu\": {\"value\": 1500, \"rate\": null, \"unit\": "  \
	"\"\", \"time\": 1763999997, \"state\": \"ok\"}, \"hrStorageAllocationFailures\": {\"value\": 9, "   \
	"\"rate\": 123, \"unit\": \"failures\", \"time\": 1763999997, \"state\": \"ok\"}}}]}}"

static void two_cells_fit_on_80_columns(void **state)
{
	(void)state;
	assert_shows(
	    ROW, 80, "    ifHCInOctets             1.00 Mbit/s   ifOperStatus                      up\n");
	assert_shows(ROW, 80,
	    "    ifMtu                          1,500\n    hrStorageAllocationFailures  123 failures/s\n");
	assert_shows(
	    ROW, 70, "    ifDescr: GigabitEthernet1\n    ifAlias: to the router in the other building\n");
	assert_shows(
	    ROW, 80, "    ifDescr: GigabitEthernet1   ifAlias: to the router in the other building\n");
}

static void every_width_is_kept(void **state)
{
	(void)state;
	for (size_t width = 50; width <= 200; width += 7) {
		char *text = show(ROW, width);

		assert_fits(text, width);
		free(text);
	}
}

static char *value_of(const char *metric)
{
	char *json =
	    str_format("{\"device\": \"d\", \"address\": \"d\", \"state\": \"up\", \"tables\": {\"t\": "
		       "[{\"key\": \"t\", \"index\": \"0\", \"metrics\": {\"m\": %s}}]}}",
		metric);
	char *text = show(json, 80);

	free(json);
	return text;
}

static void assert_value(const char *metric, const char *expected)
{
	char *text = value_of(metric);

	if (strstr(text, expected) == NULL)
		fail_msg("not in there: %s\n%s", expected, text);
	free(text);
}

static void unknown_says_why_in_words(void **state)
{
	char *text = value_of("{\"value\": null, \"rate\": null, \"unit\": \"\", \"state\": \"no_such\"}");

	(void)state;
	assert_null(strstr(text, "  m")); /* what is not there has no line */
	free(text);
	assert_value("{\"value\": 7, \"rate\": null, \"unit\": \"octets\", \"state\": \"first\"}",
	    UNITS_UNKNOWN " (first sample)\n");
	assert_value("{\"value\": null, \"rate\": null, \"unit\": \"\", \"state\": \"never\"}",
	    UNITS_UNKNOWN " (not polled yet)\n");
	assert_value(
	    "{\"value\": null, \"rate\": null, \"unit\": \"%\", \"state\": \"unknown\"}", UNITS_UNKNOWN "\n");
	assert_value(
	    "{\"value\": 7, \"rate\": null, \"unit\": \"s\", \"state\": \"timeout\"}", "7 s (timeout)\n");
	assert_value("{\"value\": 4, \"rate\": null, \"unit\": \"\", \"state\": \"ok\"}", " 4\n");
	assert_value("{\"value\": 1764000000, \"rate\": null, \"unit\": \"\", \"state\": \"ok\", \"text\": "
		     "\"2025-11-24T16:00:00Z\"}",
	    " 2025-11-24T16:00:00Z\n");
}

static void the_headline_is_not_repeated(void **state)
{
	static const char json[] = "{\"device\": \"a\", \"address\": \"a\", \"state\": \"up\", "
				   "\"last_poll\": null, \"system\": {\"name\": "
				   "\"host\"}, \"tables\": {\"system\": [{\"key\": \"system\", \"index\": "
				   "\"0\", \"tags\": {\"sysName\": "
				   "\"host\", \"other\": \"told\"}, \"metrics\": {}}]}}";
	char *text = show(json, 80);

	(void)state;
	assert_non_null(strstr(text, "a  up, no answer yet\n"));
	assert_non_null(strstr(text, "  sysName  host\n"));
	assert_null(strstr(text, "sysName: "));
	assert_non_null(strstr(text, "    other: told\n"));
	free(text);
}

#define DOWN                                                                                                 \
	"{\"name\": \"sw1\", \"address\": \"192.0.2.1:161\", \"state\": \"down\", \"hard\": false, "         \
	"\"since\": "                                                                                        \
	"1763999940, \"profile\": null, \"last_poll\": null, \"poll_ms\": null, \"problems\": [{\"rule\": "  \
	"\"device-down\", \"object\": null, \"severity\": \"critical\", \"since\": 1763999940, \"text\": "   \
	"\"does not answer\"}]}"

static void one_device_in_detail(void **state)
{
	struct text_style style = {.width = 80, .now = NOW * UNITS_SEC, .colour = true};
	json_t *device = json_loads(DOWN, 0, NULL);
	struct str out = {0};

	(void)state;
	text_status_device(&out, device, &style);
	assert_non_null(strstr(out.s, "\033[31mdown for 1 min, not confirmed yet\033[0m\n"));
	str_clear(&out);
	style.colour = false;
	text_status_device(&out, device, &style);
	assert_string_equal(out.s, "sw1  down for 1 min, not confirmed yet\n"
				   "  problem      does not answer (device-down, critical, for 1 min)\n"
				   "  address      192.0.2.1:161\n"
				   "  last answer  never\n");
	str_fini(&out);
	json_decref(device);
}

static void a_device_that_is_down_shows_why(void **state)
{
	(void)state;
	assert_shows(
	    "{\"device\": \"sw1\", \"address\": \"192.0.2.1:161\", \"state\": \"down\", \"last_poll\": null, "
	    "\"problems\": [{\"rule\": \"device-down\", \"object\": null, \"severity\": \"critical\", "
	    "\"since\": 1763999940, \"text\": \"does not answer\"}], \"tables\": {}}",
	    80,
	    "sw1  down at 192.0.2.1:161, no answer yet\n"
	    "  problem  does not answer (device-down, critical, for 1 min)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(two_cells_fit_on_80_columns),
	    cmocka_unit_test(every_width_is_kept),
	    cmocka_unit_test(unknown_says_why_in_words),
	    cmocka_unit_test(the_headline_is_not_repeated),
	    cmocka_unit_test(one_device_in_detail),
	    cmocka_unit_test(a_device_that_is_down_shows_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
