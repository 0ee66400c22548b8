/* asking: the credentials that a command asks with when it asks by itself: -C, --credential (several, with
 * commas), or the configuration's default. */
#ifndef ROLLCALL_CTL_ASKING_H
#define ROLLCALL_CTL_ASKING_H

#include "ctl/invocation.h"
#include "model/inventory.h"

struct asking {
	const struct credential **credentials; /* in the order to try */
	size_t n;
	struct credential *given; /* made of -C; owned */
};

/* False after a message. End with asking_fini() in any case. The inventory must outlive it. */
bool asking_choose(
    struct asking *asking, const struct invocation *invocation, const struct inventory *inventory);
void asking_fini(struct asking *asking);

#endif
