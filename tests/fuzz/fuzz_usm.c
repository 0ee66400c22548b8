/* Fuzzes what reads SNMPv3: the frame, the security parameters, the scoped PDU, Reports; and the file of
 * derived keys. Where an octet has to be right before the next is read (a digest, a cipher, a sum), it is
 * made right first: what lies behind is what is tested. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "snmp/usm_keys.h"
#include "snmp/usm_message.h"
#include "snmp/usm_report.h"
#include "snmp/varbind.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define NOW (INT64_C(1) << 40)

/* Of the message's own name, at the message's own level, to the message's own engine. */
static void befriend(const struct usm_message *message, struct usm_user *user, struct usm_engine *engine)
{
	*user = (struct usm_user){.context = "", .level = message->level};
	user->name_len = (uint8_t)ber_left(&message->user);
	if (user->name_len > 0)
		memcpy(user->name, message->user.p, user->name_len);
	if (message->level != USM_NO_AUTH)
		user->auth = USM_AUTH_SHA_256;
	if (message->level == USM_AUTH_PRIV)
		user->priv = ber_left(&message->salt) > 0 && *message->salt.p % 2 != 0 ? USM_PRIV_DES
										       : USM_PRIV_AES_128;
	usm_engine_init(engine);
	(void)usm_engine_learn_id(engine, message->engine.p, ber_left(&message->engine));
	engine->has_keys = true;
	memset(engine->keys.auth.octets, 'a', engine->keys.auth.len = 32);
	memset(engine->keys.priv.octets, 'p', engine->keys.priv.len = 16);
}

/* Seals the data that stands there in clear text, and signs. */
static void finish(struct usm_crypto *crypto, const struct usm_user *user, const struct usm_engine *engine,
    const struct usm_message *message, uint8_t *octets)
{
	struct usm_iv iv = {.boots = message->boots, .time = message->time};
	struct ber data = message->data, sealed;
	uint8_t mac[USM_MAC_MAX];

	if (user->priv != USM_PRIV_NONE && ber_left(&message->salt) == USM_SALT_LEN &&
	    ber_take(&data, BER_OCTETS, &sealed)) {
		memcpy(iv.salt, message->salt.p, USM_SALT_LEN);
		(void)usm_crypto_encrypt(crypto, user->priv, &engine->keys.priv, &iv,
		    octets + (sealed.p - message->octets), ber_left(&sealed));
	}
	if (user->auth != USM_AUTH_NONE && ber_left(&message->mac) == usm_auth_spec(user->auth)->mac_len) {
		size_t at = (size_t)(message->mac.p - message->octets);

		if (!usm_crypto_mac(
			crypto, user->auth, &engine->keys.auth, message->octets, message->len, at, mac))
			abort();
		memcpy(octets + at, mac, usm_auth_spec(user->auth)->mac_len);
	}
}

static unsigned judge(struct usm_crypto *crypto, const struct usm_user *user, struct usm_engine *engine,
    const struct usm_message *message)
{
	uint8_t *plain = mem_alloc(message->len + USM_DECRYPT_SLACK);
	struct varbind varbind;
	struct pdu pdu;
	enum usm_verdict verdict = usm_message_verify(crypto, user, engine, message, NOW, plain, &pdu);
	unsigned sum = (unsigned)strlen(usm_verdict_name(verdict));

	if (verdict == USM_GENUINE || verdict == USM_HINT || (verdict == USM_OUT_OF_TIME && pdu.type != 0)) {
		sum += (unsigned)strlen(usm_report_text(usm_report_of(&pdu)));
		while (varbind_next(&pdu.varbinds, &varbind) == VARBIND_OK)
			for (size_t i = 0; i < varbind.name_len; i++)
				sum += varbind.name[i];
	}
	free(plain);
	return sum;
}

static unsigned read_message(struct usm_crypto *crypto, const uint8_t *octets, size_t len)
{
	uint8_t *copy = mem_dup(octets, len);
	struct usm_message message;
	struct usm_engine engine;
	struct usm_user user;
	unsigned sum = 0;

	if (usm_message_open(copy, len, &message)) {
		befriend(&message, &user, &engine);
		sum += judge(crypto, &user, &engine, &message);
		finish(crypto, &user, &engine, &message, copy);
		sum += judge(crypto, &user, &engine, &message);
		sum += judge(crypto, &user, &engine, &message); /* what was learnt of it does not harm */
		user.level = USM_NO_AUTH;
		sum += judge(crypto, &user, &engine, &message);
	}
	free(copy);
	return sum;
}

static void read_keys(const uint8_t *octets, size_t len)
{
	struct usm_keys *keys = usm_keys_new(), *again = usm_keys_new();
	struct str file = {0};

	if (usm_keys_read(keys, octets, len) == ERR_OK) {
		usm_keys_write(keys, 0, &file);
		if (usm_keys_read(again, file.s, file.len) != ERR_OK ||
		    usm_keys_count(keys) != usm_keys_count(again))
			abort();
	}
	str_fini(&file);
	usm_keys_free(keys);
	usm_keys_free(again);
}

/* With its sum made right. */
static void read_keys_summed(const uint8_t *octets, size_t len)
{
	uint8_t *copy = mem_dup(octets, len);

	if (len >= 32 && EVP_Digest(copy, len - 32, copy + len - 32, NULL, EVP_sha256(), NULL) != 1)
		abort();
	read_keys(copy, len);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct usm_crypto *crypto;
	volatile unsigned used;

	if (len == 0)
		return 0;
	if (octets[0] == 'R') {
		read_keys(octets, len);
		read_keys_summed(octets, len);
		return 0;
	}
	crypto = usm_crypto_new();
	/* The reads are what is tested: they must not be left out. */
	used = read_message(crypto, octets, len);
	(void)used;
	usm_crypto_free(crypto);
	return 0;
}
