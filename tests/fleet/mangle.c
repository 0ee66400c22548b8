#include "fleet/mangle.h"

#include "fleet/reencode.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where a varbind is: entry of the tree, and port (-1 = no interface's). */
struct mangled {
	int32_t object;
	int64_t port;
};

static bool strikes(const struct effect *effect, enum fault fault, const struct mangled *at)
{
	return effect_has(effect, fault) &&
	       (effect->object[fault] < 0 || effect->object[fault] == at->object) &&
	       (effect->port[fault] < 0 || effect->port[fault] == at->port);
}

static bool is_number(uint8_t type)
{
	return type == BER_INTEGER || (type >= BER_COUNTER32 && type <= BER_TIMETICKS) ||
	       type == BER_COUNTER64;
}

static void as_octets(struct value *value, int len)
{
	value->type = BER_OCTETS;
	value->bytes = (struct span){value->room, (size_t)len};
}

static void other_type(struct value *value)
{
	if (is_number(value->type)) {
		for (int i = 0; i < 8; i++)
			value->room[i] = (uint8_t)(value->number >> (56 - 8 * i));
		as_octets(value, 8);
	} else {
		value->type = BER_COUNTER32;
		value->number = value->bytes.len;
	}
}

/* The number in as few octets as it takes, after `zeros` octets of zero. */
static void as_raw(struct value *value, uint64_t number, size_t zeros)
{
	size_t len = 0, size = 1;

	while (size < 8 && number >> (8 * size - 1) != 0)
		size++;
	while (len < zeros && len < 100)
		value->room[len++] = 0;
	while (size-- > 0)
		value->room[len++] = (uint8_t)(number >> (8 * size));
	value->bytes = (struct span){value->room, len};
	value->raw = true;
}

/* The octet that is the two's complement of a small -n. */
static void as_negative(struct value *value, int64_t n)
{
	value->room[0] = (uint8_t) - (n & 0x7f);
	value->bytes = (struct span){value->room, 1};
	value->raw = true;
}

static void bend_content(const struct effect *effect, const struct mangled *at, struct value *value)
{
	bool number = is_number(value->type);

	if (number && strikes(effect, FAULT_NEGATIVE, at))
		as_negative(value, effect->arg[FAULT_NEGATIVE][0]);
	if (number && strikes(effect, FAULT_PADDED, at))
		as_raw(value, value->number, (size_t)effect->arg[FAULT_PADDED][0]);
	if (number && value->type != BER_COUNTER64 && strikes(effect, FAULT_WIDE, at))
		as_raw(value, value->number + (UINT64_C(1) << 40), 0);
	if (strikes(effect, FAULT_ZERO_LENGTH, at)) {
		value->bytes = (struct span){value->room, 0};
		value->raw = true;
	}
	if (strikes(effect, FAULT_EXCEPTION, at)) {
		value->type = (uint8_t)effect->arg[FAULT_EXCEPTION][0];
		value->bytes = (struct span){value->room, 0};
	}
}

void mangle_varbind(const struct effect *effect, const struct mib_view *view, const struct mib_at *where,
    struct name *name, struct value *value)
{
	struct mangled at = {(int32_t)where->entry, mib_port(view, where)};

	if (strikes(effect, FAULT_OTHER_OIDS, &at)) {
		name->index = name->indexed ? name->index + 1 : 0;
		name->indexed = true;
	}
	if (strikes(effect, FAULT_NULL_VALUES, &at)) {
		value->type = BER_NULL;
		value->bytes = (struct span){value->room, 0};
	}
	if (is_number(value->type) && strikes(effect, FAULT_OTHER_INTEGERS, &at))
		value->type =
		    value->type == BER_INTEGER || value->number > INT32_MAX ? BER_COUNTER64 : BER_INTEGER;
	if (is_number(value->type) && strikes(effect, FAULT_TEXT_VALUES, &at))
		as_octets(
		    value, snprintf((char *)value->room, sizeof(value->room), "%" PRIu64, value->number));
	if (value->type != BER_NULL && strikes(effect, FAULT_WRONG_TYPES, &at))
		other_type(value);
	bend_content(effect, &at, value);
}

static uint64_t chance(const struct agent_ask *ask, uint64_t what)
{
	return model_hash(ask->fleet->options.seed, ask->device->number, ask->number, 8000 + what);
}

void mangle_header(const struct agent_ask *ask, struct header *header)
{
	static const uint8_t other[] = "other";
	const struct effect *effect = ask->effect;

	if (effect_has(effect, FAULT_WRONG_ID))
		header->id = (int32_t)((uint32_t)header->id ^ 1U);
	if (effect_has(effect, FAULT_OLD_ID))
		header->id = ask->device->last_id;
	if (effect_has(effect, FAULT_WRONG_COMMUNITY))
		header->community = (struct span){other, sizeof(other) - 1};
	if (effect_has(effect, FAULT_WRONG_VERSION))
		header->version = header->version == SNMP_V1 ? SNMP_V2C : SNMP_V1;
	if (effect_has(effect, FAULT_WRONG_PDU))
		header->pdu = (uint8_t)effect->arg[FAULT_WRONG_PDU][0];
	if (ask->copy > 0)
		header->id = (int32_t)(chance(ask, 50000 + ask->copy) & INT32_MAX);
}

struct span mangle_message(const struct agent_ask *ask, struct span message, uint8_t *other, size_t room)
{
	const struct effect *effect = ask->effect;
	uint8_t *bytes;
	size_t len;

	if (effect_has(effect, FAULT_LONG_LENGTHS))
		message = reencode(message, REENCODE_LONG, other, room);
	else if (effect_has(effect, FAULT_INDEFINITE))
		message = reencode(message, REENCODE_INDEFINITE, other, room);
	bytes = (uint8_t *)(uintptr_t)message.p; /* ours: within one of the caller's buffers */
	len = message.len;
	if (effect_has(effect, FAULT_GARBAGE))
		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)chance(ask, 100 + i);
	if (effect_has(effect, FAULT_FLIP))
		for (int64_t i = 0; i < effect->arg[FAULT_FLIP][0] && i < 1000; i++)
			bytes[chance(ask, (uint64_t)(20000 + i)) % len] ^=
			    (uint8_t)(1 + chance(ask, (uint64_t)(30000 + i)) % 255);
	if (effect_has(effect, FAULT_TRUNCATE)) {
		size_t cut = (size_t)effect->arg[FAULT_TRUNCATE][0];

		if (cut == 0)
			cut = 1 + (size_t)(chance(ask, 1) % (len - 1));
		len = cut < len ? len - cut : 1;
	}
	if (effect_has(effect, FAULT_TRAILING)) {
		for (int64_t i = 0; i < effect->arg[FAULT_TRAILING][0] && i < AGENT_SLACK / 2; i++)
			bytes[len++] = (uint8_t)chance(ask, (uint64_t)(40000 + i));
	}
	return (struct span){bytes, len};
}
