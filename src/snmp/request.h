/* request: what a get and a walk have in common: the place among the peer's
 * requests, PDUs in flight and to be asked again, the summary.
 *
 * Callbacks may cancel the very request they are called for. So whoever calls into
 * a request holds it (request_enter, request_leave), and code in between checks
 * request_is_over() after each callback before it touches request or peer again. */
#ifndef ROLLCALL_SNMP_REQUEST_H
#define ROLLCALL_SNMP_REQUEST_H

#include "snmp/core.h"
#include "snmp/exchange.h"
#include "snmp/security.h"

struct peer;

struct request_ops {
	/* The next PDU to ask, written to `out`; NULL when there is nothing to ask now. */
	struct exchange *(*next)(struct request *request, struct ber_out *out);
	/* The same PDU as before, for another try. */
	void (*build)(struct request *request, struct exchange *x, struct ber_out *out);
	/* Either says why it does not believe the response, and x stays in flight; or calls
	 * exchange_answered() and makes use of it. */
	enum reject (*answer)(struct request *request, struct exchange *x, const struct pdu *pdu,
	    const struct arrival *arrival);
	/* All tries of x, now out of flight, were in vain. */
	void (*failed)(struct request *request, struct exchange *x, enum failure failure, int error);
	/* The peer is not to be had: what is not in flight fails without being asked. */
	void (*abandon)(struct request *request, enum failure failure, int error);
	void (*done)(struct request *request); /* tells the caller; the last thing that happens */
	void (*free)(struct request *request);
};

struct request {
	uint32_t magic;
	const struct request_ops *ops;
	struct core *core;
	struct peer *peer; /* not to be touched once over */
	struct security *security;
	TAILQ_ENTRY(request) link;	 /* among the peer's */
	TAILQ_ENTRY(request) ready_link; /* among those of the peer that have something to ask */
	bool ready, over;
	unsigned held;
	uint64_t serial;
	struct exchange_list todo, flying;
	struct request_summary summary;
	int64_t started; /* monotonic ns */
};

TAILQ_HEAD(request_list, request);

void request_init(
    struct request *request, struct core *core, struct peer *peer, const struct request_ops *ops);
void request_ready(struct request *request); /* has something to ask */
void request_unready(struct request *request);
void request_cancel(struct request *request); /* silently; frees it when nobody holds it */
void request_finish(struct request *request); /* calls done(); must be held */
void request_fault(
    struct request *request, enum failure failure, int error, size_t count); /* into summary and counters */
static inline void request_enter(struct request *request)
{
	request->held++;
}
void request_leave(struct request *request);
static inline bool request_is_over(const struct request *request)
{
	return request->over;
}
/* An empty buffer for a PDU. */
void request_out(struct request *request, struct ber_out *out);

#endif
