/* rename: the history of a device under another name: its files, its events. With a daemon that runs this is
 * part of a reload (reload.h); here is what both need, and the way without one. Blocks. */
#ifndef ROLLCALL_DAEMON_RENAME_H
#define ROLLCALL_DAEMON_RENAME_H

#include "model/inventory.h"

/* Why the history of `from` may not become that of `to`, as the configuration stands; caller frees. NULL = it
 * may. */
char *rename_mistake(const struct inventory *inventory, const char *from, const char *to);

/* Holds the state directory's lock meanwhile. NULL = done; else why not, caller frees; then the same again
 * goes on where this ended. */
char *rename_history(const struct inventory *inventory, const char *from, const char *to);

#endif
