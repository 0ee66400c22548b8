#include "ctl/invocation.h"

#include "base/str.h"
#include "base/units.h"
#include "model/status.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMUNITY_MAX 256
#define PIXELS_MAX    8192

enum {
	OPT_JSON = 256,
	OPT_ALL,
	OPT_CREDENTIAL,
	OPT_GRAPH,
	OPT_COMMAND,
	OPT_LIST,
	OPT_DARK,
	OPT_FROM,
	OPT_TO,
	OPT_WAIT,
	OPT_WIDTH,
	OPT_HEIGHT,
	OPT_SNMP,
	OPT_SCHEMA,
	OPT_DEVICE,
	OPT_RULE,
	OPT_ROW,
	OPT_SEVERITY,
	OPT_SINCE,
	OPT_FOLLOW,
	OPT_FOR,
	OPT_REASON,
	OPT_AUTHOR,
	OPT_REMOVE,
	OPT_RULES,
	OPT_ENGINE,
	OPT_WRITE,
	OPT_EXCLUDE,
	OPT_RATE,
	OPT_PORT
};

static const char usage[] =
    "usage: rollcall [-c FILE] [-s SOCKET] COMMAND ...\n"
    "\n"
    "  status [DEVICE]        who is present, who is absent, what is wrong (--all, --json)\n"
    "  show DEVICE [TABLE]    every row and value last polled (--json; --engine: how it is asked,\n"
    "                         and what was found out for that)\n"
    "  probe ADDRESS[:PORT].. poll once, and again for rates, without the daemon\n"
    "                         (-C COMMUNITY, --credential NAME, --snmp 1|2c, --wait 5s, --json)\n"
    "  graph DEVICE [ROW] -o FILE.png|FILE.svg\n"
    "                         a graph by rrdtool (--graph NAME, --from -1d, --to now, --width,\n"
    "                         --height, --dark; --command prints the rrdtool line; --list)\n"
    "  discover NETWORK...    who answers there, as a device list (192.0.2.0/24, 192.0.2.10-20,\n"
    "                         --credential NAME,NAME, --exclude NETWORK,.. --write FILE, --json,\n"
    "                         --rate 100 addresses a second, --port 161)\n"
    "  events                 what happened (--device NAME, --rule NAME, --severity warning,\n"
    "                         --since -1d, --json; --follow goes on)\n"
    "  silence DEVICE --for 2h --reason TEXT\n"
    "                         no calls about it, its rows and what is behind it (--rule, --row,\n"
    "                         --author; --list; --remove NUMBER)\n"
    "  ack DEVICE RULE [ROW] --reason TEXT\n"
    "                         a problem is seen: no more calls until it ends (--author; --list)\n"
    "  stats                  the collector about itself (--json)\n"
    "  flush [DEVICE]         all samples into their files, then return\n"
    "  reload                 the daemon takes over the configuration: all of it or nothing\n"
    "  rename OLD NEW         the history of a device follows its new name\n"
    "  check                  the configuration, with every mistake (--show: every key; --rules\n"
    "                         DEVICE: its rules and thresholds, and where they are said; --json)\n"
    "\n"
    "  -c, --config FILE      configuration (default: ./rollcall.yaml, /etc/rollcall/rollcall.yaml)\n"
    "  -s, --socket PATH      the daemon's status.sock, or the folder that holds it\n"
    "  -C, --community TEXT   for probe; '-' reads it from standard input\n"
    "  -h, --help             this text\n"
    "  -V, --version          version\n"
    "\n"
    "Exit status: 0 fine, 1 something is wrong with what is watched, 2 usage or configuration, 3 no "
    "daemon.\n";

static const struct option known[] = {{"config", required_argument, NULL, 'c'},
    {"socket", required_argument, NULL, 's'}, {"community", required_argument, NULL, 'C'},
    {"output", required_argument, NULL, 'o'}, {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'}, {"json", no_argument, NULL, OPT_JSON},
    {"all", no_argument, NULL, OPT_ALL}, {"credential", required_argument, NULL, OPT_CREDENTIAL},
    {"graph", required_argument, NULL, OPT_GRAPH}, {"command", no_argument, NULL, OPT_COMMAND},
    {"list", no_argument, NULL, OPT_LIST}, {"dark", no_argument, NULL, OPT_DARK},
    {"from", required_argument, NULL, OPT_FROM}, {"to", required_argument, NULL, OPT_TO},
    {"wait", required_argument, NULL, OPT_WAIT}, {"width", required_argument, NULL, OPT_WIDTH},
    {"height", required_argument, NULL, OPT_HEIGHT}, {"snmp", required_argument, NULL, OPT_SNMP},
    {"show", no_argument, NULL, OPT_SCHEMA}, {"device", required_argument, NULL, OPT_DEVICE},
    {"rule", required_argument, NULL, OPT_RULE}, {"row", required_argument, NULL, OPT_ROW},
    {"severity", required_argument, NULL, OPT_SEVERITY}, {"since", required_argument, NULL, OPT_SINCE},
    {"follow", no_argument, NULL, OPT_FOLLOW}, {"for", required_argument, NULL, OPT_FOR},
    {"reason", required_argument, NULL, OPT_REASON}, {"author", required_argument, NULL, OPT_AUTHOR},
    {"remove", required_argument, NULL, OPT_REMOVE}, {"rules", required_argument, NULL, OPT_RULES},
    {"engine", no_argument, NULL, OPT_ENGINE}, {"write", required_argument, NULL, OPT_WRITE},
    {"exclude", required_argument, NULL, OPT_EXCLUDE}, {"rate", required_argument, NULL, OPT_RATE},
    {"port", required_argument, NULL, OPT_PORT}, {NULL, 0, NULL, 0}};

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

/* "-1d" (before now), "now", or epoch seconds. */
static bool take_time(const char *option, const char *value, int64_t *out)
{
	int64_t ns, epoch;

	if (str_equal(value, "now"))
		*out = (int64_t)time(NULL);
	else if (*value == '-' && units_parse_duration(value + 1, &ns) == ERR_OK)
		*out = (int64_t)time(NULL) - ns / UNITS_SEC;
	else if (str_to_i64(value, &epoch) && epoch > 0)
		*out = epoch;
	else
		return mistake(option, value, "expected -1d, -6h, now or seconds since the epoch");
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

static bool take_wait(const char *value, int64_t *out)
{
	if (units_parse_duration(value, out) != ERR_OK || *out > 3600 * UNITS_SEC)
		return mistake("wait", value, "expected a duration such as 5s, at most 1h");
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

/* Options that are taken as they are; NULL if it is none of them. */
static const char **text_option(struct invocation *invocation, int option)
{
	switch (option) {
	case 'c':
		return &invocation->config;
	case 's':
		return &invocation->socket;
	case 'o':
		return &invocation->output;
	case OPT_CREDENTIAL:
		return &invocation->credential;
	case OPT_GRAPH:
		return &invocation->graph;
	case OPT_DEVICE:
		return &invocation->device;
	case OPT_RULE:
		return &invocation->rule;
	case OPT_ROW:
		return &invocation->row;
	case OPT_REASON:
		return &invocation->reason;
	case OPT_AUTHOR:
		return &invocation->author;
	case OPT_RULES:
		return &invocation->rules_of;
	case OPT_WRITE:
		return &invocation->write;
	case OPT_EXCLUDE:
		return &invocation->exclude;
	default:
		return NULL;
	}
}

static bool take_flag(struct invocation *invocation, int option)
{
	switch (option) {
	case OPT_JSON:
		return invocation->json = true;
	case OPT_ALL:
		return invocation->all = true;
	case OPT_COMMAND:
		return invocation->print_command = true;
	case OPT_LIST:
		return invocation->list = true;
	case OPT_DARK:
		return invocation->dark = true;
	case OPT_SCHEMA:
		return invocation->schema = true;
	case OPT_ENGINE:
		return invocation->engine = true;
	case OPT_FOLLOW:
		return invocation->follow = true;
	default:
		fputs("Try 'rollcall --help'.\n", stderr);
		return false;
	}
}

static bool take_option(struct invocation *invocation, int option)
{
	const char **text = text_option(invocation, option);

	if (text != NULL) {
		*text = optarg;
		return true;
	}
	switch (option) {
	case 'C':
		return take_community(invocation, optarg);
	case OPT_SINCE:
		return take_time("since", optarg, &invocation->since);
	case OPT_FOR:
		return take_for(optarg, &invocation->lasts);
	case OPT_SEVERITY:
		return take_severity(optarg, &invocation->severity);
	case OPT_REMOVE:
		return take_number("remove", optarg, &invocation->remove);
	case OPT_RATE:
		return take_count("rate", optarg, 5000, &invocation->rate);
	case OPT_PORT:
		return take_count("port", optarg, 65535, &invocation->port);
	case OPT_FROM:
		return take_time("from", optarg, &invocation->from);
	case OPT_TO:
		return take_time("to", optarg, &invocation->to);
	case OPT_WAIT:
		return take_wait(optarg, &invocation->wait);
	case OPT_WIDTH:
		return take_pixels("width", optarg, &invocation->width);
	case OPT_HEIGHT:
		return take_pixels("height", optarg, &invocation->height);
	case OPT_SNMP:
		return take_version(invocation, optarg);
	default:
		return take_flag(invocation, option);
	}
}

bool invocation_read(int argc, char **argv, struct invocation *invocation, int *status)
{
	int option;

	*invocation = (struct invocation){.wait = -1};
	*status = EXIT_USAGE;
	while ((option = getopt_long(argc, argv, "c:s:C:o:hV", known, NULL)) != -1) {
		if (option == 'h' || option == 'V') {
			fputs(option == 'h' ? usage : "rollcall " ROLLCALL_VERSION "\n", stdout);
			*status = EXIT_FINE;
			return false;
		}
		if (!take_option(invocation, option))
			return false;
	}
	if (optind >= argc) {
		fputs(usage, stderr);
		return false;
	}
	if (str_equal(argv[optind], "help")) {
		fputs(usage, stdout);
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
