#include "views/names.h"

#include "base/str.h"

#define GAP 2 /* between the two */

static void widen(size_t *width, const char *text)
{
	if (str_width(text) > *width)
		*width = str_width(text);
}

void names_note(struct names *names, const char *first, const char *second)
{
	widen(&names->width[0], first);
	widen(&names->width[1], second);
}

void names_fit(struct names *names, const char *head, size_t room)
{
	widen(&names->width[0], head);
	if (names_second(names)) {
		widen(&names->width[1], head);
		room -= room > GAP ? GAP : room;
	}
	while (names->width[0] + names->width[1] > room)
		names->width[names->width[0] < names->width[1]]--;
}

bool names_second(const struct names *names)
{
	return names->width[1] > 0;
}

void names_cells(const struct names *names, struct grid *grid, const char *first, const char *second)
{
	const char *const texts[2] = {first, second};

	for (int which = 0; which < (names_second(names) ? 2 : 1); which++) {
		struct str text = {0};

		grid_clip(&text, texts[which], names->width[which]);
		grid_cell(grid, str_text(&text));
		str_fini(&text);
	}
}
