#include "ctl/known.h"

#include "base/mem.h"
#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>

static bool is_literal(const char *host)
{
	struct endpoint endpoint;

	return endpoint_parse(host, &endpoint) == NULL && endpoint.is_literal;
}

static void learn(struct known *known, const char *host, const struct device *device, size_t number)
{
	char *address = endpoint_canonical(host, device->port);

	nameset_add(&known->by_address, address, number);
	free(address);
}

static void learn_all(struct known *known, char *addresses, const struct device *device, size_t number)
{
	char *rest = NULL;

	for (char *word = strtok_r(addresses, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest))
		learn(known, word, device, number);
}

bool known_learn(struct known *known, const struct inventory *inventory, lookup_fn *lookup, int64_t patience)
{
	const char **hosts = mem_calloc(inventory->n_devices + 1, sizeof *hosts);
	char **found = mem_calloc(inventory->n_devices + 1, sizeof *found);
	size_t *numbers = mem_calloc(inventory->n_devices + 1, sizeof *numbers), n = 0;
	bool complete = true;

	*known = (struct known){.inventory = inventory};
	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *device = &inventory->devices[i];

		if (is_literal(device->host)) {
			learn(known, device->host, device, i);
		} else {
			hosts[n] = device->host;
			numbers[n++] = i;
		}
	}
	if (n > 0)
		complete = lookup_all(hosts, n, patience, lookup, found);
	for (size_t i = 0; i < n; i++) {
		if (found[i] != NULL)
			learn_all(known, found[i], &inventory->devices[numbers[i]], numbers[i]);
		free(found[i]);
	}
	free(numbers);
	free(found);
	free(hosts);
	return complete;
}

void known_fini(struct known *known)
{
	nameset_fini(&known->by_address);
}

const struct device *known_device(const struct known *known, const char *host, uint16_t port)
{
	char *address = endpoint_canonical(host, port);
	size_t number = nameset_find(&known->by_address, address);

	free(address);
	return number != SIZE_MAX ? &known->inventory->devices[number] : NULL;
}
