#include "snmp/request.h"

#include "base/mem.h"
#include "snmp/peer.h"

#define REQUEST_MAGIC 0x72657175u
#define PDU_HEADROOM  48 /* PDU header, request-id, error fields, list header */

void request_init(
    struct request *request, struct core *core, struct peer *peer, const struct request_ops *ops)
{
	request->magic = REQUEST_MAGIC;
	request->ops = ops;
	request->core = core;
	request->peer = peer;
	request->security = security_hold(peer->security);
	request->serial = ++core->serial;
	request->started = loop_now(core->loop);
	TAILQ_INIT(&request->todo);
	TAILQ_INIT(&request->flying);
	TAILQ_INSERT_TAIL(&peer->requests, request, link);
	request_ready(request);
	core_wake(core);
}

void request_ready(struct request *request)
{
	struct peer *peer = request->peer;

	if (!request->ready) {
		request->ready = true;
		TAILQ_INSERT_TAIL(&peer->ready, request, ready_link);
	}
	peer_wake(peer);
}

void request_unready(struct request *request)
{
	if (request->ready)
		TAILQ_REMOVE(&request->peer->ready, request, ready_link);
	request->ready = false;
}

static void drop_exchanges(struct exchange_list *list)
{
	struct exchange *x;

	while ((x = TAILQ_FIRST(list)) != NULL) {
		exchange_drop(x);
		TAILQ_REMOVE(list, x, link);
		exchange_free(x);
	}
}

static void detach(struct request *request)
{
	struct peer *peer = request->peer;

	drop_exchanges(&request->todo);
	drop_exchanges(&request->flying);
	request_unready(request);
	TAILQ_REMOVE(&peer->requests, request, link);
	request->over = true;
	peer_wake(peer); /* it may have ended in its turn, which is the next one's then */
}

static void destroy(struct request *request)
{
	security_release(request->security);
	request->magic = 0;
	request->ops->free(request);
}

void request_cancel(struct request *request)
{
	MAGIC_CHECK(request, REQUEST_MAGIC);
	if (request->over)
		return;
	detach(request);
	if (request->held == 0)
		destroy(request);
}

void request_finish(struct request *request)
{
	MAGIC_CHECK(request, REQUEST_MAGIC);
	if (request->over)
		return;
	detach(request);
	request->summary.elapsed = loop_now(request->core->loop) - request->started;
	request->ops->done(request);
}

void request_leave(struct request *request)
{
	MAGIC_CHECK(request, REQUEST_MAGIC);
	if (--request->held == 0 && request->over)
		destroy(request);
}

/* Which of two failures says more about a request as a whole. */
static int severity(enum failure failure)
{
	switch (failure) {
	case FAILURE_NONE:
	case FAILURE_NO_SUCH:
	case FAILURE_COUNT:
		return 0;
	case FAILURE_DECODE:
		return 1;
	case FAILURE_TRUNCATED:
		return 2;
	case FAILURE_TOO_BIG:
		return 3;
	case FAILURE_LOOP:
		return 4;
	case FAILURE_REFUSED:
		return 5;
	case FAILURE_TIMEOUT:
		return 6;
	case FAILURE_RESOLVE:
		return 7;
	case FAILURE_SEND:
		return 8;
	case FAILURE_SECURITY:
		return 9;
	case FAILURE_CANCELLED:
		return 10;
	}
	return 0;
}

void request_fault(struct request *request, enum failure failure, int error, size_t count)
{
	request->core->stats.failures[failure] += count;
	if (severity(failure) <= severity(request->summary.failure))
		return;
	request->summary.failure = failure;
	request->summary.error_number = error;
}

void request_out(struct request *request, struct ber_out *out)
{
	ber_out_init(out, request->core->scratch, sizeof request->core->scratch,
	    security_overhead(request->security) + PDU_HEADROOM);
}
