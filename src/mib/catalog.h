/* catalog: which modules there are, in which files, and which names each defines.
 *
 * Files are read once and only looked through; a module is parsed when somebody opens it, its
 * texts are not kept. A file may have several modules, or none. Of modules of one name a user's
 * goes before the shipped one; two of the same rank are the same only if their words are. */
#ifndef ROLLCALL_MIB_CATALOG_H
#define ROLLCALL_MIB_CATALOG_H

#include "base/err.h"
#include "base/str.h"
#include "mib/module.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB_FILE_MAX ((size_t)16 << 20) /* bytes of a file */

struct mib_entry {
	char *name;	  /* of the module */
	const char *path; /* of the catalog */
	size_t from, len; /* its text in the file */
	uint32_t line;	  /* in which it begins, from 1 */
	bool is_shipped;
	uint64_t words;		   /* digest of its tokens: comments and spaces do not count */
	struct mib_module *module; /* NULL until opened */
};

struct mib_catalog;

struct mib_catalog *mib_catalog_new(void);
void mib_catalog_free(struct mib_catalog *catalog);

/* Looks through a file. ERR_IO (errno tells), ERR_LIMIT: larger than MIB_FILE_MAX. One without modules is
 * ERR_OK: people keep other things beside them. */
enum err mib_catalog_add(struct mib_catalog *catalog, const char *path, bool is_shipped) MUST_USE;

size_t mib_catalog_count(const struct mib_catalog *catalog);
struct mib_entry *mib_catalog_at(struct mib_catalog *catalog, size_t i);

/* The module of that name, parsed. ERR_NOT_FOUND; ERR_EXISTS: two differ, of which `other` is the second
 * and *entry the first; ERR_IO: its file can no longer be read. */
enum err mib_catalog_open(struct mib_catalog *catalog, const char *name, struct mib_entry **entry,
    struct mib_entry **other) MUST_USE;

/* Modules that may define `name`, each name of a module once: up to `size` of them. What is found by a
 * digest must be opened to be sure. Returns how many there are. */
size_t mib_catalog_defining(
    struct mib_catalog *catalog, const char *name, struct mib_entry **entries, size_t size);

#endif
