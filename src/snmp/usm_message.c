#include "snmp/usm_message.h"

#include "model/credential.h"

#include <openssl/crypto.h>
#include <string.h>

#define MODEL_USM	3 /* RFC 3411 section 5 */
#define FLAG_REPORTABLE 4
#define FLAGS_LEVEL	3
#define DES_BLOCK	8
/* A SEQUENCE of names, numbers, MAC and salt, each as long as it may be. */
#define PARAMETERS_MAX                                                                                       \
	(4 + 2 + USM_ENGINE_ID_MAX + 6 + 6 + 2 + USM_USER_MAX + 2 + USM_MAC_MAX + 2 + USM_SALT_LEN)
/* What some agents leave behind the scoped PDU for the sake of the cipher's blocks. */
#define PADDING_MAX 15

/* --- going out --- */

size_t usm_message_overhead(const struct usm_user *user)
{
	size_t names = user->name_len + strlen(user->context) + 2 * (size_t)USM_ENGINE_ID_MAX;
	size_t proof = usm_auth_spec(user->auth)->mac_len + (size_t)USM_SALT_LEN;
	size_t frame = 4 + 3 + 2 + 6 + 6 + 3 + 3;	   /* message, version, msgGlobalData */
	size_t parameters = 3 + 4 + 2 + 6 + 6 + 2 + 2 + 2; /* but for what they hold */
	size_t scoped = 4 + 4 + 2 + 3;

	return frame + parameters + scoped + names + proof + USM_MESSAGE_BEHIND;
}

/* The PDU, its context in front, as one SEQUENCE. */
static void enclose_scoped(struct ber_out *out, const struct usm_engine_id *engine, const char *context)
{
	ber_prepend_element(out, BER_OCTETS, context, strlen(context));
	ber_prepend_element(out, BER_OCTETS, engine->octets, engine->len);
	ber_enclose(out, BER_SEQUENCE);
}

static bool pad(struct ber_out *out, size_t block)
{
	size_t more = (block - ber_out_len(out) % block) % block;

	if (out->overflow || more > out->cap - out->tail) {
		out->overflow = true;
		return false;
	}
	memset(out->base + out->tail, 0, more);
	out->tail += more;
	return true;
}

/* Encrypts all that is written, and makes it an OCTET STRING. */
static bool encrypt(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    struct ber_out *out, struct usm_iv *iv)
{
	uint64_t salt = usm_crypto_salt(crypto);

	memcpy(iv->salt, &salt, sizeof iv->salt);
	if (user->priv == USM_PRIV_DES && !pad(out, DES_BLOCK))
		return true; /* overflow tells */
	if (out->overflow)
		return true;
	if (!usm_crypto_encrypt(
		crypto, user->priv, &engine->keys.priv, iv, out->base + out->head, ber_out_len(out)))
		return false;
	ber_enclose(out, BER_OCTETS);
	return true;
}

/* UsmSecurityParameters, in their OCTET STRING. Returns how far from the end of them the MAC lies. */
static size_t prepend_parameters(struct ber_out *out, const struct usm_engine_id *engine, const char *user,
    size_t user_len, const struct usm_iv *iv, size_t mac_len, bool has_salt)
{
	static const uint8_t zeros[USM_MAC_MAX];
	uint8_t buffer[PARAMETERS_MAX];
	struct ber_out own;
	size_t from_end;

	ber_out_init(&own, buffer, sizeof buffer, sizeof buffer);
	ber_prepend_element(&own, BER_OCTETS, iv->salt, has_salt ? USM_SALT_LEN : 0);
	from_end = ber_out_len(&own) + mac_len;
	ber_prepend_element(&own, BER_OCTETS, zeros, mac_len);
	ber_prepend_element(&own, BER_OCTETS, user, user_len);
	ber_prepend_i32(&own, iv->time);
	ber_prepend_i32(&own, iv->boots);
	ber_prepend_element(&own, BER_OCTETS, engine->octets, engine->len);
	ber_enclose(&own, BER_SEQUENCE);
	ber_prepend_element(out, BER_OCTETS, own.base + own.head, ber_out_len(&own));
	return from_end;
}

/* msgGlobalData, msgVersion, and the SEQUENCE around all. */
static void enclose_message(struct ber_out *out, uint32_t id, int32_t max_size, uint8_t flags)
{
	uint8_t buffer[32];
	struct ber_out own;

	ber_out_init(&own, buffer, sizeof buffer, sizeof buffer);
	ber_prepend_i32(&own, MODEL_USM);
	ber_prepend_element(&own, BER_OCTETS, &flags, 1);
	ber_prepend_i32(&own, max_size);
	ber_prepend_i32(&own, (int32_t)(id & INT32_MAX));
	ber_enclose(&own, BER_SEQUENCE);
	ber_prepend(out, own.base + own.head, ber_out_len(&own));
	ber_prepend_i32(out, SNMP_V3);
	ber_enclose(out, BER_SEQUENCE);
}

static bool wrap(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    struct ber_out *out, uint32_t id, int32_t max_size, uint8_t reportable, int64_t now)
{
	const struct usm_engine_id *context =
	    user->context_engine.len > 0 ? &user->context_engine : &engine->id;
	size_t mac_len = usm_auth_spec(user->auth)->mac_len, mac_at;
	bool is_private = user->level == USM_AUTH_PRIV;
	struct usm_iv iv = {0};

	if (user->level != USM_NO_AUTH) {
		if (!engine->has_keys)
			return false;
		/* RFC 3414 3.1, 6: zero without authentication */
		usm_engine_clock(engine, now, &iv.boots, &iv.time);
	}
	enclose_scoped(out, context, user->context);
	if (is_private && !encrypt(crypto, user, engine, out, &iv))
		return false;
	mac_at = ber_out_len(out);
	mac_at += prepend_parameters(out, &engine->id, user->name, user->name_len, &iv, mac_len, is_private);
	enclose_message(out, id, max_size, (uint8_t)(reportable | user->level));
	if (out->overflow || user->level == USM_NO_AUTH)
		return true;
	mac_at = ber_out_len(out) - mac_at;
	return usm_crypto_mac(crypto, user->auth, &engine->keys.auth, out->base + out->head, ber_out_len(out),
	    mac_at, out->base + out->head + mac_at);
}

bool usm_message_wrap(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    struct ber_out *out, uint32_t id, int32_t max_size, int64_t now)
{
	return wrap(crypto, user, engine, out, id, max_size, FLAG_REPORTABLE, now);
}

bool usm_message_answer(struct usm_crypto *crypto, const struct usm_user *user,
    const struct usm_engine *engine, struct ber_out *out, uint32_t id, int32_t max_size, int64_t now)
{
	return wrap(crypto, user, engine, out, id, max_size, 0, now);
}

void usm_message_probe(struct ber_out *out, uint32_t id, int32_t max_size)
{
	static const struct usm_engine_id nobody;
	const struct usm_iv zero = {0};

	pdu_enclose(out, PDU_GET, (int32_t)(id & INT32_MAX), 0, 0);
	enclose_scoped(out, &nobody, "");
	prepend_parameters(out, &nobody, "", 0, &zero, 0, false);
	enclose_message(out, id, max_size, FLAG_REPORTABLE);
}

/* --- coming in --- */

static bool take_count(struct ber *in, int32_t *number)
{
	return ber_take_i32(in, number) && *number >= 0;
}

static bool take_octets(struct ber *in, size_t max, struct ber *octets)
{
	return ber_take(in, BER_OCTETS, octets) && ber_left(octets) <= max;
}

/* msgGlobalData */
static bool open_header(struct ber *in, struct usm_message *message)
{
	struct ber header, flags;
	int32_t id, model;

	if (!ber_take(in, BER_SEQUENCE, &header) || !take_count(&header, &id) ||
	    !take_count(&header, &message->max_size) || !take_octets(&header, 1, &flags) ||
	    !ber_take_i32(&header, &model) || header.p != header.end)
		return false;
	if (ber_left(&flags) != 1 || message->max_size < USM_MESSAGE_MIN || model != MODEL_USM)
		return false;
	message->id = (uint32_t)id;
	message->level = (enum usm_level)(*flags.p & FLAGS_LEVEL);
	return message->level == USM_NO_AUTH || (message->level & USM_AUTH) != 0; /* RFC 3412 7.2, 5 */
}

/* msgSecurityParameters */
static bool open_parameters(struct ber *in, struct usm_message *message)
{
	struct ber octets, body;

	return ber_take(in, BER_OCTETS, &octets) && ber_take(&octets, BER_SEQUENCE, &body) &&
	       octets.p == octets.end && take_octets(&body, USM_ENGINE_ID_MAX, &message->engine) &&
	       take_count(&body, &message->boots) && take_count(&body, &message->time) &&
	       take_octets(&body, USM_USER_MAX, &message->user) &&
	       ber_take(&body, BER_OCTETS, &message->mac) && ber_take(&body, BER_OCTETS, &message->salt) &&
	       body.p == body.end;
}

bool usm_message_open(const uint8_t *octets, size_t len, struct usm_message *message)
{
	struct ber in = {octets, octets + len}, body, data, content;
	uint8_t tag;
	int32_t version;

	*message = (struct usm_message){.octets = octets, .len = len};
	if (!ber_take(&in, BER_SEQUENCE, &body) || in.p != in.end || !ber_take_i32(&body, &version) ||
	    version != SNMP_V3)
		return false;
	if (!open_header(&body, message) || !open_parameters(&body, message))
		return false;
	message->data = data = body;
	return ber_next(&data, &tag, &content) && data.p == data.end &&
	       tag == (message->level == USM_AUTH_PRIV ? BER_OCTETS : BER_SEQUENCE);
}

/* What is in a scoped PDU. */
struct scoped {
	struct ber engine, context, pdu;
};

static bool open_scoped(struct ber in, size_t padding_max, struct scoped *scoped)
{
	struct ber body;

	if (!ber_take(&in, BER_SEQUENCE, &body) || ber_left(&in) > padding_max)
		return false;
	if (!ber_take(&body, BER_OCTETS, &scoped->engine) || !ber_take(&body, BER_OCTETS, &scoped->context))
		return false;
	scoped->pdu = body;
	return true;
}

static bool decrypt(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    const struct usm_message *message, uint8_t *plain, struct ber *out)
{
	struct usm_iv iv = {.boots = message->boots, .time = message->time};
	struct ber data = message->data, sealed;
	size_t len;

	if (!ber_take(&data, BER_OCTETS, &sealed) || ber_left(&message->salt) != USM_SALT_LEN)
		return false;
	memcpy(iv.salt, message->salt.p, USM_SALT_LEN);
	len = ber_left(&sealed);
	*out = (struct ber){plain, plain + len};
	return usm_crypto_decrypt(crypto, user->priv, &engine->keys.priv, &iv, sealed.p, len, plain);
}

static bool same(const struct ber *given, const void *want, size_t len)
{
	return ber_left(given) == len && (len == 0 || memcmp(given->p, want, len) == 0);
}

static bool digest_is_right(struct usm_crypto *crypto, const struct usm_user *user,
    const struct usm_engine *engine, const struct usm_message *message)
{
	size_t mac_len = usm_auth_spec(user->auth)->mac_len;
	uint8_t mac[USM_MAC_MAX];
	bool right;

	if (ber_left(&message->mac) != mac_len ||
	    !usm_crypto_mac(crypto, user->auth, &engine->keys.auth, message->octets, message->len,
		(size_t)(message->mac.p - message->octets), mac))
		return false;
	right = usm_crypto_equal(mac, message->mac.p, mac_len);
	OPENSSL_cleanse(mac, sizeof mac);
	return right;
}

/* What came without proof although the request had it, or to one who has no keys: at most a hint. */
static enum usm_verdict verify_bare(const struct usm_message *message, struct pdu *pdu)
{
	struct scoped scoped;

	if (!open_scoped(message->data, 0, &scoped) || !pdu_parse(scoped.pdu, pdu))
		return USM_MALFORMED;
	return pdu->type == PDU_REPORT	   ? USM_HINT
	       : pdu->type == PDU_RESPONSE ? USM_OTHER_LEVEL
					   : USM_OTHER_TYPE;
}

/* The scoped PDU of a message that is believed, in clear text. A Report has the agent's own context. */
static enum usm_verdict verify_scoped(const struct usm_user *user, const struct usm_engine *engine,
    const struct scoped *scoped, enum usm_level level, struct pdu *pdu)
{
	const struct usm_engine_id *want = user->context_engine.len > 0 ? &user->context_engine : &engine->id;

	if (pdu->type == PDU_REPORT)
		return level == USM_NO_AUTH ? USM_HINT : USM_GENUINE;
	if (pdu->type != PDU_RESPONSE)
		return USM_OTHER_TYPE;
	if (level != user->level)
		return USM_OTHER_LEVEL;
	if (!same(&scoped->engine, want->octets, want->len) ||
	    !same(&scoped->context, user->context, strlen(user->context)))
		return USM_OTHER_CONTEXT;
	return USM_GENUINE;
}

/* RFC 3414 3.2, steps 3 to 8, and RFC 3412 7.2, in the order of a receiver that is not authoritative. */
enum usm_verdict usm_message_verify(struct usm_crypto *crypto, const struct usm_user *user,
    struct usm_engine *engine, const struct usm_message *message, int64_t now, uint8_t *plain,
    struct pdu *pdu)
{
	bool sealed = message->level == USM_AUTH_PRIV, in_time = true;
	struct ber data = message->data;
	struct scoped scoped;

	pdu->type = 0;
	if (message->level == USM_NO_AUTH && (user->level != USM_NO_AUTH || engine->id.len == 0))
		return verify_bare(message, pdu);
	if (engine->id.len == 0 || !same(&message->engine, engine->id.octets, engine->id.len))
		return message->level == USM_NO_AUTH && verify_bare(message, pdu) == USM_HINT
			   ? USM_HINT
			   : USM_OTHER_ENGINE;
	if (!same(&message->user, user->name, user->name_len))
		return message->level == USM_NO_AUTH && verify_bare(message, pdu) == USM_HINT
			   ? USM_HINT
			   : USM_OTHER_USER;
	if ((message->level & ~user->level) != 0)
		return USM_OTHER_LEVEL;
	if (message->level != USM_NO_AUTH) {
		if (!engine->has_keys || !digest_is_right(crypto, user, engine, message))
			return USM_WRONG_DIGEST;
		in_time = usm_engine_hear(engine, message->boots, message->time, now);
		if (!in_time && sealed)
			return USM_OUT_OF_TIME;
	}
	if (sealed && !decrypt(crypto, user, engine, message, plain, &data))
		return USM_NOT_DECRYPTED;
	if (!open_scoped(data, sealed ? PADDING_MAX : 0, &scoped) || !pdu_parse(scoped.pdu, pdu)) {
		pdu->type = 0;
		return !in_time ? USM_OUT_OF_TIME : sealed ? USM_NOT_DECRYPTED : USM_MALFORMED;
	}
	return in_time ? verify_scoped(user, engine, &scoped, message->level, pdu) : USM_OUT_OF_TIME;
}

/* RFC 3414 3.2 step 7 a: nothing is learnt from a request. */
static bool is_timely(const struct usm_engine *engine, const struct usm_message *message, int64_t now)
{
	int64_t apart;
	int32_t boots, time;

	usm_engine_clock(engine, now, &boots, &time);
	apart = (int64_t)message->time - time;
	return boots != INT32_MAX && message->boots == boots && apart >= -USM_TIME_WINDOW &&
	       apart <= USM_TIME_WINDOW;
}

enum usm_verdict usm_message_receive(struct usm_crypto *crypto, const struct usm_user *user,
    const struct usm_engine *engine, const struct usm_message *message, int64_t now, uint8_t *plain,
    struct pdu *pdu)
{
	bool sealed = message->level == USM_AUTH_PRIV;
	struct ber data = message->data;
	struct scoped scoped;

	pdu->type = 0;
	if (!same(&message->engine, engine->id.octets, engine->id.len))
		return USM_OTHER_ENGINE;
	if (!same(&message->user, user->name, user->name_len))
		return USM_OTHER_USER;
	if (message->level != user->level)
		return USM_OTHER_LEVEL;
	if (message->level != USM_NO_AUTH) {
		if (!engine->has_keys || !digest_is_right(crypto, user, engine, message))
			return USM_WRONG_DIGEST;
		if (!is_timely(engine, message, now))
			return USM_OUT_OF_TIME;
	}
	if (sealed && !decrypt(crypto, user, engine, message, plain, &data))
		return USM_NOT_DECRYPTED;
	if (!open_scoped(data, sealed ? PADDING_MAX : 0, &scoped) || !pdu_parse(scoped.pdu, pdu))
		return sealed ? USM_NOT_DECRYPTED : USM_MALFORMED;
	if ((ber_left(&scoped.engine) > 0 && !same(&scoped.engine, engine->id.octets, engine->id.len)) ||
	    !same(&scoped.context, user->context, strlen(user->context)))
		return USM_OTHER_CONTEXT;
	return USM_GENUINE;
}

const char *usm_verdict_name(enum usm_verdict verdict)
{
	static const char *const names[USM_VERDICT_COUNT] = {
	    [USM_GENUINE] = "genuine",
	    [USM_HINT] = "hint",
	    [USM_MALFORMED] = "malformed",
	    [USM_OTHER_ENGINE] = "other_engine",
	    [USM_OTHER_USER] = "other_user",
	    [USM_OTHER_LEVEL] = "other_level",
	    [USM_WRONG_DIGEST] = "wrong_digest",
	    [USM_OUT_OF_TIME] = "out_of_time",
	    [USM_NOT_DECRYPTED] = "not_decrypted",
	    [USM_OTHER_CONTEXT] = "other_context",
	    [USM_OTHER_TYPE] = "other_type",
	};

	return names[verdict];
}
