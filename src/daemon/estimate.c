#include "daemon/estimate.h"

#include "store/catalogue.h"
#include "store/store.h"

#define ROWS_OF_A_NEW_DEVICE 26 /* a 24-port switch with an uplink and its system row */
#define SOURCES_OF_A_NEW_ROW 13 /* an interface's data sources */

static size_t sources_of(const struct inventory *inventory, const char *table)
{
	for (size_t i = 0; i < inventory->n_profiles; i++) {
		const struct table *found = profile_table(inventory->profiles[i], table);

		if (found != NULL && found->n_ds > 0)
			return found->n_ds;
	}
	return 1; /* a table of the device's own (custom) */
}

void estimate_inventory(const struct inventory *inventory, size_t *rows, uint64_t *bytes)
{
	const struct settings *settings = &inventory->settings;
	size_t known_devices = 0, each;

	*rows = 0;
	*bytes = 0;
	if (settings->writer == STORE_NONE)
		return;
	for (size_t i = 0; i < inventory->n_devices; i++) {
		const struct device *device = &inventory->devices[i];
		struct catalogue catalogue = {0};

		if (catalogue_read(settings->state, device->name, &catalogue) == ERR_OK && catalogue.n > 0) {
			known_devices++;
			*rows += catalogue.n;
			for (size_t j = 0; j < catalogue.n; j++)
				*bytes += store_file_size(
				    settings, device->interval, sources_of(inventory, catalogue.v[j].table));
		}
		catalogue_fini(&catalogue);
	}
	each = known_devices > 0 ? (*rows + known_devices - 1) / known_devices : ROWS_OF_A_NEW_DEVICE;
	for (size_t i = known_devices; i < inventory->n_devices; i++) {
		*rows += each;
		*bytes += each * store_file_size(settings, settings->interval, SOURCES_OF_A_NEW_ROW);
	}
}

uint64_t estimate_table(const struct inventory *inventory, const struct table *table, size_t rows)
{
	const struct settings *settings = &inventory->settings;
	int64_t interval = table->interval > settings->interval ? table->interval : settings->interval;

	if (settings->writer == STORE_NONE || table->n_ds == 0)
		return 0;
	return rows * store_file_size(settings, interval, table->n_ds);
}
