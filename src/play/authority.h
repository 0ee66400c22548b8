/* authority: the agents' side of SNMPv3: authoritative engines with one user (RFC 3414 3.2; discovery,
 * section 4; Reports, RFC 3412 7.1.3).
 *
 * The user is one for all; each agent has its engine. Requests of the user's own level and context are taken,
 * all others answered with the Report that is due. */
#ifndef ROLLCALL_PLAY_AUTHORITY_H
#define ROLLCALL_PLAY_AUTHORITY_H

#include "base/str.h"
#include "model/credential.h"
#include "snmp/usm_message.h"
#include "snmp/usm_report.h"

struct authority;

/* The keys are derived here, some ms. NULL, with a sentence in *why, when this is no credential of version 3
 * that can be used. The credential must outlive it. */
struct authority *authority_new(const struct credential *credential, struct str *why);
void authority_free(struct authority *authority); /* NULL is fine; wipes the keys */

/* An agent's engine: `id` of 5 to 32 octets. `boots` should be larger in each run: what was said before the
 * last start is not to count any more. False when its keys cannot be made. usm_engine_fini() when done. */
bool authority_engine(struct authority *authority, struct usm_engine *engine, const uint8_t *id, size_t len,
    int32_t boots, int64_t now) MUST_USE;

enum authority_verdict {
	AUTHORITY_ASKED,  /* *pdu is a genuine request */
	AUTHORITY_REPORT, /* *report is due */
	AUTHORITY_DROP,
};
/* `plain` as usm_message_verify() wants it; *pdu lies there or in the message. */
enum authority_verdict authority_judge(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, int64_t now, uint8_t *plain, struct pdu *pdu, enum usm_report *report);

/* Octets around the answer's PDU, at most. */
size_t authority_overhead(const struct authority *authority);
/* The response PDU in `out` becomes the answer to the message. False: it does not fit, or OpenSSL fails. */
bool authority_answer(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, int64_t now, struct ber_out *out);
/* The same with a Report; `out` is empty. `request_id` is 0 where it could not be read. */
bool authority_report(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, enum usm_report report, int32_t request_id, int64_t now,
    struct ber_out *out);

#endif
