/* digest: one number for what a device or profile is, so that a reload can tell which are as before. */
#ifndef ROLLCALL_CONFIG_DIGEST_H
#define ROLLCALL_CONFIG_DIGEST_H

#include "config/yaml.h"
#include "model/inventory.h"

#include <stdint.h>

/* Content only: places, comments and quoting make no difference. `seed` chains several. */
uint64_t digest_yaml(const struct yaml_node *node, uint64_t seed);

/* Everything that a session makes use of: address, times, credentials, rows, tags, the fixed profile,
 * and `custom` (may be NULL). Not the parent and not the number: they are the tracker's. */
uint64_t digest_device(const struct device *device, const struct yaml_node *custom);

#endif
