/* candidates: addresses that devices see next to them, and that nobody has asked. */
#ifndef ROLLCALL_CTL_CANDIDATES_H
#define ROLLCALL_CTL_CANDIDATES_H

#include "ctl/devicelist.h"
#include "ctl/known.h"
#include "model/addresses.h"

struct candidate {
	const char *address, *name; /* borrowed of the list; name NULL = not told */
	const char *protocol;	    /* "lldp", "cdp" */
	const char **seen_by;	    /* addresses of entries, borrowed; array owned */
	size_t n_seen_by;
};

struct candidates {
	struct candidate *v;
	size_t n, cap;
};

/* Of whom `asked` does not say that they were, whom `excluded` does not name, and who is neither in the list
 * nor (with this port) in the inventory. In the order of the list. */
void candidates_find(struct candidates *candidates, const struct devicelist *list,
    const struct addresses *asked, const struct addresses *excluded, const struct known *known,
    uint16_t port);
void candidates_fini(struct candidates *candidates);
void candidates_tell(const struct candidates *candidates, uint32_t hops); /* on standard error */

#endif
