#include "snmp/pdu.h"

bool pdu_parse(struct ber in, struct pdu *pdu)
{
	struct ber body;

	if (!ber_next(&in, &pdu->type, &body) || in.p != in.end)
		return false;
	return ber_take_i32(&body, &pdu->request_id) && ber_take_i32(&body, &pdu->error_status) &&
	       ber_take_i32(&body, &pdu->error_index) && ber_take(&body, BER_SEQUENCE, &pdu->varbinds) &&
	       body.p == body.end;
}

void pdu_enclose(struct ber_out *out, enum pdu_type type, int32_t request_id, int32_t a, int32_t b)
{
	ber_enclose(out, BER_SEQUENCE);
	ber_prepend_i32(out, b);
	ber_prepend_i32(out, a);
	ber_prepend_i32(out, request_id);
	ber_enclose(out, (uint8_t)type);
}
