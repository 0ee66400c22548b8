#include "play/playlist.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <dirent.h>
#include <glob.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND ".2"

static const char *const extensions[] = {".snmprec", ".walk", ".txt"};

/* "" when it has none of ours. */
static const char *extension_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_LEN(extensions); i++)
		if (str_ends(path, extensions[i]))
			return extensions[i];
	return "";
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The file of which this one is a later recording; NULL when there is none. Caller frees. */
static char *earlier_of(const char *path)
{
	const char *extension = extension_of(path), *name = strrchr(path, '/'), *at;
	size_t stem = strlen(path) - strlen(extension);
	char *earlier = NULL;

	name = name != NULL ? name + 1 : path;
	at = strrchr(name, '@');
	if (at != NULL && at[1] != '\0' && at + 1 + strspn(at + 1, "0123456789") == path + stem)
		stem = (size_t)(at - path);
	else if (stem > strlen(SECOND) && memcmp(path + stem - strlen(SECOND), SECOND, strlen(SECOND)) == 0)
		stem -= strlen(SECOND);
	else
		return NULL;
	earlier = str_format("%.*s%s", (int)stem, path, extension);
	if (!exists(earlier)) {
		free(earlier);
		return NULL;
	}
	return earlier;
}

static void add_quoted(struct str *pattern, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (strchr("*?[]\\", text[i]) != NULL)
			str_add_char(pattern, '\\');
		str_add_char(pattern, text[i]);
	}
}

/* Of NAME@EPOCH the one with the largest EPOCH; they have ten digits until 2286. */
static char *later_of(const char *path)
{
	const char *extension = extension_of(path);
	size_t stem = strlen(path) - strlen(extension);
	char *later = str_format("%.*s" SECOND "%s", (int)stem, path, extension);
	struct str pattern = {0};
	glob_t found = {0};

	if (!exists(later)) {
		free(later);
		later = NULL;
		add_quoted(&pattern, path, stem);
		str_addf(&pattern, "@[0-9]*[0-9]%s", extension);
		if (glob(str_text(&pattern), 0, NULL, &found) == 0 && found.gl_pathc > 0)
			later = mem_strdup(found.gl_pathv[found.gl_pathc - 1]);
		globfree(&found);
		str_fini(&pattern);
	}
	return later;
}

static void add_file(struct playlist *list, const char *path)
{
	const char *name = strrchr(path, '/');
	struct playlist_item item = {.path = mem_strdup(path), .later = later_of(path)};

	name = name != NULL ? name + 1 : path;
	item.name = mem_strndup(name, strlen(name) - strlen(extension_of(name)));
	vec_push(list, item);
}

static int is_ours(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && extension_of(entry->d_name)[0] != '\0';
}

static enum err add_folder(struct playlist *list, const char *path)
{
	struct dirent **entries;
	int n = scandir(path, &entries, is_ours, alphasort);
	size_t before = list->n;

	if (n < 0)
		return ERR_IO;
	for (int i = 0; i < n; i++) {
		char *file = str_format(str_ends(path, "/") ? "%s%s" : "%s/%s", path, entries[i]->d_name);
		char *earlier = earlier_of(file);

		if (earlier == NULL)
			add_file(list, file);
		free(earlier);
		free(file);
		free(entries[i]);
	}
	free(entries);
	return list->n > before ? ERR_OK : ERR_NOT_FOUND;
}

enum err playlist_add(struct playlist *list, const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return ERR_IO;
	if (S_ISDIR(st.st_mode))
		return add_folder(list, path);
	add_file(list, path);
	return ERR_OK;
}

void playlist_fini(struct playlist *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].path);
		free(list->v[i].later);
		free(list->v[i].name);
	}
	vec_fini(list);
}
