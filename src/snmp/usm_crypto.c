#include "snmp/usm_crypto.h"

#include "base/mem.h"

#include <assert.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define AES_BLOCK 16
#define DES_BLOCK 8
#define CHUNK	  1024 /* octets, whole blocks */
#define IPAD	  0x36
#define OPAD	  0x5c

/* Ciphers as OpenSSL has them. AES in CFB is made of its CBC and ECB: see below. */
enum cipher {
	DES_CBC,
	AES_128_CBC,
	AES_192_CBC,
	AES_256_CBC,
	AES_128_ECB,
	AES_192_ECB,
	AES_256_ECB,
	CIPHERS
};

static const char *const cipher_names[CIPHERS] = {
    [DES_CBC] = "DES-EDE3-CBC",
    [AES_128_CBC] = "AES-128-CBC",
    [AES_192_CBC] = "AES-192-CBC",
    [AES_256_CBC] = "AES-256-CBC",
    [AES_128_ECB] = "AES-128-ECB",
    [AES_192_ECB] = "AES-192-ECB",
    [AES_256_ECB] = "AES-256-ECB",
};

/* What encrypts, and what decrypts. */
static const struct {
	enum cipher encrypt, decrypt;
} pairs[USM_PRIV_COUNT] = {
    [USM_PRIV_DES] = {DES_CBC, DES_CBC},
    [USM_PRIV_AES_128] = {AES_128_CBC, AES_128_ECB},
    [USM_PRIV_AES_192] = {AES_192_CBC, AES_192_ECB},
    [USM_PRIV_AES_256] = {AES_256_CBC, AES_256_ECB},
    [USM_PRIV_AES_192_C] = {AES_192_CBC, AES_192_ECB},
    [USM_PRIV_AES_256_C] = {AES_256_CBC, AES_256_ECB},
};

struct usm_crypto {
	EVP_MD_CTX *digests[USM_AUTH_COUNT]; /* NULL = not to be had */
	EVP_CIPHER_CTX *ciphers[CIPHERS];
	uint64_t salt;
};

static EVP_MD_CTX *digest_context(const char *name)
{
	EVP_MD *digest = EVP_MD_fetch(NULL, name, NULL);
	EVP_MD_CTX *context = digest != NULL ? EVP_MD_CTX_new() : NULL;

	if (context != NULL && EVP_DigestInit_ex2(context, digest, NULL) != 1) {
		EVP_MD_CTX_free(context);
		context = NULL;
	}
	EVP_MD_free(digest); /* the context holds on to it */
	return context;
}

static EVP_CIPHER_CTX *cipher_context(const char *name)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, name, NULL);
	EVP_CIPHER_CTX *context = cipher != NULL ? EVP_CIPHER_CTX_new() : NULL;

	if (context != NULL && EVP_EncryptInit_ex2(context, cipher, NULL, NULL, NULL) != 1) {
		EVP_CIPHER_CTX_free(context);
		context = NULL;
	}
	if (context != NULL)
		EVP_CIPHER_CTX_set_padding(context, 0);
	EVP_CIPHER_free(cipher);
	return context;
}

struct usm_crypto *usm_crypto_new(void)
{
	struct usm_crypto *crypto = mem_alloc(sizeof *crypto);

	if (getrandom(&crypto->salt, sizeof crypto->salt, 0) != (ssize_t)sizeof crypto->salt) {
		free(crypto);
		return NULL;
	}
	for (unsigned i = 1; i < USM_AUTH_COUNT; i++)
		crypto->digests[i] = digest_context(usm_auth_spec((enum usm_auth)i)->digest);
	for (unsigned i = 0; i < CIPHERS; i++)
		crypto->ciphers[i] = cipher_context(cipher_names[i]);
	return crypto;
}

void usm_crypto_free(struct usm_crypto *crypto)
{
	if (crypto == NULL)
		return;
	for (unsigned i = 0; i < USM_AUTH_COUNT; i++)
		EVP_MD_CTX_free(crypto->digests[i]);
	for (unsigned i = 0; i < CIPHERS; i++)
		EVP_CIPHER_CTX_free(crypto->ciphers[i]);
	free(crypto);
}

bool usm_crypto_has_auth(const struct usm_crypto *crypto, enum usm_auth auth)
{
	return auth == USM_AUTH_NONE || crypto->digests[auth] != NULL;
}

bool usm_crypto_has_priv(const struct usm_crypto *crypto, enum usm_priv priv)
{
	return priv == USM_PRIV_NONE ||
	       (crypto->ciphers[pairs[priv].encrypt] != NULL && crypto->ciphers[pairs[priv].decrypt] != NULL);
}

/* --- authentication --- */

/* Begins a digest with the key, each octet XORed with `pad`, filled up to a block (RFC 2104). */
static bool begin_padded(
    EVP_MD_CTX *context, const struct usm_auth_spec *spec, const struct usm_key *key, uint8_t pad)
{
	uint8_t block[USM_BLOCK_MAX];
	bool good;

	memset(block, pad, spec->block_len);
	for (size_t i = 0; i < key->len; i++)
		block[i] ^= key->octets[i];
	good = EVP_DigestInit_ex2(context, NULL, NULL) == 1 &&
	       EVP_DigestUpdate(context, block, spec->block_len) == 1;
	OPENSSL_cleanse(block, sizeof block);
	return good;
}

bool usm_crypto_mac(struct usm_crypto *crypto, enum usm_auth auth, const struct usm_key *key,
    const uint8_t *octets, size_t len, size_t at, uint8_t mac[USM_MAC_MAX])
{
	static const uint8_t zeros[USM_MAC_MAX];
	const struct usm_auth_spec *spec = usm_auth_spec(auth);
	EVP_MD_CTX *context = crypto->digests[auth];
	uint8_t hash[EVP_MAX_MD_SIZE];
	bool good;

	assert(spec->mac_len <= len && at <= len - spec->mac_len);
	if (context == NULL)
		return false;
	good = begin_padded(context, spec, key, IPAD) && EVP_DigestUpdate(context, octets, at) == 1 &&
	       EVP_DigestUpdate(context, zeros, spec->mac_len) == 1 &&
	       EVP_DigestUpdate(context, octets + at + spec->mac_len, len - at - spec->mac_len) == 1 &&
	       EVP_DigestFinal_ex(context, hash, NULL) == 1 && begin_padded(context, spec, key, OPAD) &&
	       EVP_DigestUpdate(context, hash, spec->hash_len) == 1 &&
	       EVP_DigestFinal_ex(context, hash, NULL) == 1;
	if (good)
		memcpy(mac, hash, spec->mac_len);
	OPENSSL_cleanse(hash, sizeof hash);
	return good;
}

bool usm_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

/* --- privacy --- */

uint64_t usm_crypto_salt(struct usm_crypto *crypto)
{
	return ++crypto->salt;
}

static void put_u32(uint8_t *p, int32_t number)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)((uint32_t)number >> (24 - 8 * i));
}

/* RFC 3826 3.1.2.1 */
static void aes_iv(const struct usm_iv *iv, uint8_t octets[AES_BLOCK])
{
	put_u32(octets, iv->boots);
	put_u32(octets + 4, iv->time);
	memcpy(octets + 8, iv->salt, USM_SALT_LEN);
}

static size_t whole_blocks(size_t len)
{
	return (len + AES_BLOCK - 1) / AES_BLOCK * AES_BLOCK;
}

/* By words: octet by octet it took as long as the cipher. */
static void xor_into(uint8_t *to, const uint8_t *from, size_t len)
{
	uint64_t a, b;
	size_t i = 0;

	for (; i + sizeof a <= len; i += sizeof a) {
		memcpy(&a, to + i, sizeof a);
		memcpy(&b, from + i, sizeof b);
		a ^= b;
		memcpy(to + i, &a, sizeof a);
	}
	for (; i < len; i++)
		to[i] ^= from[i];
}

/* A key and an IV for the context's cipher, which stays. */
static bool set_key(EVP_CIPHER_CTX *context, const uint8_t *key, const uint8_t *iv, bool encrypt)
{
	return EVP_CipherInit_ex2(context, NULL, key, iv, encrypt, NULL) == 1;
}

static bool run(EVP_CIPHER_CTX *context, const uint8_t *in, size_t len, uint8_t *out)
{
	int done = 0;

	return len <= INT_MAX && EVP_CipherUpdate(context, out, &done, in, (int)len) == 1 &&
	       (size_t)done == len;
}

/* RFC 3414 8.1.1: of the 16 octets 8 are the key and 8 the pre-IV. */
static bool des_run(EVP_CIPHER_CTX *context, const struct usm_key *key, const struct usm_iv *iv,
    const uint8_t *in, size_t len, uint8_t *out, bool encrypt)
{
	uint8_t thrice[3 * DES_BLOCK], start[DES_BLOCK];
	bool good;

	if (len == 0 || len % DES_BLOCK != 0)
		return false;
	for (size_t i = 0; i < sizeof thrice; i++)
		thrice[i] = key->octets[i % DES_BLOCK];
	for (size_t i = 0; i < DES_BLOCK; i++)
		start[i] = key->octets[DES_BLOCK + i] ^ iv->salt[i];
	good = set_key(context, thrice, start, encrypt) && run(context, in, len, out);
	OPENSSL_cleanse(thrice, sizeof thrice);
	OPENSSL_cleanse(start, sizeof start);
	return good;
}

/* CFB, which encrypts the ciphertext's block before and XORs, without OpenSSL's CFB, which goes block by
 * block and is slow (1.8 us for 1,400 octets, both ways).
 *
 * What is XORed is E(iv), then E(text[0] ^ E(iv)), and so on: CBC of iv, text[0], text[1], ... (1.1 us). */
static bool aes_encrypt(
    EVP_CIPHER_CTX *context, const struct usm_key *key, const struct usm_iv *iv, uint8_t *octets, size_t len)
{
	static const uint8_t zeros[AES_BLOCK];
	uint8_t stream[CHUNK], before[AES_BLOCK];

	aes_iv(iv, before);
	if (!set_key(context, key->octets, zeros, true))
		return false;
	for (size_t at = 0; at < len; at += CHUNK) {
		size_t n = len - at < CHUNK ? len - at : CHUNK, whole = whole_blocks(n);

		memcpy(stream, before, AES_BLOCK);
		memcpy(stream + AES_BLOCK, octets + at, whole - AES_BLOCK);
		if (n == CHUNK)
			memcpy(before, octets + at + CHUNK - AES_BLOCK, AES_BLOCK);
		if (!run(context, stream, whole, stream))
			return false;
		xor_into(octets + at, stream, n);
	}
	return true;
}

/* To decrypt, all the blocks before are known at once: ECB does them side by side (0.3 us). */
static bool aes_decrypt(EVP_CIPHER_CTX *context, const struct usm_key *key, const struct usm_iv *iv,
    const uint8_t *in, size_t len, uint8_t *out)
{
	size_t whole = whole_blocks(len);

	if (len == 0)
		return false;
	aes_iv(iv, out);
	memcpy(out + AES_BLOCK, in, whole - AES_BLOCK);
	if (!set_key(context, key->octets, NULL, true) || !run(context, out, whole, out))
		return false;
	xor_into(out, in, len);
	return true;
}

bool usm_crypto_encrypt(struct usm_crypto *crypto, enum usm_priv priv, const struct usm_key *key,
    const struct usm_iv *iv, uint8_t *octets, size_t len)
{
	EVP_CIPHER_CTX *context = crypto->ciphers[pairs[priv].encrypt];

	if (context == NULL || key->len < usm_priv_spec(priv)->key_len)
		return false;
	if (priv == USM_PRIV_DES)
		return des_run(context, key, iv, octets, len, octets, true);
	return aes_encrypt(context, key, iv, octets, len);
}

bool usm_crypto_decrypt(struct usm_crypto *crypto, enum usm_priv priv, const struct usm_key *key,
    const struct usm_iv *iv, const uint8_t *in, size_t len, uint8_t *out)
{
	EVP_CIPHER_CTX *context = crypto->ciphers[pairs[priv].decrypt];

	if (context == NULL || key->len < usm_priv_spec(priv)->key_len)
		return false;
	if (priv == USM_PRIV_DES)
		return des_run(context, key, iv, in, len, out, false);
	return aes_decrypt(context, key, iv, in, len, out);
}
