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
