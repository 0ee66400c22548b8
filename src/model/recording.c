#include "model/recording.h"

#include "base/mem.h"
#include "base/vec.h"
#include "model/oid.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE 65536

struct block {
	struct block *next;
	uint8_t octets[];
};

struct recording {
	struct {
		struct recorded *v;
		size_t n, cap;
	} objects;
	struct block *blocks; /* the newest first */
	size_t used, room;    /* of the newest */
	size_t octets;	      /* in all blocks */
	uint32_t added;
	bool sorted;
};

struct recording *recording_new(void)
{
	struct recording *recording = mem_alloc(sizeof *recording);

	recording->sorted = true;
	return recording;
}

void recording_free(struct recording *recording)
{
	if (recording == NULL)
		return;
	while (recording->blocks != NULL) {
		struct block *block = recording->blocks;

		recording->blocks = block->next;
		free(block);
	}
	vec_fini(&recording->objects);
	free(recording);
}

/* A small recording is not to cost a whole block: blocks double until they are of full size. */
static void add_block(struct recording *recording, size_t at_least)
{
	size_t room = recording->room == 0 ? 2048 : recording->room * 2;
	struct block *block;

	if (room > BLOCK_SIZE)
		room = BLOCK_SIZE;
	if (room < at_least)
		room = at_least;
	block = mem_realloc(NULL, sizeof *block + room, 1);
	block->next = recording->blocks;
	recording->blocks = block;
	recording->used = 0;
	recording->room = room;
	recording->octets += room;
}

static const uint8_t *keep(struct recording *recording, const uint8_t *octets, size_t len)
{
	uint8_t *kept;

	if (recording->blocks == NULL || recording->room - recording->used < len)
		add_block(recording, len);
	kept = recording->blocks->octets + recording->used;
	if (len > 0)
		memcpy(kept, octets, len);
	recording->used += len;
	return kept;
}

static bool has_octets(enum value_type type)
{
	return type == VALUE_OCTETS || type == VALUE_OID || type == VALUE_IPADDRESS || type == VALUE_OPAQUE;
}

enum err recording_add(
    struct recording *recording, const uint8_t *name, size_t name_len, const struct value *value)
{
	struct recorded object = {.name_len = (uint32_t)name_len, .order = recording->added, .value = *value};
	struct oid oid;

	if (oid_from_ber(name, name_len, &oid) != ERR_OK)
		return ERR_INVALID;
	if (recording->objects.n >= RECORDING_OBJECTS_MAX ||
	    (has_octets(value->type) && value->bytes.len > RECORDING_OCTETS_MAX))
		return ERR_LIMIT;
	object.name = keep(recording, name, name_len);
	if (has_octets(value->type))
		object.value.bytes.p = keep(recording, value->bytes.p, value->bytes.len);
	vec_push(&recording->objects, object);
	recording->added++;
	recording->sorted = false;
	return ERR_OK;
}

static int by_name(const struct recorded *a, const struct recorded *b)
{
	return oid_ber_compare(a->name, a->name_len, b->name, b->name_len);
}

static int by_name_then_order(const void *a, const void *b)
{
	const struct recorded *first = a, *second = b;
	int order = by_name(first, second);

	return order != 0 ? order : (first->order > second->order) - (first->order < second->order);
}

size_t recording_sort(struct recording *recording)
{
	struct recorded *v = recording->objects.v;
	size_t n = recording->objects.n, kept = 0;
	bool rising = true;

	for (size_t i = 1; i < n && rising; i++)
		rising = by_name(&v[i - 1], &v[i]) < 0;
	recording->sorted = true;
	if (rising)
		return 0;
	qsort(v, n, sizeof *v, by_name_then_order);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 == n || by_name(&v[i], &v[i + 1]) != 0)
			v[kept++] = v[i];
	}
	recording->objects.n = kept;
	return n - kept;
}

size_t recording_count(const struct recording *recording)
{
	return recording->objects.n;
}

const struct recorded *recording_at(const struct recording *recording, size_t index)
{
	return index < recording->objects.n ? &recording->objects.v[index] : NULL;
}

size_t recording_from(const struct recording *recording, const uint8_t *name, size_t name_len)
{
	size_t low = 0, high = recording->objects.n;

	assert(recording->sorted);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct recorded *object = &recording->objects.v[middle];

		if (oid_ber_compare(object->name, object->name_len, name, name_len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_named(const struct recorded *object, const uint8_t *name, size_t name_len)
{
	return object != NULL && object->name_len == name_len && memcmp(object->name, name, name_len) == 0;
}

const struct recorded *recording_find(const struct recording *recording, const uint8_t *name, size_t name_len)
{
	const struct recorded *object = recording_at(recording, recording_from(recording, name, name_len));

	return is_named(object, name, name_len) ? object : NULL;
}

const struct recorded *recording_next(const struct recording *recording, const uint8_t *name, size_t name_len)
{
	size_t at = recording_from(recording, name, name_len);

	return recording_at(recording, at + is_named(recording_at(recording, at), name, name_len));
}

size_t recording_index(const struct recording *recording, const struct recorded *object)
{
	return (size_t)(object - recording->objects.v);
}

const struct recorded *recording_find_text(const struct recording *recording, const char *oid)
{
	uint8_t name[OID_BER_MAX];
	struct oid parsed;
	size_t len;

	if (oid_parse(oid, &parsed) != ERR_OK)
		return NULL;
	len = oid_to_ber(&parsed, name);
	return len > 0 ? recording_find(recording, name, len) : NULL;
}

size_t recording_size(const struct recording *recording)
{
	return sizeof *recording + recording->octets + recording->objects.cap * sizeof *recording->objects.v;
}
