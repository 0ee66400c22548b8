/* progress: does a column's walk still come to something new?
 *
 * A walk asks for what follows the last name, and agents are to answer in the order of
 * names (RFC 3416 4.2.2). Some have their rows in another order, or one of them twice;
 * others lead in a circle. Names that rise are new. Once they have fallen, the first name and one more are
 * looked out for, and that one is moved on ever more seldom (Brent's way to find a cycle): whoever goes in
 * a circle comes by it again, at the latest after some three turns. Pure; no memory but two names. */
#ifndef ROLLCALL_SNMP_PROGRESS_H
#define ROLLCALL_SNMP_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	uint8_t *first, *mark; /* content octets of names that were met; owned; mark: NULL while names rise */
	size_t first_len, mark_len;
	size_t steps, next_mark; /* since the mark was set; at how many it is set anew */
};

enum progress_step {
	PROGRESS_NEW,
	PROGRESS_SAME,	 /* the name before, once more: new ones may follow */
	PROGRESS_CIRCLE, /* this was so before, and nothing new will come */
};

/* The next name, `last` being the one before. All zero is the beginning. */
enum progress_step progress_step(
    struct progress *progress, const uint8_t *last, size_t last_len, const uint8_t *name, size_t name_len);
void progress_fini(struct progress *progress);

#endif
