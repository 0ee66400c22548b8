#include "mib/module.h"

#include "base/mem.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

static void syntax_fini(struct mib_syntax *syntax)
{
	for (size_t i = 0; i < syntax->n_labels; i++)
		free(syntax->labels[i].name);
	free(syntax->labels);
	free(syntax->type);
}

void mib_definition_fini(struct mib_definition *definition)
{
	syntax_fini(&definition->syntax);
	free(definition->name);
	free(definition->macro);
	free(definition->parent);
	free(definition->ids);
	free(definition->units);
}

void mib_module_free(struct mib_module *module)
{
	if (module == NULL)
		return;
	for (size_t i = 0; i < module->definitions.n; i++)
		mib_definition_fini(&module->definitions.v[i]);
	for (size_t i = 0; i < module->types.n; i++) {
		syntax_fini(&module->types.v[i].syntax);
		free(module->types.v[i].name);
	}
	for (size_t i = 0; i < module->imports.n; i++) {
		free(module->imports.v[i].name);
		free(module->imports.v[i].module);
	}
	for (size_t i = 0; i < module->faults.n; i++)
		free(module->faults.v[i].text);
	vec_fini(&module->definitions);
	vec_fini(&module->types);
	vec_fini(&module->imports);
	vec_fini(&module->faults);
	free(module->name);
	free(module);
}

static int to_definition(const void *name, const void *definition)
{
	return strcmp(name, ((const struct mib_definition *)definition)->name);
}

const struct mib_definition *mib_module_definition(const struct mib_module *module, const char *name)
{
	if (module->definitions.n == 0)
		return NULL;
	return bsearch(
	    name, module->definitions.v, module->definitions.n, sizeof *module->definitions.v, to_definition);
}

const struct mib_type *mib_module_type(const struct mib_module *module, const char *name)
{
	for (size_t i = 0; i < module->types.n; i++) {
		if (strcmp(module->types.v[i].name, name) == 0)
			return &module->types.v[i];
	}
	return NULL;
}

const char *mib_module_import(const struct mib_module *module, const char *name)
{
	for (size_t i = 0; i < module->imports.n; i++) {
		if (strcmp(module->imports.v[i].name, name) == 0)
			return module->imports.v[i].module;
	}
	return NULL;
}

bool mib_is_macro(const char *word, size_t len)
{
	static const char *const macros[] = {"OBJECT-TYPE", "OBJECT-IDENTITY", "MODULE-IDENTITY",
	    "NOTIFICATION-TYPE", "TRAP-TYPE", "OBJECT-GROUP", "NOTIFICATION-GROUP", "MODULE-COMPLIANCE",
	    "AGENT-CAPABILITIES"};

	for (size_t i = 0; i < ARRAY_LEN(macros); i++) {
		if (strlen(macros[i]) == len && memcmp(macros[i], word, len) == 0)
			return true;
	}
	return false;
}
