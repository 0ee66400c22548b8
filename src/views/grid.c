#include "views/grid.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define GRID_GAP      2
#define GRID_LAST_MIN 16 /* columns that the last one gets even where the terminal is too narrow */
#define GRID_LAST     36 /* columns that it gets, if it needs them, at the cost of a very wide one */
#define GRID_CLIP_MIN 16 /* no column is made narrower than this */

struct cell {
	char *text;
	const char *sgr;
	bool is_clipped;
};

struct grid {
	const char *align;
	size_t columns;
	struct {
		struct cell *v;
		size_t n, cap;
	} cells;
};

struct grid *grid_new(const char *align)
{
	struct grid *grid = mem_alloc(sizeof *grid);

	grid->align = align;
	grid->columns = strlen(align);
	return grid;
}

void grid_free(struct grid *grid)
{
	for (size_t i = 0; i < grid->cells.n; i++)
		free(grid->cells.v[i].text);
	vec_fini(&grid->cells);
	free(grid);
}

static void add_cell(struct grid *grid, const char *text, const char *sgr, bool is_clipped)
{
	struct cell cell = {mem_strdup(text != NULL ? text : ""), sgr, is_clipped};

	vec_push(&grid->cells, cell);
}

void grid_cell_styled(struct grid *grid, const char *text, const char *sgr)
{
	add_cell(grid, text, sgr, false);
}

void grid_cell_clipped(struct grid *grid, const char *text, const char *sgr)
{
	add_cell(grid, text, sgr, true);
}

void grid_cell(struct grid *grid, const char *text)
{
	grid_cell_styled(grid, text, NULL);
}

static void spaces(struct str *out, size_t count)
{
	while (count-- > 0)
		str_add_char(out, ' ');
}

/* Bytes of the longest beginning of `text` that fits and ends between words. */
static size_t line_break(const char *text, size_t columns)
{
	size_t fit = str_fit(text, columns), cut = fit;

	if (text[fit] == '\0')
		return fit;
	while (cut > 0 && text[cut] != ' ')
		cut--;
	return cut > 0 ? cut : fit;
}

void grid_wrap(struct str *out, const char *text, size_t at, size_t width)
{
	size_t room = width > at + GRID_LAST_MIN ? width - at : GRID_LAST_MIN;

	for (;;) {
		size_t cut = line_break(text, room);

		if (cut == 0 && *text != '\0')
			cut = strlen(
			    text); /* one letter wider than the room: better too long than never done */
		str_add_n(out, text, cut);
		text += cut;
		while (*text == ' ')
			text++;
		if (*text == '\0')
			return;
		str_add_char(out, '\n');
		spaces(out, at);
	}
}

void grid_clip(struct str *out, const char *text, size_t columns)
{
	if (str_width(text) <= columns) {
		str_add(out, text);
		return;
	}
	str_add_n(out, text, str_fit(text, columns > 0 ? columns - 1 : 0));
	str_add(out, "\xe2\x80\xa6"); /* U+2026 */
}

/* `own`: width of the cell's column. */
static void render_cell(
    const struct cell *cell, struct str *out, size_t at, size_t own, size_t width, bool wrap, bool colour)
{
	bool styled = colour && cell->sgr != NULL && *cell->text != '\0';

	if (styled)
		str_addf(out, "\033[%sm", cell->sgr);
	if (wrap && cell->is_clipped)
		grid_clip(out, cell->text, width > at + GRID_LAST_MIN ? width - at : GRID_LAST_MIN);
	else if (wrap)
		grid_wrap(out, cell->text, at, width);
	else
		grid_clip(out, cell->text, own);
	if (styled)
		str_add(out, "\033[0m");
}

static void render_row(const struct grid *grid, const struct cell *row, const size_t *widths, struct str *out,
    size_t indent, size_t width, bool colour)
{
	size_t at = indent, pending = indent;

	for (size_t i = 0; i < grid->columns; i++) {
		size_t needs = str_width(row[i].text), pad = needs < widths[i] ? widths[i] - needs : 0;
		bool last = i + 1 == grid->columns, right = grid->align[i] == 'r';

		if (*row[i].text != '\0') {
			spaces(out, pending + (right ? pad : 0));
			render_cell(&row[i], out, at, widths[i], width, last && !right, colour);
			pending = right ? 0 : pad;
		} else {
			pending += widths[i];
		}
		pending += GRID_GAP;
		at += widths[i] + GRID_GAP;
	}
	str_add_char(out, '\n');
}

/* Where one very long text would leave the last column nothing, it is cut. */
static void shrink(const struct grid *grid, size_t *widths, size_t indent, size_t width)
{
	size_t last = grid->columns - 1, widest = 0, used = indent, room;
	size_t wanted = widths[last] < GRID_LAST ? widths[last] : GRID_LAST;

	for (size_t i = 0; i < last; i++) {
		used += widths[i] + GRID_GAP;
		if (widths[i] > widths[widest])
			widest = i;
	}
	if (last == 0 || grid->align[last] == 'r' || used + wanted <= width)
		return;
	room = widths[widest] > GRID_CLIP_MIN ? widths[widest] - GRID_CLIP_MIN : 0;
	widths[widest] -= used + wanted - width < room ? used + wanted - width : room;
}

void grid_render(const struct grid *grid, struct str *out, size_t indent, size_t width, bool colour)
{
	size_t widths[GRID_COLUMNS_MAX] = {0}, rows = grid->cells.n / grid->columns;

	for (size_t i = 0; i < rows * grid->columns; i++) {
		size_t needs = str_width(grid->cells.v[i].text), column = i % grid->columns;

		if (needs > widths[column])
			widths[column] = needs;
	}
	shrink(grid, widths, indent, width);
	for (size_t i = 0; i < rows; i++)
		render_row(grid, &grid->cells.v[i * grid->columns], widths, out, indent, width, colour);
}
