/* personality: agents as they are met in the field: one or a few faults under a name,
 * and what a collector is expected to make of them.
 *
 * A fault line gives a device one: `device 3 as endless-table`. A test that covers all
 * of them takes the list from the program (--personalities), so that none is forgotten. */
#ifndef FLEET_PERSONALITY_H
#define FLEET_PERSONALITY_H

#include <stdio.h>

struct personality {
	const char *name;
	const char *faults; /* fault lines without devices, with "; " between them */
	const char *what;   /* what the agent does */
	const char *expect; /* what the collector has to know of it; always: nothing wrong, few packets */
};

/* `name` may have blanks around it. NULL when there is none. */
const struct personality *personality_named(const char *name);
void personality_list(FILE *out); /* one per line: name, faults, what, expect, with tabs between them */

#endif
