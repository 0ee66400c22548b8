/* security: the part of a message that says who is asking, as an interface with one
 * implementation per security model (RFC 3411 section 4.4 in spirit).
 *
 * The community model of v1 and v2c (RFC 1901, RFC 3584 section 5) is here. A
 * model with state (engine-id, boots, time, keys) keeps it behind the same struct:
 * wrap() gets the finished PDU and encloses, signs or encrypts it in place;
 * unwrap() is given the message of a reply whose id and source address fit, and
 * is the one who believes it. Each try of a request is wrapped anew.
 *
 * Counted references: requests in flight keep the security they began with when a
 * peer's credential changes. */
#ifndef ROLLCALL_SNMP_SECURITY_H
#define ROLLCALL_SNMP_SECURITY_H

#include "model/credential.h"
#include "snmp/ber.h"
#include "snmp/engine.h"
#include "snmp/message.h"
#include "snmp/pdu.h"

struct security;

struct security_ops {
	void (*wrap)(struct security *security, struct ber_out *pdu, uint32_t id);
	enum reject (*unwrap)(struct security *security, const struct message *message, struct pdu *pdu);
	size_t (*overhead)(const struct security *security); /* octets that wrap() adds, at most */
	void (*free)(struct security *security);
};

struct security {
	const struct security_ops *ops;
	enum snmp_version version;
	unsigned references;
};

/* With one reference. NULL when the credential's version is not spoken. Copies what it needs. */
struct security *security_new(const struct credential *credential);
struct security *security_hold(struct security *security);
void security_release(struct security *security); /* NULL is fine; the last one wipes the secrets */

/* The PDU in `pdu` becomes a message; pdu->overflow when it does not fit. */
void security_wrap(struct security *security, struct ber_out *pdu, uint32_t id);
/* REJECT_NONE: *pdu is genuine as far as the model can tell, and well-formed down to its varbind list. */
enum reject security_unwrap(struct security *security, const struct message *message, struct pdu *pdu);
size_t security_overhead(const struct security *security);

#endif
