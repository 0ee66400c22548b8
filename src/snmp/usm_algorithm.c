#include "snmp/usm_algorithm.h"

#include "base/mem.h"

#include <string.h>

static const struct usm_auth_spec auths[USM_AUTH_COUNT] = {
    [USM_AUTH_NONE] = {"none", NULL, 0, 0, 0},
    [USM_AUTH_MD5] = {"MD5", "MD5", 16, 64, 12},
    [USM_AUTH_SHA] = {"SHA", "SHA1", 20, 64, 12},
    [USM_AUTH_SHA_224] = {"SHA-224", "SHA2-224", 28, 64, 16},
    [USM_AUTH_SHA_256] = {"SHA-256", "SHA2-256", 32, 64, 24},
    [USM_AUTH_SHA_384] = {"SHA-384", "SHA2-384", 48, 128, 32},
    [USM_AUTH_SHA_512] = {"SHA-512", "SHA2-512", 64, 128, 48},
};

static const struct usm_priv_spec privs[USM_PRIV_COUNT] = {
    [USM_PRIV_NONE] = {"none", 0, USM_EXTENSION_NONE},
    [USM_PRIV_DES] = {"DES", 16, USM_EXTENSION_NONE},
    [USM_PRIV_AES_128] = {"AES-128", 16, USM_EXTENSION_NONE},
    [USM_PRIV_AES_192] = {"AES-192", 24, USM_EXTENSION_BLUMENTHAL},
    [USM_PRIV_AES_256] = {"AES-256", 32, USM_EXTENSION_BLUMENTHAL},
    [USM_PRIV_AES_192_C] = {"AES-192-C", 24, USM_EXTENSION_REEDER},
    [USM_PRIV_AES_256_C] = {"AES-256-C", 32, USM_EXTENSION_REEDER},
};

const struct usm_auth_spec *usm_auth_spec(enum usm_auth auth)
{
	return &auths[auth];
}

const struct usm_priv_spec *usm_priv_spec(enum usm_priv priv)
{
	return &privs[priv];
}

bool usm_auth_from_name(const char *name, enum usm_auth *auth)
{
	*auth = USM_AUTH_NONE;
	for (unsigned i = 1; name != NULL && i < ARRAY_LEN(auths); i++)
		if (strcmp(auths[i].name, name) == 0)
			*auth = (enum usm_auth)i;
	return name == NULL || *auth != USM_AUTH_NONE;
}

bool usm_priv_from_name(const char *name, enum usm_priv *priv)
{
	*priv = USM_PRIV_NONE;
	for (unsigned i = 1; name != NULL && i < ARRAY_LEN(privs); i++)
		if (strcmp(privs[i].name, name) == 0)
			*priv = (enum usm_priv)i;
	return name == NULL || *priv != USM_PRIV_NONE;
}

void usm_key_wipe(struct usm_key *key)
{
	explicit_bzero(key, sizeof *key);
}
