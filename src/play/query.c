#include "play/query.h"

#include "model/oid.h"
#include "play/octets.h"
#include "snmp/varbind.h"

#include <string.h>

/* One request being answered. */
struct query {
	const struct query_source *source;
	enum snmp_version version;
	size_t room; /* octets for varbinds */
	uint8_t *scratch;
	struct ber_out *out;
};

/* ---- one varbind ---- */

/* Two's complement without padding; `is_signed` or else with a zero in front where the high bit is set. */
static size_t encode_integer(uint64_t bits, bool is_signed, uint8_t out[9])
{
	uint8_t full[9] = {is_signed && (int64_t)bits < 0 ? 0xff : 0};
	size_t skip = 0;

	for (size_t i = 0; i < 8; i++)
		full[1 + i] = (uint8_t)(bits >> (56 - 8 * i));
	while (skip < 8 && full[skip] == (full[skip + 1] & 0x80 ? 0xff : 0) && (is_signed || full[skip] == 0))
		skip++;
	memcpy(out, full + skip, sizeof full - skip);
	return sizeof full - skip;
}

static uint8_t tag_of(enum value_type type)
{
	switch (type) {
	case VALUE_INTEGER:
		return BER_INTEGER;
	case VALUE_OCTETS:
		return BER_OCTETS;
	case VALUE_OID:
		return BER_OID;
	case VALUE_IPADDRESS:
		return BER_IPADDRESS;
	case VALUE_COUNTER32:
		return BER_COUNTER32;
	case VALUE_GAUGE32:
		return BER_GAUGE32;
	case VALUE_TIMETICKS:
		return BER_TIMETICKS;
	case VALUE_COUNTER64:
		return BER_COUNTER64;
	case VALUE_OPAQUE:
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		return BER_OPAQUE;
	case VALUE_NO_SUCH_OBJECT:
		return BER_NO_SUCH_OBJECT;
	case VALUE_NO_SUCH_INSTANCE:
		return BER_NO_SUCH_INSTANCE;
	case VALUE_END_OF_MIB_VIEW:
		return BER_END_OF_MIB_VIEW;
	case VALUE_NULL:
	case VALUE_BAD:
		break;
	}
	return BER_NULL;
}

static void prepend_value(struct ber_out *out, const struct value *value)
{
	uint8_t octets[OCTETS_OPAQUE_MAX];
	size_t len = 0;

	switch (value->type) {
	case VALUE_INTEGER:
		len = encode_integer((uint64_t)value->i, true, octets);
		break;
	case VALUE_COUNTER32:
	case VALUE_GAUGE32:
	case VALUE_TIMETICKS:
	case VALUE_COUNTER64:
		len = encode_integer(value->u, false, octets);
		break;
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		len = octets_of_float(value, octets);
		break;
	case VALUE_OCTETS:
	case VALUE_OID:
	case VALUE_IPADDRESS:
	case VALUE_OPAQUE:
		ber_prepend_element(out, tag_of(value->type), value->bytes.p, value->bytes.len);
		return;
	case VALUE_NULL:
	case VALUE_NO_SUCH_OBJECT:
	case VALUE_NO_SUCH_INSTANCE:
	case VALUE_END_OF_MIB_VIEW:
	case VALUE_BAD:
		break;
	}
	ber_prepend_element(out, tag_of(value->type), octets, len);
}

/* False when it does not fit; what was there stays whole. */
static bool add(struct query *query, const uint8_t *name, size_t name_len, const struct value *value)
{
	struct ber_out own;
	size_t before = ber_out_len(query->out);

	ber_out_init(&own, query->scratch, QUERY_SCRATCH, QUERY_SCRATCH);
	prepend_value(&own, value);
	ber_prepend_element(&own, BER_OID, name, name_len);
	ber_enclose(&own, BER_SEQUENCE);
	if (own.overflow || before + ber_out_len(&own) > query->room ||
	    ber_out_len(&own) > query->out->cap - query->out->tail)
		return false;
	memcpy(query->out->base + query->out->tail, own.base + own.head, ber_out_len(&own));
	query->out->tail += ber_out_len(&own);
	return true;
}

static struct value value_now(const struct query *query, const struct recorded *object)
{
	struct value value = object->value;

	if (query->source->value != NULL)
		query->source->value(query->source->arg, object, &value);
	return value;
}

/* ---- looking up ---- */

/* Exceptions that were recorded are places where there is nothing; v1 has no Counter64. */
static bool is_visible(const struct query *query, const struct recorded *object)
{
	return (!value_is_absent(&object->value) || object->value.type == VALUE_NULL) &&
	       object->value.type != VALUE_BAD &&
	       (query->version != SNMP_V1 || object->value.type != VALUE_COUNTER64);
}

static const struct recorded *find(const struct query *query, const uint8_t *name, size_t len)
{
	const struct recorded *object = recording_find(query->source->recording, name, len);

	return object != NULL && is_visible(query, object) ? object : NULL;
}

static const struct recorded *visible_from(const struct query *query, const struct recorded *object)
{
	const struct recording *recording = query->source->recording;

	while (object != NULL && !is_visible(query, object))
		object = recording_at(recording, recording_index(recording, object) + 1);
	return object;
}

static const struct recorded *next(const struct query *query, const uint8_t *name, size_t len)
{
	return visible_from(query, recording_next(query->source->recording, name, len));
}

static const struct recorded *after(const struct query *query, const struct recorded *object)
{
	const struct recording *recording = query->source->recording;

	return visible_from(query, recording_at(recording, recording_index(recording, object) + 1));
}

/* Sub-identifiers that both begin with. */
static size_t common(const struct oid *a, const struct recorded *object)
{
	struct oid b;
	size_t n = 0;

	if (object == NULL || oid_from_ber(object->name, object->name_len, &b) != ERR_OK)
		return 0;
	while (n < a->len && n < b.len && a->id[n] == b.id[n])
		n++;
	return n;
}

#define ENTRY_FIRST 8 /* the shallowest place of an entry's arc, which is always 1: 1.3.6.1.2.1.x.y.1 */

/* Whether the object is there and the instance is not, as far as a recording tells: something else below the
 * same parent; or, of an index of several parts, a neighbour within the same column. */
static enum value_type absence(const struct query *query, const uint8_t *name, size_t len)
{
	const struct recording *recording = query->source->recording;
	const struct recorded *behind = recording_next(recording, name, len);
	size_t at = behind != NULL ? recording_index(recording, behind) : recording_count(recording);
	struct oid oid;
	size_t shared, before;

	if (oid_from_ber(name, len, &oid) != ERR_OK || oid.len < 3)
		return VALUE_NO_SUCH_OBJECT;
	shared = common(&oid, behind);
	before = at > 0 ? common(&oid, recording_at(recording, at - 1)) : 0;
	if (before > shared)
		shared = before;
	/* The arms of 1.3.6.1 are no instances of each other. */
	if (shared == oid.len || (shared + 1 == oid.len && oid.len >= ENTRY_FIRST))
		return VALUE_NO_SUCH_INSTANCE;
	for (size_t entry = ENTRY_FIRST; oid.id[oid.len - 1] != 0 && entry + 1 < shared; entry++)
		if (oid.id[entry] == 1)
			return VALUE_NO_SUCH_INSTANCE;
	return VALUE_NO_SUCH_OBJECT;
}

/* ---- the four requests ---- */

/* The request's own varbinds come back, as in v1 and with a SET; where they do not fit, none. */
static bool refuse(struct query *query, const struct pdu *request, enum pdu_error error, int32_t index)
{
	struct ber_out *out = query->out;
	size_t len = ber_left(&request->varbinds);
	bool echo = error != PDU_TOO_BIG || query->version == SNMP_V1;

	out->tail = out->head;
	if (echo && len <= query->room && len <= out->cap - out->tail) {
		memcpy(out->base + out->tail, request->varbinds.p, len);
		out->tail += len;
	}
	pdu_enclose(out, PDU_RESPONSE, request->request_id, (int32_t)error, index);
	return true;
}

static bool answer_each(struct query *query, const struct pdu *request)
{
	struct ber list = request->varbinds;
	struct varbind asked;
	int32_t index = 0;

	while (varbind_next(&list, &asked) == VARBIND_OK) {
		const struct recorded *object = request->type == PDU_GET
						    ? find(query, asked.name, asked.name_len)
						    : next(query, asked.name, asked.name_len);
		struct value value = {.type = VALUE_END_OF_MIB_VIEW};
		bool fits;

		index++;
		if (object == NULL && query->version == SNMP_V1)
			return refuse(query, request, PDU_NO_SUCH_NAME, index);
		if (object == NULL && request->type == PDU_GET)
			value.type = absence(query, asked.name, asked.name_len);
		if (object != NULL)
			value = value_now(query, object);
		fits = object != NULL && request->type != PDU_GET
			   ? add(query, object->name, object->name_len, &value)
			   : add(query, asked.name, asked.name_len, &value);
		if (!fits)
			return refuse(query, request, PDU_TOO_BIG, 0);
	}
	pdu_enclose(query->out, PDU_RESPONSE, request->request_id, PDU_NO_ERROR, 0);
	return true;
}

/* Where a repeater of GETBULK is: at an object, or behind the last, with the name that has no successor. */
struct repeater {
	const struct recorded *object; /* NULL at the end */
	const uint8_t *name;
	size_t name_len;
};

static bool add_repeater(struct query *query, const struct repeater *at)
{
	struct value value = {.type = VALUE_END_OF_MIB_VIEW};

	if (at->object == NULL)
		return add(query, at->name, at->name_len, &value);
	value = value_now(query, at->object);
	return add(query, at->object->name, at->object->name_len, &value);
}

static void step(const struct query *query, struct repeater *at)
{
	if (at->object == NULL)
		return;
	at->name = at->object->name;
	at->name_len = at->object->name_len;
	at->object = after(query, at->object);
}

/* Rows of `n` names until one does not fit, or all are at their end. */
static void repeat(struct query *query, struct repeater *at, size_t n, int32_t times)
{
	bool alive = n > 0;

	for (int32_t row = 0; row < times && alive; row++) {
		alive = false;
		for (size_t i = 0; i < n; i++) {
			if (!add_repeater(query, &at[i]))
				return;
			alive = alive || at[i].object != NULL;
			step(query, &at[i]);
		}
	}
}

static bool answer_bulk(struct query *query, const struct pdu *request)
{
	int32_t once = request->error_status > 0 ? request->error_status : 0;
	struct repeater at[QUERY_REPEATERS_MAX];
	struct ber list = request->varbinds;
	struct varbind asked;
	size_t n = 0, before = ber_out_len(query->out);
	int32_t index = 0;

	while (varbind_next(&list, &asked) == VARBIND_OK) {
		struct repeater here = {next(query, asked.name, asked.name_len), asked.name, asked.name_len};

		if (index++ >= once) {
			if (n == QUERY_REPEATERS_MAX)
				return refuse(query, request, PDU_GEN_ERR, index);
			at[n++] = here;
		} else if (!add_repeater(query, &here)) {
			n = 0; /* fewer are answered, from the beginning on */
			break;
		}
	}
	repeat(query, at, n, request->error_index);
	if (ber_out_len(query->out) == before && index > 0 && (once > 0 || request->error_index > 0))
		return refuse(query, request, PDU_TOO_BIG, 0);
	pdu_enclose(query->out, PDU_RESPONSE, request->request_id, PDU_NO_ERROR, 0);
	return true;
}

static bool is_well_formed(const struct pdu *request)
{
	struct ber list = request->varbinds;
	struct varbind asked;
	enum varbind_step at;

	while ((at = varbind_next(&list, &asked)) == VARBIND_OK)
		if (!varbind_oid_is_sound(asked.name, asked.name_len))
			return false;
	return at == VARBIND_END;
}

bool query_answer(const struct query_source *source, enum snmp_version version, const struct pdu *request,
    size_t room, uint8_t scratch[QUERY_SCRATCH], struct ber_out *out)
{
	struct query query = {source, version, room, scratch, out};

	if (!is_well_formed(request))
		return false;
	switch (request->type) {
	case PDU_GET:
	case PDU_GETNEXT:
		return answer_each(&query, request);
	case PDU_GETBULK:
		return version != SNMP_V1 && answer_bulk(&query, request);
	case PDU_SET:
		return refuse(&query, request, version == SNMP_V1 ? PDU_READ_ONLY : PDU_NOT_WRITABLE, 1);
	}
	return false;
}
