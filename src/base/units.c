#include "base/units.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MINUTE (60 * UNITS_SEC)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)
#define YEAR   (365 * DAY)

#define FRACTION_DIGITS 9 /* read after a decimal point; the nanosecond of a second */

/* --- reading --- */

/* "12" or "1.5" at *p times `factor`, cut to a whole number; moves *p behind it. */
static enum err parse_scaled(const char *p, const char **end, uint64_t factor, uint64_t *out)
{
	uint64_t whole = 0, fraction = 0, scale = 1;
	__uint128_t total;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(whole, UINT64_C(10), &whole) ||
		    __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
			return ERR_LIMIT;
	if (*p == '.') {
		int digits = 0;

		for (p++; *p >= '0' && *p <= '9'; p++) {
			if (++digits > FRACTION_DIGITS)
				return ERR_INVALID;
			fraction = fraction * 10 + (uint64_t)(*p - '0');
			scale *= 10;
		}
		if (digits == 0)
			return ERR_INVALID;
	}
	total = (__uint128_t)whole * factor + (__uint128_t)fraction * factor / scale;
	if (total > UINT64_MAX)
		return ERR_LIMIT;
	*out = (uint64_t)total;
	*end = p;
	return ERR_OK;
}

static const char *skip_number(const char *p)
{
	return p + strspn(p, "0123456789.");
}

static const struct {
	const char *name;
	int64_t ns;
} durations[] = {
    {"y", YEAR},
    {"w", WEEK},
    {"d", DAY},
    {"h", HOUR},
    {"m", MINUTE},
    {"s", UNITS_SEC},
    {"ms", UNITS_MS},
};

/* The entry whose name is the letters at `p`, or -1. */
static int duration_unit(const char *p)
{
	size_t len = strspn(p, "abcdefghijklmnopqrstuvwxyz");

	for (size_t i = 0; i < ARRAY_LEN(durations); i++)
		if (strlen(durations[i].name) == len && memcmp(durations[i].name, p, len) == 0)
			return (int)i;
	return -1;
}

enum err units_parse_duration(const char *text, int64_t *ns)
{
	const char *p = text;
	int64_t sum = 0;
	int last = -1;

	if (strcmp(text, "0") == 0) {
		*ns = 0;
		return ERR_OK;
	}
	do {
		int unit = duration_unit(skip_number(p));
		const char *end;
		uint64_t part;
		enum err err;

		/* From the larger to the smaller: "30m1h" and "1h1h" are slips. */
		if (*p < '0' || *p > '9' || unit <= last)
			return ERR_INVALID;
		err = parse_scaled(p, &end, (uint64_t)durations[unit].ns, &part);
		if (err != ERR_OK)
			return err;
		if (end != skip_number(p))
			return ERR_INVALID;
		if (part > INT64_MAX || __builtin_add_overflow(sum, (int64_t)part, &sum))
			return ERR_LIMIT;
		p = end + strlen(durations[unit].name);
		last = unit;
	} while (*p);
	*ns = sum;
	return ERR_OK;
}

enum err units_parse_size(const char *text, uint64_t *bytes)
{
	static const char letters[] = "KMGTPE";
	const char *p = skip_number(text), *letter, *end;
	uint64_t factor = 1, n;
	enum err err;

	if (*text < '0' || *text > '9')
		return ERR_INVALID;
	letter = *p ? strchr(letters, *p == 'k' ? 'K' : *p) : NULL;
	if (letter) {
		factor = UINT64_C(1) << (10 * (letter - letters + 1));
		p++;
	}
	if (!(*p == '\0' || strcmp(p, "B") == 0 || (letter && strcmp(p, "iB") == 0)))
		return ERR_INVALID;
	err = parse_scaled(text, &end, factor, &n);
	if (err != ERR_OK)
		return err;
	if (end != skip_number(text))
		return ERR_INVALID;
	*bytes = n;
	return ERR_OK;
}

/* --- pieces of writing --- */

static char *unknown(char *buf)
{
	memcpy(buf, UNITS_UNKNOWN, sizeof UNITS_UNKNOWN);
	return buf;
}

/* Puts `text` behind what buf holds; what is too long ends at a whole character. */
static char *append(char *buf, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t at = strlen(buf), left = strlen(text);

	while (left > 0) {
		int32_t code;
		size_t n = utf8_decode(s, left, &code);

		if (at + n >= UNITS_TEXT_MAX)
			break;
		memcpy(buf + at, s, n);
		at += n;
		s += n;
		left -= n;
	}
	buf[at] = '\0';
	return buf;
}

static char *append_unit(char *buf, const char *prefix, const char *unit)
{
	if (*prefix == '\0' && *unit == '\0')
		return buf;
	append(buf, " ");
	append(buf, prefix);
	return append(buf, unit);
}

/* With `decimals` digits behind the point; never "-0". */
static char *fixed(char *buf, double value, int decimals)
{
	snprintf(buf, UNITS_TEXT_MAX, "%.*f", decimals, value);
	if (buf[0] == '-' && strspn(buf, "-0.") == strlen(buf))
		memmove(buf, buf + 1, strlen(buf));
	return buf;
}

/* Takes needless zeros from behind the point: "41.60" is "41.6", "3.00" is "3". */
static char *trim(char *buf)
{
	size_t len = strlen(buf);

	if (strchr(buf, '.') == NULL)
		return buf;
	while (buf[len - 1] == '0')
		len--;
	if (buf[len - 1] == '.')
		len--;
	buf[len] = '\0';
	return buf;
}

/* Decimals that make `digits` significant ones of a number from 1 up; below 1, of its hundredths.
 * Looks at the rounded number: 9.996 is "10.0". */
static int decimals_for(double value, int digits)
{
	double limit = 10, half = 0.5 * pow(10, 1 - digits);
	int decimals = digits - 1;

	while (decimals > 0 && fabs(value) >= limit - half) {
		limit *= 10;
		half *= 10;
		decimals--;
	}
	return decimals;
}

/* Three significant digits, as tables have them; small whole numbers without a point. */
static char *three(char *buf, double value)
{
	double size = fabs(value);

	if (size < 1000 && size == floor(size))
		return fixed(buf, value, 0);
	if (size < 0.005)
		return strcpy(buf, value < 0 ? "0" : "<0.01");
	return fixed(buf, value, decimals_for(value, 3));
}

/* A whole number with commas: "9,961". */
static char *grouped(char *buf, double value)
{
	char digits[UNITS_TEXT_MAX];
	size_t len, at = 0;

	fixed(digits, value, 0);
	len = strlen(digits);
	for (size_t i = 0; i < len && at + 2 < UNITS_TEXT_MAX; i++) {
		buf[at++] = digits[i];
		if (digits[i] != '-' && i + 1 < len && (len - i - 1) % 3 == 0)
			buf[at++] = ',';
	}
	buf[at] = '\0';
	return buf;
}

/* Divides by `step` until three digits hold the number; the prefixes used are counted. */
static size_t scale_down(double *value, double step, double limit, size_t most)
{
	size_t n = 0;

	while (n < most && fabs(*value) >= limit) {
		*value /= step;
		n++;
	}
	return n;
}

static const char *const si_prefixes[] = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
static const char *const iec_prefixes[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"};

/* --- writing --- */

char *units_duration(char *buf, int64_t ns)
{
	static const struct {
		int64_t large, small;
		const char *large_name, *small_name;
		int64_t from;
	} forms[] = {
	    {DAY, DAY, "d", NULL, 10 * DAY},
	    {DAY, HOUR, "d", "h", DAY},
	    {HOUR, MINUTE, "h", "min", HOUR},
	    {MINUTE, MINUTE, "min", NULL, MINUTE},
	    {UNITS_SEC, UNITS_SEC, "s", NULL, INT64_MIN},
	};
	size_t i = 0;
	long long large, small;

	if (ns < 0)
		ns = 0;
	while (ns < forms[i].from)
		i++;
	large = ns / forms[i].large;
	small = ns % forms[i].large / forms[i].small;
	if (forms[i].small_name && small > 0)
		snprintf(buf, UNITS_TEXT_MAX, "%lld %s %lld %s", large, forms[i].large_name, small,
		    forms[i].small_name);
	else
		snprintf(buf, UNITS_TEXT_MAX, "%lld %s", large, forms[i].large_name);
	return buf;
}

char *units_config_duration(char *buf, int64_t ns)
{
	struct str out = {0};

	if (ns < 0)
		ns = 0;
	if (ns > 0 && ns % YEAR == 0) {
		snprintf(buf, UNITS_TEXT_MAX, "%lldy", (long long)(ns / YEAR));
		return buf;
	}
	for (size_t i = 2; i < ARRAY_LEN(durations); i++) { /* from days down: retention is said in days */
		int64_t n = ns / durations[i].ns;

		if (n > 0)
			str_addf(&out, "%lld%s", (long long)n, durations[i].name);
		ns -= n * durations[i].ns;
	}
	snprintf(buf, UNITS_TEXT_MAX, "%s", out.len ? out.s : "0s");
	str_fini(&out);
	return buf;
}

char *units_bytes(char *buf, double bytes)
{
	size_t prefix;

	if (!isfinite(bytes))
		return unknown(buf);
	if (fabs(bytes) < 1024 && bytes == floor(bytes)) {
		fixed(buf, bytes, 0);
		return append(buf, " B");
	}
	prefix = scale_down(&bytes, 1024, 999.5, ARRAY_LEN(iec_prefixes) - 1);
	if (prefix == 0)
		three(buf, bytes);
	else /* 1,000 KiB are 0.98 MiB */
		fixed(buf, bytes, decimals_for(bytes, 3));
	append_unit(buf, iec_prefixes[prefix], "B");
	return buf;
}

char *units_si(char *buf, double value, const char *unit)
{
	size_t prefix;

	if (!isfinite(value))
		return unknown(buf);
	prefix = scale_down(&value, 1000, 999.5, ARRAY_LEN(si_prefixes) - 1);
	if (prefix == 0)
		three(buf, value);
	else
		fixed(buf, value, decimals_for(value, 3));
	return append_unit(buf, si_prefixes[prefix], unit);
}

/* The number of units_count(), then a unit. */
static char *count_of(char *buf, double value, const char *unit)
{
	double size = fabs(value);

	if (!isfinite(value))
		return unknown(buf);
	if (size >= 99999.5)
		units_si(buf, value, ""); /* "1.24 M pkt/s", not "Mpkt/s": packets are no unit of physics */
	else if (size >= 999.5)
		grouped(buf, value);
	else
		trim(three(buf, value));
	return append_unit(buf, "", unit);
}

char *units_count(char *buf, double value)
{
	return count_of(buf, value, "");
}

char *units_percent(char *buf, double value)
{
	if (!isfinite(value))
		return unknown(buf);
	if (value > 0 && value < 0.1)
		return strcpy(buf, "<0.1 %");
	/* Not rounded up to a full hundred: a disk with room left is not full. */
	if (value < 100 && value > 99.9)
		value = 99.9;
	if (value == 0 || fabs(value) >= 100)
		fixed(buf, value, 0);
	else
		fixed(buf, value, 1);
	return append(buf, " %");
}

char *units_time(char *buf, int64_t wall_ns, int64_t now_ns)
{
	time_t then = (time_t)(wall_ns / UNITS_SEC), now = (time_t)(now_ns / UNITS_SEC);
	struct tm a = {0}, b = {0};
	const char *form = "%Y-%m-%d %H:%M";

	localtime_r(&then, &a);
	localtime_r(&now, &b);
	if (a.tm_year == b.tm_year)
		form = a.tm_yday == b.tm_yday ? "%H:%M:%S" : "%m-%d %H:%M";
	if (strftime(buf, UNITS_TEXT_MAX, form, &a) == 0)
		return unknown(buf);
	return buf;
}

/* --- by the profile's unit --- */

static char *seconds(char *buf, double value)
{
	if (value < 0 || value > 9e9) /* no duration, or none that int64_t nanoseconds hold */
		return count_of(buf, value, "s");
	if (value >= 10)
		return units_duration(buf, (int64_t)value * UNITS_SEC);
	if (value > 0 && value < 0.1) {
		three(buf, value * 1000);
		return append(buf, " ms");
	}
	three(buf, value);
	return append(buf, " s");
}

/* "0", "0.03 /s", "<0.01 /s": never thousandths. */
static char *rate(char *buf, double value, const char *unit)
{
	if (value == 0)
		return strcpy(buf, "0");
	return count_of(buf, value, unit);
}

/* Four significant digits: "41.6 °C", "49.98 Hz", "-7.2 dBm", "12,000 rpm". */
static char *measured(char *buf, double value, const char *unit)
{
	double size = fabs(value);
	int decimals;

	if (size >= 99999.5)
		return units_si(buf, value, unit);
	if (size >= 999.5) {
		grouped(buf, value);
		return append_unit(buf, "", unit);
	}
	decimals = decimals_for(value, 4);
	if (size > 0 && size < 0.1) /* small ones are seldom: currents in ampere, times in hours */
		decimals = 4;
	trim(fixed(buf, value, decimals));
	return append_unit(buf, "", unit);
}

static bool one_of(const char *unit, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(unit, names[i]) == 0)
			return true;
	return false;
}

char *units_value(char *buf, double value, const char *unit)
{
	static const char *const bits[] = {"bit/s", "bits/s", "bps"};
	static const char *const bytes[] = {"B", "bytes", "octets"};
	static const char *const byte_rates[] = {"B/s", "bytes/s"};
	static const char *const packets[] = {"packets/s", "pkt/s"};
	static const char *const faults[] = {"errors/s", "discards/s", "drops/s", "/s"};

	if (!isfinite(value))
		return unknown(buf);
	if (strcmp(unit, "octets/s") == 0)
		return units_si(buf, value * 8, "bit/s");
	if (one_of(unit, bits, ARRAY_LEN(bits)))
		return units_si(buf, value, "bit/s");
	if (one_of(unit, bytes, ARRAY_LEN(bytes)))
		return units_bytes(buf, value);
	if (one_of(unit, byte_rates, ARRAY_LEN(byte_rates)))
		return append(units_bytes(buf, value), "/s");
	if (one_of(unit, packets, ARRAY_LEN(packets)))
		return count_of(buf, value, "pkt/s");
	if (one_of(unit, faults, ARRAY_LEN(faults)))
		return rate(buf, value, "/s");
	if (strcmp(unit, "%") == 0)
		return units_percent(buf, value);
	if (strcmp(unit, "s") == 0)
		return seconds(buf, value);
	if (*unit == '\0')
		return units_count(buf, value);
	if (str_ends(unit, "/s") && strlen(unit) > 3) /* calls/s, not m/s */
		return rate(buf, value, unit);
	return measured(buf, value, unit);
}
