#include "fleet/mangle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

void mangle_varbind(const struct effect *effect, struct name *name, struct value *value)
{
	if (effect_has(effect, FAULT_OTHER_OIDS)) {
		name->index = name->indexed ? name->index + 1 : 0;
		name->indexed = true;
	}
	if (effect_has(effect, FAULT_NULL_VALUES)) {
		value->type = BER_NULL;
		value->bytes = (struct span){value->room, 0};
	}
	if (effect_has(effect, FAULT_OTHER_INTEGERS) && is_number(value->type))
		value->type =
		    value->type == BER_INTEGER || value->number > INT32_MAX ? BER_COUNTER64 : BER_INTEGER;
	if (effect_has(effect, FAULT_TEXT_VALUES) && is_number(value->type))
		as_octets(
		    value, snprintf((char *)value->room, sizeof(value->room), "%" PRIu64, value->number));
	if (effect_has(effect, FAULT_WRONG_TYPES) && value->type != BER_NULL)
		other_type(value);
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
}

static uint64_t chance(const struct agent_ask *ask, uint64_t what)
{
	return model_hash(ask->fleet->options.seed, ask->device->number, ask->number, 8000 + what);
}

struct span mangle_message(const struct agent_ask *ask, struct span message)
{
	const struct effect *effect = ask->effect;
	uint8_t *bytes = (uint8_t *)(uintptr_t)message.p; /* ours: within the caller's buffer */
	size_t len = message.len;

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
