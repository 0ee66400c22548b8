#include "fleet/options.h"

#include "fleet/codec.h"
#include "fleet/fault.h"
#include "fleet/personality.h"
#include "fleet/v3.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#define LOOPBACK_LAST 0x7ffffffeU /* 127.255.255.254 */

enum {
	OPT_SEED = 1,
	OPT_FIRST,
	OPT_PORT,
	OPT_DEVICES,
	OPT_IPV6,
	OPT_LINUX,
	OPT_PORTS,
	OPT_LINUX_PORTS,
	OPT_NARROW,
	OPT_MAX_SIZE,
	OPT_UPTIME,
	OPT_SCALE,
	OPT_COMMUNITY,
	OPT_USER,
	OPT_AUTH,
	OPT_AUTH_PASSPHRASE,
	OPT_PRIV,
	OPT_PRIV_PASSPHRASE,
	OPT_ENGINES,
	OPT_OBJECT_ID,
	OPT_PLAN,
	OPT_CONTROL,
	OPT_STDIN,
	OPT_TRACE,
	OPT_EXPECT,
	OPT_PERSONALITIES,
	OPT_HELP
};

static const struct option names[] = {{"seed", 1, NULL, OPT_SEED}, {"first", 1, NULL, OPT_FIRST},
    {"port", 1, NULL, OPT_PORT}, {"devices", 1, NULL, OPT_DEVICES}, {"ipv6", 0, NULL, OPT_IPV6},
    {"linux", 1, NULL, OPT_LINUX}, {"ports", 1, NULL, OPT_PORTS}, {"linux-ports", 1, NULL, OPT_LINUX_PORTS},
    {"narrow", 1, NULL, OPT_NARROW}, {"max-size", 1, NULL, OPT_MAX_SIZE}, {"uptime", 1, NULL, OPT_UPTIME},
    {"time-scale", 1, NULL, OPT_SCALE}, {"community", 1, NULL, OPT_COMMUNITY}, {"user", 1, NULL, OPT_USER},
    {"auth", 1, NULL, OPT_AUTH}, {"auth-passphrase", 1, NULL, OPT_AUTH_PASSPHRASE},
    {"priv", 1, NULL, OPT_PRIV}, {"priv-passphrase", 1, NULL, OPT_PRIV_PASSPHRASE},
    {"engines", 1, NULL, OPT_ENGINES}, {"object-id", 1, NULL, OPT_OBJECT_ID}, {"plan", 1, NULL, OPT_PLAN},
    {"control", 1, NULL, OPT_CONTROL}, {"stdin-control", 0, NULL, OPT_STDIN}, {"trace", 1, NULL, OPT_TRACE},
    {"expect", 1, NULL, OPT_EXPECT}, {"personalities", 0, NULL, OPT_PERSONALITIES},
    {"help", 0, NULL, OPT_HELP}, {NULL, 0, NULL, 0}};

static void help(void)
{
	puts(
	    "fleet: many simulated SNMP agents in one process, on loopback addresses\n"
	    "  --devices N         how many (1)\n"
	    "  --first ADDRESS     address of device 0; the others follow (127.1.0.1)\n"
	    "  --port N            UDP port of all (0: a free one, see the line \"ready\")\n"
	    "  --ipv6              one more device, the last number, on [::1]\n"
	    "  --linux N           the last N devices are Linux hosts, the others switches (0)\n"
	    "  --ports N           interfaces of a switch (24)\n"
	    "  --linux-ports N     interfaces of a host, lo included (3)\n"
	    "  --narrow K          each K-th port has 32-bit counters only (0: none)\n"
	    "  --object-id OID     sysObjectID of switches (1.3.6.1.4.1.32473.1.1)\n"
	    "  --community TEXT    (public)\n"
	    "  --user NAME         also SNMPv3, with this user (none: v1 and v2c only)\n"
	    "  --auth ALGORITHM, --auth-passphrase TEXT   the user authenticates: MD5, SHA, SHA-224 to -512\n"
	    "  --priv ALGORITHM, --priv-passphrase TEXT   and encrypts: DES, AES-128 to -256, AES-256-C, "
	    "...\n"
	    "  --engines N         engine-ids, dealt round (0: each device has its own)\n"
	    "  --max-size N        octets of a reply at most (1472)\n"
	    "  --seed N            where all chance comes from (1)\n"
	    "  --uptime SECONDS    of all devices at the start (by seed: 1 to 90 days)\n"
	    "  --time-scale N      device seconds per second (1); 0: time moves by \"advance\" only\n"
	    "  --plan FILE         fault lines, see below\n"
	    "  --control PATH      unix stream socket for control lines\n"
	    "  --stdin-control     control lines on stdin, answers on stdout; ends with stdin\n"
	    "  --trace FILE        a line per request\n"
	    "  --expect DEVICE ROW OBJECT   print base and rate of a counter, or a value, and end\n"
	    "  --personalities     list them: name, faults, what they do, what is to be expected\n"
	    "Fault lines: [at S] [for S] [all | device N | devices A-B] NAME [ARGUMENTS] [on OBJECT] [port "
	    "N] "
	    "[prob P]\n"
	    "         or: [at S] [for S] [all | device N | devices A-B] as PERSONALITY");
	fault_help(stdout);
}

static bool number(const char *word, const char *name, int64_t low, int64_t high, int64_t *out)
{
	char *end;

	*out = strtoll(word, &end, 10);
	if (end != word && *end == '\0' && *out >= low && *out <= high)
		return true;
	fprintf(stderr, "fleet: --%s %s: a number from %lld to %lld is wanted\n", name, word, (long long)low,
	    (long long)high);
	return false;
}

static bool read_first(const char *word, struct fleet_options *options)
{
	struct in_addr address;

	if (inet_pton(AF_INET, word, &address) == 1 && ntohl(address.s_addr) >> 24 == 127) {
		options->first = ntohl(address.s_addr);
		return true;
	}
	fprintf(stderr, "fleet: --first %s: an address in 127.0.0.0/8 is wanted\n", word);
	return false;
}

static bool read_number(int option, const char *word, const char *name, struct fleet_options *o)
{
	int64_t n = 0;
	bool good = true;

	switch (option) {
	case OPT_SEED:
		good = number(word, name, 0, INT64_MAX, &n);
		o->seed = (uint64_t)n;
		break;
	case OPT_PORT:
		good = number(word, name, 0, UINT16_MAX, &n);
		o->port = (uint16_t)n;
		break;
	case OPT_DEVICES:
		good = number(word, name, 1, 1000000, &n);
		o->devices = (uint32_t)n;
		break;
	case OPT_LINUX:
		good = number(word, name, 0, 1000000, &n);
		o->linux_hosts = (uint32_t)n;
		break;
	case OPT_PORTS:
		good = number(word, name, 0, DEVICE_PORTS_MAX, &n);
		o->ports = (uint32_t)n;
		break;
	case OPT_LINUX_PORTS:
		good = number(word, name, 0, DEVICE_PORTS_MAX, &n);
		o->linux_ports = (uint32_t)n;
		break;
	case OPT_NARROW:
		good = number(word, name, 0, DEVICE_PORTS_MAX, &n);
		o->narrow_every = (uint32_t)n;
		break;
	case OPT_MAX_SIZE:
		good = number(word, name, 484, 65507, &n);
		o->max_size = (uint32_t)n;
		break;
	case OPT_UPTIME:
		good = number(word, name, 0, INT32_MAX, &n);
		o->uptime = n;
		break;
	case OPT_ENGINES:
		good = number(word, name, 0, 1000000, &n);
		o->engines = (uint32_t)n;
		break;
	case OPT_SCALE:
		good = number(word, name, 0, 1000000, &n);
		o->time_scale = (uint32_t)n;
		break;
	}
	return good;
}

static void read_user(int option, const char *word, struct fleet_options *o)
{
	switch (option) {
	case OPT_USER:
		o->user = word;
		break;
	case OPT_AUTH:
		o->auth = word;
		break;
	case OPT_AUTH_PASSPHRASE:
		o->auth_passphrase = word;
		break;
	case OPT_PRIV:
		o->priv = word;
		break;
	case OPT_PRIV_PASSPHRASE:
		o->priv_passphrase = word;
		break;
	}
}

/* False when the line is not to be followed. */
static bool read_option(int option, int place, int argc, char **argv, struct fleet_options *o, bool *good)
{
	switch (option) {
	case OPT_FIRST:
		*good = read_first(optarg, o);
		return true;
	case OPT_IPV6:
		o->ipv6 = true;
		return true;
	case OPT_COMMUNITY:
		o->community = optarg;
		return true;
	case OPT_USER:
	case OPT_AUTH:
	case OPT_AUTH_PASSPHRASE:
	case OPT_PRIV:
	case OPT_PRIV_PASSPHRASE:
		read_user(option, optarg, o);
		return true;
	case OPT_OBJECT_ID:
		o->object_id = optarg;
		return true;
	case OPT_PLAN:
		o->plan = optarg;
		return true;
	case OPT_CONTROL:
		o->control = optarg;
		return true;
	case OPT_STDIN:
		o->stdin_control = true;
		return true;
	case OPT_TRACE:
		o->trace = optarg;
		return true;
	case OPT_EXPECT:
		*good = optind + 1 < argc;
		o->expect[0] = optarg;
		o->expect[1] = *good ? argv[optind++] : NULL;
		o->expect[2] = *good ? argv[optind++] : NULL;
		if (!*good)
			fprintf(stderr, "fleet: --expect wants a device, a row, an object\n");
		return true;
	default:
		*good = read_number(option, optarg, names[place].name, o);
		return true;
	case OPT_PERSONALITIES:
	case OPT_HELP:
	case '?':
		return false;
	}
}

static bool consistent(const struct fleet_options *options)
{
	struct oid_arcs oid;

	if (options->linux_hosts > options->devices)
		fprintf(stderr, "fleet: more Linux hosts than devices\n");
	else if (options->first + options->devices - 1 > LOOPBACK_LAST)
		fprintf(
		    stderr, "fleet: addresses of %u devices go beyond 127.255.255.254\n", options->devices);
	else if (!oid_parse(options->object_id, &oid))
		fprintf(stderr, "fleet: --object-id %s: not an OID\n", options->object_id);
	else
		return v3_check(options);
	return false;
}

bool options_read(int argc, char **argv, struct fleet_options *options, int *status)
{
	int option, place = 0;
	bool good = true;

	*options = (struct fleet_options){
	    .seed = 1,
	    .first = 0x7f010001,
	    .devices = 1,
	    .ports = 24,
	    .linux_ports = 3,
	    .max_size = 1472,
	    .uptime = -1,
	    .time_scale = 1,
	    .community = "public",
	    .object_id = "1.3.6.1.4.1.32473.1.1",
	};
	*status = 2;
	while (good && (option = getopt_long(argc, argv, "", names, &place)) != -1) {
		if (!read_option(option, place, argc, argv, options, &good)) {
			*status = option == '?' ? 2 : 0;
			if (option == OPT_HELP)
				help();
			else if (option == OPT_PERSONALITIES)
				personality_list(stdout);
			return false;
		}
	}
	if (good && optind < argc) {
		fprintf(stderr, "fleet: what is %s?\n", argv[optind]);
		return false;
	}
	return good && consistent(options);
}
