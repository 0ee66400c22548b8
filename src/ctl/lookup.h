/* lookup: names of addresses and addresses of names, as the system has them (DNS, /etc/hosts), several at
 * once and within a time: a name server that does not answer costs no more than that.
 *
 * Look-ups run in threads of their own; what has not ended in time is left behind, and ends by itself. */
#ifndef ROLLCALL_CTL_LOOKUP_H
#define ROLLCALL_CTL_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LOOKUP_TEXT_MAX 512 /* with the terminator */

/* One look-up, in a thread. False = there is nothing to be found. */
typedef bool lookup_fn(const char *of, char found[LOOKUP_TEXT_MAX]);
lookup_fn lookup_name;	    /* of an address: its PTR record */
lookup_fn lookup_addresses; /* of a name, separated by spaces */

/* found[i]: what lookup() has found of texts[i], caller frees, or NULL. False when the time (ns) was too
 * short for all. */
bool lookup_all(const char *const *texts, size_t n, int64_t patience, lookup_fn *lookup, char **found);

#endif
