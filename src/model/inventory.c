#include "model/inventory.h"

#include <stdlib.h>
#include <string.h>

static void device_fini(struct device *device)
{
	for (size_t i = 0; i < device->n_tags; i++)
		free(device->tags[i]);
	free(device->tags);
	for (size_t i = 0; i < device->n_rows; i++) {
		free(device->rows[i].table);
		match_free(device->rows[i].include);
		match_free(device->rows[i].exclude);
	}
	free(device->rows);
	if (device->custom != NULL) {
		table_fini(device->custom);
		free(device->custom);
	}
	for (size_t i = 0; i < device->n_disabled; i++)
		disabled_fini(&device->disabled[i]);
	free(device->disabled);
	free(device->credentials);
	free(device->name);
	free(device->host);
}

struct inventory *inventory_ref(struct inventory *inventory)
{
	/* 0 and 1 are both one: an inventory made by hand need not set it. */
	inventory->references = inventory->references > 0 ? inventory->references + 1 : 2;
	return inventory;
}

void inventory_free(struct inventory *inventory)
{
	if (inventory == NULL)
		return;
	if (inventory->references > 1) {
		inventory->references--;
		return;
	}
	for (size_t i = 0; i < inventory->n_rules; i++)
		rule_free(inventory->rules[i]);
	free(inventory->rules);
	for (size_t i = 0; i < inventory->settings.n_limits; i++)
		limit_fini(&inventory->settings.limits[i]);
	free(inventory->settings.limits);
	for (size_t i = 0; i < inventory->settings.n_disabled; i++)
		disabled_fini(&inventory->settings.disabled[i]);
	free(inventory->settings.disabled);
	for (size_t i = 0; i < inventory->n_devices; i++)
		device_fini(&inventory->devices[i]);
	free(inventory->devices);
	for (size_t i = 0; i < inventory->n_profiles; i++)
		profile_free(inventory->profiles[i]);
	free(inventory->profiles);
	for (size_t i = 0; i < inventory->n_credentials; i++)
		credential_free(inventory->credentials[i]);
	free(inventory->credentials);
	free(inventory->default_credentials);
	free(inventory->settings.archives);
	free(inventory->settings.state);
	free(inventory->settings.run);
	for (size_t i = 0; i < inventory->settings.n_on_event; i++)
		free(inventory->settings.on_event[i]);
	free(inventory->settings.on_event);
	free(inventory);
}

const struct device *inventory_device(const struct inventory *inventory, const char *name)
{
	for (size_t i = 0; i < inventory->n_devices; i++) {
		if (strcmp(inventory->devices[i].name, name) == 0)
			return &inventory->devices[i];
	}
	return NULL;
}

static bool is_same(const struct profile *a, const struct profile *b)
{
	return a->digest == b->digest && strcmp(a->name, b->name) == 0;
}

bool inventory_same_profiles(const struct inventory *a, const struct inventory *b)
{
	if (a->n_profiles != b->n_profiles)
		return false;
	for (size_t i = 0; i < a->n_profiles; i++) {
		if (!is_same(a->profiles[i], b->profiles[i]))
			return false;
	}
	return true;
}

const struct profile *inventory_same_profile(const struct inventory *inventory, const struct profile *profile)
{
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		if (is_same(inventory->profiles[i], profile))
			return inventory->profiles[i];
	}
	return NULL;
}

bool device_has_tag(const struct device *device, const char *tag)
{
	for (size_t i = 0; i < device->n_tags; i++) {
		if (strcmp(device->tags[i], tag) == 0)
			return true;
	}
	return false;
}

bool tag_in_group(const char *tag, const char *group)
{
	size_t len = strlen(group);

	return strncmp(tag, group, len) == 0 && (tag[len] == '\0' || tag[len] == ':');
}
