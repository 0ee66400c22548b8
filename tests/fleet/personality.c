#include "fleet/personality.h"

#include "base/mem.h"

#include <string.h>

/* Names, faults, what it does, what is to be expected. `all`: every value of every row, exact. `clock`: all,
 * by the collector's clock, as the agent's is of no use. `rest`: all but those of the objects that are
 * concerned. `some`: what is known is right. `none`: no values, the device is not believed. */
static const struct personality personalities[] = {
    /* walks */
    {"walk-same", "walk-same", "GETNEXT and GETBULK return the very name that was asked",
	"none of rows; a walk is cut"},
    {"walk-aba", "walk-loop 2", "after two rows a column begins anew: A, B, A, B",
	"the rows that came; a walk is cut"},
    {"walk-back", "walk-back 2", "after two rows a walk is back at sysDescr",
	"the rows that came; a walk is cut"},
    {"walk-cut", "walk-cut 2", "after two rows endOfMibView", "the rows that came; known ones stay"},
    {"walk-twisted", "walk-twisted", "the rows of a column are not in the order of their indexes", "all"},
    {"endless-table", "endless", "interface columns have no end", "nothing of the table; others all"},
    {"column-end", "column-end 128", "noSuchObject at the end of a column, in GETNEXT and GETBULK", "all"},
    /* GETBULK */
    {"bulk-refused", "bulk-error 5", "genErr for every GETBULK", "all, by GETNEXT"},
    {"bulk-unknown", "bulk-silent", "GETBULK is not answered", "all, by GETNEXT"},
    {"bulk-as-next", "bulk-single", "GETBULK is answered as GETNEXT", "all"},
    {"bulk-unbounded", "bulk-all; max-size 3000",
	"GETBULK returns all that fits, whatever max-repetitions is", "all, by GETNEXT"},
    {"bulk-fragments", "bulk-all; max-size 20000", "and that is 20 KB, in IP fragments", "all, by GETNEXT"},
    /* lists of varbinds */
    {"empty-list", "empty", "replies without varbinds", "none"},
    {"one-fewer", "fewer 1", "the last varbind is missing", "some"},
    {"six-fewer", "fewer 6", "the last six varbinds are missing", "some"},
    {"one-more", "extra 1", "one varbind more than asked", "none"},
    {"swapped", "swapped", "varbinds in reverse order", "none"},
    {"other-oids", "other-oids", "names that were not asked for", "none"},
    {"other-oid", "other-oids on ifInErrors port 1", "one name that was not asked for", "rest"},
    /* errors */
    {"error-index-0", "error 5 0 on ifInErrors port 1", "genErr of one object, without its place", "rest"},
    {"error-index-negative", "error 5 -1 on ifInErrors port 1", "and with a place of -1", "rest"},
    {"error-index-beyond", "error 5 99 on ifInErrors port 1", "and with a place behind the last", "rest"},
    {"error-index-wrong", "error 5 1 on ifInErrors port 1", "and with the place of another", "some"},
    {"gen-err", "error-at 5 on ifInErrors port 1", "genErr of one object", "rest"},
    {"no-such-name", "error-at 2 on ifInErrors port 1", "noSuchName of one object, in version 2c", "rest"},
    {"error-unknown", "error 99 1", "an error-status that does not exist", "none"},
    {"too-big", "too-big 12", "tooBig for more than twelve varbinds", "all"},
    {"too-big-always", "too-big 0", "tooBig for a single varbind", "none"},
    {"authorization", "error 16 0", "authorizationError for everything", "none"},
    /* exceptions in odd places */
    {"view-ends-in-get", "exception 130 on ifInErrors port 1", "endOfMibView in reply to GET", "rest"},
    {"no-such-in-walk", "exception 128 on ifHCInOctets port 1", "noSuchObject in the middle of a column",
	"rest"},
    /* types and values */
    {"text-counters", "text-values", "numbers as text", "clock"},
    {"raw-counters", "wrong-types on ifHCInOctets", "a counter as eight raw octets", "all"},
    {"wrong-types", "wrong-types", "numbers as raw octets, texts as numbers", "clock"},
    {"other-integers", "other-integers", "numbers with another integer type's tag", "all"},
    {"counter64-in-v1", "v1-counter64", "Counter64 in version 1", "all"},
    {"null-values", "null-values", "NULL for every value", "none"},
    {"zero-length", "zero-length", "values without content, of all types", "none"},
    {"zero-length-number", "zero-length on ifInErrors", "an INTEGER and Counter of no octets", "rest"},
    {"negative-gauges", "negative 10 on ifHighSpeed", "a negative gauge", "all but that"},
    {"negative-counters", "negative 1 on ifInErrors", "a negative counter", "rest"},
    {"padded-numbers", "padded 2", "zeros before numbers, up to ten octets", "all"},
    {"wide-numbers", "wide on ifInErrors", "41 bits in a Counter32", "rest"},
    {"no-names", "names 1", "ifName is empty", "all, by another name"},
    {"equal-names", "names 3", "all ports have the same ifName and ifDescr", "some"},
    {"hostile-text", "hostile-text", "texts with control octets, markup, shell words, no UTF-8", "some"},
    /* messages */
    {"long-lengths", "long-lengths", "lengths in four octets", "all"},
    {"indefinite-lengths", "indefinite", "indefinite lengths", "none"},
    {"trailing-octets", "trailing 3", "octets behind the message", "none"},
    {"cut-short", "truncate", "the end of the message is missing", "none"},
    {"garbage", "garbage", "random octets", "none"},
    {"wrong-version", "wrong-version", "replies with another version", "none"},
    {"wrong-community", "wrong-community", "replies with another community", "none"},
    {"wrong-request-id", "wrong-id", "replies with another request-id", "none"},
    {"previous-request-id", "old-id", "replies with the request-id of the request before", "none"},
    {"wrong-pdu", "wrong-pdu 160", "GetRequest in reply to GetRequest", "none"},
    /* datagrams */
    {"duplicates", "duplicate", "every reply comes twice", "all"},
    {"replies-to-nobody", "stray 5", "five more replies that nobody asked for", "all"},
    {"late", "delay 2500", "replies 2.5 s later", "none"},
    {"minute-late", "delay 60000", "replies a minute later", "none"},
    {"two-datagrams", "split", "each reply in two datagrams", "none"},
    {"big-text", "long-text 20000", "sysDescr of 20 KB, in IP fragments", "rest"},
    {"huge-text", "long-text 65000", "sysDescr of 65 KB", "rest"},
    {"silent-when-big", "silent-above 484", "replies above 484 octets are not sent", "all"},
    {"small-replies", "max-size 484", "tooBig, or less, above 484 octets", "all"},
    {"other-address", "wrong-source 1", "replies from another address", "none"},
    {"other-address-allowed", "wrong-source 1", "and the collector is told to accept them", "all"},
    {"other-port", "wrong-port", "replies from another port", "none"},
    {"rate-limited", "rate-limit 15", "loses what exceeds 15 requests in a second", "all"},
    {"one-at-a-time", "serial 60", "60 ms for each request, one after another", "all"},
    {"loss", "loss 20", "a fifth of the requests is lost", "some"},
    /* restarts, rows */
    {"reboot-in-walk", "reboot-every 3", "restarts at every third request of a walk", "some"},
    {"renumber-told", "renumber-every 3", "ifIndexes are dealt anew at every third request", "some"},
    {"renumber-untold", "renumber-every 3 1", "and ifTableLastChange says nothing", "some"},
    {"rows-vanish", "vanish-every 3 port 1", "a port goes and comes at every third request", "some"},
    {"restless-guard", "restless", "ifTableLastChange is another in every reply", "all"},
    /* counters and clocks */
    {"counters-leap", "jump 1099511627776 11", "64-bit counters leap forwards by 2^40", "some"},
    {"counters-back", "jump -100000000000 11", "64-bit counters go back", "some"},
    {"counters-still", "cached 100000000", "counters stand still", "all, 0"},
    {"counters-cached", "cached 3", "counters are refreshed every three seconds", "the mean"},
    {"uptime-still", "uptime-speed 0; hide engine", "sysUpTime stands still", "clock"},
    {"uptime-missing", "exception 129 on sysUpTime; hide engine", "no sysUpTime", "clock"},
    {"uptime-double", "uptime-speed 200; hide engine", "sysUpTime runs at double speed", "clock"},
    {"uptime-seconds", "uptime-unit 100; hide engine", "sysUpTime counts seconds", "clock"},
    {"uptime-backwards", "uptime-speed -100; hide engine", "sysUpTime runs backwards", "some"},
    {"uptime-double-engine", "uptime-speed 200", "double speed, and a true snmpEngineTime", "clock"},
};

const struct personality *personality_named(const char *name)
{
	size_t len;

	name += strspn(name, " \t");
	len = strcspn(name, " \t\r\n");
	if (name[len + strspn(name + len, " \t\r\n")] != '\0')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(personalities); i++)
		if (strlen(personalities[i].name) == len && memcmp(personalities[i].name, name, len) == 0)
			return &personalities[i];
	return NULL;
}

void personality_list(FILE *out)
{
	for (size_t i = 0; i < ARRAY_LEN(personalities); i++)
		fprintf(out, "%s\t%s\t%s\t%s\n", personalities[i].name, personalities[i].faults,
		    personalities[i].what, personalities[i].expect);
}
