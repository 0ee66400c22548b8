#include "ctl/invocation.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/usage.h"
#include "model/status.h"

#include <getopt.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMUNITY_MAX 256
#define PIXELS_MAX    8192
#define LETTERS	      256 /* options by word are numbered from here on, behind all letters */

enum taking {
	TAKE_TEXT,  /* const char *, as it is */
	TAKE_FLAG,  /* bool; no value follows */
	TAKE_COUNT, /* unsigned, 1 to `most` */
	TAKE_PIXELS,
	TAKE_TIME,   /* int64_t: seconds of the wall clock */
	TAKE_WAIT,   /* int64_t: ns, at most an hour */
	TAKE_FOR,    /* int64_t: ns, at most a year */
	TAKE_NUMBER, /* int64_t: as --list shows it */
	TAKE_SEVERITY,
	TAKE_VERSION,
	TAKE_COMMUNITY,
	TAKE_HELP,
	TAKE_OUR_VERSION,
};

/* A new option is a line here, its member in the header, and its word in the usage. */
static const struct known {
	const char *name;
	char letter; /* or 0 */
	enum taking taking;
	size_t member; /* its place in struct invocation */
	unsigned most; /* of a count */
} known[] = {
#define MEMBER(member) offsetof(struct invocation, member)
    {"config", 'c', TAKE_TEXT, MEMBER(config), 0},
    {"socket", 's', TAKE_TEXT, MEMBER(socket), 0},
    {"community", 'C', TAKE_COMMUNITY, 0, 0},
    {"output", 'o', TAKE_TEXT, MEMBER(output), 0},
    {"help", 'h', TAKE_HELP, 0, 0},
    {"version", 'V', TAKE_OUR_VERSION, 0, 0},
    {"json", 0, TAKE_FLAG, MEMBER(json), 0},
    {"all", 0, TAKE_FLAG, MEMBER(all), 0},
    {"credential", 0, TAKE_TEXT, MEMBER(credential), 0},
    {"graph", 0, TAKE_TEXT, MEMBER(graph), 0},
    {"command", 0, TAKE_FLAG, MEMBER(print_command), 0},
    {"list", 0, TAKE_FLAG, MEMBER(list), 0},
    {"dark", 0, TAKE_FLAG, MEMBER(dark), 0},
    {"from", 0, TAKE_TIME, MEMBER(from), 0},
    {"to", 0, TAKE_TIME, MEMBER(to), 0},
    {"wait", 0, TAKE_WAIT, MEMBER(wait), 0},
    {"width", 0, TAKE_PIXELS, MEMBER(width), 0},
    {"height", 0, TAKE_PIXELS, MEMBER(height), 0},
    {"snmp", 0, TAKE_VERSION, MEMBER(version), 0},
    {"show", 0, TAKE_FLAG, MEMBER(schema), 0},
    {"device", 0, TAKE_TEXT, MEMBER(device), 0},
    {"rule", 0, TAKE_TEXT, MEMBER(rule), 0},
    {"row", 0, TAKE_TEXT, MEMBER(row), 0},
    {"severity", 0, TAKE_SEVERITY, MEMBER(severity), 0},
    {"since", 0, TAKE_TIME, MEMBER(since), 0},
    {"follow", 0, TAKE_FLAG, MEMBER(follow), 0},
    {"for", 0, TAKE_FOR, MEMBER(lasts), 0},
    {"reason", 0, TAKE_TEXT, MEMBER(reason), 0},
    {"author", 0, TAKE_TEXT, MEMBER(author), 0},
    {"remove", 0, TAKE_NUMBER, MEMBER(remove), 0},
    {"rules", 0, TAKE_TEXT, MEMBER(rules_of), 0},
    {"engine", 0, TAKE_FLAG, MEMBER(engine), 0},
    {"write", 0, TAKE_TEXT, MEMBER(write), 0},
    {"exclude", 0, TAKE_TEXT, MEMBER(exclude), 0},
    {"rate", 0, TAKE_COUNT, MEMBER(rate), 5000},
    {"port", 0, TAKE_COUNT, MEMBER(port), 65535},
    {"month", 0, TAKE_TEXT, MEMBER(month), 0},
    {"by", 0, TAKE_TEXT, MEMBER(by), 0},
    {"tag", 0, TAKE_TEXT, MEMBER(tag), 0},
    {"top", 0, TAKE_COUNT, MEMBER(top), 1000000},
    {"csv", 0, TAKE_FLAG, MEMBER(csv), 0},
    {"cycles", 'n', TAKE_COUNT, MEMBER(cycles), 10000},
    {"objects", 0, TAKE_COUNT, MEMBER(objects), 100000000},
    {"first", 0, TAKE_TEXT, MEMBER(first), 0},
    {"live", 0, TAKE_FLAG, MEMBER(live), 0},
    {"anonymise", 0, TAKE_FLAG, MEMBER(anonymise), 0},
    {"against", 0, TAKE_TEXT, MEMBER(against), 0},
    {"neighbours", 0, TAKE_COUNT, MEMBER(neighbours), 10},
    {"format", 0, TAKE_TEXT, MEMBER(format), 0},
    {"write-credentials", 0, TAKE_TEXT, MEMBER(write_credentials), 0},
    {"interval", 0, TAKE_WAIT, MEMBER(every), 0},
    {"once", 0, TAKE_FLAG, MEMBER(once), 0},
#undef MEMBER
};

static bool mistake(const char *option, const char *value, const char *wanted)
{
	fprintf(stderr, "rollcall: --%s %s: %s\n", option, value, wanted);
	return false;
}

/* The community, taken out of the list of processes. */
static bool take_community(struct invocation *invocation, char *value)
{
	char line[COMMUNITY_MAX + 2];

	if (!str_equal(value, "-")) {
		secret_set(&invocation->community, value, strlen(value));
		memset(value, '*', strlen(value));
		return true;
	}
	if (fgets(line, sizeof line, stdin) == NULL) {
		fputs("rollcall: -C -: no community on standard input\n", stderr);
		return false;
	}
	secret_set(&invocation->community, line, strcspn(line, "\r\n"));
	explicit_bzero(line, sizeof line);
	return true;
}

/* "2026-10-01", "2026-10-01 18:00" or with a T between, in local time. */
static bool read_date(const char *value, int64_t *out)
{
	static const char *const formats[] = {"%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"};

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct tm tm = {.tm_isdst = -1};
		const char *end = strptime(value, formats[i], &tm);

		if (end == NULL || *end != '\0')
			continue;
		tm.tm_isdst = -1;
		*out = (int64_t)mktime(&tm);
		return *out > 0;
	}
	return false;
}

/* "-1d" (before now), "now", a date, or epoch seconds. */
static bool take_time(const char *option, const char *value, int64_t *out)
{
	int64_t ns, epoch;

	if (str_equal(value, "now"))
		*out = (int64_t)time(NULL);
	else if (*value == '-' && units_parse_duration(value + 1, &ns) == ERR_OK)
		*out = (int64_t)time(NULL) - ns / UNITS_SEC;
	else if (str_to_i64(value, &epoch) && epoch > 0)
		*out = epoch;
	else if (!read_date(value, out))
		return mistake(
		    option, value, "expected -1d, -6h, now, 2026-10-01 or seconds since the epoch");
	return true;
}

static bool take_pixels(const char *option, const char *value, unsigned *out)
{
	uint64_t pixels;

	if (!str_to_u64(value, &pixels) || pixels < 100 || pixels > PIXELS_MAX)
		return mistake(option, value, "expected 100 to 8192 pixels");
	*out = (unsigned)pixels;
	return true;
}

static bool take_wait(const char *option, const char *value, int64_t *out)
{
	if (units_parse_duration(value, out) != ERR_OK || *out > 3600 * UNITS_SEC)
		return mistake(option, value, "expected a duration such as 5s, at most 1h");
	return true;
}

static bool take_version(struct invocation *invocation, const char *value)
{
	if (!str_equal(value, "1") && !str_equal(value, "2c"))
		return mistake("snmp", value, "expected 1 or 2c");
	invocation->version = value;
	return true;
}

static bool take_for(const char *value, int64_t *out)
{
	if (units_parse_duration(value, out) != ERR_OK || *out < UNITS_SEC || *out > 366 * 86400 * UNITS_SEC)
		return mistake("for", value, "expected a duration such as 2h or 3d, at most a year");
	return true;
}

static bool take_severity(const char *value, const char **out)
{
	enum severity severity;

	if (!severity_parse(value, &severity))
		return mistake("severity", value, "expected info, warning or critical");
	*out = value;
	return true;
}

static bool take_number(const char *option, const char *value, int64_t *out)
{
	if (!str_to_i64(value, out) || *out <= 0)
		return mistake(option, value, "expected a number, as --list shows it");
	return true;
}

static bool take_count(const char *option, const char *value, unsigned most, unsigned *out)
{
	uint64_t number;

	if (!str_to_u64(value, &number) || number < 1 || number > most) {
		fprintf(stderr, "rollcall: --%s %s: expected 1 to %u\n", option, value, most);
		return false;
	}
	*out = (unsigned)number;
	return true;
}

static bool take_option(struct invocation *invocation, const struct known *option, char *value)
{
	void *member = (char *)invocation + option->member;

	switch (option->taking) {
	case TAKE_TEXT:
		*(const char **)member = value;
		return true;
	case TAKE_FLAG:
		*(bool *)member = true;
		return true;
	case TAKE_COUNT:
		return take_count(option->name, value, option->most, member);
	case TAKE_PIXELS:
		return take_pixels(option->name, value, member);
	case TAKE_TIME:
		return take_time(option->name, value, member);
	case TAKE_WAIT:
		return take_wait(option->name, value, member);
	case TAKE_FOR:
		return take_for(value, member);
	case TAKE_NUMBER:
		return take_number(option->name, value, member);
	case TAKE_SEVERITY:
		return take_severity(value, member);
	case TAKE_VERSION:
		return take_version(invocation, value);
	case TAKE_COMMUNITY:
		return take_community(invocation, value);
	case TAKE_HELP:
		fputs(usage_text(), stdout);
		return false;
	case TAKE_OUR_VERSION:
		fputs("rollcall " ROLLCALL_VERSION "\n", stdout);
		return false;
	}
	return false;
}

static bool has_value(const struct known *option)
{
	return option->taking != TAKE_FLAG && option->taking != TAKE_HELP &&
	       option->taking != TAKE_OUR_VERSION;
}

/* What getopt_long() wants of the table: it returns `val`, a letter or the place in the table. */
static void known_to_getopt(struct option *options, char *letters)
{
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		options[i] = (struct option){.name = known[i].name,
		    .has_arg = has_value(&known[i]) ? required_argument : no_argument,
		    .val = (int)i + LETTERS};
		if (known[i].letter == 0)
			continue;
		*letters++ = known[i].letter;
		if (has_value(&known[i]))
			*letters++ = ':';
	}
	options[ARRAY_LEN(known)] = (struct option){0};
	*letters = '\0';
}

static const struct known *known_find(int found)
{
	if (found >= LETTERS)
		return &known[found - LETTERS];
	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (known[i].letter == found)
			return &known[i];
	return NULL;
}

bool invocation_read(int argc, char **argv, struct invocation *invocation, int *status)
{
	struct option options[ARRAY_LEN(known) + 1];
	char letters[2 * ARRAY_LEN(known) + 1];
	const struct known *option;
	int found;

	*invocation = (struct invocation){.wait = -1};
	*status = EXIT_USAGE;
	known_to_getopt(options, letters);
	while ((found = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		option = known_find(found);
		if (option == NULL) {
			fputs("Try 'rollcall --help'.\n", stderr);
			return false;
		}
		if (option->taking == TAKE_HELP || option->taking == TAKE_OUR_VERSION)
			*status = EXIT_FINE;
		if (!take_option(invocation, option, optarg))
			return false;
	}
	if (optind >= argc) {
		fputs(usage_text(), stderr);
		return false;
	}
	if (str_equal(argv[optind], "help")) {
		fputs(usage_text(), stdout);
		*status = EXIT_FINE;
		return false;
	}
	invocation->command = argv[optind];
	invocation->args = &argv[optind + 1];
	invocation->n_args = (size_t)(argc - optind - 1);
	return true;
}

void invocation_fini(struct invocation *invocation)
{
	secret_fini(&invocation->community);
}

int invocation_mistake(const struct invocation *invocation, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "rollcall: %s: ", invocation->command);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return EXIT_USAGE;
}
