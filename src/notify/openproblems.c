#include "notify/openproblems.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* The parts are told apart by a byte that no name has. */
static char *key_of(const char *device, const char *object, const char *rule)
{
	return str_format("%s\x1f%s\x1f%s", device != NULL ? device : "", rule, object != NULL ? object : "");
}

struct open_problem *problems_find(
    struct open_problem *set, const char *device, const char *object, const char *rule)
{
	struct open_problem *found = NULL;
	char *key = key_of(device, object, rule);

	HASH_FIND(hh, set, key, strlen(key), found);
	free(key);
	return found;
}

struct open_problem *problems_put(struct open_problem **set, const struct event *event)
{
	struct open_problem *problem = problems_find(*set, event->device, event->object, event->rule);

	if (problem == NULL) {
		problem = mem_alloc(sizeof *problem);
		problem->key = key_of(event->device, event->object, event->rule);
		HASH_ADD_KEYPTR(hh, *set, problem->key, strlen(problem->key), problem);
	}
	free(problem->event);
	problem->event = event_dup(event);
	return problem;
}

void problems_remove(struct open_problem **set, struct open_problem *problem)
{
	HASH_DELETE(hh, *set, problem);
	free(problem->event);
	free(problem->key);
	free(problem);
}

static void rename_one(struct open_problem **set, struct open_problem *problem, const char *name)
{
	struct event event = *problem->event;
	struct open_problem *there = problems_find(*set, name, event.object, event.rule);
	bool muted = problem->muted;

	event.device = name;
	if (there == NULL || problem->event->time <= there->event->time)
		problems_put(set, &event)->muted = muted;
	problems_remove(set, problem);
}

void problems_rename(struct open_problem **set, const char *old, const char *name)
{
	struct open_problem *next;

	for (struct open_problem *p = *set; p != NULL; p = next) {
		next = p->hh.next; /* what is put goes to the end, and is not of `old` */
		if (str_equal(p->event->device, old))
			rename_one(set, p, name);
	}
}

void problems_free(struct open_problem **set)
{
	while (*set != NULL)
		problems_remove(set, *set);
}
