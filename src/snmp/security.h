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
#include "snmp/usm_report.h"

struct security;
struct usm;

/* Can it speak? */
enum security_state {
	SECURITY_READY,
	SECURITY_WAITS, /* for a key to be derived; wake() is called when to ask again */
	SECURITY_ASKS,	/* who the agent is: a request with security_introduction() must be answered first */
};

struct security_ops {
	void (*wrap)(struct security *security, struct ber_out *pdu, uint32_t id);
	enum reject (*unwrap)(struct security *security, const struct message *message, struct pdu *pdu);
	size_t (*overhead)(const struct security *security); /* octets that wrap() adds, at most */
	void (*free)(struct security *security);
	/* A model without state leaves these out. */
	enum security_state (*prepare)(struct security *security);
	struct security *(*introduction)(struct security *security);
	void (*doubt)(struct security *security);
	void (*silent)(struct security *security);
	enum usm_report (*suspect)(const struct security *security);
};

struct security {
	const struct security_ops *ops;
	enum snmp_version version;
	unsigned references;
	void (*wake)(void *arg); /* NULL = nobody waits */
	void *wake_arg;
};

/* With one reference, for one device, of whose config name, host and port matter (NULL will do but for
 * version 3). NULL when the credential cannot be used: of a version that is not spoken (`usm` NULL: version
 * 3), or as the log says. Copies what it needs; `usm` must outlive it. */
struct security *security_new(
    const struct credential *credential, struct usm *usm, const struct peer_config *device);
struct security *security_hold(struct security *security);
void security_release(struct security *security); /* NULL is fine; the last one wipes the secrets */

/* Who is woken; NULL = nobody any more. */
void security_on_ready(struct security *security, void (*wake)(void *arg), void *arg);
enum security_state security_prepare(struct security *security);
/* The security of the request that asks who the agent is (ASKS): it has no varbinds, and is answered once
 * unwrap() has taken in the answer. With one reference. */
struct security *security_introduction(struct security *security);
/* The agent seems to be another one than it was: it is asked anew who it is. */
void security_doubt(struct security *security);
/* A request came to its end without a sign of life. When that lasts, it may be another agent as well: one
 * that says nothing to strangers. */
void security_silent(struct security *security);

/* Why an agent that was asked does not answer, as far as its silence tells; OTHER = it does not. */
enum usm_report security_suspect(const struct security *security);

/* The PDU in `pdu` becomes a message; pdu->overflow when it does not fit, or when it is not READY any more.
 */
void security_wrap(struct security *security, struct ber_out *pdu, uint32_t id);
/* REJECT_NONE: *pdu is genuine as far as the model can tell, and well-formed down to its varbind list; a
 * response, or a Report of the agent itself. REJECT_REPORT: a Report that anybody may have sent, in *pdu. */
enum reject security_unwrap(struct security *security, const struct message *message, struct pdu *pdu);
size_t security_overhead(const struct security *security);

#endif
