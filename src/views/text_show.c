#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

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
	const char *state = answer_text(metric, "state");

	return !(str_equal(state, "no_such") && json_is_null(json_object_get(metric, "value")));
}

static size_t longest_metric(const json_t *rows)
{
	const json_t *row, *metric;
	const char *name;
	size_t i, longest = 0;

	json_array_foreach((json_t *)rows, i, row) json_object_foreach(json_object_get(row, "metrics"), name,
	    metric) if (metric_is_there(metric) && strlen(name) > longest) longest = strlen(name);
	return longest;
}

static void pad_to(struct str *out, size_t used, size_t width)
{
	for (; used < width; used++)
		str_add_char(out, ' ');
}

/* Metrics side by side, as many to a line as fit. */
static void show_metrics(
    struct str *out, const json_t *metrics, size_t name_width, const struct text_style *style)
{
	size_t cell = name_width + 2 + 18, room = style->width > 4 ? style->width - 4 : 0,
	       per_line = room / (cell + 2), at = 0;
	const json_t *metric;
	const char *name;

	if (per_line == 0)
		per_line = 1;
	json_object_foreach((json_t *)metrics, name, metric)
	{
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
	const char *key = answer_text(row, "key"), *name;
	const json_t *tag;

	if (!scalar) {
		str_add(out, "  ");
		answer_heading(out, key, style);
		str_addf(out, "  [%s]", answer_text(row, "index"));
		if (json_is_true(json_object_get(row, "excluded")))
			str_add(out, "  excluded");
		str_add_char(out, '\n');
	}
	json_object_foreach(json_object_get(row, "tags"), name, tag)
	{
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

	json_array_foreach((json_t *)rows, i, row) json_object_foreach(json_object_get(row, "metrics"), name,
	    metric) newest = fmax(newest, answer_number(metric, "time"));
	return newest;
}

static void show_table(struct str *out, const char *name, const json_t *rows, const struct text_style *style)
{
	size_t i, width = longest_metric(rows), count = json_array_size(rows);
	bool scalar = count == 1 && str_equal(answer_text(json_array_get(rows, 0), "index"), "0");
	char age[UNITS_TEXT_MAX];
	const json_t *row;

	answer_age(age, newest_sample(rows), style);
	str_add_char(out, '\n');
	answer_heading(out, name, style);
	if (!scalar)
		str_addf(out, " (%zu row%s)", count, count == 1 ? "" : "s");
	str_addf(out, "  %s old\n", age);
	json_array_foreach((json_t *)rows, i, row)
	{
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
	double uptime = answer_number(system, "uptime_s");
	char age[UNITS_TEXT_MAX];
	struct str profile = {0};
	const char *name;

	answer_heading(out, answer_text(show, "device"), style);
	answer_age(age, answer_number(show, "last_poll"), style);
	str_addf(out, "  %s at %s, last answer %s ago\n", answer_text(show, "state"),
	    answer_text(show, "address"), age);
	if (*answer_text(show, "error") != '\0')
		identity(grid, "error", answer_text(show, "error"));
	if (*answer_text(show, "profile") != '\0')
		str_addf(
		    &profile, "%s (%s)", answer_text(show, "profile"), answer_text(show, "profile_reason"));
	identity(grid, "profile", str_text(&profile));
	identity(grid, "credential", answer_text(show, "credential"));
	identity(grid, "sysName", answer_text(system, "name"));
	identity(grid, "sysDescr", answer_text(system, "descr"));
	identity(grid, "sysObjectID", answer_text(system, "object_id"));
	identity(grid, "location", answer_text(system, "location"));
	identity(grid, "contact", answer_text(system, "contact"));
	identity(grid, "agent up", isnan(uptime) ? "" : units_duration(age, (int64_t)(uptime * 1e9)));
	grid_render(grid, out, 2, style->width, style->colour);
	grid_free(grid);
	str_fini(&profile);
	json_object_foreach(json_object_get(show, "tables"), name, rows) if (json_array_size(rows) > 0)
	    show_table(out, name, rows, style);
}
