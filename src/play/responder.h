/* responder: one message in, one message out (RFC 1157, 1901, 3412): what a played agent answers to a
 * datagram.
 *
 * One responder serves any number of agents in turn: it has the large buffers. No socket; the time is handed
 * in, monotonic ns. Nothing is allocated for a request. */
#ifndef ROLLCALL_PLAY_RESPONDER_H
#define ROLLCALL_PLAY_RESPONDER_H

#include "play/authority.h"
#include "play/query.h"

#define RESPONDER_MESSAGE_MAX 65507 /* what fits a datagram of IPv4 */

struct responder_agent {
	struct query_source source;
	struct usm_engine engine; /* with an authority only */
};

struct responder;

/* `community` NULL: any is taken. `authority` NULL: SNMPv3 is not answered. Both must outlive it. */
struct responder *responder_new(const struct secret *community, struct authority *authority);
void responder_free(struct responder *responder); /* NULL is fine */

/* The answer's length, 0 when there is none: malformed, a wrong community, no request. *reply is good until
 * the next call. */
size_t responder_answer(struct responder *responder, const struct responder_agent *agent,
    const uint8_t *octets, size_t len, int64_t now, const uint8_t **reply);

#endif
