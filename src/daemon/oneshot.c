#include "daemon/oneshot.h"

#include "base/loop.h"
#include "daemon/discard.h"
#include "poll/session.h"
#include "snmp/engine.h"

struct oneshot {
	struct loop *loop;
	struct session *session;
	struct loop_timer again;
	struct oneshot_result result;
	int64_t wait;
	unsigned polls_left;
};

static void poll_now(void *arg)
{
	struct oneshot *oneshot = arg;

	oneshot->polls_left--;
	if (!session_poll(oneshot->session, loop_now(oneshot->loop)))
		loop_stop(oneshot->loop);
}

static void polled(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct oneshot *oneshot = arg;

	(void)session;
	oneshot->result.answered = oneshot->result.answered || outcome->answered;
	oneshot->result.failure = outcome->failure;
	oneshot->result.error_number = outcome->error_number;
	if (outcome->answered && oneshot->polls_left > 0)
		loop_timer_in(oneshot->loop, &oneshot->again, oneshot->wait);
	else
		loop_stop(oneshot->loop);
}

enum err oneshot_poll(struct inventory *inventory, const struct device *device, int64_t wait,
    void (*report)(void *arg, const struct device_report *report, const struct oneshot_result *result),
    void *arg)
{
	struct loop *loop = loop_new(clock_real());
	struct engine *engine = engine_new(loop, &(struct engine_options){.sockets = 1});
	struct oneshot oneshot = {.loop = loop, .wait = wait, .polls_left = wait > 0 ? 2 : 1};
	struct session_hooks hooks = {polled, &oneshot};
	struct device_report seen = {.device = device};
	struct sink sink = discard_sink(loop);
	struct agent agent;
	enum err err = ERR_IO;

	if (engine == NULL)
		goto out;
	agent = engine_agent(engine);
	loop_timer_init(&oneshot.again, poll_now, &oneshot);
	oneshot.session = session_new(loop, &agent, &sink, inventory, device, &hooks);
	loop_timer_in(loop, &oneshot.again, 0);
	loop_run(loop);
	session_report(oneshot.session, &seen);
	seen.device = device;
	seen.status.state = oneshot.result.answered ? DEVICE_UP : DEVICE_DOWN;
	report(arg, &seen, &oneshot.result);
	session_free(oneshot.session);
	err = ERR_OK;
out:
	engine_free(engine);
	loop_free(loop);
	return err;
}
