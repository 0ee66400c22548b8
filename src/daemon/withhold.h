/* withhold: what must not get into a recording whoever it is for: communities and keys. Pure.
 *
 * Left out: the agent's own security tables (SNMP-USER-BASED-SM-MIB 1.3.6.1.6.3.15, SNMP-VIEW-BASED-ACM-MIB
 * .16, SNMP-COMMUNITY-MIB .18), and objects whose index is the community. In values, the community that was
 * asked with is overwritten with asterisks ("public" and "private", which hide nothing, are not), so are a
 * user's passwords. */
#ifndef ROLLCALL_DAEMON_WITHHOLD_H
#define ROLLCALL_DAEMON_WITHHOLD_H

#include "model/inventory.h"
#include "model/recording.h"

/* A new recording, in order. `credentials` are those that it was made with, or may have been. */
struct recording *withhold_secrets(
    const struct recording *recording, const struct credential *const *credentials, size_t n);

#endif
