/* keep: what the store keeps of the settings, as a copy of its own: writer, gather, archives,
 * state. Loop and writer have one each: a reload changes them at different moments. */
#ifndef ROLLCALL_STORE_KEEP_H
#define ROLLCALL_STORE_KEEP_H

#include "model/inventory.h"

struct settings *keep_new(const struct settings *from);
void keep_free(struct settings *kept); /* NULL is fine */

#endif
