/* usm_security: the User-based Security Model behind security.h: one device's engine-id, clock and keys.
 *
 *     ASKS    the engine-id is not known: discovery (RFC 3414 section 4)
 *     WAITS   the keys are being derived
 *     READY   the first request tells the agent's clock, by the Report that answers it; it is sent again at
 * once
 *
 * By device, not by engine-id: devices that share one are both polled, and told in the log. */
#ifndef ROLLCALL_SNMP_USM_SECURITY_H
#define ROLLCALL_SNMP_USM_SECURITY_H

#include "snmp/security.h"
#include "snmp/usm.h"

/* NULL when the credential cannot be used; the log says why. */
struct security *usm_security_new(
    const struct credential *credential, struct usm *usm, const struct peer_config *device);

#endif
