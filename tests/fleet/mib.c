#include "fleet/mib.h"

#include "base/mem.h"
#include "fleet/objects.h"
#include "fleet/values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARCS_MAX 20

struct entry {
	const struct mib_object *object;
	size_t n_arcs, ber_len;
	uint32_t arcs[ARCS_MAX];
	uint8_t ber[ARCS_MAX * 2];
};

struct mib {
	size_t n;
	struct entry entries[];
};

static const struct {
	const char *name;
	unsigned group;
} groups[] = {{"system", GROUP_SYSTEM}, {"if", GROUP_IF}, {"ifx", GROUP_IFX}, {"ether", GROUP_ETHER},
    {"engine", GROUP_ENGINE}, {"host", GROUP_HOST}, {"ucd", GROUP_UCD}, {"ip", GROUP_IP}};

unsigned mib_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (strcmp(groups[i].name, name) == 0)
			return groups[i].group;
	return 0;
}

unsigned mib_groups_of(const struct device *device)
{
	unsigned all = GROUP_SYSTEM | GROUP_IF | GROUP_IFX | GROUP_ETHER | GROUP_ENGINE;

	return device->kind == DEVICE_LINUX ? (all & ~GROUP_ETHER) | GROUP_HOST | GROUP_UCD | GROUP_IP : all;
}

/* <0, 0, >0 as `oid` is before, at or below, or behind the object. */
static int compare(const struct oid_arcs *oid, const struct entry *entry)
{
	size_t n = oid->n < entry->n_arcs ? oid->n : entry->n_arcs;

	for (size_t i = 0; i < n; i++)
		if (oid->arc[i] != entry->arcs[i])
			return oid->arc[i] < entry->arcs[i] ? -1 : 1;
	return oid->n < entry->n_arcs ? -1 : 0;
}

static int by_oid(const void *a, const void *b)
{
	const struct entry *left = a;
	struct oid_arcs oid = {.n = left->n_arcs};

	memcpy(oid.arc, left->arcs, left->n_arcs * sizeof(oid.arc[0]));
	return compare(&oid, b);
}

struct mib *mib_new(void)
{
	size_t n;
	const struct mib_object *objects = objects_all(&n);
	struct mib *mib = mem_alloc(sizeof(*mib) + n * sizeof(mib->entries[0]));

	mib->n = n;
	for (size_t i = 0; i < n; i++) {
		struct entry *entry = &mib->entries[i];
		struct oid_arcs oid;

		if (!oid_parse(objects[i].oid, &oid) || oid.n > ARCS_MAX) {
			fprintf(stderr, "fleet: bad OID %s\n", objects[i].oid);
			abort();
		}
		entry->object = &objects[i];
		entry->n_arcs = oid.n;
		memcpy(entry->arcs, oid.arc, oid.n * sizeof(oid.arc[0]));
		entry->ber_len = oid_write(oid.arc, oid.n, entry->ber);
	}
	qsort(mib->entries, n, sizeof(mib->entries[0]), by_oid);
	return mib;
}

void mib_free(struct mib *mib)
{
	free(mib);
}

/* The last entry at or before `oid`, or -1. */
static ptrdiff_t search(const struct mib *mib, const struct oid_arcs *oid, bool *within)
{
	size_t low = 0, high = mib->n;

	*within = false;
	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = compare(oid, &mib->entries[middle]);

		if (order == 0) {
			*within = true;
			return (ptrdiff_t)middle;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return (ptrdiff_t)low - 1;
}

static bool visible(const struct mib_view *view, const struct mib_object *object)
{
	return (object->group & view->groups) != 0 && !(view->narrow && object->type == BER_COUNTER64);
}

static bool next_port(
    const struct mib_view *view, const struct mib_object *object, int64_t after, uint32_t *index)
{
	uint32_t port;

	while (device_next_index(view->device, after, index)) {
		/* ifXTable's 64-bit columns have no instance where the port counts with 32 bits. */
		if (object->type != BER_COUNTER64 || !device_port_at(view->device, *index, &port) ||
		    !value_narrow(view->fleet, port))
			return true;
		after = *index;
	}
	if (!view->endless || after >= UINT32_MAX)
		return false;
	*index =
	    after < device_first_index(view->device) ? device_first_index(view->device) : (uint32_t)after + 1;
	return true;
}

/* The column's smallest index above `after` (-1 = the first). */
static bool next_row(
    const struct mib_view *view, const struct mib_object *object, int64_t after, uint32_t *index)
{
	const uint32_t *rows;
	size_t n;

	if (object->table == TABLE_IF)
		return next_port(view, object, after, index);
	rows = objects_rows(object->table, &n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i] > after) {
			*index = rows[i];
			return true;
		}
	}
	return false;
}

static bool first_from(const struct mib_view *view, size_t entry, struct mib_at *at)
{
	const struct mib *mib = view->fleet->mib;

	for (; entry < mib->n; entry++) {
		at->entry = entry;
		if (visible(view, mib->entries[entry].object) &&
		    next_row(view, mib->entries[entry].object, -1, &at->index))
			return true;
	}
	return false;
}

enum mib_found mib_find(const struct mib_view *view, const struct oid_arcs *oid, struct mib_at *at)
{
	const struct mib *mib = view->fleet->mib;
	const struct entry *entry;
	bool within;
	ptrdiff_t i = search(mib, oid, &within);
	uint32_t index;

	if (!within || !visible(view, mib->entries[i].object))
		return MIB_NO_OBJECT;
	entry = &mib->entries[i];
	if (oid->n != entry->n_arcs + 1)
		return MIB_NO_INSTANCE;
	at->entry = (size_t)i;
	at->index = oid->arc[oid->n - 1];
	if (!next_row(view, entry->object, (int64_t)at->index - 1, &index) || index != at->index)
		return MIB_NO_INSTANCE;
	return MIB_FOUND;
}

bool mib_next(const struct mib_view *view, const struct oid_arcs *oid, struct mib_at *at)
{
	const struct mib *mib = view->fleet->mib;
	bool within;
	ptrdiff_t i = search(mib, oid, &within);

	if (within && visible(view, mib->entries[i].object)) {
		const struct entry *entry = &mib->entries[i];
		int64_t after = oid->n > entry->n_arcs ? (int64_t)oid->arc[entry->n_arcs] : -1;

		at->entry = (size_t)i;
		if (next_row(view, entry->object, after, &at->index))
			return true;
	}
	return first_from(view, (size_t)(i + 1), at);
}

bool mib_step(const struct mib_view *view, struct mib_at *at)
{
	if (next_row(view, view->fleet->mib->entries[at->entry].object, at->index, &at->index))
		return true;
	return first_from(view, at->entry + 1, at);
}

bool mib_first(const struct mib_view *view, struct mib_at *at)
{
	return first_from(view, 0, at);
}

void mib_first_row(const struct mib_view *view, struct mib_at *at)
{
	if (!next_row(view, view->fleet->mib->entries[at->entry].object, -1, &at->index))
		at->index = 0;
}

uint32_t mib_ordinal(const struct mib_view *view, const struct mib_at *at)
{
	struct mib_at first = *at;

	mib_first_row(view, &first);
	return at->index - first.index;
}

int32_t mib_entry_of(const struct mib *mib, const struct oid_arcs *oid)
{
	bool within;
	ptrdiff_t i = search(mib, oid, &within);

	return within && oid->n >= mib->entries[i].n_arcs ? (int32_t)i : -1;
}

int32_t mib_entry_named(const struct mib *mib, const char *name)
{
	for (size_t i = 0; i < mib->n; i++)
		if (strcmp(mib->entries[i].object->name, name) == 0)
			return (int32_t)i;
	return -1;
}

int64_t mib_port(const struct mib_view *view, const struct mib_at *at)
{
	uint32_t port;

	if (view->fleet->mib->entries[at->entry].object->table != TABLE_IF ||
	    !device_port_at(view->device, at->index, &port))
		return -1;
	return port;
}

struct name mib_name(const struct mib_view *view, const struct mib_at *at)
{
	const struct entry *entry = &view->fleet->mib->entries[at->entry];

	return (struct name){.prefix = {entry->ber, entry->ber_len}, .indexed = true, .index = at->index};
}

/* Texts that have broken collectors, terminals, shells, pages and paths. */
static void hostile_text(const struct mib_view *view, const struct mib_at *at, struct value *value)
{
	static const char *const texts[] = {"\x1b]0;owned\x07\x1b[2J", "<script>alert(1)</script>",
	    "../../../etc/passwd", "'; rm -rf / #", "$(reboot)`reboot`", "%s%n%x", "\xff\xfe\x80\xc3\x28",
	    "a\"b\\c{}=,", "\xe2\x80\xaeorder", "line\r\none: two", "\t \t", "-rf", ".",
	    "https://x/?a=1&b=2#c", "{{7*7}}", "\x01\x02\x7f"};
	uint64_t h = model_hash(view->fleet->options.seed, view->device->number, at->entry, at->index);
	int len = snprintf((char *)value->room, sizeof(value->room), "%s", texts[h % ARRAY_LEN(texts)]);

	if (h >> 60 == 0) { /* as long as DisplayString allows */
		memset(value->room, 'A', 255);
		len = 255;
	} else if (h >> 60 == 1) { /* NUL within */
		value->room[0] = '\0';
	}
	value->bytes = (struct span){value->room, (size_t)len};
}

void mib_value(const struct mib_view *view, const struct mib_at *at, struct value *value)
{
	const struct mib_object *object = view->fleet->mib->entries[at->entry].object;
	struct mib_row row = {.object = object, .index = at->index};

	if (object->table == TABLE_IF && !device_port_at(view->device, at->index, &row.port))
		row.port = at->index; /* a row of an endless table */
	value->type = object->type;
	value->number = 0;
	value->raw = false;
	value->bytes = (struct span){value->room, 0};
	object->fill(view, &row, value);
	if (object->type >= BER_COUNTER32 && object->type <= BER_TIMETICKS)
		value->number &= UINT32_MAX;
	if (object->type == BER_COUNTER64)
		value->number += view->jump;
	if (view->hostile && object->type == BER_OCTETS)
		hostile_text(view, at, value);
}

const struct mib_object *mib_object_named(const char *name)
{
	size_t n;
	const struct mib_object *objects = objects_all(&n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(objects[i].name, name) == 0)
			return &objects[i];
	return NULL;
}
