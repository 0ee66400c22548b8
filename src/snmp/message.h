/* message: the outer frame of an SNMP message, opened as far as it takes to know
 * whose it is (RFC 1901 section 3, RFC 1157 section 4).
 *
 * Nothing here is believed yet: security_unwrap() does that, with the secrets of
 * the request that the id leads to. */
#ifndef ROLLCALL_SNMP_MESSAGE_H
#define ROLLCALL_SNMP_MESSAGE_H

#include "snmp/ber.h"
#include "snmp/engine.h"
#include "snmp/usm_message.h"

#define REJECT_NONE REJECT_COUNT

struct message {
	int32_t version;
	uint32_t id;		/* the PDU's request-id (v1, v2c), the msgID (v3) */
	struct ber parameters;	/* v1, v2c: who says so: the community */
	struct ber data;	/* v1, v2c: the PDU, tag included */
	struct usm_message usm; /* v3 */
};

/* REJECT_NONE when it is a whole response message and nothing else. On REJECT_MALFORMED
 * *message is undefined, else as far filled as its checks went. */
enum reject message_open(const uint8_t *octets, size_t len, struct message *message);

/* The id of a request of our own, of which only the beginning came back (ICMP quotes
 * as little as it likes). False when it does not reach that far. */
bool message_quoted_id(const uint8_t *octets, size_t len, uint32_t *id);

#endif
