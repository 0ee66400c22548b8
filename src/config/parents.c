#include "config/parents.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 100 /* one tag can give a wrong parent to thousands */

struct told {
	const struct yaml_node *v[TOLD_MAX];
	size_t n;
};

/* The last answer of by_label(): devices that stand together tend to have one parent. */
struct label {
	const char *name;
	struct draft *found;
};

static bool is_told(const struct told *told, const struct yaml_node *node)
{
	for (size_t i = 0; i < told->n; i++)
		if (told->v[i] == node)
			return true;
	return told->n == TOLD_MAX;
}

static void tell_unknown(
    struct loader *loader, const struct yaml_node *parent, struct draft **drafts, size_t n)
{
	const char **names = mem_calloc(n + 1, sizeof *names);

	for (size_t i = 0; i < n; i++)
		names[i] = drafts[i]->device.name;
	diag_unknown(loader->diag, DIAG_ERROR, parent->place, "parent", parent->text, names, n);
	free(names);
}

/* The only device whose name begins with the label `name`: "core-sw1" of core-sw1.example.net. */
static struct draft *by_label(struct label *last, const char *name, struct draft **drafts, size_t n)
{
	struct draft *found = NULL;
	size_t len = strlen(name);

	if (str_equal(last->name, name))
		return last->found;
	*last = (struct label){.name = name};
	if (strspn(name, "0123456789") == len)
		return NULL; /* the beginning of an address names nobody */
	for (size_t i = 0; i < n; i++) {
		const char *other = drafts[i]->device.name;

		if (strncmp(other, name, len) != 0 || other[len] != '.')
			continue;
		if (found != NULL)
			return NULL;
		found = drafts[i];
	}
	last->found = found;
	return found;
}

static void resolve(struct loader *loader, struct draft *draft, struct draft **drafts, size_t n,
    struct draft *by_name, struct told *told, struct label *last)
{
	const char *name = yaml_text(draft->parent);
	struct draft *found;

	if (name == NULL)
		return;
	HASH_FIND(by_name, by_name, name, strlen(name), found);
	if (found == NULL && !is_told(told, draft->parent))
		found = by_label(last, name, drafts, n);
	if (found == draft) {
		if (draft->parent_is_own)
			diag_error(
			    loader->diag, draft->parent->place, "'%s' is its own parent; remove it", name);
	} else if (found != NULL) {
		draft->device.parent = (int)found->device.number;
	} else if (!loader->devices_missing && !is_told(told, draft->parent)) {
		tell_unknown(loader, draft->parent, drafts, n);
		told->v[told->n++] = draft->parent;
	}
}

/* Names the circle that `start` is on, and opens it. */
static void tell_circle(struct loader *loader, struct draft **drafts, size_t start)
{
	struct str names = {0};
	size_t at = start;

	do {
		str_addf(&names, "%s -> ", drafts[at]->device.name);
		at = (size_t)drafts[at]->device.parent;
	} while (at != start);
	str_add(&names, drafts[start]->device.name);
	diag_error(loader->diag, drafts[start]->parent->place,
	    "parents go in a circle: %s; remove one of them", str_text(&names));
	drafts[start]->device.parent = -1;
	str_fini(&names);
}

void parents_resolve(struct loader *loader, struct draft **drafts, size_t n, struct draft *by_name)
{
	size_t *visit = mem_calloc(n + 1, sizeof *visit); /* in which round it was seen; 0 = not yet */
	struct told told = {0};
	struct label last = {0};

	for (size_t i = 0; i < n; i++)
		resolve(loader, drafts[i], drafts, n, by_name, &told, &last);
	for (size_t i = 0; i < n; i++) {
		int at = (int)i;

		while (at >= 0 && visit[at] == 0) {
			visit[at] = i + 1;
			at = drafts[at]->device.parent;
		}
		if (at >= 0 && visit[at] == i + 1)
			tell_circle(loader, drafts, (size_t)at);
	}
	free(visit);
}
