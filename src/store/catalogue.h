/* catalogue: which file of a device holds which row.
 *
 * File names are percent-encoded and may be cut, so STATE/rrd/<device>/catalogue maps
 * them back: one line per file, `file<TAB>table<TAB>key`, appended before the file
 * is made. `file` is relative to the device's folder; the key is percent-encoded and
 * empty for scalars. Readable without the daemon. A torn or foreign line is skipped. */
#ifndef ROLLCALL_STORE_CATALOGUE_H
#define ROLLCALL_STORE_CATALOGUE_H

#include "base/err.h"

#include <stddef.h>

struct catalogue_entry {
	char *file;  /* "interfaces/Gi1%2F0%2F1.rrd", below the device's folder */
	char *table; /* "interfaces" */
	char *key;   /* "Gi1/0/1"; NULL for scalars */
};

struct catalogue {
	char *folder; /* STATE/rrd/<device> */
	struct catalogue_entry *v;
	size_t n, cap;
};

/* Unless it is listed already. `folder` is STATE/rrd/<device>, percent-encoded as in series_path().
 * ERR_IO with errno. */
enum err catalogue_add(const char *folder, const char *file, const char *table, const char *key) MUST_USE;

/* Adds to the catalogue in `folder` what the one in `from` has more, and syncs it. ERR_IO with errno. */
enum err catalogue_merge(const char *folder, const char *from) MUST_USE;

/* Reads a device's catalogue; entries in the order they were made, each file once, as its last line says.
 * ERR_NOT_FOUND when nothing was stored for the device; ERR_DENIED; ERR_IO with errno.
 * The caller ends with catalogue_fini() whatever came back. */
enum err catalogue_read(const char *state, const char *device, struct catalogue *catalogue) MUST_USE;
void catalogue_fini(struct catalogue *catalogue);
/* NULL when there is none. key NULL = the table's scalars. */
const struct catalogue_entry *catalogue_find(
    const struct catalogue *catalogue, const char *table, const char *key);
/* Path of an entry's file; caller frees. */
char *catalogue_path(const struct catalogue *catalogue, const struct catalogue_entry *entry);

#endif
