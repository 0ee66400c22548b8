/* Keys and ciphers: the vectors of the RFCs, and net-snmp's results on every protocol. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_oracle.h"

#include "snmp/usm_crypto.h"
#include "snmp/usm_derive.h"

#define PASSPHRASE "maplesyrup"

static uint64_t seed = 7860;

static uint8_t next_octet(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint8_t)(seed >> 56);
}

static void fill_random(uint8_t *octets, size_t len)
{
	while (len-- > 0)
		*octets++ = next_octet();
}

static void assert_hex(const struct usm_key *key, const char *hex)
{
	char text[2 * USM_HASH_MAX + 1] = "";

	for (size_t i = 0; i < key->len; i++)
		snprintf(text + 2 * i, 3, "%02x", key->octets[i]);
	assert_string_equal(text, hex);
}

/* RFC 3414 A.3.1, A.3.2 */
static void keys_of_rfc_3414(void **state)
{
	static const struct usm_engine_id engine = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 12};
	struct usm_key master, local;

	(void)state;
	assert_true(usm_derive_master(USM_AUTH_MD5, PASSPHRASE, strlen(PASSPHRASE), &master));
	assert_hex(&master, "9faf3283884e92834ebc9847d8edd963");
	assert_true(usm_derive_local(USM_AUTH_MD5, &master, &engine, &local));
	assert_hex(&local, "526f5eed9fcce26f8964c2930787d82b");
	assert_true(usm_derive_master(USM_AUTH_SHA, PASSPHRASE, strlen(PASSPHRASE), &master));
	assert_hex(&master, "9fb5cc0381497b3793528939ff788d5d79145211");
	assert_true(usm_derive_local(USM_AUTH_SHA, &master, &engine, &local));
	assert_hex(&local, "6695febc9288e36282235fc7151f128497b38f3f");
}

/* draft-reeder-snmpv3-usm-3desede-00 B.1, B.2: the first piece is the key, and the second comes of it. */
static void keys_of_reeders_draft(void **state)
{
	static const struct usm_engine_id engine = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 12};
	struct usm_key master, local;

	(void)state;
	assert_true(usm_derive_master(USM_AUTH_MD5, PASSPHRASE, strlen(PASSPHRASE), &master));
	assert_true(usm_derive_local(USM_AUTH_MD5, &master, &engine, &local));
	assert_true(usm_derive_extended(USM_AUTH_MD5, USM_EXTENSION_REEDER, &engine, 32, &local));
	assert_hex(&local, "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12");
	assert_true(usm_derive_master(USM_AUTH_SHA, PASSPHRASE, strlen(PASSPHRASE), &master));
	assert_true(usm_derive_local(USM_AUTH_SHA, &master, &engine, &local));
	assert_true(usm_derive_extended(USM_AUTH_SHA, USM_EXTENSION_REEDER, &engine, 40, &local));
	assert_hex(
	    &local, "6695febc9288e36282235fc7151f128497b38f3f9b8b6d78936ba6e7d19dfd9cd2d5065547743fb5");
}

static void keys_are_net_snmps(void **state)
{
	static const char long_phrase[] =
	    "eine lange Passphrase, die keine Potenz von zwei ist, mit Umlauten: "
	    "\xc3\xa4\xc3\xb6\xc3\xbc";
	static const char *const phrases[] = {PASSPHRASE, "12345678", long_phrase};
	struct usm_key master, local, other_master, other_local, extended, other_extended;

	(void)state;
	for (size_t p = 0; p < ARRAY_LEN(phrases); p++) {
		for (enum usm_auth auth = USM_AUTH_MD5; auth < USM_AUTH_COUNT; auth++) {
			oracle_keys(auth, phrases[p], &other_master, &other_local);
			assert_true(usm_derive_master(auth, phrases[p], strlen(phrases[p]), &master));
			assert_int_equal(master.len, other_master.len);
			assert_memory_equal(master.octets, other_master.octets, master.len);
			assert_true(usm_derive_local(auth, &master, &oracle_engine_id, &local));
			assert_int_equal(local.len, other_local.len);
			assert_memory_equal(local.octets, other_local.octets, local.len);
			for (enum usm_priv priv = USM_PRIV_DES; priv < USM_PRIV_COUNT; priv++) {
				const struct usm_priv_spec *spec = usm_priv_spec(priv);

				extended = local;
				other_extended = other_local;
				oracle_extend(auth, priv, &other_extended);
				assert_true(usm_derive_extended(
				    auth, spec->extension, &oracle_engine_id, spec->key_len, &extended));
				assert_int_equal(extended.len, spec->key_len);
				assert_memory_equal(extended.octets, other_extended.octets, spec->key_len);
			}
		}
	}
}

/* RFC 7860 has no vectors. Here the MAC's place counts as zero, there it is made so. */
static void macs_are_net_snmps(void **state)
{
	struct usm_crypto *crypto = usm_crypto_new();
	uint8_t octets[1500], mac[USM_MAC_MAX], other[64];
	struct usm_key key;

	(void)state;
	for (enum usm_auth auth = USM_AUTH_MD5; auth < USM_AUTH_COUNT; auth++) {
		const struct usm_auth_spec *spec = usm_auth_spec(auth);
		size_t oid_len, other_len;
		oid *type = sc_get_auth_oid(oracle_auths[auth], &oid_len);

		assert_true(usm_crypto_has_auth(crypto, auth));
		key.len = spec->hash_len;
		for (size_t len = spec->mac_len; len <= sizeof octets; len += 1 + next_octet()) {
			size_t at = (size_t)next_octet() * 6 % (len - spec->mac_len + 1);

			fill_random(octets, len);
			fill_random(key.octets, key.len);
			assert_true(usm_crypto_mac(crypto, auth, &key, octets, len, at, mac));
			memset(octets + at, 0, spec->mac_len);
			other_len = sizeof other;
			assert_int_equal(sc_generate_keyed_hash(type, oid_len, key.octets, key.len, octets,
					     (u_int)len, other, &other_len),
			    SNMPERR_SUCCESS);
			assert_memory_equal(mac, other, spec->mac_len);
		}
	}
	usm_crypto_free(crypto);
}

/* NIST SP 800-38A F.3.13: CFB128-AES128, in our two ways of doing it. */
static void aes_of_nist(void **state)
{
	static const uint8_t text[] = {0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11,
	    0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac,
	    0x45, 0xaf, 0x8e, 0x51};
	static const uint8_t sealed[] = {0x3b, 0x3f, 0xd9, 0x2e, 0xb7, 0x2d, 0xad, 0x20, 0x33, 0x34, 0x49,
	    0xf8, 0xe8, 0x3c, 0xfb, 0x4a, 0xc8, 0xa6, 0x45, 0x37, 0xa0, 0xb3, 0xa9, 0x3f, 0xcd, 0xe3, 0xcd,
	    0xad, 0x9f, 0x1c, 0xe5, 0x8b};
	static const struct usm_key key = {
	    {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c},
	    16};
	static const struct usm_iv iv = {
	    0x00010203, 0x04050607, {0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f}};
	struct usm_crypto *crypto = usm_crypto_new();
	uint8_t octets[sizeof text], plain[sizeof text + USM_DECRYPT_SLACK];

	(void)state;
	memcpy(octets, text, sizeof octets);
	assert_true(usm_crypto_encrypt(crypto, USM_PRIV_AES_128, &key, &iv, octets, sizeof octets));
	assert_memory_equal(octets, sealed, sizeof sealed);
	assert_true(usm_crypto_decrypt(crypto, USM_PRIV_AES_128, &key, &iv, sealed, sizeof sealed, plain));
	assert_memory_equal(plain, text, sizeof text);
	usm_crypto_free(crypto);
}

/* The 16 octets net-snmp wants for an IV. */
static size_t oracle_iv(
    enum usm_priv priv, const struct usm_key *key, const struct usm_iv *iv, uint8_t out[16])
{
	if (priv == USM_PRIV_DES) {
		for (size_t i = 0; i < 8; i++)
			out[i] = key->octets[8 + i] ^ iv->salt[i];
		return 8;
	}
	for (size_t i = 0; i < 4; i++) {
		out[i] = (uint8_t)((uint32_t)iv->boots >> (24 - 8 * i));
		out[4 + i] = (uint8_t)((uint32_t)iv->time >> (24 - 8 * i));
	}
	memcpy(out + 8, iv->salt, 8);
	return 16;
}

static void ciphers_are_net_snmps(void **state)
{
	struct usm_crypto *crypto = usm_crypto_new();
	uint8_t text[1500], octets[1500], other[1600], plain[1500 + USM_DECRYPT_SLACK], start[16];

	(void)state;
	for (enum usm_priv priv = USM_PRIV_DES; priv < USM_PRIV_COUNT; priv++) {
		size_t oid_len, step = priv == USM_PRIV_DES ? 8 : 1;
		oid *type = sc_get_priv_oid(oracle_privs[priv], &oid_len);
		struct usm_key key = {.len = usm_priv_spec(priv)->key_len};

		assert_true(usm_crypto_has_priv(crypto, priv));
		for (size_t len = step; len <= sizeof text; len += step * (1 + next_octet() % 30)) {
			struct usm_iv iv = {(int32_t)len, (int32_t)len * 77, {0}};
			size_t other_len = sizeof other, iv_len;

			fill_random(iv.salt, sizeof iv.salt);
			fill_random(key.octets, key.len);
			fill_random(text, len);
			memcpy(octets, text, len);
			assert_true(usm_crypto_encrypt(crypto, priv, &key, &iv, octets, len));
			iv_len = oracle_iv(priv, &key, &iv, start);
			assert_int_equal(sc_encrypt(type, oid_len, key.octets, key.len, start, (u_int)iv_len,
					     text, (u_int)len, other, &other_len),
			    SNMPERR_SUCCESS);
			assert_int_equal(other_len, len);
			assert_memory_equal(octets, other, len);
			assert_true(usm_crypto_decrypt(crypto, priv, &key, &iv, octets, len, plain));
			assert_memory_equal(plain, text, len);
		}
	}
	usm_crypto_free(crypto);
}

static void lengths_that_no_cipher_takes(void **state)
{
	struct usm_crypto *crypto = usm_crypto_new();
	struct usm_key key = {.len = 16};
	struct usm_iv iv = {0};
	uint8_t octets[32] = {0}, plain[64];

	(void)state;
	assert_false(usm_crypto_encrypt(crypto, USM_PRIV_DES, &key, &iv, octets, 12));
	assert_false(usm_crypto_decrypt(crypto, USM_PRIV_DES, &key, &iv, octets, 12, plain));
	assert_false(usm_crypto_decrypt(crypto, USM_PRIV_DES, &key, &iv, octets, 0, plain));
	assert_false(usm_crypto_decrypt(crypto, USM_PRIV_AES_128, &key, &iv, octets, 0, plain));
	assert_false(usm_crypto_encrypt(crypto, USM_PRIV_AES_256, &key, &iv, octets, 16)); /* key too short */
	usm_crypto_free(crypto);
}

static void salts_differ(void **state)
{
	struct usm_crypto *a = usm_crypto_new(), *b = usm_crypto_new();
	uint64_t first = usm_crypto_salt(a), other = usm_crypto_salt(b);

	(void)state;
	assert_true(first != other);
	for (uint64_t i = 1; i < 1000; i++)
		assert_true(usm_crypto_salt(a) == first + i);
	usm_crypto_free(a);
	usm_crypto_free(b);
}

static int set_up(void **state)
{
	(void)state;
	oracle_init();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_of_rfc_3414),
	    cmocka_unit_test(keys_of_reeders_draft),
	    cmocka_unit_test(keys_are_net_snmps),
	    cmocka_unit_test(macs_are_net_snmps),
	    cmocka_unit_test(aes_of_nist),
	    cmocka_unit_test(ciphers_are_net_snmps),
	    cmocka_unit_test(lengths_that_no_cipher_takes),
	    cmocka_unit_test(salts_differ),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
