/* usm_algorithm: the authentication and privacy protocols of the User-based Security
 * Model, by the names of the configuration, with the sizes that their documents give.
 *
 * RFC 3414 (MD5, SHA-1, DES), RFC 7860 (SHA-2), RFC 3826 (AES-128). AES-192 and AES-256
 * never became a standard: devices differ in how they stretch a localised key that is too
 * short, so each is here twice (usm_derive.h). Constant data, for any thread. */
#ifndef ROLLCALL_SNMP_USM_ALGORITHM_H
#define ROLLCALL_SNMP_USM_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define USM_HASH_MAX	  64 /* octets of the longest digest */
#define USM_BLOCK_MAX	  128
#define USM_MAC_MAX	  48 /* octets of the longest msgAuthenticationParameters */
#define USM_SALT_LEN	  8  /* octets of msgPrivacyParameters, of all protocols here */
#define USM_ENGINE_ID_MAX 32 /* RFC 3411 section 5 */
#define USM_ENGINE_ID_MIN 5

enum usm_auth {
	USM_AUTH_NONE,
	USM_AUTH_MD5,
	USM_AUTH_SHA,
	USM_AUTH_SHA_224,
	USM_AUTH_SHA_256,
	USM_AUTH_SHA_384,
	USM_AUTH_SHA_512,
	USM_AUTH_COUNT
};

enum usm_priv {
	USM_PRIV_NONE,
	USM_PRIV_DES,
	USM_PRIV_AES_128,
	USM_PRIV_AES_192, /* Blumenthal's extension of the key */
	USM_PRIV_AES_256,
	USM_PRIV_AES_192_C, /* Reeder's, which Cisco uses */
	USM_PRIV_AES_256_C,
	USM_PRIV_COUNT
};

/* How a localised key becomes as long as the cipher wants it. */
enum usm_extension { USM_EXTENSION_NONE, USM_EXTENSION_BLUMENTHAL, USM_EXTENSION_REEDER };

struct usm_auth_spec {
	const char *name;   /* in the configuration */
	const char *digest; /* in OpenSSL */
	uint8_t hash_len, block_len, mac_len;
};

struct usm_priv_spec {
	const char *name;
	uint8_t key_len; /* of the localised key; DES: 8 of the cipher and 8 of the pre-IV */
	enum usm_extension extension;
};

/* Of a protocol, none excepted: its name is "none" and its sizes are 0. */
const struct usm_auth_spec *usm_auth_spec(enum usm_auth auth);
const struct usm_priv_spec *usm_priv_spec(enum usm_priv priv);

/* NULL is none. False when there is no such protocol. */
bool usm_auth_from_name(const char *name, enum usm_auth *auth);
bool usm_priv_from_name(const char *name, enum usm_priv *priv);

/* A key, wherever it stands on the way from passphrase to device. */
struct usm_key {
	uint8_t octets[USM_HASH_MAX];
	uint8_t len; /* 0 = none */
};
void usm_key_wipe(struct usm_key *key);

#endif
