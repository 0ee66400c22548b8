#include "fleet/rule.h"

#include "base/mem.h"
#include "fleet/mib.h"

#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000

enum arg { NONE, NUMBER, PERCENT, MILLISECONDS, GROUPS };

static const struct fault_kind {
	const char *name, *help;
	enum arg arg[2];
	int64_t preset[2];
} kinds[FAULT_COUNT] = {
    [FAULT_SILENCE] = {"silence", "no reply", {NONE, NONE}, {0, 0}},
    [FAULT_LOSS] = {"loss", "P % of the requests are lost", {PERCENT, NONE}, {0, 0}},
    [FAULT_DELAY] = {"delay", "replies come MS later, and up to the second MS more",
	{MILLISECONDS, MILLISECONDS}, {100, 0}},
    [FAULT_DUPLICATE] = {"duplicate", "P % of the replies come twice", {PERCENT, NONE}, {0, 0}},
    [FAULT_REORDER] = {"reorder", "P % of the replies are overtaken: held back up to MS",
	{PERCENT, MILLISECONDS}, {0, 20}},
    [FAULT_WRONG_SOURCE] = {"wrong-source", "replies come from the address N further", {NUMBER, NONE},
	{1, 0}},
    [FAULT_WRONG_PORT] = {"wrong-port", "replies come from another port", {NONE, NONE}, {0, 0}},
    [FAULT_SILENT_ABOVE] = {"silent-above", "replies above N octets are lost", {NUMBER, NONE}, {484, 0}},
    [FAULT_BULK_SILENT] = {"bulk-silent", "no reply to GETBULK", {NONE, NONE}, {0, 0}},
    [FAULT_RATE_LIMIT] = {"rate-limit", "what exceeds N requests in a second is lost", {NUMBER, NONE},
	{20, 0}},
    [FAULT_SERIAL] = {"serial", "one request at a time, MS for each; the others wait", {MILLISECONDS, NONE},
	{50, 0}},
    [FAULT_STRAY] = {"stray", "N more replies, with ids that nobody asked with", {NUMBER, NONE}, {3, 0}},
    [FAULT_SPLIT] = {"split", "the reply comes as two datagrams, half a message each", {NONE, NONE}, {0, 0}},
    [FAULT_TRUNCATE] = {"truncate", "the last N octets are missing (0 = any number)", {NUMBER, NONE}, {0, 0}},
    [FAULT_GARBAGE] = {"garbage", "random octets instead of a reply", {NONE, NONE}, {0, 0}},
    [FAULT_FLIP] = {"flip", "N octets of the reply are changed", {NUMBER, NONE}, {1, 0}},
    [FAULT_TRAILING] = {"trailing", "N octets follow the message", {NUMBER, NONE}, {4, 0}},
    [FAULT_LONG_LENGTHS] = {"long-lengths", "lengths in four octets where one would do", {NONE, NONE},
	{0, 0}},
    [FAULT_INDEFINITE] = {"indefinite", "indefinite lengths (RFC 3417 forbids them)", {NONE, NONE}, {0, 0}},
    [FAULT_WRONG_ID] = {"wrong-id", "request-id changed", {NONE, NONE}, {0, 0}},
    [FAULT_OLD_ID] = {"old-id", "request-id of the request before", {NONE, NONE}, {0, 0}},
    [FAULT_WRONG_COMMUNITY] = {"wrong-community", "another community", {NONE, NONE}, {0, 0}},
    [FAULT_WRONG_VERSION] = {"wrong-version", "v1 for v2c and the other way round", {NONE, NONE}, {0, 0}},
    [FAULT_WRONG_PDU] = {"wrong-pdu", "PDU of tag N instead of a Response", {NUMBER, NONE}, {0xa7, 0}},
    [FAULT_TOO_BIG] = {"too-big", "tooBig for more than N varbinds", {NUMBER, NONE}, {10, 0}},
    [FAULT_MAX_SIZE] = {"max-size", "replies of N octets at most", {NUMBER, NONE}, {484, 0}},
    [FAULT_ERROR] = {"error", "error-status N (5 = genErr, 2 = noSuchName) with error-index M",
	{NUMBER, NUMBER}, {5, 1}},
    [FAULT_ERROR_AT] = {"error-at", "error-status N, index of the first varbind that `on` and `port` name",
	{NUMBER, NONE}, {5, 0}},
    [FAULT_EMPTY] = {"empty", "a reply without varbinds", {NONE, NONE}, {0, 0}},
    [FAULT_FEWER] = {"fewer", "the last N varbinds are missing", {NUMBER, NONE}, {1, 0}},
    [FAULT_EXTRA] = {"extra", "N varbinds more", {NUMBER, NONE}, {1, 0}},
    [FAULT_SWAPPED] = {"swapped", "varbinds in reverse order", {NONE, NONE}, {0, 0}},
    [FAULT_OTHER_OIDS] = {"other-oids", "names that were not asked for", {NONE, NONE}, {0, 0}},
    [FAULT_NULL_VALUES] = {"null-values", "NULL for every value", {NONE, NONE}, {0, 0}},
    [FAULT_TEXT_VALUES] = {"text-values", "numbers as text", {NONE, NONE}, {0, 0}},
    [FAULT_WRONG_TYPES] = {"wrong-types", "numbers as OCTET STRINGs of raw octets, texts as numbers",
	{NONE, NONE}, {0, 0}},
    [FAULT_OTHER_INTEGERS] = {"other-integers", "numbers with another integer type's tag", {NONE, NONE},
	{0, 0}},
    [FAULT_EXCEPTION] = {"exception",
	"exception N (128 noSuchObject, 129 noSuchInstance, 130 endOfMibView) for values", {NUMBER, NONE},
	{129, 0}},
    [FAULT_ZERO_LENGTH] = {"zero-length", "values without content", {NONE, NONE}, {0, 0}},
    [FAULT_NEGATIVE] = {"negative", "gauges, counters and numbers are -N", {NUMBER, NONE}, {1, 0}},
    [FAULT_PADDED] = {"padded", "N octets of zeros before numbers", {NUMBER, NONE}, {2, 0}},
    [FAULT_WIDE] = {"wide", "2^40 more in 32-bit numbers", {NONE, NONE}, {0, 0}},
    [FAULT_NO_SUCH] = {"no-such", "noSuchInstance for every GET (v1: noSuchName)", {NONE, NONE}, {0, 0}},
    [FAULT_HOSTILE_TEXT] = {"hostile-text", "texts with control octets, markup, shell words, no UTF-8",
	{NONE, NONE}, {0, 0}},
    [FAULT_HIDE] = {"hide", "a view without GROUPS (system,if,ifx,ether,engine,host,ucd,ip)", {GROUPS, NONE},
	{0, 0}},
    [FAULT_NAMES] = {"names", "1: ifName empty, 2: all alike, 3: ifDescr too", {NUMBER, NONE}, {2, 0}},
    [FAULT_CLOCK_SKEW] = {"clock-skew", "hrSystemDate is N seconds ahead", {NUMBER, NONE}, {600, 0}},
    [FAULT_LONG_TEXT] = {"long-text", "sysDescr of N octets (if --max-size allows)", {NUMBER, NONE},
	{20000, 0}},
    [FAULT_V1_COUNTER64] = {"v1-counter64", "Counter64 in version 1 too", {NONE, NONE}, {0, 0}},
    [FAULT_CACHED] = {"cached", "counters are refreshed every N seconds only", {NUMBER, NONE}, {5, 0}},
    [FAULT_JUMP] = {"jump",
	"64-bit counters are N (may be negative) further with every M-th request from the first on",
	{NUMBER, NUMBER}, {1099511627776, 4}},
    [FAULT_UPTIME_SPEED] = {"uptime-speed", "sysUpTime runs at N % of time from the fleet's start on",
	{NUMBER, NONE}, {200, 0}},
    [FAULT_UPTIME_UNIT] = {"uptime-unit", "sysUpTime counts units of N hundredths of a second",
	{NUMBER, NONE}, {100, 0}},
    [FAULT_RESTLESS] = {"restless", "ifTableLastChange is another with every request", {NONE, NONE}, {0, 0}},
    [FAULT_WALK_SAME] = {"walk-same", "GETNEXT and GETBULK return the name asked", {NONE, NONE}, {0, 0}},
    [FAULT_WALK_LOOP] = {"walk-loop", "after N rows a column begins anew", {NUMBER, NONE}, {2, 0}},
    [FAULT_WALK_BACK] = {"walk-back", "after N rows a walk begins anew at sysDescr", {NUMBER, NONE}, {2, 0}},
    [FAULT_WALK_CUT] = {"walk-cut", "after N rows a walk ends with endOfMibView", {NUMBER, NONE}, {2, 0}},
    [FAULT_WALK_TWISTED] = {"walk-twisted", "rows come in pairs, the second of each first", {NONE, NONE},
	{0, 0}},
    [FAULT_ENDLESS] = {"endless", "interface columns never end", {NONE, NONE}, {0, 0}},
    [FAULT_COLUMN_END] = {"column-end", "a column ends with exception N instead of the next one's name",
	{NUMBER, NONE}, {128, 0}},
    [FAULT_BULK_ERROR] = {"bulk-error", "error-status N for every GETBULK", {NUMBER, NONE}, {5, 0}},
    [FAULT_BULK_SINGLE] = {"bulk-single", "GETBULK is answered as GETNEXT", {NONE, NONE}, {0, 0}},
    [FAULT_BULK_ALL] = {"bulk-all", "GETBULK returns all that fits, whatever was asked", {NONE, NONE},
	{0, 0}},
    [FAULT_REBOOT_EVERY] = {"reboot-every", "a restart at every N-th GETNEXT or GETBULK", {NUMBER, NONE},
	{3, 0}},
    [FAULT_RENUMBER_EVERY] = {"renumber-every", "renumbered before every N-th request; M = 1: nothing tells",
	{NUMBER, NUMBER}, {3, 0}},
    [FAULT_VANISH_EVERY] = {"vanish-every", "`port` goes and comes at every N-th request", {NUMBER, NONE},
	{3, 0}},
    [FAULT_REBOOT] = {"reboot", "silent until `for` ends, then uptime and counters are 0", {NONE, NONE},
	{0, 0}},
    [FAULT_REBOOT_RENUMBER] = {"reboot-renumber", "and ifIndexes are dealt anew", {NONE, NONE}, {0, 0}},
    [FAULT_RENUMBER] = {"renumber", "ifIndexes are dealt anew, ifTableLastChange tells", {NONE, NONE},
	{0, 0}},
    [FAULT_RENUMBER_QUIET] = {"renumber-quiet", "ifIndexes are dealt anew, nothing tells", {NONE, NONE},
	{0, 0}},
    [FAULT_ADD_PORT] = {"add-port", "N ports more", {NUMBER, NONE}, {1, 0}},
    [FAULT_REMOVE_PORT] = {"remove-port", "`port` is gone; back when `for` ends", {NONE, NONE}, {0, 0}},
    [FAULT_COUNTER_RESET] = {"counter-reset", "counters begin anew without a word", {NONE, NONE}, {0, 0}},
    [FAULT_DISCONTINUITY] = {"discontinuity", "counters begin anew, ifCounterDiscontinuityTime tells",
	{NONE, NONE}, {0, 0}},
    [FAULT_PORT_DOWN] = {"port-down", "ifOperStatus down; counters go on", {NONE, NONE}, {0, 0}},
    [FAULT_PORT_DISABLE] = {"port-disable", "ifAdminStatus and ifOperStatus down", {NONE, NONE}, {0, 0}},
    [FAULT_FLAP] = {"flap", "ifLastChange moves, the status is as before", {NONE, NONE}, {0, 0}},
    [FAULT_RENAME_PORT] = {"rename-port", "ifName and ifDescr change", {NONE, NONE}, {0, 0}},
};

static bool read_number(const char *word, double *number)
{
	char *end;

	if (word == NULL)
		return false;
	*number = strtod(word, &end);
	if (end != word && *end == '%')
		end++;
	return end != word && *end == '\0' && *number > -1e15 && *number < 1e15;
}

static bool read_groups(char *word, int64_t *groups)
{
	char *save = NULL;

	*groups = 0;
	for (char *name = strtok_r(word, ",", &save); name != NULL; name = strtok_r(NULL, ",", &save)) {
		unsigned group = mib_group(name);

		if (group == 0)
			return false;
		*groups |= group;
	}
	return *groups != 0;
}

static bool read_devices(const char *word, const struct fleet *fleet, struct rule *rule)
{
	unsigned from, to;
	char rest;

	if (word == NULL)
		return false;
	if (sscanf(word, "%u-%u%c", &from, &to, &rest) != 2) {
		if (sscanf(word, "%u%c", &from, &rest) != 1)
			return false;
		to = from;
	}
	rule->from = from;
	rule->to = to;
	return from <= to && to < fleet->n_devices;
}

static bool read_object(const char *word, const struct fleet *fleet, struct rule *rule)
{
	rule->object = word == NULL ? -1 : mib_entry_named(fleet->mib, word);
	return rule->object >= 0;
}

static bool read_kind(const char *word, struct rule *rule)
{
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (strcmp(kinds[i].name, word) == 0) {
			rule->fault = (enum fault)i;
			memcpy(rule->arg, kinds[i].preset, sizeof(rule->arg));
			return true;
		}
	}
	return false;
}

static bool read_argument(char *word, struct rule *rule, int place)
{
	double number;

	if (place > 1 || kinds[rule->fault].arg[place] == NONE)
		return false;
	if (kinds[rule->fault].arg[place] == GROUPS)
		return read_groups(word, &rule->arg[place]);
	if (!read_number(word, &number))
		return false;
	if (kinds[rule->fault].arg[place] == PERCENT)
		rule->percent = number;
	else
		rule->arg[place] = (int64_t)number;
	return true;
}

/* One "word value" option. False when `word` is none; *good tells of its value. */
static bool read_option(
    const char *word, char **save, const struct fleet *fleet, int64_t now, struct rule *rule, bool *good)
{
	double number = 0;

	if (strcmp(word, "all") == 0) {
		rule->from = 0;
		rule->to = fleet->n_devices - 1;
	} else if (strcmp(word, "device") == 0 || strcmp(word, "devices") == 0) {
		*good = read_devices(strtok_r(NULL, " \t", save), fleet, rule);
	} else if (strcmp(word, "at") == 0) {
		*good = read_number(strtok_r(NULL, " \t", save), &number) && number >= 0;
		rule->start = now + (int64_t)(number * SECOND);
	} else if (strcmp(word, "for") == 0) {
		*good = read_number(strtok_r(NULL, " \t", save), &number) && number >= 0;
		rule->end = (int64_t)(number * SECOND); /* made absolute at the end of the line */
	} else if (strcmp(word, "port") == 0) {
		*good = read_number(strtok_r(NULL, " \t", save), &number) && number >= 0;
		rule->port = (int64_t)number;
	} else if (strcmp(word, "on") == 0) {
		*good = read_object(strtok_r(NULL, " \t", save), fleet, rule);
	} else if (strcmp(word, "prob") == 0) {
		*good = read_number(strtok_r(NULL, " \t", save), &rule->percent);
	} else {
		return false;
	}
	return true;
}

static bool complain(char *error, const char *what, const char *word)
{
	snprintf(error, RULE_ERROR_MAX, "%s: %s", what, word);
	return false;
}

static bool read_words(const struct fleet *fleet, char *line, int64_t now, struct rule *rule, char *error)
{
	char *save = NULL;
	bool named = false, good = true;
	int place = 0;

	for (char *word = strtok_r(line, " \t", &save); word != NULL; word = strtok_r(NULL, " \t", &save)) {
		if (read_option(word, &save, fleet, now, rule, &good)) {
			if (!good)
				return complain(error, "bad or missing value of", word);
		} else if (!named) {
			if (!read_kind(word, rule))
				return complain(error, "no such fault", word);
			named = true;
		} else if (!read_argument(word, rule, place++)) {
			return complain(error, "bad argument", word);
		}
	}
	if (!named)
		return complain(error, "no fault named", rule->text);
	if (kinds[rule->fault].arg[0] == GROUPS && rule->arg[0] == 0)
		return complain(error, "groups are missing", rule->text);
	if (rule->end != INT64_MAX)
		rule->end += rule->start;
	return true;
}

bool rule_read(const struct fleet *fleet, const char *line, int64_t now, struct rule *rule, char *error)
{
	char copy[256];

	*rule = (struct rule){
	    .to = fleet->n_devices - 1,
	    .start = now,
	    .end = INT64_MAX,
	    .object = -1,
	    .port = -1,
	    .percent = 100,
	};
	snprintf(copy, sizeof(copy), "%s", line);
	copy[strcspn(copy, "#\r\n")] = '\0';
	if (copy[strspn(copy, " \t")] == '\0')
		return true;
	snprintf(rule->text, sizeof(rule->text), "%.*s", (int)sizeof(rule->text) - 1, copy);
	return read_words(fleet, copy, now, rule, error);
}

void fault_help(FILE *out)
{
	static const char *const words[2][5] = {
	    {"", " N", " P", " MS", " GROUPS"}, {"", " M", "", " MS", ""}};

	for (int i = 0; i < FAULT_COUNT; i++) {
		char usage[64];

		snprintf(usage, sizeof(usage), "%s%s%s", kinds[i].name, words[0][kinds[i].arg[0]],
		    words[1][kinds[i].arg[1]]);
		fprintf(out, "  %-20s %s\n", usage, kinds[i].help);
	}
}
