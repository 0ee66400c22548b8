/* usm_user: one credential of version 3, as USM sees it: the user, the security level, the two
 * keys, the context.
 *
 * Shared by all devices of the credential. Nothing here blocks: where a key needs
 * long hashing, a job for a worker is filled in, and what comes back of it is taken:
 *
 *     usm_user_init()
 *     while (usm_user_next(user, keys, job) == USM_DERIVE)      until READY
 *             run the job in a worker, then usm_user_take(user, keys, job)
 *     per device, once its engine-id is known:
 *     while (usm_user_localise(user, keys, engine-id, ..., job) == USM_DERIVE)
 *             the same
 *
 * One thread, but for the job. */
#ifndef ROLLCALL_SNMP_USM_USER_H
#define ROLLCALL_SNMP_USM_USER_H

#include "base/err.h"
#include "base/str.h"
#include "model/credential.h"
#include "snmp/usm_crypto.h"
#include "snmp/usm_derive.h"
#include "snmp/usm_keys.h"

#define USM_USER_MAX 32 /* octets of a name, RFC 3414 2.4 */

enum usm_level { USM_NO_AUTH = 0, USM_AUTH = 1, USM_AUTH_PRIV = 3 }; /* as in msgFlags */

/* A passphrase on its way to a key, or a key that is localised already. */
struct usm_secret {
	const struct secret *source; /* the credential's */
	bool localised;		     /* given as such: `key` is it */
	bool has_root, has_key;
	struct usm_root root;
	struct usm_key key; /* the user's key, not yet localised */
};

struct usm_user {
	char name[USM_USER_MAX + 1];
	uint8_t name_len;
	enum usm_auth auth;
	enum usm_priv priv;
	enum usm_level level;
	const char *context;		     /* the credential's; "" when none */
	struct usm_engine_id context_engine; /* len 0: the agent's own */
	struct usm_secret auth_secret, priv_secret;
};

/* The credential must outlive the user. ERR_INVALID and ERR_UNSUPPORTED: `why` gets a sentence
 * with the remedy (this system's OpenSSL does not do DES; a name, key or passphrase that the
 * configuration should have refused), and the user is empty. */
enum err usm_user_init(struct usm_user *user, const struct credential *credential,
    const struct usm_crypto *crypto, struct str *why) MUST_USE;
void usm_user_fini(struct usm_user *user); /* wipes */

/* What next? */
enum usm_step {
	USM_READY,
	USM_DERIVE, /* the job is filled in: run it */
};
enum usm_step usm_user_next(struct usm_user *user, struct usm_keys *keys, struct usm_derivation *job);
/* A job that was run. ERR_UNSUPPORTED: it came to nothing (see usm_user_init(), which should have
 * told), and asking for the next would give the same again. Puts what it found into `keys`. */
enum err usm_user_take(
    struct usm_user *user, struct usm_keys *keys, const struct usm_derivation *job) MUST_USE;

/* The keys for one engine, of a user who is ready. */
struct usm_localised {
	struct usm_key auth, priv;
};
enum usm_step usm_user_localise(const struct usm_user *user, struct usm_keys *keys,
    const struct usm_engine_id *engine, struct usm_localised *localised, struct usm_derivation *job);

#endif
