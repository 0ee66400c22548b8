#include "daemon/discover.h"

#include "base/loop.h"
#include "base/mem.h"
#include "base/units.h"
#include "daemon/discard.h"
#include "poll/session.h"
#include "snmp/engine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SECOND_POLL (1500 * UNITS_MS) /* after the first: long enough for a rate to say something */
#define TIMEOUT_MAX (2 * UNITS_SEC)

struct discover {
	const struct discover_options *options;
	const struct discover_hooks *hooks;
	struct loop *loop;
	struct agent agent;
	struct sink sink;
	uint32_t *order; /* addresses yet to be asked, shuffled */
	uint32_t begun, done, total;
	struct loop_timer pace;
};

/* One address under way. */
struct candidate {
	struct discover *discover;
	char host[ADDRESSES_TEXT_MAX];
	struct device device;
	struct session *session;
	struct loop_timer again;
	uint64_t requests; /* of the polls before */
	bool contacted;
};

static void progress(const struct discover *discover)
{
	if (discover->hooks->progress != NULL)
		discover->hooks->progress(
		    discover->hooks->arg, discover->begun, discover->done, discover->total);
}

static void dismiss(struct candidate *candidate)
{
	struct discover *discover = candidate->discover;

	session_free(candidate->session);
	free(candidate);
	discover->done++;
	progress(discover);
	if (discover->done == discover->total)
		loop_stop(discover->loop);
}

static void poll_again(void *arg)
{
	struct candidate *candidate = arg;

	if (!session_poll(candidate->session, loop_now(candidate->discover->loop)))
		dismiss(candidate);
}

static void polled(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct candidate *candidate = arg;
	struct device_report report = {0};

	session_report(session, &report);
	report.device = &candidate->device;
	if (outcome->answered && !candidate->contacted) {
		candidate->contacted = true;
		candidate->requests = report.peer.requests;
		loop_timer_in(candidate->discover->loop, &candidate->again, SECOND_POLL);
		return;
	}
	if (candidate->contacted) {
		report.status.state = DEVICE_UP;
		candidate->discover->hooks->found(
		    candidate->discover->hooks->arg, &report, report.peer.requests - candidate->requests);
	}
	dismiss(candidate);
}

static bool has_version_3(const struct discover_options *options)
{
	for (size_t i = 0; i < options->n_credentials; i++) {
		if (options->credentials[i]->version == SNMP_V3)
			return true;
	}
	return false;
}

static void contact(struct discover *discover, uint32_t number)
{
	const struct discover_options *options = discover->options;
	const struct settings *settings = &options->inventory->settings;
	struct candidate *candidate = mem_alloc(sizeof *candidate);
	struct session_hooks hooks = {polled, candidate};

	candidate->discover = discover;
	addresses_text(options->addresses, number, candidate->host);
	candidate->device = (struct device){.name = candidate->host,
	    .host = candidate->host,
	    .port = options->port,
	    .parent = -1,
	    .interval = settings->interval,
	    .timeout = settings->timeout < TIMEOUT_MAX ? settings->timeout : TIMEOUT_MAX,
	    .retries = has_version_3(options) ? 0 : 1,
	    .credentials = options->credentials,
	    .n_credentials = options->n_credentials};
	candidate->session = session_new(discover->loop, &discover->agent, &discover->sink,
	    options->inventory, &candidate->device, &hooks);
	loop_timer_init(&candidate->again, poll_again, candidate);
	poll_again(candidate);
}

static void next_contact(void *arg)
{
	struct discover *discover = arg;

	contact(discover, discover->order[discover->begun++]);
	progress(discover);
	if (discover->begun < discover->total)
		loop_timer_in(discover->loop, &discover->pace, UNITS_SEC / discover->options->rate);
}

/* All that are not excluded, each once, in random order: neighbours in a network are often behind the same
 * small box. */
static void choose(struct discover *discover)
{
	const struct addresses *all = discover->options->addresses;
	char text[ADDRESSES_TEXT_MAX];
	unsigned seed = 0;

	discover->order = mem_calloc(all->total + 1, sizeof *discover->order);
	for (uint32_t i = 0; i < all->total; i++) {
		addresses_text(all, i, text);
		if (!addresses_has(discover->options->excluded, text))
			discover->order[discover->total++] = i;
	}
	(void)!getrandom(&seed, sizeof seed, 0); /* for evenness, not for secrecy */
	for (uint32_t i = discover->total; i-- > 1;) {
		uint32_t j = (uint32_t)rand_r(&seed) % (i + 1), kept = discover->order[i];

		discover->order[i] = discover->order[j];
		discover->order[j] = kept;
	}
}

enum err discover_run(const struct discover_options *options, const struct discover_hooks *hooks)
{
	struct discover discover = {.options = options, .hooks = hooks, .loop = loop_new(clock_real())};
	struct engine *engine = engine_new(discover.loop, &(struct engine_options){0});
	enum err err = ERR_IO;

	if (engine == NULL)
		goto out;
	discover.agent = engine_agent(engine);
	discover.sink = discard_sink(discover.loop);
	choose(&discover);
	loop_timer_init(&discover.pace, next_contact, &discover);
	if (discover.total > 0) {
		loop_timer_in(discover.loop, &discover.pace, 0);
		loop_run(discover.loop);
	}
	err = ERR_OK;
out:
	free(discover.order);
	engine_free(engine);
	loop_free(discover.loop);
	return err;
}
