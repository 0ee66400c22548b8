/* grid: aligned columns of text for a terminal.
 *
 * Widths follow the content; the last column takes what is left of the terminal and
 * wraps between words. A column that would leave it hardly anything is cut, with an
 * ellipsis. Cells are clean UTF-8. */
#ifndef ROLLCALL_VIEWS_GRID_H
#define ROLLCALL_VIEWS_GRID_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

#define GRID_COLUMNS_MAX 12

struct grid;

/* `align` has one letter per column: 'l' or 'r' aligned. */
struct grid *grid_new(const char *align);
void grid_free(struct grid *grid);
/* A row's cells in order; text is copied; NULL = empty. */
void grid_cell(struct grid *grid, const char *text);
/* As grid_cell, with an SGR sequence ("1;31") around it where colour is on. */
void grid_cell_styled(struct grid *grid, const char *text, const char *sgr);
/* As grid_cell_styled, but cut where it would be wrapped. */
void grid_cell_clipped(struct grid *grid, const char *text, const char *sgr);
/* Appends all rows to `out`, each indented by `indent`. */
void grid_render(const struct grid *grid, struct str *out, size_t indent, size_t width, bool colour);

/* Text, or as much of it as fits into `columns`, with an ellipsis. */
void grid_clip(struct str *out, const char *text, size_t columns);

/* Text wrapped between words: the first line begins at column `at`, further ones are indented to it. */
void grid_wrap(struct str *out, const char *text, size_t at, size_t width);

#endif
