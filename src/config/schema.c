#include "config/schema.h"

#include "base/mem.h"
#include "base/units.h"

#include <string.h>

#define S   UNITS_SEC
#define DAY (86400 * S)

/* Keys that devices and tags share. */
#define DEVICE_DEFAULTS(of_them)                                                                             \
	{.name = "credential",                                                                               \
	    .type = SCHEMA_TEXT,                                                                             \
	    .is_list = true,                                                                                 \
	    .doc = "credential of " of_them "; a list is tried in order at first contact"},                  \
	    {.name = "interval",                                                                             \
		.type = SCHEMA_DURATION,                                                                     \
		.min = S,                                                                                    \
		.max = DAY,                                                                                  \
		.doc = "time between two polls"},                                                            \
	    {.name = "timeout",                                                                              \
		.type = SCHEMA_DURATION,                                                                     \
		.min = 100 * UNITS_MS,                                                                       \
		.max = 60 * S,                                                                               \
		.doc = "longest wait for one try of a request; shorter than the interval"},                  \
	    {.name = "retries",                                                                              \
		.type = SCHEMA_INT,                                                                          \
		.min = 0,                                                                                    \
		.max = 10,                                                                                   \
		.doc = "further tries of a request that was not answered"},                                  \
	    {.name = "port", .type = SCHEMA_INT, .min = 1, .max = 65535, .def = "161", .doc = "UDP port"},   \
	    {.name = "parent",                                                                               \
		.type = SCHEMA_TEXT,                                                                         \
		.doc = "name of the device behind which it stands: while that is down, it is unreachable"},  \
	    {.name = "profile",                                                                              \
		.type = SCHEMA_TEXT,                                                                         \
		.doc = "profile to use, without looking for the best one"},                                  \
	    {.name = "rows",                                                                                 \
		.type = SCHEMA_MAP,                                                                          \
		.of = "rows",                                                                                \
		.doc = "which rows of a table are wanted, by the table's name"},                             \
	    {.name = "accept_any_source",                                                                    \
		.type = SCHEMA_BOOL,                                                                         \
		.def = "false",                                                                              \
		.doc = "take answers that come from another address (clusters, VRRP); weaker"},              \
	    {.name = "max_rate",                                                                             \
		.type = SCHEMA_INT,                                                                          \
		.min = 1,                                                                                    \
		.max = 10000,                                                                                \
		.doc = "requests a second at most, further tries included; none without it"},                \
	    {.name = "charset",                                                                              \
		.type = SCHEMA_TEXT,                                                                         \
		.is_later = true,                                                                            \
		.doc = "encoding of its texts, as EUC-KR"},                                                  \
	{                                                                                                    \
		.name = "disable", .type = SCHEMA_TEXT, .is_list = true,                                     \
		.doc = "rules that are not wanted here (* ? [..] are patterns); added to those of all"       \
	}

static const struct schema_key config_keys[] = {
    {.name = "interval",
	.type = SCHEMA_DURATION,
	.min = S,
	.max = DAY,
	.def = "60s",
	.doc = "time between two polls of a device"},
    {.name = "timeout",
	.type = SCHEMA_DURATION,
	.min = 100 * UNITS_MS,
	.max = 60 * S,
	.def = "2s",
	.doc =
	    "longest wait for one try of a request; shorter than the interval (default at most half of it)"},
    {.name = "retries",
	.type = SCHEMA_INT,
	.min = 0,
	.max = 10,
	.def = "3",
	.doc = "further tries of a request that was not answered"},
    {.name = "max_rate",
	.type = SCHEMA_INT,
	.min = 1,
	.max = 10000,
	.doc = "requests a second at most that a device is asked, further tries included; none without it"},
    {.name = "tries",
	.type = SCHEMA_INT,
	.min = 1,
	.max = 100,
	.def = "3",
	.doc = "polls until a device's state is hard"},
    {.name = "credentials",
	.type = SCHEMA_MAP,
	.of = "credential",
	.def = "public: {version: 2c, community: public}",
	.doc = "how to prove to devices who is asking, by name"},
    {.name = "credential",
	.type = SCHEMA_TEXT,
	.is_list = true,
	.def = "the only one, or public",
	.doc = "the default one; a list is tried in order at first contact"},
    {.name = "devices",
	.type = SCHEMA_ANY,
	.def = "devices.yaml and devices.d/*.yaml, where they exist",
	.doc = "files with devices (* ? [..] and ** are patterns), or devices themselves"},
    {.name = "profiles",
	.type = SCHEMA_PATH,
	.is_list = true,
	.doc = "profiles added to the shipped ones; the same name replaces one"},
    {.name = "tags", .type = SCHEMA_MAP, .of = "tag", .doc = "what devices with a tag have in common"},
    {.name = "state",
	.type = SCHEMA_PATH,
	.def = "/var/lib/rollcall",
	.reload = RELOAD_RESTART,
	.doc = "directory of RRD files and all else that is kept"},
    {.name = "run",
	.type = SCHEMA_PATH,
	.def = "/run/rollcall",
	.reload = RELOAD_RESTART,
	.doc = "directory of status.sock and control.sock"},
    {.name = "store", .type = SCHEMA_MAPPING, .of = "store", .doc = "where samples go"},
    {.name = "archive",
	.type = SCHEMA_LIST,
	.of = "archive",
	.reload = RELOAD_FILES,
	.def = "1m for 2d, 5m for 35d, 1h for 400d with max, 1d for 5y with max",
	.doc = "what an RRD file keeps, finest first"},
    {.name = "rules",
	.type = SCHEMA_PATH,
	.is_list = true,
	.def = "rules.yaml, where it exists",
	.doc = "files with rules added to the shipped ones; the same name replaces one"},
    {.name = "disable",
	.type = SCHEMA_TEXT,
	.is_list = true,
	.doc = "rules that this site does not want (* ? [..] are patterns)"},
    {.name = "limits",
	.type = SCHEMA_LIST,
	.of = "limit",
	.doc = "shipped thresholds, changed where they do not fit; the first match counts"},
    {.name = "on_event",
	.type = SCHEMA_TEXT,
	.is_list = true,
	.doc = "program and its first arguments, run for each event; no shell"},
    {.name = "events", .type = SCHEMA_MAPPING, .of = "events", .doc = "the event log"},
    {.name = "notify",
	.type = SCHEMA_ANY,
	.is_later = true,
	.doc = "who is told of what: routes and receivers"},
    {.name = "language",
	.type = SCHEMA_CHOICE,
	.of = "en|ko",
	.def = "en",
	.is_later = true,
	.doc = "of notices and pages"},
    {.name = "journal",
	.type = SCHEMA_DURATION,
	.is_later = true,
	.doc = "how long samples are kept in full for replay"},
    {.name = "mibs",
	.type = SCHEMA_PATH,
	.is_list = true,
	.doc =
	    "files or folders (* ? [..] and ** are patterns) with MIB modules added to the shipped ones; the "
	    "same name replaces one"},
    {.name = "dashboards",
	.type = SCHEMA_PATH,
	.is_list = true,
	.is_later = true,
	.doc = "files with dashboards of one's own"},
    {.name = "web",
	.type = SCHEMA_MAPPING,
	.of = "web",
	.is_later = true,
	.doc = "the dashboard, rollcall-web"},
};

static const struct schema_key credential_keys[] = {
    {.name = "version",
	.type = SCHEMA_CHOICE,
	.of = "1|2c|3",
	.def = "2c",
	.doc = "of the protocol; 3 is read and checked, but not yet active"},
    {.name = "community",
	.type = SCHEMA_TEXT,
	.doc = "versions 1 and 2c: the community string; better in a file"},
    {.name = "community_file",
	.type = SCHEMA_PATH,
	.doc = "versions 1 and 2c: a file with the community string on one line"},
    {.name = "user", .type = SCHEMA_TEXT, .doc = "version 3: the USM user"},
    {.name = "auth",
	.type = SCHEMA_CHOICE,
	.of = "MD5|SHA|SHA-224|SHA-256|SHA-384|SHA-512",
	.doc = "version 3: authentication protocol; none without it"},
    {.name = "auth_key_file",
	.type = SCHEMA_PATH,
	.doc = "version 3: a file with the passphrase, or the localised key as 0x..."},
    {.name = "priv",
	.type = SCHEMA_CHOICE,
	.of = "DES|AES-128|AES-192|AES-256|AES-192-C|AES-256-C",
	.doc = "version 3: privacy protocol (-C: the key extension of Cisco); needs auth"},
    {.name = "priv_key_file",
	.type = SCHEMA_PATH,
	.doc = "version 3: a file with the passphrase, or the localised key as 0x..."},
    {.name = "context", .type = SCHEMA_TEXT, .doc = "version 3: context name"},
    {.name = "context_engine_id",
	.type = SCHEMA_TEXT,
	.doc = "version 3: engine-id of the context, as 0x...; the agent's own without it"},
};

static const struct schema_key tag_keys[] = {DEVICE_DEFAULTS("devices with this tag")};

static const struct schema_key device_keys[] = {
    {.name = "name",
	.type = SCHEMA_TEXT,
	.def = "the address as written",
	.doc = "by which it is known everywhere; its history hangs on it"},
    {.name = "address",
	.type = SCHEMA_TEXT,
	.doc = "IPv4 or IPv6 address or host name, also host:port and [IPv6]:port; required"},
    {.name = "tags",
	.type = SCHEMA_TEXT,
	.is_list = true,
	.doc = "words to select it by, and to take defaults from"},
    DEVICE_DEFAULTS("this device"),
    {.name = "custom", .type = SCHEMA_LIST, .of = "custom", .doc = "numbers that only this device has"},
};

static const struct schema_key rows_keys[] = {
    {.name = "include", .type = SCHEMA_PATTERN, .doc = "only rows whose key matches (PCRE)"},
    {.name = "exclude", .type = SCHEMA_PATTERN, .doc = "no rows whose key matches (PCRE)"},
};

static const struct schema_key custom_keys[] = {
    {.name = "name", .type = SCHEMA_TEXT, .doc = "letters, digits and _; required"},
    {.name = "oid", .type = SCHEMA_OID, .doc = "of the scalar, ending in .0, or its MIB name; required"},
    {.name = "unit", .type = SCHEMA_TEXT, .doc = "of the value: B, %, bit/s, s, °C, ..."},
    {.name = "scale", .type = SCHEMA_NUMBER, .def = "1", .doc = "value = number x scale"},
    {.name = "kind",
	.type = SCHEMA_CHOICE,
	.of = "gauge|counter|timeticks",
	.def = "gauge",
	.doc = "what the number means; a counter gets a rate"},
    {.name = "ds",
	.type = SCHEMA_TEXT,
	.def = "the name",
	.doc = "data source in the RRD file, at most 19 characters"},
};

static const struct schema_key store_keys[] = {
    {.name = "writer",
	.type = SCHEMA_CHOICE,
	.of = "rrd|none|rrdcached",
	.def = "rrd",
	.reload = RELOAD_RESTART,
	.doc = "rrd: files; none: still rated and judged; rrdcached: not yet active"},
    {.name = "path",
	.type = SCHEMA_TEXT,
	.is_later = true,
	.reload = RELOAD_RESTART,
	.doc = "rrdcached's address, as unix:/run/rrdcached.sock"},
    {.name = "gather",
	.type = SCHEMA_DURATION,
	.max = 1800 * S,
	.of = "auto",
	.def = "auto",
	.doc = "time for which samples are gathered before a file is opened; auto: 0 below 10,000 rows, else "
	       "5m"},
    {.name = "spool",
	.type = SCHEMA_SIZE,
	.min = INT64_C(16) << 20,
	.max = INT64_C(1) << 40,
	.def = "4G",
	.doc = "what samples that are not in files yet may take on the disk (STATE/spool)"},
};

static const struct schema_key archive_keys[] = {
    {.name = "step",
	.type = SCHEMA_DURATION,
	.min = S,
	.max = 366 * DAY,
	.reload = RELOAD_FILES,
	.doc = "one point for so much time; rounded up to a multiple of the interval"},
    {.name = "keep",
	.type = SCHEMA_DURATION,
	.min = S,
	.max = 100 * 365 * DAY,
	.reload = RELOAD_FILES,
	.doc = "how long the points are kept"},
    {.name = "also",
	.type = SCHEMA_CHOICE,
	.of = "max",
	.reload = RELOAD_FILES,
	.doc = "max: keep the highest beside the average"},
};

static const struct schema_key events_keys[] = {
    {.name = "keep",
	.type = SCHEMA_DURATION,
	.min = 3600 * S,
	.max = 100 * 365 * DAY,
	.def = "400d",
	.doc = "how long an event is kept; problems that last are kept as long as they do"},
};

static const struct schema_key limit_keys[] = {
    {.name = "rule", .type = SCHEMA_TEXT, .doc = "name of the rule; required"},
    {.name = "device", .type = SCHEMA_TEXT, .doc = "pattern (* ? [..]) of device names"},
    {.name = "tag", .type = SCHEMA_TEXT, .doc = "devices with this tag"},
    {.name = "row", .type = SCHEMA_TEXT, .doc = "pattern of row keys"},
    {.name = "warning", .type = SCHEMA_TEXT, .doc = "threshold, or none; without it the rule's own"},
    {.name = "critical", .type = SCHEMA_TEXT, .doc = "threshold, or none; without it the rule's own"},
};

static const struct schema_key rule_keys[] = {
    {.name = "rule", .type = SCHEMA_TEXT, .doc = "its name; required"},
    {.name = "of", .type = SCHEMA_TEXT, .doc = "the table whose rows it is about, or device; required"},
    {.name = "device", .type = SCHEMA_TEXT, .doc = "only devices whose names fit (* ? [..] are patterns)"},
    {.name = "tag", .type = SCHEMA_TEXT, .doc = "only devices with this tag"},
    {.name = "where", .type = SCHEMA_TEXT, .doc = "only rows for which this condition holds"},
    {.name = "value",
	.type = SCHEMA_TEXT,
	.doc = "the number that it is about: value in when, clear and text"},
    {.name = "when", .type = SCHEMA_TEXT, .doc = "the condition under which something is wrong; required"},
    {.name = "for", .type = SCHEMA_TEXT, .def = "0s", .doc = "how long it must hold: 5m, or 2 polls"},
    {.name = "clear",
	.type = SCHEMA_TEXT,
	.def = "not what stands in when",
	.doc = "the condition under which it is over"},
    {.name = "severity",
	.type = SCHEMA_CHOICE,
	.of = "info|warning|critical",
	.doc = "how bad it is; info is told once each time and is no problem"},
    {.name = "warning",
	.type = SCHEMA_TEXT,
	.doc = "threshold, read as limit: 80%, 30s, 10G, 100Mbit/s or a number"},
    {.name = "critical", .type = SCHEMA_TEXT, .doc = "threshold, read as limit, for severity critical"},
    {.name = "text",
	.type = SCHEMA_TEXT,
	.def = "what stands in when",
	.doc = "what people are told; {{name}} stands for a value with its unit"},
};

static const struct schema_key web_keys[] = {
    {.name = "listen",
	.type = SCHEMA_TEXT,
	.def = "127.0.0.1:8161",
	.is_later = true,
	.doc = "address and port"},
    {.name = "operate",
	.type = SCHEMA_BOOL,
	.def = "false",
	.is_later = true,
	.doc = "acknowledge and silence from pages"},
    {.name = "insecure",
	.type = SCHEMA_BOOL,
	.def = "false",
	.is_later = true,
	.doc = "listen beyond loopback without authentication"},
};

#define SECTION(id, where, text)                                                                             \
	static const struct schema_section id##_section = {                                                  \
	    .name = #id, .path = where, .doc = text, .keys = id##_keys, .n = ARRAY_LEN(id##_keys)}

SECTION(config, "rollcall.yaml", "The main file; every key is optional.");
SECTION(credential, "credentials: NAME", "One way to prove who is asking.");
SECTION(tag, "tags: TAG",
    "Defaults of devices with the tag. Of several tags the one listed later goes before; the device's own "
    "keys go before all.");
SECTION(device, "devices (files that are named there): a list of",
    "One device; an entry that is only an address is a device too.");
SECTION(rows, "rows: TABLE", "Which rows of a table are wanted; overrules the profile's default.");
SECTION(custom, "custom: a list of", "One number of one device.");
SECTION(store, "store", "Where samples go.");
SECTION(archive, "archive: a list of", "One resolution that RRD files keep; steps ascend.");
SECTION(events, "events", "The event log, STATE/events.db.");
SECTION(limit, "limits: a list of", "A threshold that is changed; the first entry that fits counts.");
SECTION(
    rule, "rules (files that are named there): a list of", "One rule; docs/rules.md explains it by example.");
SECTION(web, "web", "The dashboard.");

static const struct schema_section *const sections[] = {&config_section, &credential_section, &tag_section,
    &device_section, &rows_section, &custom_section, &store_section, &archive_section, &events_section,
    &limit_section, &rule_section, &web_section};

const struct schema_section *schema_section_at(size_t i)
{
	return i < ARRAY_LEN(sections) ? sections[i] : NULL;
}

const struct schema_section *schema_section(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(sections); i++)
		if (strcmp(sections[i]->name, name) == 0)
			return sections[i];
	return NULL;
}

const struct schema_key *schema_key(const struct schema_section *section, const char *name)
{
	for (size_t i = 0; i < section->n; i++)
		if (strcmp(section->keys[i].name, name) == 0)
			return &section->keys[i];
	return NULL;
}
