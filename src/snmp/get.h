/* get: a GET of any number of objects, packed into as few PDUs as the peer's
 * message size allows, several in flight (RFC 3416 section 4.2.1).
 *
 * A large PDU that goes wrong is taken apart: tooBig and silence by size, error-index
 * by item, errors without a place by halving. How often that may lead nowhere is
 * bounded, so a broken agent costs a few packets more than a good one. */
#ifndef ROLLCALL_SNMP_GET_H
#define ROLLCALL_SNMP_GET_H

#include "snmp/peer.h"

void get_start(struct peer *peer, const struct get_request *want);

#endif
