#include "config/mibnames.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/paths.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct wanted {
	char *dir, *pattern;
	struct diag_place place;
};

struct mibnames {
	struct diag *diag;
	char *shipped;
	struct {
		struct wanted *v;
		size_t n, cap;
	} wanted;
	struct mib_library *library; /* NULL until the first name */
	struct {
		void **v;
		size_t n, cap;
	} kept; /* texts and nodes that were put into trees */
};

struct mibnames *mibnames_new(struct diag *diag, const char *shipped)
{
	struct mibnames *names = mem_alloc(sizeof *names);

	names->diag = diag;
	names->shipped = mem_strdup(shipped);
	return names;
}

void mibnames_free(struct mibnames *names)
{
	if (names == NULL)
		return;
	mib_library_free(names->library);
	for (size_t i = 0; i < names->wanted.n; i++) {
		free(names->wanted.v[i].dir);
		free(names->wanted.v[i].pattern);
	}
	for (size_t i = 0; i < names->kept.n; i++)
		free(names->kept.v[i]);
	vec_fini(&names->wanted);
	vec_fini(&names->kept);
	free(names->shipped);
	free(names);
}

/* ---- files ---- */

void mibnames_add(struct mibnames *names, const char *dir, const struct yaml_node *node)
{
	char *path = paths_join(dir, node->text);
	struct wanted one = {.place = node->place};
	struct stat st;

	if (paths_is_pattern(node->text) || stat(path, &st) == 0) {
		one.dir = mem_strdup(dir);
		one.pattern = mem_strdup(node->text);
		vec_push(&names->wanted, one);
	} else {
		diag_error(names->diag, node->place, "cannot read '%s': %s; create it, or do not name it",
		    path, strerror(errno));
	}
	free(path);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* One that cannot be read lacks what it has: a warning, as all may be well without it. */
static void add_file(struct mibnames *names, const char *path, bool is_shipped, struct diag_place place)
{
	switch (mib_library_add(names->library, path, is_shipped)) {
	case ERR_OK:
		break;
	case ERR_LIMIT:
		diag_warning(names->diag, place, "MIB file '%s' is larger than 16 MiB; split it", path);
		break;
	default:
		diag_warning(names->diag, place, "cannot read MIB file '%s': %s; let it be read", path,
		    strerror(errno));
		break;
	}
}

/* A folder stands for all files below it. */
static void add_found(struct mibnames *names, const char *path, bool is_shipped, struct diag_place place)
{
	struct paths below = {0};

	if (!is_folder(path)) {
		add_file(names, path, is_shipped, place);
		return;
	}
	/* A folder that cannot be read is told there. */
	if (paths_expand(path, "**/*", place, names->diag, &below) == ERR_OK) {
		for (size_t i = 0; i < below.n; i++)
			add_file(names, below.v[i], is_shipped, place);
	}
	paths_fini(&below);
}

static void open_library(struct mibnames *names)
{
	names->library = mib_library_new();
	if (is_folder(names->shipped))
		add_found(names, names->shipped, true, (struct diag_place){0});
	for (size_t i = 0; i < names->wanted.n; i++) {
		const struct wanted *wanted = &names->wanted.v[i];
		struct paths found = {0};

		if (paths_expand(wanted->dir, wanted->pattern, wanted->place, names->diag, &found) ==
		    ERR_OK) {
			for (size_t k = 0; k < found.n; k++)
				add_found(names, found.v[k], false, wanted->place);
		}
		paths_fini(&found);
	}
}

static void tell_fault(
    void *arg, const char *module, const char *path, uint32_t line, uint32_t col, const char *text)
{
	struct mibnames *names = arg;
	struct diag_place place = {diag_add_file(names->diag, path, NULL, 0), line, col};

	diag_warning(names->diag, place, "MIB module %s: %s; what stands there is left out", module, text);
}

static void tell_replaced(void *arg, const char *module, const char *path)
{
	struct mibnames *names = arg;

	diag_note(
	    names->diag, (struct diag_place){0}, "'%s' replaces the shipped MIB module %s", path, module);
}

void mibnames_report(struct mibnames *names)
{
	if (names->library == NULL)
		return;
	mib_library_faults(names->library, tell_fault, names);
	mib_library_replaced(names->library, tell_replaced, names);
}

/* ---- one name ---- */

bool mibnames_is_name(const char *text)
{
	return isalpha((unsigned char)text[0]) || strstr(text, "::") != NULL;
}

/* Splits MODULE::name.1.2; module is NULL where none stands. False when it is no name at all. */
static bool split(const char *text, char **module, char **name, struct name_of *out)
{
	const char *colons = strstr(text, "::"), *begin = colons != NULL ? colons + 2 : text;
	size_t len = strcspn(begin, ".");
	struct oid index = {.len = 0};

	*module = *name = NULL;
	if (len == 0 || colons == text || (begin[len] == '.' && oid_parse(begin + len, &index) != ERR_OK))
		return false;
	out->n_index = index.len;
	memcpy(out->index, index.id, index.len * sizeof index.id[0]);
	*module = colons != NULL ? mem_strndup(text, (size_t)(colons - text)) : NULL;
	*name = mem_strndup(begin, len);
	return true;
}

bool mibnames_resolve(
    struct mibnames *names, const struct yaml_node *node, const char *hint, struct name_of *out)
{
	char *module, *name;
	struct str why = {0};
	bool ok = false;

	memset(out, 0, sizeof *out);
	if (!split(node->text, &module, &name, out)) {
		diag_error(names->diag, node->place,
		    "malformed name '%s'; write it as ifInOctets, IF-MIB::ifInOctets or ifInOctets.3, or an "
		    "OID",
		    node->text);
		return false;
	}
	if (names->library == NULL)
		open_library(names);
	if (module == NULL && hint != NULL && mib_library_has(names->library, hint, name))
		module = mem_strdup(hint);
	ok = mib_library_find(names->library, module, name, &out->object, &why);
	if (!ok)
		diag_error(names->diag, node->place, "%s", str_text(&why));
	str_fini(&why);
	free(module);
	free(name);
	return ok;
}

void mibnames_object(
    struct mibnames *names, const struct yaml_node *node, const struct mib_object *object, const char *why)
{
	diag_error(names->diag, node->place, "'%s' of %s is %s and %s", object->name, object->module,
	    mib_class_name(object->class), why);
}

/* ---- changes of a tree ---- */

static void *keep(struct mibnames *names, void *memory)
{
	vec_push(&names->kept, memory);
	return memory;
}

void mibnames_set(struct mibnames *names, const struct yaml_node *scalar, const char *text)
{
	struct yaml_node *node =
	    (struct yaml_node *)(uintptr_t)scalar; /* of a tree that is still being made */

	node->text = keep(names, mem_strdup(text));
	node->is_null = false;
}

const struct yaml_node *mibnames_put(
    struct mibnames *names, const struct yaml_node *mapping, const char *key, const char *text)
{
	struct yaml_node *into = (struct yaml_node *)(uintptr_t)mapping;
	struct yaml_node *nodes = keep(names, mem_calloc(2, sizeof *nodes));
	struct yaml_entry *entry = keep(names, mem_alloc(sizeof *entry)), **end = &into->first;

	for (size_t i = 0; i < 2; i++)
		nodes[i].place = nodes[i].end = mapping->place;
	nodes[0].type = YAML_SCALAR;
	nodes[0].text = keep(names, mem_strdup(key));
	nodes[1].type = text != NULL ? YAML_SCALAR : YAML_MAPPING;
	nodes[1].text = text != NULL ? keep(names, mem_strdup(text)) : NULL;
	*entry = (struct yaml_entry){.key = &nodes[0], .value = &nodes[1]};
	while (*end != NULL)
		end = &(*end)->next;
	*end = entry;
	into->count++;
	return &nodes[1];
}
