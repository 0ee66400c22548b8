/* palette: the colours of graphs, light and dark, as the dashboard's design has them. */
#ifndef ROLLCALL_VIEWS_PALETTE_H
#define ROLLCALL_VIEWS_PALETTE_H

#include <stdbool.h>

#define PALETTE_COLOURS 5

struct palette {
	const char *back, *grid, *major, *font, *axis, *gap;
	const char *line[PALETTE_COLOURS];  /* s1 to s5 */
	const char *stack[PALETTE_COLOURS]; /* a1 to a5 */
	const char *area_alpha;		    /* behind a line's colour */
};

const struct palette *palette_of(bool dark);
/* `number` counts from 1; what is beyond gets the last, 0 the first. */
const char *palette_line(const struct palette *palette, unsigned number);
const char *palette_stack(const struct palette *palette, unsigned number);

#endif
