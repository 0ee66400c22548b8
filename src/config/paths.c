#include "config/paths.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "config/config.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#define SYSTEM_CONFIG "/etc/rollcall/rollcall.yaml"
#define SYSTEM_STATE  "/var/lib/rollcall"
#define SYSTEM_RUN    "/run/rollcall"

char *paths_dir(const char *file)
{
	const char *slash = strrchr(file, '/');

	if (slash == NULL)
		return mem_strdup(".");
	return slash == file ? mem_strdup("/") : mem_strndup(file, (size_t)(slash - file));
}

char *paths_join(const char *dir, const char *path)
{
	if (path[0] == '/' || strcmp(dir, ".") == 0)
		return mem_strdup(path);
	return str_format("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", path);
}

bool paths_is_pattern(const char *path)
{
	return strpbrk(path, "*?[") != NULL;
}

const char *paths_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void paths_fini(struct paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		free(paths->v[i]);
	vec_fini(paths);
}

/* A folder in which what begins with ** has been looked for. */
struct visit {
	struct visit_key {
		dev_t dev;
		ino_t ino;
		const char *pattern; /* its place in the whole one */
	} key;
	UT_hash_handle hh;
};

struct expansion {
	struct diag *diag;
	struct diag_place named_at;
	struct paths *out;
	struct visit *visits;
	enum err err;
};

static int text_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in a folder, sorted. A folder that is not there has none. */
static void list_folder(struct expansion *x, const char *dir, struct paths *names)
{
	DIR *folder = opendir(dir[0] != '\0' ? dir : ".");
	const struct dirent *entry;

	if (folder == NULL) {
		if (errno != ENOENT && errno != ENOTDIR) {
			diag_error(x->diag, x->named_at,
			    "cannot read folder '%s': %s; let the user who runs this read it", dir,
			    strerror(errno));
			x->err = ERR_IO;
		}
		return;
	}
	while ((entry = readdir(folder)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			vec_push(names, mem_strdup(entry->d_name));
	closedir(folder);
	if (names->n > 0)
		qsort(names->v, names->n, sizeof *names->v, text_compare);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *below(const char *dir, const char *name)
{
	return dir[0] == '\0' ? mem_strdup(name)
			      : str_format("%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

static void add_found(struct expansion *x, char *path)
{
	if (x->out->n >= PATHS_MAX) {
		if (x->err != ERR_LIMIT)
			diag_error(x->diag, x->named_at, "the pattern finds more than %d files; narrow it",
			    PATHS_MAX);
		x->err = ERR_LIMIT;
		free(path);
		return;
	}
	vec_push(x->out, path);
}

/* False for a folder that was there before: links may lead round in circles, and two circles
 * to more paths than can be counted. */
static bool is_new(struct expansion *x, const char *dir, const char *pattern)
{
	struct visit_key key;
	struct visit *visit;
	struct stat st;

	if (stat(dir[0] != '\0' ? dir : ".", &st) != 0)
		return true; /* list_folder() tells */
	memset(&key, 0, sizeof key);
	key.dev = st.st_dev;
	key.ino = st.st_ino;
	key.pattern = pattern;
	HASH_FIND(hh, x->visits, &key, sizeof key, visit);
	if (visit != NULL)
		return false;
	visit = mem_alloc(sizeof *visit);
	visit->key = key;
	HASH_ADD(hh, x->visits, key, sizeof key, visit);
	return true;
}

static void forget_visits(struct expansion *x)
{
	struct visit *visit, *next;

	HASH_ITER(hh, x->visits, visit, next)
	{
		HASH_DEL(x->visits, visit);
		free(visit);
	}
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode); /* a pipe would wait for somebody to write */
}

static void expand(struct expansion *x, const char *dir, const char *pattern, unsigned depth);

/* What lies in a folder below `dir`: `rest` is the pattern for it, "" when the file itself is meant. */
static void expand_path(struct expansion *x, char *path, const char *rest, unsigned depth)
{
	if (rest[0] == '\0' && is_file(path)) {
		add_found(x, path);
		return;
	}
	if (rest[0] != '\0' && depth < PATHS_DEPTH_MAX && is_folder(path))
		expand(x, path, rest, depth + 1);
	free(path);
}

/* Files below `dir` that fit `pattern`, folder by folder. */
static void expand(struct expansion *x, const char *dir, const char *pattern, unsigned depth)
{
	size_t len = strcspn(pattern, "/");
	bool any_depth = len == 2 && strncmp(pattern, "**", 2) == 0;
	const char *rest = pattern + len + strspn(pattern + len, "/");
	struct paths names = {0};
	char *part;

	if (any_depth && !is_new(x, dir, pattern))
		return;
	part = any_depth ? mem_strdup("*") : mem_strndup(pattern, len);
	if (!paths_is_pattern(part)) {
		expand_path(x, below(dir, part), rest, depth);
		free(part);
		return;
	}
	if (any_depth && rest[0] != '\0')
		expand(x, dir, rest, depth); /* no folder at all */
	list_folder(x, dir, &names);
	for (size_t i = 0; i < names.n && x->err != ERR_LIMIT; i++) {
		char *path = fnmatch(part, names.v[i], FNM_PERIOD) == 0 ? below(dir, names.v[i]) : NULL;

		if (path != NULL)
			expand_path(x, path, any_depth && is_folder(path) ? pattern : rest, depth);
	}
	paths_fini(&names);
	free(part);
}

enum err paths_expand(
    const char *dir, const char *pattern, struct diag_place named_at, struct diag *diag, struct paths *out)
{
	struct expansion x = {.diag = diag, .named_at = named_at, .out = out};
	size_t first = out->n;

	if (!paths_is_pattern(pattern)) {
		vec_push(out, paths_join(dir, pattern));
		return ERR_OK;
	}
	if (pattern[0] == '/')
		expand(&x, "/", pattern + strspn(pattern, "/"), 0);
	else
		expand(&x, strcmp(dir, ".") == 0 ? "" : dir, pattern, 0);
	forget_visits(&x);
	if (out->n > first)
		qsort(out->v + first, out->n - first, sizeof *out->v, text_compare);
	return x.err;
}

char *config_default_file(void)
{
	return mem_strdup(access("rollcall.yaml", F_OK) == 0 ? "./rollcall.yaml" : SYSTEM_CONFIG);
}

char *config_data_dir(void)
{
	static const char *const places[] = {"share/rollcall", "etc"}; /* installed, or a build tree */
	char exe[PATH_MAX], *dir = NULL, *parent = NULL, *data = NULL, *profiles;
	ssize_t len = readlink("/proc/self/exe", exe, sizeof exe - 1);

	if (len > 0) {
		exe[len] = '\0';
		dir = paths_dir(exe);
		parent = paths_dir(dir);
		for (size_t i = 0; i < ARRAY_LEN(places) && data == NULL; i++) {
			data = below(parent, places[i]);
			profiles = below(data, "profiles");
			if (!is_folder(profiles)) {
				free(data);
				data = NULL;
			}
			free(profiles);
		}
	}
	free(dir);
	free(parent);
	return data != NULL ? data : mem_strdup(ROLLCALL_DATA);
}

char *config_mibs_dir(void)
{
	char *data = config_data_dir(), *dir = below(data, "mibs");

	if (!is_folder(dir)) {
		free(dir);
		dir = below(data, "../mibs");
	}
	free(data);
	return dir;
}

static const char *given(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] == '/' ? value : NULL;
}

/* systemd lists several directories with colons; the first is ours. */
static char *first_of(const char *list)
{
	return mem_strndup(list, strcspn(list, ":"));
}

char *paths_default_state(void)
{
	if (given("STATE_DIRECTORY") != NULL)
		return first_of(given("STATE_DIRECTORY"));
	if (geteuid() == 0 || access(SYSTEM_STATE, R_OK | X_OK) == 0)
		return mem_strdup(SYSTEM_STATE);
	if (given("XDG_STATE_HOME") != NULL)
		return str_format("%s/rollcall", given("XDG_STATE_HOME"));
	if (given("HOME") != NULL)
		return str_format("%s/.local/state/rollcall", given("HOME"));
	return mem_strdup("state");
}

char *paths_default_run(const char *state_given, const char *state)
{
	if (state_given != NULL && strcmp(state, SYSTEM_STATE) != 0)
		return str_format("%s/run", state);
	if (given("RUNTIME_DIRECTORY") != NULL)
		return first_of(given("RUNTIME_DIRECTORY"));
	if (strcmp(state, SYSTEM_STATE) == 0)
		return mem_strdup(SYSTEM_RUN);
	if (given("XDG_RUNTIME_DIR") != NULL)
		return str_format("%s/rollcall", given("XDG_RUNTIME_DIR"));
	return str_format("%s/run", state);
}
