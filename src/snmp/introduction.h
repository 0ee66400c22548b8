/* introduction: the request that asks an agent who it is, before anything else can be asked of it (RFC 3414
 * section 4).
 *
 * One among the peer's requests: tries, time-outs and silence are those of any other. */
#ifndef ROLLCALL_SNMP_INTRODUCTION_H
#define ROLLCALL_SNMP_INTRODUCTION_H

#include "snmp/request.h"

/* First in the peer's line; peer->introduction is it until it ends, and NULL then. */
struct request *introduction_start(struct peer *peer, struct security *security);

#endif
