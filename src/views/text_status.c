#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

#define STATUS_SHOW_ALL_UP_TO 20 /* devices: a roll this short is shown whole */

/* The letters of the design's marks: D down, R unreachable, C W I, ? unknown, a dot for what is well;
 * in parentheses while soft. */
static const char *status_mark(const json_t *device)
{
	const char *state = answer_text(device, "state");
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
	double ms = answer_number(device, "poll_ms");
	size_t i;

	json_array_foreach((json_t *)problems, i, problem)
	{
		const char *object = answer_text(problem, "object");

		str_addf(what, "%s%s%s%s", i > 0 ? "; " : "", object, *object ? ": " : "",
		    answer_text(problem, "text"));
	}
	if (i > 0)
		return;
	if (str_equal(answer_text(device, "state"), "unreachable"))
		str_add(what, "behind a device that is down, or the collector is blind");
	else if (*answer_text(device, "profile") == '\0')
		str_add(what, "not asked yet");
	else if (json_is_true(json_object_get(device, "stale")))
		str_add(what, "no poll for two intervals");
	else
		str_addf(what, "%s, polled in %.*f ms", answer_text(device, "profile"), ms < 9.95 ? 1 : 0,
		    isnan(ms) ? 0 : ms);
}

static void status_row(struct grid *grid, const json_t *device, const struct text_style *style)
{
	const char *mark = status_mark(device), *sgr = status_sgr(mark);
	struct str what = {0};
	char since[UNITS_TEXT_MAX];

	answer_age(since, answer_number(device, "since"), style);
	status_what(&what, device);
	grid_cell_styled(grid, mark, sgr);
	grid_cell(grid, answer_text(device, "name"));
	grid_cell_styled(grid, answer_text(device, "state"), *mark == '\xc2' ? NULL : sgr);
	grid_cell(grid, since);
	grid_cell(grid, str_text(&what));
	str_fini(&what);
}

static bool device_is_well(const json_t *device)
{
	return str_equal(answer_text(device, "state"), "up") &&
	       !json_is_true(json_object_get(device, "stale")) &&
	       json_array_size(json_object_get(device, "problems")) == 0;
}

static void status_totals(struct str *out, const json_t *status, const struct text_style *style)
{
	const json_t *totals = json_object_get(status, "totals"), *count;
	char buf[UNITS_TEXT_MAX], all[UNITS_TEXT_MAX];
	const char *state;
	double sum = 0;

	json_object_foreach((json_t *)totals, state, count) sum += (double)json_integer_value(count);
	str_addf(
	    out, "%s of %s present", units_count(buf, answer_number(totals, "up")), units_count(all, sum));
	json_object_foreach((json_t *)totals, state, count)
	{
		if (json_integer_value(count) > 0 && !str_equal(state, "up"))
			str_addf(out, ", %s %s", units_count(buf, (double)json_integer_value(count)), state);
	}
	str_addf(out, " \xc2\xb7 %s\n",
	    units_time(buf, (int64_t)(answer_number(status, "time") * 1e9), style->now));
}

void text_status_device(struct str *out, const json_t *device, const struct text_style *style)
{
	const char *state = answer_text(device, "state");
	bool hard = json_is_true(json_object_get(device, "hard"));
	double since = answer_number(device, "since"), last = answer_number(device, "last_poll");
	struct str rest = {0}, answer = {0};
	struct grid *grid = grid_new("ll");
	char age[UNITS_TEXT_MAX];

	str_add(&rest, state);
	if (!isnan(since))
		str_addf(
		    &rest, " for %s%s", answer_age(age, since, style), hard ? "" : ", not confirmed yet");
	answer_headline(out, answer_text(device, "name"), rest.s,
	    str_equal(state, "up") ? NULL : status_sgr(status_mark(device)), style);
	answer_problems(grid, device, style);
	answer_detail(grid, "address", answer_text(device, "address"));
	answer_detail(grid, "profile", answer_text(device, "profile"));
	if (!isnan(last))
		str_addf(&answer, "%s ago, the poll took %.1f ms", answer_age(age, last, style),
		    answer_number(device, "poll_ms"));
	answer_detail(grid, "last answer", answer.len > 0 ? answer.s : "never");
	grid_render(grid, out, 2, style->width, style->colour);
	grid_free(grid);
	str_fini(&answer);
	str_fini(&rest);
}

void text_status(struct str *out, const json_t *status, const struct text_style *style)
{
	const json_t *devices = json_object_get(status, "devices"), *device, *problem;
	bool all = style->all || json_array_size(devices) <= STATUS_SHOW_ALL_UP_TO;
	struct grid *grid = grid_new("lllrl");
	size_t i;

	json_array_foreach(json_object_get(status, "problems"), i, problem)
	{
		str_add(out, "C  ");
		grid_wrap(out, answer_text(problem, "text"), 3, style->width);
		str_add(out, "\n\n");
	}
	json_array_foreach((json_t *)devices, i, device) if (!device_is_well(device))
	    status_row(grid, device, style);
	if (all)
		json_array_foreach((json_t *)devices, i, device) if (device_is_well(device))
		    status_row(grid, device, style);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
	if (json_array_size(devices) == 0)
		str_add(out, "No devices yet. Add one to devices.yaml, then restart rollcalld.\n");
	else
		status_totals(out, status, style);
}
