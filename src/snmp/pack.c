#include "snmp/pack.h"

#define PDU_OVERHEAD 32 /* PDU header, request-id, error fields, list header */

/* How far one got. */
struct mark {
	size_t place, tail, count, octets;
};

static void append(struct ber_out *out, struct mark *mark, const uint8_t *name, size_t len)
{
	ber_append_null_varbind(out, name, len);
	mark->octets += ber_null_varbind_size(len);
	mark->tail = out->tail;
	mark->count++;
}

static bool fits(const struct chunk *chunk, const struct pack_limits *limits, const struct mark *mark,
    size_t guards, size_t name_len)
{
	size_t varbinds = mark->count + 1;

	if (chunk->most != 0 && varbinds - guards > chunk->most)
		return false;
	return mark->octets + ber_null_varbind_size(name_len) + varbinds * limits->value_octets <=
	       limits->octets;
}

uint16_t pack(struct chunk *chunk, const struct get_request *want, const struct pack_limits *limits,
    struct ber_out *out)
{
	struct mark mark = {.octets = limits->overhead + PDU_OVERHEAD}, group;
	struct pack_names names;
	size_t guards = chunk_guards(chunk), len, expected;
	const uint8_t *name;

	pack_names_begin(&names, chunk, want);
	while (mark.count < guards && (name = pack_names_next(&names, &len)) != NULL)
		append(out, &mark, name, len);
	group = mark;
	while ((name = pack_names_next(&names, &len)) != NULL) {
		mark.place = names.at - 1;
		if (want->joined == NULL || !want->joined(want->arg, chunk->first + mark.place))
			group = mark;
		if (!chunk->packed && mark.count > guards && !fits(chunk, limits, &mark, guards, len)) {
			if (group.count > guards) { /* the group travels in the next one as a whole */
				mark = group;
				out->tail = mark.tail;
			}
			chunk->n = (uint16_t)mark.place;
			break;
		}
		append(out, &mark, name, len);
	}
	chunk->packed = true;
	expected = mark.octets + mark.count * limits->value_octets;
	return (uint16_t)(expected < UINT16_MAX ? expected : UINT16_MAX);
}

void pack_names_begin(struct pack_names *names, const struct chunk *chunk, const struct get_request *want)
{
	names->chunk = chunk;
	names->want = want;
	names->guard = 0;
	names->at = 0;
}

const uint8_t *pack_names_next(struct pack_names *names, size_t *len)
{
	const struct chunk *chunk = names->chunk;
	const struct get_request *want = names->want;

	while (names->guard < want->n_guards) {
		size_t i = names->guard++;

		if (chunk->guards >> i & 1) {
			*len = oid_to_ber(&want->guards[i], names->name);
			return names->name;
		}
	}
	while (names->at < chunk->n) {
		size_t i = names->at++;

		if (!chunk_skips(chunk, i)) {
			*len = want->name(want->arg, chunk->first + i, names->name);
			return names->name;
		}
	}
	return NULL;
}
