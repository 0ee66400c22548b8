#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/check.h"
#include "config/loader.h"
#include "config/schema.h"
#include "config/secretfile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PASSPHRASE_MIN 8 /* RFC 3414 11.2 */
#define COMMUNITY_MAX  255
#define USER_MAX       32 /* RFC 3414: SnmpAdminString (SIZE (1..32)) */
#define ENGINE_ID_MIN  5  /* RFC 3411 section 5 */

static const struct {
	const char *name;
	int key_octets;
} protocols[] = {{"MD5", 16}, {"SHA", 20}, {"SHA-224", 28}, {"SHA-256", 32}, {"SHA-384", 48}, {"SHA-512", 64},
    {"DES", 16}, {"AES-128", 16}, {"AES-192", 24}, {"AES-256", 32}, {"AES-192-C", 24}, {"AES-256-C", 32}};

static bool version_of(const struct yaml_node *node, enum snmp_version *version)
{
	static const struct {
		const char *text;
		enum snmp_version version;
	} versions[] = {{"2c", SNMP_V2C}, {"1", SNMP_V1}, {"3", SNMP_V3}};
	const struct yaml_node *given = yaml_get(node, "version");
	const char *text = given == NULL ? "2c" : yaml_text(given);

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(versions); i++) {
		if (strcmp(versions[i].text, text) == 0) {
			*version = versions[i].version;
			return true;
		}
	}
	return false;
}

/* Whatever is no known, harmless key may have been meant as a secret. */
static void hide_secrets(struct diag *diag, const struct yaml_node *node)
{
	static const char *const harmless[] = {"version", "community_file", "user", "auth", "auth_key_file",
	    "priv", "priv_key_file", "context", "context_engine_id"};

	if (node->type == YAML_SCALAR)
		diag_hide(diag, node->place, node->end);
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		bool hide = true;

		for (size_t i = 0; e->key != NULL && i < ARRAY_LEN(harmless); i++)
			hide &= strcmp(e->key->text, harmless[i]) != 0;
		if (hide && e->value->type == YAML_SCALAR)
			diag_hide(diag, e->value->place, e->value->end);
		else if (hide)
			hide_secrets(diag, e->value);
	}
}

static bool refuse_keys(
    struct diag *diag, const struct yaml_node *node, const char *const *keys, size_t n, const char *belongs)
{
	bool fine = true;

	for (size_t i = 0; i < n; i++) {
		const struct yaml_entry *e = yaml_entry(node, keys[i]);

		if (e == NULL)
			continue;
		diag_error(diag, e->key->place, "%s belongs to %s; change the version, or remove it", keys[i],
		    belongs);
		fine = false;
	}
	return fine;
}

/* A community in a file that everybody reads is told, once a file; "public" is no secret. */
static void check_inline(struct loader *loader, const struct yaml_node *value)
{
	const char *name = diag_file_name(loader->diag, value->place.file);

	if (strcmp(value->text, "public") == 0 || loader->inline_told ||
	    !yaml_others_may_read(loader->main_yaml))
		return;
	loader->inline_told = true;
	diag_warning(loader->diag, value->place,
	    "a community stands in a file that others may read; chmod o-r %s, or use community_file", name);
}

static bool read_community(struct loader *loader, const struct yaml_node *node, struct credential *credential)
{
	static const char *const others[] = {
	    "user", "auth", "auth_key_file", "priv", "priv_key_file", "context", "context_engine_id"};
	const struct yaml_node *text = yaml_get(node, "community"), *file = yaml_get(node, "community_file");

	if (!refuse_keys(loader->diag, node, others, ARRAY_LEN(others), "version 3"))
		return false;
	if ((text == NULL) == (file == NULL)) {
		diag_error(loader->diag, node->place,
		    "a credential with %s; give it one of community and community_file",
		    text == NULL ? "no community" : "both community and community_file");
		return false;
	}
	if (file != NULL)
		return secretfile_read(file, loader->dir, loader->diag, &credential->community);
	if (yaml_text(text) == NULL || text->text[0] == '\0')
		return false;
	if (strlen(text->text) > COMMUNITY_MAX) {
		diag_error(loader->diag, text->place, "the community is longer than %d bytes; check it",
		    COMMUNITY_MAX);
		return false;
	}
	check_inline(loader, text);
	secret_set(&credential->community, text->text, strlen(text->text));
	return true;
}

static bool check_key(
    struct loader *loader, const struct yaml_node *file, const struct secret *key, const char *protocol)
{
	int octets = secretfile_key_octets(key), want = 0;

	for (size_t i = 0; i < ARRAY_LEN(protocols); i++)
		if (strcmp(protocols[i].name, protocol) == 0)
			want = protocols[i].key_octets;
	if (octets < 0)
		diag_error(loader->diag, file->place,
		    "the file's localised key is malformed; write 0x and pairs of hexadecimal digits");
	else if (octets == 0 && key->len < PASSPHRASE_MIN)
		diag_error(loader->diag, file->place,
		    "the file's passphrase is shorter than %d characters; the protocol wants more",
		    PASSPHRASE_MIN);
	else if (octets > 0 && octets != want)
		diag_error(loader->diag, file->place,
		    "the file's localised key has %d octets, %s takes %d; check which key it is", octets,
		    protocol, want);
	else
		return true;
	return false;
}

/* `auth` and its file, or `priv` and its file: both or none. */
static bool read_protocol(struct loader *loader, const struct yaml_node *node, const char *key,
    const char *file_key, char **protocol, struct secret *secret)
{
	const struct yaml_node *name = yaml_get(node, key), *file = yaml_get(node, file_key);

	if (name == NULL && file == NULL)
		return true;
	if (name == NULL || file == NULL) {
		diag_error(loader->diag, (name != NULL ? name : file)->place,
		    "%s without %s; give both, or none", name != NULL ? key : file_key,
		    name != NULL ? file_key : key);
		return false;
	}
	if (yaml_text(name) == NULL || !secretfile_read(file, loader->dir, loader->diag, secret))
		return false;
	*protocol = mem_strdup(name->text);
	return check_key(loader, file, secret, name->text);
}

static int digit_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = memchr(digits, tolower((unsigned char)c), sizeof digits - 1);

	return at != NULL ? (int)(at - digits) : -1;
}

/* "0x" and 5 to 32 pairs of digits. */
static bool engine_id_from(const char *text, struct credential *credential)
{
	size_t len = strlen(text), n = len / 2 - 1;

	if (!str_starts(text, "0x") || len % 2 != 0 || n < ENGINE_ID_MIN ||
	    n > sizeof credential->context_engine_id)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit_value(text[2 + 2 * i]), low = digit_value(text[3 + 2 * i]);

		if (high < 0 || low < 0)
			return false;
		credential->context_engine_id[i] = (uint8_t)(high << 4 | low);
	}
	credential->context_engine_id_len = n;
	return true;
}

static bool read_context(struct loader *loader, const struct yaml_node *node, struct credential *credential)
{
	const struct yaml_node *id = yaml_get(node, "context_engine_id");

	credential->context = mem_strdup(field_text(node, "context"));
	if (id == NULL || yaml_text(id) == NULL || engine_id_from(id->text, credential))
		return true;
	diag_error(loader->diag, id->place,
	    "context_engine_id is no engine-id; write 0x and %d to %zu pairs of hexadecimal digits",
	    ENGINE_ID_MIN, sizeof credential->context_engine_id);
	return false;
}

static bool read_usm(struct loader *loader, const struct yaml_node *node, struct credential *credential)
{
	static const char *const others[] = {"community", "community_file"};
	const char *user = field_text(node, "user");
	bool good = refuse_keys(loader->diag, node, others, ARRAY_LEN(others), "versions 1 and 2c");

	if (user == NULL || strlen(user) > USER_MAX) {
		diag_error(loader->diag, node->place,
		    "a credential of version 3 %s; give it a user of 1 to %d characters",
		    user == NULL ? "without user" : "with too long a user", USER_MAX);
		good = false;
	}
	good &=
	    read_protocol(loader, node, "auth", "auth_key_file", &credential->auth, &credential->auth_key);
	good &=
	    read_protocol(loader, node, "priv", "priv_key_file", &credential->priv, &credential->priv_key);
	good &= read_context(loader, node, credential);
	if (yaml_get(node, "priv") != NULL && yaml_get(node, "auth") == NULL) {
		diag_error(loader->diag, yaml_get(node, "priv")->place,
		    "priv without auth; privacy needs authentication: give auth too");
		good = false;
	}
	if (good)
		credential->user = mem_strdup(user);
	return good;
}

static void add(struct loader *loader, const char *name, struct credential *credential)
{
	struct inventory *inventory = loader->inventory;
	struct credential_entry entry = {name, credential};

	if (credential != NULL) {
		inventory->credentials = mem_realloc(
		    inventory->credentials, inventory->n_credentials + 1, sizeof *inventory->credentials);
		inventory->credentials[inventory->n_credentials++] = credential;
	}
	vec_push(&loader->credentials, entry);
}

static struct credential *read_credential(struct loader *loader, const struct yaml_entry *e)
{
	struct credential *credential;
	enum snmp_version version;
	bool good;

	hide_secrets(loader->diag, e->value);
	if (e->value->type != YAML_MAPPING)
		return NULL;
	if (!version_of(e->value, &version))
		return NULL; /* told */
	credential = mem_alloc(sizeof *credential);
	credential->name = mem_strdup(e->key->text);
	credential->version = version;
	good = credential->version == SNMP_V3 ? read_usm(loader, e->value, credential)
					      : read_community(loader, e->value, credential);
	if (!good) {
		credential_free(credential);
		return NULL;
	}
	return credential;
}

void credentials_read(struct loader *loader)
{
	const struct yaml_node *list = yaml_get(loader->root, "credentials");
	struct credential *credential;

	for (const struct yaml_entry *e = yaml_first(list); e != NULL && e->key != NULL; e = e->next)
		add(loader, e->key->text, read_credential(loader, e));
	if (loader->credentials.n > 0 || (list != NULL && !list->is_null))
		return;
	credential = mem_alloc(sizeof *credential);
	credential->name = mem_strdup("public");
	credential->version = SNMP_V2C;
	secret_set(&credential->community, "public", strlen("public"));
	add(loader, credential->name, credential);
}

static const struct credential_entry *find(const struct loader *loader, const char *name)
{
	for (size_t i = 0; i < loader->credentials.n; i++)
		if (strcmp(loader->credentials.v[i].name, name) == 0)
			return &loader->credentials.v[i];
	return NULL;
}

static void tell_unknown(struct loader *loader, const struct yaml_node *value)
{
	const char **names = mem_calloc(loader->credentials.n + 1, sizeof *names);

	for (size_t i = 0; i < loader->credentials.n; i++)
		names[i] = loader->credentials.v[i].name;
	diag_unknown(
	    loader->diag, DIAG_ERROR, value->place, "credential", value->text, names, loader->credentials.n);
	free(names);
}

void credentials_check(struct loader *loader, const struct yaml_node *value)
{
	const struct yaml_entry *at = NULL;
	const struct yaml_node *name;

	while ((name = field_next(value, &at)) != NULL)
		if (find(loader, name->text) == NULL)
			tell_unknown(loader, name);
}

/* The only one, or the one named public. */
static const struct credential_entry *default_entry(const struct loader *loader)
{
	return loader->credentials.n == 1 ? &loader->credentials.v[0] : find(loader, "public");
}

/* What is being picked for one device. */
struct pick {
	const struct credential **list;
	size_t n;
	bool told; /* why something is missing */
};

static void pick_entry(struct pick *pick, const struct credential_entry *entry)
{
	if (entry == NULL || entry->loaded == NULL) {
		pick->told = true;
		return;
	}
	for (size_t i = 0; i < pick->n; i++)
		if (pick->list[i] == entry->loaded)
			return;
	pick->list[pick->n++] = entry->loaded;
}

static void pick_default(struct loader *loader, struct pick *pick, struct diag_place device)
{
	const struct credential_entry *entry = default_entry(loader);

	if (entry == NULL && loader->credentials.n > 0)
		diag_error(loader->diag, device,
		    "no credential for this device, and several to choose from; name the default with "
		    "'credential: NAME' in the main file");
	pick_entry(pick, entry);
}

const struct credential **credentials_pick(
    struct loader *loader, const struct yaml_node *value, struct diag_place device, size_t *n)
{
	struct pick pick = {.list = mem_calloc(loader->credentials.n + 1, sizeof *pick.list)};
	const struct yaml_entry *at = NULL;
	const struct yaml_node *name;

	if (value == NULL)
		pick_default(loader, &pick, device);
	while ((name = field_next(value, &at)) != NULL) {
		const struct credential_entry *entry = find(loader, name->text);

		if (entry == NULL)
			tell_unknown(loader, name);
		pick_entry(&pick, entry);
	}
	if (pick.n == 0 && !pick.told)
		diag_warning(loader->diag, value != NULL ? value->place : device,
		    "no credential here: the device is not asked; name one");
	*n = pick.n;
	return pick.list;
}

/* For one-shot commands, which have no device to tell a mistake at: what cannot be used is left out. */
void credentials_pick_default(struct loader *loader)
{
	struct pick pick = {.list = mem_calloc(loader->credentials.n + 1, sizeof *pick.list)};
	const struct yaml_node *value = yaml_get(loader->root, "credential"), *name;
	const struct yaml_entry *at = NULL;

	if (value == NULL)
		pick_entry(&pick, default_entry(loader));
	while ((name = field_next(value, &at)) != NULL)
		pick_entry(&pick, find(loader, name->text));
	loader->inventory->default_credentials = pick.list;
	loader->inventory->n_default_credentials = pick.n;
}
