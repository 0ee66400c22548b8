#include "config/roster.h"

#include "base/mem.h"
#include "base/units.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "model/endpoint.h"
#include "config/check.h"
#include "config/digest.h"
#include "config/parents.h"
#include "config/rules.h"
#include "config/schema.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define NAME_MAX_BYTES 128
#define TAGS_MAX       64 /* of a device */
#define LAYERS_MAX     (TAGS_MAX + 2)

struct tag {
	const char *name;
	const struct yaml_node *key, *node;
	bool used;
};

struct roster {
	struct loader *loader;
	const struct schema_section *schema;
	struct {
		struct draft **v;
		size_t n, cap;
	} drafts;
	struct draft *by_name, *by_address;
	struct {
		struct tag *v;
		size_t n, cap;
	} tags;
};

/* Where a device's keys are looked up: itself, its tags, the last one first, the main file. */
struct layers {
	const struct yaml_node *v[LAYERS_MAX];
	size_t n;
};

struct roster *roster_new(struct loader *loader)
{
	struct roster *roster = mem_alloc(sizeof *roster);
	const struct yaml_node *tags = yaml_get(loader->root, "tags");

	roster->loader = loader;
	roster->schema = schema_section("device");
	for (const struct yaml_entry *e = yaml_first(tags); e != NULL && e->key != NULL; e = e->next) {
		struct tag tag = {.name = e->key->text, .key = e->key, .node = e->value};

		vec_push(&roster->tags, tag);
		credentials_check(loader, yaml_get(e->value, "credential"));
	}
	credentials_check(loader, yaml_get(loader->root, "credential"));
	return roster;
}

/* The value of a key from the most specific layer that has it, and which one that is. */
static const struct yaml_node *layer_get(const struct layers *layers, const char *key, size_t *which)
{
	for (size_t i = 0; i < layers->n; i++) {
		const struct yaml_node *value = yaml_get(layers->v[i], key);

		if (value != NULL) {
			if (which != NULL)
				*which = i;
			return value;
		}
	}
	return NULL;
}

static const char *name_mistake(const char *name)
{
	size_t len = strlen(name);
	int32_t code;

	if (len == 0)
		return NULL; /* told */
	if (len > NAME_MAX_BYTES)
		return "is too long; use at most 128 bytes";
	if (strchr("- .", name[0]) != NULL || name[len - 1] == ' ')
		return "begins with '-', '.' or a space, or ends with a space; leave them away";
	for (size_t i = 0; i < len;) {
		i += utf8_decode((const unsigned char *)name + i, len - i, &code);
		if (code < 0x80 && !isalnum((int)code) && strchr("._-:@+()[]% ", (int)code) == NULL)
			return "has a character that names cannot have; use letters, digits, spaces and . _ "
			       "- : @ + ( ) [ ]";
		if (!utf8_is_harmless(code))
			return "has a character that cannot be shown; use letters and digits";
	}
	return NULL;
}

static void collect_layers(struct roster *roster, const struct yaml_node *node, struct layers *layers)
{
	const struct yaml_node *tags = yaml_get(node, "tags"), *text, *found[TAGS_MAX] = {0};
	const struct yaml_entry *at = NULL;
	size_t n = 0, seen = 0;

	if (node->type == YAML_MAPPING)
		layers->v[layers->n++] = node;
	while ((text = field_next(tags, &at)) != NULL) {
		if (seen++ == TAGS_MAX) {
			diag_error(
			    roster->loader->diag, text->place, "more than %d tags; leave some out", TAGS_MAX);
			break;
		}
		for (size_t i = 0; i < roster->tags.n; i++) {
			if (strcmp(roster->tags.v[i].name, text->text) != 0)
				continue;
			roster->tags.v[i].used = true;
			if (n < TAGS_MAX)
				found[n++] = roster->tags.v[i].node;
		}
	}
	while (n > 0)
		layers->v[layers->n++] = found[--n];
	if (roster->loader->root != NULL)
		layers->v[layers->n++] = roster->loader->root;
}

static void keep_tags(struct device *device, const struct yaml_node *tags)
{
	const struct yaml_entry *at = NULL;
	const struct yaml_node *text;

	if (tags == NULL)
		return;
	device->tags = mem_calloc(tags->count + 1, sizeof *device->tags);
	while ((text = field_next(tags, &at)) != NULL && device->n_tags < TAGS_MAX)
		if (!device_has_tag(device, text->text))
			device->tags[device->n_tags++] = mem_strdup(text->text);
}

static void read_times(
    struct roster *roster, struct device *device, const struct layers *layers, struct diag_place place)
{
	struct loader *loader = roster->loader;
	const struct settings *settings = &loader->inventory->settings;
	char a[UNITS_TEXT_MAX], b[UNITS_TEXT_MAX];
	size_t at_interval = layers->n, at_timeout = layers->n;
	const struct yaml_node *interval = layer_get(layers, "interval", &at_interval);
	const struct yaml_node *timeout = layer_get(layers, "timeout", &at_timeout);
	const struct yaml_node *nearer = at_interval < at_timeout ? interval : timeout;
	int64_t retries = settings->retries;

	device->interval = settings->interval;
	if (field_duration(interval, &device->interval) && device->interval < UNITS_SEC)
		device->interval = UNITS_SEC; /* told as out of range */
	device->timeout = 2 * UNITS_SEC < device->interval / 2 ? 2 * UNITS_SEC : device->interval / 2;
	field_duration(timeout, &device->timeout);
	field_int(layer_get(layers, "retries", NULL), &retries);
	device->retries = (unsigned)retries;
	if (device->timeout >= device->interval)
		diag_error(loader->diag, nearer != NULL ? nearer->place : place,
		    "the timeout %s is not shorter than the interval %s; lower the one or raise the other",
		    units_config_duration(a, device->timeout), units_config_duration(b, device->interval));
	if (device->interval != settings->interval && interval != NULL)
		settings_check_archives(loader, device->interval, interval->place);
}

static const struct profile *find_profile(struct roster *roster, const struct yaml_node *value)
{
	const struct loader *loader = roster->loader;
	const struct inventory *inventory = loader->inventory;
	const char *name = yaml_text(value), **names;

	if (name == NULL || loader->profiles_missing)
		return NULL;
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		if (strcmp(inventory->profiles[i]->name, name) != 0)
			continue;
		if (inventory->profiles[i]->is_abstract)
			diag_error(loader->diag, value->place,
			    "profile '%s' is only there to be extended; name one that extends it", name);
		return inventory->profiles[i];
	}
	names = mem_calloc(inventory->n_profiles + 1, sizeof *names);
	for (size_t i = 0; i < inventory->n_profiles; i++)
		names[i] = inventory->profiles[i]->name;
	diag_unknown(loader->diag, DIAG_ERROR, value->place, "profile", name, names, inventory->n_profiles);
	free(names);
	return NULL;
}

/* Address and port; false when they have mistakes, which are told. */
static bool read_address(
    struct roster *roster, const struct yaml_node *text, const struct layers *layers, struct device *device)
{
	size_t which = layers->n;
	const struct yaml_node *port_node = layer_get(layers, "port", &which);
	struct endpoint address;
	const char *wrong = endpoint_parse(text->text, &address);
	int64_t port = 161;

	device->host = mem_strdup(wrong == NULL ? address.host : "");
	if (text->text[0] == '\0')
		return false; /* told */
	if (wrong != NULL) {
		diag_error(roster->loader->diag, text->place, "address '%s' %s", text->text, wrong);
		return false;
	}
	if (field_int(port_node, &port) && (port < 1 || port > 65535))
		return false; /* told as out of range */
	if (address.port != 0 && which == 0 && port_node != NULL && port != address.port) {
		diag_error(roster->loader->diag, port_node->place,
		    "port %d here, and port %u in the address; remove one of them", (int)port, address.port);
		return false;
	}
	device->port = address.port != 0 ? address.port : (uint16_t)port;
	return true;
}

/* Names and addresses are there once; the second says where the first is. A device with a
 * mistake is still checked to its end: the inventory will not come into use. */
static void enter(
    struct roster *roster, struct draft *draft, struct diag_place name_at, struct diag_place address_at)
{
	struct diag *diag = roster->loader->diag;
	struct draft *first;

	HASH_FIND(by_name, roster->by_name, draft->device.name, strlen(draft->device.name), first);
	if (first != NULL) {
		diag_error(diag, name_at,
		    "device '%s' is there already, at %s:%u; give one of them another name",
		    draft->device.name, diag_file_name(diag, first->place.file), first->place.line);
		return;
	}
	HASH_ADD_KEYPTR(by_name, roster->by_name, draft->device.name, strlen(draft->device.name), draft);
	if (draft->address == NULL)
		return;
	HASH_FIND(by_address, roster->by_address, draft->address, strlen(draft->address), first);
	if (first != NULL)
		diag_error(diag, address_at,
		    "address %s is there already, as '%s' at %s:%u; remove one of them, or tell their ports "
		    "apart",
		    draft->address, first->device.name, diag_file_name(diag, first->place.file),
		    first->place.line);
	else
		HASH_ADD_KEYPTR(
		    by_address, roster->by_address, draft->address, strlen(draft->address), draft);
}

static void fill_in(
    struct roster *roster, struct draft *draft, const struct yaml_node *entry, const struct layers *layers)
{
	struct loader *loader = roster->loader;
	struct device *device = &draft->device;
	int64_t max_rate = 0;
	size_t which = 0;

	keep_tags(device, yaml_get(entry, "tags"));
	read_times(roster, device, layers, entry->place);
	device->credentials = credentials_pick(
	    loader, layer_get(layers, "credential", NULL), entry->place, &device->n_credentials);
	device->profile = find_profile(roster, layer_get(layers, "profile", NULL));
	device->parent = -1;
	draft->parent = layer_get(layers, "parent", &which);
	draft->parent_is_own = which == 0;
	field_bool(layer_get(layers, "accept_any_source", NULL), &device->accept_any_source);
	field_int(layer_get(layers, "max_rate", NULL), &max_rate);
	device->max_rate = (unsigned)max_rate;
	rows_read(loader, device, layers->v, layers->n);
	rules_read_disabled(loader, device, layers->v, layers->n);
	device->custom = custom_read(loader, yaml_get(entry, "custom"));
	device->agent_digest = digest_agent(device, yaml_get(entry, "custom"));
	device->digest = digest_device(device);
}

/* One agent may serve several devices, by context (RFC 3411 section 3.3.1). */
static void tell_contexts_apart(struct draft *draft)
{
	const struct device *device = &draft->device;
	const char *context = device->n_credentials > 0 ? device->credentials[0]->context : NULL;
	char *address = draft->address;

	if (address == NULL || context == NULL)
		return;
	draft->address = str_format("%s context %s", address, context);
	free(address);
}

void roster_read(struct roster *roster, const struct yaml_node *entry)
{
	struct diag *diag = roster->loader->diag;
	const struct yaml_node *address = entry, *name;
	const char *mistake;
	struct layers layers = {0};
	struct draft *draft;

	if (entry->type == YAML_SEQUENCE || entry->is_null) {
		diag_error(diag, entry->place,
		    "a device is %s here; write an address or a mapping, as in {name: sw1, address: "
		    "192.0.2.1}",
		    yaml_type_name(entry));
		return;
	}
	if (entry->type == YAML_MAPPING) {
		mibnames_complete_custom(roster->loader->names, yaml_get(entry, "custom"));
		check_section(diag, entry, roster->schema, "a device");
		address = yaml_get(entry, "address");
		if (address == NULL)
			diag_error(diag, entry->place,
			    "a device without address; give it one, as in {name: sw1, address: 192.0.2.1}");
	}
	name = yaml_text(yaml_get(entry, "name")) != NULL ? yaml_get(entry, "name") : address;
	if (yaml_text(name) == NULL) {
		roster->loader->devices_missing = true;
		return;
	}
	collect_layers(roster, entry, &layers);
	draft = mem_alloc(sizeof *draft);
	draft->place = entry->place;
	draft->device.name = mem_strdup(name->text);
	mistake = name != address ? name_mistake(name->text) : NULL;
	if (mistake != NULL)
		diag_error(diag, name->place, "name '%s' %s", name->text, mistake);
	if (yaml_text(address) == NULL)
		draft->device.host = mem_strdup("");
	else if (read_address(roster, address, &layers, &draft->device))
		draft->address = endpoint_canonical(draft->device.host, draft->device.port);
	fill_in(roster, draft, entry, &layers);
	tell_contexts_apart(draft);
	enter(roster, draft, name->place, address != NULL ? address->place : entry->place);
	vec_push(&roster->drafts, draft);
}

static void tell_unused_tags(const struct roster *roster)
{
	for (size_t i = 0; i < roster->tags.n && roster->drafts.n > 0 && !roster->loader->devices_missing;
	     i++)
		if (!roster->tags.v[i].used)
			diag_warning(roster->loader->diag, roster->tags.v[i].key->place,
			    "no device has the tag '%s'; check how it is spelt, or remove it",
			    roster->tags.v[i].name);
}

void roster_finish(struct roster *roster)
{
	struct inventory *inventory = roster->loader->inventory;

	tell_unused_tags(roster);
	for (size_t i = 0; i < roster->drafts.n; i++)
		roster->drafts.v[i]->device.number = i;
	parents_resolve(roster->loader, roster->drafts.v, roster->drafts.n, roster->by_name);
	HASH_CLEAR(by_name, roster->by_name);
	HASH_CLEAR(by_address, roster->by_address);
	inventory->devices = mem_calloc(roster->drafts.n + 1, sizeof *inventory->devices);
	inventory->n_devices = roster->drafts.n;
	for (size_t i = 0; i < roster->drafts.n; i++) {
		inventory->devices[i] = roster->drafts.v[i]->device;
		free(roster->drafts.v[i]->address);
		free(roster->drafts.v[i]);
	}
	vec_fini(&roster->drafts);
	vec_fini(&roster->tags);
	free(roster);
}
