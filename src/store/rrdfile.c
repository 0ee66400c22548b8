#include "store/rrdfile.h"

#include "base/mem.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <rrd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 20
#define LOCK_WAIT  (5 * 1000000L) /* ns; a reader holds its lock for about a millisecond */
#define NAMES_MAX  1000

enum err rrdfile_make_folder(const char *path)
{
	char *folder = mem_strdup(path);
	enum err err = ERR_OK;
	int saved;

	for (char *slash = strchr(folder + 1, '/'); slash && !err; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(folder, 0750) && errno != EEXIST)
			err = ERR_IO;
		*slash = '/';
	}
	saved = errno;
	free(folder);
	errno = saved;
	return err;
}

/* The folder that `path` is in; caller frees. */
static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? mem_strndup(path, (size_t)(slash - path)) : mem_strdup(".");
}

static enum err has_room(const char *folder, uint64_t size)
{
	struct statvfs vfs;

	if (statvfs(folder, &vfs))
		return ERR_IO;
	if ((uint64_t)vfs.f_bavail * vfs.f_frsize >= size)
		return ERR_OK;
	errno = ENOSPC;
	return ERR_IO;
}

static enum err sync_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err err;
	int saved;

	if (fd < 0)
		return ERR_IO;
	err = fsync(fd) ? ERR_IO : ERR_OK;
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}

/* Data sources and archives as rrd_create takes them; n of them. */
static char **definitions(const struct layout *layout, const struct schema *schema, int *n)
{
	char **argv = mem_calloc(schema->n_ds + layout->n_rras, sizeof *argv);

	*n = 0;
	for (size_t i = 0; i < schema->n_ds; i++)
		argv[(*n)++] = str_format("DS:%s:GAUGE:%" PRId64 ":%s:U", schema->ds[i].name,
		    layout->heartbeat, schema->ds[i].never_negative ? "0" : "U");
	for (size_t i = 0; i < layout->n_rras; i++) {
		struct str rra = {0};

		layout_add_rra(&rra, &layout->rra[i]);
		argv[(*n)++] = str_steal(&rra);
	}
	return argv;
}

static enum err create_at(const char *path, const struct layout *layout, const struct schema *schema,
    int64_t start, struct str *error)
{
	int n;
	char **argv = definitions(layout, schema, &n);
	bool made;
	int saved;

	rrd_clear_error();
	errno = 0;
	made = !rrd_create_r2(
	    path, (unsigned long)layout->step, (time_t)start, 0, NULL, NULL, n, (const char **)argv);
	saved = errno;
	if (!made)
		str_add(error, rrd_get_error());
	rrd_clear_error();
	for (int i = 0; i < n; i++)
		free(argv[i]);
	free(argv);
	/* librrd may keep quiet about a write that failed or fell short. */
	struct stat st;
	if (made && (stat(path, &st) || (uint64_t)st.st_size != layout_size(layout, schema->n_ds))) {
		made = false;
		saved = ENOSPC;
		str_add(error, "the new file could not be written as a whole");
	}
	errno = saved ? saved : EIO;
	return made ? ERR_OK : ERR_IO;
}

/* Percent-encoded names never begin with a dot: this one cannot be a row's. */
static char *beside(const char *path)
{
	char *folder = folder_of(path), *temporary = str_format("%s/" RRDFILE_NEW, folder);

	free(folder);
	return temporary;
}

static enum err begin_beside(const char *path, uint64_t size)
{
	char *folder = folder_of(path);
	enum err err = rrdfile_make_folder(path);
	int saved;

	if (!err)
		err = has_room(folder, size);
	saved = errno;
	free(folder);
	errno = saved;
	return err;
}

/* Brings what was made beside `path` to its place, or removes it if `err` says so. Returns err or worse. */
static enum err end_beside(const char *temporary, const char *path, enum err err)
{
	int saved;

	if (!err && chmod(temporary, 0640))
		err = ERR_IO;
	/* Only now are the blocks surely there: file systems allocate late. */
	if (!err)
		err = sync_file(temporary);
	if (!err && rename(temporary, path))
		err = ERR_IO;
	saved = errno;
	if (err)
		unlink(temporary);
	errno = saved;
	return err;
}

enum err rrdfile_create(const char *path, const struct layout *layout, const struct schema *schema,
    int64_t start, struct str *error)
{
	char *temporary = beside(path);
	enum err err = begin_beside(path, layout_size(layout, schema->n_ds));
	int saved;

	if (!err)
		err = create_at(temporary, layout, schema, start, error);
	err = end_beside(temporary, path, err);
	saved = errno;
	free(temporary);
	errno = saved;
	return err;
}

/* A file in memory with the XML; -1 with errno. */
static int xml_of(const struct image *image)
{
	int fd = memfd_create("rrd.xml", MFD_CLOEXEC), twin = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0),
	    saved;
	FILE *out = twin < 0 ? NULL : fdopen(twin, "w");
	bool written = out && !image_write_xml(image, out);

	saved = errno;
	if (out ? fclose(out) : twin >= 0 && close(twin))
		written = false;
	if (written)
		return fd;
	if (fd >= 0)
		close(fd);
	errno = saved ? saved : EIO;
	return -1;
}

/* librrd may keep quiet about a write that failed or fell short. */
static enum err check_restored(const char *path, const struct image *image)
{
	struct format_file file;
	const char *why;

	if (format_read(path, &file, &why) == ERR_OK && file.size == image_size(image) &&
	    file.last == image->last * 1000 && file.step == image->step && file.n_ds == image->n_ds)
		return ERR_OK;
	errno = ENOSPC;
	return ERR_IO;
}

static enum err restore_at(const char *path, const struct image *image, struct str *error)
{
	char command[] = "restore", force[] = "-f", from[64];
	char *argv[] = {command, force, from, (char *)(uintptr_t)path, NULL};
	int fd = xml_of(image), rc;
	enum err err;

	if (fd < 0)
		return ERR_IO;
	snprintf(from, sizeof from, "/proc/self/fd/%d", fd);
	unlink(path); /* librrd does not cut a longer one */
	rrd_clear_error();
	errno = 0;
	rc = rrd_restore(4, argv);
	if (rc) {
		int saved = errno ? errno : EIO;

		str_add(error, rrd_get_error());
		errno = saved;
	}
	err = rc ? ERR_IO : check_restored(path, image);
	if (err && !rc)
		str_add(error, "the new file could not be written as a whole");
	rrd_clear_error();
	close(fd);
	return err;
}

enum err rrdfile_restore(const char *path, const struct image *image, struct str *error)
{
	char *temporary = beside(path);
	enum err err = begin_beside(path, image_size(image));
	int saved;

	if (!err)
		err = restore_at(temporary, image, error);
	err = end_beside(temporary, path, err);
	saved = errno;
	free(temporary);
	errno = saved;
	return err;
}

enum err rrdfile_tune(const char *path, const struct format_file *file, int64_t heartbeat, struct str *error)
{
	size_t n = 0;
	char **argv = mem_calloc(2 + 2 * file->n_ds, sizeof *argv);
	enum err err;

	argv[n++] = mem_strdup("tune");
	argv[n++] = mem_strdup(path);
	for (size_t i = 0; i < file->n_ds; i++) {
		argv[n++] = mem_strdup("-h");
		argv[n++] = str_format("%s:%" PRId64, file->ds[i], heartbeat);
	}
	rrd_clear_error();
	err = rrd_tune((int)n, argv) ? ERR_IO : ERR_OK;
	if (err)
		str_add(error, rrd_get_error());
	rrd_clear_error();
	while (n > 0)
		free(argv[--n]);
	free(argv);
	return err;
}

enum err rrdfile_update(const char *path, const char *names, int n, const char **samples, struct str *error)
{
	for (int try = 1;; try++) {
		rrd_clear_error();
		if (rrd_update_r(path, names, n, samples) == 0)
			return ERR_OK;
		/* Readers (graphs, rrdtool) lock too, and librrd does not wait. */
		if (try == LOCK_TRIES || !strstr(rrd_get_error(), "lock"))
			break;
		struct timespec pause = {.tv_nsec = LOCK_WAIT};
		nanosleep(&pause, NULL);
	}
	str_add(error, rrd_get_error());
	rrd_clear_error();
	return ERR_IO;
}

enum err rrdfile_set_aside(const char *path, int64_t now, struct str *to)
{
	struct stat st;

	for (unsigned i = 1; i < NAMES_MAX; i++) {
		str_clear(to);
		str_addf(to, "%s.bad-%" PRId64, path, now);
		if (i > 1)
			str_addf(to, "-%u", i);
		if (lstat(to->s, &st) == 0)
			continue;
		return rename(path, to->s) ? ERR_IO : ERR_OK;
	}
	errno = EEXIST;
	return ERR_IO;
}

enum err rrdfile_sync_all(const char *state)
{
	char *path = str_format("%s/rrd", state);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = fd < 0 ? -1 : syncfs(fd), saved = errno;

	if (fd >= 0)
		close(fd);
	free(path);
	errno = saved;
	return rc == 0 ? ERR_OK : ERR_IO;
}
