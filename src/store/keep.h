/* keep: what the store keeps of the settings, as a copy of its own: writer, gather, archives,
 * state. Loop and writer have one each: a reload changes them at different moments. */
#ifndef ROLLCALL_STORE_KEEP_H
#define ROLLCALL_STORE_KEEP_H

#include "model/inventory.h"

#include <stdbool.h>

struct settings *keep_new(const struct settings *from);
/* True if files look alike under both. */
bool keep_same_archives(const struct settings *a, const struct settings *b);
void keep_free(struct settings *kept); /* NULL is fine */

#endif
