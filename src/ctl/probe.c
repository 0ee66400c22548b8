#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "ctl/asking.h"
#include "ctl/command.h"
#include "ctl/hint.h"
#include "ctl/setup.h"
#include "daemon/oneshot.h"
#include "daemon/outage.h"
#include "model/endpoint.h"
#include "views/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Debian's agent keeps its interface counters for 3 s and its processor's for 5. */
#define WAIT_DEFAULT (5 * UNITS_SEC)

/* One run of the command: what all its addresses share. */
struct probe {
	const struct invocation *invocation;
	struct asking asking;
	int status;
};

static json_t *probe_json(
    const struct device_report *report, const struct oneshot_result *result, int64_t now)
{
	json_t *json = json_show(report, now);
	struct str error = {0};

	if (!result->answered) {
		outage_text(
		    &error, report->device, report->peer.address, result->failure, result->error_number);
		json_object_set_new(json, "error", json_string(str_text(&error)));
		json_object_set_new(json, "failure", json_string(failure_name(result->failure)));
	}
	str_fini(&error);
	return json;
}

static void print_text(const struct probe *probe, const json_t *json, const char *hints)
{
	struct text_style style = setup_style(probe->invocation);
	struct str out = {0};

	text_show(&out, json, &style);
	if (probe->invocation->engine) {
		str_add_char(&out, '\n');
		text_engine(&out, json, &style);
	}
	fputs(str_text(&out), stdout);
	if (*hints != '\0')
		printf("\n%s", hints);
	str_fini(&out);
}

static void reported(void *arg, const struct device_report *report, const struct oneshot_result *result)
{
	struct probe *probe = arg;
	struct text_style style = setup_style(probe->invocation);
	json_t *json = probe_json(report, result, style.now);
	struct str hints = {0};

	hint_add(&hints, report, result);
	if (!result->answered)
		probe->status = EXIT_WRONG;
	if (probe->invocation->json)
		setup_print(probe->invocation, json, text_show);
	else
		print_text(probe, json, str_text(&hints));
	fflush(stdout);
	str_fini(&hints);
	json_decref(json);
}

static int probe_address(struct probe *probe, struct inventory *inventory, const char *address)
{
	const struct invocation *invocation = probe->invocation;
	const struct settings *settings = &inventory->settings;
	struct endpoint endpoint;
	struct device device = {0};
	const char *wrong = endpoint_parse(address, &endpoint);
	int64_t wait = invocation->wait >= 0 ? invocation->wait : WAIT_DEFAULT;

	if (wrong != NULL)
		return invocation_mistake(invocation, "'%s' %s", address, wrong);
	device = (struct device){.name = (char *)(uintptr_t)address,
	    .host = endpoint.host,
	    .port = endpoint.port != 0 ? endpoint.port : ENDPOINT_PORT,
	    .parent = -1,
	    .interval = settings->interval,
	    .timeout = settings->timeout,
	    .retries = settings->retries,
	    .credentials = probe->asking.credentials,
	    .n_credentials = probe->asking.n};
	if (!invocation->json && isatty(STDERR_FILENO))
		fprintf(stderr, "asking %s, twice for rates ...\n", address);
	if (oneshot_poll(inventory, &device, wait, reported, probe) != ERR_OK)
		probe->status = invocation_mistake(invocation, "cannot open a UDP socket");
	return probe->status;
}

int command_probe(const struct invocation *invocation)
{
	struct probe probe = {.invocation = invocation, .status = EXIT_FINE};
	struct inventory *inventory;

	if (invocation->n_args == 0)
		return invocation_mistake(
		    invocation, "name at least one address, such as 192.0.2.1 or [2001:db8::7]:1161");
	inventory = setup_bare(invocation, &probe.status);
	if (inventory == NULL)
		return probe.status;
	if (!asking_choose(&probe.asking, invocation, inventory))
		probe.status = EXIT_USAGE;
	for (size_t i = 0; i < invocation->n_args && probe.status != EXIT_USAGE; i++)
		probe.status = probe_address(&probe, inventory, invocation->args[i]);
	asking_fini(&probe.asking);
	inventory_free(inventory);
	return probe.status;
}
