#include "notify/kinship.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct relative {
	char *name;
	const struct relative *parent; /* NULL = none */
	UT_hash_handle hh;
};

struct kinship {
	struct relative *relatives;
	size_t n;
	struct relative *by_name;
};

struct kinship *kinship_new(const struct inventory *inventory)
{
	struct kinship *kinship = mem_alloc(sizeof *kinship);

	kinship->n = inventory->n_devices;
	kinship->relatives = mem_calloc(kinship->n + 1, sizeof *kinship->relatives);
	for (size_t i = 0; i < kinship->n; i++) {
		const struct device *device = &inventory->devices[i];
		struct relative *relative = &kinship->relatives[i];

		relative->name = mem_strdup(device->name);
		if (device->parent >= 0)
			relative->parent = &kinship->relatives[device->parent];
		HASH_ADD_KEYPTR(hh, kinship->by_name, relative->name, strlen(relative->name), relative);
	}
	return kinship;
}

void kinship_free(struct kinship *kinship)
{
	if (kinship == NULL)
		return;
	HASH_CLEAR(hh, kinship->by_name);
	for (size_t i = 0; i < kinship->n; i++)
		free(kinship->relatives[i].name);
	free(kinship->relatives);
	free(kinship);
}

static const struct relative *find(const struct kinship *kinship, const char *device)
{
	struct relative *relative = NULL;

	HASH_FIND(hh, kinship->by_name, device, strlen(device), relative);
	return relative;
}

bool kinship_knows(const struct kinship *kinship, const char *device)
{
	return find(kinship, device) != NULL;
}

size_t kinship_parents(const struct kinship *kinship, const char *device, const char **parents, size_t most)
{
	const struct relative *relative = device != NULL ? find(kinship, device) : NULL;
	size_t n = 0;

	while (relative != NULL && relative->parent != NULL && n < most) {
		relative = relative->parent;
		parents[n++] = relative->name;
	}
	return n;
}
