#include "views/answer.h"
#include "views/grid.h"
#include "views/text.h"

#include <inttypes.h>
#include <math.h>

#define OFFERS_SHOWN 20

/* "PROFILE: kind: table column: what; remedy" */
static void add_finding(
    struct str *out, const char *profile, const json_t *finding, const struct text_style *style)
{
	const char *table = answer_text(finding, "table"), *column = answer_text(finding, "column");
	bool note = json_is_true(json_object_get(finding, "note")), colour = style->colour;

	if (colour)
		str_addf(out, "\033[%sm", note ? SGR_QUIET : SGR_WARNING);
	str_addf(out, "%s: %s:", profile, answer_text(finding, "kind"));
	if (colour)
		str_add(out, "\033[0m");
	if (*table != '\0')
		str_addf(out, " %s%s%s:", table, *column != '\0' ? " " : "", column);
	str_addf(out, " %s; %s\n", answer_text(finding, "what"), answer_text(finding, "remedy"));
}

static void add_findings(struct str *out, const json_t *answer, const struct text_style *style)
{
	const char *profile = answer_text(answer, "profile");
	const json_t *finding;
	size_t i;

	json_array_foreach(json_object_get(answer, "findings"), i, finding)
	{
		if (style->all || !json_is_true(json_object_get(finding, "note")))
			add_finding(out, profile, finding, style);
	}
}

static void add_count(struct str *out, double n, const char *one, const char *many)
{
	char number[UNITS_TEXT_MAX];

	str_addf(out, "%s %s", units_count(number, n), n > 1 || n < 1 ? many : one);
}

/* "linux: 2 faults, 12 notes (--all shows them); 96 rows of 3,511 objects" */
static void add_summary(struct str *out, const json_t *answer, const struct text_style *style)
{
	double faults = answer_number(answer, "faults"), notes = answer_number(answer, "notes"),
	       rows = answer_number(answer, "rows"), objects = answer_number(answer, "objects");

	str_addf(out, "%s: ", answer_text(answer, "profile"));
	if (faults > 0)
		add_count(out, faults, "fault", "faults");
	else
		str_add(out, "no faults");
	if (notes > 0) {
		str_add(out, ", ");
		add_count(out, notes, "note", "notes");
		str_add(out, style->all ? "" : " (--all shows them)");
	}
	if (!isnan(objects)) {
		str_add(out, "; ");
		add_count(out, rows, "row", "rows");
		str_add(out, " of ");
		add_count(out, objects, "object", "objects");
	}
	str_add_char(out, '\n');
}

static void offer_row(struct grid *grid, const json_t *offer)
{
	const char *hint = answer_text(offer, "hint");
	struct str looks = {0}, rows = {0};

	str_add(&looks, answer_text(offer, "looks_like"));
	if (*hint != '\0')
		str_addf(&looks, ", %s", hint);
	if (json_is_false(json_object_get(offer, "scalar")))
		str_addf(&rows, "%.0f", answer_number(offer, "rows"));
	grid_cell(grid, str_text(&looks));
	grid_cell(grid, answer_text(offer, "oid"));
	grid_cell(grid, str_text(&rows));
	grid_cell_clipped(grid, answer_text(offer, "values"), NULL);
	grid_cell_clipped(grid, answer_text(offer, "beside"), SGR_QUIET);
	str_fini(&looks);
	str_fini(&rows);
}

static void add_offers(struct str *out, const json_t *answer, const struct text_style *style)
{
	static const char *const words[] = {"looks like", "OID", "rows", "values", "beside"};
	const json_t *offers = json_object_get(answer, "offers"), *offer;
	size_t i, n = json_array_size(offers);
	struct grid *grid = grid_new("llrll");

	for (i = 0; i < sizeof words / sizeof *words; i++)
		grid_cell_styled(grid, words[i], SGR_QUIET);
	json_array_foreach(offers, i, offer)
	{
		if (style->all || i < OFFERS_SHOWN)
			offer_row(grid, offer);
	}
	if (n > 0) {
		str_add_char(out, '\n');
		answer_heading(out, "Offered, and not asked for", style);
		str_add_char(out, '\n');
		grid_render(grid, out, 2, style->width, style->colour);
	}
	if (n > OFFERS_SHOWN && !style->all)
		str_addf(out, "  %zu more; --all shows them\n", n - OFFERS_SHOWN);
	grid_free(grid);
}

void text_lint(struct str *out, const json_t *answer, const struct text_style *style)
{
	add_findings(out, answer, style);
	add_summary(out, answer, style);
	add_offers(out, answer, style);
}
