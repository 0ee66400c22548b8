#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NEVER "never" /* all its thresholds are taken away */

/* "<server.yaml:4>" of what is shipped, or the file from the configuration's folder on. */
static void add_place(struct str *out, const json_t *object, const char *config, bool shipped)
{
	const char *file = answer_text(object, "file"), *slash = strrchr(file, '/'),
		   *folder = strrchr(config, '/');
	size_t len = folder != NULL ? (size_t)(folder - config) + 1 : 0;

	if (*file == '\0') {
		str_add(out, "built in");
		return;
	}
	if (shipped && slash != NULL)
		file = slash + 1;
	else if (strncmp(file, config, len) == 0)
		file += len;
	str_addf(out, "%s%s:%" JSON_INTEGER_FORMAT "%s", shipped ? "<" : "", file,
	    json_integer_value(json_object_get(object, "line")), shipped ? ">" : "");
}

/* As it is written in a rule, with the unit: "80 %", "5 min", "1.5". */
static const char *amount(char buf[UNITS_TEXT_MAX], double number, const char *unit)
{
	if (isnan(number))
		return UNITS_UNKNOWN;
	if (str_equal(unit, "%") || *unit == '\0')
		snprintf(buf, UNITS_TEXT_MAX, "%g", number);
	else
		units_value(buf, number, unit);
	return buf;
}

/* "80 / 90 %": warning and critical. */
static void add_thresholds(struct str *out, const json_t *object, const char *unit)
{
	double warning = answer_number(object, "warning"), critical = answer_number(object, "critical");
	char low[UNITS_TEXT_MAX], high[UNITS_TEXT_MAX];

	if (isnan(warning) && isnan(critical)) {
		str_add(out, NEVER);
		return;
	}
	str_addf(out, "%s / %s%s", amount(low, warning, unit), amount(high, critical, unit),
	    str_equal(unit, "%") ? " %" : "");
}

static void add_for(struct str *out, const json_t *rule)
{
	double seconds = answer_number(rule, "for_s"), polls = answer_number(rule, "for_polls");
	char buf[UNITS_TEXT_MAX];

	if (polls > 0)
		str_addf(out, ", %.0f poll%s", polls, polls > 1 ? "s" : "");
	else if (seconds > 0)
		str_addf(out, ", %s", units_config_duration(buf, (int64_t)(seconds * 1e9)));
}

static void head(struct grid *grid, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		grid_cell_styled(grid, words[i], SGR_QUIET);
}

static bool is_off(const json_t *rule)
{
	return json_is_object(json_object_get(rule, "disabled"));
}

static bool is_shipped(const json_t *rule)
{
	return json_is_true(json_object_get(rule, "shipped")) && *answer_text(rule, "file") != '\0';
}

static void rule_row(struct grid *grid, const json_t *rule, const char *config)
{
	const json_t *changed = json_object_get(rule, "changed");
	const char *severity = answer_text(rule, "severity"), *unit = answer_text(rule, "unit");
	struct str raises = {0}, from = {0};

	if (*severity != '\0')
		str_add(&raises, severity);
	else
		add_thresholds(&raises, rule, unit);
	if (!str_equal(str_text(&raises), NEVER))
		add_for(&raises, rule);
	if (json_is_object(changed)) {
		add_place(&from, changed, config, false);
	} else {
		add_place(&from, rule, config, is_shipped(rule));
	}
	grid_cell(grid, answer_text(rule, "rule"));
	grid_cell(grid, answer_text(rule, "of"));
	grid_cell(grid, str_text(&raises));
	grid_cell(grid, str_text(&from));
	str_fini(&from);
	str_fini(&raises);
}

static void off_row(struct grid *grid, const json_t *rule, const char *config)
{
	struct str from = {0};

	add_place(&from, json_object_get(rule, "disabled"), config, false);
	grid_cell(grid, answer_text(rule, "rule"));
	grid_cell(grid, answer_text(rule, "of"));
	grid_cell(grid, str_text(&from));
	str_fini(&from);
}

static void limit_rows(struct grid *grid, const json_t *rule, const char *config)
{
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(rule, "rows"), i, row)
	{
		struct str thresholds = {0}, from = {0};

		add_thresholds(&thresholds, row, answer_text(rule, "unit"));
		add_place(&from, row, config, false);
		grid_cell(grid, answer_text(rule, "rule"));
		grid_cell(grid, answer_text(row, "row"));
		grid_cell(grid, str_text(&thresholds));
		grid_cell(grid, str_text(&from));
		str_fini(&from);
		str_fini(&thresholds);
	}
}

/* A heading and a grid, if there is anything in it; takes the grid. */
static void section(
    struct str *out, const char *heading, struct grid *grid, bool any, const struct text_style *style)
{
	if (any) {
		str_add_char(out, '\n');
		answer_heading(out, heading, style);
		str_add_char(out, '\n');
		grid_render(grid, out, 2, style->width, style->colour);
	}
	grid_free(grid);
}

/* The profile, and who says so. */
static void headline(struct str *out, const json_t *answer, const struct text_style *style)
{
	const char *profile = answer_text(answer, "profile"), *said = answer_text(answer, "profile_from");
	struct str rest = {0};

	if (*profile != '\0')
		str_addf(&rest, "profile %s, as %s", profile,
		    str_equal(said, "daemon") ? "the daemon has found" : "configured");
	else
		str_add(&rest, "profile not known: rules of all profiles");
	answer_headline(out, answer_text(answer, "device"), str_text(&rest), NULL, style);
	str_fini(&rest);
}

void text_rules(struct str *out, const json_t *answer, const struct text_style *style)
{
	static const char *const words[] = {"rule", "of", "warn / crit, for", "from"}, *const row_words[] = {
											   "rule", "row",
											   "warn / crit",
											   "from"};
	const char *config = answer_text(answer, "config");
	struct grid *hold = grid_new("llll"), *rows = grid_new("llll"), *off = grid_new("lll");
	size_t i, n_hold = 0, n_rows = 0, n_off = 0;
	bool shipped = false;
	const json_t *rule;

	head(hold, words, sizeof words / sizeof *words);
	head(rows, row_words, sizeof row_words / sizeof *row_words);
	json_array_foreach(json_object_get(answer, "rules"), i, rule)
	{
		if (is_off(rule)) {
			off_row(off, rule, config);
			n_off++;
			continue;
		}
		rule_row(hold, rule, config);
		limit_rows(rows, rule, config);
		n_hold++;
		shipped |= is_shipped(rule);
		n_rows += json_array_size(json_object_get(rule, "rows"));
	}
	headline(out, answer, style);
	section(out, "Rules", hold, n_hold > 0, style);
	section(out, "Some rows have other thresholds (the first that fits)", rows, n_rows > 0, style);
	section(out, "Switched off", off, n_off > 0, style);
	if (n_hold + n_off == 0)
		str_add(out, "\nNo rule holds for it.\n");
	if (shipped)
		str_add(out, "\nIn <>: comes with rollcall.\n");
}
