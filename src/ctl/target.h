/* target: the one device that a command asks by itself: one of the configuration, with its address,
 * credential and manners, or an address as it was written, with -C, --credential or the default credential.
 */
#ifndef ROLLCALL_CTL_TARGET_H
#define ROLLCALL_CTL_TARGET_H

#include "ctl/asking.h"
#include "ctl/invocation.h"
#include "model/endpoint.h"
#include "model/inventory.h"

struct target {
	struct inventory *inventory; /* owned */
	struct asking asking;
	struct endpoint endpoint;
	struct device made; /* of an address */
	const struct device *device;
	bool is_configured;
};

/* False after a message. End with target_fini() in any case. `text` must outlive it. */
bool target_find(struct target *target, const struct invocation *invocation, const char *text);
void target_fini(struct target *target);

#endif
