#include "ctl/target.h"

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"
#include "ctl/setup.h"

#include <stdio.h>
#include <string.h>

/* -C, --credential and --snmp say how to ask, also a device that has a credential of its own. */
static bool is_told_how(const struct invocation *invocation)
{
	return invocation->community.bytes != NULL || invocation->credential != NULL;
}

static bool use_configured(
    struct target *target, const struct invocation *invocation, const struct device *device)
{
	target->is_configured = true;
	target->made = *device;
	target->device = &target->made;
	if (!is_told_how(invocation))
		return true;
	if (!asking_choose(&target->asking, invocation, target->inventory))
		return false;
	target->made.credentials = target->asking.credentials;
	target->made.n_credentials = target->asking.n;
	return true;
}

static bool use_address(struct target *target, const struct invocation *invocation, const char *text)
{
	const struct settings *settings = &target->inventory->settings;

	if (!asking_choose(&target->asking, invocation, target->inventory))
		return false;
	target->made = (struct device){.name = (char *)(uintptr_t)text,
	    .host = target->endpoint.host,
	    .port = target->endpoint.port != 0 ? target->endpoint.port : ENDPOINT_PORT,
	    .parent = -1,
	    .interval = settings->interval,
	    .timeout = settings->timeout,
	    .retries = settings->retries,
	    .credentials = target->asking.credentials,
	    .n_credentials = target->asking.n};
	target->device = &target->made;
	return true;
}

bool target_find(struct target *target, const struct invocation *invocation, const char *text)
{
	struct config_report report = {0};
	const struct device *device;
	const char *wrong;
	int status;

	*target = (struct target){0};
	wrong = endpoint_parse(text, &target->endpoint);
	/* A configuration with mistakes, or none, is no obstacle to asking an address. */
	target->inventory = config_load(&(struct config_options){.file = invocation->config}, &report);
	device = target->inventory != NULL ? inventory_device(target->inventory, text) : NULL;
	if (device == NULL && !(wrong == NULL && target->endpoint.is_literal) && target->inventory == NULL &&
	    invocation->config != NULL) {
		fputs(str_text(&report.messages), stderr);
		config_report_fini(&report);
		return false;
	}
	config_report_fini(&report);
	if (device != NULL)
		return use_configured(target, invocation, device);
	if (wrong != NULL) {
		invocation_mistake(invocation,
		    "'%s' is no device of the configuration, and as an address it %s", text, wrong);
		return false;
	}
	if (target->inventory == NULL)
		target->inventory = setup_bare(invocation, &status);
	return target->inventory != NULL && use_address(target, invocation, text);
}

void target_fini(struct target *target)
{
	asking_fini(&target->asking);
	inventory_free(target->inventory);
}
