#include "snmp/core.h"

#include "snmp/exchange.h"
#include "snmp/peer.h"

#include <stdlib.h>

#define PDUS_PER_TURN 256 /* a few milliseconds of work */
/* How many times the budget may be in flight in all, with those beyond their first wait. */
#define OVERDUE_MAX 8

static void on_pump(void *arg)
{
	core_pump(arg);
}

void core_init(struct core *core, struct loop *loop)
{
	core->loop = loop;
	TAILQ_INIT(&core->ready);
	TAILQ_INIT(&core->spare);
	loop_timer_init(&core->pump, on_pump, core);
	core->ids = idtable_new();
	core->resolver = resolver_new(loop);
}

void core_fini(struct core *core)
{
	struct exchange *x;

	loop_timer_stop(core->loop, &core->pump);
	while ((x = TAILQ_FIRST(&core->spare)) != NULL) {
		TAILQ_REMOVE(&core->spare, x, link);
		free(x->asked.octets);
		free(x);
	}
	resolver_free(core->resolver);
	sockets_free(core->sockets);
	idtable_free(core->ids);
	usm_free(core->usm);
	free(core->keys);
}

struct usm *core_usm(struct core *core)
{
	if (core->usm == NULL)
		core->usm = usm_new(core->loop, core->keys);
	return core->usm;
}

void core_wake(struct core *core)
{
	if (!loop_timer_armed(&core->pump))
		loop_timer_in(core->loop, &core->pump, 0);
}

static bool has_room(const struct core *core)
{
	return core->fresh < core->fresh_max && core->in_flight / OVERDUE_MAX < core->fresh_max;
}

void core_pump(struct core *core)
{
	struct peer *peer;

	for (unsigned i = 0; i < PDUS_PER_TURN && has_room(core); i++) {
		peer = TAILQ_FIRST(&core->ready);
		if (peer == NULL)
			break;
		peer_take_turn(peer); /* it may be gone now */
	}
	sockets_flush(core->sockets);
	if (!TAILQ_EMPTY(&core->ready) && has_room(core))
		core_wake(core);
}
