#include "ctl/asking.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

static struct credential *credential_of(const struct invocation *invocation)
{
	struct credential *credential = mem_alloc(sizeof *credential);

	credential->name = mem_strdup("(given)");
	credential->version = str_equal(invocation->version, "1") ? SNMP_V1 : SNMP_V2C;
	secret_set(&credential->community, invocation->community.bytes, invocation->community.len);
	return credential;
}

static const struct credential *credential_named(
    const struct inventory *inventory, const char *name, size_t len)
{
	for (size_t i = 0; i < inventory->n_credentials; i++) {
		const char *other = inventory->credentials[i]->name;

		if (strlen(other) == len && memcmp(other, name, len) == 0)
			return inventory->credentials[i];
	}
	return NULL;
}

static bool choose_named(
    struct asking *asking, const struct invocation *invocation, const struct inventory *inventory)
{
	size_t len;

	asking->credentials =
	    mem_calloc(strlen(invocation->credential) + 1, sizeof(const struct credential *));
	for (const char *name = invocation->credential;; name += len + 1) {
		const struct credential *credential;

		len = strcspn(name, ",");
		credential = credential_named(inventory, name, len);
		if (credential == NULL) {
			invocation_mistake(invocation, "no credential is called '%.*s' in the configuration",
			    (int)len, name);
			return false;
		}
		asking->credentials[asking->n++] = credential;
		if (name[len] == '\0')
			return true;
	}
}

bool asking_choose(
    struct asking *asking, const struct invocation *invocation, const struct inventory *inventory)
{
	*asking = (struct asking){0};
	if (invocation->community.bytes != NULL) {
		asking->given = credential_of(invocation);
		asking->credentials = mem_calloc(1, sizeof(const struct credential *));
		asking->credentials[asking->n++] = asking->given;
		return true;
	}
	if (invocation->credential != NULL)
		return choose_named(asking, invocation, inventory);
	asking->credentials =
	    mem_calloc(inventory->n_default_credentials + 1, sizeof(const struct credential *));
	while (asking->n < inventory->n_default_credentials) {
		asking->credentials[asking->n] = inventory->default_credentials[asking->n];
		asking->n++;
	}
	if (asking->n > 0)
		return true;
	invocation_mistake(invocation, "no credential to ask with; -C COMMUNITY gives one");
	return false;
}

void asking_fini(struct asking *asking)
{
	free(asking->credentials);
	credential_free(asking->given);
}
