#include "snmp/usm_keys.h"

#include "base/mem.h"

#include <assert.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <uthash.h>

/* The file, all numbers with the highest octet first:
 *
 *     header   magic 4, version 1, zero 3, iterations 4, salt 16, records 4
 *     record   tag 32, last used 4 (days since the epoch), key length 1, sealed key 64
 *     trailer  SHA-256 of all before */
#define MAGIC	    "RCKY"
#define VERSION	    1
#define HEADER_LEN  32
#define RECORD_LEN  (TAG_LEN + 4 + 1 + USM_HASH_MAX)
#define TRAILER_LEN 32
#define TAG_LEN	    32

#define ITERATIONS_MAX 10000000
#define NS_PER_DAY     INT64_C(86400000000000)

struct entry {
	uint8_t tag[TAG_LEN];
	uint8_t sealed[USM_HASH_MAX];
	uint8_t key_len;
	bool used;    /* since the file was written last */
	uint32_t day; /* last used, as far as the file knows */
	UT_hash_handle hh;
};

struct usm_keys {
	struct entry *entries;
	uint8_t salt[USM_ROOT_SALT];
	uint32_t iterations;
	bool changed;
};

struct usm_keys *usm_keys_new(void)
{
	struct usm_keys *keys = mem_alloc(sizeof *keys);

	keys->iterations = USM_KEYS_ITERATIONS;
	if (getrandom(keys->salt, sizeof keys->salt, 0) != (ssize_t)sizeof keys->salt) {
		free(keys);
		return NULL;
	}
	return keys;
}

static void forget(struct usm_keys *keys, struct entry *entry)
{
	HASH_DEL(keys->entries, entry);
	OPENSSL_cleanse(entry, sizeof *entry);
	free(entry);
}

static void forget_all(struct usm_keys *keys)
{
	struct entry *entry = NULL, *next = NULL;

	HASH_ITER(hh, keys->entries, entry, next)
	{
		forget(keys, entry);
	}
}

void usm_keys_free(struct usm_keys *keys)
{
	if (keys == NULL)
		return;
	forget_all(keys);
	OPENSSL_cleanse(keys, sizeof *keys);
	free(keys);
}

size_t usm_keys_count(const struct usm_keys *keys)
{
	return HASH_COUNT(keys->entries);
}

const uint8_t *usm_keys_salt(const struct usm_keys *keys)
{
	return keys->salt;
}

uint32_t usm_keys_iterations(const struct usm_keys *keys)
{
	return keys->iterations;
}

bool usm_keys_changed(const struct usm_keys *keys)
{
	return keys->changed;
}

/* --- tags and seals --- */

/* HMAC-SHA-512 under the root of all that makes a key the one it is, and of what it is for:
 * the first half of 't' is the tag, 's' is the stream. */
static bool mix(const struct usm_keys_name *name, char purpose, uint8_t out[USM_HASH_MAX])
{
	uint8_t text[4 + USM_ENGINE_ID_MAX] = {
	    (uint8_t)purpose, (uint8_t)name->auth, name->key_len, name->engine.len};
	unsigned len = 0;

	memcpy(text + 4, name->engine.octets, name->engine.len);
	return HMAC(EVP_sha512(), name->root.octets, sizeof name->root.octets, text, 4u + name->engine.len,
		   out, &len) != NULL &&
	       len == USM_HASH_MAX;
}

static struct entry *find(struct usm_keys *keys, const uint8_t tag[TAG_LEN])
{
	struct entry *entry;

	HASH_FIND(hh, keys->entries, tag, TAG_LEN, entry);
	return entry;
}

bool usm_keys_find(struct usm_keys *keys, const struct usm_keys_name *name, struct usm_key *key)
{
	uint8_t tag[USM_HASH_MAX], stream[USM_HASH_MAX];
	struct entry *entry = mix(name, 't', tag) ? find(keys, tag) : NULL;
	bool found = entry != NULL && entry->key_len == name->key_len && mix(name, 's', stream);

	usm_key_wipe(key);
	if (found) {
		key->len = entry->key_len;
		for (size_t i = 0; i < key->len; i++)
			key->octets[i] = entry->sealed[i] ^ stream[i];
		entry->used = true;
	}
	OPENSSL_cleanse(stream, sizeof stream);
	return found;
}

static struct entry *new_entry(struct usm_keys *keys, const uint8_t tag[TAG_LEN])
{
	struct entry *entry = mem_alloc(sizeof *entry);

	if (HASH_COUNT(keys->entries) >= USM_KEYS_MAX)
		forget(keys, keys->entries); /* the first is the oldest */
	memcpy(entry->tag, tag, TAG_LEN);
	HASH_ADD(hh, keys->entries, tag, TAG_LEN, entry);
	return entry;
}

void usm_keys_put(struct usm_keys *keys, const struct usm_keys_name *name, const struct usm_key *key)
{
	uint8_t tag[USM_HASH_MAX], stream[USM_HASH_MAX];
	struct entry *entry;

	assert(key->len == name->key_len && key->len <= USM_HASH_MAX);
	if (!mix(name, 't', tag) || !mix(name, 's', stream))
		return;
	entry = find(keys, tag);
	if (entry == NULL)
		entry = new_entry(keys, tag);
	/* What lies behind a short key is stream as well, so that its length tells nothing. */
	memcpy(entry->sealed, stream, sizeof stream);
	for (size_t i = 0; i < key->len; i++)
		entry->sealed[i] ^= key->octets[i];
	entry->key_len = key->len;
	entry->used = true;
	keys->changed = true;
	OPENSSL_cleanse(stream, sizeof stream);
}

/* --- the file --- */

static void put_u32(uint8_t *p, uint32_t number)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(number >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void add(struct str *out, const void *octets, size_t len)
{
	str_add_n(out, octets, len);
}

/* Days since the epoch; a clock that stands before it is taken for its first day. */
static uint32_t day_of(int64_t wall)
{
	return wall > 0 ? (uint32_t)(wall / NS_PER_DAY) : 0;
}

/* Uses since the last time get today's date; what nobody wanted for long goes. */
static void tidy(struct usm_keys *keys, uint32_t today)
{
	struct entry *entry = NULL, *next = NULL;

	HASH_ITER(hh, keys->entries, entry, next)
	{
		if (entry->used)
			entry->day = today;
		entry->used = false;
		if (entry->day < today && today - entry->day > USM_KEYS_UNUSED_MAX)
			forget(keys, entry);
	}
}

void usm_keys_write(struct usm_keys *keys, int64_t wall, struct str *out)
{
	uint8_t header[HEADER_LEN] = {0}, record[RECORD_LEN], sum[TRAILER_LEN];
	size_t start = out->len;
	struct entry *entry = NULL, *next = NULL;

	tidy(keys, day_of(wall));
	memcpy(header, MAGIC, 4);
	header[4] = VERSION;
	put_u32(header + 8, keys->iterations);
	memcpy(header + 12, keys->salt, USM_ROOT_SALT);
	put_u32(header + 28, (uint32_t)HASH_COUNT(keys->entries));
	add(out, header, sizeof header);
	HASH_ITER(hh, keys->entries, entry, next)
	{
		memcpy(record, entry->tag, TAG_LEN);
		put_u32(record + TAG_LEN, entry->day);
		record[TAG_LEN + 4] = entry->key_len;
		memcpy(record + TAG_LEN + 5, entry->sealed, USM_HASH_MAX);
		add(out, record, sizeof record);
	}
	(void)EVP_Digest(out->s + start, out->len - start, sum, NULL, EVP_sha256(), NULL);
	add(out, sum, sizeof sum);
	keys->changed = false;
}

static bool header_is_sound(const uint8_t *octets, size_t len, uint32_t *count)
{
	static const uint8_t zeros[3];
	uint32_t iterations;

	if (len < HEADER_LEN + TRAILER_LEN || memcmp(octets, MAGIC, 4) != 0 || octets[4] != VERSION ||
	    memcmp(octets + 5, zeros, sizeof zeros) != 0)
		return false;
	iterations = get_u32(octets + 8);
	*count = get_u32(octets + 28);
	return iterations > 0 && iterations <= ITERATIONS_MAX && *count <= USM_KEYS_MAX &&
	       len == HEADER_LEN + (size_t)*count * RECORD_LEN + TRAILER_LEN;
}

static bool sum_is_right(const uint8_t *octets, size_t len)
{
	uint8_t sum[TRAILER_LEN];

	return EVP_Digest(octets, len - TRAILER_LEN, sum, NULL, EVP_sha256(), NULL) == 1 &&
	       memcmp(sum, octets + len - TRAILER_LEN, TRAILER_LEN) == 0;
}

/* False when it makes no sense or is there twice. */
static bool read_record(struct usm_keys *keys, const uint8_t *record)
{
	struct entry *entry;

	if (record[TAG_LEN + 4] == 0 || record[TAG_LEN + 4] > USM_HASH_MAX || find(keys, record) != NULL)
		return false;
	entry = new_entry(keys, record);
	entry->day = get_u32(record + TAG_LEN);
	entry->key_len = record[TAG_LEN + 4];
	memcpy(entry->sealed, record + TAG_LEN + 5, USM_HASH_MAX);
	return true;
}

enum err usm_keys_read(struct usm_keys *keys, const void *file, size_t len)
{
	const uint8_t *octets = file;
	uint32_t count;

	assert(keys->entries == NULL);
	if (!header_is_sound(octets, len, &count) || !sum_is_right(octets, len))
		return ERR_CORRUPT;
	for (uint32_t i = 0; i < count; i++) {
		if (!read_record(keys, octets + HEADER_LEN + (size_t)i * RECORD_LEN)) {
			forget_all(keys);
			return ERR_CORRUPT;
		}
	}
	keys->iterations = get_u32(octets + 8);
	memcpy(keys->salt, octets + 12, USM_ROOT_SALT);
	return ERR_OK;
}
