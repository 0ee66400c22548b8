#include "store/rename.h"
#include "store/catalogue.h"
#include "store/image.h"
#include "store/reshape.h"
#include "store/rrdfile.h"
#include "store/series.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/vec.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX  3 /* STATE/rrd/<device>/<table>/<file>, and one to spare */
#define ROUNDS_MAX 3 /* files may come up in the old folder meanwhile */
#define NAMES_MAX  1000
#define CATALOGUE  "catalogue"

struct names {
	char **v;
	size_t n, cap;
};

struct rename {
	char *from_name, *to_name; /* folders, below `root` */
	char *root, *from, *to;
	int64_t now;
	bool begun;
	unsigned rounds;
	struct names files, folders; /* below `from`; folders: inner ones first */
	size_t at;		     /* next of `files` */
	uint64_t moved, merged;
};

static void names_clear(struct names *names)
{
	while (names->n > 0)
		free(names->v[--names->n]);
}

struct rename *rename_new(const char *state, const char *old, const char *new_name, int64_t now)
{
	struct rename *rename = mem_alloc(sizeof *rename);

	rename->now = now;
	rename->root = str_format("%s/rrd", state);
	rename->from_name = series_folder(old);
	rename->to_name = series_folder(new_name);
	rename->from = str_format("%s/%s", rename->root, rename->from_name);
	rename->to = str_format("%s/%s", rename->root, rename->to_name);
	return rename;
}

void rename_free(struct rename *rename)
{
	if (!rename)
		return;
	names_clear(&rename->files);
	names_clear(&rename->folders);
	vec_fini(&rename->files);
	vec_fini(&rename->folders);
	free(rename->from_name);
	free(rename->to_name);
	free(rename->root);
	free(rename->from);
	free(rename->to);
	free(rename);
}

static enum err fault(struct str *why, const char *path)
{
	int saved = errno;
	const char *words = strerrordesc_np(saved);

	if (why->len == 0)
		str_addf(why, "%s: %s", path, words ? words : "unknown error");
	errno = saved;
	return saved == EACCES || saved == EPERM ? ERR_DENIED : ERR_IO;
}

static void sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Some file systems cannot; the rename is whole all the same, if later than wished. */
	(void)!fsync(fd);
	close(fd);
}

/* A file that somebody was at making when the power went. */
static bool is_leftover(const char *name)
{
	return str_starts(name, RRDFILE_NEW);
}

/* Lists what is below `from`/`below`; leftovers are removed. */
static enum err list(struct rename *rename, const char *below, int depth, struct str *why)
{
	char *path = *below ? str_format("%s/%s", rename->from, below) : mem_strdup(rename->from);
	DIR *dir = opendir(path);
	enum err err = dir ? ERR_OK : fault(why, path);
	struct dirent *entry;

	while (!err && (entry = readdir(dir)) != NULL) {
		char *inner, *full;
		struct stat st;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		inner = str_format("%s%s%s", below, *below ? "/" : "", entry->d_name);
		full = str_format("%s/%s", rename->from, inner);
		if (lstat(full, &st)) {
			err = fault(why, full);
		} else if (S_ISDIR(st.st_mode)) {
			if (depth < DEPTH_MAX)
				err = list(rename, inner, depth + 1, why);
		} else if (is_leftover(entry->d_name)) {
			unlink(full);
		} else if (strcmp(inner, CATALOGUE)) {
			vec_push(&rename->files, inner);
			inner = NULL;
		}
		free(inner);
		free(full);
	}
	if (dir)
		closedir(dir);
	if (!err && *below)
		vec_push(&rename->folders, mem_strdup(below));
	free(path);
	return err;
}

static enum err list_all(struct rename *rename, struct str *why)
{
	names_clear(&rename->files);
	names_clear(&rename->folders);
	rename->at = 0;
	rename->rounds++;
	return list(rename, "", 0, why);
}

static enum err begin(struct rename *rename, bool *more, struct str *why)
{
	struct stat st;
	enum err err;

	if (!strcmp(rename->from_name, rename->to_name)) {
		str_add(why, "both names are the same");
		return ERR_INVALID;
	}
	if (lstat(rename->from, &st) || !S_ISDIR(st.st_mode)) {
		str_addf(why, "%s: there is no history of that name", rename->from);
		return ERR_NOT_FOUND;
	}
	/* Also over an empty folder. */
	if (!renameat(AT_FDCWD, rename->from, AT_FDCWD, rename->to)) {
		sync_folder(rename->root);
		log_info("history renamed", "from=%s to=%s", rename->from_name, rename->to_name);
		*more = false;
		return ERR_OK;
	}
	if (errno != ENOTEMPTY && errno != EEXIST)
		return fault(why, rename->to);
	if (catalogue_merge(rename->to, rename->from))
		return fault(why, rename->to);
	err = list_all(rename, why);
	rename->begun = !err;
	return err;
}

/* Moves `from` to `to`, or to `to`-2 and so on when there is such a file. */
static enum err move_beside(const char *from, const char *to, struct str *why)
{
	struct str name = {0};
	struct stat st;
	enum err err;

	str_add(&name, to);
	for (unsigned i = 2; i < NAMES_MAX && lstat(name.s, &st) == 0; i++) {
		str_clear(&name);
		str_addf(&name, "%s-%u", to, i);
	}
	err = renameat(AT_FDCWD, from, AT_FDCWD, name.s) ? fault(why, from) : ERR_OK;
	str_fini(&name);
	return err;
}

static enum err combine(const char *to, const struct image *newer, const struct image *older, struct str *why)
{
	const struct image *sources[] = {newer, older};
	struct image all;
	struct str error = {0};
	enum err err;

	reshape_begin_both(&all, newer, older);
	if (all.n_ds > FORMAT_DS_MAX || all.n_rras == 0) {
		str_addf(why, "%s: too many data sources, or no archive", to);
		err = ERR_UNSUPPORTED;
	} else {
		reshape_fill(&all, sources, 2);
		err = rrdfile_restore(to, &all, &error);
		if (err && error.len)
			str_addf(why, "%s: %s", to, error.s);
		if (err)
			err = fault(why, to);
	}
	image_fini(&all);
	str_fini(&error);
	return err;
}

static enum err set_aside(struct rename *rename, const char *path, const char *why_bad, struct str *why)
{
	struct str to = {0};
	char from[512], name[512], reason[64];
	enum err err = rrdfile_set_aside(path, rename->now, &to) ? fault(why, path) : ERR_OK;

	if (!err)
		log_error("damaged file set aside", "file=%s to=%s err=%s",
		    log_quote(from, sizeof from, path), log_quote(name, sizeof name, to.s),
		    log_quote(reason, sizeof reason, why_bad));
	str_fini(&to);
	return err;
}

/* Both folders have the file. */
static enum err merge(struct rename *rename, const char *from, const char *to, struct str *why)
{
	struct image newer, older = {0};
	const char *why_new = "", *why_old = "";
	enum err err_new = image_read(to, &newer, &why_new), err_old = image_read(from, &older, &why_old);
	enum err err = ERR_OK;

	if (err_old == ERR_CORRUPT) {
		char *bad = str_format("%s.bad-%" PRId64, to, rename->now);

		err = move_beside(from, bad, why);
		free(bad);
	} else if (err_new == ERR_CORRUPT) {
		err = set_aside(rename, to, why_new, why);
		if (!err)
			err = move_beside(from, to, why);
	} else if (err_new || err_old) {
		err = err_new ? err_new : err_old;
		if (err == ERR_UNSUPPORTED)
			str_addf(why, "%s: %s", err_new ? to : from, err_new ? why_new : why_old);
		else
			err = fault(why, err_new ? to : from);
	} else {
		err = combine(to, &newer, &older, why);
		if (!err) {
			char *folder = mem_strndup(to, (size_t)(strrchr(to, '/') - to));

			/* The one that has all must be there before the other one goes. */
			sync_folder(folder);
			free(folder);
			if (unlink(from))
				err = fault(why, from);
		}
		rename->merged += err ? 0 : 1;
	}
	image_fini(&newer);
	image_fini(&older);
	return err;
}

/* *heavy: it took as long as reading and writing a file. */
static enum err bring(struct rename *rename, const char *file, bool *heavy, struct str *why)
{
	char *from = str_format("%s/%s", rename->from, file), *to = str_format("%s/%s", rename->to, file);
	struct stat st;
	enum err err = ERR_OK;

	*heavy = false;
	if (lstat(from, &st)) { /* gone meanwhile */
		err = errno == ENOENT ? ERR_OK : fault(why, from);
	} else if (lstat(to, &st) == 0 && str_ends(file, ".rrd")) {
		*heavy = true;
		err = merge(rename, from, to, why);
	} else {
		err = rrdfile_make_folder(to) ? fault(why, to) : move_beside(from, to, why);
		rename->moved += err ? 0 : 1;
	}
	free(from);
	free(to);
	return err;
}

/* All files have moved: the folders go. One that is not empty stays. */
static enum err end(struct rename *rename, bool *more, struct str *why)
{
	char *path;
	enum err err = list_all(rename, why);

	if (err)
		return err;
	if (rename->files.n > 0 && rename->rounds <= ROUNDS_MAX)
		return ERR_OK;
	if (catalogue_merge(rename->to, rename->from))
		return fault(why, rename->to);
	*more = false;
	if (rename->files.n == 0) {
		path = str_format("%s/" CATALOGUE, rename->from);
		unlink(path);
		free(path);
	}
	for (size_t i = 0; i < rename->folders.n; i++) {
		path = str_format("%s/%s", rename->from, rename->folders.v[i]);
		(void)!rmdir(path);
		free(path);
	}
	if (rmdir(rename->from))
		log_warn("the old folder is not empty and stays", "folder=%s", rename->from_name);
	sync_folder(rename->root);
	log_info("history renamed", "from=%s to=%s moved=%" PRIu64 " merged=%" PRIu64, rename->from_name,
	    rename->to_name, rename->moved, rename->merged);
	return ERR_OK;
}

enum err rename_step(struct rename *rename, bool *more, struct str *why)
{
	bool heavy = false;
	enum err err = ERR_OK;

	*more = true;
	if (!rename->begun)
		return begin(rename, more, why);
	for (int moves = 0; !err && !heavy && moves < RENAME_MOVES && rename->at < rename->files.n; moves++)
		err = bring(rename, rename->files.v[rename->at++], &heavy, why);
	if (!err && rename->at == rename->files.n)
		err = end(rename, more, why);
	return err;
}
