#include "snmp/introduction.h"

#include "base/mem.h"
#include "snmp/peer.h"

#include <stdlib.h>

struct introduction {
	struct request request;
	bool began;
};

static struct exchange *intro_next(struct request *request, struct ber_out *out)
{
	struct introduction *introduction = container_of(request, struct introduction, request);
	struct exchange *x;

	(void)out; /* nothing is asked but who it is */
	if (introduction->began)
		return NULL;
	introduction->began = true;
	x = exchange_new(request);
	exchange_draw_id(x);
	return x;
}

static void intro_build(struct request *request, struct exchange *x, struct ber_out *out)
{
	(void)request;
	(void)x;
	(void)out;
}

/* The security has taken in who it is. */
static enum reject intro_answer(
    struct request *request, struct exchange *x, const struct pdu *pdu, const struct arrival *arrival)
{
	(void)pdu;
	exchange_answered(x, arrival);
	exchange_free(x);
	request_finish(request);
	return REJECT_NONE;
}

static void intro_failed(struct request *request, struct exchange *x, enum failure failure, int error)
{
	peer_fall_silent(request->peer, failure, error);
	exchange_free(x);
	request_fault(request, failure, error, 1);
	request_finish(request);
}

static void intro_abandon(struct request *request, enum failure failure, int error)
{
	request_fault(request, failure, error, 1);
	request_finish(request);
}

static void intro_done(struct request *request)
{
	request->peer->introduction = NULL;
	peer_wake(request->peer);
}

static void intro_free(struct request *request)
{
	free(container_of(request, struct introduction, request));
}

static const struct request_ops introduction_ops = {
    .next = intro_next,
    .build = intro_build,
    .answer = intro_answer,
    .failed = intro_failed,
    .abandon = intro_abandon,
    .done = intro_done,
    .free = intro_free,
};

struct request *introduction_start(struct peer *peer, struct security *security)
{
	struct introduction *introduction = mem_alloc(sizeof *introduction);
	struct request *request = &introduction->request;

	request_init(request, peer->core, peer, &introduction_ops);
	security_release(request->security);
	request->security = security_introduction(security);
	TAILQ_REMOVE(&peer->ready, request, ready_link);
	TAILQ_INSERT_HEAD(&peer->ready, request, ready_link);
	return request;
}
