#include "snmp/message.h"

#include "model/credential.h"
#include "snmp/pdu.h"

enum reject message_open(const uint8_t *octets, size_t len, struct message *message)
{
	struct ber in = {octets, octets + len}, body, data, content;
	int32_t id;
	uint8_t type;

	if (!ber_take(&in, BER_SEQUENCE, &body) || in.p != in.end || !ber_take_i32(&body, &message->version))
		return REJECT_MALFORMED;
	if (message->version == SNMP_V3) {
		if (!usm_message_open(octets, len, &message->usm))
			return REJECT_MALFORMED;
		message->id = message->usm.id;
		return REJECT_NONE;
	}
	if (message->version != SNMP_V1 && message->version != SNMP_V2C)
		return REJECT_VERSION;
	if (!ber_take(&body, BER_OCTETS, &message->parameters))
		return REJECT_MALFORMED;
	message->data = data = body;
	if (!ber_next(&data, &type, &content) || data.p != data.end)
		return REJECT_MALFORMED;
	if (type != PDU_RESPONSE)
		return REJECT_PDU_TYPE;
	if (!ber_take_i32(&content, &id))
		return REJECT_MALFORMED;
	if (id < 0) /* ours have 31 bits */
		return REJECT_REQUEST_ID;
	message->id = (uint32_t)id;
	return REJECT_NONE;
}

/* Steps over tag and length without asking whether the content is all there. */
static bool skip_header(struct ber *in, uint8_t tag, size_t *len)
{
	size_t more = 0;

	if (ber_left(in) < 2 || *in->p++ != tag)
		return false;
	*len = *in->p++;
	if (*len & 0x80) {
		more = *len & 0x7f;
		*len = 0;
		if (more > 2 || more > ber_left(in))
			return false;
		while (more-- > 0)
			*len = *len << 8 | *in->p++;
	}
	return true;
}

/* Version 3: msgID, the first of msgGlobalData. */
static bool quoted_msg_id(struct ber *in, int32_t *id)
{
	size_t ignored;

	return skip_header(in, BER_SEQUENCE, &ignored) && ber_take_i32(in, id);
}

static bool quoted_request_id(struct ber *in, int32_t *id)
{
	struct ber community;
	size_t ignored;

	return ber_take(in, BER_OCTETS, &community) && in->p != in->end &&
	       skip_header(in, *in->p, &ignored) && ber_take_i32(in, id);
}

bool message_quoted_id(const uint8_t *octets, size_t len, uint32_t *id)
{
	struct ber in = {octets, octets + len};
	int32_t version, number;
	size_t ignored;

	if (!skip_header(&in, BER_SEQUENCE, &ignored) || !ber_take_i32(&in, &version) ||
	    !(version == SNMP_V3 ? quoted_msg_id(&in, &number) : quoted_request_id(&in, &number)) ||
	    number < 0)
		return false;
	*id = (uint32_t)number;
	return true;
}
