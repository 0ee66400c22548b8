#include "model/oid.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* The first two sub-identifiers travel as one number, 40 * first + second (X.690 8.19.4). */
#define JOINED_MAX (UINT64_C(80) + UINT32_MAX)

enum err oid_parse(const char *text, struct oid *oid)
{
	const char *p = text;

	oid->len = 0;
	if (*p == '.')
		p++;
	for (;;) {
		uint64_t id = 0;

		if (*p < '0' || *p > '9')
			return ERR_INVALID;
		for (; *p >= '0' && *p <= '9'; p++) {
			id = id * 10 + (uint64_t)(*p - '0');
			if (id > UINT32_MAX)
				return ERR_LIMIT;
		}
		if (oid->len == OID_MAX)
			return ERR_LIMIT;
		oid->id[oid->len++] = (uint32_t)id;
		if (*p == '\0')
			return ERR_OK;
		if (*p++ != '.')
			return ERR_INVALID;
	}
}

/* Dotted decimal, cut at a whole sub-identifier when the buffer ends. */
static char *format_ids(const uint32_t *id, size_t count, char *buf, size_t size)
{
	size_t used = 0;

	if (size == 0)
		return buf;
	buf[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		int n = snprintf(buf + used, size - used, i ? ".%" PRIu32 : "%" PRIu32, id[i]);

		if (n < 0 || (size_t)n >= size - used) {
			buf[used] = '\0';
			break;
		}
		used += (size_t)n;
	}
	return buf;
}

char *oid_format(const struct oid *oid, char *buf, size_t size)
{
	return format_ids(oid->id, oid->len, buf, size);
}

int oid_compare(const struct oid *a, const struct oid *b)
{
	size_t n = a->len < b->len ? a->len : b->len;

	for (size_t i = 0; i < n; i++) {
		if (a->id[i] != b->id[i])
			return a->id[i] < b->id[i] ? -1 : 1;
	}
	return (a->len > b->len) - (a->len < b->len);
}

bool oid_starts(const struct oid *oid, const struct oid *prefix)
{
	return oid->len >= prefix->len && memcmp(oid->id, prefix->id, prefix->len * sizeof oid->id[0]) == 0;
}

void oid_append(struct oid *oid, uint32_t id)
{
	if (oid->len < OID_MAX)
		oid->id[oid->len++] = id;
}

/* Base 128, most significant group first, all but the last octet with the high bit. */
static inline size_t put_id(uint64_t id, uint8_t *out)
{
	size_t n = 1;

	if (id < 0x80) {
		out[0] = (uint8_t)id;
		return 1;
	}
	for (uint64_t rest = id >> 7; rest != 0; rest >>= 7)
		n++;
	for (size_t i = n; i-- > 0; id >>= 7)
		out[i] = (uint8_t)((id & 0x7f) | (i == n - 1 ? 0 : 0x80));
	return n;
}

/* One sub-identifier of at most `max`; returns its octets, 0 when malformed, SIZE_MAX when too large. */
static inline size_t get_id(const uint8_t *p, size_t len, uint64_t max, uint64_t *id)
{
	uint64_t v = 0;

	if (len == 0 || p[0] == 0x80) /* a leading zero group is not minimal */
		return 0;
	for (size_t i = 0; i < len; i++) {
		v = v << 7 | (p[i] & 0x7f);
		if (v > max)
			return SIZE_MAX;
		if ((p[i] & 0x80) == 0) {
			*id = v;
			return i + 1;
		}
	}
	return 0;
}

size_t oid_to_ber(const struct oid *oid, uint8_t out[OID_BER_MAX])
{
	size_t n;

	if (oid->len < 2 || oid->id[0] > 2 || (oid->id[0] < 2 && oid->id[1] >= 40))
		return 0;
	n = put_id(UINT64_C(40) * oid->id[0] + oid->id[1], out);
	return n + oid_index_to_ber(oid->id + 2, oid->len - 2u, out + n);
}

size_t oid_index_to_ber(const uint32_t *id, size_t count, uint8_t out[OID_BER_MAX])
{
	size_t n = 0;

	if (count > OID_MAX)
		return 0;
	for (size_t i = 0; i < count; i++)
		n += put_id(id[i], out + n);
	return n;
}

enum err oid_from_ber(const uint8_t *ber, size_t len, struct oid *oid)
{
	uint32_t rest[OID_MAX];
	uint64_t joined;
	size_t count, n = get_id(ber, len, JOINED_MAX, &joined);
	enum err err;

	oid->len = 0;
	if (n == 0)
		return ERR_INVALID;
	if (n == SIZE_MAX)
		return ERR_LIMIT;
	err = oid_index_from_ber(ber + n, len - n, rest, &count);
	if (err)
		return err;
	if (count > OID_MAX - 2)
		return ERR_LIMIT;
	oid->id[0] = joined < 80 ? (uint32_t)(joined / 40) : 2;
	oid->id[1] = (uint32_t)(joined - UINT64_C(40) * oid->id[0]);
	memcpy(oid->id + 2, rest, count * sizeof rest[0]);
	oid->len = (uint8_t)(count + 2);
	return ERR_OK;
}

enum err oid_index_from_ber(const uint8_t *ber, size_t len, uint32_t id[OID_MAX], size_t *count)
{
	size_t at = 0;

	*count = 0;
	while (at < len) {
		uint64_t v;
		size_t n = get_id(ber + at, len - at, UINT32_MAX, &v);

		if (n == 0)
			return ERR_INVALID;
		if (n == SIZE_MAX || *count == OID_MAX)
			return ERR_LIMIT;
		id[(*count)++] = (uint32_t)v;
		at += n;
	}
	return ERR_OK;
}

char *oid_index_format(const uint8_t *ber, size_t len, char *buf, size_t size)
{
	uint32_t id[OID_MAX];
	size_t count;

	if (oid_index_from_ber(ber, len, id, &count) != ERR_OK && size > 0) {
		snprintf(buf, size, "?");
		return buf;
	}
	return format_ids(id, count, buf, size);
}

/* Octets of the sub-identifier of which p[0] is one, from p[0] to its end. */
static inline size_t rest_of_id(const uint8_t *p, size_t len)
{
	size_t n = 0;

	while (n < len && (p[n] & 0x80) != 0)
		n++;
	return n;
}

int oid_ber_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
	size_t n = a_len < b_len ? a_len : b_len, i = 0, a_rest, b_rest;

	while (i < n && a[i] == b[i])
		i++;
	if (i == n)
		return (a_len > b_len) - (a_len < b_len);
	/* Encodings are minimal: of two sub-identifiers that start alike the longer is the larger. */
	a_rest = rest_of_id(a + i, a_len - i);
	b_rest = rest_of_id(b + i, b_len - i);
	if (a_rest != b_rest)
		return a_rest < b_rest ? -1 : 1;
	return a[i] < b[i] ? -1 : 1;
}
