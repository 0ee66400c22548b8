/* Fuzzes MIB files, the last of them a user's: whatever stands in them, each name that a module defines
 * has an OID, or a reason why not. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "mib/library.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MAX 200 /* looked up of one input */

static void check(const struct mib_object *object)
{
	uint8_t ber[OID_BER_MAX];

	if (object->oid.len > OID_MAX || object->n_labels > MIB_LABELS_MAX || object->module == NULL ||
	    strlen(mib_class_name(object->class)) == 0)
		abort();
	(void)oid_to_ber(&object->oid, ber); /* 0 where it cannot be sent */
	for (size_t i = 0; i < object->n_labels; i++) {
		if (object->labels[i].name[0] == '\0')
			abort();
	}
}

static void look_up(struct mib_library *library, const char *module, const char *name)
{
	struct mib_object object;
	struct str why = {0};

	if (mib_library_find(library, module, name, &object, &why)) {
		check(&object);
		if (strcmp(object.name, name) != 0 || why.len > 0)
			abort();
	} else if (why.len == 0) {
		abort();
	}
	str_fini(&why);
}

static void take_fault(
    void *arg, const char *module, const char *path, uint32_t line, uint32_t col, const char *text)
{
	size_t *n = arg;

	if (module == NULL || path == NULL || line == 0 || col == 0 || text[0] == '\0')
		abort();
	++*n;
}

/* By itself, in a block of its own size. */
static void parse(struct mib_library *library, const uint8_t *octets, size_t len)
{
	char *text = input_text(octets, len);
	struct mib_module *module = mib_module_parse(text, strlen(text));

	if (module->faults.n > MIB_FAULTS_MAX)
		abort();
	for (size_t i = 0; i < module->definitions.n && i < NAMES_MAX; i++) {
		const char *name = module->definitions.v[i].name;

		if (mib_module_definition(module, name) == NULL)
			abort();
		look_up(library, NULL, name);
		look_up(library, module->name, name);
	}
	mib_module_free(module);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const char *const names[] = {"first", "second", "third"};
	struct mib_library *library = mib_library_new();
	char *paths[ARRAY_LEN(names)] = {NULL};
	struct input_folder folder;
	const uint8_t *part;
	size_t n = 0, part_len, faults = 0;

	input_folder_init(&folder);
	for (; n < ARRAY_LEN(names) && (part = input_part(octets, len, n, &part_len)) != NULL; n++) {
		paths[n] = input_folder_put(&folder, names[n], part, part_len);
		if (mib_library_add(library, paths[n], n + 1 < ARRAY_LEN(names)) != ERR_OK)
			abort();
	}
	for (size_t i = 0; i < n; i++) {
		part = input_part(octets, len, i, &part_len);
		parse(library, part, part_len);
	}
	look_up(library, NULL, "");
	look_up(library, "", "x");
	mib_library_faults(library, take_fault, &faults);
	mib_library_free(library);
	for (size_t i = 0; i < n; i++)
		free(paths[i]);
	input_folder_fini(&folder);
	return 0;
}
