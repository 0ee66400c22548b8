#include "mib/resolve.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_MAX 128 /* definitions between an object and the root */
#define TYPES_MAX 16  /* textual conventions behind one another */

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

struct mib_entry *library_open(struct mib_library *library, const char *name, struct str *why)
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

struct found library_in_module(struct mib_library *library, const char *module, const char *name)
{
	struct mib_entry *entry = library_open(library, module, NULL);

	return (struct found){entry, entry != NULL ? mib_module_definition(entry->module, name) : NULL};
}

/* Files that forget what they import: the names that all mean alike, else the only module that has it. */
static struct found anywhere(struct mib_library *library, const char *name)
{
	struct found found = library_in_module(library, "SNMPv2-SMI", name);
	struct mib_entry *entries[2];

	if (found.definition != NULL)
		return found;
	if (mib_catalog_defining(library->catalog, name, entries, ARRAY_LEN(entries)) != 1)
		return (struct found){0};
	return library_in_module(library, entries[0]->name, name);
}

/* What `name` means in a module: its own definition, or where it is imported from. */
static struct found meaning(struct mib_library *library, struct mib_entry *entry, const char *name)
{
	struct found found = {entry, mib_module_definition(entry->module, name)};
	const char *from = mib_module_import(entry->module, name);

	if (found.definition == NULL && from != NULL)
		found = library_in_module(library, from, name);
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
	else if (library_open(library, module, &reason) == NULL)
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
			entry = library_open(library, from != NULL ? from : "SNMPv2-TC", NULL);
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

bool library_describe(
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
