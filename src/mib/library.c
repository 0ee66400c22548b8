#include "mib/library.h"

#include "base/mem.h"
#include "base/vec.h"
#include "mib/resolve.h"

#include <stdlib.h>
#include <string.h>

#define MODULES_SHOWN 8	     /* of an ambiguous name */
#define NEAREST_MAX   100000 /* names among which the nearest is looked for: it takes time for each */

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

/* The nearest of all names of one module, or (NULL) of all modules. */
static void add_nearest(struct mib_library *library, const char *module, const char *name, struct str *why)
{
	struct {
		const char **v;
		size_t n, cap;
	} names = {0};
	struct mib_entry *entry, *other;
	const char *near;

	for (size_t i = 0; i < mib_catalog_count(library->catalog) && names.n < NEAREST_MAX; i++) {
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
	struct mib_entry *entry = library_open(library, module, why);
	struct found found = {entry, NULL};

	if (entry == NULL)
		return false;
	found.definition = mib_module_definition(entry->module, name);
	if (found.definition == NULL && mib_module_import(entry->module, name) != NULL)
		found = library_in_module(library, mib_module_import(entry->module, name), name);
	if (found.definition != NULL)
		return library_describe(library, found, object, why);
	str_addf(why, "MIB module %s does not define '%s'; ", module, name);
	add_nearest(library, module, name, why);
	return false;
}

static void tell_ambiguous(const struct mib_object *objects, size_t n, struct str *why)
{
	str_addf(why, "'%s' is of several MIB modules: ", objects[0].name);
	for (size_t i = 0; i < n && i < MODULES_SHOWN; i++) {
		char text[OID_TEXT_MAX + 1];

		str_addf(why, "%s%s (%s)", i > 0 ? ", " : "", objects[i].module,
		    oid_format(&objects[i].oid, text, sizeof text));
	}
	if (n > MODULES_SHOWN)
		str_addf(why, " and %zu more", n - MODULES_SHOWN);
	str_addf(why, "; say which, as %s::%s", objects[0].module, objects[0].name);
}

/* What one name means in all modules that have it. */
struct meanings {
	struct mib_object *v;
	size_t n;
	bool differ;	  /* their OIDs do */
	struct str first; /* why one of them has none */
};

static void collect(struct mib_library *library, const char *name, struct meanings *meanings)
{
	size_t most = mib_catalog_defining(library->catalog, name, NULL, 0), n;
	struct mib_entry **entries = mem_calloc(most + 1, sizeof(struct mib_entry *));

	meanings->v = mem_calloc(most + 1, sizeof *meanings->v);
	n = mib_catalog_defining(library->catalog, name, entries, most);
	for (size_t i = 0; i < n; i++) {
		struct mib_object *object = &meanings->v[meanings->n];
		struct str reason = {0};

		if (find_in(library, entries[i]->name, name, object, &reason)) {
			meanings->differ |= oid_compare(&meanings->v[0].oid, &object->oid) != 0;
			meanings->n++;
		} else if (meanings->first.len == 0) {
			str_add(&meanings->first, str_text(&reason));
		}
		str_fini(&reason);
	}
	free(entries);
}

bool mib_library_find(struct mib_library *library, const char *module, const char *name,
    struct mib_object *object, struct str *why)
{
	struct meanings meanings = {0};
	bool ok = false;

	if (module != NULL)
		return find_in(library, module, name, object, why);
	collect(library, name, &meanings);
	if (meanings.differ) {
		tell_ambiguous(meanings.v, meanings.n, why);
	} else if (meanings.n > 0) {
		*object = meanings.v[0];
		ok = true;
	} else if (meanings.first.len > 0) {
		str_add(why, str_text(&meanings.first));
	} else {
		str_addf(why, "unknown MIB name '%s'; ", name);
		add_nearest(library, NULL, name, why);
	}
	str_fini(&meanings.first);
	free(meanings.v);
	return ok;
}

bool mib_library_has(struct mib_library *library, const char *module, const char *name)
{
	return library_in_module(library, module, name).definition != NULL;
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
