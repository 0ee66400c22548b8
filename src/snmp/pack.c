#include "snmp/pack.h"

#define PDU_OVERHEAD 32 /* PDU header, request-id, error fields, list header */

/* How far one got. */
struct mark {
	size_t place, tail, count, octets;
};

/* Octets of the varbind of an item's name, which is written at the end of `out`, but not yet part of it. */
static size_t write_item(const struct get_request *want, size_t i, struct ber_out *out)
{
	uint8_t name[OID_BER_MAX], *p = out->base + out->tail;
	size_t len, tail = out->tail;
	bool overflow = out->overflow;

	/* Where a name of any length fits it is written where it belongs; its head is put before it then. */
	if (!out->overflow && out->cap - out->tail >= OID_BER_MAX + 8) {
		len = want->name(want->arg, i, p + 4);
		if (len < 0x7c) {
			p[0] = BER_SEQUENCE;
			p[1] = (uint8_t)(len + 4);
			p[2] = BER_OID;
			p[3] = (uint8_t)len;
			p[4 + len] = BER_NULL;
			p[5 + len] = 0;
			return len + 6;
		}
	}
	len = want->name(want->arg, i, name);
	ber_append_null_varbind(out, name, len);
	out->tail = tail;
	out->overflow = overflow;
	return ber_null_varbind_size(len);
}

static void write_guards(
    const struct chunk *chunk, const struct get_request *want, struct ber_out *out, struct mark *mark)
{
	uint8_t name[OID_BER_MAX];

	for (size_t i = 0; i < want->n_guards; i++) {
		size_t len;

		if (!(chunk->guards >> i & 1))
			continue;
		len = oid_to_ber(&want->guards[i], name);
		ber_append_null_varbind(out, name, len);
		mark->octets += ber_null_varbind_size(len);
		mark->count++;
	}
	mark->tail = out->tail;
}

static bool fits(const struct chunk *chunk, const struct pack_limits *limits, const struct mark *mark,
    size_t guards, size_t size)
{
	size_t varbinds = mark->count + 1;

	if (chunk->most != 0 && varbinds - guards > chunk->most)
		return false;
	return mark->octets + size + varbinds * limits->value_octets <= limits->octets;
}

uint16_t pack(struct chunk *chunk, const struct get_request *want, const struct pack_limits *limits,
    struct ber_out *out)
{
	struct mark mark = {.octets = limits->overhead + PDU_OVERHEAD}, group;
	size_t guards, expected;

	write_guards(chunk, want, out, &mark);
	guards = mark.count;
	group = mark;
	for (size_t i = 0; i < chunk->n; i++) {
		size_t size;

		if (chunk_skips(chunk, i))
			continue;
		mark.place = i;
		if (want->joined == NULL || !want->joined(want->arg, chunk->first + i))
			group = mark;
		size = write_item(want, chunk->first + i, out);
		if (!chunk->packed && mark.count > guards && !fits(chunk, limits, &mark, guards, size)) {
			if (group.count > guards) { /* the group travels in the next one as a whole */
				mark = group;
				out->tail = mark.tail;
			}
			chunk->n = (uint16_t)mark.place;
			break;
		}
		if (size > out->cap - out->tail)
			out->overflow = true;
		else
			out->tail += size;
		mark.octets += size;
		mark.tail = out->tail;
		mark.count++;
	}
	chunk->packed = true;
	expected = mark.octets + mark.count * limits->value_octets;
	return (uint16_t)(expected < UINT16_MAX ? expected : UINT16_MAX);
}

bool pack_next_name(struct ber *packed, const uint8_t **name, size_t *len)
{
	struct ber pair, oid;
	const uint8_t *p = packed->p;

	if (p == packed->end)
		return false;
	/* They are our own. */
	if (p[1] < 0x80) {
		*name = p + 4;
		*len = p[3];
		packed->p += 2 + p[1];
		return true;
	}
	if (!ber_take(packed, BER_SEQUENCE, &pair) || !ber_take(&pair, BER_OID, &oid))
		return false;
	*name = oid.p;
	*len = ber_left(&oid);
	return true;
}
