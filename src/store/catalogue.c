#include "store/catalogue.h"
#include "store/series.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uthash.h>

#define CATALOGUE_LINE_MAX 16384
#define CATALOGUE_MAX	   (64 << 20) /* bytes that are searched for a line */

/* After a crash or a full disk the last line may lack its end. */
static bool ends_torn(int fd)
{
	struct stat st;
	char last;

	return fstat(fd, &st) == 0 && st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) == 1 &&
	       last != '\n';
}

/* True if the line is there. */
static bool has_line(int fd, const struct str *line)
{
	struct stat st;
	bool found = false;
	size_t size;
	char *all, *at;

	if (fstat(fd, &st) || st.st_size <= 0 || st.st_size > CATALOGUE_MAX)
		return false;
	size = (size_t)st.st_size;
	all = mem_alloc(size);
	at = pread(fd, all, size, 0) == (ssize_t)size ? memmem(all, size, line->s, line->len) : NULL;
	while (at && !found) {
		found = at == all || at[-1] == '\n';
		at++;
		at = memmem(at, size - (size_t)(at - all), line->s, line->len);
	}
	free(all);
	return found;
}

static enum err append(const char *path, const struct str *line)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	enum err err = ERR_OK;
	int saved;

	if (fd < 0)
		return ERR_IO;
	if (has_line(fd, line)) {
		close(fd);
		return ERR_OK;
	}
	if (ends_torn(fd) && write(fd, "\n", 1) != 1)
		err = ERR_IO;
	if (!err) {
		ssize_t wrote = write(fd, line->s, line->len);

		if (wrote != (ssize_t)line->len) {
			err = ERR_IO;
			errno = wrote < 0 ? errno : ENOSPC;
		}
	}
	saved = errno;
	if (close(fd) && !err) {
		err = ERR_IO;
		saved = errno;
	}
	errno = saved;
	return err;
}

enum err catalogue_add(const char *folder, const char *file, const char *table, const char *key)
{
	struct str line = {0};
	char *path;
	enum err err;
	int saved;

	str_addf(&line, "%s\t", file);
	str_add_percent(&line, table);
	str_add_char(&line, '\t');
	if (key)
		str_add_percent(&line, key);
	str_add_char(&line, '\n');
	path = str_format("%s/catalogue", folder);
	err = append(path, &line);
	saved = errno;
	free(path);
	str_fini(&line);
	errno = saved;
	return err;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Undoes str_add_percent(). NULL when malformed. */
static char *decode(const char *text)
{
	struct str out = {0};

	for (; *text; text++) {
		char c = *text;

		if (c == '%') {
			int high = hex(text[1]), low = high < 0 ? -1 : hex(text[2]);

			if (low < 0 || (high | low) == 0) {
				str_fini(&out);
				return NULL;
			}
			c = (char)(high << 4 | low);
			text += 2;
		}
		str_add_char(&out, c);
	}
	return str_steal(&out);
}

/* A name from the catalogue must stay below the device's folder. */
static bool is_inside(const char *file)
{
	return *file != '/' && !str_starts(file, "../") && !strstr(file, "/../") && str_ends(file, ".rrd");
}

/* Files met so far: one whose line was torn is listed again. */
struct seen {
	size_t at; /* its entry's place */
	UT_hash_handle hh;
};

static void entry_fini(struct catalogue_entry *entry)
{
	free(entry->file);
	free(entry->table);
	free(entry->key);
}

static void add_line(struct catalogue *catalogue, struct seen **seen, char *line)
{
	char *save = NULL;
	size_t tabs = 0;
	const char *file;
	const char *table;
	const char *key;

	for (const char *c = line; *c; c++)
		tabs += *c == '\t';
	if (tabs != 2)
		return;
	file = strtok_r(line, "\t", &save);
	table = strtok_r(NULL, "\t", &save);
	key = strtok_r(NULL, "\t", &save);
	if (!file || !table || !is_inside(file))
		return;
	struct catalogue_entry entry = {mem_strdup(file), decode(table), key ? decode(key) : NULL};
	struct seen *known;
	HASH_FIND_STR(*seen, file, known);
	if (!entry.table || (key && !entry.key)) {
		entry_fini(&entry);
		return;
	}
	if (known) { /* the hash's key stays the first one's text */
		struct catalogue_entry *first = &catalogue->v[known->at];

		free(entry.file);
		entry.file = first->file;
		free(first->table);
		free(first->key);
		*first = entry;
		return;
	}
	known = mem_alloc(sizeof *known);
	known->at = catalogue->n;
	HASH_ADD_KEYPTR(hh, *seen, entry.file, strlen(entry.file), known);
	vec_push(catalogue, entry);
}

static enum err read_lines(FILE *in, struct catalogue *catalogue)
{
	struct seen *seen = NULL, *one, *next;
	char *line = mem_alloc(CATALOGUE_LINE_MAX);

	while (fgets(line, CATALOGUE_LINE_MAX, in)) {
		size_t len = strlen(line);

		/* The end of a line that is torn, or too long to be ours, is no entry. */
		if (len == 0 || line[len - 1] != '\n')
			continue;
		line[len - 1] = 0;
		add_line(catalogue, &seen, line);
	}
	free(line);
	HASH_ITER(hh, seen, one, next)
	{
		HASH_DEL(seen, one);
		free(one);
	}
	return ferror(in) ? ERR_IO : ERR_OK;
}

enum err catalogue_read(const char *state, const char *device, struct catalogue *catalogue)
{
	char *path, *name;
	enum err err;

	*catalogue = (struct catalogue){0};
	name = series_folder(device);
	catalogue->folder = str_format("%s/rrd/%s", state, name);
	free(name);
	path = str_format("%s/catalogue", catalogue->folder);
	FILE *in = fopen(path, "re");
	free(path);
	if (!in) {
		if (errno == EACCES || errno == EPERM)
			return ERR_DENIED;
		return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
	}
	err = read_lines(in, catalogue);
	fclose(in);
	return err;
}

void catalogue_fini(struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->n; i++)
		entry_fini(&catalogue->v[i]);
	vec_fini(catalogue);
	free(catalogue->folder);
	catalogue->folder = NULL;
}

const struct catalogue_entry *catalogue_find(
    const struct catalogue *catalogue, const char *table, const char *key)
{
	for (size_t i = 0; i < catalogue->n; i++)
		if (str_equal(catalogue->v[i].table, table) && str_equal(catalogue->v[i].key, key))
			return &catalogue->v[i];
	return NULL;
}

char *catalogue_path(const struct catalogue *catalogue, const struct catalogue_entry *entry)
{
	return str_format("%s/%s", catalogue->folder, entry->file);
}

/* Lines of a file, newline included, into one text; nothing when there is no file. A torn end is left out. */
static enum err slurp(const char *path, struct str *text)
{
	char line[CATALOGUE_LINE_MAX];
	FILE *in = fopen(path, "re");
	enum err err;

	if (!in)
		return errno == ENOENT ? ERR_OK : ERR_IO;
	while (fgets(line, sizeof line, in)) {
		size_t len = strlen(line);

		if (len > 0 && line[len - 1] == '\n')
			str_add_n(text, line, len);
	}
	err = ferror(in) ? ERR_IO : ERR_OK;
	fclose(in);
	return err;
}

struct known_line {
	const char *line;
	UT_hash_handle hh;
};

/* Splits into lines, ended by NUL, and adds those that are not known to `more` (NULL: none of them). */
static void take_lines(struct known_line **known, char *text, struct str *more)
{
	char *save = NULL;

	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		struct known_line *one;

		HASH_FIND_STR(*known, line, one);
		if (one)
			continue;
		one = mem_alloc(sizeof *one);
		one->line = line;
		HASH_ADD_KEYPTR(hh, *known, one->line, strlen(one->line), one);
		if (more)
			str_addf(more, "%s\n", line);
	}
}

static enum err append_all(const char *path, const struct str *lines)
{
	int fd, saved;
	enum err err = ERR_OK;

	if (lines->len == 0)
		return ERR_OK;
	fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
	if (fd < 0)
		return ERR_IO;
	if (ends_torn(fd) && write(fd, "\n", 1) != 1)
		err = ERR_IO;
	for (size_t done = 0; done < lines->len && !err;) {
		ssize_t wrote = write(fd, lines->s + done, lines->len - done);

		if (wrote > 0)
			done += (size_t)wrote;
		else if (errno != EINTR)
			err = ERR_IO;
	}
	/* The old catalogue is removed afterwards: this one must be on the disk by then. */
	if (!err && fsync(fd))
		err = ERR_IO;
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}

enum err catalogue_merge(const char *folder, const char *from)
{
	struct known_line *known = NULL, *one, *next;
	struct str here = {0}, there = {0}, more = {0};
	char *path = str_format("%s/catalogue", folder), *from_path = str_format("%s/catalogue", from);
	enum err err = slurp(path, &here);
	int saved;

	if (!err)
		err = slurp(from_path, &there);
	if (!err && there.len) {
		if (here.len)
			take_lines(&known, here.s, NULL);
		take_lines(&known, there.s, &more);
		err = append_all(path, &more);
	}
	saved = errno;
	HASH_ITER(hh, known, one, next)
	{
		HASH_DEL(known, one);
		free(one);
	}
	str_fini(&here);
	str_fini(&there);
	str_fini(&more);
	free(path);
	free(from_path);
	errno = saved;
	return err;
}
