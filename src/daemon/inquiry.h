/* inquiry: what a discovery asks beside the profile: who a device is (identity.h), and whom it sees
 * (neighbours.h).
 *
 * snmpEngineID (RFC 3411), dot1dBaseBridgeAddress (RFC 4188), entPhysicalSerialNum of the chassis (RFC 6933),
 * ifPhysAddress (RFC 2863), the tables of LLDP and CDP. Every table is cut after some hundred rows; what is
 * not answered is left out. */
#ifndef ROLLCALL_DAEMON_INQUIRY_H
#define ROLLCALL_DAEMON_INQUIRY_H

#include "base/loop.h"
#include "daemon/identity.h"
#include "daemon/neighbours.h"
#include "model/agent.h"

struct inquiry;

/* Asks; then done(arg), once, in the loop: it may end the inquiry. NULL if the agent side does not speak the
 * credential's version. */
struct inquiry *inquiry_start(struct loop *loop, const struct agent *agent, const struct peer_config *config,
    const struct credential *credential, void (*done)(void *arg), void *arg);
void inquiry_free(struct inquiry *inquiry); /* NULL is fine; also while it asks: silently */

/* The inquiry's; to be filled further. */
struct identity *inquiry_identity(struct inquiry *inquiry);
const struct neighbours *inquiry_neighbours(const struct inquiry *inquiry);

#endif
