#include "views/graph.h"
#include "views/axis.h"
#include "views/caption.h"
#include "views/palette.h"
#include "views/rpn.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	    720
#define PLOT_HEIGHT 254 /* title, plot and time axis */
#define LINE_HEIGHT 14
#define NARROW	    500 /* pixels; below, the time axis has fewer labels */
#define LEGEND_CHAR 7	/* pixels */
#define PEAKS_FROM  (INT64_C(30) * 86400)
#define EDGE	    300 /* s */

struct drawing {
	const struct graph_request *request;
	const struct palette *palette;
	struct axis axis;
	bool peaks;
	bool brief; /* the full legend does not fit */
	bool late;  /* the newest value is not of now */
	unsigned width;
	size_t label_width;
	struct {
		char **v;
		size_t n, cap;
	} argv;
};

static void add(struct drawing *d, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct drawing *d, const char *format, ...)
{
	struct str text = {0};
	va_list ap;
	va_start(ap, format);
	str_vaddf(&text, format, ap);
	va_end(ap);
	vec_push(&d->argv, str_steal(&text));
}

static const struct graph_series *series_at(const struct drawing *d, size_t i)
{
	return &d->request->graph->series[i];
}

/* A stack stands on the one before, also where that is an area. */
static bool is_stacked(const struct drawing *d, size_t i)
{
	if (series_at(d, i)->style == SERIES_STACK)
		return true;
	return series_at(d, i)->style == SERIES_AREA && i + 1 < d->request->graph->n_series &&
	       series_at(d, i + 1)->style == SERIES_STACK;
}

/* Names of our own hold a hyphen, which no data source can. One that could be taken for an
 * operator ("MAX") gets a prefix. */
static void add_source_name(struct str *out, const char *ds)
{
	bool lower = false;
	for (const char *c = ds; *c; c++)
		lower |= *c >= 'a' && *c <= 'z';
	str_addf(out, "%s%s", lower ? "" : "d-", ds);
}

static bool source_name(void *arg, const char *name, struct str *out)
{
	const struct table *table = arg;
	int column = table_column(table, name);
	if (column < 0 || !table->columns[column].ds)
		return false;
	add_source_name(out, table->columns[column].ds);
	return true;
}

static bool peak_name(void *arg, const char *name, struct str *out)
{
	bool known = source_name(arg, name, out);
	if (known)
		str_add(out, "-peak");
	return known;
}

/* True if the RPN reads the name. */
static bool reads(const char *rpn, const char *name)
{
	size_t len = strlen(name);
	for (const char *at = rpn; (at = strstr(at, name)) != NULL; at += len)
		if ((at == rpn || at[-1] == ',') && (at[len] == ',' || at[len] == 0))
			return true;
	return false;
}

static void add_defs(struct drawing *d, const char *all_rpn, const char *suffix, const char *cf)
{
	const struct table *table = d->request->table;
	struct str file = {0};
	caption_escape(&file, d->request->file);
	for (size_t i = 0; i < table->n_columns; i++) {
		if (!table->columns[i].ds)
			continue;
		struct str name = {0};
		add_source_name(&name, table->columns[i].ds);
		str_add(&name, suffix);
		if (reads(all_rpn, name.s))
			add(d, "DEF:%s=%s:%s:%s", name.s, file.s, table->columns[i].ds, cf);
		str_fini(&name);
	}
	str_fini(&file);
}

/* DEFs, and a CDEF "s-1" (peaks: "p-1") per series. */
static bool add_values(struct drawing *d, char **error)
{
	const struct graph *graph = d->request->graph;
	struct str *rpn = mem_calloc(2 * graph->n_series, sizeof *rpn), all = {0};
	bool good = true;
	for (size_t i = 0; i < graph->n_series && good; i++) {
		void *table = (void *)(uintptr_t)d->request->table;
		good = !rpn_add(&rpn[2 * i], graph->series[i].formula, source_name, table, error) &&
		       !rpn_add(&rpn[2 * i + 1], graph->series[i].formula, peak_name, table, error);
		str_addf(&all, "%s,%s,", str_text(&rpn[2 * i]), str_text(&rpn[2 * i + 1]));
	}
	if (good) {
		add_defs(d, all.s, "", "AVERAGE");
		if (d->peaks)
			add_defs(d, all.s, "-peak", "MAX");
	}
	for (size_t i = 0; i < graph->n_series && good; i++) {
		struct str scale = {0};
		if (d->axis.divisor != 1)
			str_addf(&scale, ",%.0f,/", d->axis.divisor);
		add(d, "CDEF:s-%zu=%s%s", i + 1, rpn[2 * i].s, str_text(&scale));
		if (d->peaks)
			add(d, "CDEF:p-%zu=%s%s", i + 1, rpn[2 * i + 1].s, str_text(&scale));
		str_fini(&scale);
	}
	for (size_t i = 0; i < 2 * graph->n_series; i++)
		str_fini(&rpn[i]);
	free(rpn);
	str_fini(&all);
	return good;
}

/* At the right edge the newest value may just not be there yet; s. */
static int64_t edge_of(const struct drawing *d)
{
	int64_t edge = 3 * (d->request->end - d->request->start) / d->width;
	return edge > EDGE ? edge : EDGE;
}

/* A veil where nothing is known: not before the first value, when there was nothing to miss, nor at the edge.
 */
static void add_gaps(struct drawing *d)
{
	const struct graph_request *r = d->request;
	struct str none = {0};
	for (size_t i = 0; i < r->graph->n_series; i++)
		str_addf(&none, "%ss-%zu,UN%s", i ? "," : "", i + 1, i ? ",*" : "");
	add(d, "CDEF:seen-yet=%s,PREV,1,IF", none.s);
	add(d, "CDEF:no-data=seen-yet,UN,TIME,%" PRId64 ",GT,+,UNKN,%s,INF,UNKN,IF,IF", r->end - edge_of(d),
	    none.s);
	add(d, "AREA:no-data%s", d->palette->gap);
	str_fini(&none);
}

static const char *label_of(const struct graph_series *series)
{
	return series->label ? series->label : series->formula;
}

struct figure {
	const char *word, *name, *of, *function;
};

/* What the legend tells of a series, in columns; the last one ends the line. */
static size_t figures_of(const struct drawing *d, struct figure figures[4])
{
	size_t n = 0;
	bool percentile = d->request->graph->percentile;
	figures[n++] = (struct figure){d->late ? "last" : "now", "now", "s", "LAST"};
	if (!d->brief)
		figures[n++] = (struct figure){"avg", "avg", "s", "AVERAGE"};
	if (!d->brief || !percentile)
		figures[n++] = (struct figure){"max", "max", d->peaks ? "p" : "s", "MAXIMUM"};
	if (percentile)
		figures[n++] = (struct figure){"95th", "p95", NULL, NULL};
	return n;
}

static void add_figures(struct drawing *d, size_t i)
{
	const char *unit = d->axis.unit;
	struct figure figures[4];
	size_t n = figures_of(d, figures);
	if (d->request->seen && !d->request->seen[i].any) {
		add(d, "COMMENT: no data\\l");
		return;
	}
	for (size_t f = 0; f < n; f++) {
		const char *name = figures[f].name;
		if (figures[f].function)
			add(d, "VDEF:%s-%zu=%s-%zu,%s", name, i + 1, figures[f].of, i + 1,
			    figures[f].function);
		/* A percent sign in a format is doubled. */
		add(d, "GPRINT:%s-%zu:%s %%6.%ulf%s%s%s%s", name, i + 1, figures[f].word, d->axis.decimals,
		    *unit || d->axis.si ? " " : "", d->axis.si ? "%s" : "",
		    str_equal(unit, "%") ? "%%" : unit, f + 1 == n ? "\\l" : "");
	}
}

/* In columns of the legend's font: "In  now 288.65 Mbit/s  avg ...". */
static void measure_legend(struct drawing *d)
{
	struct figure figures[4];
	for (size_t i = 0; i < d->request->graph->n_series; i++) {
		size_t width = str_width(label_of(series_at(d, i)));
		d->label_width = width > d->label_width ? width : d->label_width;
	}
	size_t cell = sizeof "  95th 123.45 M" + str_width(d->axis.unit);
	size_t columns = d->label_width + 4 + cell * figures_of(d, figures);
	d->brief = columns * LEGEND_CHAR > d->width;
}

/* Fills go first: lines must not drown in them. A stack's fill has the legend, the others' line has it. */
static void add_fills(struct drawing *d)
{
	bool stacked = false;
	for (size_t i = 0; i < d->request->graph->n_series; i++) {
		const struct graph_series *series = series_at(d, i);
		if (series->style == SERIES_LINE)
			continue;
		struct str label = {0};
		caption_label(&label, label_of(series), d->label_width);
		if (!is_stacked(d, i)) {
			add(d, "AREA:s-%zu%s%s", i + 1, palette_line(d->palette, series->colour),
			    d->palette->area_alpha);
		} else {
			add(d, "AREA:s-%zu%s:%s%s", i + 1, palette_stack(d->palette, series->colour), label.s,
			    stacked ? ":STACK" : "");
			add_figures(d, i);
			stacked = true;
		}
		str_fini(&label);
	}
}

/* The stack's outline: the first one's edge in its own colour, the sum in ink if no line says it already. */
static void add_outline(struct drawing *d)
{
	size_t stacked = 0, lines = 0, first = 0;
	struct str sum = {0};
	for (size_t i = 0; i < d->request->graph->n_series; i++) {
		lines += series_at(d, i)->style == SERIES_LINE;
		if (!is_stacked(d, i))
			continue;
		first = stacked ? first : i;
		str_addf(&sum, "%ss-%zu%s", stacked ? "," : "", i + 1, stacked ? ",ADDNAN" : "");
		stacked++;
	}
	if (stacked)
		add(d, "LINE0.7:s-%zu%s", first + 1, palette_line(d->palette, 1));
	if (stacked > 1 && !lines) {
		add(d, "CDEF:stack-top=%s", sum.s);
		add(d, "LINE0.8:stack-top%s", palette_line(d->palette, 2));
	}
	str_fini(&sum);
}

static void add_lines(struct drawing *d)
{
	const struct graph *graph = d->request->graph;
	for (size_t i = 0; i < graph->n_series && d->peaks; i++)
		if (!is_stacked(d, i) && series_at(d, i)->colour <= 1)
			add(d, "LINE0.7:p-%zu%s", i + 1, palette_line(d->palette, 4));
	for (size_t i = 0; i < graph->n_series; i++) {
		const struct graph_series *series = series_at(d, i);
		const char *colour = palette_line(d->palette, series->colour);
		if (is_stacked(d, i))
			continue;
		struct str label = {0};
		caption_label(&label, label_of(series), d->label_width);
		add(d, "LINE1.3:s-%zu%s:%s%s", i + 1, colour, label.s, series->dashed ? ":dashes=3,3" : "");
		add_figures(d, i);
		if (graph->percentile)
			add(d, "LINE1:p95-%zu%s:dashes=1,3", i + 1, colour);
		str_fini(&label);
	}
}

static void add_percentiles(struct drawing *d)
{
	for (size_t i = 0; i < d->request->graph->n_series && d->request->graph->percentile; i++)
		add(d, "VDEF:p95-%zu=s-%zu,95,PERCENTNAN", i + 1, i + 1);
}

static void add_span(struct drawing *d)
{
	struct str text = {0};
	caption_span(&text, d->request->start, d->request->end);
	if (d->peaks && !d->brief)
		str_add(&text, " · pale\\: maximum");
	if (d->request->graph->percentile && !d->brief)
		str_add(&text, " · dotted\\: 95th");
	add(d, "COMMENT: \\l");
	add(d, "COMMENT:%s · rollcall\\l", text.s);
	str_fini(&text);
}

static void add_colours(struct drawing *d)
{
	static const char *const grounds[] = {"BACK", "CANVAS", "SHADEA", "SHADEB", "FRAME", "ARROW"};
	for (size_t i = 0; i < ARRAY_LEN(grounds); i++)
		add(d, "--color=%s%s", grounds[i], d->palette->back);
	add(d, "--color=GRID%s", d->palette->grid);
	add(d, "--color=MGRID%s", d->palette->major);
	add(d, "--color=FONT%s", d->palette->font);
	add(d, "--color=AXIS%s", d->palette->axis);
}

static void add_y_axis(struct drawing *d)
{
	const struct graph *graph = d->request->graph;
	double scale = d->axis.divisor;
	if (*d->axis.unit)
		add(d, "--vertical-label=%s", d->axis.unit);
	if (graph->has_min || d->axis.from_zero)
		add(d, "--lower-limit=%.15g", graph->has_min ? graph->min / scale : 0);
	if (graph->has_max)
		add(d, "--upper-limit=%.15g", graph->max / scale);
	if (graph->has_min && graph->has_max)
		add(d, "--rigid");
	else
		add(d, graph->has_min || d->axis.from_zero ? "--alt-autoscale-max" : "--alt-autoscale");
	/* Far from zero a span may be small: labels with as many digits as tell them apart. */
	if (!graph->has_min && !d->axis.from_zero)
		add(d, "--alt-y-grid");
	if (graph->has_max && graph->max == 100 && (!graph->has_min || graph->min == 0))
		add(d, "--y-grid=10:2");
	if (!d->axis.si)
		add(d, "--units-exponent=0");
}

static size_t legend_lines(const struct drawing *d)
{
	return d->request->graph->n_series + 2;
}

static void add_options(struct drawing *d)
{
	const struct graph_request *r = d->request;
	unsigned height = r->height ? r->height : PLOT_HEIGHT + LINE_HEIGHT * (unsigned)legend_lines(d);
	const char *grid = axis_grid(r->end - r->start, d->width < NARROW);
	struct str title = {0};
	caption_title(&title, r->device, r->row, r->graph->title ? r->graph->title : r->graph->name,
	    r->subtitle, d->width);
	add(d, "rrdtool");
	add(d, "graph");
	/* "-" is standard output; a name must not be taken for an option. */
	add(d, "%s%s", r->output[0] == '-' && r->output[1] ? "./" : "", r->output);
	add(d, "--imgformat=%s", str_ends(r->output, ".svg") ? "SVG" : "PNG");
	add(d, "--start=%" PRId64, r->start);
	add(d, "--end=%" PRId64, r->end);
	add(d, "--width=%u", d->width);
	add(d, "--height=%u", height);
	add(d, "--full-size-mode");
	add(d, "--title=%s", title.s);
	if (grid)
		add(d, "--x-grid=%s", grid);
	add_y_axis(d);
	add(d, "--border=0");
	add(d, "--slope-mode");
	add(d, "--disable-rrdtool-tag");
	add(d, "--dynamic-labels");
	add(d, "--grid-dash=1:0");
	add(d, "--font=DEFAULT:8:DejaVu Sans");
	add(d, "--font=TITLE:10:DejaVu Sans");
	add(d, "--font=LEGEND:8:DejaVu Sans Mono");
	add_colours(d);
	str_fini(&title);
}

static bool newest_is_late(const struct drawing *d)
{
	const struct graph_request *r = d->request;
	int64_t newest = 0;
	for (size_t i = 0; r->seen && i < r->graph->n_series; i++)
		if (r->seen[i].any && r->seen[i].last > newest)
			newest = r->seen[i].last;
	return newest && newest < (r->now ? r->now : r->end) - edge_of(d);
}

static struct drawing begin(const struct graph_request *request)
{
	struct drawing d = {
	    .request = request,
	    .palette = palette_of(request->dark),
	    .axis = axis_of(request->graph->unit, request->top),
	    .width = request->width ? request->width : WIDTH,
	    .peaks = request->with_max && request->end - request->start >= PEAKS_FROM,
	};
	d.late = newest_is_late(&d);
	return d;
}

/* Ends the list; NULL instead when something was wrong. */
static char **finish(struct drawing *d, bool good)
{
	vec_push(&d->argv, NULL);
	if (good)
		return d->argv.v;
	graph_argv_free(d->argv.v);
	return NULL;
}

static bool has_series(const struct graph *graph, char **error)
{
	if (!graph->n_series)
		*error = str_format("graph '%s' has no series", graph->name);
	return graph->n_series > 0;
}

char **graph_argv(const struct graph_request *request, char **error)
{
	struct drawing d = begin(request);
	measure_legend(&d);
	add_options(&d);
	bool good = has_series(request->graph, error) && add_values(&d, error);
	if (good) {
		add_gaps(&d);
		add_percentiles(&d);
		add_fills(&d);
		add_outline(&d);
		add_lines(&d);
		add_span(&d);
	}
	return finish(&d, good);
}

char **graph_look_argv(const struct graph_request *request, char **error)
{
	struct drawing d = begin(request);
	d.peaks = false;
	add(&d, "rrdtool");
	add(&d, "graph");
	add(&d, "/dev/null");
	add(&d, "--start=%" PRId64, request->start);
	add(&d, "--end=%" PRId64, request->end);
	add(&d, "--width=%u", d.width);
	bool good = has_series(request->graph, error) && add_values(&d, error);
	for (size_t i = 0; i < request->graph->n_series && good; i++) {
		add(&d, "VDEF:now-%zu=s-%zu,LAST", i + 1, i + 1);
		add(&d, "PRINT:now-%zu:%%s:strftime", i + 1);
	}
	return finish(&d, good);
}

void graph_argv_free(char **argv)
{
	if (!argv)
		return;
	for (size_t i = 0; argv[i]; i++)
		free(argv[i]);
	free(argv);
}
