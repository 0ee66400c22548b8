#include "model/status.h"
#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_SHOW_ALL_UP_TO 20 /* devices: a roll this short is shown whole */

/* The worst of the device's problems: C W I, in small letters when somebody has all of them. */
static const char *problem_mark(const json_t *device, bool taken)
{
	static const char *const marks[] = {"\xc2\xb7", "\xc2\xb7", "I", "i", "W", "w", "C", "c"};
	const json_t *problem;
	size_t i, worst = SEVERITY_OK;
	enum severity severity;

	json_array_foreach(json_object_get(device, "problems"), i, problem)
	{
		severity = SEVERITY_WARNING;
		severity_parse(answer_text(problem, "severity"), &severity);
		if (severity > worst)
			worst = severity;
	}
	return marks[2 * worst + taken];
}

/* The letters of the design's marks: D down, R unreachable, C W I, ? unknown, a dot for what is well;
 * in parentheses while soft, small when somebody has it. */
static const char *status_mark(const json_t *device)
{
	const char *state = answer_text(device, "state");
	bool hard = json_is_true(json_object_get(device, "hard")), taken = answer_all_taken(device);

	if (str_equal(state, "down"))
		return taken ? hard ? "d" : "(d)" : hard ? "D" : "(D)";
	if (str_equal(state, "unreachable"))
		return "R";
	if (str_equal(state, "up"))
		return problem_mark(device, taken);
	return "?";
}

static const char *status_sgr(const char *mark)
{
	if (strpbrk(mark, "DC") != NULL)
		return SGR_CRITICAL;
	return *mark == 'W' ? SGR_WARNING : SGR_QUIET;
}

/* What there is to say of a device without problems. */
static void status_what(struct str *what, const json_t *device)
{
	double ms = answer_number(device, "poll_ms");

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

/* The last cell of a row, and the empty ones of the next. */
static void end_row(struct grid *grid, struct str *what)
{
	grid_cell(grid, str_text(what));
	str_clear(what);
}

static void begin_row(struct grid *grid)
{
	for (int i = 0; i < 4; i++)
		grid_cell(grid, NULL);
}

/* The last cell: the problems one after the other. One that somebody has is on a line of its own, and who has
 * it on the next. */
static void status_problems(struct grid *grid, const json_t *device, const struct text_style *style)
{
	const json_t *problem;
	struct str what = {0};
	bool is_open = true; /* a row waits for its last cell */
	size_t i;

	json_array_foreach(json_object_get(device, "problems"), i, problem)
	{
		const char *object = answer_text(problem, "object");
		bool taken = answer_is_taken(problem);
		char *remark;

		if (is_open && taken && what.len > 0) {
			end_row(grid, &what);
			is_open = false;
		}
		if (!is_open)
			begin_row(grid);
		str_addf(&what, "%s%s%s%s", what.len > 0 ? "; " : "", object, *object ? ": " : "",
		    answer_text(problem, "text"));
		is_open = !taken;
		if (!taken)
			continue;
		end_row(grid, &what);
		begin_row(grid);
		remark = answer_remark(problem, style);
		grid_cell_clipped(grid, remark, SGR_QUIET);
		free(remark);
	}
	if (is_open)
		end_row(grid, &what);
	str_fini(&what);
}

static void status_row(struct grid *grid, const json_t *device, const struct text_style *style)
{
	const char *mark = status_mark(device), *sgr = status_sgr(mark);
	struct str what = {0};
	char since[UNITS_TEXT_MAX];

	answer_age(since, answer_number(device, "since"), style);
	grid_cell_styled(grid, mark, sgr);
	grid_cell(grid, answer_text(device, "name"));
	grid_cell_styled(grid, answer_text(device, "state"), *mark == '\xc2' ? NULL : sgr);
	grid_cell(grid, since);
	if (json_array_size(json_object_get(device, "problems")) > 0) {
		status_problems(grid, device, style);
		return;
	}
	status_what(&what, device);
	grid_cell(grid, str_text(&what));
	str_fini(&what);
}

/* Where a device stands in the list: what nobody has yet, what somebody has or another device is the cause
 * of, what is well. */
enum status_rank { RANK_OPEN, RANK_TAKEN, RANK_WELL, RANK_COUNT };

static enum status_rank status_rank(const json_t *device)
{
	const char *state = answer_text(device, "state");
	bool stale = json_is_true(json_object_get(device, "stale"));

	if (str_equal(state, "unreachable"))
		return RANK_TAKEN;
	if (str_equal(state, "down"))
		return answer_all_taken(device) ? RANK_TAKEN : RANK_OPEN;
	if (!str_equal(state, "up") || stale)
		return RANK_OPEN;
	if (json_array_size(json_object_get(device, "problems")) == 0)
		return RANK_WELL;
	return answer_all_taken(device) ? RANK_TAKEN : RANK_OPEN;
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

/* Of the collector itself, above the list. */
static void own_problem(struct str *out, const json_t *problem, const struct text_style *style)
{
	bool taken = answer_is_taken(problem);

	str_add(out, taken ? "c  " : "C  ");
	grid_wrap(out, answer_text(problem, "text"), 3, style->width);
	if (taken) {
		struct grid *grid = grid_new("l");
		char *remark = answer_remark(problem, style);

		str_add_char(out, '\n');
		grid_cell_clipped(grid, remark, SGR_QUIET);
		grid_render(grid, out, 3, style->width, style->colour);
		str_add_char(out, '\n');
		grid_free(grid);
		free(remark);
	} else {
		str_add(out, "\n\n");
	}
}

void text_status(struct str *out, const json_t *status, const struct text_style *style)
{
	const json_t *devices = json_object_get(status, "devices"), *device, *problem;
	bool all = style->all || json_array_size(devices) <= STATUS_SHOW_ALL_UP_TO;
	struct grid *grid = grid_new("lllrl");
	size_t i;

	json_array_foreach(json_object_get(status, "problems"), i, problem) own_problem(out, problem, style);
	for (int rank = RANK_OPEN; rank < (all ? RANK_COUNT : RANK_WELL); rank++)
		json_array_foreach((json_t *)devices, i, device) if ((int)status_rank(device) == rank)
		    status_row(grid, device, style);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
	if (json_array_size(devices) == 0)
		str_add(out, "No devices yet. Add one to devices.yaml, then restart rollcalld.\n");
	else
		status_totals(out, status, style);
}
