#include "ctl/devicelist.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/devicefile.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALARMS_SHOWN 5 /* of one device */
#define RULES_SHOWN  8
#define TABLES_SHOWN 8
#define DOUBTS_SHOWN 20 /* devices */

/* --- a device --- */

static void add_clean(struct str *out, const char *text)
{
	str_add_utf8(out, text, strlen(text));
}

static void add_line(struct str *out, const struct devicelist_entry *entry)
{
	char size[UNITS_TEXT_MAX];

	str_add(out, "- {name: ");
	devicefile_add_scalar(out, entry->name);
	str_add(out, ", address: ");
	devicefile_add_scalar(out, entry->address);
	if (entry->credential != NULL) {
		str_add(out, ", credential: ");
		devicefile_add_scalar(out, entry->credential);
	}
	str_addf(out, "}  # %s: ", entry->profile != NULL ? entry->profile : "no profile");
	add_clean(out, entry->reason);
	str_addf(out, "; %zu rows, %" PRIu64 " requests a poll, %.0f ms", entry->rows, entry->requests,
	    entry->poll_ms);
	if (entry->bytes > 0)
		str_addf(out, ", %s on disk", units_bytes(size, (double)entry->bytes));
	if (entry->name_from == NAME_FROM_DNS)
		str_add(out, "; name by DNS");
	str_add_char(out, '\n');
}

/* Its other addresses. */
static void add_others(struct str *out, const struct devicelist *list, const struct devicelist_entry *entry)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++)
		if (str_equal(list->v[i].is_really, entry->address))
			str_addf(out, "%s %s", n++ == 0 ? "  #   also at" : ",", list->v[i].address);
	if (n > 0)
		str_add_char(out, '\n');
}

static void add_price(struct str *out, const struct devicelist_entry *entry)
{
	char size[UNITS_TEXT_MAX];

	str_addf(out, "  #   a poll: %" PRIu64 " request%s, %s; rows:", entry->requests,
	    entry->requests == 1 ? "" : "s", units_bytes(size, (double)entry->octets));
	for (size_t i = 0; i < entry->n_tables && i < TABLES_SHOWN; i++)
		str_addf(out, "%s %s %zu", i > 0 ? "," : "", entry->tables[i].name, entry->tables[i].rows);
	if (entry->n_tables > TABLES_SHOWN)
		str_addf(out, ", %zu more tables", entry->n_tables - TABLES_SHOWN);
	str_add_char(out, '\n');
}

static void add_port(struct str *out, const struct vitals *vitals)
{
	char in[UNITS_TEXT_MAX], text[UNITS_TEXT_MAX], used[UNITS_TEXT_MAX];

	str_add(out, ", busiest port ");
	add_clean(out, vitals->port);
	str_addf(
	    out, " in %s, out %s", units_si(in, vitals->in, "bit/s"), units_si(text, vitals->out, "bit/s"));
	if (!isnan(vitals->used))
		str_addf(out, " (%s)", units_percent(used, vitals->used));
}

static void add_vitals(struct str *out, const struct vitals *vitals)
{
	struct str line = {0};
	char text[UNITS_TEXT_MAX];

	if (!isnan(vitals->uptime_s))
		str_addf(&line, ", up %s", units_duration(text, (int64_t)(vitals->uptime_s * 1e9)));
	if (!isnan(vitals->cpu))
		str_addf(&line, ", CPU %s", units_percent(text, vitals->cpu));
	if (!isnan(vitals->memory))
		str_addf(&line, ", memory %s", units_percent(text, vitals->memory));
	if (vitals->port != NULL)
		add_port(&line, vitals);
	if (line.len > 2)
		str_addf(out, "  #   now: %s\n", line.s + 2);
	str_fini(&line);
}

/* " (limit 90 %, if it lasts)" */
static void add_limit(struct str *out, const struct preview_alarm *alarm)
{
	double limit = alarm->severity == SEVERITY_CRITICAL ? alarm->critical : alarm->warning;
	char text[UNITS_TEXT_MAX];

	if (!isnan(limit))
		str_addf(out, " (limit %s%s", units_value(text, limit, alarm->unit),
		    alarm->waits ? ", if it lasts)" : ")");
	else if (alarm->waits)
		str_add(out, " (if it lasts)");
}

static void add_alarms(struct str *out, const struct devicelist_entry *entry)
{
	for (size_t i = 0; i < entry->n_alarms && i < ALARMS_SHOWN; i++) {
		const struct preview_alarm *alarm = &entry->alarms[i];

		str_addf(out, "  #   %s %s%s", severity_name(alarm->severity), alarm->rule,
		    alarm->object != NULL ? " " : "");
		if (alarm->object != NULL)
			add_clean(out, alarm->object);
		str_add(out, ": ");
		add_clean(out, alarm->text);
		add_limit(out, alarm);
		str_add_char(out, '\n');
	}
	if (entry->n_alarms > ALARMS_SHOWN)
		str_addf(out, "  #   and %zu further problems\n", entry->n_alarms - ALARMS_SHOWN);
}

void devicelist_print(const struct devicelist *list, FILE *out)
{
	struct str text = {0};

	for (size_t i = 0; i < list->n; i++) {
		if (!devicelist_is_new(&list->v[i]))
			continue;
		add_line(&text, &list->v[i]);
		add_others(&text, list, &list->v[i]);
		add_price(&text, &list->v[i]);
		add_vitals(&text, &list->v[i].vitals);
		add_alarms(&text, &list->v[i]);
	}
	fputs(str_text(&text), out);
	str_fini(&text);
}

bool devicelist_append(const struct devicelist *list, const char *path)
{
	struct str text = {0};
	bool good;

	for (size_t i = 0; i < list->n; i++)
		if (devicelist_is_new(&list->v[i]))
			add_line(&text, &list->v[i]);
	good = devicefile_append(path, "found by rollcall discover", &text);
	str_fini(&text);
	return good;
}

/* --- all of them --- */

struct count {
	const char *rule;
	size_t n;
};

static int by_count(const void *a, const void *b)
{
	const struct count *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? 1 : -1;
	return strcmp(x->rule, y->rule);
}

static void count_rule(struct count **counts, size_t *n, const char *rule)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp((*counts)[i].rule, rule) == 0) {
			(*counts)[i].n++;
			return;
		}
	}
	*counts = mem_realloc(*counts, *n + 1, sizeof **counts);
	(*counts)[(*n)++] = (struct count){rule, 1};
}

/* Whoever switches it on sees these first. */
static void tell_alarms(const struct devicelist *list)
{
	struct count *counts = NULL;
	size_t n = 0, alarms = 0, devices = 0, critical = 0, waiting = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct devicelist_entry *entry = &list->v[i];

		if (!devicelist_is_new(entry))
			continue;
		devices += entry->n_alarms > 0;
		for (size_t j = 0; j < entry->n_alarms; j++, alarms++) {
			critical += entry->alarms[j].severity == SEVERITY_CRITICAL;
			waiting += entry->alarms[j].waits;
			count_rule(&counts, &n, entry->alarms[j].rule);
		}
	}
	if (alarms == 0)
		return;
	qsort(counts, n, sizeof *counts, by_count);
	fprintf(stderr, "At once there would be %zu problem%s on %zu device%s, %zu critical:", alarms,
	    alarms == 1 ? "" : "s", devices, devices == 1 ? "" : "s", critical);
	for (size_t i = 0; i < n && i < RULES_SHOWN; i++)
		fprintf(stderr, "%s %zu %s", i > 0 ? "," : "", counts[i].n, counts[i].rule);
	fprintf(stderr, "%s\n", n > RULES_SHOWN ? ", ..." : "");
	if (waiting > 0)
		fprintf(stderr,
		    "%zu of them only if they last: 'for' was not waited for. 'limits' and 'disable' fit "
		    "rules to "
		    "a site.\n",
		    waiting);
	free(counts);
}

/* Of each the first; hundreds may come of one image. */
static void tell_doubt(const struct devicelist_entry *entry)
{
	struct str more = {0};

	if (entry->doubts.n > 1)
		str_addf(&more, " and %s%zu more",
		    entry->doubts.n == DEVICELIST_DOUBTS_MAX ? "at least " : "", entry->doubts.n - 1);
	fprintf(stderr, "%s is kept apart from %s%s: same %s\n", entry->address, entry->doubts.v[0].address,
	    str_text(&more), entry->doubts.v[0].text);
	str_fini(&more);
}

static void tell_doubles(const struct devicelist *list)
{
	size_t doubts = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct devicelist_entry *entry = &list->v[i];

		if (entry->is_really != NULL)
			fprintf(stderr, "%s is %s under another address: same %s\n", entry->address,
			    entry->is_really, entry->evidence);
		else if (entry->doubts.n > 0 && doubts++ < DOUBTS_SHOWN)
			tell_doubt(entry);
	}
	if (doubts > DOUBTS_SHOWN)
		fprintf(stderr,
		    "and %zu further ones that share what should be a device's own (--json has them)\n",
		    doubts - DOUBTS_SHOWN);
}

static void tell_names(const struct devicelist *list)
{
	size_t dns = 0, addresses = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (!devicelist_is_new(&list->v[i]))
			continue;
		dns += list->v[i].name_from == NAME_FROM_DNS;
		addresses += list->v[i].name_from == NAME_FROM_ADDRESS;
	}
	if (dns + addresses > 0)
		fprintf(stderr,
		    "Without a sysName of their own: %zu named by DNS, %zu by address. Names stay with the "
		    "history; change them now.\n",
		    dns, addresses);
}

void devicelist_tell(const struct devicelist *list, uint32_t asked)
{
	size_t new = 0;

	for (size_t i = 0; i < list->n; i++)
		new += devicelist_is_new(&list->v[i]);
	tell_doubles(list);
	tell_names(list);
	tell_alarms(list);
	fprintf(stderr, "%" PRIu32 " address%s asked, %zu answer%s, %zu new\n", asked, asked == 1 ? "" : "es",
	    list->n, list->n == 1 ? "s" : "", new);
	if (list->n == 0 && asked > 0)
		fputs("Nobody answers. Is the credential right (-C COMMUNITY, --credential NAME)? Try one "
		      "address that must:\n"
		      "rollcall probe ADDRESS says more.\n",
		    stderr);
}
