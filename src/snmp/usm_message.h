/* usm_message: SNMPv3 messages with the User-based Security Model: RFC 3412 section 6
 * (the frame), RFC 3414 section 2.4 (security parameters), 3.1 (going out) and 3.2 (coming in).
 *
 * Going out, a PDU in its ber_out is enclosed, encrypted and signed where it stands: its
 * headroom takes usm_message_overhead(). Coming in, usm_message_open() reads the frame as far as it
 * takes to know whose answer it is; nothing of that is believed. usm_message_verify() believes or says why
 * not. Neither allocates.
 *
 * Whether the message answers a request of ours (source address, msgID, request-id, names)
 * is for the caller to see to, as with the other versions: with authentication, that a message carries
 * the random msgID and request-id of a request still open is what makes a replay useless. */
#ifndef ROLLCALL_SNMP_USM_MESSAGE_H
#define ROLLCALL_SNMP_USM_MESSAGE_H

#include "snmp/ber.h"
#include "snmp/pdu.h"
#include "snmp/usm_crypto.h"
#include "snmp/usm_engine.h"
#include "snmp/usm_user.h"

#define USM_MESSAGE_MIN 484 /* msgMaxSize, RFC 3412 section 6 */

/* Octets that usm_message_wrap() adds, at most; up to 7 of them behind, the others in front. */
size_t usm_message_overhead(const struct usm_user *user);
#define USM_MESSAGE_BEHIND 7

/* The PDU becomes a message of the user's level, reportable, with `id` (31 bits) as msgID, that takes
 * answers of max_size octets. pdu->overflow when it does not fit; false when there are no keys yet
 * (usm_engine_set_keys()) or OpenSSL fails. An engine that was never heard gets boots and time 0: its
 * Report tells them. A message that is sent again is wrapped again, under another id and salt. */
bool usm_message_wrap(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    struct ber_out *pdu, uint32_t id, int32_t max_size, int64_t now) MUST_USE;

/* The same for a Response or a Report of the authoritative engine itself: not reportable. `engine` is our
 * own, SYNCHRONISED with its own clock. */
bool usm_message_answer(struct usm_crypto *crypto, const struct usm_user *user,
    const struct usm_engine *engine, struct ber_out *pdu, uint32_t id, int32_t max_size,
    int64_t now) MUST_USE;

/* Discovery (RFC 3414 section 4): a GET of nothing, from nobody, to an engine without a name. `out` is
 * empty. The agent's Report bears its engine-id. */
void usm_message_probe(struct ber_out *out, uint32_t id, int32_t max_size);

/* A message, opened; slices of its octets. */
struct usm_message {
	const uint8_t *octets;
	size_t len;
	uint32_t id; /* msgID */
	int32_t max_size;
	enum usm_level level;
	struct ber engine, user, mac, salt; /* msgAuthoritativeEngineID, ... */
	int32_t boots, time;
	struct ber data; /* msgData, tag included */
};

/* False when it is not one whole, well-formed message of version 3 and USM. The octets must stay. */
bool usm_message_open(const uint8_t *octets, size_t len, struct usm_message *message);

enum usm_verdict {
	USM_GENUINE, /* of the user's own level; a Report: authenticated */
	/* A Report without proof, whoever sent it. It may lead to an engine-id, to words and to another try;
	 * never to an end, and never to a time. */
	USM_HINT,
	USM_MALFORMED,	  /* the scoped PDU, in clear text */
	USM_OTHER_ENGINE, /* engine-id */
	USM_OTHER_USER,
	USM_OTHER_LEVEL, /* less proof than the request had, or more */
	USM_WRONG_DIGEST,
	USM_OUT_OF_TIME,   /* the digest was right: see usm_engine_forget_time() for Reports */
	USM_NOT_DECRYPTED, /* to nothing that makes sense: the privacy key or protocol is another */
	USM_OTHER_CONTEXT,
	USM_OTHER_TYPE, /* neither Response nor Report */
	USM_VERDICT_COUNT
};
const char *usm_verdict_name(enum usm_verdict verdict); /* "genuine", "wrong_digest", ... */

/* Judges an answer to a request of this user to this engine; learns the engine's time. With GENUINE and
 * HINT *pdu is well-formed down to its varbind list, which lies in the message's octets or, when it was
 * encrypted, in `plain`. With OUT_OF_TIME of a message in clear text it is filled in too, when well-formed
 * (else its type is 0): whether the agent reports that its clock is behind ours. `plain` has room for
 * message->len + USM_DECRYPT_SLACK octets and is not the message's own. */
enum usm_verdict usm_message_verify(struct usm_crypto *crypto, const struct usm_user *user,
    struct usm_engine *engine, const struct usm_message *message, int64_t now, uint8_t *plain,
    struct pdu *pdu);

/* Judges a request to our own engine (RFC 3414 3.2 as the authoritative one, RFC 3413 3.2), which is of the
 * user's level and context or refused. GENUINE: *pdu and `plain` as above, of any type. With OTHER_CONTEXT
 * *pdu is filled in too; with all others its type may be 0. */
enum usm_verdict usm_message_receive(struct usm_crypto *crypto, const struct usm_user *user,
    const struct usm_engine *engine, const struct usm_message *message, int64_t now, uint8_t *plain,
    struct pdu *pdu) MUST_USE;

#endif
