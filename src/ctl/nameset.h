/* nameset: texts, each with whatever belongs to it, to be found again. */
#ifndef ROLLCALL_CTL_NAMESET_H
#define ROLLCALL_CTL_NAMESET_H

#include <stdbool.h>
#include <stddef.h>

struct nameset {
	struct nameset_item *items; /* NULL = empty */
};

/* False, and nothing happens, when it is there already. Copies the text. */
bool nameset_add(struct nameset *set, const char *text, size_t number);
/* The number that was given with it, or SIZE_MAX. */
size_t nameset_find(const struct nameset *set, const char *text);
void nameset_fini(struct nameset *set);

#endif
