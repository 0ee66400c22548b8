#include "play/responder.h"

#include "base/mem.h"
#include "snmp/usm_crypto.h"

#include <stdlib.h>
#include <string.h>

#define HEADROOM 1024
#define BEHIND	 64 /* padding and what a cipher adds */

struct responder {
	const struct secret *community;
	struct authority *authority;
	uint8_t scratch[QUERY_SCRATCH];
	uint8_t plain[RESPONDER_MESSAGE_MAX + USM_DECRYPT_SLACK];
	uint8_t out[HEADROOM + RESPONDER_MESSAGE_MAX + BEHIND];
};

struct responder *responder_new(const struct secret *community, struct authority *authority)
{
	struct responder *responder = mem_alloc(sizeof *responder);

	responder->community = community;
	responder->authority = authority;
	return responder;
}

void responder_free(struct responder *responder)
{
	free(responder);
}

/* What the message may hold once `overhead` is around it. */
static size_t room_within(size_t most, size_t overhead)
{
	if (most > RESPONDER_MESSAGE_MAX)
		most = RESPONDER_MESSAGE_MAX;
	return most > overhead + QUERY_FRAME ? most - overhead - QUERY_FRAME : 0;
}

static bool knows(const struct responder *responder, const struct ber *community)
{
	const struct secret *want = responder->community;

	return want == NULL ||
	       (want->len == ber_left(community) && usm_crypto_equal(want->bytes, community->p, want->len));
}

/* RFC 1901: version, community, PDU. `in` is behind the version. */
static bool answer_community(struct responder *responder, const struct responder_agent *agent, struct ber in,
    enum snmp_version version, struct ber_out *out)
{
	struct ber community;
	struct pdu pdu;
	size_t around;

	if (!ber_take(&in, BER_OCTETS, &community) || ber_left(&community) > HEADROOM / 2 ||
	    !knows(responder, &community) || !pdu_parse(in, &pdu))
		return false;
	around = ber_left(&community) + 16;
	if (!query_answer(&agent->source, version, &pdu, room_within(RESPONDER_MESSAGE_MAX, around),
		responder->scratch, out))
		return false;
	ber_prepend_element(out, BER_OCTETS, community.p, ber_left(&community));
	ber_prepend_i32(out, (int32_t)version);
	ber_enclose(out, BER_SEQUENCE);
	return !out->overflow;
}

static bool answer_secure(struct responder *responder, const struct responder_agent *agent,
    const uint8_t *octets, size_t len, int64_t now, struct ber_out *out)
{
	struct authority *authority = responder->authority;
	struct usm_message message;
	enum usm_report report;
	struct pdu pdu;

	if (authority == NULL || !usm_message_open(octets, len, &message))
		return false;
	switch (authority_judge(authority, &agent->engine, &message, now, responder->plain, &pdu, &report)) {
	case AUTHORITY_ASKED:
		return query_answer(&agent->source, SNMP_V3, &pdu,
			   room_within((size_t)message.max_size, authority_overhead(authority)),
			   responder->scratch, out) &&
		       authority_answer(authority, &agent->engine, &message, now, out);
	case AUTHORITY_REPORT:
		return authority_report(authority, &agent->engine, &message, report,
		    pdu.type != 0 ? pdu.request_id : 0, now, out);
	case AUTHORITY_DROP:
		break;
	}
	return false;
}

size_t responder_answer(struct responder *responder, const struct responder_agent *agent,
    const uint8_t *octets, size_t len, int64_t now, const uint8_t **reply)
{
	struct ber in = {octets, octets + len}, body;
	struct ber_out out;
	int32_t version;
	bool answered = false;

	*reply = NULL;
	if (len > RESPONDER_MESSAGE_MAX || !ber_take(&in, BER_SEQUENCE, &body) || in.p != in.end ||
	    !ber_take_i32(&body, &version))
		return 0;
	ber_out_init(&out, responder->out, sizeof responder->out, HEADROOM);
	if (version == SNMP_V1 || version == SNMP_V2C)
		answered = answer_community(responder, agent, body, (enum snmp_version)version, &out);
	else if (version == SNMP_V3)
		answered = answer_secure(responder, agent, octets, len, now, &out);
	if (!answered || ber_out_len(&out) > RESPONDER_MESSAGE_MAX)
		return 0;
	*reply = out.base + out.head;
	return ber_out_len(&out);
}
