#include "snmp/usm_derive.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#define EXPANDED (1u << 20) /* octets of repeated passphrase, RFC 3414 A.2 */
#define CHUNK	 4096

/* A digest in the making. */
struct hash {
	EVP_MD *digest;
	EVP_MD_CTX *context;
	bool good;
};

static void hash_begin(struct hash *hash, enum usm_auth auth)
{
	const char *name = usm_auth_spec(auth)->digest;

	hash->digest = name != NULL ? EVP_MD_fetch(NULL, name, NULL) : NULL;
	hash->context = hash->digest != NULL ? EVP_MD_CTX_new() : NULL;
	hash->good = hash->context != NULL && EVP_DigestInit_ex2(hash->context, hash->digest, NULL) == 1;
}

static void hash_add(struct hash *hash, const void *octets, size_t len)
{
	hash->good = hash->good && EVP_DigestUpdate(hash->context, octets, len) == 1;
}

/* Frees it too. */
static bool hash_end(struct hash *hash, uint8_t out[EVP_MAX_MD_SIZE])
{
	bool good = hash->good && EVP_DigestFinal_ex(hash->context, out, NULL) == 1;

	EVP_MD_CTX_free(hash->context);
	EVP_MD_free(hash->digest);
	return good;
}

static bool set_hash(struct hash *hash, enum usm_auth auth, struct usm_key *key)
{
	uint8_t out[EVP_MAX_MD_SIZE];
	bool good = hash_end(hash, out);

	usm_key_wipe(key);
	if (good) {
		key->len = usm_auth_spec(auth)->hash_len;
		memcpy(key->octets, out, key->len);
	}
	OPENSSL_cleanse(out, sizeof out);
	return good;
}

bool usm_derive_master(enum usm_auth auth, const void *passphrase, size_t len, struct usm_key *master)
{
	uint8_t chunk[CHUNK]; /* the passphrase as many times as it fits */
	size_t whole, more;
	struct hash hash;

	usm_key_wipe(master);
	if (len == 0 || len > USM_PASSPHRASE_MAX)
		return false;
	whole = sizeof chunk / len * len;
	for (size_t i = 0; i < whole; i += len)
		memcpy(chunk + i, passphrase, len);
	hash_begin(&hash, auth);
	for (size_t done = 0; done < EXPANDED; done += more) {
		more = EXPANDED - done < whole ? EXPANDED - done : whole;
		hash_add(&hash, chunk, more);
	}
	OPENSSL_cleanse(chunk, sizeof chunk);
	return set_hash(&hash, auth, master);
}

bool usm_derive_local(enum usm_auth auth, const struct usm_key *master, const struct usm_engine_id *engine,
    struct usm_key *local)
{
	struct hash hash;

	hash_begin(&hash, auth);
	hash_add(&hash, master->octets, master->len);
	hash_add(&hash, engine->octets, engine->len);
	hash_add(&hash, master->octets, master->len);
	return set_hash(&hash, auth, local);
}

/* The hash of what there is already. */
static bool next_blumenthal(enum usm_auth auth, const struct usm_key *so_far, struct usm_key *more)
{
	struct hash hash;

	hash_begin(&hash, auth);
	hash_add(&hash, so_far->octets, so_far->len);
	return set_hash(&hash, auth, more);
}

/* The last piece is taken for a passphrase and goes the whole way again. */
static bool next_reeder(enum usm_auth auth, const struct usm_engine_id *engine, const struct usm_key *so_far,
    struct usm_key *more)
{
	size_t piece = usm_auth_spec(auth)->hash_len;
	struct usm_key master;
	bool good = usm_derive_master(auth, so_far->octets + so_far->len - piece, piece, &master) &&
		    usm_derive_local(auth, &master, engine, more);

	usm_key_wipe(&master);
	return good;
}

bool usm_derive_extended(enum usm_auth auth, enum usm_extension extension, const struct usm_engine_id *engine,
    size_t want, struct usm_key *local)
{
	struct usm_key more;
	bool good = want <= sizeof local->octets && local->len >= usm_auth_spec(auth)->hash_len;

	while (good && local->len < want) {
		size_t room = sizeof local->octets - local->len, take;

		good = (extension == USM_EXTENSION_BLUMENTHAL && next_blumenthal(auth, local, &more)) ||
		       (extension == USM_EXTENSION_REEDER && next_reeder(auth, engine, local, &more));
		if (!good)
			break;
		take = more.len < room ? more.len : room;
		memcpy(local->octets + local->len, more.octets, take);
		local->len = (uint8_t)(local->len + take);
	}
	usm_key_wipe(&more);
	if (!good)
		return false;
	OPENSSL_cleanse(local->octets + want, sizeof local->octets - want);
	local->len = (uint8_t)want;
	return true;
}

bool usm_derive_is_slow(enum usm_auth auth, enum usm_priv priv)
{
	const struct usm_priv_spec *spec = usm_priv_spec(priv);

	return spec->extension == USM_EXTENSION_REEDER && spec->key_len > usm_auth_spec(auth)->hash_len;
}

bool usm_derive_root(const uint8_t salt[USM_ROOT_SALT], uint32_t iterations, const void *passphrase,
    size_t len, struct usm_root *root)
{
	return PKCS5_PBKDF2_HMAC(passphrase, (int)len, salt, USM_ROOT_SALT, (int)iterations, EVP_sha256(),
		   sizeof root->octets, root->octets) == 1;
}

void usm_derivation_run(void *arg)
{
	struct usm_derivation *job = arg;

	switch (job->kind) {
	case USM_DERIVE_ROOT:
		job->good = usm_derive_root(
		    job->salt, job->iterations, job->passphrase, job->passphrase_len, &job->root);
		break;
	case USM_DERIVE_MASTER:
		job->good = usm_derive_master(job->auth, job->passphrase, job->passphrase_len, &job->key);
		break;
	case USM_DERIVE_EXTENSION:
		job->good =
		    usm_derive_extended(job->auth, job->extension, &job->engine, job->want, &job->key);
		break;
	}
}

void usm_derivation_wipe(struct usm_derivation *job)
{
	OPENSSL_cleanse(job, sizeof *job);
}
