#include "snmp/usm_ids.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uthash.h>

/* A device under the engine-id that it has. */
struct known {
	struct usm_engine_id engine;
	char *device, *address;
	LIST_ENTRY(known) link;
};

struct place {
	struct usm_engine_id engine; /* zeroed behind its length: it is the hash's key */
	LIST_HEAD(, known) devices;
	UT_hash_handle hh;
};

struct usm_ids {
	struct place *places; /* by engine-id */
};

static void known_free(struct known *known)
{
	LIST_REMOVE(known, link);
	free(known->device);
	free(known->address);
	free(known);
}

static struct place *place_of(struct usm_ids *ids, const struct usm_engine_id *engine)
{
	struct usm_engine_id key = {.len = engine->len};
	struct place *place;

	memcpy(key.octets, engine->octets, engine->len);
	HASH_FIND(hh, ids->places, &key, sizeof key, place);
	if (place == NULL) {
		place = mem_alloc(sizeof *place);
		place->engine = key;
		LIST_INIT(&place->devices);
		HASH_ADD(hh, ids->places, engine, sizeof place->engine, place);
	}
	return place;
}

const char *usm_ids_add(
    struct usm_ids *ids, const struct usm_engine_id *engine, const char *device, const char *address)
{
	struct place *place = place_of(ids, engine);
	struct known *known;
	const char *other = NULL;

	LIST_FOREACH(known, &place->devices, link)
	{
		if (strcmp(known->device, device) != 0 && strcmp(known->address, address) != 0)
			other = known->device;
	}
	known = mem_alloc(sizeof *known);
	known->device = mem_strdup(device);
	known->address = mem_strdup(address);
	LIST_INSERT_HEAD(&place->devices, known, link);
	return other;
}

void usm_ids_remove(struct usm_ids *ids, const struct usm_engine_id *engine, const char *device)
{
	struct place *place = place_of(ids, engine);
	struct known *known;

	LIST_FOREACH(known, &place->devices, link)
	{
		if (strcmp(known->device, device) == 0)
			break;
	}
	if (known != NULL) {
		known_free(known);
	}
	if (LIST_EMPTY(&place->devices)) {
		HASH_DEL(ids->places, place);
		free(place);
	}
}

struct usm_ids *usm_ids_new(void)
{
	return mem_alloc(sizeof(struct usm_ids));
}

void usm_ids_free(struct usm_ids *ids)
{
	struct place *place, *next;
	struct known *known;

	if (ids == NULL)
		return;
	HASH_ITER(hh, ids->places, place, next)
	{
		while ((known = LIST_FIRST(&place->devices)) != NULL) {
			known_free(known);
		}
		HASH_DEL(ids->places, place);
		free(place);
	}
	free(ids);
}
