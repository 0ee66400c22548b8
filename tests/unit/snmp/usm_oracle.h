/* net-snmp's USM, which has opinions of its own on all of it: the oracle of our tests. And what
 * those tests share. */
#ifndef TESTS_SNMP_USM_ORACLE_H
#define TESTS_SNMP_USM_ORACLE_H

#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include "base/mem.h"
#include "snmp/usm_user.h"

#include <stdio.h>
#include <string.h>

static const int oracle_auths[USM_AUTH_COUNT] = {
    [USM_AUTH_NONE] = NETSNMP_USMAUTH_NOAUTH,
    [USM_AUTH_MD5] = NETSNMP_USMAUTH_HMACMD5,
    [USM_AUTH_SHA] = NETSNMP_USMAUTH_HMACSHA1,
    [USM_AUTH_SHA_224] = NETSNMP_USMAUTH_HMAC128SHA224,
    [USM_AUTH_SHA_256] = NETSNMP_USMAUTH_HMAC192SHA256,
    [USM_AUTH_SHA_384] = NETSNMP_USMAUTH_HMAC256SHA384,
    [USM_AUTH_SHA_512] = NETSNMP_USMAUTH_HMAC384SHA512,
};

static const int oracle_privs[USM_PRIV_COUNT] = {
    [USM_PRIV_NONE] = USM_CREATE_USER_PRIV_NONE,
    [USM_PRIV_DES] = USM_CREATE_USER_PRIV_DES,
    [USM_PRIV_AES_128] = USM_CREATE_USER_PRIV_AES,
    [USM_PRIV_AES_192] = USM_CREATE_USER_PRIV_AES192,
    [USM_PRIV_AES_256] = USM_CREATE_USER_PRIV_AES256,
    [USM_PRIV_AES_192_C] = USM_CREATE_USER_PRIV_AES192_CISCO,
    [USM_PRIV_AES_256_C] = USM_CREATE_USER_PRIV_AES256_CISCO,
};

static const uint8_t oracle_engine[] = {0x80, 0, 0x1f, 0x88, 4, 'r', 'o', 'l', 'l', 'c', 'a', 'l', 'l'};

static const struct usm_engine_id oracle_engine_id = {
    {0x80, 0, 0x1f, 0x88, 4, 'r', 'o', 'l', 'l', 'c', 'a', 'l', 'l'}, sizeof oracle_engine};

static inline void oracle_init(void)
{
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
	setenv("MIBS", "", 1);
	snmp_disable_log();
	init_snmp("oracle");
}

/* The user's and the localised key of a passphrase. */
static inline void oracle_keys(
    enum usm_auth auth, const char *passphrase, struct usm_key *master, struct usm_key *local)
{
	size_t oid_len, len = sizeof master->octets;
	oid *type = sc_get_auth_oid(oracle_auths[auth], &oid_len);

	assert_int_equal(generate_Ku(type, (u_int)oid_len, (const u_char *)passphrase, strlen(passphrase),
			     master->octets, &len),
	    SNMPERR_SUCCESS);
	master->len = (uint8_t)len;
	len = sizeof local->octets;
	assert_int_equal(generate_kul(type, (u_int)oid_len, oracle_engine, sizeof oracle_engine,
			     master->octets, master->len, local->octets, &len),
	    SNMPERR_SUCCESS);
	local->len = (uint8_t)len;
}

/* As long as the privacy protocol wants it; never shorter than it was. */
static inline void oracle_extend(enum usm_auth auth, enum usm_priv priv, struct usm_key *local)
{
	size_t oid_len, len = local->len;
	oid *type = sc_get_auth_oid(oracle_auths[auth], &oid_len);
	u_char *buffer = malloc(256);
	uint8_t engine[sizeof oracle_engine];

	memcpy(engine, oracle_engine, sizeof engine);
	memcpy(buffer, local->octets, local->len);
	assert_int_equal(netsnmp_extend_kul(usm_priv_spec(priv)->key_len, type, (u_int)oid_len,
			     oracle_privs[priv], engine, sizeof engine, &buffer, &len, 256),
	    SNMPERR_SUCCESS);
	assert_in_range(len, 1, sizeof local->octets);
	memcpy(local->octets, buffer, len);
	local->len = (uint8_t)len;
	free(buffer);
}

/* Makes net-snmp know the user of our engine-id, by its own keys. */
static inline void oracle_add_user(
    const char *name, enum usm_auth auth, const char *auth_pass, enum usm_priv priv, const char *priv_pass)
{
	struct usmUser *user = usm_create_user();
	struct usm_key master, local;
	const oid *type;

	user->engineID = mem_dup(oracle_engine, sizeof oracle_engine);
	user->engineIDLen = sizeof oracle_engine;
	user->name = mem_strdup(name);
	user->secName = mem_strdup(name);
	user->userStatus = RS_ACTIVE;
	if (auth != USM_AUTH_NONE) {
		free(user->authProtocol);
		type = sc_get_auth_oid(oracle_auths[auth], &user->authProtocolLen);
		user->authProtocol = snmp_duplicate_objid(type, user->authProtocolLen);
		oracle_keys(auth, auth_pass, &master, &local);
		user->authKey = mem_dup(local.octets, local.len);
		user->authKeyLen = local.len;
	}
	if (priv != USM_PRIV_NONE) {
		free(user->privProtocol);
		type = sc_get_priv_oid(oracle_privs[priv], &user->privProtocolLen);
		user->privProtocol = snmp_duplicate_objid(type, user->privProtocolLen);
		oracle_keys(auth, priv_pass, &master, &local);
		oracle_extend(auth, priv, &local);
		user->privKey = mem_dup(local.octets, local.len);
		user->privKeyLen = usm_priv_spec(priv)->key_len;
	}
	usm_add_user(user);
}

static inline void credential_fill(struct credential *credential, const char *user, enum usm_auth auth,
    const char *auth_pass, enum usm_priv priv, const char *priv_pass)
{
	*credential = (struct credential){.version = SNMP_V3, .user = mem_strdup(user)};
	if (auth != USM_AUTH_NONE) {
		credential->auth = mem_strdup(usm_auth_spec(auth)->name);
		secret_set(&credential->auth_key, auth_pass, strlen(auth_pass));
	}
	if (priv != USM_PRIV_NONE) {
		credential->priv = mem_strdup(usm_priv_spec(priv)->name);
		secret_set(&credential->priv_key, priv_pass, strlen(priv_pass));
	}
}

static inline void credential_empty(struct credential *credential)
{
	secret_fini(&credential->auth_key);
	secret_fini(&credential->priv_key);
	free(credential->user);
	free(credential->auth);
	free(credential->priv);
	free(credential->context);
}

/* All derivations on the spot; how many there were. */
static inline unsigned user_settle(struct usm_user *user, struct usm_keys *keys)
{
	struct usm_derivation job;
	unsigned n = 0;

	for (; usm_user_next(user, keys, &job) == USM_DERIVE; n++) {
		usm_derivation_run(&job);
		assert_int_equal(usm_user_take(user, keys, &job), ERR_OK);
	}
	return n;
}

static inline unsigned user_localise(struct usm_user *user, struct usm_keys *keys,
    const struct usm_engine_id *engine, struct usm_localised *localised)
{
	struct usm_derivation job;
	unsigned n = 0;

	for (; usm_user_localise(user, keys, engine, localised, &job) == USM_DERIVE; n++) {
		usm_derivation_run(&job);
		assert_int_equal(usm_user_take(user, keys, &job), ERR_OK);
	}
	return n;
}

#endif
