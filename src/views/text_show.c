#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

#define INDENT	  4
#define CELL_MIN  36 /* columns that a name and its value get at least */
#define CELL_GAP  3
#define VALUE_GAP 2  /* between a name and its value */
#define KEY_ROOM  30 /* beside a row's key, for its index and a remark */

/* Why there is no number, for people; what is not listed reads well as it is. */
static const char *reason(const char *state)
{
	static const char *const words[][2] = {{"first", "first sample"}, {"never", "not polled yet"},
	    {"no_such", "not there"}, {"decode", "malformed"}, {"gap", "after a gap"},
	    {"duplicate", "agent's clock stands"}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_equal(words[i][0], state))
			return words[i][1];
	return state;
}

static void show_unknown(struct str *text, const char *state)
{
	str_add(text, UNITS_UNKNOWN);
	if (!str_equal(state, "unknown")) /* derived from something that says why itself */
		str_addf(text, " (%s)", reason(state));
}

static void show_value(struct str *text, const json_t *metric)
{
	char buf[UNITS_TEXT_MAX], rate_unit[64];
	double value = answer_number(metric, "value"), rate = answer_number(metric, "rate");
	const char *unit = answer_text(metric, "unit"), *state = answer_text(metric, "state"),
		   *name = answer_text(metric, "text");
	bool counter_without_rate = str_equal(state, "first") || str_equal(state, "reset") ||
				    str_equal(state, "gap") || str_equal(state, "duplicate");

	snprintf(rate_unit, sizeof rate_unit, "%s/s", unit);
	if (!isnan(rate))
		str_add(text, units_value(buf, rate, rate_unit));
	else if (counter_without_rate || isnan(value))
		show_unknown(text, state);
	else
		str_add(text, *name != '\0' ? name : units_value(buf, value, unit));
	if (!isnan(value) && (str_equal(state, "stale") || str_equal(state, "timeout")))
		str_addf(text, " (%s)", state);
}

/* What the agent does not have at all is not worth a line. */
static bool metric_is_there(const json_t *metric)
{
	const char *state = answer_text(metric, "state");

	return !(str_equal(state, "no_such") && json_is_null(json_object_get(metric, "value")));
}

static void pad(struct str *out, size_t columns)
{
	for (; columns > 0; columns--)
		str_add_char(out, ' ');
}

/* Metrics side by side: names to the left of their cell, values to the right. */
struct cells {
	size_t per_line, width, used;
};

static struct cells cells_of(const struct text_style *style)
{
	size_t room = style->width > INDENT + CELL_MIN ? style->width - INDENT : CELL_MIN;
	struct cells cells = {.per_line = (room + CELL_GAP) / (CELL_MIN + CELL_GAP)};

	cells.width = (room + CELL_GAP) / cells.per_line - CELL_GAP;
	return cells;
}

static void end_line(struct str *out, struct cells *cells)
{
	if (cells->used > 0)
		str_add_char(out, '\n');
	cells->used = 0;
}

/* One that does not fit into a cell has a line of its own. */
static void show_metric(struct str *out, struct cells *cells, const char *name, const char *value)
{
	size_t needs = str_width(name) + str_width(value);
	bool fits = needs + VALUE_GAP <= cells->width;

	if (!fits)
		end_line(out, cells);
	pad(out, cells->used == 0 ? INDENT : CELL_GAP);
	str_add(out, name);
	pad(out, fits ? cells->width - needs : VALUE_GAP);
	str_add(out, value);
	if (!fits || ++cells->used == cells->per_line) {
		cells->used = 1;
		end_line(out, cells);
	}
}

static void show_metrics(struct str *out, const json_t *metrics, const struct text_style *style)
{
	struct cells cells = cells_of(style);
	const json_t *metric;
	const char *name;

	json_object_foreach((json_t *)metrics, name, metric)
	{
		struct str value = {0};

		if (!metric_is_there(metric))
			continue;
		show_value(&value, metric);
		show_metric(out, &cells, name, str_text(&value));
		str_fini(&value);
	}
	end_line(out, &cells);
}

static bool is_among(const json_t *system, const char *text)
{
	const json_t *value;
	const char *name;

	json_object_foreach((json_t *)system, name, value)
	{
		if (str_equal(json_string_value(value), text))
			return true;
	}
	return false;
}

/* Tags one after the other. What is the row's key, or stands above the tables, is not said twice. */
static void show_tags(
    struct str *out, const json_t *row, const char *key, const json_t *system, const struct text_style *style)
{
	const json_t *tag;
	const char *name;
	size_t at = 0;

	json_object_foreach(json_object_get(row, "tags"), name, tag)
	{
		const char *text = json_string_value(tag);
		size_t label = strlen(name) + 2, needs, gap;

		if (text == NULL || *text == '\0' || str_equal(text, key) || is_among(system, text))
			continue;
		needs = label + str_width(text);
		if (at > 0 && at + CELL_GAP + needs > style->width) {
			str_add_char(out, '\n');
			at = 0;
		}
		gap = at == 0 ? INDENT : CELL_GAP;
		pad(out, gap);
		str_addf(out, "%s: ", name);
		grid_wrap(out, text, at + gap + label, style->width);
		at += gap + needs;
	}
	if (at > 0)
		str_add_char(out, '\n');
}

static void row_heading(struct str *out, const json_t *row, const struct text_style *style)
{
	struct str key = {0};

	grid_clip(
	    &key, answer_text(row, "key"), style->width > 2 * KEY_ROOM ? style->width - KEY_ROOM : KEY_ROOM);
	str_add(out, "  ");
	answer_heading(out, str_text(&key), style);
	str_addf(out, "  [%s]", answer_text(row, "index"));
	if (json_is_true(json_object_get(row, "excluded")))
		str_add(out, "  excluded");
	str_add_char(out, '\n');
	str_fini(&key);
}

static double newest_sample(const json_t *rows)
{
	const json_t *row, *metric;
	const char *name;
	double newest = NAN;
	size_t i;

	json_array_foreach((json_t *)rows, i, row) json_object_foreach(json_object_get(row, "metrics"), name,
	    metric) newest = fmax(newest, answer_number(metric, "time"));
	return newest;
}

/* A group may hold nothing but texts, which are read with the names. */
static bool has_metrics(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		if (json_object_size(json_object_get(row, "metrics")) > 0)
			return true;
	}
	return false;
}

static void show_table(struct str *out, const char *name, const json_t *rows, const json_t *system,
    const struct text_style *style)
{
	size_t i, count = json_array_size(rows);
	bool scalar = count == 1 && str_equal(answer_text(json_array_get(rows, 0), "index"), "0");
	double newest = newest_sample(rows);
	char age[UNITS_TEXT_MAX];
	const json_t *row;

	str_add_char(out, '\n');
	answer_heading(out, name, style);
	if (!scalar)
		str_addf(out, " (%zu row%s)", count, count == 1 ? "" : "s");
	if (count > 0 && !has_metrics(rows))
		str_add_char(out, '\n');
	else if (isnan(newest))
		str_add(out, "  not polled yet\n");
	else
		str_addf(out, "  %s old\n", answer_age(age, newest, style));
	json_array_foreach((json_t *)rows, i, row)
	{
		if (!scalar)
			row_heading(out, row, style);
		show_tags(out, row, scalar ? NULL : answer_text(row, "key"), scalar ? system : NULL, style);
		show_metrics(out, json_object_get(row, "metrics"), style);
	}
}

static void headline(struct str *out, const json_t *show, const struct text_style *style)
{
	const char *device = answer_text(show, "device"), *address = answer_text(show, "address");
	double last = answer_number(show, "last_poll");
	char age[UNITS_TEXT_MAX];
	struct str rest = {0};

	str_add(&rest, answer_text(show, "state"));
	if (!str_equal(device, address))
		str_addf(&rest, " at %s", address);
	if (isnan(last))
		str_add(&rest, ", no answer yet");
	else
		str_addf(&rest, ", last answer %s ago", answer_age(age, last, style));
	answer_headline(out, device, rest.s, NULL, style);
	str_fini(&rest);
}

static void identity_of(struct grid *grid, const json_t *show, const struct text_style *style)
{
	const json_t *system = json_object_get(show, "system");
	double uptime = answer_number(system, "uptime_s");
	struct str profile = {0};
	char age[UNITS_TEXT_MAX];

	if (*answer_text(show, "profile") != '\0')
		str_addf(
		    &profile, "%s (%s)", answer_text(show, "profile"), answer_text(show, "profile_reason"));
	answer_detail(grid, "error", answer_text(show, "error"));
	answer_problems(grid, show, style);
	answer_detail(grid, "profile", str_text(&profile));
	answer_detail(grid, "credential", answer_text(show, "credential"));
	answer_detail(grid, "sysName", answer_text(system, "name"));
	answer_detail(grid, "sysDescr", answer_text(system, "descr"));
	answer_detail(grid, "sysObjectID", answer_text(system, "object_id"));
	answer_detail(grid, "location", answer_text(system, "location"));
	answer_detail(grid, "contact", answer_text(system, "contact"));
	answer_detail(grid, "agent up", isnan(uptime) ? "" : units_duration(age, (int64_t)(uptime * 1e9)));
	str_fini(&profile);
}

void text_show(struct str *out, const json_t *show, const struct text_style *style)
{
	const json_t *system = json_object_get(show, "system"), *rows;
	struct grid *grid = grid_new("ll");
	const char *name;

	headline(out, show, style);
	identity_of(grid, show, style);
	grid_render(grid, out, 2, style->width, style->colour);
	grid_free(grid);
	json_object_foreach(json_object_get(show, "tables"), name, rows) if (json_array_size(rows) > 0)
	    show_table(out, name, rows, system, style);
}
