#include "mib/catalog.h"

#include "base/mem.h"
#include "base/vec.h"
#include "mib/lexer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#define WORDS_FACTOR UINT64_C(0x100000001b3)

/* A name that a module defines. Digests, as there may be a million. */
struct defined {
	uint64_t digest;
	uint32_t entry;
};

/* All modules of one name. */
struct module_name {
	const char *name; /* of the first entry */
	struct {
		uint32_t *v;
		size_t n, cap;
	} entries;
	UT_hash_handle hh;
};

struct mib_catalog {
	struct {
		char **v;
		size_t n, cap;
	} paths;
	struct {
		struct mib_entry **v;
		size_t n, cap;
	} entries;
	struct {
		struct defined *v;
		size_t n, cap;
	} names;
	bool is_sorted; /* the names are */
	struct module_name *modules;
};

struct mib_catalog *mib_catalog_new(void)
{
	return mem_alloc(sizeof(struct mib_catalog));
}

void mib_catalog_free(struct mib_catalog *catalog)
{
	struct module_name *module, *next;

	if (catalog == NULL)
		return;
	HASH_ITER(hh, catalog->modules, module, next)
	{
		HASH_DEL(catalog->modules, module);
		vec_fini(&module->entries);
		free(module);
	}
	for (size_t i = 0; i < catalog->entries.n; i++) {
		mib_module_free(catalog->entries.v[i]->module);
		free(catalog->entries.v[i]->name);
		free(catalog->entries.v[i]);
	}
	for (size_t i = 0; i < catalog->paths.n; i++)
		free(catalog->paths.v[i]);
	vec_fini(&catalog->entries);
	vec_fini(&catalog->paths);
	vec_fini(&catalog->names);
	free(catalog);
}

/* ---- files ---- */

static enum err read_all(int fd, char *text, size_t size, size_t *len)
{
	ssize_t got;

	*len = 0;
	while (*len < size && (got = read(fd, text + *len, size - *len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERR_IO;
		*len += (size_t)got;
	}
	return ERR_OK;
}

/* A regular file as a whole; anything else is empty: a pipe would wait for somebody to write. */
static enum err read_file(const char *path, char **text, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), saved;
	struct stat st;
	enum err err = ERR_IO;

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return ERR_IO;
	if (fstat(fd, &st) != 0)
		goto out;
	err = ERR_LIMIT;
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > MIB_FILE_MAX)
		goto out;
	*text = mem_alloc((size_t)st.st_size + 1);
	err = S_ISREG(st.st_mode) ? read_all(fd, *text, (size_t)st.st_size, len) : ERR_OK;
out:
	saved = errno;
	close(fd);
	if (err) {
		free(*text);
		*text = NULL;
	}
	errno = saved;
	return err;
}

/* ---- looking through ---- */

/* The last tokens, the newest at 0. */
struct window {
	struct mib_token v[4];
};

static void slide(struct window *window, struct mib_token token)
{
	memmove(window->v + 1, window->v, sizeof window->v - sizeof window->v[0]);
	window->v[0] = token;
}

static struct mib_entry *begin_module(
    struct mib_catalog *catalog, const struct mib_token *name, const char *text, bool is_shipped)
{
	struct mib_entry *entry = mem_alloc(sizeof *entry);
	struct module_name *module;

	entry->name = mem_strndup(name->text, name->len);
	entry->path = catalog->paths.v[catalog->paths.n - 1];
	entry->from = (size_t)(name->text - text);
	entry->line = name->line;
	entry->is_shipped = is_shipped;
	HASH_FIND_STR(catalog->modules, entry->name, module);
	if (module == NULL) {
		module = mem_alloc(sizeof *module);
		module->name = entry->name;
		HASH_ADD_KEYPTR(hh, catalog->modules, module->name, strlen(module->name), module);
	}
	vec_push(&module->entries, (uint32_t)catalog->entries.n);
	vec_push(&catalog->entries, entry);
	return entry;
}

static void add_name(struct mib_catalog *catalog, const struct mib_token *name)
{
	struct defined one = {str_hash(name->text, name->len), (uint32_t)catalog->entries.n - 1};

	vec_push(&catalog->names, one);
	catalog->is_sorted = false;
}

static bool is_word(const struct mib_token *token)
{
	return token->type == MIB_WORD || token->type == MIB_NAME;
}

/* NAME [{ oid }] DEFINITIONS: the module's name, or NULL. */
static const struct mib_token *heading(const struct window *window, const struct mib_token *bracketed)
{
	const struct mib_token *name = mib_token_is(&window->v[1], "}") ? bracketed : &window->v[1];

	if (window->v[0].type != MIB_WORD || !mib_token_is(&window->v[0], "DEFINITIONS"))
		return NULL;
	return is_word(name) ? name : NULL;
}

/* The name that the newest token shows to be defined; NULL if none. */
static const struct mib_token *defined_name(const struct window *window)
{
	const struct mib_token *v = window->v;

	if (v[0].type == MIB_WORD && is_word(&v[1]) && mib_is_macro(v[0].text, v[0].len))
		return &v[1];
	if (v[0].type == MIB_ASSIGN && is_word(&v[3]) && mib_token_is(&v[1], "IDENTIFIER") &&
	    mib_token_is(&v[2], "OBJECT"))
		return &v[3];
	return NULL;
}

static void look_through(struct mib_catalog *catalog, const char *text, size_t len, bool is_shipped)
{
	struct window window = {0};
	struct mib_token bracketed = {0}; /* what stands before the last { */
	struct mib_entry *entry = NULL;
	struct mib_lexer lexer;

	mib_lexer_init(&lexer, text, len);
	do {
		const struct mib_token *name;

		slide(&window, mib_lexer_next(&lexer));
		if (window.v[0].type == MIB_SIGN && window.v[0].text[0] == '{')
			bracketed = window.v[1];
		name = heading(&window, &bracketed);
		if (name != NULL) {
			if (entry != NULL)
				entry->len = (size_t)(name->text - text) - entry->from;
			entry = begin_module(catalog, name, text, is_shipped);
		}
		if (entry == NULL)
			continue;
		entry->words = (entry->words ^ str_hash(window.v[0].text, window.v[0].len)) * WORDS_FACTOR;
		name = defined_name(&window);
		if (name != NULL)
			add_name(catalog, name);
	} while (window.v[0].type != MIB_END);
	if (entry != NULL)
		entry->len = len - entry->from;
}

enum err mib_catalog_add(struct mib_catalog *catalog, const char *path, bool is_shipped)
{
	char *text;
	size_t len;
	enum err err = read_file(path, &text, &len);

	if (err)
		return err;
	vec_push(&catalog->paths, mem_strdup(path));
	/* Most of what is no module has not the word either. */
	if (len > 0 && memmem(text, len, "DEFINITIONS", strlen("DEFINITIONS")) != NULL)
		look_through(catalog, text, len, is_shipped);
	free(text);
	return ERR_OK;
}

size_t mib_catalog_count(const struct mib_catalog *catalog)
{
	return catalog->entries.n;
}

struct mib_entry *mib_catalog_at(struct mib_catalog *catalog, size_t i)
{
	return catalog->entries.v[i];
}

/* ---- opening ---- */

static enum err parse(struct mib_entry *entry)
{
	char *text;
	size_t len, from;
	enum err err = ERR_OK;

	if (entry->module != NULL)
		return ERR_OK;
	err = read_file(entry->path, &text, &len);
	if (err)
		return ERR_IO;
	/* The file may be another by now. */
	from = entry->from < len ? entry->from : len;
	entry->module = mib_module_parse(text + from, entry->len < len - from ? entry->len : len - from);
	for (size_t i = 0; i < entry->module->faults.n; i++)
		entry->module->faults.v[i].line += entry->line - 1;
	for (size_t i = 0; i < entry->module->definitions.n; i++)
		entry->module->definitions.v[i].line += entry->line - 1;
	free(text);
	return ERR_OK;
}

enum err mib_catalog_open(
    struct mib_catalog *catalog, const char *name, struct mib_entry **entry, struct mib_entry **other)
{
	struct module_name *module;

	*entry = *other = NULL;
	HASH_FIND_STR(catalog->modules, name, module);
	if (module == NULL)
		return ERR_NOT_FOUND;
	*entry = catalog->entries.v[module->entries.v[0]];
	for (size_t i = 1; i < module->entries.n; i++) {
		struct mib_entry *next = catalog->entries.v[module->entries.v[i]];

		if ((*entry)->is_shipped && !next->is_shipped) {
			*entry = next;
			*other = NULL;
		} else if ((*entry)->is_shipped == next->is_shipped && (*entry)->words != next->words &&
			   *other == NULL) {
			*other = next;
		}
	}
	return *other != NULL ? ERR_EXISTS : parse(*entry);
}

static int by_digest(const void *a, const void *b)
{
	const struct defined *x = a, *y = b;

	if (x->digest != y->digest)
		return x->digest < y->digest ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

size_t mib_catalog_defining(
    struct mib_catalog *catalog, const char *name, struct mib_entry **entries, size_t size)
{
	uint64_t digest = str_hash(name, strlen(name));
	size_t low = 0, high = catalog->names.n, n = 0;

	if (!catalog->is_sorted && catalog->names.n > 0)
		qsort(catalog->names.v, catalog->names.n, sizeof *catalog->names.v, by_digest);
	catalog->is_sorted = true;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (catalog->names.v[middle].digest < digest)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < catalog->names.n && catalog->names.v[low].digest == digest; low++) {
		struct mib_entry *entry = catalog->entries.v[catalog->names.v[low].entry];
		bool is_there = false;

		for (size_t i = 0; i < n && i < size && !is_there; i++)
			is_there = strcmp(entries[i]->name, entry->name) == 0;
		if (!is_there && n++ < size)
			entries[n - 1] = entry;
	}
	return n;
}
