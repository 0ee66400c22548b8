#include "model/credential.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

void secret_set(struct secret *secret, const void *bytes, size_t len)
{
	/* The new bytes may lie in the old secret: copy before wiping. Terminated, so that a
	 * community can be handed to what wants a string. */
	uint8_t *copy = mem_alloc(len + 1);

	if (len > 0)
		memcpy(copy, bytes, len);
	secret_fini(secret);
	secret->bytes = copy;
	secret->len = len;
}

void secret_fini(struct secret *secret)
{
	if (secret->bytes != NULL)
		explicit_bzero(secret->bytes, secret->len);
	free(secret->bytes);
	secret->bytes = NULL;
	secret->len = 0;
}

const char *secret_print(const struct secret *secret)
{
	return secret->bytes != NULL ? "***" : "";
}

static void secret_dup(struct secret *to, const struct secret *from)
{
	*to = (struct secret){0};
	if (from->bytes != NULL)
		secret_set(to, from->bytes, from->len);
}

struct credential *credential_dup(const struct credential *credential)
{
	struct credential *copy = mem_dup(credential, sizeof *credential);

	copy->name = mem_strdup(credential->name);
	copy->user = mem_strdup(credential->user);
	copy->auth = mem_strdup(credential->auth);
	copy->priv = mem_strdup(credential->priv);
	copy->context = mem_strdup(credential->context);
	secret_dup(&copy->community, &credential->community);
	secret_dup(&copy->auth_key, &credential->auth_key);
	secret_dup(&copy->priv_key, &credential->priv_key);
	return copy;
}

void credential_free(struct credential *credential)
{
	if (credential == NULL)
		return;
	secret_fini(&credential->community);
	secret_fini(&credential->auth_key);
	secret_fini(&credential->priv_key);
	free(credential->name);
	free(credential->user);
	free(credential->auth);
	free(credential->priv);
	free(credential->context);
	free(credential);
}
