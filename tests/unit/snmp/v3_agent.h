/* v3_agent: the responder as an authoritative engine (RFC 3414 section 3.2), with one user.
 *
 * Messages are made and opened by our own code, which other tests hold against net-snmp. */
#ifndef ROLLCALL_TESTS_V3_AGENT_H
#define ROLLCALL_TESTS_V3_AGENT_H

#include "responder.h"
#include "usm_oracle.h"

#include "snmp/usm_message.h"
#include "snmp/usm_report.h"

#define V3_ENGINE                                                                                            \
	"\x80\x00\x1f\x88\x04"                                                                               \
	"agent-1"
#define V3_OTHER                                                                                             \
	"\x80\x00\x1f\x88\x04"                                                                               \
	"agent-2"
#define V3_LIE                                                                                               \
	"\x80\x00\x1f\x88\x04"                                                                               \
	"nobody's"

struct v3_agent {
	struct rig *rig;
	struct usm_crypto *crypto;
	struct usm_keys *keys;
	struct credential credential;
	struct usm_user user, signer, nobody; /* signer: of Reports that are signed, but not sealed */
	struct usm_engine engine;
	uint8_t plain[65536];

	/* Habits; 0 = none. */
	bool silent;	      /* answers nothing at all */
	bool drops_strangers; /* what is for another engine-id: without a Report */
	const char *lie;      /* the engine-id that it tells */
	bool never_in_time;

	unsigned probes, requests, reports, answers;
};

static inline void v3_agent_become(struct v3_agent *a, const char *engine, int32_t boots, int32_t time)
{
	struct usm_localised keys;

	usm_engine_fini(&a->engine);
	usm_engine_init(&a->engine);
	assert_true(usm_engine_learn_id(&a->engine, (const uint8_t *)engine, strlen(engine + 4) + 4));
	user_localise(&a->user, a->keys, &a->engine.id, &keys);
	usm_engine_set_keys(&a->engine, &keys);
	(void)usm_engine_hear(&a->engine, boots, time, loop_now(a->rig->loop));
}

static inline void v3_agent_send(struct v3_agent *a, struct ber_out *out, const struct usm_user *user,
    const struct usm_engine *engine, uint32_t id, const struct address *to)
{
	assert_true(usm_message_wrap(a->crypto, user, engine, out, id, 65507, loop_now(a->rig->loop)));
	responder_send(&a->rig->responder, out->base + out->head, ber_out_len(out), to);
}

static inline void v3_agent_report(struct v3_agent *a, uint8_t object, bool is_signed,
    const struct usm_message *message, const struct address *to)
{
	const uint8_t name[] = {0x2b, 6, 1, 6, 3, 15, 1, 1, object, 0};
	struct usm_engine engine = a->engine;
	uint8_t buf[512];
	struct ber_out out;

	a->reports++;
	if (a->lie != NULL && message->engine.p == message->engine.end)
		(void)usm_engine_learn_id(&engine, (const uint8_t *)a->lie, strlen(a->lie + 4) + 4);
	ber_out_init(&out, buf, sizeof buf, 300);
	responder_put(&out, name, sizeof name, BER_COUNTER32, (const uint8_t *)"\1", 1);
	pdu_enclose(&out, PDU_REPORT, 0, 0, 0);
	v3_agent_send(a, &out, is_signed ? &a->signer : &a->nobody, &engine, message->id, to);
}

static inline void v3_agent_answer(
    struct v3_agent *a, const struct pdu *pdu, uint32_t id, const struct address *to)
{
	static uint8_t buf[RESPONDER_MESSAGE + 512];
	struct responder *r = &a->rig->responder;
	struct varbind asked[PDU_VARBINDS_MAX * 2];
	struct ber list = pdu->varbinds;
	struct ber_out out;
	struct answering answering = {.r = r, .out = &out, .version = SNMP_V3};
	size_t n = 0;

	while (n < ARRAY_LEN(asked) && varbind_next(&list, &asked[n]) == VARBIND_OK)
		n++;
	a->answers++;
	ber_out_init(&out, buf, sizeof buf, 300);
	responder_fill(&answering, pdu, asked, n);
	pdu_enclose(&out, PDU_RESPONSE, pdu->request_id, answering.status, answering.index);
	v3_agent_send(a, &out, &a->user, &a->engine, id, to);
}

static inline bool v3_agent_is_in_time(struct v3_agent *a, const struct usm_message *message)
{
	int32_t boots, time;

	usm_engine_clock(&a->engine, loop_now(a->rig->loop), &boots, &time);
	return !a->never_in_time && message->boots == boots &&
	       llabs((int64_t)message->time - time) <= USM_TIME_WINDOW;
}

static inline void v3_agent_came(void *arg, const uint8_t *octets, size_t len, const struct address *from)
{
	struct v3_agent *a = arg;
	struct usm_engine judge = a->engine; /* takes any time */
	struct usm_message message;
	struct pdu pdu;

	assert_true(usm_message_open(octets, len, &message));
	if (ber_left(&message.engine) == 0)
		a->probes++;
	else
		a->requests++;
	if (a->silent)
		return;
	judge.state = USM_ENGINE_NEVER_HEARD;
	if (ber_left(&message.engine) != a->engine.id.len ||
	    memcmp(message.engine.p, a->engine.id.octets, a->engine.id.len) != 0) {
		if (!a->drops_strangers || ber_left(&message.engine) == 0)
			v3_agent_report(a, 4, false, &message, from);
		return;
	}
	switch (usm_message_verify(
	    a->crypto, &a->user, &judge, &message, loop_now(a->rig->loop), a->plain, &pdu)) {
	case USM_OTHER_USER:
		v3_agent_report(a, 3, false, &message, from);
		return;
	case USM_WRONG_DIGEST:
		v3_agent_report(a, 5, false, &message, from);
		return;
	case USM_OTHER_TYPE: /* a request, and genuine */
		break;
	default:
		return;
	}
	if (v3_agent_is_in_time(a, &message))
		v3_agent_answer(a, &pdu, message.id, from);
	else
		v3_agent_report(a, 2, true, &message, from);
}

static inline void v3_agent_init(struct v3_agent *a, struct rig *rig, enum usm_auth auth, enum usm_priv priv)
{
	struct str why = {0};

	memset(a, 0, sizeof *a);
	a->rig = rig;
	a->crypto = usm_crypto_new();
	a->keys = usm_keys_new();
	credential_fill(&a->credential, "operator", auth, "authentic phrase", priv, "private phrase");
	assert_int_equal(usm_user_init(&a->user, &a->credential, a->crypto, &why), ERR_OK);
	user_settle(&a->user, a->keys);
	a->signer = a->nobody = a->user;
	a->signer.priv = a->nobody.priv = USM_PRIV_NONE;
	a->signer.level = USM_AUTH;
	a->nobody.auth = USM_AUTH_NONE;
	a->nobody.level = USM_NO_AUTH;
	v3_agent_become(a, V3_ENGINE, 3, 1000);
	rig->responder.v3 = v3_agent_came;
	rig->responder.v3_arg = a;
	str_fini(&why);
}

static inline void v3_agent_fini(struct v3_agent *a)
{
	usm_engine_fini(&a->engine);
	usm_user_fini(&a->user);
	usm_user_fini(&a->signer);
	usm_user_fini(&a->nobody);
	usm_keys_free(a->keys);
	usm_crypto_free(a->crypto);
	credential_empty(&a->credential);
}

/* The peer speaks version 3, with the agent's user. */
static inline void v3_agent_connect(struct v3_agent *a)
{
	struct rig *rig = a->rig;

	rig->peer = rig->agent.ops->peer_new(rig->agent.self, &rig->config, &a->credential);
	assert_non_null(rig->peer);
}

#endif
