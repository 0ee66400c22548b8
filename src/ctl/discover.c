#include "base/clock.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/config.h"
#include "ctl/asking.h"
#include "ctl/command.h"
#include "ctl/devicelist.h"
#include "ctl/setup.h"
#include "daemon/discover.h"
#include "model/endpoint.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One run of the command. */
struct discovery {
	const struct invocation *invocation;
	struct inventory *inventory;
	struct asking asking;
	struct addresses addresses, excluded;
	struct devicelist list;
	uint32_t asked;
	bool has_progress;
};

/* --- while it runs --- */

static void progress(void *arg, uint32_t begun, uint32_t done, uint32_t total)
{
	struct discovery *discovery = arg;

	discovery->asked = begun;
	if (discovery->has_progress && (begun % 16 == 0 || done == total))
		fprintf(stderr, "\rasked %" PRIu32 " of %" PRIu32 " addresses, %zu answer ", begun, total,
		    discovery->list.n);
}

static size_t rows_of(const struct device_report *report)
{
	size_t rows = 0;

	for (size_t i = 0; i < report->n_tables; i++)
		rows += report->tables[i]->n_rows;
	return rows;
}

static bool is_listed(const struct inventory *inventory, const struct device *device)
{
	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *other = &inventory->devices[i];

		if (other->port == device->port && strcmp(other->host, device->host) == 0)
			return true;
	}
	return false;
}

static void found(void *arg, const struct device_report *report, uint64_t requests)
{
	struct discovery *discovery = arg;
	const struct inventory *inventory = discovery->inventory;
	const struct system_info *system = report->system;
	const char *usual =
	    inventory->n_default_credentials > 0 ? inventory->default_credentials[0]->name : NULL;
	struct devicelist_entry entry = {
	    .address = endpoint_format(report->device->host, report->device->port),
	    .sysname = mem_strdup(system->name),
	    .descr = mem_strdup(system->descr),
	    .profile = mem_strdup(report->profile != NULL ? report->profile->name : NULL),
	    .reason = mem_strdup(report->profile_reason),
	    .rows = rows_of(report),
	    .requests = requests,
	    .poll_ms = (double)report->poll_time / 1e6,
	    .booted = (double)clock_wall(clock_real()) / 1e9 - system->uptime_s,
	    .is_known = is_listed(inventory, report->device)};

	if (discovery->asking.given == NULL && !str_equal(report->credential, usual))
		entry.credential = mem_strdup(report->credential);
	vec_push(&discovery->list, entry);
}

/* --- before and after --- */

static bool read_excluded(struct discovery *discovery)
{
	const struct invocation *invocation = discovery->invocation;
	char *copy = mem_strdup(invocation->exclude), *rest = NULL;
	const char *wrong = NULL;

	for (char *word = copy != NULL ? strtok_r(copy, ",", &rest) : NULL; word != NULL && wrong == NULL;
	     word = strtok_r(NULL, ",", &rest)) {
		wrong = addresses_add(&discovery->excluded, word);
		if (wrong != NULL)
			invocation_mistake(invocation, "--exclude '%s' %s", word, wrong);
	}
	free(copy);
	return wrong == NULL;
}

static bool read_addresses(struct discovery *discovery)
{
	const struct invocation *invocation = discovery->invocation;

	for (size_t i = 0; i < invocation->n_args; i++) {
		const char *wrong = addresses_add(&discovery->addresses, invocation->args[i]);

		if (wrong != NULL) {
			invocation_mistake(invocation, "'%s' %s", invocation->args[i], wrong);
			return false;
		}
	}
	return read_excluded(discovery);
}

/* With the devices that are listed already, if there is a list. */
static struct inventory *load(const struct invocation *invocation, int *status)
{
	struct config_report report = {0};
	struct inventory *inventory =
	    config_load(&(struct config_options){.file = invocation->config}, &report);

	config_report_fini(&report);
	return inventory != NULL ? inventory : setup_bare(invocation, status);
}

static int finish(struct discovery *discovery)
{
	const struct invocation *invocation = discovery->invocation;
	size_t new;

	if (discovery->has_progress)
		fputs("\r\033[K", stderr);
	new = devicelist_tidy(&discovery->list);
	if (invocation->json)
		devicelist_print_json(&discovery->list, discovery->asked);
	else if (invocation->write == NULL)
		devicelist_print(&discovery->list, stdout);
	devicelist_tell(&discovery->list, discovery->asked);
	if (discovery->asking.given != NULL && new > 0)
		fputs("They were asked with -C; give the configuration a credential of that community.\n",
		    stderr);
	if (invocation->write != NULL && new > 0)
		return devicelist_append(&discovery->list, invocation->write) ? EXIT_FINE : EXIT_USAGE;
	return EXIT_FINE;
}

static int run(struct discovery *discovery)
{
	const struct invocation *invocation = discovery->invocation;
	struct discover_options options = {.inventory = discovery->inventory,
	    .addresses = &discovery->addresses,
	    .excluded = &discovery->excluded,
	    .credentials = discovery->asking.credentials,
	    .n_credentials = discovery->asking.n,
	    .port = invocation->port != 0 ? (uint16_t)invocation->port : ENDPOINT_PORT,
	    .rate = invocation->rate != 0 ? invocation->rate : DISCOVER_RATE};
	struct discover_hooks hooks = {found, progress, discovery};

	discovery->has_progress = isatty(STDERR_FILENO);
	if (discover_run(&options, &hooks) != ERR_OK)
		return invocation_mistake(invocation, "cannot open a UDP socket");
	return finish(discovery);
}

int command_discover(const struct invocation *invocation)
{
	struct discovery discovery = {.invocation = invocation};
	int status = EXIT_USAGE;

	if (invocation->n_args == 0)
		return invocation_mistake(
		    invocation, "name networks or addresses, such as 192.0.2.0/24 or 192.0.2.10-20");
	if (!read_addresses(&discovery))
		goto out;
	discovery.inventory = load(invocation, &status);
	if (discovery.inventory == NULL)
		goto out;
	status =
	    asking_choose(&discovery.asking, invocation, discovery.inventory) ? run(&discovery) : EXIT_USAGE;
	asking_fini(&discovery.asking);
out:
	devicelist_fini(&discovery.list);
	addresses_fini(&discovery.addresses);
	addresses_fini(&discovery.excluded);
	inventory_free(discovery.inventory);
	return status;
}
