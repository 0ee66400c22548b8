/* msgsize: how many octets a message to or from a peer may have. Pure.
 *
 * Starts with what fits an Ethernet frame. A device that says tooBig, or falls
 * silent at large requests while it answers small ones, is asked for less, and
 * asked for more again only after a long calm, which doubles each time that fails. */
#ifndef ROLLCALL_SNMP_MSGSIZE_H
#define ROLLCALL_SNMP_MSGSIZE_H

#include "model/agent.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MSGSIZE_MAX 1400
#define MSGSIZE_MIN 100
#define MSGSIZE_ALL 484 /* that every implementation must take, RFC 1157 section 4 */

struct msgsize {
	uint16_t limit;		 /* octets a request may have, and may ask for */
	uint16_t proven;	 /* the largest that went well, request or response */
	uint16_t asked;		 /* the largest request that did */
	uint16_t patience;	 /* nearly full messages in a row before the limit grows */
	uint16_t calm;		 /* of these so far */
	enum size_reason reason; /* of the limit */
};

void msgsize_init(struct msgsize *size);
void msgsize_answered(struct msgsize *size, size_t request, size_t response);
/* Whether nothing as large went well before: a guess where the response is concerned. */
bool msgsize_is_new(const struct msgsize *size, size_t request, size_t expected);
/* A message of that many octets, asked or expected, went wrong. */
void msgsize_shrink(struct msgsize *size, size_t octets, enum size_reason reason);

#endif
