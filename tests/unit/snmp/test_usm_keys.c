/* Users, and the keys that are kept for them: how often is hashed, what the file holds, and what of a
 * damaged one is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "unit/snmp/usm_oracle.h"

#include "snmp/usm_engine.h"
#include "snmp/usm_keys.h"
#include "snmp/usm_user.h"

#define DAY INT64_C(86400000000000)

static const struct usm_engine_id other_engine = {{0x80, 0, 0, 9, 3, 1, 2, 3, 4, 5, 6}, 11};

static enum err init(struct usm_user *user, const struct credential *credential)
{
	struct usm_crypto *crypto = usm_crypto_new();
	struct str why = {0};
	enum err err = usm_user_init(user, credential, crypto, &why);

	assert_true((err == ERR_OK) == (why.len == 0));
	str_fini(&why);
	usm_crypto_free(crypto);
	return err;
}

static void a_passphrase_is_hashed_once(void **state)
{
	struct usm_keys *keys = usm_keys_new();
	struct credential credential;
	struct usm_user a, b;
	struct usm_localised first, second;

	(void)state;
	credential_fill(
	    &credential, "ops", USM_AUTH_SHA, "correct horse", USM_PRIV_AES_256_C, "battery staple");
	assert_int_equal(init(&a, &credential), ERR_OK);
	assert_int_equal(init(&b, &credential), ERR_OK);
	assert_int_equal(user_settle(&a, keys), 4); /* a root and a key for each of two passphrases */
	assert_int_equal(user_settle(&b, keys), 2); /* the roots */
	assert_int_equal(usm_keys_count(keys), 2);
	assert_int_equal(user_localise(&a, keys, &oracle_engine_id, &first), 1); /* Reeder's extension */
	assert_int_equal(user_localise(&a, keys, &other_engine, &second), 1);
	assert_memory_not_equal(first.priv.octets, second.priv.octets, 32);
	assert_int_equal(user_localise(&b, keys, &oracle_engine_id, &second), 0);
	assert_memory_equal(&first.auth, &second.auth, sizeof first.auth);
	assert_memory_equal(&first.priv, &second.priv, sizeof first.priv);
	assert_int_equal(usm_keys_count(keys), 4);
	usm_user_fini(&a);
	usm_user_fini(&b);
	usm_keys_free(keys);
	credential_empty(&credential);
}

static void the_localised_keys_are_net_snmps(void **state)
{
	struct usm_keys *keys = usm_keys_new();
	struct usm_key master, want;

	(void)state;
	for (enum usm_auth auth = USM_AUTH_MD5; auth < USM_AUTH_COUNT; auth++) {
		for (enum usm_priv priv = USM_PRIV_NONE; priv < USM_PRIV_COUNT; priv++) {
			struct usm_localised localised;
			struct credential credential;
			struct usm_user user;

			credential_fill(&credential, "ops", auth, "correct horse", priv, "battery staple");
			assert_int_equal(init(&user, &credential), ERR_OK);
			user_settle(&user, keys);
			user_localise(&user, keys, &oracle_engine_id, &localised);
			oracle_keys(auth, "correct horse", &master, &want);
			assert_int_equal(localised.auth.len, want.len);
			assert_memory_equal(localised.auth.octets, want.octets, want.len);
			assert_int_equal(localised.priv.len, usm_priv_spec(priv)->key_len);
			if (priv != USM_PRIV_NONE) {
				oracle_keys(auth, "battery staple", &master, &want);
				oracle_extend(auth, priv, &want);
				assert_memory_equal(
				    localised.priv.octets, want.octets, usm_priv_spec(priv)->key_len);
			}
			usm_user_fini(&user);
			credential_empty(&credential);
		}
	}
	usm_keys_free(keys);
}

static void a_key_may_be_given_localised(void **state)
{
	static const char auth[] = "0x000102030405060708090A0B0c0d0e0f10111213";
	struct usm_keys *keys = usm_keys_new();
	struct credential credential;
	struct usm_localised localised;
	struct usm_user user;

	(void)state;
	credential_fill(&credential, "ops", USM_AUTH_SHA, auth, USM_PRIV_AES_256_C,
	    "0Xff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff");
	assert_int_equal(init(&user, &credential), ERR_OK);
	assert_int_equal(user_settle(&user, keys), 0);
	assert_int_equal(user_localise(&user, keys, &oracle_engine_id, &localised), 0);
	assert_int_equal(localised.auth.len, 20);
	for (size_t i = 0; i < 20; i++)
		assert_int_equal(localised.auth.octets[i], i);
	assert_int_equal(localised.priv.len, 32);
	assert_int_equal(localised.priv.octets[31], 0xff);
	assert_int_equal(usm_keys_count(keys), 0);
	usm_user_fini(&user);
	secret_set(&credential.auth_key, auth, strlen(auth) - 2);
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	secret_set(&credential.auth_key, "0x00010203040506070809zz0b0c0d0e0f10111213", strlen(auth));
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
	usm_keys_free(keys);
}

static void what_is_no_user(void **state)
{
	struct credential credential;
	struct usm_user user;

	(void)state;
	credential_fill(
	    &credential, "a name of more than 32 characters", USM_AUTH_NONE, "", USM_PRIV_NONE, "");
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
	credential_fill(&credential, "", USM_AUTH_NONE, "", USM_PRIV_NONE, "");
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
	credential_fill(&credential, "ops", USM_AUTH_SHA, "7 chars", USM_PRIV_NONE, "");
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
	credential_fill(&credential, "ops", USM_AUTH_NONE, "", USM_PRIV_DES, "battery staple");
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
	credential_fill(&credential, "ops", USM_AUTH_NONE, "", USM_PRIV_NONE, "");
	credential.auth = mem_strdup("SHA-1024");
	assert_int_equal(init(&user, &credential), ERR_INVALID);
	credential_empty(&credential);
}

/* --- the file --- */

static struct usm_keys_name name_of(unsigned n)
{
	struct usm_keys_name name = {.auth = USM_AUTH_SHA, .key_len = (uint8_t)(16 + n % 49)};

	memset(name.root.octets, (int)(n % 251), sizeof name.root.octets);
	name.root.octets[0] = (uint8_t)(n / 251);
	name.engine.len = n % 2 == 0 ? 0 : (uint8_t)(5 + n % 20);
	return name;
}

static struct usm_key key_of(unsigned n)
{
	struct usm_key key = {.len = name_of(n).key_len};

	memset(key.octets, (int)(n % 253 + 1), key.len);
	return key;
}

static struct usm_keys *keys_with(unsigned count)
{
	struct usm_keys *keys = usm_keys_new();

	for (unsigned i = 0; i < count; i++) {
		struct usm_keys_name name = name_of(i);
		struct usm_key key = key_of(i);

		usm_keys_put(keys, &name, &key);
	}
	return keys;
}

static void check_keys(struct usm_keys *keys, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct usm_keys_name name = name_of(i);
		struct usm_key key, want = key_of(i);

		assert_true(usm_keys_find(keys, &name, &key));
		assert_int_equal(key.len, want.len);
		assert_memory_equal(key.octets, want.octets, want.len);
		name.auth = USM_AUTH_MD5;
		assert_false(usm_keys_find(keys, &name, &key));
		name.auth = USM_AUTH_SHA;
		name.engine.octets[0] ^= 1;
		assert_int_equal(usm_keys_find(keys, &name, &key), name.engine.len == 0);
		name.engine.octets[0] ^= 1;
		name.root.octets[31] ^= 1;
		assert_false(usm_keys_find(keys, &name, &key));
		assert_int_equal(key.len, 0);
	}
}

static void keys_outlive_a_restart(void **state)
{
	struct usm_keys *keys = keys_with(500), *again = usm_keys_new();
	struct str file = {0}, twice = {0};

	(void)state;
	check_keys(keys, 500);
	assert_true(usm_keys_changed(keys));
	usm_keys_write(keys, 20000 * DAY, &file);
	assert_false(usm_keys_changed(keys));
	assert_int_equal(usm_keys_read(again, file.s, file.len), ERR_OK);
	assert_false(usm_keys_changed(again));
	assert_memory_equal(usm_keys_salt(keys), usm_keys_salt(again), USM_ROOT_SALT);
	usm_keys_write(again, 20000 * DAY, &twice);
	assert_int_equal(file.len, twice.len);
	assert_memory_equal(file.s, twice.s, file.len);
	check_keys(again, 500);
	/* In clear text nothing of a key is there. */
	for (unsigned i = 0; i < 500; i++) {
		struct usm_key key = key_of(i);

		assert_null(memmem(file.s, file.len, key.octets, 8));
	}
	str_fini(&file);
	str_fini(&twice);
	usm_keys_free(keys);
	usm_keys_free(again);
}

static void a_user_after_a_restart(void **state)
{
	struct usm_keys *keys = usm_keys_new(), *again = usm_keys_new();
	struct usm_localised first, second;
	struct credential credential;
	struct usm_user user;
	struct str file = {0};

	(void)state;
	credential_fill(
	    &credential, "ops", USM_AUTH_MD5, "correct horse", USM_PRIV_AES_192_C, "battery staple");
	assert_int_equal(init(&user, &credential), ERR_OK);
	user_settle(&user, keys);
	assert_int_equal(user_localise(&user, keys, &oracle_engine_id, &first), 1);
	usm_keys_write(keys, 20000 * DAY, &file);
	assert_null(memmem(file.s, file.len, "correct horse", 8));
	assert_null(memmem(file.s, file.len, first.priv.octets, 8));
	assert_null(memmem(file.s, file.len, user.auth_secret.key.octets, 8));
	usm_user_fini(&user);
	assert_int_equal(init(&user, &credential), ERR_OK);
	assert_int_equal(usm_keys_read(again, file.s, file.len), ERR_OK);
	assert_int_equal(user_settle(&user, again), 2); /* roots, no keys */
	assert_int_equal(user_localise(&user, again, &oracle_engine_id, &second), 0);
	assert_memory_equal(&first.priv, &second.priv, sizeof first.priv);
	assert_memory_equal(&first.auth, &second.auth, sizeof first.auth);
	assert_false(usm_keys_changed(again));
	usm_user_fini(&user);
	/* Another passphrase is another key. */
	secret_set(&credential.priv_key, "battery stable", 14);
	assert_int_equal(init(&user, &credential), ERR_OK);
	assert_int_equal(user_settle(&user, again), 3);
	assert_int_equal(user_localise(&user, again, &oracle_engine_id, &second), 1);
	assert_memory_not_equal(first.priv.octets, second.priv.octets, 24);
	usm_user_fini(&user);
	credential_empty(&credential);
	str_fini(&file);
	usm_keys_free(keys);
	usm_keys_free(again);
}

static void what_nobody_asks_for_goes(void **state)
{
	struct usm_keys *keys = keys_with(3);
	struct usm_keys_name name = name_of(1);
	struct str file = {0};
	struct usm_key key;

	(void)state;
	usm_keys_write(keys, 20000 * DAY, &file);
	usm_keys_write(keys, 20030 * DAY, &file);
	assert_int_equal(usm_keys_count(keys), 3);
	assert_true(usm_keys_find(keys, &name, &key));
	usm_keys_write(keys, 20031 * DAY, &file);
	assert_int_equal(usm_keys_count(keys), 1);
	usm_keys_write(keys, 10 * DAY, &file); /* a clock that was set back makes nothing old */
	assert_int_equal(usm_keys_count(keys), 1);
	assert_true(usm_keys_find(keys, &name, &key));
	str_fini(&file);
	usm_keys_free(keys);
}

static void the_oldest_gives_way(void **state)
{
	struct usm_keys *keys = usm_keys_new();
	struct usm_keys_name name = name_of(0);
	struct usm_key key = key_of(0);

	(void)state;
	for (uint32_t i = 0; i <= USM_KEYS_MAX; i++) {
		memcpy(name.root.octets, &i, sizeof i);
		usm_keys_put(keys, &name, &key);
		assert_int_equal(usm_keys_count(keys), i < USM_KEYS_MAX ? i + 1 : USM_KEYS_MAX);
	}
	assert_true(usm_keys_find(keys, &name, &key));
	memset(name.root.octets, 0, 4);
	assert_false(usm_keys_find(keys, &name, &key));
	usm_keys_free(keys);
}

static enum err read_exactly(const char *octets, size_t len, size_t *count)
{
	struct usm_keys *keys = usm_keys_new();
	char *copy = mem_dup(octets, len == 0 ? 1 : len);
	enum err err = usm_keys_read(keys, copy, len);

	*count = usm_keys_count(keys);
	free(copy);
	usm_keys_free(keys);
	return err;
}

static void a_damaged_file_is_none(void **state)
{
	struct usm_keys *keys = keys_with(4), *none = usm_keys_new();
	struct str file = {0};
	size_t count;

	(void)state;
	usm_keys_write(keys, 20000 * DAY, &file);
	for (size_t i = 0; i < file.len; i++) {
		assert_int_equal(read_exactly(file.s, i, &count), ERR_CORRUPT);
		for (unsigned bit = 0; bit < 8; bit++) {
			file.s[i] = (char)(file.s[i] ^ 1 << bit);
			assert_int_equal(read_exactly(file.s, file.len, &count), ERR_CORRUPT);
			assert_int_equal(count, 0);
			file.s[i] = (char)(file.s[i] ^ 1 << bit);
		}
	}
	str_add_char(&file, 0);
	assert_int_equal(read_exactly(file.s, file.len, &count), ERR_CORRUPT);
	assert_int_equal(read_exactly(file.s, file.len - 1, &count), ERR_OK);
	assert_int_equal(count, 4);
	str_clear(&file);
	usm_keys_write(none, 20000 * DAY, &file);
	assert_int_equal(read_exactly(file.s, file.len, &count), ERR_OK);
	assert_int_equal(count, 0);
	str_fini(&file);
	usm_keys_free(keys);
	usm_keys_free(none);
}

/* --- the engine's clock --- */

static void clock_of_an_engine(void **state)
{
	struct usm_engine engine;
	int32_t boots, time;

	(void)state;
	usm_engine_init(&engine);
	assert_true(usm_engine_learn_id(&engine, oracle_engine, sizeof oracle_engine));
	usm_engine_clock(&engine, 5, &boots, &time);
	assert_int_equal(boots + time, 0);
	assert_true(usm_engine_hear(&engine, 3, 1000, 0));
	usm_engine_clock(&engine, INT64_C(61500000000), &boots, &time);
	assert_int_equal(boots, 3);
	assert_int_equal(time, 1061);
	/* An older message within the window is good, but sets nothing back. */
	assert_true(usm_engine_hear(&engine, 3, 990, INT64_C(61500000000)));
	assert_int_equal(engine.latest, 1000);
	assert_false(usm_engine_hear(&engine, 3, 910, INT64_C(61500000000)));
	assert_false(usm_engine_hear(&engine, 2, 5000, INT64_C(61500000000)));
	assert_int_equal(engine.restarts, 0);
	assert_true(usm_engine_hear(&engine, 4, 1, INT64_C(62000000000)));
	assert_int_equal(engine.restarts, 1);
	assert_false(usm_engine_hear(&engine, 3, 1062, INT64_C(62000000000)));
	/* At the end of time. */
	assert_true(usm_engine_hear(&engine, 4, INT32_MAX - 1, 0));
	usm_engine_clock(&engine, INT64_C(3000000000), &boots, &time);
	assert_int_equal(boots, 5);
	assert_int_equal(time, 1);
	assert_false(usm_engine_hear(&engine, INT32_MAX, 1, 0)); /* boots latched: RFC 3414 2.2.3 */
	/* Another engine is another clock, with other keys. */
	engine.has_keys = true;
	assert_true(usm_engine_learn_id(&engine, other_engine.octets, other_engine.len));
	assert_false(engine.has_keys);
	assert_int_equal(engine.state, USM_ENGINE_NEVER_HEARD);
	assert_int_equal(engine.restarts, 2);
	usm_engine_fini(&engine);
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
	    cmocka_unit_test(a_passphrase_is_hashed_once),
	    cmocka_unit_test(the_localised_keys_are_net_snmps),
	    cmocka_unit_test(a_key_may_be_given_localised),
	    cmocka_unit_test(what_is_no_user),
	    cmocka_unit_test(keys_outlive_a_restart),
	    cmocka_unit_test(a_user_after_a_restart),
	    cmocka_unit_test(what_nobody_asks_for_goes),
	    cmocka_unit_test(the_oldest_gives_way),
	    cmocka_unit_test(a_damaged_file_is_none),
	    cmocka_unit_test(clock_of_an_engine),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
