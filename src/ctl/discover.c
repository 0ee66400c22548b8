#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "config/config.h"
#include "ctl/asking.h"
#include "ctl/command.h"
#include "ctl/candidates.h"
#include "ctl/devicelist_json.h"
#include "ctl/known.h"
#include "ctl/setup.h"
#include "daemon/discover.h"
#include "daemon/estimate.h"
#include "model/endpoint.h"
#include "views/jsonvalue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAMES_PATIENCE (3 * UNITS_SEC) /* for all look-ups in the DNS of one kind together */

/* One run of the command. */
struct discovery {
	const struct invocation *invocation;
	struct inventory *inventory;
	struct asking asking;
	struct addresses addresses, excluded;
	struct known known;
	struct devicelist list;
	uint32_t asked, asked_before; /* in all; before this hop */
	bool has_progress;
};

/* --- while it runs --- */

static void progress(void *arg, uint32_t begun, uint32_t done, uint32_t total)
{
	struct discovery *discovery = arg;

	discovery->asked = discovery->asked_before + begun;
	if (discovery->has_progress && (begun % 16 == 0 || done == total))
		fprintf(stderr, "\rasked %" PRIu32 " of %" PRIu32 " addresses, %zu answer ", begun, total,
		    discovery->list.n);
}

static void take_tables(
    struct devicelist_entry *entry, const struct inventory *inventory, const struct device_report *report)
{
	entry->tables = mem_calloc(report->n_tables + 1, sizeof *entry->tables);
	for (size_t i = 0; i < report->n_tables; i++) {
		const struct rowset *set = report->tables[i];
		struct devicelist_table *table = &entry->tables[entry->n_tables];

		for (size_t row = 0; row < set->n_rows; row++)
			table->rows += !set->rows[row].excluded;
		entry->rows += set->n_rows;
		if (set->n_rows == 0)
			continue;
		table->name = mem_strdup(set->table->name);
		table->bytes = estimate_table(inventory, set->table, table->rows);
		entry->bytes += table->bytes;
		entry->n_tables++;
	}
}

static void take_alarms(struct devicelist_entry *entry, const struct discover_found *found)
{
	entry->alarms = mem_calloc(found->n_alarms + 1, sizeof *entry->alarms);
	entry->n_alarms = found->n_alarms;
	for (size_t i = 0; i < found->n_alarms; i++) {
		struct preview_alarm *alarm = &entry->alarms[i];

		*alarm = found->alarms[i];
		alarm->rule = mem_strdup(alarm->rule);
		alarm->object = mem_strdup(alarm->object);
		alarm->text = mem_strdup(alarm->text);
	}
}

static void take_neighbours(struct devicelist_entry *entry, const struct neighbours *neighbours)
{
	entry->neighbours = mem_calloc(neighbours->n + 1, sizeof *entry->neighbours);
	entry->n_neighbours = neighbours->n;
	for (size_t i = 0; i < neighbours->n; i++)
		entry->neighbours[i] = (struct neighbour){.address = mem_strdup(neighbours->v[i].address),
		    .name = mem_strdup(neighbours->v[i].name),
		    .protocol = neighbours->v[i].protocol};
}

static void found(void *arg, const struct discover_found *found)
{
	struct discovery *discovery = arg;
	const struct inventory *inventory = discovery->inventory;
	const struct device_report *report = found->report;
	const struct device *known =
	    known_device(&discovery->known, report->device->host, report->device->port);
	const char *usual =
	    inventory->n_default_credentials > 0 ? inventory->default_credentials[0]->name : NULL;
	struct devicelist_entry entry = {.host = mem_strdup(report->device->host),
	    .address = endpoint_format(report->device->host, report->device->port),
	    .identity = *found->identity,
	    .profile = mem_strdup(report->profile != NULL ? report->profile->name : NULL),
	    .reason = mem_strdup(report->profile_reason),
	    .requests = found->requests,
	    .octets = found->octets,
	    .poll_ms = (double)report->poll_time / 1e6,
	    .known_as = known != NULL ? known->name : NULL};

	*found->identity = (struct identity){0};
	if (discovery->asking.given == NULL && !str_equal(report->credential, usual))
		entry.credential = mem_strdup(report->credential);
	take_tables(&entry, inventory, report);
	take_alarms(&entry, found);
	take_neighbours(&entry, found->neighbours);
	vitals_take(&entry.vitals, report);
	vec_push(&discovery->list, entry);
}

/* --- before and after --- */

static uint16_t port_of(const struct invocation *invocation)
{
	return invocation->port != 0 ? (uint16_t)invocation->port : ENDPOINT_PORT;
}

static void find_candidates(const struct discovery *discovery, struct candidates *candidates)
{
	candidates_find(candidates, &discovery->list, &discovery->addresses, &discovery->excluded,
	    &discovery->known, port_of(discovery->invocation));
}

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

static void print(const struct discovery *discovery, const struct candidates *candidates)
{
	const struct invocation *invocation = discovery->invocation;
	json_t *json;

	if (invocation->json) {
		json = devicelist_json(&discovery->list, discovery->asked, candidates);
		json_dumpf(json, stdout, JSONVALUE_WRITTEN);
		putchar('\n');
		json_decref(json);
	} else if (invocation->write == NULL) {
		devicelist_print(&discovery->list, stdout);
	}
}

static int finish(struct discovery *discovery)
{
	const struct invocation *invocation = discovery->invocation;
	struct candidates candidates = {0};
	size_t new;

	if (discovery->has_progress)
		fputs("\r\033[K", stderr);
	new = devicelist_tidy(&discovery->list);
	if (!devicelist_name(&discovery->list, discovery->inventory, lookup_name, NAMES_PATIENCE))
		fputs("The DNS did not answer in time; some are named by their addresses.\n", stderr);
	find_candidates(discovery, &candidates);
	print(discovery, &candidates);
	candidates_tell(&candidates, invocation->neighbours);
	candidates_fini(&candidates);
	devicelist_tell(&discovery->list, discovery->asked);
	if (discovery->asking.given != NULL && new > 0)
		fputs("They were asked with -C; give the configuration a credential of that community.\n",
		    stderr);
	if (invocation->write != NULL && new > 0)
		return devicelist_append(&discovery->list, invocation->write) ? EXIT_FINE : EXIT_USAGE;
	return EXIT_FINE;
}

static bool ask(struct discovery *discovery, const struct addresses *addresses)
{
	const struct invocation *invocation = discovery->invocation;
	struct discover_options options = {.inventory = discovery->inventory,
	    .addresses = addresses,
	    .excluded = &discovery->excluded,
	    .credentials = discovery->asking.credentials,
	    .n_credentials = discovery->asking.n,
	    .port = port_of(invocation),
	    .rate = invocation->rate != 0 ? invocation->rate : DISCOVER_RATE};
	struct discover_hooks hooks = {found, progress, discovery};

	discovery->asked_before = discovery->asked;
	return discover_run(&options, &hooks) == ERR_OK;
}

/* Whom the devices found see next to them, one hop after the other. */
static bool ask_neighbours(struct discovery *discovery)
{
	bool good = true, more = true;

	for (unsigned hop = 0; good && more && hop < discovery->invocation->neighbours; hop++) {
		struct candidates candidates = {0};
		struct addresses addresses = {0};

		find_candidates(discovery, &candidates);
		more = candidates.n > 0;
		for (size_t i = 0; i < candidates.n; i++) {
			(void)addresses_add(&addresses, candidates.v[i].address);
			(void)addresses_add(&discovery->addresses, candidates.v[i].address);
		}
		candidates_fini(&candidates);
		good = !more || ask(discovery, &addresses);
		addresses_fini(&addresses);
	}
	return good;
}

static int run(struct discovery *discovery)
{
	discovery->has_progress = isatty(STDERR_FILENO);
	if (!known_learn(&discovery->known, discovery->inventory, lookup_addresses, NAMES_PATIENCE))
		fputs("The DNS did not answer in time; devices that the configuration has by name may be "
		      "listed as "
		      "new.\n",
		    stderr);
	if (!ask(discovery, &discovery->addresses) || !ask_neighbours(discovery))
		return invocation_mistake(discovery->invocation, "cannot open a UDP socket");
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
	known_fini(&discovery.known);
	addresses_fini(&discovery.addresses);
	addresses_fini(&discovery.excluded);
	inventory_free(discovery.inventory);
	return status;
}
