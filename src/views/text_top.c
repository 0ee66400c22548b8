#include "views/answer.h"
#include "views/grid.h"
#include "views/names.h"
#include "views/text.h"

#include <math.h>
#include <string.h>

#define BAR	  10 /* columns */
#define NAMES_MIN 20
#define FIGURE	  11 /* columns of "1.24 Gbit/s" */
#define AGE	  6  /* of "12 min" */

static const char *head_of(const json_t *top)
{
	static const char *const heads[][2] = {{"traffic", "Traffic"},
	    {"utilisation", "Utilisation of interfaces"}, {"errors", "Errors of interfaces"},
	    {"cpu", "Processors in use"}, {"memory", "Memory in use"}, {"storage", "Storage in use"}};

	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
		if (str_equal(heads[i][0], answer_text(top, "class")))
			return heads[i][1];
	return answer_text(top, "class");
}

/* What a row is of, and of what else: the highest of a tag's devices is named with it. */
static const char *first_of(const json_t *row)
{
	const char *tag = answer_text(row, "tag");

	return *tag != '\0' ? tag : answer_text(row, "device");
}

static void second_of(struct str *out, const json_t *row)
{
	const char *key = answer_text(row, "key");

	if (*answer_text(row, "tag") != '\0' && *answer_text(row, "device") != '\0')
		str_addf(out, "%s ", answer_text(row, "device"));
	str_add(out, *key != '\0' ? key : answer_text(row, "table"));
}

static void note_names(struct names *names, const json_t *rows)
{
	struct str second = {0};
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		second_of(&second, row);
		names_note(names, first_of(row), str_text(&second));
		str_clear(&second);
	}
	str_fini(&second);
}

static void add_figure(struct grid *grid, const json_t *row, const char *name, const char *unit)
{
	char buf[UNITS_TEXT_MAX];

	grid_cell(grid, units_value(buf, answer_number(row, name), unit));
}

/* How much of the whole, or of the greatest, in eighths of a letter. */
static void add_bar(struct grid *grid, double share)
{
	static const char *const parts[] = {"", "\xe2\x96\x8f", "\xe2\x96\x8e", "\xe2\x96\x8d",
	    "\xe2\x96\x8c", "\xe2\x96\x8b", "\xe2\x96\x8a", "\xe2\x96\x89"};
	int eighths = share > 0 ? (int)lround(fmin(share, 1) * BAR * 8) : 0;
	struct str bar = {0};

	for (; eighths >= 8; eighths -= 8)
		str_add(&bar, "\xe2\x96\x88");
	str_add(&bar, parts[eighths]);
	grid_cell(grid, str_text(&bar));
	str_fini(&bar);
}

static void add_row(struct grid *grid, const json_t *row, const struct names *names, bool has_ways,
    double whole, const struct text_style *style)
{
	const char *unit = answer_text(row, "unit");
	char age[UNITS_TEXT_MAX];
	struct str second = {0};

	second_of(&second, row);
	names_cells(names, grid, first_of(row), str_text(&second));
	str_fini(&second);
	if (has_ways) {
		add_figure(grid, row, "in", unit);
		add_figure(grid, row, "out", unit);
	} else {
		add_figure(grid, row, "value", unit);
	}
	grid_cell(grid, answer_age(age, answer_number(row, "time"), style));
	add_bar(grid, answer_number(row, "value") / whole);
}

static void add_heads(struct grid *grid, const json_t *top, const struct names *names, bool has_ways)
{
	bool by_tag = str_equal(answer_text(top, "by"), "tag");

	names_cells(names, grid, by_tag ? "tag" : "device", by_tag ? "highest" : "row");
	grid_cell(grid, has_ways ? "in" : "in use");
	if (has_ways)
		grid_cell(grid, "out");
	grid_cell(grid, "age");
	grid_cell(grid, NULL);
}

static void headline(struct str *out, const json_t *top, const struct text_style *style)
{
	const char *by = answer_text(top, "by");
	double sum = answer_number(top, "sum");
	char buf[UNITS_TEXT_MAX];
	struct str text = {0};

	str_add(&text, head_of(top));
	if (!str_equal(by, "interface"))
		str_addf(&text, " by %s", by);
	str_addf(&text, " \xc2\xb7 %s rows", units_count(buf, answer_number(top, "ranked")));
	if (!isnan(sum))
		str_addf(&text, ", together %s", units_value(buf, sum, answer_text(top, "unit")));
	str_addf(
	    &text, " \xc2\xb7 %s", units_time(buf, (int64_t)(answer_number(top, "time") * 1e9), style->now));
	if (str_width(str_text(&text)) <= style->width)
		answer_heading(out, str_text(&text), style);
	else
		grid_wrap(out, str_text(&text), 0, style->width);
	str_add_char(out, '\n');
	str_fini(&text);
}

static bool has_directions(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		if (!json_is_null(json_object_get(row, "in")) || !json_is_null(json_object_get(row, "out")))
			return true;
	}
	return false;
}

void text_top(struct str *out, const json_t *top, const struct text_style *style)
{
	static const char *const aligns[2][2] = {{"lrrl", "lrrrl"}, {"llrrl", "llrrrl"}};
	const json_t *rows = json_object_get(top, "rows"), *row;
	bool has_ways = has_directions(rows), is_share = str_equal(answer_text(top, "unit"), "%");
	double whole = is_share ? 100 : answer_number(json_array_get(rows, 0), "value");
	size_t figures = (has_ways ? 2 : 1) * (FIGURE + 2) + AGE + 2 + BAR + 2, i;
	struct names names = {0};
	struct grid *grid;

	headline(out, top, style);
	if (json_array_size(rows) == 0) {
		grid_wrap(out,
		    "Nothing to rank: no device that is up has such values yet (traffic and errors need two "
		    "polls).",
		    0, style->width);
		str_add_char(out, '\n');
		return;
	}
	note_names(&names, rows);
	names_fit(&names, "highest", style->width > figures + NAMES_MIN ? style->width - figures : NAMES_MIN);
	grid = grid_new(aligns[names_second(&names)][has_ways]);
	add_heads(grid, top, &names, has_ways);
	json_array_foreach((json_t *)rows, i, row) add_row(grid, row, &names, has_ways, whole, style);
	grid_render(grid, out, 0, style->width, style->colour);
	grid_free(grid);
}
