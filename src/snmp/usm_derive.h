/* usm_derive: from a passphrase to the keys of one engine (RFC 3414 2.6, A.2).
 *
 *     passphrase -> key of the user (1 MiB of hashing, 0.6 to 1.4 ms)
 *                -> key localised to one engine (microseconds)
 *                -> made longer, where AES-192 or -256 wants more than the hash gives:
 *                   Blumenthal's way (draft-blumenthal-aes-usm-04 3.1.2.1; microseconds), or
 *                   Reeder's (draft-reeder-snmpv3-usm-3desede-00 2.1; 1 MiB again, for each engine)
 *
 * Everything here may run in any thread: it shares nothing. What takes long comes as a job
 * of plain data for a worker. False: this system's OpenSSL does not have the hash. */
#ifndef ROLLCALL_SNMP_USM_DERIVE_H
#define ROLLCALL_SNMP_USM_DERIVE_H

#include "base/err.h"
#include "snmp/usm_algorithm.h"

#define USM_PASSPHRASE_MIN 8 /* RFC 3414 11.2: shorter ones are for the configuration to refuse */
#define USM_PASSPHRASE_MAX 1024

struct usm_engine_id {
	uint8_t octets[USM_ENGINE_ID_MAX];
	uint8_t len; /* 0 = not known */
};

/* len: 1 to USM_PASSPHRASE_MAX; false otherwise. */
bool usm_derive_master(
    enum usm_auth auth, const void *passphrase, size_t len, struct usm_key *master) MUST_USE;
bool usm_derive_local(enum usm_auth auth, const struct usm_key *master, const struct usm_engine_id *engine,
    struct usm_key *local) MUST_USE;

/* A localised key, made `want` octets long: cut, or extended by hashing. False for the extension
 * NONE when it is too short. */
bool usm_derive_extended(enum usm_auth auth, enum usm_extension extension, const struct usm_engine_id *engine,
    size_t want, struct usm_key *local) MUST_USE;
/* True when that takes 1 MiB of hashing: a job for a worker. */
bool usm_derive_is_slow(enum usm_auth auth, enum usm_priv priv);

/* What a passphrase is known by where it is not kept (usm_keys.h). Costs 0.25 ms, so that guessing
 * a passphrase from it is not much easier than from a message that was overheard. */
#define USM_ROOT_SALT 16
struct usm_root {
	uint8_t octets[32];
};
bool usm_derive_root(const uint8_t salt[USM_ROOT_SALT], uint32_t iterations, const void *passphrase,
    size_t len, struct usm_root *root) MUST_USE;

/* A job for worker_submit(worker, usm_derivation_run, done, job): filled in by usm_user_next() or
 * usm_user_localise(), given back to usm_user_take(). Copies all it needs, may outlive whom it is for. */
enum usm_derivation_kind { USM_DERIVE_ROOT, USM_DERIVE_MASTER, USM_DERIVE_EXTENSION };

struct usm_derivation {
	enum usm_derivation_kind kind;
	bool for_priv; /* which of a user's two secrets */
	enum usm_auth auth;
	enum usm_extension extension;
	uint8_t want; /* octets of the extended key */
	uint8_t salt[USM_ROOT_SALT];
	uint32_t iterations;
	struct usm_engine_id engine; /* EXTENSION only */
	uint8_t passphrase[USM_PASSPHRASE_MAX];
	size_t passphrase_len;
	struct usm_key key; /* EXTENSION: the localised key; then what came out */
	struct usm_root root;
	bool good; /* came out */
};
void usm_derivation_run(void *job);
void usm_derivation_wipe(struct usm_derivation *job); /* when done with */

#endif
