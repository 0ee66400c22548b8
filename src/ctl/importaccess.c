#include "ctl/importaccess.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- words of others --- */

int importaccess_version(const char *text)
{
	/* The digit alone tells: "v2c", "SNMP_V3", "SNMPv1", "2". */
	const char *digit = text != NULL ? strpbrk(text, "123") : NULL;

	if (digit == NULL || (isdigit((unsigned char)digit[1]) != 0))
		return -1;
	return *digit == '1' ? SNMP_V1 : *digit == '2' ? SNMP_V2C : SNMP_V3;
}

/* Letters and digits alone, in lower case. */
static void fold(const char *text, char out[32])
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < 32; text++)
		if (isalnum((unsigned char)*text))
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

static const char *translate(const char *text, const char *const words[][2], size_t n)
{
	char folded[32];

	if (text == NULL)
		return NULL;
	fold(text, folded);
	for (size_t i = 0; i < n; i++)
		if (strcmp(folded, words[i][0]) == 0)
			return words[i][1];
	return NULL;
}

const char *importaccess_auth(const char *text)
{
	static const char *const words[][2] = {{"md5", "MD5"}, {"sha", "SHA"}, {"sha1", "SHA"},
	    {"sha224", "SHA-224"}, {"hmac128sha224", "SHA-224"}, {"sha256", "SHA-256"},
	    {"hmac192sha256", "SHA-256"}, {"sha384", "SHA-384"}, {"hmac256sha384", "SHA-384"},
	    {"sha512", "SHA-512"}, {"hmac384sha512", "SHA-512"}};

	return translate(text, words, ARRAY_LEN(words));
}

const char *importaccess_priv(const char *text)
{
	static const char *const words[][2] = {{"des", "DES"}, {"aes", "AES-128"}, {"aes128", "AES-128"},
	    {"aes192", "AES-192"}, {"aes256", "AES-256"}, {"aes192c", "AES-192-C"}, {"aes256c", "AES-256-C"}};

	return translate(text, words, ARRAY_LEN(words));
}

/* --- the same? --- */

static bool same_secret(const struct secret *a, const struct secret *b)
{
	return a->len == b->len && (a->len == 0 || memcmp(a->bytes, b->bytes, a->len) == 0);
}

/* A key that the source does not have may be any. */
static bool may_be_key(const struct secret *ours, const struct secret *theirs)
{
	return ours->bytes == NULL || same_secret(ours, theirs);
}

static bool is_hollow(const struct import_access *access)
{
	return access->community.len == 0 && access->user == NULL;
}

/* What it is counts, not what a source calls it; of a hollow one the name is all there is. */
static bool same_access(const struct import_access *a, const struct import_access *b)
{
	return a->version == b->version && same_secret(&a->community, &b->community) &&
	       (!is_hollow(a) || str_equal(a->name, b->name)) && str_equal(a->user, b->user) &&
	       str_equal(a->auth, b->auth) && str_equal(a->priv, b->priv) &&
	       str_equal(a->context, b->context) && same_secret(&a->auth_key, &b->auth_key) &&
	       same_secret(&a->priv_key, &b->priv_key);
}

static bool is_configured(const struct import_access *access, const struct credential *credential)
{
	if (access->version != (int)credential->version)
		return false;
	if (access->version != SNMP_V3)
		return same_secret(&access->community, &credential->community);
	return str_equal(access->user, credential->user) && str_equal(access->auth, credential->auth) &&
	       str_equal(access->priv, credential->priv) && str_equal(access->context, credential->context) &&
	       may_be_key(&access->auth_key, &credential->auth_key) &&
	       may_be_key(&access->priv_key, &credential->priv_key);
}

static const struct credential *configured_name(const struct importlist *list, const char *name)
{
	for (size_t i = 0; i < list->inventory->n_credentials; i++)
		if (strcmp(list->inventory->credentials[i]->name, name) == 0)
			return list->inventory->credentials[i];
	return NULL;
}

static const struct credential *configured(const struct importlist *list, const struct import_access *access)
{
	for (size_t i = 0; i < list->inventory->n_credentials; i++)
		if (is_configured(access, list->inventory->credentials[i]))
			return list->inventory->credentials[i];
	return NULL;
}

/* --- settling --- */

static bool is_empty(const struct import_access *access)
{
	return access->community.len == 0 && access->user == NULL && access->name == NULL;
}

static void copy_secret(struct secret *to, const struct secret *from)
{
	if (from->len > 0)
		secret_set(to, from->bytes, from->len);
}

/* What the source calls by a name, from where it is defined. */
static void look_up(const struct importlist *list, struct import_access *access)
{
	for (size_t i = 0; i < list->accesses.n && access->name != NULL; i++) {
		const struct import_access *defined = &list->accesses.v[i];

		if (strcmp(defined->name, access->name) != 0)
			continue;
		access->version = defined->version;
		access->user = mem_strdup(defined->user);
		access->auth = mem_strdup(defined->auth);
		access->priv = mem_strdup(defined->priv);
		access->context = mem_strdup(defined->context);
		copy_secret(&access->community, &defined->community);
		copy_secret(&access->auth_key, &defined->auth_key);
		copy_secret(&access->priv_key, &defined->priv_key);
		return;
	}
}

static void complete(struct import_access *access)
{
	if (access->version < 0 && access->user != NULL)
		access->version = SNMP_V3;
	else if (access->version < 0)
		access->version = SNMP_V2C;
	if (access->version == SNMP_V3)
		secret_fini(&access->community);
}

static char *new_name(const struct importlist *list, const struct import_access *access, size_t *next)
{
	char *name = mem_strdup(access->name);

	while (name == NULL || configured_name(list, name) != NULL) {
		free(name);
		name = str_format("imported-%zu", ++*next);
	}
	return name;
}

/* A name that means something rather than a number. */
static void adopt_name(
    const struct importlist *list, struct import_credential *credential, struct import_access *access)
{
	if (credential->is_known || credential->access.name != NULL || access->name == NULL ||
	    configured_name(list, access->name) != NULL)
		return;
	credential->access.name = access->name;
	access->name = NULL;
	free(credential->name);
	credential->name = mem_strdup(credential->access.name);
}

/* Its number among the list's credentials; what is new is added. Takes the access then. */
static size_t find_or_add(struct importlist *list, struct import_access *access, size_t *next)
{
	bool hollow = is_hollow(access);
	const struct credential *known =
	    hollow ? configured_name(list, access->name) : configured(list, access);
	struct import_credential new = {.is_known = known != NULL, .is_hollow = hollow && known == NULL};

	for (size_t i = 0; i < list->credentials.n; i++)
		if (same_access(&list->credentials.v[i].access, access)) {
			adopt_name(list, &list->credentials.v[i], access);
			return i;
		}
	new.name = known != NULL ? mem_strdup(known->name) : new_name(list, access, next);
	new.access = *access;
	*access = (struct import_access){.version = -1};
	vec_push(&list->credentials, new);
	return list->credentials.n - 1;
}

void importaccess_settle(struct importlist *list)
{
	const struct inventory *inventory = list->inventory;
	const char *usual =
	    inventory->n_default_credentials > 0 ? inventory->default_credentials[0]->name : NULL;
	size_t *numbers = mem_calloc(list->devices.n + 1, sizeof *numbers), next = 0;

	for (size_t i = 0; i < list->devices.n; i++) {
		struct import_device *device = &list->devices.v[i];

		numbers[i] = SIZE_MAX;
		if (is_empty(&device->access))
			continue;
		look_up(list, &device->access);
		complete(&device->access);
		if (is_empty(&device->access)) {
			diag_warning(list->diag, device->place,
			    "%s is asked by version 3, and no user is named; name a credential for it",
			    device->name);
			continue;
		}
		numbers[i] = find_or_add(list, &device->access, &next);
		list->credentials.v[numbers[i]].used++;
	}
	/* Not before: the list of credentials moves while it grows. */
	for (size_t i = 0; i < list->devices.n; i++)
		if (numbers[i] != SIZE_MAX && !str_equal(list->credentials.v[numbers[i]].name, usual))
			list->devices.v[i].credential = list->credentials.v[numbers[i]].name;
	free(numbers);
}
