/* credential: how to prove to an agent who is asking.
 *
 * Secrets are a type of their own whose only printer prints "***"; the bytes are
 * wiped when freed. Immutable once loaded, shared by devices. */
#ifndef ROLLCALL_MODEL_CREDENTIAL_H
#define ROLLCALL_MODEL_CREDENTIAL_H

#include <stddef.h>
#include <stdint.h>

struct secret {
	uint8_t *bytes; /* owned; NULL when not given */
	size_t len;
};
void secret_set(struct secret *secret, const void *bytes, size_t len); /* copies; wipes what was there */
void secret_fini(struct secret *secret);			       /* wipes */
const char *secret_print(const struct secret *secret);		       /* "***", or "" when not given */

/* The protocol's own numbers (RFC 3584): msgVersion on the wire. */
enum snmp_version { SNMP_V1 = 0, SNMP_V2C = 1, SNMP_V3 = 3 };

struct credential {
	char *name; /* owned */
	enum snmp_version version;
	struct secret community; /* v1, v2c */
	/* v3 (USM, RFC 3414): loaded and checked; spoken by a later version */
	char *user;
	char *auth; /* "SHA-256", NULL = none */
	char *priv; /* "AES-128", NULL = none */
	struct secret auth_key, priv_key;
	char *context;
	uint8_t context_engine_id[32]; /* 5 to 32 octets */
	size_t context_engine_id_len;  /* 0 = not given: the agent's own */
};
struct credential *credential_dup(const struct credential *credential);
void credential_free(struct credential *credential);

#endif
