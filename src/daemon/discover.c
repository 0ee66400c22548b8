#include "daemon/discover.h"

#include "base/loop.h"
#include "base/mem.h"
#include "base/units.h"
#include "base/clock.h"
#include "daemon/discard.h"
#include "daemon/inquiry.h"
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
	struct preview_rules *rules;
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
	struct peer_stats before; /* of the polls before */
	struct preview *preview;
	struct inquiry *inquiry;
	uint64_t requests, octets; /* of one poll */
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

	inquiry_free(candidate->inquiry);
	preview_free(candidate->preview);
	session_free(candidate->session);
	free(candidate);
	discover->done++;
	progress(discover);
	if (discover->done == discover->total)
		loop_stop(discover->loop);
}

static void report_of(const struct candidate *candidate, struct device_report *report)
{
	*report = (struct device_report){0};
	session_report(candidate->session, report);
	report->device = &candidate->device;
	report->status.state = DEVICE_UP;
}

/* A profile's serial number, where ENTITY-MIB has none. */
static void add_serial(struct identity *identity, const struct device_report *report)
{
	for (size_t i = 0; i < report->n_tables; i++) {
		const struct rowset *set = report->tables[i];

		if (!set->table->is_scalar || set->n_rows == 0)
			continue;
		for (size_t column = 0; column < set->table->n_columns; column++) {
			const struct column *c = &set->table->columns[column];
			const char *text = c->is_tag && strcasestr(c->name, "serial") != NULL
					       ? rowset_tag(set, 0, column)
					       : NULL;

			if (text != NULL)
				identity_set_serial(identity, text, strlen(text));
		}
	}
}

static void tell(struct candidate *candidate)
{
	struct device_report report;
	struct identity *identity = inquiry_identity(candidate->inquiry);
	struct discover_found found = {.report = &report,
	    .requests = candidate->requests,
	    .octets = candidate->octets,
	    .identity = identity,
	    .neighbours = inquiry_neighbours(candidate->inquiry),
	    .alarms = preview_alarms(candidate->preview, &found.n_alarms)};

	report_of(candidate, &report);
	identity->sysname = mem_strdup(report.system->name);
	identity->descr = mem_strdup(report.system->descr);
	identity->booted =
	    (double)clock_wall(loop_clock(candidate->discover->loop)) / 1e9 - report.system->uptime_s;
	add_serial(identity, &report);
	candidate->discover->hooks->found(candidate->discover->hooks->arg, &found);
}

static void inquired(void *arg)
{
	struct candidate *candidate = arg;

	tell(candidate);
	dismiss(candidate);
}

static const struct credential *credential_called(const struct discover_options *options, const char *name)
{
	for (size_t i = 0; name != NULL && i < options->n_credentials; i++)
		if (strcmp(options->credentials[i]->name, name) == 0)
			return options->credentials[i];
	return options->credentials[0];
}

static void inquire(struct candidate *candidate)
{
	struct discover *discover = candidate->discover;
	struct device_report report;
	struct peer_config config = {.name = candidate->host,
	    .host = candidate->host,
	    .port = candidate->device.port,
	    .timeout = candidate->device.timeout,
	    .retries = 1};

	report_of(candidate, &report);
	candidate->requests = report.peer.requests - candidate->before.requests;
	candidate->octets = report.peer.octets_out + report.peer.octets_in - candidate->before.octets_out -
			    candidate->before.octets_in;
	candidate->inquiry = inquiry_start(discover->loop, &discover->agent, &config,
	    credential_called(discover->options, report.credential), inquired, candidate);
	if (candidate->inquiry == NULL)
		dismiss(candidate);
}

static void poll_again(void *arg)
{
	struct candidate *candidate = arg;

	if (!session_poll(candidate->session, loop_now(candidate->discover->loop)))
		dismiss(candidate);
}

/* One that the configuration has goes by its name there: rules and thresholds may be about it. */
static void judge(struct candidate *candidate, const struct poll_outcome *outcome)
{
	const struct inventory *inventory = candidate->discover->options->inventory;
	struct device device = candidate->device;
	struct device_report report;

	report_of(candidate, &report);
	if (candidate->preview == NULL) {
		if (report.system->name != NULL && *report.system->name != '\0')
			device.name = report.system->name;
		for (size_t i = 0; i < inventory->n_devices; i++)
			if (inventory->devices[i].port == device.port &&
			    strcmp(inventory->devices[i].host, device.host) == 0)
				device = inventory->devices[i];
		candidate->preview = preview_new(candidate->discover->rules, &device);
	}
	preview_poll(candidate->preview, &report, outcome->restarted, outcome->ended, outcome->wall);
}

static void polled(void *arg, struct session *session, const struct poll_outcome *outcome)
{
	struct candidate *candidate = arg;
	struct device_report report;
	bool first = !candidate->contacted;

	(void)session;
	if (outcome->answered)
		judge(candidate, outcome);
	candidate->contacted = candidate->contacted || outcome->answered;
	if (!candidate->contacted) {
		dismiss(candidate);
	} else if (first) {
		report_of(candidate, &report);
		candidate->before = report.peer;
		loop_timer_in(candidate->discover->loop, &candidate->again, SECOND_POLL);
	} else {
		inquire(candidate);
	}
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
	discover.rules = preview_rules_new(options->inventory);
	choose(&discover);
	loop_timer_init(&discover.pace, next_contact, &discover);
	if (discover.total > 0) {
		loop_timer_in(discover.loop, &discover.pace, 0);
		loop_run(discover.loop);
	}
	err = ERR_OK;
out:
	free(discover.order);
	preview_rules_free(discover.rules);
	engine_free(engine);
	loop_free(discover.loop);
	return err;
}
