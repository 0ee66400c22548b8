/* One user and one engine whose keys and time are settled, and messages for them: made by net-snmp, which
 * knows a user per pair of protocols. */
#ifndef TESTS_SNMP_USM_LAB_H
#define TESTS_SNMP_USM_LAB_H

#include "unit/snmp/usm_oracle.h"

#include "model/oid.h"
#include "snmp/usm_message.h"
#include "snmp/usm_report.h"
#include "snmp/varbind.h"

#define AUTH_PASS "correct horse"
#define PRIV_PASS "battery staple"
#define BOOTS	  7
#define TIME	  100000
#define NOW	  (INT64_C(5000) * 1000000000)
#define SECOND	  INT64_C(1000000000)
#define HEADROOM  300
#define VARBINDS  60

struct lab {
	struct usm_crypto *crypto;
	struct usm_keys *keys;
	struct credential credential;
	struct usm_user user;
	struct usm_engine engine;
	uint8_t plain[65536];
};

static inline void lab_open(struct lab *lab, const char *name, enum usm_auth auth, enum usm_priv priv)
{
	struct usm_localised localised;
	struct str why = {0};

	lab->crypto = usm_crypto_new();
	lab->keys = usm_keys_new();
	credential_fill(&lab->credential, name, auth, AUTH_PASS, priv, PRIV_PASS);
	assert_int_equal(usm_user_init(&lab->user, &lab->credential, lab->crypto, &why), ERR_OK);
	user_settle(&lab->user, lab->keys);
	usm_engine_init(&lab->engine);
	assert_true(usm_engine_learn_id(&lab->engine, oracle_engine, sizeof oracle_engine));
	user_localise(&lab->user, lab->keys, &lab->engine.id, &localised);
	usm_engine_set_keys(&lab->engine, &localised);
	assert_true(usm_engine_hear(&lab->engine, BOOTS, TIME, NOW));
	str_fini(&why);
}

static inline void lab_close(struct lab *lab)
{
	usm_engine_fini(&lab->engine);
	usm_user_fini(&lab->user);
	usm_keys_free(lab->keys);
	usm_crypto_free(lab->crypto);
	credential_empty(&lab->credential);
}

/* Every user that net-snmp knows: one per pair of protocols. */
static inline void user_name(char *name, size_t size, enum usm_auth auth, enum usm_priv priv)
{
	snprintf(name, size, "u-%s-%s", usm_auth_spec(auth)->name, usm_priv_spec(priv)->name);
}

static inline bool pair_exists(enum usm_auth auth, enum usm_priv priv)
{
	return auth != USM_AUTH_NONE || priv == USM_PRIV_NONE;
}

static inline int lab_set_up(void **state)
{
	char name[64];

	(void)state;
	oracle_init();
	for (enum usm_auth auth = USM_AUTH_NONE; auth < USM_AUTH_COUNT; auth++) {
		for (enum usm_priv priv = USM_PRIV_NONE; priv < USM_PRIV_COUNT; priv++) {
			user_name(name, sizeof name, auth, priv);
			if (pair_exists(auth, priv))
				oracle_add_user(name, auth, AUTH_PASS, priv, PRIV_PASS);
		}
	}
	set_enginetime(oracle_engine, sizeof oracle_engine, BOOTS, TIME, TRUE);
	return 0;
}

static const oid if_in_octets[] = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6};

/* A GET of ifHCInOctets.1 to n, as PDU alone. */
static inline void put_get(
    struct ber_out *out, uint8_t *buf, size_t size, size_t headroom, size_t n, int32_t id)
{
	struct oid name = {.len = 12, .id = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 0}};
	uint8_t ber[OID_BER_MAX];

	ber_out_init(out, buf, size, headroom);
	for (size_t i = 0; i < n; i++) {
		name.id[11] = (uint32_t)(i + 1);
		ber_append_null_varbind(out, ber, oid_to_ber(&name, ber));
	}
	pdu_enclose(out, PDU_GET, id, 0, 0);
}

/* A message that an agent would send, made by net-snmp. */
struct answer {
	const char *user;
	enum usm_level level;
	int command;
	const oid *report; /* for a Report */
	size_t report_len, varbinds;
	const char *context;
	int32_t id, request_id;
};

static inline size_t oracle_answer(const struct answer *answer, uint8_t *buf, size_t size)
{
	netsnmp_session session;
	netsnmp_pdu *pdu = snmp_pdu_create(answer->command);
	u_char *packet = malloc(size);
	size_t packet_len = size, offset = 0;
	oid name[12];

	snmp_sess_init(&session);
	session.version = SNMP_VERSION_3;
	session.rcvMsgMaxSize = session.sndMsgMaxSize = 65507;
	session.securityModel = SNMP_SEC_MODEL_USM;
	pdu->version = SNMP_VERSION_3;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
	pdu->securityLevel = answer->level == USM_NO_AUTH ? SNMP_SEC_LEVEL_NOAUTH
			     : answer->level == USM_AUTH  ? SNMP_SEC_LEVEL_AUTHNOPRIV
							  : SNMP_SEC_LEVEL_AUTHPRIV;
	pdu->securityName = strdup(answer->user);
	pdu->securityNameLen = strlen(answer->user);
	pdu->securityEngineID = mem_dup(oracle_engine, sizeof oracle_engine);
	pdu->securityEngineIDLen = sizeof oracle_engine;
	pdu->contextEngineID = mem_dup(oracle_engine, sizeof oracle_engine);
	pdu->contextEngineIDLen = sizeof oracle_engine;
	pdu->contextName = strdup(answer->context);
	pdu->contextNameLen = strlen(answer->context);
	pdu->msgid = answer->id;
	pdu->reqid = answer->request_id;
	pdu->errstat = pdu->errindex = 0;
	if (answer->report != NULL)
		snmp_pdu_add_variable(
		    pdu, answer->report, answer->report_len, ASN_COUNTER, &(u_long){1}, sizeof(u_long));
	for (size_t i = 0; i < answer->varbinds; i++) {
		struct counter64 value = {.high = 3, .low = 1000000 + i};

		memcpy(name, if_in_octets, sizeof if_in_octets);
		name[11] = i + 1;
		snmp_pdu_add_variable(pdu, name, 12, ASN_COUNTER64, &value, sizeof value);
	}
	assert_int_equal(snmp_build(&packet, &packet_len, &offset, &session, pdu), 0);
	memcpy(buf, packet + packet_len - offset, offset);
	free(packet);
	snmp_free_pdu(pdu);
	return offset;
}

static const struct answer plain_response = {
    .command = SNMP_MSG_RESPONSE, .varbinds = VARBINDS, .context = "", .id = 815, .request_id = 4711};

static inline struct answer response_for(const struct lab *lab)
{
	struct answer answer = plain_response;

	answer.user = lab->user.name;
	answer.level = lab->user.level;
	return answer;
}

static inline enum usm_verdict judge(
    struct lab *lab, const uint8_t *octets, size_t len, int64_t now, struct pdu *pdu)
{
	struct usm_message message;

	pdu->type = 0;
	if (!usm_message_open(octets, len, &message))
		return USM_VERDICT_COUNT;
	return usm_message_verify(lab->crypto, &lab->user, &lab->engine, &message, now, lab->plain, pdu);
}

/* Pairs that have little in common. */
static const struct {
	enum usm_auth auth;
	enum usm_priv priv;
} hard_pairs[] = {{USM_AUTH_SHA_256, USM_PRIV_AES_128}, {USM_AUTH_MD5, USM_PRIV_DES},
    {USM_AUTH_SHA_512, USM_PRIV_NONE}, {USM_AUTH_SHA, USM_PRIV_AES_256_C}};

#endif
