#include "views/text.h"

#include "base/units.h"
#include "views/grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_SHOW_ALL_UP_TO 20 /* devices: a roll this short is shown whole */

#define SGR_CRITICAL "31"
#define SGR_WARNING  "33"
#define SGR_QUIET    "2"
#define SGR_HEAD     "1"

static const char *field(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static double number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);
	double parsed;

	if (json_is_number(value))
		return json_number_value(value);
	return json_is_string(value) && str_to_double(json_string_value(value), &parsed) ? parsed : NAN;
}

static void add_age(char buf[UNITS_TEXT_MAX], double epoch, const struct text_style *style)
{
	int64_t age = isnan(epoch) ? 0 : style->now - (int64_t)(epoch * 1e9);

	if (isnan(epoch))
		strcpy(buf, UNITS_UNKNOWN);
	else
		units_duration(buf, age > 0 ? age : 0);
}

static void heading(struct str *out, const char *text, const struct text_style *style)
{
	str_addf(out, style->colour ? "\033[" SGR_HEAD "m%s\033[0m" : "%s", text);
}

/* ---- status ---- */

/* The letters of the design's marks: D down, R unreachable, C W I, ? unknown, a dot for what is well;
 * in parentheses while soft. */
static const char *status_mark(const json_t *device)
{
	const char *state = field(device, "state");
	bool hard = json_is_true(json_object_get(device, "hard"));

	if (str_equal(state, "down"))
		return hard ? "D" : "(D)";
	if (str_equal(state, "unreachable"))
		return "R";
	if (str_equal(state, "up"))
		return json_array_size(json_object_get(device, "problems")) > 0 ? "W" : "\xc2\xb7";
	return "?";
}

static const char *status_sgr(const char *mark)
{
	if (strpbrk(mark, "DC") != NULL)
		return SGR_CRITICAL;
	return *mark == 'W' ? SGR_WARNING : SGR_QUIET;
}

static void status_what(struct str *what, const json_t *device)
{
	const json_t *problems = json_object_get(device, "problems"), *problem;
	double ms = number(device, "poll_ms");
	size_t i;

	json_array_foreach((json_t *)problems, i, problem) {
		const char *object = field(problem, "object");

		str_addf(what, "%s%s%s%s", i > 0 ? "; " : "", object, *object ? ": " : "", field(problem, "text"));
	}
	if (i > 0)
		return;
	if (str_equal(field(device, "state"), "unreachable"))
		str_add(what, "behind a device that is down, or the collector is blind");
	else if (*field(device, "profile") == '\0')
		str_add(what, "not asked yet");
	else if (json_is_true(json_object_get(device, "stale")))
		str_add(what, "no poll for two intervals");
	else
		str_addf(what, "%s, polled in %.0f ms", field(device, "profile"), isnan(ms) ? 0 : ms);
}

static void status_row(struct grid *grid, const json_t *device, const struct text_style *style)
{
	const char *mark = status_mark(device), *sgr = status_sgr(mark);
	struct str what = {0};
	char since[UNITS_TEXT_MAX];

	add_age(since, number(device, "since"), style);
	status_what(&what, device);
	grid_cell_styled(grid, mark, sgr);
	grid_cell(grid, field(device, "name"));
	grid_cell_styled(grid, field(device, "state"), *mark == '\xc2' ? NULL : sgr);
	grid_cell(grid, since);
	grid_cell(grid, str_text(&what));
	str_fini(&what);
}

static bool device_is_well(const json_t *device)
{
	return str_equal(field(device, "state"), "up") && !json_is_true(json_object_get(device, "stale")) &&
	       json_array_size(json_object_get(device, "problems")) == 0;
}

static void status_totals(struct str *out, const json_t *status, const struct text_style *style)
{
	const json_t *totals = json_object_get(status, "totals"), *count;
	char buf[UNITS_TEXT_MAX], all[UNITS_TEXT_MAX];
	const char *state;
	double sum = 0;

	json_object_foreach((json_t *)totals, state, count)
		sum += (double)json_integer_value(count);
	str_addf(out, "%s of %s present", units_count(buf, number(totals, "up")), units_count(all, sum));
	json_object_foreach((json_t *)totals, state, count) {
		if (json_integer_value(count) > 0 && !str_equal(state, "up"))
			str_addf(out, ", %s %s", units_count(buf, (double)json_integer_value(count)), state);
	}
	str_addf(out, " \xc2\xb7 %s\n", units_time(buf, (int64_t)(number(status, "time") * 1e9), style->now));
}

void text_status(struct str *out, const json_t *status, const struct text_style *style)
{
	const json_t *devices = json_object_get(status, "devices"), *device, *problem;
	bool all = style->all || json_array_size(devices) <= STATUS_SHOW_ALL_UP_TO;
	struct grid *grid = grid_new("lllrl");
	size_t i;

	json_array_foreach(json_object_get(status, "problems"), i, problem) {
		str_add(out, "C  ");
		grid_wrap(out, field(problem, "text"), 3, style->width);
		str_add(out, "\n\n");
	}
	json_array_foreach((json_t *)devices, i, device)
		if (!device_is_well(device))
			status_row(grid, device, style);
	if (all)
		json_array_foreach((json_t *)devices, i, device)
			if (device_is_well(device))
				status_row(grid, device, style);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
	if (json_array_size(devices) == 0)
		str_add(out, "No devices yet. Add one to devices.yaml, then restart rollcalld.\n");
	else
		status_totals(out, status, style);
}

/* ---- show ---- */

static void show_value(struct str *text, const json_t *metric)
{
	char buf[UNITS_TEXT_MAX], rate_unit[64];
	double value = number(metric, "value"), rate = number(metric, "rate");
	const char *unit = field(metric, "unit"), *state = field(metric, "state"), *name = field(metric, "text");
	bool counter_without_rate = str_equal(state, "first") || str_equal(state, "reset") ||
				    str_equal(state, "gap") || str_equal(state, "duplicate");

	snprintf(rate_unit, sizeof rate_unit, "%s/s", unit);
	if (!isnan(rate))
		str_add(text, units_value(buf, rate, rate_unit));
	else if (counter_without_rate)
		str_addf(text, UNITS_UNKNOWN " (%s)", state);
	else if (isnan(value))
		str_addf(text, UNITS_UNKNOWN " (%s)", state);
	else if (*name != '\0')
		str_addf(text, "%s(%.0f)", name, value);
	else
		str_add(text, units_value(buf, value, unit));
	if (!isnan(value) && (str_equal(state, "stale") || str_equal(state, "timeout")))
		str_addf(text, " (%s)", state);
}

/* What the agent does not have at all is not worth a line. */
static bool metric_is_there(const json_t *metric)
{
	const char *state = field(metric, "state");

	return !(str_equal(state, "no_such") && json_is_null(json_object_get(metric, "value")));
}

static size_t longest_metric(const json_t *rows)
{
	const json_t *row, *metric;
	const char *name;
	size_t i, longest = 0;

	json_array_foreach((json_t *)rows, i, row)
		json_object_foreach(json_object_get(row, "metrics"), name, metric)
			if (metric_is_there(metric) && strlen(name) > longest)
				longest = strlen(name);
	return longest;
}

static void pad_to(struct str *out, size_t used, size_t width)
{
	for (; used < width; used++)
		str_add_char(out, ' ');
}

/* Metrics side by side, as many to a line as fit. */
static void show_metrics(struct str *out, const json_t *metrics, size_t name_width, const struct text_style *style)
{
	size_t cell = name_width + 2 + 18, room = style->width > 4 ? style->width - 4 : 0, per_line = room / (cell + 2),
	       at = 0;
	const json_t *metric;
	const char *name;

	if (per_line == 0)
		per_line = 1;
	json_object_foreach((json_t *)metrics, name, metric) {
		struct str value = {0};

		if (!metric_is_there(metric))
			continue;
		show_value(&value, metric);
		str_add(out, at == 0 ? "    " : "  ");
		str_add(out, name);
		pad_to(out, strlen(name), name_width + 2);
		str_add(out, str_text(&value));
		if (++at == per_line) {
			str_add_char(out, '\n');
			at = 0;
		} else {
			pad_to(out, str_width(str_text(&value)), 18);
		}
		str_fini(&value);
	}
	if (at != 0)
		str_add_char(out, '\n');
}

static void show_row(struct str *out, const json_t *row, bool scalar, const struct text_style *style)
{
	const char *key = field(row, "key"), *name;
	const json_t *tag;

	if (!scalar) {
		str_add(out, "  ");
		heading(out, key, style);
		str_addf(out, "  [%s]", field(row, "index"));
		if (json_is_true(json_object_get(row, "excluded")))
			str_add(out, "  excluded");
		str_add_char(out, '\n');
	}
	json_object_foreach(json_object_get(row, "tags"), name, tag) {
		const char *text = json_string_value(tag);

		if (text == NULL || *text == '\0' || (!scalar && str_equal(text, key)))
			continue;
		str_addf(out, "    %s: ", name);
		grid_wrap(out, text, 6 + strlen(name), style->width);
		str_add_char(out, '\n');
	}
}

static double newest_sample(const json_t *rows)
{
	const json_t *row, *metric;
	const char *name;
	double newest = NAN;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
		json_object_foreach(json_object_get(row, "metrics"), name, metric)
			newest = fmax(newest, number(metric, "time"));
	return newest;
}

static void show_table(struct str *out, const char *name, const json_t *rows, const struct text_style *style)
{
	size_t i, width = longest_metric(rows), count = json_array_size(rows);
	bool scalar = count == 1 && str_equal(field(json_array_get(rows, 0), "index"), "0");
	char age[UNITS_TEXT_MAX];
	const json_t *row;

	add_age(age, newest_sample(rows), style);
	str_add_char(out, '\n');
	heading(out, name, style);
	if (!scalar)
		str_addf(out, " (%zu row%s)", count, count == 1 ? "" : "s");
	str_addf(out, "  %s old\n", age);
	json_array_foreach((json_t *)rows, i, row) {
		show_row(out, row, scalar, style);
		show_metrics(out, json_object_get(row, "metrics"), width, style);
	}
}

static void identity(struct grid *grid, const char *label, const char *text)
{
	if (*text == '\0')
		return;
	grid_cell_styled(grid, label, SGR_QUIET);
	grid_cell(grid, text);
}

void text_show(struct str *out, const json_t *show, const struct text_style *style)
{
	const json_t *system = json_object_get(show, "system"), *rows;
	struct grid *grid = grid_new("ll");
	double uptime = number(system, "uptime_s");
	char age[UNITS_TEXT_MAX];
	struct str profile = {0};
	const char *name;

	heading(out, field(show, "device"), style);
	add_age(age, number(show, "last_poll"), style);
	str_addf(out, "  %s at %s, last answer %s ago\n", field(show, "state"), field(show, "address"), age);
	if (*field(show, "error") != '\0')
		identity(grid, "error", field(show, "error"));
	if (*field(show, "profile") != '\0')
		str_addf(&profile, "%s (%s)", field(show, "profile"), field(show, "profile_reason"));
	identity(grid, "profile", str_text(&profile));
	identity(grid, "credential", field(show, "credential"));
	identity(grid, "sysName", field(system, "name"));
	identity(grid, "sysDescr", field(system, "descr"));
	identity(grid, "sysObjectID", field(system, "object_id"));
	identity(grid, "location", field(system, "location"));
	identity(grid, "contact", field(system, "contact"));
	identity(grid, "agent up", isnan(uptime) ? "" : units_duration(age, (int64_t)(uptime * 1e9)));
	grid_render(grid, out, 2, style->width, style->colour);
	grid_free(grid);
	str_fini(&profile);
	json_object_foreach(json_object_get(show, "tables"), name, rows)
		if (json_array_size(rows) > 0)
			show_table(out, name, rows, style);
}

/* ---- stats ---- */

static void stat(struct grid *grid, const char *label, const char *value, const char *note)
{
	grid_cell(grid, label);
	grid_cell(grid, value);
	grid_cell_styled(grid, note, SGR_QUIET);
}

static void stat_counts(struct grid *grid, const char *label, const json_t *counts)
{
	char buf[UNITS_TEXT_MAX];
	struct str detail = {0};
	const json_t *count;
	const char *name;
	double sum = 0;

	json_object_foreach((json_t *)counts, name, count) {
		json_int_t n = json_integer_value(count);

		sum += (double)n;
		if (n > 0)
			str_addf(&detail, "%s%s %s", detail.len > 0 ? ", " : "", name, units_count(buf, (double)n));
	}
	stat(grid, label, units_count(buf, sum), str_text(&detail));
	str_fini(&detail);
}

static void stat_number(struct grid *grid, const json_t *stats, const char *label, const char *name,
    const char *note)
{
	char buf[UNITS_TEXT_MAX];

	stat(grid, label, units_count(buf, number(stats, name)), note);
}

void text_stats(struct str *out, const json_t *stats, const struct text_style *style)
{
	const json_t *lateness = json_object_get(stats, "lateness_ms");
	struct grid *grid = grid_new("lrl");
	double p99 = number(lateness, "p99"), cpu = number(stats, "cpu_s"), uptime = number(stats, "uptime_s");
	char buf[UNITS_TEXT_MAX], note[128];

	stat(grid, "running for", units_duration(buf, (int64_t)(uptime * 1e9)), NULL);
	stat_number(grid, stats, "devices", "devices", NULL);
	stat_number(grid, stats, "rows", "rows", NULL);
	stat_number(grid, stats, "polls", "polls", NULL);
	stat_number(grid, stats, "polls late", "polls_late", "by more than 1 s or 10 % of the interval, or skipped");
	snprintf(note, sizeof note, "p50 %.1f ms, max %.1f ms, last 5 minutes", number(lateness, "p50"),
	    number(lateness, "max"));
	if (isnan(p99)) {
		stat(grid, "lateness", UNITS_UNKNOWN, "nothing was due yet");
	} else {
		snprintf(buf, sizeof buf, "%.1f ms", p99);
		stat(grid, "lateness p99", buf, note);
	}
	stat_number(grid, stats, "requests", "requests", "PDUs sent, first tries");
	stat_number(grid, stats, "responses", "responses", NULL);
	stat_number(grid, stats, "timeouts", "timeouts", "PDUs without an answer after all tries");
	stat_number(grid, stats, "retransmits", "retransmits", NULL);
	stat_counts(grid, "rejected", json_object_get(stats, "rejected"));
	stat_counts(grid, "failures", json_object_get(stats, "failures"));
	stat_number(grid, stats, "values", "values", NULL);
	stat_number(grid, stats, "samples stored", "samples_stored", NULL);
	stat_number(grid, stats, "samples lost", "samples_lost", NULL);
	stat_number(grid, stats, "RRD opens", "rrd_opens", NULL);
	snprintf(note, sizeof note, "%.2f %% of one core", uptime > 0 ? 100 * cpu / uptime : 0);
	snprintf(buf, sizeof buf, "%.1f s", cpu);
	stat(grid, "CPU time", buf, note);
	stat(grid, "memory", units_bytes(buf, number(stats, "rss_bytes")), "resident");
	stat_number(grid, stats, "threads", "threads", NULL);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
}
