#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Text that was sent by others, fit for a terminal. */
static char *clean(const json_t *object, const char *name)
{
	const char *text = answer_text(object, name);
	struct str out = {0};

	str_add_utf8(&out, text, strlen(text));
	return str_steal(&out);
}

static char *clock_text(char buf[UNITS_TEXT_MAX], const json_t *object, const char *name, int64_t now)
{
	double epoch = answer_number(object, name);

	return isnan(epoch) ? strcpy(buf, UNITS_UNKNOWN) : units_time(buf, (int64_t)(epoch * 1e9), now);
}

/* The letters of the marks: C W I; a dot for what has ended. */
static const char *event_mark(const json_t *event)
{
	const char *severity = answer_text(event, "severity");

	if (str_equal(answer_text(event, "kind"), "clear"))
		return "\xc2\xb7";
	if (str_equal(severity, "critical"))
		return "C";
	return str_equal(severity, "warning") ? "W" : "I";
}

static const char *mark_sgr(const char *mark)
{
	return *mark == 'C' ? SGR_CRITICAL : *mark == 'W' ? SGR_WARNING : SGR_QUIET;
}

static char *event_device(const json_t *event)
{
	char *device = clean(event, "device");

	if (*device != '\0')
		return device;
	free(device);
	return str_format("(collector)");
}

/* "if-down Gi1/0/1: uplink is down" */
static void add_what(struct str *what, const json_t *event)
{
	char *object = clean(event, "object"), *rule = clean(event, "rule"), *text = clean(event, "text");
	const char *ended = str_equal(answer_text(event, "kind"), "clear") ? " has ended" : "";

	str_addf(what, "%s%s%s%s: %s", rule, *object != '\0' ? " " : "", object, ended, text);
	free(object);
	free(rule);
	free(text);
}

static void event_row(struct grid *grid, const json_t *event, const struct text_style *style)
{
	const char *mark = event_mark(event);
	char *device = event_device(event), when[UNITS_TEXT_MAX];
	struct str what = {0};

	add_what(&what, event);
	grid_cell_styled(grid, clock_text(when, event, "time", style->now), SGR_QUIET);
	grid_cell_styled(grid, mark, mark_sgr(mark));
	grid_cell(grid, device);
	grid_cell(grid, str_text(&what));
	str_fini(&what);
	free(device);
}

void text_events(struct str *out, const json_t *events, const struct text_style *style)
{
	const json_t *list = json_object_get(events, "events"), *event;
	struct grid *grid = grid_new("llll");
	size_t i;

	json_array_foreach((json_t *)list, i, event) event_row(grid, event, style);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
	if (i == 0)
		str_add(out, "No such events.\n");
}

void text_event_line(struct str *out, const json_t *event, const struct text_style *style)
{
	const char *mark = event_mark(event);
	char *device = event_device(event), when[UNITS_TEXT_MAX];

	str_addf(out, "%s  ", clock_text(when, event, "time", style->now));
	str_addf(out, style->colour ? "\033[%sm%s\033[0m" : "%.0s%s", mark_sgr(mark), mark);
	str_addf(out, "  %s  ", device);
	add_what(out, event);
	str_add_char(out, '\n');
	free(device);
}

static void add_cell(struct grid *grid, const json_t *object, const char *name)
{
	char *text = clean(object, name);

	grid_cell(grid, *text != '\0' ? text : NULL);
	free(text);
}

static void head(struct grid *grid, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_cell_styled(grid, words[i], SGR_QUIET);
}

static void silence_row(struct grid *grid, const json_t *silence, const struct text_style *style)
{
	double until = answer_number(silence, "until");
	char buf[UNITS_TEXT_MAX];

	snprintf(buf, sizeof buf, "%.0f", answer_number(silence, "id"));
	grid_cell(grid, buf);
	add_cell(grid, silence, "device");
	add_cell(grid, silence, "rule");
	add_cell(grid, silence, "object");
	grid_cell(grid, units_duration(buf, isnan(until) ? 0 : (int64_t)(until * 1e9) - style->now));
	add_cell(grid, silence, "author");
	add_cell(grid, silence, "reason");
}

void text_silences(struct str *out, const json_t *silences, const struct text_style *style)
{
	static const char *const words[] = {"number", "device", "rule", "row", "left", "author", "reason"};
	const json_t *list = json_object_get(silences, "silences"), *silence;
	struct grid *grid = grid_new("rlllrll");
	size_t i;

	head(grid, words, sizeof words / sizeof *words);
	json_array_foreach((json_t *)list, i, silence) silence_row(grid, silence, style);
	if (i > 0)
		grid_render(grid, out, 0, style->width, style->colour);
	else
		str_add(out, "Nothing is silenced.\n");
	grid_free(grid);
}

void text_acks(struct str *out, const json_t *acks, const struct text_style *style)
{
	static const char *const words[] = {"device", "rule", "row", "since", "author", "reason"};
	const json_t *list = json_object_get(acks, "acks"), *ack;
	struct grid *grid = grid_new("llllll");
	char buf[UNITS_TEXT_MAX];
	size_t i;

	head(grid, words, sizeof words / sizeof *words);
	json_array_foreach((json_t *)list, i, ack)
	{
		char *device = event_device(ack);

		grid_cell(grid, device);
		add_cell(grid, ack, "rule");
		add_cell(grid, ack, "object");
		grid_cell(grid, clock_text(buf, ack, "time", style->now));
		add_cell(grid, ack, "author");
		add_cell(grid, ack, "reason");
		free(device);
	}
	if (i > 0)
		grid_render(grid, out, 0, style->width, style->colour);
	else
		str_add(out, "Nothing is acknowledged.\n");
	grid_free(grid);
}
