#include "snmp/idtable.h"

#include "base/log.h"
#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define FIRST_SIZE (2u * IDTABLE_RECENT) /* a power of two; half of it is for ids in flight */
#define POOL	   256

struct entry {
	uint32_t id; /* 0 = free */
	enum id_state state;
	void *item;
};

struct idtable {
	struct entry *v;
	size_t size, used; /* a power of two; at most 3/4 full */
	uint32_t recent[IDTABLE_RECENT];
	size_t oldest, n_recent;
	uint32_t pool[POOL]; /* random numbers not yet given out */
	size_t pooled;
};

struct idtable *idtable_new(void)
{
	struct idtable *table = mem_alloc(sizeof *table);

	table->size = FIRST_SIZE;
	table->v = mem_calloc(table->size, sizeof *table->v);
	return table;
}

void idtable_free(struct idtable *table)
{
	if (table == NULL)
		return;
	free(table->v);
	free(table);
}

/* The place of the id, or the free one where it would go. */
static size_t place_of(const struct idtable *table, uint32_t id)
{
	size_t at = id & (table->size - 1);

	while (table->v[at].id != 0 && table->v[at].id != id)
		at = (at + 1) & (table->size - 1);
	return at;
}

static void grow(struct idtable *table)
{
	struct entry *old = table->v;
	size_t old_size = table->size;

	table->size *= 2;
	table->v = mem_calloc(table->size, sizeof *table->v);
	for (size_t i = 0; i < old_size; i++) {
		if (old[i].id != 0)
			table->v[place_of(table, old[i].id)] = old[i];
	}
	free(old);
}

/* Closes the gap, so that searches need no markers of what was deleted. */
static void remove_at(struct idtable *table, size_t gap)
{
	size_t mask = table->size - 1;

	for (size_t at = (gap + 1) & mask; table->v[at].id != 0; at = (at + 1) & mask) {
		size_t home = table->v[at].id & mask;

		if (((at - home) & mask) >= ((at - gap) & mask)) {
			table->v[gap] = table->v[at];
			gap = at;
		}
	}
	table->v[gap] = (struct entry){0};
	table->used--;
}

static uint32_t next_random(struct idtable *table)
{
	while (table->pooled == 0) {
		ssize_t n = getrandom(table->pool, sizeof table->pool, 0);

		if (n == (ssize_t)sizeof table->pool) {
			table->pooled = POOL;
		} else if (n < 0 && errno != EINTR) {
			/* Guessable ids would let anybody answer for a device. */
			log_error("no random numbers", "err=\"%s\"", strerror(errno));
			abort();
		}
	}
	return table->pool[--table->pooled];
}

uint32_t idtable_add(struct idtable *table, void *item)
{
	size_t at;
	uint32_t id;

	if ((table->used + 1) * 4 > table->size * 3)
		grow(table);
	do {
		id = next_random(table) & 0x7fffffffu;
		at = place_of(table, id);
	} while (id == 0 || table->v[at].id == id);
	table->v[at] = (struct entry){.id = id, .state = ID_IN_FLIGHT, .item = item};
	table->used++;
	return id;
}

enum id_state idtable_find(const struct idtable *table, uint32_t id, void **item)
{
	const struct entry *entry = &table->v[place_of(table, id)];

	*item = NULL;
	if (id == 0 || entry->id != id)
		return ID_UNKNOWN;
	if (entry->state == ID_IN_FLIGHT)
		*item = entry->item;
	return entry->state;
}

void idtable_retire(struct idtable *table, uint32_t id, enum id_state state)
{
	size_t at = place_of(table, id);

	if (id == 0 || table->v[at].id != id || table->v[at].state != ID_IN_FLIGHT)
		return;
	table->v[at].state = state;
	table->v[at].item = NULL;
	if (table->n_recent == IDTABLE_RECENT) {
		remove_at(table, place_of(table, table->recent[table->oldest]));
		table->recent[table->oldest] = id;
		table->oldest = (table->oldest + 1) % IDTABLE_RECENT;
	} else {
		table->recent[(table->oldest + table->n_recent++) % IDTABLE_RECENT] = id;
	}
}
