/* matcher: which profile fits a device, and why.
 *
 * The configuration's word counts; else the best profile_fit() (model/profile.h) over
 * all profiles; the one earlier in the inventory among equals. Pure. */
#ifndef ROLLCALL_POLL_MATCHER_H
#define ROLLCALL_POLL_MATCHER_H

#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>

/* `answered`: per profile of the inventory, whether its probes have answered; NULL = none did. *reason
 * (caller frees) is a clause for people: "sysObjectID 1.3.6.1.4.1.8072.3.2.10 matches linux". NULL when
 * nothing fits.
 */
const struct profile *matcher_choose(const struct inventory *inventory, const struct device *device,
    const char *sysobjectid, const char *sysdescr, const bool *answered, char **reason);

#endif
