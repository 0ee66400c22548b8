#include "lint/group.h"

#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_LOOKED 64

#define ENTRY_MIN                                                                                            \
	7 /* below 1.3.6.1.2.1.X and 1.3.6.1.4.1.X, a table's entry has this place or a later one            \
	   */

static struct oid beginning(const struct oid *oid, size_t n)
{
	struct oid cut = {.len = (uint8_t)n};

	memcpy(cut.id, oid->id, n * sizeof *cut.id);
	return cut;
}

bool group_name(const struct recording *recording, size_t at, struct oid *oid)
{
	const struct recorded *object = recording_at(recording, at);

	return object != NULL && oid_from_ber(object->name, object->name_len, oid) == ERR_OK;
}

size_t group_end(const struct recording *recording, const struct oid *prefix)
{
	struct oid next = *prefix;
	uint8_t ber[OID_BER_MAX];
	size_t n = next.len;

	/* The first name that is not below: the prefix with its last number raised. */
	while (n > 0 && next.id[n - 1] == UINT32_MAX)
		n--;
	if (n < 3)
		return recording_count(recording);
	next.len = (uint8_t)n;
	next.id[n - 1]++;
	return recording_from(recording, ber, oid_to_ber(&next, ber));
}

/* Each a text that is no number, and no two the same. */
static bool are_names(const struct recording *recording, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++) {
		const struct value *value = &recording_at(recording, i)->value;
		double number;

		if (value->type != VALUE_OCTETS || value->bytes.len == 0 || value_to_double(value, &number))
			return false;
		for (size_t j = first; j < i; j++) {
			const struct value *other = &recording_at(recording, j)->value;

			if (other->bytes.len == value->bytes.len &&
			    memcmp(other->bytes.p, value->bytes.p, value->bytes.len) == 0)
				return false;
		}
	}
	return true;
}

bool group_naming_column(
    const struct recording *recording, const struct oid *entry, struct oid *column, char **example)
{
	uint8_t ber[OID_BER_MAX];
	size_t at = recording_from(recording, ber, oid_to_ber(entry, ber)), end = group_end(recording, entry);

	while (at < end && group_name(recording, at, column)) {
		size_t stop, n;
		struct str text = {0};

		column->len = (uint8_t)(entry->len + 1);
		stop = group_end(recording, column);
		n = stop - at < NAMES_LOOKED ? stop - at : NAMES_LOOKED;
		if (n < 3 || !are_names(recording, at, n)) {
			at = stop;
			continue;
		}
		value_add_text(&text, &recording_at(recording, at)->value, VALUE_FORMAT_AUTO);
		str_add(&text, "', '");
		value_add_text(&text, &recording_at(recording, at + 1)->value, VALUE_FORMAT_AUTO);
		*example = str_steal(&text);
		return true;
	}
	return false;
}

/* Whether object `at` is a row of another column of that entry, with the same index. */
static bool is_beside(const struct recording *recording, size_t at, const struct oid *ours, size_t entry)
{
	struct oid theirs, prefix = beginning(ours, entry + 1);

	if (!group_name(recording, at, &theirs))
		return false;
	return theirs.len == ours->len && oid_starts(&theirs, &prefix) &&
	       theirs.id[entry + 1] != ours->id[entry + 1] &&
	       memcmp(theirs.id + entry + 2, ours->id + entry + 2,
		   (size_t)(ours->len - entry - 2) * sizeof *ours->id) == 0;
}

/* An entry is number 1 of its table (RFC 2578 7.1.12). The first row of the column beside has the same index;
 * of the next column, or of the first. */
static bool is_entry(const struct recording *recording, const struct oid *oid, size_t at)
{
	struct oid entry = beginning(oid, at + 1), column = beginning(oid, at + 2);
	uint8_t ber[OID_BER_MAX];

	return is_beside(recording, group_end(recording, &column), oid, at) ||
	       is_beside(recording, recording_from(recording, ber, oid_to_ber(&entry, ber)), oid, at);
}

/* The place of the entry's number in the name; 0 = not a table's. */
static size_t find_entry(const struct recording *recording, const struct oid *oid)
{
	size_t fallback = 0;

	for (size_t at = ENTRY_MIN; at + 2 < oid->len; at++) {
		if (oid->id[at] != 1)
			continue;
		if (is_entry(recording, oid, at))
			return at;
		if (fallback == 0)
			fallback = at; /* a table of one column */
	}
	return fallback;
}

void group_at(const struct recording *recording, size_t at, struct group *group)
{
	size_t entry;

	*group = (struct group){.first = at};
	group_name(recording, at, &group->oid);
	entry = find_entry(recording, &group->oid);
	if (entry == 0 || (group->oid.len == entry + 3 && group->oid.id[entry + 2] == 0)) {
		group->is_scalar = true;
		group->n = 1;
		return;
	}
	group->entry = beginning(&group->oid, entry + 1);
	group->oid = beginning(&group->oid, entry + 2);
	group->n = group_end(recording, &group->oid) - at;
}
