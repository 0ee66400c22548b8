#include "mib/library.h"

#include "base/mem.h"
#include "base/vec.h"
#include "mib/catalog.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX     128 /* definitions between an object and the root */
#define TYPES_MAX     16  /* textual conventions behind one another */
#define MODULES_SHOWN 8	  /* of an ambiguous name */

struct mib_library {
	struct mib_catalog *catalog;
};

struct mib_library *mib_library_new(void)
{
	struct mib_library *library = mem_alloc(sizeof *library);

	library->catalog = mib_catalog_new();
	return library;
}

void mib_library_free(struct mib_library *library)
{
	if (library == NULL)
		return;
	mib_catalog_free(library->catalog);
	free(library);
}

enum err mib_library_add(struct mib_library *library, const char *path, bool is_shipped)
{
	return mib_catalog_add(library->catalog, path, is_shipped);
}

const char *mib_class_name(enum mib_class class)
{
	switch (class) {
	case MIB_NODE:
		return "a branch";
	case MIB_TABLE:
		return "a table";
	case MIB_ROW:
		return "a table's row";
	case MIB_COLUMN:
		return "a column";
	case MIB_SCALAR:
		return "a scalar";
	case MIB_NOTIFICATION:
		return "a notification";
	}
	return "";
}

/* ---- modules ---- */

static void tell_unknown_module(struct mib_library *library, const char *name, struct str *why)
{
	size_t n = mib_catalog_count(library->catalog);
	const char **names = mem_calloc(n + 1, sizeof *names), *near;

	for (size_t i = 0; i < n; i++)
		names[i] = mib_catalog_at(library->catalog, i)->name;
	near = str_nearest(name, names, n);
	str_addf(why, "unknown MIB module '%s'; ", name);
	if (near != NULL)
		str_addf(why, "did you mean '%s'?", near);
	else
		str_add(why, "name the folder of its file in 'mibs'");
	free(names);
}

/* NULL, with the reason in `why` (which may be NULL). */
static struct mib_entry *open_module(struct mib_library *library, const char *name, struct str *why)
{
	struct mib_entry *entry, *other;

	switch (mib_catalog_open(library->catalog, name, &entry, &other)) {
	case ERR_OK:
		return entry;
	case ERR_NOT_FOUND:
		if (why != NULL)
			tell_unknown_module(library, name, why);
		break;
	case ERR_EXISTS:
		if (why != NULL)
			str_addf(why,
			    "MIB module '%s' is in two files that differ, '%s' and '%s'; remove one of them",
			    name, entry->path, other->path);
		break;
	default:
		if (why != NULL)
			str_addf(why, "MIB file '%s' can no longer be read; let it be read", entry->path);
		break;
	}
	return NULL;
}

/* ---- from a name to its definition ---- */

struct found {
	struct mib_entry *entry;
	const struct mib_definition *definition; /* NULL = not found */
};

static struct found in_module(struct mib_library *library, const char *module, const char *name)
{
	struct mib_entry *entry = open_module(library, module, NULL);

	return (struct found){entry, entry != NULL ? mib_module_definition(entry->module, name) : NULL};
}

/* Files that forget what they import: the names that all mean alike, else the only module that has it. */
static struct found anywhere(struct mib_library *library, const char *name)
{
	struct found found = in_module(library, "SNMPv2-SMI", name);
	struct mib_entry *entries[2];

	if (found.definition != NULL)
		return found;
	if (mib_catalog_defining(library->catalog, name, entries, ARRAY_LEN(entries)) != 1)
		return (struct found){0};
	return in_module(library, entries[0]->name, name);
}

/* What `name` means in a module: its own definition, or where it is imported from. */
static struct found meaning(struct mib_library *library, struct mib_entry *entry, const char *name)
{
	struct found found = {entry, mib_module_definition(entry->module, name)};
	const char *from = mib_module_import(entry->module, name);

	if (found.definition == NULL && from != NULL)
		found = in_module(library, from, name);
	return found.definition != NULL ? found : anywhere(library, name);
}

/* ---- from a definition to its OID ---- */

struct chain {
	struct found v[CHAIN_MAX]; /* the object first */
	size_t n;
};

static void tell_circle(const struct chain *chain, const struct found *again, struct str *why)
{
	str_addf(why, "'%s' of %s (%s:%u) hangs on itself: ", chain->v[0].definition->name,
	    chain->v[0].entry->name, chain->v[0].entry->path, (unsigned)chain->v[0].definition->line);
	for (size_t i = 0; i < chain->n; i++)
		str_addf(why, "%s::%s -> ", chain->v[i].entry->name, chain->v[i].definition->name);
	str_addf(why, "%s::%s; correct one of them", again->entry->name, again->definition->name);
}

static void tell_parent(const struct found *from, struct mib_library *library, struct str *why)
{
	const struct mib_definition *definition = from->definition;
	const char *module = mib_module_import(from->entry->module, definition->parent);
	struct str reason = {0};

	str_addf(why, "'%s' of %s (%s:%u) hangs on '%s', which ", definition->name, from->entry->name,
	    from->entry->path, (unsigned)definition->line, definition->parent);
	if (module == NULL)
		str_add(why, "is neither defined nor imported there; name the folder of the file that has it "
			     "in 'mibs'");
	else if (open_module(library, module, &reason) == NULL)
		str_addf(why, "is of another module: %s", str_text(&reason));
	else
		str_addf(why, "%s does not define; take another version of that file", module);
	str_fini(&reason);
}

static bool is_root(const char *name, uint32_t *id)
{
	static const char *const roots[] = {"ccitt", "iso", "joint-iso-ccitt"};

	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		*id = (uint32_t)i;
		if (strcmp(roots[i], name) == 0)
			return true;
	}
	return false;
}

/* Up to the root. False, with the reason. */
static bool climb(
    struct mib_library *library, struct chain *chain, uint32_t *root, bool *has_root, struct str *why)
{
	for (;;) {
		const struct found *last = &chain->v[chain->n - 1];
		struct found up;

		*has_root = false;
		if (last->definition->parent == NULL)
			return true;
		up = meaning(library, last->entry, last->definition->parent);
		if (up.definition == NULL) {
			*has_root = is_root(last->definition->parent, root);
			if (!*has_root)
				tell_parent(last, library, why);
			return *has_root;
		}
		for (size_t i = 0; i < chain->n; i++) {
			if (chain->v[i].definition == up.definition) {
				tell_circle(chain, &up, why);
				return false;
			}
		}
		if (chain->n == CHAIN_MAX) {
			str_addf(why,
			    "'%s' of %s hangs on more than %d others; an OID has at most %d numbers",
			    chain->v[0].definition->name, chain->v[0].entry->name, CHAIN_MAX, OID_MAX);
			return false;
		}
		chain->v[chain->n++] = up;
	}
}

static bool join(const struct chain *chain, struct oid *oid, struct str *why)
{
	for (size_t i = chain->n; i-- > 0;) {
		const struct mib_definition *definition = chain->v[i].definition;

		if (definition->n_ids > (size_t)(OID_MAX - oid->len)) {
			str_addf(why, "the OID of '%s' of %s has more than %d numbers",
			    chain->v[0].definition->name, chain->v[0].entry->name, OID_MAX);
			return false;
		}
		for (size_t k = 0; k < definition->n_ids; k++)
			oid_append(oid, definition->ids[k]);
	}
	return true;
}

/* ---- what it is ---- */

/* The syntax behind textual conventions: the first with labels, or the last. */
static const struct mib_syntax *behind(
    struct mib_library *library, struct mib_entry *entry, const struct mib_syntax *syntax)
{
	for (unsigned i = 0; i < TYPES_MAX && syntax->n_labels == 0 && syntax->type != NULL; i++) {
		const struct mib_type *type = mib_module_type(entry->module, syntax->type);
		const char *from = mib_module_import(entry->module, syntax->type);

		if (type == NULL) {
			entry = open_module(library, from != NULL ? from : "SNMPv2-TC", NULL);
			type = entry != NULL ? mib_module_type(entry->module, syntax->type) : NULL;
		}
		if (type == NULL)
			break;
		syntax = &type->syntax;
	}
	return syntax;
}

static bool is_row(struct mib_library *library, const struct found *found)
{
	const struct mib_definition *definition = found->definition;

	return definition->has_index || behind(library, found->entry, &definition->syntax)->is_sequence;
}

static enum mib_class class_of(struct mib_library *library, const struct chain *chain)
{
	const struct mib_definition *definition = chain->v[0].definition;

	if (strcmp(definition->macro, "NOTIFICATION-TYPE") == 0 ||
	    strcmp(definition->macro, "TRAP-TYPE") == 0)
		return MIB_NOTIFICATION;
	if (strcmp(definition->macro, "OBJECT-TYPE") != 0)
		return MIB_NODE;
	if (definition->syntax.is_sequence_of)
		return MIB_TABLE;
	if (is_row(library, &chain->v[0]))
		return MIB_ROW;
	return chain->n > 1 && definition->n_ids == 1 && is_row(library, &chain->v[1]) ? MIB_COLUMN
										       : MIB_SCALAR;
}

static bool describe(
    struct mib_library *library, struct found found, struct mib_object *object, struct str *why)
{
	const struct mib_syntax *syntax;
	struct chain chain = {.v = {found}, .n = 1};
	bool has_root;
	uint32_t root;

	*object = (struct mib_object){.module = found.entry->name, .name = found.definition->name};
	if (!climb(library, &chain, &root, &has_root, why))
		return false;
	if (has_root)
		oid_append(&object->oid, root);
	if (!join(&chain, &object->oid, why))
		return false;
	syntax = behind(library, found.entry, &found.definition->syntax);
	object->class = class_of(library, &chain);
	object->type = syntax->type;
	object->is_bits = str_equal(syntax->type, "BITS");
	object->labels = syntax->labels;
	object->n_labels = syntax->n_labels;
	object->units = found.definition->units;
	return true;
}

/* ---- looking up ---- */

/* The nearest of all names of one module, or (NULL) of all modules. */
static void add_nearest(struct mib_library *library, const char *module, const char *name, struct str *why)
{
	struct {
		const char **v;
		size_t n, cap;
	} names = {0};
	struct mib_entry *entry, *other;
	const char *near;

	for (size_t i = 0; i < mib_catalog_count(library->catalog); i++) {
		const char *of = mib_catalog_at(library->catalog, i)->name;

		if ((module != NULL && strcmp(of, module) != 0) ||
		    mib_catalog_open(library->catalog, of, &entry, &other) != ERR_OK)
			continue;
		for (size_t k = 0; k < entry->module->definitions.n; k++)
			vec_push(&names, entry->module->definitions.v[k].name);
	}
	near = str_nearest(name, names.v, names.n);
	if (near != NULL)
		str_addf(why, "did you mean '%s'?", near);
	else
		str_add(why, "give its OID, or name the folder of the file that defines it in 'mibs'");
	vec_fini(&names);
}

static bool find_in(struct mib_library *library, const char *module, const char *name,
    struct mib_object *object, struct str *why)
{
	struct mib_entry *entry = open_module(library, module, why);
	struct found found = {entry, NULL};

	if (entry == NULL)
		return false;
	found.definition = mib_module_definition(entry->module, name);
	if (found.definition == NULL && mib_module_import(entry->module, name) != NULL)
		found = in_module(library, mib_module_import(entry->module, name), name);
	if (found.definition != NULL)
		return describe(library, found, object, why);
	str_addf(why, "MIB module %s does not define '%s'; ", module, name);
	add_nearest(library, module, name, why);
	return false;
}

static void tell_ambiguous(struct mib_object *objects, size_t n, struct str *why)
{
	str_addf(why, "'%s' is of several MIB modules: ", objects[0].name);
	for (size_t i = 0; i < n; i++) {
		char text[OID_TEXT_MAX + 1];

		str_addf(why, "%s%s (%s)", i > 0 ? ", " : "", objects[i].module,
		    oid_format(&objects[i].oid, text, sizeof text));
	}
	str_addf(why, "; say which, as %s::%s", objects[0].module, objects[0].name);
}

bool mib_library_find(struct mib_library *library, const char *module, const char *name,
    struct mib_object *object, struct str *why)
{
	struct mib_object all[MODULES_SHOWN];
	struct mib_entry *entries[MODULES_SHOWN];
	struct str first = {0};
	size_t n, n_all = 0;
	bool ambiguous = false;

	if (module != NULL)
		return find_in(library, module, name, object, why);
	n = mib_catalog_defining(library->catalog, name, entries, ARRAY_LEN(entries));
	for (size_t i = 0; i < n && i < ARRAY_LEN(entries); i++) {
		struct str reason = {0};

		if (find_in(library, entries[i]->name, name, &all[n_all], &reason)) {
			ambiguous |= n_all > 0 && oid_compare(&all[0].oid, &all[n_all].oid) != 0;
			n_all++;
		} else if (first.len == 0) {
			str_add(&first, str_text(&reason));
		}
		str_fini(&reason);
	}
	if (ambiguous) {
		tell_ambiguous(all, n_all, why);
	} else if (n_all > 0) {
		*object = all[0];
	} else if (first.len > 0) {
		str_add(why, str_text(&first));
	} else {
		str_addf(why, "unknown MIB name '%s'; ", name);
		add_nearest(library, NULL, name, why);
	}
	str_fini(&first);
	return n_all > 0 && !ambiguous;
}

bool mib_library_has(struct mib_library *library, const char *module, const char *name)
{
	return in_module(library, module, name).definition != NULL;
}

void mib_library_faults(struct mib_library *library, mib_fault_fn *tell, void *arg)
{
	for (size_t i = 0; i < mib_catalog_count(library->catalog); i++) {
		const struct mib_entry *entry = mib_catalog_at(library->catalog, i);

		for (size_t k = 0; entry->module != NULL && k < entry->module->faults.n; k++) {
			const struct mib_fault *fault = &entry->module->faults.v[k];

			tell(arg, entry->name, entry->path, fault->line, fault->col, fault->text);
		}
	}
}

void mib_library_replaced(struct mib_library *library, mib_replaced_fn *tell, void *arg)
{
	for (size_t i = 0; i < mib_catalog_count(library->catalog); i++) {
		const struct mib_entry *entry = mib_catalog_at(library->catalog, i);
		bool hides = false;

		for (size_t k = 0; k < mib_catalog_count(library->catalog) && !hides; k++) {
			const struct mib_entry *other = mib_catalog_at(library->catalog, k);

			hides = other->is_shipped && strcmp(other->name, entry->name) == 0;
		}
		if (entry->module != NULL && !entry->is_shipped && hides)
			tell(arg, entry->name, entry->path);
	}
}
