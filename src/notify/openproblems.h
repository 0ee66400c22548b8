/* openproblems: what is raised and not cleared, by device, row and rule. */
#ifndef ROLLCALL_NOTIFY_OPENPROBLEMS_H
#define ROLLCALL_NOTIFY_OPENPROBLEMS_H

#include "model/event.h"

#include <stdbool.h>
#include <uthash.h>

struct open_problem {
	struct event *event; /* the last raise; owned */
	bool muted;	     /* nobody was told of it */
	char *key;
	UT_hash_handle hh;
};

/* An empty set is NULL. Loops: for (p = set; p != NULL; p = p->hh.next), in the order of their first raise.
 */
struct open_problem *problems_find(
    struct open_problem *set, const char *device, const char *object, const char *rule);
/* Adds it, or renews the one there is. */
struct open_problem *problems_put(struct open_problem **set, const struct event *event);
/* All problems of device `old` become those of `name`; of two of one rule and row the older one stays. */
void problems_rename(struct open_problem **set, const char *old, const char *name);
void problems_remove(struct open_problem **set, struct open_problem *problem);
void problems_free(struct open_problem **set);

#endif
