/* usm_crypto: what USM does to each message: HMAC and encryption, over OpenSSL 3.
 *
 * Algorithms are fetched and contexts made once; a call neither allocates nor looks
 * anything up. Contexts belong to no key: a peer costs its key's octets and nothing
 * more, and the cost of a message is the same with ten engines and with ten thousand.
 * (A copied context per key with the pads of HMAC hashed already saves 0.1 us of 1.0
 * us at 1,400 octets, and costs 700 bytes a key.)
 *
 * DES of one key is in OpenSSL's legacy provider only, a module that is loaded at run
 * time. Triple DES with thrice the same key is the same function and is in the default
 * one, so that is what serves; slow (32 octets/us), and right.
 *
 * One thread at a time. */
#ifndef ROLLCALL_SNMP_USM_CRYPTO_H
#define ROLLCALL_SNMP_USM_CRYPTO_H

#include "snmp/usm_algorithm.h"

struct usm_crypto;

/* NULL when the system has no randomness. What this system's OpenSSL does not offer (a
 * build or a policy without MD5 or DES, FIPS mode) is missing and told by usm_crypto_has_*(). */
struct usm_crypto *usm_crypto_new(void);
void usm_crypto_free(struct usm_crypto *crypto); /* NULL is fine; wipes what contexts hold of keys */

bool usm_crypto_has_auth(const struct usm_crypto *crypto, enum usm_auth auth); /* none: always */
bool usm_crypto_has_priv(const struct usm_crypto *crypto, enum usm_priv priv);

/* HMAC of octets[0 .. len) with `auth`, cut to its length, as if the octets at `at`, as many as
 * are put out, were zero (RFC 3414 6.3.1, RFC 7860 4.2). `at` + mac_len must be within len. False when
 * OpenSSL fails, which only a protocol that is missing makes it do. */
bool usm_crypto_mac(struct usm_crypto *crypto, enum usm_auth auth, const struct usm_key *key,
    const uint8_t *octets, size_t len, size_t at, uint8_t mac[USM_MAC_MAX]);

/* No two salts of one process are the same, and where they start is random: two runs never meet. */
uint64_t usm_crypto_salt(struct usm_crypto *crypto);

/* In place. DES wants len to be a multiple of 8. boots and time are the message's own (RFC 3826 3.1.2.1;
 * DES makes no use of them). False as above. */
struct usm_iv {
	int32_t boots, time;
	uint8_t salt[USM_SALT_LEN]; /* msgPrivacyParameters */
};
bool usm_crypto_encrypt(struct usm_crypto *crypto, enum usm_priv priv, const struct usm_key *key,
    const struct usm_iv *iv, uint8_t *octets, size_t len);

/* From `in` to `out`, which must not overlap and has room for len + USM_DECRYPT_SLACK. False when
 * len does not fit the protocol, or as above. */
#define USM_DECRYPT_SLACK 16
bool usm_crypto_decrypt(struct usm_crypto *crypto, enum usm_priv priv, const struct usm_key *key,
    const struct usm_iv *iv, const uint8_t *in, size_t len, uint8_t *out);

/* Takes as long for a near miss as for a far one. */
bool usm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

#endif
