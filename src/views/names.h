/* names: the first one or two columns of a table: what a row is of ("core-sw1", "Gi1/0/1"), cut where the
 * figures beside them leave no room. */
#ifndef ROLLCALL_VIEWS_NAMES_H
#define ROLLCALL_VIEWS_NAMES_H

#include "views/grid.h"

#include <stdbool.h>
#include <stddef.h>

struct names {
	size_t width[2]; /* begin with 0 */
};

/* Before the cells: each row's names, then the room that there is. `head` is the longest of the heads. */
void names_note(struct names *names, const char *first, const char *second);
void names_fit(struct names *names, const char *head, size_t room);
/* Whether there is a second column: some row has a second name. */
bool names_second(const struct names *names);
/* One cell or two. */
void names_cells(const struct names *names, struct grid *grid, const char *first, const char *second);

#endif
