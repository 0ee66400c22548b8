#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/units.h"
#include "base/vec.h"
#include "views/text.h"
#include "views/traffic.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NOW 1793491200 /* 2026-11-01 00:00 UTC */

static int in_utc(void **state)
{
	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	return 0;
}

static char *text_of(void (*text)(struct str *out, const json_t *json, const struct text_style *style),
    const json_t *json, size_t width)
{
	struct text_style style = {.width = width, .now = NOW * UNITS_SEC};
	struct str out = {0};

	text(&out, json, &style);
	return str_steal(&out);
}

static void assert_text(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

static void assert_fits(char *text, size_t width)
{
	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
		if (str_width(line) > width)
			fail_msg("wider than %zu: %s", width, line);
	free(text);
}

static void add(
    struct traffic_report *report, const char *device, const char *key, double octets, int64_t step)
{
	struct traffic_row row = {.device = mem_strdup(device), .key = mem_strdup(key), .step = step};
	struct volume_way way = {octets, octets / 2678400, octets / 1e6, NOW - 86400, octets / 2e6};

	row.figures = (struct volume_figures){{way, way}, way.percentile, 1, 0.973, 0.97};
	row.figures.way[VOLUME_OUT].octets /= 2;
	if (isnan(octets))
		row.figures.known = row.figures.complete = 0;
	vec_push(&report->rows, row);
}

static json_t *october(int64_t step)
{
	struct traffic_report report = {.time = NOW + 60, .from = NOW - 31 * 86400, .to = NOW};
	json_t *json;

	add(&report, "core-sw1", "Gi1/0/1", 2e12, step);
	add(&report, "edge \"fw\", new", "port1", 3e15, 300);
	add(&report, "dark", "eth0", NAN, 300);
	traffic_finish(&report, 0);
	json = json_traffic(&report);
	traffic_fini(&report);
	return json;
}

static void a_report_has_a_line_a_row(void **state)
{
	json_t *json = october(3600);

	(void)state;
	assert_text(text_of(text_traffic, json, 94),
	    "Traffic by interface, 2026-10-01 00:00 to 2026-11-01 00:00\n"
	    "device          interface     in    out  total    avg   peak           at    95th   known\n"
	    "edge \"fw\", new  port1      3.00P  1.50P  4.50P  8.96G  24.0G  10-31 00:00   12.0G  97.3 %\n"
	    "core-sw1        Gi1/0/1    2.00T  1.00T  3.00T  5.97M  16.0M  10-31 00:00  8.00M*  97.3 %\n"
	    "dark            eth0           \xe2\x80\x93      \xe2\x80\x93      \xe2\x80\x93      "
	    "\xe2\x80\x93      \xe2\x80\x93"
	    "                    \xe2\x80\x93     0 %\n"
	    "total                      3.00P  1.50P  4.50P                                     64.9 %\n"
	    "in, out, total: bytes (k = 1000). avg, peak, 95th: bit/s, of 5-minute averages, the larger of\n"
	    "in and out. known: share of the time of which there are values; the rest counts nowhere.\n"
	    "* of averages of up to 1 h, as nothing finer is kept so far back: peak and 95th are too low.\n");
	json_decref(json);
}

static void reports_keep_to_the_width(void **state)
{
	json_t *json = october(300);

	(void)state;
	for (size_t width = 76; width < 140; width++)
		assert_fits(text_of(text_traffic, json, width), width);
	json_decref(json);
}

static void csv_has_names_and_quotes(void **state)
{
	json_t *json = october(300);
	struct str csv = {0};

	(void)state;
	csv_traffic(&csv, json);
	assert_true(str_starts(csv.s, "device,key,tag,parts,in_octets,out_octets,octets,in_avg_bps,"));
	assert_non_null(strstr(csv.s,
	    "\n\"edge \"\"fw\"\", new\",port1,,1,3000000000000000,1500000000000000,4500000000000000,"));
	assert_non_null(strstr(csv.s, "\ndark,eth0,,1,,,,,,,,,,,,,300,0,0\n"));
	str_fini(&csv);
	json_decref(json);
}

static json_t *loads(const char *text)
{
	json_error_t error;
	json_t *json = json_loads(text, 0, &error);

	if (json == NULL)
		fail_msg("%s", error.text);
	return json;
}

static void top_shows_both_ways_and_a_bar(void **state)
{
	json_t *json = loads(
	    "{\"time\": 1793491200, \"class\": \"traffic\", \"by\": \"interface\", \"unit\": \"octets/s\", "
	    "\"ranked\": 2400, \"sum\": 187500000, \"rows\": ["
	    "{\"device\": \"core-sw1\", \"table\": \"interfaces\", \"key\": \"Gi1/0/1\", \"value\": "
	    "125000000, "
	    "\"unit\": \"octets/s\", \"in\": 100000000, \"out\": 25000000, \"time\": 1793491198},"
	    "{\"device\": \"edge-fw\", \"table\": \"interfaces\", \"key\": \"port1\", \"value\": 62500000, "
	    "\"unit\": \"octets/s\", \"in\": 62500000, \"out\": null, \"time\": 1793491140}]}");

	(void)state;
	assert_text(text_of(text_top, json, 80),
	    "Traffic \xc2\xb7 2,400 rows, together 1.50 Gbit/s \xc2\xb7 00:00:00\n"
	    "device    row              in         out    age\n"
	    "core-sw1  Gi1/0/1  800 Mbit/s  200 Mbit/s    2 s  "
	    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88"
	    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\n"
	    "edge-fw   port1    500 Mbit/s           \xe2\x80\x93  1 min  "
	    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\n");
	json_decref(json);
}

static void top_of_shares_is_of_a_hundred(void **state)
{
	json_t *json = loads("{\"time\": 1793491200, \"class\": \"cpu\", \"by\": \"tag\", \"unit\": \"%\", "
			     "\"ranked\": 9, \"sum\": "
			     "null, \"rows\": [{\"device\": "
			     "\"db-server-with-a-name-that-is-long.example.net\", \"table\": \"cpu\", "
			     "\"key\": null, \"tag\": \"site:seoul\", \"value\": 42.5, \"unit\": \"%\", "
			     "\"in\": null, \"out\": null, "
			     "\"time\": 1793491198}]}");

	(void)state;
	assert_text(text_of(text_top, json, 80),
	    "Processors in use by tag \xc2\xb7 9 rows \xc2\xb7 00:00:00\n"
	    "tag         highest                              in use  age\n"
	    "site:seoul  db-server-with-a-name-that-is-long\xe2\x80\xa6  42.5 %  2 s  "
	    "\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x88\xe2\x96\x8e\n");
	for (size_t width = 50; width < 120; width++)
		assert_fits(text_of(text_top, json, width), width);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_report_has_a_line_a_row),
	    cmocka_unit_test(reports_keep_to_the_width),
	    cmocka_unit_test(csv_has_names_and_quotes),
	    cmocka_unit_test(top_shows_both_ways_and_a_bar),
	    cmocka_unit_test(top_of_shares_is_of_a_hundred),
	};

	return cmocka_run_group_tests(tests, in_utc, NULL);
}
