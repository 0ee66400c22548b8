/* digest: one number for what a device or profile is, so that a reload can tell which are as before. */
#ifndef ROLLCALL_CONFIG_DIGEST_H
#define ROLLCALL_CONFIG_DIGEST_H

#include "config/yaml.h"
#include "model/inventory.h"

#include <stdint.h>

/* Content only: places, comments and quoting make no difference. `seed` chains several. */
uint64_t digest_yaml(const struct yaml_node *node, uint64_t seed);

/* Which agent is asked, and as whom; and `custom` (may be NULL): the address, the credentials. */
uint64_t digest_agent(const struct device *device, const struct yaml_node *custom);
/* That (agent_digest, which must be there) and everything else that is said of it: name, times, rows, tags,
 * the fixed profile. Not the parent and not the number: they are the tracker's. */
uint64_t digest_device(const struct device *device);

#endif
