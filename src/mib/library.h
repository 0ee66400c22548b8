/* library: MIB names -> OIDs, and what the MIB says of them.
 *
 *     library = mib_library_new();
 *     mib_library_add(library, "mibs/IF-MIB", true);
 *     mib_library_find(library, NULL, "ifOperStatus", &object, &why);
 *
 * Names are looked for in all modules, or in one. Modules are parsed when they are needed, with
 * those that they import from. What is not clear is told, never guessed: a name that means
 * different OIDs in several modules, a module of which there are two that differ. Not thread-safe;
 * several libraries know nothing of each other. No messages of its own: failures are texts. */
#ifndef ROLLCALL_MIB_LIBRARY_H
#define ROLLCALL_MIB_LIBRARY_H

#include "base/err.h"
#include "base/str.h"
#include "mib/module.h"
#include "model/oid.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mib_class {
	MIB_NODE, /* has no value: a branch, a group, an identity */
	MIB_TABLE,
	MIB_ROW,
	MIB_COLUMN,
	MIB_SCALAR,
	MIB_NOTIFICATION,
};
const char *mib_class_name(enum mib_class class); /* "a table" */

/* Points into the library. */
struct mib_object {
	const char *module, *name;
	enum mib_class class;
	struct oid oid;
	const char
	    *type; /* behind all textual conventions: "INTEGER", "OCTET STRING", "Counter32"; or NULL */
	bool is_bits;
	const struct mib_label *labels; /* named numbers of an enumeration, or of BITS */
	size_t n_labels;
	const char *units; /* as the MIB has it; NULL = none */
};

struct mib_library;

struct mib_library *mib_library_new(void);
void mib_library_free(struct mib_library *library);

/* A file with modules; user's go before shipped ones of the same name. As mib_catalog_add(). */
enum err mib_library_add(struct mib_library *library, const char *path, bool is_shipped) MUST_USE;

/* `module` may be NULL: any. False: `why` gets "what; remedy". */
bool mib_library_find(struct mib_library *library, const char *module, const char *name,
    struct mib_object *object, struct str *why);

/* Whether `module` is among the files and defines `name` itself. */
bool mib_library_has(struct mib_library *library, const char *module, const char *name);

/* What was not understood in the modules that have been needed so far. */
typedef void mib_fault_fn(
    void *arg, const char *module, const char *path, uint32_t line, uint32_t col, const char *text);
void mib_library_faults(struct mib_library *library, mib_fault_fn *tell, void *arg);
/* A user's module that was needed and hides a shipped one. */
typedef void mib_replaced_fn(void *arg, const char *module, const char *path);
void mib_library_replaced(struct mib_library *library, mib_replaced_fn *tell, void *arg);

#endif
