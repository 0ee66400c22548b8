/* Fuzzes the catalogue of a device's files: what it names stays below the device's folder. */
#include "fuzz/input.h"

#include "base/str.h"
#include "store/catalogue.h"

#include <stdlib.h>
#include <string.h>

static void check_entry(const struct catalogue *catalogue, const struct catalogue_entry *entry)
{
	const struct catalogue_entry *found = catalogue_find(catalogue, entry->table, entry->key);
	char *path = catalogue_path(catalogue, entry);

	if (found == NULL || !str_equal(found->table, entry->table) || !str_equal(found->key, entry->key))
		abort();
	if (!str_starts(path, catalogue->folder) || strstr(path, "/../") != NULL || !str_ends(path, ".rrd"))
		abort();
	free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	struct catalogue catalogue;
	struct input_folder folder;
	char *path;

	input_folder_init(&folder);
	path = input_folder_put(&folder, "rrd/sw1/catalogue", octets, len);
	if (catalogue_read(folder.path, "sw1", &catalogue) != ERR_OK)
		abort();
	for (size_t i = 0; i < catalogue.n; i++)
		check_entry(&catalogue, &catalogue.v[i]);
	catalogue_fini(&catalogue);
	free(path);
	input_folder_fini(&folder);
	return 0;
}
