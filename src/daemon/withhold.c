#include "daemon/withhold.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SECRET_MIN 3 /* octets; shorter ones are found anywhere */

/* 1.3.6.1.6.3.15, .16 and .18 as content octets. */
static const uint8_t left_out[][6] = {{0x2b, 6, 1, 6, 3, 15}, {0x2b, 6, 1, 6, 3, 16}, {0x2b, 6, 1, 6, 3, 18}};

static bool is_left_out(const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_LEN(left_out); i++) {
		if (len > sizeof left_out[i] && memcmp(name, left_out[i], sizeof left_out[i]) == 0)
			return true;
	}
	return false;
}

static bool is_secret(const struct secret *secret)
{
	static const char *const usual[] = {"public", "private"};

	for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
		if (secret->len == strlen(usual[i]) && memcmp(secret->bytes, usual[i], secret->len) == 0)
			return false;
	}
	return secret->bytes != NULL && secret->len >= SECRET_MIN;
}

/* Sub-identifiers below 128 are an octet each: a community stands in a name as it is. */
static bool name_has(const uint8_t *name, size_t len, const struct secret *secret)
{
	return is_secret(secret) && memmem(name, len, secret->bytes, secret->len) != NULL;
}

/* Overwrites the secret in octets[0 .. len). */
static void overwrite(uint8_t *octets, size_t len, const struct secret *secret)
{
	uint8_t *at;

	while (is_secret(secret) && (at = memmem(octets, len, secret->bytes, secret->len)) != NULL) {
		memset(at, '*', secret->len);
		len -= (size_t)(at - octets) + secret->len;
		octets = at + secret->len;
	}
}

static void add(struct recording *out, const uint8_t *name, size_t len, const struct value *value,
    const struct credential *const *credentials, size_t n)
{
	struct value clean = *value;
	uint8_t *octets = NULL;

	for (size_t i = 0; i < n; i++) {
		if (name_has(name, len, &credentials[i]->community))
			return;
	}
	if (value->type == VALUE_OCTETS && value->bytes.len > 0) {
		octets = mem_dup(value->bytes.p, value->bytes.len);
		for (size_t i = 0; i < n; i++) {
			overwrite(octets, value->bytes.len, &credentials[i]->community);
			overwrite(octets, value->bytes.len, &credentials[i]->auth_key);
			overwrite(octets, value->bytes.len, &credentials[i]->priv_key);
		}
		clean.bytes.p = octets;
	}
	(void)!recording_add(out, name, len, &clean); /* it was in one before */
	free(octets);
}

struct recording *withhold_secrets(
    const struct recording *recording, const struct credential *const *credentials, size_t n)
{
	struct recording *out = recording_new();

	for (size_t i = 0; i < recording_count(recording); i++) {
		const struct recorded *object = recording_at(recording, i);

		if (!is_left_out(object->name, object->name_len))
			add(out, object->name, object->name_len, &object->value, credentials, n);
	}
	recording_sort(out);
	return out;
}
