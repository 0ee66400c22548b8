#include "poll/rowindex.h"

#include "model/value.h"
#include "poll/transform.h"

#include <string.h>

#define WRITTEN_MAX 64 /* with the name before it, it must stay an OID */

/* The column's parts of some sub-identifiers; false when there are not that many. */
static bool cut(
    const struct column *column, const uint32_t *id, size_t n, uint32_t out[OID_MAX], size_t *n_out)
{
	size_t used = 0;

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

static bool take(
    const struct column *column, const uint8_t *index, size_t index_len, uint32_t out[OID_MAX], size_t *n_out)
{
	uint32_t id[OID_MAX];
	size_t n;

	return oid_index_from_ber(index, index_len, id, &n) == ERR_OK && cut(column, id, n, out, n_out);
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

/* Numbers with dots between them, nothing else. Returns how many, 0 when it is something else. */
static size_t read_written(const char *text, uint32_t id[WRITTEN_MAX])
{
	size_t n = 0;

	for (bool more = true; more;) {
		size_t digits = strspn(text, "0123456789");
		uint64_t number = 0;

		if (digits == 0 || digits > 10 || n == WRITTEN_MAX)
			return 0;
		for (size_t i = 0; i < digits; i++)
			number = number * 10 + (uint64_t)(text[i] - '0');
		if (number > UINT32_MAX)
			return 0;
		id[n++] = (uint32_t)number;
		more = text[digits] == '.';
		text += digits + more;
	}
	return *text == '\0' ? n : 0;
}

size_t rowindex_cut_text(const struct column *column, const char *text, uint8_t out[OID_BER_MAX])
{
	uint32_t written[WRITTEN_MAX], id[OID_MAX];
	size_t n = read_written(text, written);

	if (n == 0 || column->n_parts == 0)
		return n > 0 ? oid_index_to_ber(written, n, out) : 0;
	return cut(column, written, n, id, &n) ? oid_index_to_ber(id, n, out) : 0;
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
