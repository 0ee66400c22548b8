/* roster: devices as they are read, found by name and by address. For the .c files of
 * config/ alone. */
#ifndef ROLLCALL_CONFIG_ROSTER_H
#define ROLLCALL_CONFIG_ROSTER_H

#include "config/loader.h"

struct roster;

struct roster *roster_new(struct loader *loader);
/* Resolves parents, moves the devices to the inventory, and frees the roster. */
void roster_finish(struct roster *roster);
/* One entry of a device list: an address or a mapping. Mistakes are told. */
void roster_read(struct roster *roster, const struct yaml_node *entry);

#endif
