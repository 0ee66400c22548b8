#include "base/match.h"
#include "base/mem.h"
#include "config/check.h"
#include "config/loader.h"

#include <stdlib.h>
#include <string.h>

/* Malformed patterns are told by the check of the section. */
static struct match *pattern(const struct yaml_node *mapping, const char *key)
{
	const char *text = field_text(mapping, key);
	char *error = NULL;
	size_t offset;
	struct match *match = text != NULL ? match_new(text, &error, &offset) : NULL;

	free(error);
	return match;
}

static bool has_table(const struct loader *loader, const struct device *device, const char *name)
{
	const struct inventory *inventory = loader->inventory;

	if (strcmp(name, "custom") == 0)
		return true;
	if (device->profile != NULL)
		return profile_table(device->profile, name) != NULL;
	for (size_t i = 0; i < inventory->n_profiles; i++)
		if (profile_table(inventory->profiles[i], name) != NULL)
			return true;
	return false;
}

static void tell_no_table(struct loader *loader, const struct device *device, const struct yaml_node *name)
{
	const struct inventory *inventory = loader->inventory;
	const char **names;
	size_t n = 0, room = 1;

	for (size_t i = 0; i < inventory->n_profiles; i++)
		room += inventory->profiles[i]->n_tables;
	names = mem_calloc(room, sizeof *names);
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct profile *profile = inventory->profiles[i];

		for (size_t t = 0;
		     t < profile->n_tables && (device->profile == NULL || device->profile == profile); t++) {
			bool known = false;

			for (size_t k = 0; k < n; k++)
				known |= strcmp(names[k], profile->tables[t].name) == 0;
			if (!known)
				names[n++] = profile->tables[t].name;
		}
	}
	diag_unknown(loader->diag, DIAG_WARNING, name->place, "table", name->text, names, n);
	free(names);
}

static bool is_filtered(const struct device *device, const char *table)
{
	for (size_t i = 0; i < device->n_rows; i++)
		if (strcmp(device->rows[i].table, table) == 0)
			return true;
	return false;
}

void rows_read(
    struct loader *loader, struct device *device, const struct yaml_node *const *layers, size_t n_layers)
{
	for (size_t i = 0; i < n_layers; i++) {
		for (const struct yaml_entry *e = yaml_first(yaml_get(layers[i], "rows"));
		     e != NULL && e->key != NULL; e = e->next) {
			struct row_filter filter = {0};

			if (is_filtered(device, e->key->text))
				continue;
			if (!loader->profiles_missing && loader->inventory->n_profiles > 0 &&
			    !has_table(loader, device, e->key->text))
				tell_no_table(loader, device, e->key);
			filter.table = mem_strdup(e->key->text);
			filter.include = pattern(e->value, "include");
			filter.exclude = pattern(e->value, "exclude");
			device->rows = mem_realloc(device->rows, device->n_rows + 1, sizeof *device->rows);
			device->rows[device->n_rows++] = filter;
		}
	}
}
