/* estimate: how many rows an inventory will have and what its files will take. */
#ifndef ROLLCALL_DAEMON_ESTIMATE_H
#define ROLLCALL_DAEMON_ESTIMATE_H

#include "model/inventory.h"

#include <stddef.h>
#include <stdint.h>

/* Devices that were polled before count with the rows they have (their catalogue);
 * new ones with the mean of those, or 26 where there are none. */
void estimate_inventory(const struct inventory *inventory, size_t *rows, uint64_t *bytes);

/* What the files of so many rows of a table take, at the site's interval. */
uint64_t estimate_table(const struct inventory *inventory, const struct table *table, size_t rows);

#endif
