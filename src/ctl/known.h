/* known: which addresses the configuration's devices have; of those that go by a host name, what the DNS
 * says. */
#ifndef ROLLCALL_CTL_KNOWN_H
#define ROLLCALL_CTL_KNOWN_H

#include "ctl/lookup.h"
#include "ctl/nameset.h"
#include "model/inventory.h"

struct known {
	const struct inventory *inventory; /* borrowed */
	struct nameset by_address;	   /* with port; number of the device */
};

/* Asks for host names for at most `patience` ns in all. False when that was too short; what was found is in.
 */
bool known_learn(struct known *known, const struct inventory *inventory, lookup_fn *lookup, int64_t patience);
void known_fini(struct known *known);
const struct device *known_device(const struct known *known, const char *host, uint16_t port); /* or NULL */

#endif
