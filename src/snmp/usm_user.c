#include "snmp/usm_user.h"

#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <string.h>

/* --- from the credential --- */

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (uint8_t)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool is_localised(const struct secret *secret)
{
	return secret->len >= 2 && secret->bytes[0] == '0' && (secret->bytes[1] | 0x20) == 'x';
}

/* "0x" and exactly `len` pairs of digits. */
static bool read_localised(const struct secret *secret, size_t len, struct usm_key *key)
{
	usm_key_wipe(key);
	if (secret->len != 2 + 2 * len || len > sizeof key->octets)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = digit(secret->bytes[2 + 2 * i]), low = digit(secret->bytes[3 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		key->octets[i] = (uint8_t)(high << 4 | low);
	}
	key->len = (uint8_t)len;
	return true;
}

static bool read_secret(struct usm_secret *self, const struct secret *source, size_t key_len,
    const char *what, const char *protocol, struct str *why)
{
	self->source = source;
	self->localised = is_localised(source);
	if (self->localised) {
		self->has_root = self->has_key = read_localised(source, key_len, &self->key);
		if (!self->has_key)
			str_addf(why,
			    "the localised key of %s is not 0x and %zu octets; check which key it is",
			    protocol, key_len);
		return self->has_key;
	}
	if (source->len >= USM_PASSPHRASE_MIN && source->len <= USM_PASSPHRASE_MAX)
		return true;
	str_addf(why, "the passphrase for %s does not have %d to %d characters; the protocol wants that",
	    what, USM_PASSPHRASE_MIN, USM_PASSPHRASE_MAX);
	return false;
}

static enum err read_protocols(struct usm_user *user, const struct credential *credential,
    const struct usm_crypto *crypto, struct str *why)
{
	bool has_auth, has_priv;

	if (!usm_auth_from_name(credential->auth, &user->auth) ||
	    !usm_priv_from_name(credential->priv, &user->priv) ||
	    (user->priv != USM_PRIV_NONE && user->auth == USM_AUTH_NONE)) {
		str_add(why, "no such pair of protocols; give auth, or auth and priv");
		return ERR_INVALID;
	}
	has_auth = usm_crypto_has_auth(crypto, user->auth);
	has_priv = usm_crypto_has_priv(crypto, user->priv);
	if (!has_auth || !has_priv) {
		str_addf(why,
		    "the OpenSSL of this system does not do %s (a policy of the system, or how it was "
		    "built); "
		    "choose another protocol, here and on the device",
		    has_auth ? credential->priv : credential->auth);
		return ERR_UNSUPPORTED;
	}
	user->level = user->priv != USM_PRIV_NONE   ? USM_AUTH_PRIV
		      : user->auth != USM_AUTH_NONE ? USM_AUTH
						    : USM_NO_AUTH;
	return ERR_OK;
}

static enum err read_names(struct usm_user *user, const struct credential *credential, struct str *why)
{
	size_t len = credential->user != NULL ? strlen(credential->user) : 0;

	if (credential->version != SNMP_V3 || len == 0 || len > USM_USER_MAX ||
	    credential->context_engine_id_len > USM_ENGINE_ID_MAX) {
		str_addf(
		    why, "not a user of version 3 with a name of 1 to %d characters; check it", USM_USER_MAX);
		return ERR_INVALID;
	}
	memcpy(user->name, credential->user, len);
	user->name_len = (uint8_t)len;
	user->context = credential->context != NULL ? credential->context : "";
	user->context_engine.len = (uint8_t)credential->context_engine_id_len;
	memcpy(user->context_engine.octets, credential->context_engine_id, credential->context_engine_id_len);
	return ERR_OK;
}

enum err usm_user_init(struct usm_user *user, const struct credential *credential,
    const struct usm_crypto *crypto, struct str *why)
{
	enum err err;

	*user = (struct usm_user){0};
	err = read_names(user, credential, why);
	if (err == ERR_OK)
		err = read_protocols(user, credential, crypto, why);
	if (err == ERR_OK && user->auth != USM_AUTH_NONE &&
	    !read_secret(&user->auth_secret, &credential->auth_key, usm_auth_spec(user->auth)->hash_len,
		"auth", credential->auth, why))
		err = ERR_INVALID;
	if (err == ERR_OK && user->priv != USM_PRIV_NONE &&
	    !read_secret(&user->priv_secret, &credential->priv_key, usm_priv_spec(user->priv)->key_len,
		"priv", credential->priv, why))
		err = ERR_INVALID;
	if (err != ERR_OK)
		usm_user_fini(user);
	return err;
}

void usm_user_fini(struct usm_user *user)
{
	OPENSSL_cleanse(user, sizeof *user);
}

/* --- from passphrase to key --- */

static struct usm_secret *secret_of(struct usm_user *user, bool priv)
{
	return priv ? &user->priv_secret : &user->auth_secret;
}

static struct usm_keys_name name_of_master(const struct usm_user *user, const struct usm_secret *secret)
{
	return (struct usm_keys_name){
	    .root = secret->root, .auth = user->auth, .key_len = usm_auth_spec(user->auth)->hash_len};
}

static void fill_passphrase(struct usm_derivation *job, const struct secret *source)
{
	memcpy(job->passphrase, source->bytes, source->len);
	job->passphrase_len = source->len;
}

static enum usm_step secret_next(
    struct usm_user *user, bool priv, struct usm_keys *keys, struct usm_derivation *job)
{
	struct usm_secret *secret = secret_of(user, priv);
	struct usm_keys_name name;

	if (secret->source == NULL || secret->has_key)
		return USM_READY;
	if (secret->has_root) {
		name = name_of_master(user, secret);
		secret->has_key = usm_keys_find(keys, &name, &secret->key);
		OPENSSL_cleanse(&name, sizeof name);
		if (secret->has_key)
			return USM_READY;
	}
	*job = (struct usm_derivation){.kind = secret->has_root ? USM_DERIVE_MASTER : USM_DERIVE_ROOT,
	    .for_priv = priv,
	    .auth = user->auth};
	job->iterations = usm_keys_iterations(keys);
	memcpy(job->salt, usm_keys_salt(keys), sizeof job->salt);
	fill_passphrase(job, secret->source);
	return USM_DERIVE;
}

enum usm_step usm_user_next(struct usm_user *user, struct usm_keys *keys, struct usm_derivation *job)
{
	if (secret_next(user, false, keys, job) == USM_DERIVE)
		return USM_DERIVE;
	return secret_next(user, true, keys, job);
}

static struct usm_keys_name name_of_extended(
    const struct usm_user *user, const struct usm_engine_id *engine, size_t len)
{
	return (struct usm_keys_name){
	    .root = user->priv_secret.root, .auth = user->auth, .engine = *engine, .key_len = (uint8_t)len};
}

enum err usm_user_take(struct usm_user *user, struct usm_keys *keys, const struct usm_derivation *job)
{
	struct usm_secret *secret = secret_of(user, job->for_priv);
	struct usm_keys_name name;

	if (!job->good)
		return ERR_UNSUPPORTED;
	switch (job->kind) {
	case USM_DERIVE_ROOT:
		secret->root = job->root;
		secret->has_root = true;
		return ERR_OK;
	case USM_DERIVE_MASTER:
		secret->key = job->key;
		secret->has_key = true;
		name = name_of_master(user, secret);
		break;
	case USM_DERIVE_EXTENSION:
		name = name_of_extended(user, &job->engine, job->key.len);
		break;
	}
	usm_keys_put(keys, &name, &job->key);
	OPENSSL_cleanse(&name, sizeof name);
	return ERR_OK;
}

/* --- per engine --- */

/* Reeder's extension: from the cache, or a job. */
static enum usm_step extend_slowly(const struct usm_user *user, struct usm_keys *keys,
    const struct usm_engine_id *engine, struct usm_key *local, struct usm_derivation *job)
{
	const struct usm_priv_spec *spec = usm_priv_spec(user->priv);
	struct usm_keys_name name = name_of_extended(user, engine, spec->key_len);
	struct usm_key extended;
	bool found = usm_keys_find(keys, &name, &extended);

	if (found)
		*local = extended;
	else
		*job = (struct usm_derivation){.kind = USM_DERIVE_EXTENSION,
		    .for_priv = true,
		    .auth = user->auth,
		    .extension = spec->extension,
		    .want = spec->key_len,
		    .engine = *engine,
		    .key = *local};
	usm_key_wipe(&extended);
	OPENSSL_cleanse(&name, sizeof name);
	return found ? USM_READY : USM_DERIVE;
}

static enum usm_step localise_priv(const struct usm_user *user, struct usm_keys *keys,
    const struct usm_engine_id *engine, struct usm_key *priv, struct usm_derivation *job)
{
	const struct usm_priv_spec *spec = usm_priv_spec(user->priv);
	bool good;

	if (user->priv_secret.localised) {
		*priv = user->priv_secret.key;
		return USM_READY;
	}
	good = usm_derive_local(user->auth, &user->priv_secret.key, engine, priv);
	assert(good); /* the same hash made the key */
	if (usm_derive_is_slow(user->auth, user->priv))
		return extend_slowly(user, keys, engine, priv, job);
	good = good && usm_derive_extended(user->auth, spec->extension, engine, spec->key_len, priv);
	assert(good);
	return USM_READY;
}

enum usm_step usm_user_localise(const struct usm_user *user, struct usm_keys *keys,
    const struct usm_engine_id *engine, struct usm_localised *localised, struct usm_derivation *job)
{
	bool good = true;

	*localised = (struct usm_localised){0};
	if (user->auth == USM_AUTH_NONE)
		return USM_READY;
	if (user->auth_secret.localised)
		localised->auth = user->auth_secret.key;
	else
		good = usm_derive_local(user->auth, &user->auth_secret.key, engine, &localised->auth);
	assert(good);
	if (user->priv == USM_PRIV_NONE)
		return USM_READY;
	return localise_priv(user, keys, engine, &localised->priv, job);
}
