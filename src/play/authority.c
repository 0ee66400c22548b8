#include "play/authority.h"

#include "base/mem.h"
#include "snmp/usm_keys.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX 65507 /* msgMaxSize: what fits a datagram */

struct authority {
	struct usm_crypto *crypto;
	struct usm_keys *keys;
	struct usm_user user;
	uint32_t counts[USM_REPORT_COUNT];
};

static bool derive_user(struct authority *authority)
{
	struct usm_derivation job = {0};
	bool good = true;

	while (good && usm_user_next(&authority->user, authority->keys, &job) == USM_DERIVE) {
		usm_derivation_run(&job);
		good = usm_user_take(&authority->user, authority->keys, &job) == ERR_OK;
	}
	usm_derivation_wipe(&job);
	return good;
}

struct authority *authority_new(const struct credential *credential, struct str *why)
{
	struct authority *authority = mem_alloc(sizeof *authority);

	authority->crypto = usm_crypto_new();
	authority->keys = usm_keys_new();
	if (authority->crypto == NULL || authority->keys == NULL)
		str_add(why, "the system has no randomness");
	else if (usm_user_init(&authority->user, credential, authority->crypto, why) == ERR_OK) {
		if (derive_user(authority))
			return authority;
		str_add(why, "OpenSSL does not derive the keys");
	}
	authority_free(authority);
	return NULL;
}

void authority_free(struct authority *authority)
{
	if (authority == NULL)
		return;
	usm_user_fini(&authority->user);
	usm_keys_free(authority->keys);
	usm_crypto_free(authority->crypto);
	free(authority);
}

bool authority_engine(struct authority *authority, struct usm_engine *engine, const uint8_t *id, size_t len,
    int32_t boots, int64_t now)
{
	struct usm_derivation job = {0};
	struct usm_localised localised = {0};
	bool good;

	usm_engine_init(engine);
	good = usm_engine_learn_id(engine, id, len);
	engine->state = USM_ENGINE_SYNCHRONISED;
	engine->boots = boots;
	engine->heard = now;
	while (good && authority->user.level != USM_NO_AUTH &&
	       usm_user_localise(&authority->user, authority->keys, &engine->id, &localised, &job) ==
		   USM_DERIVE) {
		usm_derivation_run(&job);
		good = usm_user_take(&authority->user, authority->keys, &job) == ERR_OK;
	}
	if (good)
		usm_engine_set_keys(engine, &localised);
	usm_key_wipe(&localised.auth);
	usm_key_wipe(&localised.priv);
	usm_derivation_wipe(&job);
	return good;
}

enum authority_verdict authority_judge(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, int64_t now, uint8_t *plain, struct pdu *pdu, enum usm_report *report)
{
	*report = USM_REPORT_OTHER;
	switch (usm_message_receive(authority->crypto, &authority->user, engine, message, now, plain, pdu)) {
	case USM_GENUINE:
		return AUTHORITY_ASKED;
	case USM_OTHER_ENGINE:
		*report = USM_REPORT_UNKNOWN_ENGINE;
		break;
	case USM_OTHER_USER:
		*report = USM_REPORT_UNKNOWN_USER;
		break;
	case USM_OTHER_LEVEL:
		*report = USM_REPORT_UNSUPPORTED_LEVEL;
		break;
	case USM_WRONG_DIGEST:
		*report = USM_REPORT_WRONG_DIGEST;
		break;
	case USM_OUT_OF_TIME:
		*report = USM_REPORT_NOT_IN_TIME_WINDOW;
		break;
	case USM_NOT_DECRYPTED:
		*report = USM_REPORT_DECRYPTION_ERROR;
		break;
	case USM_OTHER_CONTEXT:
		*report = USM_REPORT_UNKNOWN_CONTEXT;
		break;
	case USM_HINT:
	case USM_MALFORMED:
	case USM_OTHER_TYPE:
	case USM_VERDICT_COUNT:
		return AUTHORITY_DROP;
	}
	return AUTHORITY_REPORT;
}

size_t authority_overhead(const struct authority *authority)
{
	return usm_message_overhead(&authority->user);
}

bool authority_answer(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, int64_t now, struct ber_out *out)
{
	return usm_message_answer(
		   authority->crypto, &authority->user, engine, out, message->id, ANSWER_MAX, now) &&
	       !out->overflow;
}

/* Who signs a Report: the asker as named by the request; with authentication only about time and context. */
static struct usm_user reporter(
    const struct authority *authority, const struct usm_message *message, enum usm_report report)
{
	struct usm_user user = {.name_len = (uint8_t)ber_left(&message->user), .context = ""};

	if (user.name_len > 0)
		memcpy(user.name, message->user.p, user.name_len);
	if (report == USM_REPORT_NOT_IN_TIME_WINDOW || report == USM_REPORT_UNKNOWN_CONTEXT) {
		user.auth = authority->user.auth;
		user.level = user.auth != USM_AUTH_NONE ? USM_AUTH : USM_NO_AUTH;
	}
	return user;
}

bool authority_report(struct authority *authority, const struct usm_engine *engine,
    const struct usm_message *message, enum usm_report report, int32_t request_id, int64_t now,
    struct ber_out *out)
{
	struct usm_user user = reporter(authority, message, report);
	uint8_t name[USM_REPORT_NAME_MAX], octets[32], count[5];
	size_t len = usm_report_object(report, name), at = sizeof count;
	uint32_t rest = ++authority->counts[report];
	struct ber_out own;

	do {
		count[--at] = (uint8_t)rest;
		rest >>= 8;
	} while (rest != 0 || (count[at] & 0x80) != 0);
	ber_out_init(&own, octets, sizeof octets, sizeof octets);
	ber_prepend_element(&own, BER_COUNTER32, count + at, sizeof count - at);
	ber_prepend_element(&own, BER_OID, name, len);
	ber_append(out, BER_SEQUENCE, own.base + own.head, ber_out_len(&own));
	pdu_enclose(out, PDU_REPORT, request_id, 0, 0);
	return usm_message_answer(authority->crypto, &user, engine, out, message->id, ANSWER_MAX, now) &&
	       !out->overflow;
}
