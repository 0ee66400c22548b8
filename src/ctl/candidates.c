#include "ctl/candidates.h"

#include "base/str.h"
#include "base/vec.h"
#include "ctl/nameset.h"

#include <stdio.h>
#include <stdlib.h>

#define SHOWN 20

static void add(struct candidates *candidates, struct nameset *places, const struct neighbour *neighbour,
    const char *seen_by)
{
	size_t place = nameset_find(places, neighbour->address);
	struct candidate *candidate;

	if (place == SIZE_MAX) {
		struct candidate new = {.address = neighbour->address, .protocol = neighbour->protocol};

		place = candidates->n;
		nameset_add(places, neighbour->address, place);
		vec_push(candidates, new);
	}
	candidate = &candidates->v[place];
	if (candidate->name == NULL)
		candidate->name = neighbour->name;
	candidate->seen_by =
	    mem_realloc(candidate->seen_by, candidate->n_seen_by + 1, sizeof *candidate->seen_by);
	candidate->seen_by[candidate->n_seen_by++] = seen_by;
}

void candidates_find(struct candidates *candidates, const struct devicelist *list,
    const struct addresses *asked, const struct addresses *excluded, const struct known *known, uint16_t port)
{
	struct nameset found = {0}, places = {0};

	for (size_t i = 0; i < list->n; i++)
		nameset_add(&found, list->v[i].host, 0);
	for (size_t i = 0; i < list->n; i++) {
		const struct devicelist_entry *entry = &list->v[i];

		for (size_t j = 0; j < entry->n_neighbours; j++) {
			const struct neighbour *neighbour = &entry->neighbours[j];

			if (nameset_find(&found, neighbour->address) == SIZE_MAX &&
			    known_device(known, neighbour->address, port) == NULL &&
			    !addresses_has(asked, neighbour->address) &&
			    !addresses_has(excluded, neighbour->address))
				add(candidates, &places, neighbour, entry->address);
		}
	}
	nameset_fini(&found);
	nameset_fini(&places);
}

void candidates_fini(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->n; i++)
		free(candidates->v[i].seen_by);
	vec_fini(candidates);
}

void candidates_tell(const struct candidates *candidates, uint32_t hops)
{
	if (candidates->n == 0)
		return;
	fprintf(stderr, "Neighbours by LLDP and CDP that were not asked (--neighbours %u asks them too):\n",
	    hops + 1);
	for (size_t i = 0; i < candidates->n && i < SHOWN; i++) {
		const struct candidate *candidate = &candidates->v[i];
		struct str line = {0};

		str_addf(&line, "  %s", candidate->address);
		if (candidate->name != NULL)
			str_addf(&line, " %s", candidate->name);
		str_addf(&line, ", seen by %s", candidate->seen_by[0]);
		if (candidate->n_seen_by > 1)
			str_addf(&line, " and %zu more", candidate->n_seen_by - 1);
		fprintf(stderr, "%s\n", line.s);
		str_fini(&line);
	}
	if (candidates->n > SHOWN)
		fprintf(stderr, "  and %zu more (--json has all)\n", candidates->n - SHOWN);
}
