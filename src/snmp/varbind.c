#include "snmp/varbind.h"

#include "model/oid.h"

#include <string.h>

#define OPAQUE_TAG_1   0x9f /* context class, long form: the real tag follows */
#define OPAQUE_COUNTER 0x76
#define OPAQUE_FLOAT   0x78
#define OPAQUE_DOUBLE  0x79
#define OPAQUE_I64     0x7a
#define OPAQUE_U64     0x7b

bool varbind_oid_is_sound(const uint8_t *ber, size_t len)
{
	size_t at = 0, count = 1; /* the first octets hold two sub-identifiers */

	if (len == 0 || len > OID_BER_MAX)
		return false;
	while (at < len) {
		uint64_t id = 0;

		if (ber[at] == 0x80 || ++count > OID_MAX)
			return false;
		do {
			if (at == len || id > UINT32_MAX >> 7)
				return false;
			id = id << 7 | (ber[at] & 0x7f);
		} while (ber[at++] & 0x80);
	}
	return true;
}

static bool decode_integer(const struct ber *content, struct value *value)
{
	/* Some agents send unsigned 32-bit numbers as INTEGER of five octets; more is nonsense. */
	value->type = VALUE_INTEGER;
	return ber_i64(content, &value->i) && value->i >= INT32_MIN && value->i <= (int64_t)UINT32_MAX;
}

static bool decode_unsigned(const struct ber *content, enum value_type type, struct value *value)
{
	value->type = type;
	return ber_u64(content, &value->u) && (type == VALUE_COUNTER64 || value->u <= UINT32_MAX);
}

static bool set_bytes(const struct ber *content, enum value_type type, struct value *value)
{
	value->type = type;
	value->bytes.p = content->p;
	value->bytes.len = (uint32_t)ber_left(content);
	return true;
}

static bool decode_oid(const struct ber *content, struct value *value)
{
	static const uint8_t zero_dot_zero[1] = {0};
	const struct ber none = {zero_dot_zero, zero_dot_zero + 1};

	if (ber_left(content) == 0) /* what some agents send for a null OID */
		return set_bytes(&none, VALUE_OID, value);
	set_bytes(content, VALUE_OID, value);
	return varbind_oid_is_sound(content->p, ber_left(content));
}

static double float_from(const uint8_t *p)
{
	uint32_t bits = 0;
	float number;

	for (int i = 0; i < 4; i++)
		bits = bits << 8 | p[i];
	memcpy(&number, &bits, sizeof number);
	return (double)number;
}

static double double_from(const uint8_t *p)
{
	uint64_t bits = 0;
	double number;

	for (int i = 0; i < 8; i++)
		bits = bits << 8 | p[i];
	memcpy(&number, &bits, sizeof number);
	return number;
}

static bool decode_opaque(const struct ber *content, struct value *value)
{
	struct ber inner = {NULL, NULL}, rest;
	size_t len;

	set_bytes(content, VALUE_OPAQUE, value);
	if (ber_left(content) < 3 || content->p[0] != OPAQUE_TAG_1)
		return true;
	len = content->p[2];
	if (len >= 0x80 || ber_left(content) != 3 + len)
		return true;
	inner.p = content->p + 3;
	inner.end = content->end;
	rest = inner;
	switch (content->p[1]) {
	case OPAQUE_FLOAT:
		if (len == 4)
			*value = (struct value){.type = VALUE_FLOAT, .d = float_from(inner.p)};
		return len == 4;
	case OPAQUE_DOUBLE:
		if (len == 8)
			*value = (struct value){.type = VALUE_DOUBLE, .d = double_from(inner.p)};
		return len == 8;
	case OPAQUE_COUNTER:
	case OPAQUE_U64:
		return decode_unsigned(&rest, VALUE_COUNTER64, value);
	case OPAQUE_I64:
		value->type = VALUE_INTEGER;
		return ber_i64(&rest, &value->i);
	}
	return true;
}

static bool decode_empty(const struct ber *content, enum value_type type, struct value *value)
{
	value->type = type;
	return ber_left(content) == 0;
}

static bool decode_value(uint8_t tag, const struct ber *content, struct value *value)
{
	switch (tag) {
	case BER_INTEGER:
		return decode_integer(content, value);
	case BER_OCTETS:
		return set_bytes(content, VALUE_OCTETS, value);
	case BER_OID:
		return decode_oid(content, value);
	case BER_IPADDRESS:
		return set_bytes(content, VALUE_IPADDRESS, value) && value->bytes.len == 4;
	case BER_COUNTER32:
		return decode_unsigned(content, VALUE_COUNTER32, value);
	case BER_GAUGE32:
		return decode_unsigned(content, VALUE_GAUGE32, value);
	case BER_TIMETICKS:
		return decode_unsigned(content, VALUE_TIMETICKS, value);
	case BER_COUNTER64:
		return decode_unsigned(content, VALUE_COUNTER64, value);
	case BER_OPAQUE:
		return decode_opaque(content, value);
	case BER_NULL:
		return decode_empty(content, VALUE_NULL, value);
	case BER_NO_SUCH_OBJECT:
		return decode_empty(content, VALUE_NO_SUCH_OBJECT, value);
	case BER_NO_SUCH_INSTANCE:
		return decode_empty(content, VALUE_NO_SUCH_INSTANCE, value);
	case BER_END_OF_MIB_VIEW:
		return decode_empty(content, VALUE_END_OF_MIB_VIEW, value);
	}
	return false;
}

/* What nearly every varbind is: three lengths of one octet each. False, and nothing has happened, when it is
 * another. */
static bool next_short(struct ber *list, struct varbind *varbind, uint8_t *tag, struct ber *content)
{
	const uint8_t *p = list->p, *end;

	if (ber_left(list) < 6 || p[0] != BER_SEQUENCE || p[1] >= 0x80 || p[1] > ber_left(list) - 2)
		return false;
	end = p + 2 + p[1];
	if (p[1] < 4 || p[2] != BER_OID || p[3] >= 0x80 || p[3] > p[1] - 4)
		return false;
	varbind->name = p + 4;
	varbind->name_len = p[3];
	p += 4 + p[3];
	/* A tag of more than one octet is none of ours, nor of the long way's. */
	if ((p[0] & 0x1f) == 0x1f || p[1] >= 0x80 || end - (p + 2) != p[1])
		return false;
	*tag = p[0];
	content->p = p + 2;
	content->end = list->p = end;
	return true;
}

static bool next_long(struct ber *list, struct varbind *varbind, uint8_t *tag, struct ber *content)
{
	struct ber pair, name;

	if (!ber_take(list, BER_SEQUENCE, &pair) || !ber_take(&pair, BER_OID, &name))
		return false;
	if (!ber_next(&pair, tag, content) || pair.p != pair.end)
		return false;
	varbind->name = name.p;
	varbind->name_len = ber_left(&name);
	return true;
}

enum varbind_step varbind_next(struct ber *list, struct varbind *varbind)
{
	struct ber content;
	uint8_t tag;

	if (list->p == list->end)
		return VARBIND_END;
	if (!next_short(list, varbind, &tag, &content) && !next_long(list, varbind, &tag, &content))
		return VARBIND_MALFORMED;
	if (!decode_value(tag, &content, &varbind->value))
		varbind->value = (struct value){.type = VALUE_BAD};
	return VARBIND_OK;
}
