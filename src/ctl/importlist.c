#include "ctl/importlist.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "ctl/importaccess.h"
#include "model/endpoint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_BYTES 128 /* the configuration's */

void import_access_fini(struct import_access *access)
{
	secret_fini(&access->community);
	secret_fini(&access->auth_key);
	secret_fini(&access->priv_key);
	free(access->name);
	free(access->user);
	free(access->auth);
	free(access->priv);
	free(access->context);
	*access = (struct import_access){.version = -1};
}

static void device_fini(struct import_device *device)
{
	free(device->name);
	free(device->address);
	free(device->port);
	free(device->parent);
	for (size_t i = 0; i < device->n_tags; i++)
		free(device->tags[i]);
	free(device->tags);
	import_access_fini(&device->access);
	*device = (struct import_device){0};
}

/* --- what is known already --- */

static size_t of_inventory(size_t number)
{
	return SIZE_MAX - 1 - number;
}

/* The inventory's device, or NULL: then it is the list's own. */
static const struct device *known_device(const struct importlist *list, size_t found)
{
	size_t number = SIZE_MAX - 1 - found;

	return number < list->inventory->n_devices ? &list->inventory->devices[number] : NULL;
}

void importlist_init(struct importlist *list, const struct inventory *inventory,
    const struct addresses *excluded, struct diag *diag)
{
	*list = (struct importlist){.inventory = inventory, .excluded = excluded, .diag = diag};
	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *device = &inventory->devices[i];
		char *address = endpoint_canonical(device->host, device->port);

		nameset_add(&list->by_address, address, of_inventory(i));
		nameset_add(&list->by_name, device->name, of_inventory(i));
		free(address);
	}
}

void importlist_fini(struct importlist *list)
{
	for (size_t i = 0; i < list->devices.n; i++)
		device_fini(&list->devices.v[i]);
	for (size_t i = 0; i < list->credentials.n; i++) {
		import_access_fini(&list->credentials.v[i].access);
		free(list->credentials.v[i].name);
	}
	for (size_t i = 0; i < list->skipped.n; i++) {
		free(list->skipped.v[i].name);
		free(list->skipped.v[i].address);
		free(list->skipped.v[i].reason);
	}
	for (size_t i = 0; i < list->accesses.n; i++)
		import_access_fini(&list->accesses.v[i]);
	vec_fini(&list->devices);
	vec_fini(&list->credentials);
	vec_fini(&list->skipped);
	vec_fini(&list->accesses);
	nameset_fini(&list->by_address);
	nameset_fini(&list->by_name);
	nameset_fini(&list->by_alias);
}

/* --- adding --- */

static char *clean_text(const char *text)
{
	struct str out = {0};

	if (text == NULL)
		return NULL;
	text += strspn(text, " \t\r\n");
	str_add_utf8(&out, text, strlen(text));
	return str_steal(&out);
}

void import_device_tag(struct import_device *device, const char *text)
{
	char *tag = clean_text(text);

	for (size_t i = 0; i < device->n_tags && tag != NULL; i++) {
		if (strcmp(device->tags[i], tag) == 0) {
			free(tag);
			tag = NULL;
		}
	}
	if (tag == NULL || *tag == '\0' || device->n_tags == IMPORT_TAGS_MAX) {
		free(tag);
		return;
	}
	device->tags = mem_realloc(device->tags, device->n_tags + 1, sizeof *device->tags);
	device->tags[device->n_tags++] = tag;
}

void importlist_skip(struct importlist *list, struct diag_place place, const char *name, const char *address,
    const char *reason)
{
	struct import_skipped skipped = {place, clean_text(name), clean_text(address), mem_strdup(reason)};
	const char *who = name != NULL && *name != '\0' ? skipped.name : skipped.address;

	diag_note(
	    list->diag, place, "%s%sleft out: %s", who != NULL ? who : "", who != NULL ? " " : "", reason);
	vec_push(&list->skipped, skipped);
}

void importlist_define(struct importlist *list, struct import_access *access)
{
	vec_push(&list->accesses, *access);
	*access = (struct import_access){.version = -1};
}

/* "10.0.0.1/24", as inventories have it, is 10.0.0.1. */
static void cut_prefix_length(char *address)
{
	char *slash = strchr(address, '/');

	if (slash != NULL && slash[1] != '\0' && strspn(slash + 1, "0123456789") == strlen(slash + 1))
		*slash = '\0';
}

/* Host and port into `endpoint`. NULL when that is well, else what is wrong. */
static char *read_address(struct import_device *device, struct endpoint *endpoint)
{
	const char *wrong;
	uint64_t port = 0;

	if (device->address == NULL || *device->address == '\0')
		return mem_strdup("it has no address");
	cut_prefix_length(device->address);
	wrong = endpoint_parse(device->address, endpoint);
	if (wrong != NULL)
		return str_format("address '%s' %s", device->address, wrong);
	if (device->port != NULL && *device->port != '\0' &&
	    (!str_to_u64(device->port, &port) || port < 1 || port > 65535))
		return str_format("port '%s' is none; give a number from 1 to 65535", device->port);
	if (port != 0)
		endpoint->port = (uint16_t)port;
	if (endpoint->port == 0)
		endpoint->port = ENDPOINT_PORT;
	return NULL;
}

/* Why it is left out, or NULL. */
static char *refusal(const struct importlist *list, const struct endpoint *endpoint, const char *canonical)
{
	size_t found = nameset_find(&list->by_address, canonical);
	const struct device *known;
	const struct import_device *first;

	if (addresses_has(list->excluded, endpoint->host))
		return mem_strdup("--exclude names it");
	if (found == SIZE_MAX)
		return NULL;
	known = known_device(list, found);
	if (known != NULL)
		return str_format("the configuration has its address, as '%s'", known->name);
	first = &list->devices.v[found];
	return str_format("its address is there already, at %s:%u",
	    diag_file_name(list->diag, first->place.file), first->place.line);
}

static void enter(struct importlist *list, struct import_device *device, const struct endpoint *endpoint,
    const char *canonical)
{
	free(device->address);
	device->address = endpoint_format(endpoint->host, endpoint->port);
	nameset_add(&list->by_address, canonical, list->devices.n);
	nameset_add(&list->by_alias, endpoint->host, list->devices.n);
	if (device->name != NULL)
		nameset_add(&list->by_alias, device->name, list->devices.n);
	vec_push(&list->devices, *device);
	*device = (struct import_device){0};
}

void importlist_add(struct importlist *list, struct import_device *device)
{
	char *address = clean_text(device->address), *why, *canonical = NULL;
	struct endpoint endpoint;

	free(device->address);
	device->address = address;
	why = read_address(device, &endpoint);
	if (why == NULL) {
		canonical = endpoint_canonical(endpoint.host, endpoint.port);
		why = refusal(list, &endpoint, canonical);
	}
	if (why == NULL)
		enter(list, device, &endpoint, canonical);
	else
		importlist_skip(list, device->place, device->name, device->address, why);
	device_fini(device);
	free(canonical);
	free(why);
}

/* --- names --- */

/* What the configuration takes as a name: letters of any script, digits, spaces and a few signs. */
static char *clean_name(const char *text)
{
	struct str name = {0};
	size_t len = strlen(text), took;
	int32_t code;

	for (size_t i = 0; i < len && name.len < NAME_MAX_BYTES - 4; i += took) {
		bool good;

		took = utf8_decode((const unsigned char *)text + i, len - i, &code);
		good = code >= 0x80
			   ? utf8_is_harmless(code)
			   : code > 0 && (isalnum((int)code) || strchr("._-:@+()[]% ", (int)code) != NULL);
		if (name.len == 0 && (!good || strchr("- .", (int)code) != NULL))
			continue;
		if (good)
			str_add_n(&name, text + i, took);
		else if (strchr("- ", name.s[name.len - 1]) == NULL)
			str_add_char(&name, '-');
	}
	while (name.len > 0 && strchr(" -", name.s[name.len - 1]) != NULL)
		name.s[--name.len] = '\0';
	str_add(&name, "");
	return str_steal(&name);
}

static void give_name(struct importlist *list, size_t number)
{
	struct import_device *device = &list->devices.v[number];
	char *wanted = device->name, *name = clean_name(wanted != NULL ? wanted : "");

	if (*name != '\0' && nameset_add(&list->by_name, name, number)) {
		if (strcmp(name, wanted) != 0)
			diag_note(list->diag, device->place,
			    "name changed to '%s': names have letters, digits, spaces and . _ - : @ + ( ) [ "
			    "]",
			    name);
		device->name = name;
	} else {
		if (*name != '\0')
			diag_warning(list->diag, device->place,
			    "the name '%s' is taken; it is called %s now, give it another one", name,
			    device->address);
		free(name);
		device->name = mem_strdup(device->address);
		nameset_add(&list->by_name, device->name, number);
	}
	free(wanted);
}

/* --- parents --- */

/* Of the list or the inventory, by name or address; NULL = nobody. */
static const char *parent_name(const struct importlist *list, const char *text)
{
	struct endpoint endpoint;
	size_t found = nameset_find(&list->by_name, text);
	char *canonical;

	if (found == SIZE_MAX)
		found = nameset_find(&list->by_alias, text);
	if (found == SIZE_MAX && endpoint_parse(text, &endpoint) == NULL) {
		canonical =
		    endpoint_canonical(endpoint.host, endpoint.port != 0 ? endpoint.port : ENDPOINT_PORT);
		found = nameset_find(&list->by_address, canonical);
		free(canonical);
	}
	if (found == SIZE_MAX)
		return NULL;
	return known_device(list, found) != NULL ? known_device(list, found)->name
						 : list->devices.v[found].name;
}

/* Whether the parents of `number` come back to it. */
static bool is_circle(const struct importlist *list, size_t number)
{
	size_t at = number;

	for (size_t steps = 0; steps <= list->devices.n; steps++) {
		const char *parent = list->devices.v[at].parent;

		if (parent == NULL)
			return false;
		at = nameset_find(&list->by_name, parent);
		if (at == SIZE_MAX || known_device(list, at) != NULL)
			return false;
		if (at == number)
			return true;
	}
	return false;
}

static void drop_parent(struct importlist *list, struct import_device *device, const char *why)
{
	diag_warning(list->diag, device->place, "parent '%s' of %s %s", device->parent, device->name, why);
	free(device->parent);
	device->parent = NULL;
}

static void settle_parents(struct importlist *list)
{
	for (size_t i = 0; i < list->devices.n; i++) {
		struct import_device *device = &list->devices.v[i];
		const char *name;

		if (device->parent == NULL)
			continue;
		name = parent_name(list, device->parent);
		if (name == NULL) {
			drop_parent(list, device, "is in no list; left away");
		} else {
			free(device->parent);
			device->parent = mem_strdup(name);
		}
	}
	for (size_t i = 0; i < list->devices.n; i++)
		if (is_circle(list, i))
			drop_parent(list, &list->devices.v[i], "leads back to itself; left away");
}

void importlist_finish(struct importlist *list)
{
	for (size_t i = 0; i < list->devices.n; i++)
		give_name(list, i);
	importaccess_settle(list);
	settle_parents(list);
}
