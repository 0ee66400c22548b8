/* usm_keys: derived keys, kept so that none is derived twice, also over restarts.
 *
 * Kept are the two that take a mebibyte of hashing: a user's key per passphrase and
 * hash, and a localised key extended in Reeder's way per engine (5,000 devices with
 * AES-256-C and SHA are 4 s of hashing). Everything else takes microseconds.
 *
 * The file never holds a passphrase, nor a key in the clear: each key is sealed with a
 * stream made from its passphrase's root (usm_derive.h), and found by a tag made from the same. Who
 * reads the file (0600; writing it is the caller's) still has to guess the passphrase. Who can write
 * it can make keys wrong, not known. Pure: no I/O; one thread. */
#ifndef ROLLCALL_SNMP_USM_KEYS_H
#define ROLLCALL_SNMP_USM_KEYS_H

#include "base/err.h"
#include "base/str.h"
#include "snmp/usm_derive.h"

#define USM_KEYS_MAX	    65536 /* keys; beyond that the oldest gives way */
#define USM_KEYS_ITERATIONS 1000  /* of usm_derive_root() */
#define USM_KEYS_UNUSED_MAX 30	  /* days after which a key that nobody asked for is left out of the file */

struct usm_keys;

/* Empty, with a random salt. NULL when the system has no randomness. */
struct usm_keys *usm_keys_new(void);
void usm_keys_free(struct usm_keys *keys); /* NULL is fine; wipes */
size_t usm_keys_count(const struct usm_keys *keys);

/* The salt and the iterations for usm_derive_root(): roots made with others find nothing. */
const uint8_t *usm_keys_salt(const struct usm_keys *keys);
uint32_t usm_keys_iterations(const struct usm_keys *keys);

/* What a key is for: len 0 of `engine` is the user's key, else the key of that engine, with the octets
 * wanted (two extended to different lengths differ). */
struct usm_keys_name {
	struct usm_root root;
	enum usm_auth auth;
	struct usm_engine_id engine;
	uint8_t key_len;
};
bool usm_keys_find(struct usm_keys *keys, const struct usm_keys_name *name, struct usm_key *key);
void usm_keys_put(struct usm_keys *keys, const struct usm_keys_name *name, const struct usm_key *key);

/* True when usm_keys_write() would tell of keys that it has not told yet. */
bool usm_keys_changed(const struct usm_keys *keys);
/* Appends the file's octets; `wall` in ns. */
void usm_keys_write(struct usm_keys *keys, int64_t wall, struct str *out);
/* Into a cache that is new: takes over salt and all keys. ERR_CORRUPT (a file cut short, changed,
 * of another version or made of nonsense) leaves it as it was: the keys are derived anew. */
enum err usm_keys_read(struct usm_keys *keys, const void *octets, size_t len) MUST_USE;

#endif
