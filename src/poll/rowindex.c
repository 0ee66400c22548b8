#include "poll/rowindex.h"

#include "model/value.h"
#include "poll/transform.h"

#include <string.h>

/* Sub-identifiers of the column's parts; false when the index has not that many. */
static bool take(
    const struct column *column, const uint8_t *index, size_t index_len, uint32_t out[OID_MAX], size_t *n_out)
{
	uint32_t id[OID_MAX];
	size_t n, used = 0;

	if (oid_index_from_ber(index, index_len, id, &n) != ERR_OK)
		return false;
	for (size_t p = 0; p < column->n_parts; p++) {
		const struct index_part *part = &column->parts[p];
		size_t end = part->from_end ? (n > part->last ? n - part->last : 0) : (size_t)part->last + 1;

		if (end > n || part->first >= end || used + end - part->first > OID_MAX)
			return false;
		memcpy(&out[used], &id[part->first], (end - part->first) * sizeof *out);
		used += end - part->first;
	}
	*n_out = used;
	return used > 0;
}

size_t rowindex_cut(
    const struct column *column, const uint8_t *index, size_t index_len, uint8_t out[OID_BER_MAX])
{
	uint32_t id[OID_MAX];
	size_t n;

	if (column->n_parts == 0) {
		if (index_len > OID_BER_MAX)
			return 0;
		memcpy(out, index, index_len);
		return index_len;
	}
	return take(column, index, index_len, id, &n) ? oid_index_to_ber(id, n, out) : 0;
}

/* As many octets as sub-identifiers: strings and addresses are indexes so (RFC 2578 7.7). */
static bool as_octets(const struct column *column, const uint32_t *id, size_t n, struct str *text)
{
	uint8_t octets[OID_MAX];
	struct value value = {.type = VALUE_OCTETS};

	/* Of variable length: that comes first. */
	if (n > 1 && id[0] == n - 1) {
		id++;
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		if (id[i] > 255)
			return false;
		octets[i] = (uint8_t)id[i];
	}
	value.bytes.p = octets;
	value.bytes.len = (uint32_t)n;
	return transform_text(column, &value, text);
}

bool rowindex_text(const struct column *column, const uint8_t *index, size_t index_len, struct str *text)
{
	struct value value = {.type = VALUE_OCTETS};
	struct str dotted = {0};
	uint32_t id[OID_MAX];
	size_t n;
	bool ok;

	if (!take(column, index, index_len, id, &n))
		return false;
	if (column->format != VALUE_FORMAT_AUTO)
		return as_octets(column, id, n, text);
	for (size_t i = 0; i < n; i++)
		str_addf(&dotted, "%s%u", i == 0 ? "" : ".", (unsigned)id[i]);
	value.bytes.p = (const uint8_t *)dotted.s;
	value.bytes.len = (uint32_t)dotted.len;
	ok = transform_text(column, &value, text);
	str_fini(&dotted);
	return ok;
}
