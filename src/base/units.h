/* units: durations, sizes and numbers as people read and write them.
 *
 * The forms are those of the design ("Numbers and times"): SI rates with three
 * significant digits, IEC bytes, percent with one decimal, durations of at most
 * two units rounded down. Number and unit are joined by a plain space here;
 * HTML turns it into U+202F. Unknown (NaN) is UNITS_UNKNOWN. */
#ifndef ROLLCALL_BASE_UNITS_H
#define ROLLCALL_BASE_UNITS_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

#define UNITS_MS  INT64_C(1000000)
#define UNITS_SEC INT64_C(1000000000) /* the program's time is int64_t nanoseconds */

#define UNITS_TEXT_MAX 48
#define UNITS_UNKNOWN  "\xe2\x80\x93" /* "–" (U+2013) */

/* "60s", "500ms", "5m", "2h", "2d", "1w", "5y" (365 d), also sums like "1h30m"; plain
 * numbers need a unit, but "0" does not. ERR_INVALID when malformed. Result in ns. */
enum err units_parse_duration(const char *text, int64_t *ns) MUST_USE;
/* "64K", "10M", "2G" (1024s, optional "iB" or "B"). */
enum err units_parse_size(const char *text, uint64_t *bytes) MUST_USE;

/* All write into buf[UNITS_TEXT_MAX] and return it. */
char *units_duration(char *buf, int64_t ns);	    /* "12 s", "4 min", "3 h 2 min", "1 d 2 h", "212 d" */
char *units_config_duration(char *buf, int64_t ns); /* as configuration has it: "1m30s", "35d" */
char *units_bytes(char *buf, double bytes);	    /* "893 GiB", "7.20 GiB" */
char *units_si(char *buf, double value, const char *unit); /* "812 Mbit/s", "8.12 Gbit/s", "0 bit/s" */
char *units_count(char *buf, double value);		   /* "9,961", "1.24 M" from 100,000 up */
char *units_percent(char *buf, double value);		   /* "93.1 %", "<0.1 %", "100 %" */
char *units_time(char *buf, int64_t wall_ns,
    int64_t now_ns); /* local: "18:18:04", other day "11-21 18:18", other year with it */

/* A value with the profile's unit: octets/s become bit/s; B and bytes IEC; % percent;
 * bit/s SI; errors and packets "/s" forms; s a duration; else up to four significant digits and the unit. */
char *units_value(char *buf, double value, const char *unit);

#endif
