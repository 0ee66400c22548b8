#include "base/units.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct text_case {
	double value;
	const char *unit;
	const char *want;
};

static void parses_durations(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
	    {"0", 0},
	    {"0s", 0},
	    {"500ms", 500 * UNITS_MS},
	    {"60s", 60 * UNITS_SEC},
	    {"5m", 300 * UNITS_SEC},
	    {"2h", 7200 * UNITS_SEC},
	    {"2d", 172800 * UNITS_SEC},
	    {"1w", 604800 * UNITS_SEC},
	    {"5y", INT64_C(5) * 365 * 86400 * UNITS_SEC},
	    {"1h30m", 5400 * UNITS_SEC},
	    {"1d1h1m1s1ms", 90061 * UNITS_SEC + UNITS_MS},
	    {"1.5h", 5400 * UNITS_SEC},
	    {"0.25s", 250 * UNITS_MS},
	};
	static const char *const bad[] = {"", "5", "s", "-5s", "+5s", " 5s", "5s ", "5 s", "5x", "5M",
	    "1h 30m", "30m1h", "1h1h", "1h30", "1.s", ".5s", "1..5s", "1.5.5s", "0x10s", "1.0000000001s",
	    "5mss", "00"};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(units_parse_duration(good[i].text, &ns), ERR_OK);
		assert_int_equal(ns, good[i].ns);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		ns = 77;
		if (units_parse_duration(bad[i], &ns) != ERR_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(ns, 77);
	}
	assert_int_equal(units_parse_duration("293y", &ns), ERR_LIMIT);
	assert_int_equal(units_parse_duration("292y99999999999s", &ns), ERR_LIMIT);
	assert_int_equal(units_parse_duration("99999999999999999999999s", &ns), ERR_LIMIT);
	assert_int_equal(units_parse_duration("292y", &ns), ERR_OK);
}

static void parses_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"0", 0}, {"512", 512}, {"512B", 512}, {"64K", 65536}, {"64k", 65536}, {"10M", 10485760},
	    {"2G", UINT64_C(2) << 30}, {"2GiB", UINT64_C(2) << 30}, {"2GB", UINT64_C(2) << 30},
	    {"1.5K", 1536}, {"15E", UINT64_C(15) << 60}};
	static const char *const bad[] = {
	    "", "K", "-1", "1 K", "1KK", "1iB", "1Ki", "1X", "1.K", "1..2K", "1b"};
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_int_equal(units_parse_size(good[i].text, &bytes), ERR_OK);
		assert_int_equal(bytes, good[i].bytes);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (units_parse_size(bad[i], &bytes) != ERR_INVALID)
			fail_msg("\"%s\" was taken", bad[i]);
	assert_int_equal(units_parse_size("16E", &bytes), ERR_LIMIT);
	assert_int_equal(units_parse_size("18446744073709551616", &bytes), ERR_LIMIT);
}

static void writes_durations(void **state)
{
	static const struct {
		int64_t s;
		const char *want, *config;
	} cases[] = {
	    {-5, "0 s", "0s"},
	    {0, "0 s", "0s"},
	    {12, "12 s", "12s"},
	    {59, "59 s", "59s"},
	    {60, "1 min", "1m"},
	    {90, "1 min", "1m30s"},
	    {299, "4 min", "4m59s"},
	    {3600, "1 h", "1h"},
	    {10920, "3 h 2 min", "3h2m"},
	    {10979, "3 h 2 min", "3h2m59s"},
	    {86399, "23 h 59 min", "23h59m59s"},
	    {93600, "1 d 2 h", "1d2h"},
	    {86400 * 9 + 7200, "9 d 2 h", "9d2h"},
	    {86400 * 10 + 7200, "10 d", "10d2h"},
	    {86400 * 35, "35 d", "35d"},
	    {86400 * 212, "212 d", "212d"},
	    {86400 * 365 * 5, "1825 d", "5y"},
	};
	char buf[UNITS_TEXT_MAX];
	int64_t back;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		assert_string_equal(units_duration(buf, cases[i].s * UNITS_SEC), cases[i].want);
		assert_string_equal(units_config_duration(buf, cases[i].s * UNITS_SEC), cases[i].config);
		assert_int_equal(units_parse_duration(buf, &back), ERR_OK);
		assert_int_equal(back, cases[i].s < 0 ? 0 : cases[i].s * UNITS_SEC);
	}
	assert_string_equal(units_config_duration(buf, 1500 * UNITS_MS), "1s500ms");
	assert_string_equal(units_duration(buf, 999 * UNITS_MS), "0 s");
	units_duration(buf, INT64_MAX);
	units_config_duration(buf, INT64_MAX);
}

static void run_cases(
    char *(*write)(char *buf, double value, const char *unit), const struct text_case *cases, size_t n)
{
	char buf[UNITS_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		assert_string_equal(write(buf, cases[i].value, cases[i].unit), cases[i].want);
}

static char *write_bytes(char *buf, double value, const char *unit)
{
	(void)unit;
	return units_bytes(buf, value);
}

static char *write_count(char *buf, double value, const char *unit)
{
	(void)unit;
	return units_count(buf, value);
}

static char *write_percent(char *buf, double value, const char *unit)
{
	(void)unit;
	return units_percent(buf, value);
}

#define RUN(write, cases) run_cases(write, cases, sizeof(cases) / sizeof((cases)[0]))

static void writes_bytes(void **state)
{
	static const struct text_case cases[] = {
	    {0, "", "0 B"},
	    {1023, "", "1023 B"},
	    {1024, "", "1.00 KiB"},
	    {0x1p30 * 893, "", "893 GiB"},
	    {0x1p30 * 7.2, "", "7.20 GiB"},
	    {0x1p30 * 41.64, "", "41.6 GiB"},
	    {0x1p20 * 999.4, "", "999 MiB"},
	    {0x1p20 * 1000, "", "0.98 GiB"},
	    {0.5, "", "0.50 B"},
	    {-2048, "", "-2.00 KiB"},
	    {NAN, "", UNITS_UNKNOWN},
	    {INFINITY, "", UNITS_UNKNOWN},
	};

	(void)state;
	RUN(write_bytes, cases);
}

static void writes_si(void **state)
{
	static const struct text_case cases[] = {
	    {0, "bit/s", "0 bit/s"},
	    {-0.0, "bit/s", "0 bit/s"},
	    {5, "bit/s", "5 bit/s"},
	    {5.5, "bit/s", "5.50 bit/s"},
	    {9.996, "bit/s", "10.0 bit/s"},
	    {99.96, "bit/s", "100 bit/s"},
	    {999, "bit/s", "999 bit/s"},
	    {999.6, "bit/s", "1.00 kbit/s"},
	    {1000, "bit/s", "1.00 kbit/s"},
	    {812e6, "bit/s", "812 Mbit/s"},
	    {8.12e9, "bit/s", "8.12 Gbit/s"},
	    {8.125e9, "bit/s", "8.12 Gbit/s"},
	    {9.996e9, "bit/s", "10.0 Gbit/s"},
	    {999.96e9, "bit/s", "1.00 Tbit/s"},
	    {0.03, "bit/s", "0.03 bit/s"},
	    {0.001, "bit/s", "<0.01 bit/s"},
	    {1e6, "", "1.00 M"},
	    {-812e6, "bit/s", "-812 Mbit/s"},
	    {NAN, "bit/s", UNITS_UNKNOWN},
	};
	char buf[UNITS_TEXT_MAX];

	(void)state;
	RUN(units_si, cases);
	assert_true(strlen(units_si(buf, 1e300, "bit/s")) < UNITS_TEXT_MAX);
	units_si(buf, 1, "가가가가가가가가가가가가가가가가가가가가");
	assert_int_equal(strlen(buf), 2 + 15 * 3); /* whole letters only */
}

static void writes_counts(void **state)
{
	static const struct text_case cases[] = {
	    {0, "", "0"},
	    {7, "", "7"},
	    {0.35, "", "0.35"},
	    {3.7, "", "3.7"},
	    {999.7, "", "1,000"},
	    {9961, "", "9,961"},
	    {99999, "", "99,999"},
	    {99999.7, "", "100 k"},
	    {1.24e6, "", "1.24 M"},
	    {-9961, "", "-9,961"},
	    {-961, "", "-961"},
	    {NAN, "", UNITS_UNKNOWN},
	};

	(void)state;
	RUN(write_count, cases);
}

static void writes_percent(void **state)
{
	static const struct text_case cases[] = {
	    {0, "", "0 %"},
	    {0.04, "", "<0.1 %"},
	    {0.1, "", "0.1 %"},
	    {93.14, "", "93.1 %"},
	    {93, "", "93.0 %"},
	    {99.99, "", "99.9 %"},
	    {100, "", "100 %"},
	    {131.4, "", "131 %"},
	    {-3.14, "", "-3.1 %"},
	    {-0.01, "", "0.0 %"},
	    {NAN, "", UNITS_UNKNOWN},
	};

	(void)state;
	RUN(write_percent, cases);
}

static void writes_values_by_unit(void **state)
{
	static const struct text_case cases[] = {
	    {101.5e6, "octets/s", "812 Mbit/s"},
	    {0, "octets/s", "0 bit/s"},
	    {1e9, "bit/s", "1.00 Gbit/s"},
	    {0x1p30 * 893, "B", "893 GiB"},
	    {0x1p30 * 893, "bytes", "893 GiB"},
	    {2048, "octets", "2.00 KiB"},
	    {2048, "B/s", "2.00 KiB/s"},
	    {93.14, "%", "93.1 %"},
	    {0, "s", "0 s"},
	    {0.0382, "s", "38.2 ms"},
	    {0.35, "s", "0.35 s"},
	    {5, "s", "5 s"},
	    {5.25, "s", "5.25 s"},
	    {12.9, "s", "12 s"},
	    {10920, "s", "3 h 2 min"},
	    {-5, "s", "-5 s"},
	    {1e10, "s", "10.0 G s"},
	    {0, "errors/s", "0"},
	    {0.03, "errors/s", "0.03 /s"},
	    {0.001, "errors/s", "<0.01 /s"},
	    {12, "discards/s", "12 /s"},
	    {9961, "packets/s", "9,961 pkt/s"},
	    {1.24e6, "packets/s", "1.24 M pkt/s"},
	    {3.5, "calls/s", "3.5 calls/s"},
	    {3.5, "m/s", "3.5 m/s"},
	    {9961, "", "9,961"},
	    {41.6, "°C", "41.6 °C"},
	    {218, "V", "218 V"},
	    {12.4, "A", "12.4 A"},
	    {49.98, "Hz", "49.98 Hz"},
	    {-7.2, "dBm", "-7.2 dBm"},
	    {0, "dBm", "0 dBm"},
	    {12000, "rpm", "12,000 rpm"},
	    {0.0123, "A", "0.0123 A"},
	    {2.4e9, "Hz", "2.40 GHz"},
	    {NAN, "V", UNITS_UNKNOWN},
	};

	(void)state;
	RUN(units_value, cases);
}

static void writes_times(void **state)
{
	const int64_t now = INT64_C(1795544561) * UNITS_SEC; /* 2026-11-24 18:22:41 UTC */
	char buf[UNITS_TEXT_MAX];

	(void)state;
	setenv("TZ", "UTC", 1);
	tzset();
	assert_string_equal(units_time(buf, now - 277 * UNITS_SEC, now), "18:18:04");
	assert_string_equal(units_time(buf, now - 3 * 86400 * UNITS_SEC, now), "11-21 18:22");
	assert_string_equal(units_time(buf, now - INT64_C(368) * 86400 * UNITS_SEC, now), "2025-11-21 18:22");
	setenv("TZ", "KST-9", 1);
	tzset();
	assert_string_equal(units_time(buf, now - 277 * UNITS_SEC, now), "03:18:04");
	/* Another day in Seoul, though the same in Greenwich. */
	assert_string_equal(units_time(buf, now - 4 * 3600 * UNITS_SEC, now), "11-24 23:22");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parses_durations),
	    cmocka_unit_test(parses_sizes),
	    cmocka_unit_test(writes_durations),
	    cmocka_unit_test(writes_bytes),
	    cmocka_unit_test(writes_si),
	    cmocka_unit_test(writes_counts),
	    cmocka_unit_test(writes_percent),
	    cmocka_unit_test(writes_values_by_unit),
	    cmocka_unit_test(writes_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
