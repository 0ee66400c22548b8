#include "views/answer.h"
#include "views/grid.h"
#include "views/names.h"
#include "views/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEP_USUAL 300 /* s; five-minute averages need no remark */
#define NAMES_MIN  20  /* columns that names get, however narrow the terminal is */
#define PEAK_TIME  94  /* columns from which on there is room for the time of the peak */
#define FAULTS_MAX 5   /* so many are told in full */

/* "1.24T": the column's head says of what. */
static char *compact(char buf[UNITS_TEXT_MAX], double value)
{
	char *space;

	units_si(buf, value, "");
	space = strchr(buf, ' ');
	if (space != NULL)
		memmove(space, space + 1, strlen(space));
	return buf;
}

static void day(struct str *out, double epoch)
{
	time_t at = (time_t)epoch;
	char text[64];
	struct tm tm;

	if (localtime_r(&at, &tm) != NULL && strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm) > 0)
		str_add(out, text);
}

static char *minute(char buf[UNITS_TEXT_MAX], double epoch)
{
	time_t at = (time_t)epoch;
	struct tm tm;

	buf[0] = '\0';
	if (!isnan(epoch) && localtime_r(&at, &tm) != NULL)
		strftime(buf, UNITS_TEXT_MAX, "%m-%d %H:%M", &tm);
	return buf;
}

/* "core-sw1", "Gi1/0/1": what a row is of. */
static const char *name_of(const json_t *row, int which)
{
	const char *tag = answer_text(row, "tag");

	if (which == 0)
		return *tag != '\0' ? tag : answer_text(row, "device");
	return answer_text(row, "key");
}

static double larger(const json_t *row, const char *in, const char *out)
{
	return fmax(answer_number(row, in), answer_number(row, out));
}

/* When the larger of the two peaks was. */
static double peak_time(const json_t *row)
{
	double in = answer_number(row, "in_peak_bps"), out = answer_number(row, "out_peak_bps");

	return answer_number(row, isnan(in) || out > in ? "out_peak_time" : "in_peak_time");
}

static void add_amounts(struct grid *grid, const json_t *row)
{
	char buf[UNITS_TEXT_MAX];

	grid_cell(grid, compact(buf, answer_number(row, "in_octets")));
	grid_cell(grid, compact(buf, answer_number(row, "out_octets")));
	grid_cell(grid, compact(buf, answer_number(row, "octets")));
}

static void add_row(struct grid *grid, const json_t *row, const struct names *names, bool with_time)
{
	char buf[UNITS_TEXT_MAX];
	double known = answer_number(row, "known");
	struct str percentile = {0};

	names_cells(names, grid, name_of(row, 0), name_of(row, 1));
	add_amounts(grid, row);
	grid_cell(grid, compact(buf, larger(row, "in_avg_bps", "out_avg_bps")));
	grid_cell(grid, compact(buf, larger(row, "in_peak_bps", "out_peak_bps")));
	if (with_time)
		grid_cell(grid, minute(buf, peak_time(row)));
	str_add(&percentile, compact(buf, answer_number(row, "p95_bps")));
	if (answer_number(row, "resolution_s") > STEP_USUAL)
		str_add_char(&percentile, '*');
	grid_cell(grid, str_text(&percentile));
	grid_cell_styled(grid, units_percent(buf, 100 * known), known < 0.9 ? SGR_WARNING : NULL);
	str_fini(&percentile);
}

static void add_heads(struct grid *grid, const json_t *report, const struct names *names, bool with_time)
{
	names_cells(names, grid, names_second(names) ? "device" : answer_text(report, "by"), "interface");
	grid_cell(grid, "in");
	grid_cell(grid, "out");
	grid_cell(grid, "total");
	grid_cell(grid, "avg");
	grid_cell(grid, "peak");
	if (with_time)
		grid_cell(grid, "at");
	grid_cell(grid, "95th");
	grid_cell(grid, "known");
}

static void add_totals(struct grid *grid, const json_t *report, const struct names *names, bool with_time)
{
	const json_t *totals = json_object_get(report, "totals");
	char buf[UNITS_TEXT_MAX];

	names_cells(names, grid, "total", "");
	add_amounts(grid, totals);
	for (int i = 0; i < (with_time ? 4 : 3); i++)
		grid_cell(grid, NULL);
	grid_cell(grid, units_percent(buf, 100 * answer_number(totals, "known")));
}

static void headline(struct str *out, const json_t *report, const struct text_style *style)
{
	struct str text = {0};

	str_add(&text, "Traffic by ");
	str_addf(&text, "%s, ", answer_text(report, "by"));
	day(&text, answer_number(report, "from"));
	str_add(&text, " to ");
	day(&text, answer_number(report, "to"));
	if (json_is_true(json_object_get(report, "running")))
		str_add(&text, " (now)");
	answer_heading(out, str_text(&text), style);
	str_add_char(out, '\n');
	str_fini(&text);
}

static void remark(struct str *out, const char *text, const struct text_style *style)
{
	grid_wrap(out, text, 0, style->width);
	str_add_char(out, '\n');
}

/* The coarsest average that a percentile is of; 0 when all are of the usual one. */
static double coarsest(const json_t *rows)
{
	const json_t *row;
	double step = 0;
	size_t i;

	json_array_foreach((json_t *)rows, i, row)
	{
		double its = answer_number(row, "resolution_s");

		if (its > STEP_USUAL && its > step)
			step = its;
	}
	return step;
}

static void remarks(struct str *out, const json_t *report, const struct text_style *style)
{
	double step = coarsest(json_object_get(report, "rows")), more = answer_number(report, "more");
	const json_t *faults = json_object_get(report, "unreadable"), *fault;
	char buf[UNITS_TEXT_MAX];
	struct str text = {0};
	size_t i;

	if (more > 0) {
		str_addf(&text, "%s more; the total is of all.", units_count(buf, more));
		remark(out, str_text(&text), style);
		str_clear(&text);
	}
	remark(out,
	    "in, out, total: bytes (k = 1000). avg, peak, 95th: bit/s, of 5-minute averages, the larger of "
	    "in and "
	    "out. known: share of the time of which there are values; the rest counts nowhere.",
	    style);
	if (step > 0) {
		str_addf(&text,
		    "* of averages of up to %s, as nothing finer is kept so far back: peak and 95th are too "
		    "low.",
		    units_duration(buf, (int64_t)step * UNITS_SEC));
		remark(out, str_text(&text), style);
		str_clear(&text);
	}
	json_array_foreach((json_t *)faults, i, fault)
	{
		if (i == FAULTS_MAX) {
			str_addf(
			    &text, "and %zu more files that cannot be read", json_array_size(faults) - i);
			remark(out, str_text(&text), style);
			break;
		}
		str_addf(&text, "not in it: %s %s: %s", answer_text(fault, "device"),
		    answer_text(fault, "key"), answer_text(fault, "why"));
		remark(out, str_text(&text), style);
		str_clear(&text);
	}
	str_fini(&text);
}

void text_traffic(struct str *out, const json_t *report, const struct text_style *style)
{
	static const char *const aligns[2][2] = {{"lrrrrrrr", "lrrrrrrrr"}, {"llrrrrrrr", "llrrrrrrrr"}};
	const json_t *rows = json_object_get(report, "rows"), *row;
	bool with_time = style->width >= PEAK_TIME;
	size_t figures = with_time ? 64 : 51, i; /* five of 5, two of 6, "10-21 18:15" */
	struct names names = {0};
	struct grid *grid;

	json_array_foreach((json_t *)rows, i, row) names_note(&names, name_of(row, 0), name_of(row, 1));
	names_fit(
	    &names, "interface", style->width > figures + NAMES_MIN ? style->width - figures : NAMES_MIN);
	grid = grid_new(aligns[names_second(&names)][with_time]);
	headline(out, report, style);
	if (json_array_size(rows) == 0) {
		remark(out, "Nothing is stored of any interface in this period.", style);
	} else {
		add_heads(grid, report, &names, with_time);
		json_array_foreach((json_t *)rows, i, row) add_row(grid, row, &names, with_time);
		add_totals(grid, report, &names, with_time);
		grid_render(grid, out, 0, style->width, style->colour);
	}
	grid_free(grid);
	remarks(out, report, style);
}
