/* resolve: from a definition to its OID and to what it is, through all modules. For library.c alone. */
#ifndef ROLLCALL_MIB_RESOLVE_H
#define ROLLCALL_MIB_RESOLVE_H

#include "mib/catalog.h"
#include "mib/library.h"

#include <stdbool.h>

struct mib_library {
	struct mib_catalog *catalog;
};

struct found {
	struct mib_entry *entry;
	const struct mib_definition *definition; /* NULL = not found */
};

/* The module of that name. NULL, with the reason in `why` (which may be NULL). */
struct mib_entry *library_open(struct mib_library *library, const char *name, struct str *why);
struct found library_in_module(struct mib_library *library, const char *module, const char *name);
/* What is found as an object. False, with the reason, where its OID cannot be told. */
bool library_describe(
    struct mib_library *library, struct found found, struct mib_object *object, struct str *why);

#endif
