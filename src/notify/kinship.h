/* kinship: names of devices and who stands before whom, copied from the inventory, which may go meanwhile. */
#ifndef ROLLCALL_NOTIFY_KINSHIP_H
#define ROLLCALL_NOTIFY_KINSHIP_H

#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>

struct kinship;

struct kinship *kinship_new(const struct inventory *inventory);
void kinship_free(struct kinship *kinship); /* NULL is fine */
bool kinship_knows(const struct kinship *kinship, const char *device);
/* The device's parent, its parent, ...: at most `most`; returns how many. Good until the kinship is freed. */
size_t kinship_parents(const struct kinship *kinship, const char *device, const char **parents, size_t most);

#endif
