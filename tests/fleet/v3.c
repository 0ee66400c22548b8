#include "fleet/v3.h"

#include "base/mem.h"
#include "snmp/usm_crypto.h"
#include "snmp/usm_derive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_WINDOW 150	 /* s, RFC 3414 section 2.2.3 */
#define MAX_SIZE    1500 /* as snmpEngineMaxMessageSize says */

struct keys {
	struct usm_key auth, priv;
	bool known;
};

struct v3 {
	const struct fleet *fleet;
	struct usm_crypto *crypto;
	struct span user;
	enum usm_auth auth;
	enum usm_priv priv;
	uint8_t level;				 /* of the user, as in msgFlags */
	struct usm_key auth_master, priv_master; /* not yet localised */
	struct keys *keys;			 /* by engine; pages nobody asks for cost nothing */
	uint64_t counts[V3_REPORT_COUNT];
	struct v3_ask ask; /* the one in hand */
	uint8_t engine[FRAME_NAME_MAX];
	uint8_t plain[CODEC_REQUEST_MAX + USM_DECRYPT_SLACK];
};

struct report_spec {
	const char *name;
	uint8_t oid[10];
	uint8_t oid_len;
};

static const struct report_spec reports[V3_REPORT_COUNT] = {
    [V3_UNKNOWN_ENGINE] = {"usmStatsUnknownEngineIDs", {43, 6, 1, 6, 3, 15, 1, 1, 4, 0}, 10},
    [V3_UNKNOWN_USER] = {"usmStatsUnknownUserNames", {43, 6, 1, 6, 3, 15, 1, 1, 3, 0}, 10},
    [V3_UNSUPPORTED_LEVEL] = {"usmStatsUnsupportedSecLevels", {43, 6, 1, 6, 3, 15, 1, 1, 1, 0}, 10},
    [V3_WRONG_DIGEST] = {"usmStatsWrongDigests", {43, 6, 1, 6, 3, 15, 1, 1, 5, 0}, 10},
    [V3_NOT_IN_TIME] = {"usmStatsNotInTimeWindows", {43, 6, 1, 6, 3, 15, 1, 1, 2, 0}, 10},
    [V3_DECRYPTION_ERROR] = {"usmStatsDecryptionErrors", {43, 6, 1, 6, 3, 15, 1, 1, 6, 0}, 10},
    [V3_UNKNOWN_CONTEXT] = {"snmpUnknownContexts", {43, 6, 1, 6, 3, 12, 1, 5, 0}, 9},
    [V3_UNKNOWN_HANDLER] = {"snmpUnknownPDUHandlers", {43, 6, 1, 6, 3, 11, 2, 1, 3, 0}, 10},
};

/* ---- the user and the keys ---- */

static bool is_passphrase(const char *text)
{
	return text != NULL && strlen(text) >= USM_PASSPHRASE_MIN && strlen(text) <= USM_PASSPHRASE_MAX;
}

bool v3_check(const struct fleet_options *options)
{
	enum usm_auth auth;
	enum usm_priv priv;
	const char *wrong = NULL;

	if (options->user == NULL && (options->auth != NULL || options->priv != NULL))
		wrong = "--auth and --priv want --user";
	else if (options->user != NULL && (*options->user == '\0' || strlen(options->user) > FRAME_NAME_MAX))
		wrong = "--user: 1 to 32 octets are wanted";
	else if (!usm_auth_from_name(options->auth, &auth))
		wrong = "--auth: MD5, SHA, SHA-224, SHA-256, SHA-384 or SHA-512 is wanted";
	else if (!usm_priv_from_name(options->priv, &priv))
		wrong = "--priv: DES, AES-128, AES-192, AES-256, AES-192-C or AES-256-C is wanted";
	else if (priv != USM_PRIV_NONE && auth == USM_AUTH_NONE)
		wrong = "--priv wants --auth";
	else if ((auth != USM_AUTH_NONE && !is_passphrase(options->auth_passphrase)) ||
		 (priv != USM_PRIV_NONE && !is_passphrase(options->priv_passphrase)))
		wrong = "--auth-passphrase, --priv-passphrase: 8 to 1024 octets are wanted";
	if (wrong != NULL)
		fprintf(stderr, "fleet: %s\n", wrong);
	return wrong == NULL;
}

static uint32_t engine_number(const struct fleet *fleet, const struct device *device)
{
	return fleet->options.engines > 0 ? device->number % fleet->options.engines : device->number;
}

size_t v3_engine_id(const struct fleet *fleet, const struct device *device, uint8_t *out)
{
	uint32_t n = engine_number(fleet, device);
	/* RFC 3411 SnmpEngineID: enterprise 32473 (for examples, RFC 5612), format 5 (octets) */
	const uint8_t id[] = {
	    0x80, 0, 0x7e, 0xd9, 5, (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n};

	memcpy(out, id, sizeof(id));
	return sizeof(id);
}

static bool derive_masters(struct v3 *v3)
{
	const struct fleet_options *options = &v3->fleet->options;

	if (v3->auth != USM_AUTH_NONE && (!usm_crypto_has_auth(v3->crypto, v3->auth) ||
					     !usm_derive_master(v3->auth, options->auth_passphrase,
						 strlen(options->auth_passphrase), &v3->auth_master)))
		return false;
	return v3->priv == USM_PRIV_NONE || (usm_crypto_has_priv(v3->crypto, v3->priv) &&
						usm_derive_master(v3->auth, options->priv_passphrase,
						    strlen(options->priv_passphrase), &v3->priv_master));
}

struct v3 *v3_new(const struct fleet *fleet)
{
	const struct fleet_options *options = &fleet->options;
	struct v3 *v3 = mem_calloc(1, sizeof(*v3));

	v3->fleet = fleet;
	v3->user = (struct span){(const uint8_t *)options->user, strlen(options->user)};
	v3->keys = mem_calloc(fleet->n_devices, sizeof(*v3->keys));
	v3->crypto = usm_crypto_new();
	(void)usm_auth_from_name(options->auth, &v3->auth);
	(void)usm_priv_from_name(options->priv, &v3->priv);
	v3->level = (uint8_t)((v3->auth != USM_AUTH_NONE ? FRAME_AUTH : 0) |
			      (v3->priv != USM_PRIV_NONE ? FRAME_PRIV : 0));
	if (v3->crypto == NULL || !derive_masters(v3)) {
		fprintf(stderr, "fleet: the algorithms of --user are not in this system's OpenSSL\n");
		v3_free(v3);
		return NULL;
	}
	return v3;
}

void v3_free(struct v3 *v3)
{
	if (v3 == NULL)
		return;
	usm_crypto_free(v3->crypto);
	free(v3->keys);
	free(v3);
}

static bool localise(const struct v3 *v3, const struct device *device, struct keys *keys)
{
	const struct usm_priv_spec *spec = usm_priv_spec(v3->priv);
	struct usm_engine_id id;

	id.len = (uint8_t)v3_engine_id(v3->fleet, device, id.octets);
	if (!usm_derive_local(v3->auth, &v3->auth_master, &id, &keys->auth))
		return false;
	return v3->priv == USM_PRIV_NONE ||
	       (usm_derive_local(v3->auth, &v3->priv_master, &id, &keys->priv) &&
		   usm_derive_extended(v3->auth, spec->extension, &id, spec->key_len, &keys->priv));
}

/* NULL when OpenSSL fails. */
static const struct keys *keys_of(struct v3 *v3, const struct device *device)
{
	struct keys *keys = &v3->keys[engine_number(v3->fleet, device)];

	if (!keys->known)
		keys->known = localise(v3, device, keys);
	return keys->known ? keys : NULL;
}

/* ---- requests ---- */

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static struct span engine_of(struct v3 *v3, const struct device *device)
{
	return (struct span){v3->engine, v3_engine_id(v3->fleet, device, v3->engine)};
}

static int32_t time_of(const struct v3 *v3, const struct device *device, int64_t now)
{
	return (int32_t)(fleet_uptime(v3->fleet, device, now) / 100 & INT32_MAX);
}

static bool digest_is_right(const struct v3 *v3, const struct keys *keys, const struct frame *frame)
{
	uint8_t mac[USM_MAC_MAX];
	size_t len = usm_auth_spec(v3->auth)->mac_len;

	return frame->mac.len == len &&
	       usm_crypto_mac(v3->crypto, v3->auth, &keys->auth, frame->message.p, frame->message.len,
		   (size_t)(frame->mac.p - frame->message.p), mac) &&
	       memcmp(mac, frame->mac.p, len) == 0;
}

static bool is_in_time(
    const struct v3 *v3, const struct device *device, const struct frame *frame, int64_t now)
{
	int64_t apart = (int64_t)frame->time - time_of(v3, device, now);

	return frame->boots == (int32_t)device->boots && apart >= -TIME_WINDOW && apart <= TIME_WINDOW;
}

static bool decrypt(struct v3 *v3, const struct keys *keys, const struct frame *frame, struct span *plain)
{
	struct usm_iv iv = {.boots = frame->boots, .time = frame->time};

	if (frame->salt.len != sizeof(iv.salt) || frame->data.len > CODEC_REQUEST_MAX)
		return false;
	memcpy(iv.salt, frame->salt.p, sizeof(iv.salt));
	*plain = (struct span){v3->plain, frame->data.len};
	return usm_crypto_decrypt(
	    v3->crypto, v3->priv, &keys->priv, &iv, frame->data.p, frame->data.len, v3->plain);
}

/* What authentication and encryption have to say. */
static enum v3_report unseal(
    struct v3 *v3, const struct device *device, const struct frame *frame, int64_t now, struct span *plain)
{
	const struct keys *keys = keys_of(v3, device);

	if (keys == NULL)
		return V3_DROP;
	if (!digest_is_right(v3, keys, frame))
		return V3_WRONG_DIGEST;
	if (!is_in_time(v3, device, frame, now))
		return V3_NOT_IN_TIME;
	if ((frame->flags & FRAME_PRIV) != 0 && !decrypt(v3, keys, frame, plain))
		return V3_DECRYPTION_ERROR;
	return V3_FINE;
}

/* RFC 3414 section 3.2 from step 3, RFC 3412 section 7.2, RFC 3413 section 3.2; in their order. */
static enum v3_report judge(
    struct v3 *v3, const struct device *device, int64_t now, struct v3_ask *ask, struct request *request)
{
	const struct frame *frame = &ask->frame;
	uint8_t level = frame->flags & FRAME_LEVEL;
	struct span own = engine_of(v3, device), plain = frame->data;
	enum v3_report report = V3_FINE;
	/* In clear text it gives a Report its request-id, whatever else is wrong. */
	bool parsed = (level & FRAME_PRIV) == 0 && frame_read_scoped(plain, &ask->scoped) &&
		      request_parse_pdu(ask->scoped.pdu, request);

	if (!same(frame->engine, own))
		return V3_UNKNOWN_ENGINE;
	if (!same(frame->user, v3->user))
		return V3_UNKNOWN_USER;
	if ((level & ~v3->level) != 0)
		return V3_UNSUPPORTED_LEVEL;
	if (level != 0)
		report = unseal(v3, device, frame, now, &plain);
	if (report != V3_FINE)
		return report;
	/* A wrong key shows by what it makes of the scoped PDU. */
	if ((level & FRAME_PRIV) != 0 &&
	    (!frame_read_scoped(plain, &ask->scoped) || !request_parse_pdu(ask->scoped.pdu, request)))
		return V3_DECRYPTION_ERROR;
	if ((level & FRAME_PRIV) == 0 && !parsed)
		return V3_DROP;
	if (!same(ask->scoped.engine, own))
		return V3_UNKNOWN_HANDLER;
	return ask->scoped.context.len > 0 ? V3_UNKNOWN_CONTEXT : V3_FINE;
}

bool v3_open(
    struct v3 *v3, const struct device *device, struct span datagram, int64_t now, struct request *request)
{
	struct v3_ask *ask = &v3->ask;
	struct frame answer;

	*ask = (struct v3_ask){.report = V3_DROP};
	request->version = SNMP_V3;
	request->community = (struct span){NULL, 0};
	request->v3 = ask;
	request->pdu = 0;
	request->id = 0;
	request->n = 0;
	if (!frame_read(datagram, &ask->frame))
		return false;
	ask->report = judge(v3, device, now, ask, request);
	ask->forbidden = (ask->frame.flags & FRAME_LEVEL) != v3->level;
	request->max_size = (size_t)ask->frame.max_size;
	answer = ask->frame;
	answer.engine = engine_of(v3, device);
	request->around = frame_around(&answer, ask->scoped.context.len);
	if (ask->report == V3_DROP || request->around + CODEC_PDU_HEADS > CODEC_HEADROOM)
		return false;
	if (ask->report == V3_FINE)
		return true;
	v3->counts[ask->report]++;
	return (ask->frame.flags & FRAME_REPORTABLE) != 0;
}

/* ---- answers ---- */

/* A Report is signed when the digest of the request was right, and as the request when it is not about USM.
 */
static uint8_t level_of(const struct v3_ask *ask)
{
	switch (ask->report) {
	case V3_FINE:
	case V3_UNKNOWN_CONTEXT:
	case V3_UNKNOWN_HANDLER:
		return ask->frame.flags & FRAME_LEVEL;
	case V3_NOT_IN_TIME:
		return FRAME_AUTH;
	case V3_UNKNOWN_ENGINE:
	case V3_UNKNOWN_USER:
	case V3_UNSUPPORTED_LEVEL:
	case V3_WRONG_DIGEST:
	case V3_DECRYPTION_ERROR:
	case V3_DROP:
		break;
	}
	return 0;
}

/* Encrypts from *start to *end, as an OCTET STRING. */
static bool encrypt(struct v3 *v3, const struct keys *keys, struct usm_iv *iv, uint8_t **start, uint8_t **end)
{
	uint64_t salt = usm_crypto_salt(v3->crypto);

	memcpy(iv->salt, &salt, sizeof(iv->salt));
	while (v3->priv == USM_PRIV_DES && (*end - *start) % 8 != 0)
		*(*end)++ = 0;
	if (!usm_crypto_encrypt(v3->crypto, v3->priv, &keys->priv, iv, *start, (size_t)(*end - *start)))
		return false;
	codec_put_head(start, BER_OCTETS, (size_t)(*end - *start));
	return true;
}

static bool sign(struct v3 *v3, const struct keys *keys, struct span message, uint8_t *at, size_t len)
{
	uint8_t mac[USM_MAC_MAX];

	if (!usm_crypto_mac(
		v3->crypto, v3->auth, &keys->auth, message.p, message.len, (size_t)(at - message.p), mac))
		return false;
	memcpy(at, mac, len);
	return true;
}

struct span v3_close(
    struct v3 *v3, const struct device *device, const struct request *request, int64_t now, struct span pdu)
{
	const struct v3_ask *ask = request->v3;
	uint8_t *start = (uint8_t *)(uintptr_t)pdu.p; /* ours: within the caller's buffer */
	uint8_t *end = start + pdu.len, *mac, level = level_of(ask);
	const struct keys *keys = level != 0 ? keys_of(v3, device) : NULL;
	struct usm_iv iv = {.boots = (int32_t)device->boots, .time = time_of(v3, device, now)};
	struct frame frame = {.id = ask->frame.id,
	    .max_size = MAX_SIZE,
	    .flags = level,
	    .engine = engine_of(v3, device),
	    .boots = iv.boots,
	    .time = iv.time,
	    .user = ask->frame.user};
	struct span message;

	frame_put_scoped(&start, end, frame.engine, ask->scoped.context);
	if ((level & FRAME_PRIV) != 0) {
		if (!encrypt(v3, keys, &iv, &start, &end))
			return (struct span){start, 0};
		frame.salt = (struct span){iv.salt, sizeof(iv.salt)};
	}
	frame.mac.len = level != 0 ? usm_auth_spec(v3->auth)->mac_len : 0;
	mac = frame_put(&start, end, &frame);
	message = (struct span){start, (size_t)(end - start)};
	if (level != 0 && !sign(v3, keys, message, mac, frame.mac.len))
		message.len = 0;
	return message;
}

struct span v3_report(
    struct v3 *v3, const struct device *device, const struct request *request, int64_t now, uint8_t *buf)
{
	const struct report_spec *spec = &reports[request->v3->report];
	struct name name = {.prefix = {spec->oid, spec->oid_len}};
	struct header header = {.version = SNMP_V3, .pdu = PDU_REPORT, .id = request->id};
	struct reply reply;
	struct value value = {.type = BER_COUNTER32, .number = (uint32_t)v3->counts[request->v3->report]};

	reply_begin(&reply, buf, v3->fleet->options.max_size, request);
	(void)reply_add(&reply, &name, &value);
	return v3_close(v3, device, request, now, reply_finish(&reply, &header));
}

const char *v3_report_name(enum v3_report report)
{
	return reports[report].name;
}

uint64_t v3_report_count(const struct v3 *v3, enum v3_report report)
{
	return v3->counts[report];
}

void v3_reset_counts(struct v3 *v3)
{
	memset(v3->counts, 0, sizeof(v3->counts));
}
