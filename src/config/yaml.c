#include "config/yaml.h"

#include "base/mem.h"
#include "base/vec.h"
#include "config/yamlread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_FIRST ((size_t)8 << 10) /* there are many small files, and some with 20,000 devices */
#define CHUNK_MAX   ((size_t)256 << 10)

/* Nodes live in chunks that are freed together. */
struct chunk {
	struct chunk *next;
	size_t used, size;
	char bytes[];
};

struct yaml {
	struct chunk *chunks;
	const struct yaml_node *root;
	uint32_t file;
	bool others_may_read;
};

void *yaml_room(struct yaml *yaml, size_t size)
{
	struct chunk *chunk = yaml->chunks;
	void *room;

	size = (size + 7) & ~(size_t)7;
	if (chunk == NULL || chunk->size - chunk->used < size) {
		size_t want = chunk == NULL		    ? CHUNK_FIRST
			      : 2 * chunk->size < CHUNK_MAX ? 2 * chunk->size
							    : CHUNK_MAX;

		want = size > want ? size : want;
		chunk = mem_alloc(sizeof *chunk + want);
		chunk->size = want;
		chunk->next = yaml->chunks;
		yaml->chunks = chunk;
	}
	room = chunk->bytes + chunk->used;
	chunk->used += size;
	return room;
}

/* The whole file. ERR_IO with errno, ERR_LIMIT. */
static enum err slurp(const char *path, char **text, size_t *len, bool *others_may_read)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	enum err err = ERR_IO;
	size_t size = 0;
	ssize_t got;
	int saved;

	*text = NULL;
	*len = 0;
	if (fd < 0)
		return ERR_IO;
	if (fstat(fd, &st) != 0)
		goto out;
	*others_may_read = (st.st_mode & S_IROTH) != 0;
	size = st.st_size > 0 && (size_t)st.st_size < YAML_FILE_MAX ? (size_t)st.st_size + 1 : 65536;
	*text = mem_realloc(NULL, size, 1);
	while ((got = read(fd, *text + *len, size - *len)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			goto out;
		*len += (size_t)got;
		if (*len > YAML_FILE_MAX) {
			err = ERR_LIMIT;
			goto out;
		}
		if (*len == size)
			*text = mem_realloc(*text, size *= 2, 1);
	}
	err = ERR_OK;
out:
	saved = errno;
	close(fd);
	errno = saved;
	return err;
}

static enum err parse(struct yaml *yaml, const char *name, const char *text, size_t len, struct diag *diag,
    enum yaml_duplicates duplicates)
{
	yaml->file = diag_add_file(diag, name, text, len);
	return yamlread_parse(yaml, yaml->file, text, len, diag, duplicates, &yaml->root);
}

enum err yaml_load(const char *path, struct diag_place named_at, struct diag *diag,
    enum yaml_duplicates duplicates, struct yaml **out)
{
	struct yaml *yaml = mem_alloc(sizeof *yaml);
	char *text = NULL;
	size_t len = 0;
	enum err err = slurp(path, &text, &len, &yaml->others_may_read);

	*out = NULL;
	if (err == ERR_LIMIT)
		diag_error(
		    diag, named_at, "file '%s' is larger than %zu MiB; split it", path, YAML_FILE_MAX >> 20);
	else if (err == ERR_IO)
		diag_error(diag, named_at, "cannot read '%s': %s; %s", path, strerror(errno),
		    errno == ENOENT   ? "create it, or do not name it"
		    : errno == EACCES ? "make it readable for the user who runs this"
				      : "name a file");
	if (err == ERR_OK)
		err = parse(yaml, path, text, len, diag, duplicates);
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
	if (err == ERR_OK)
		*out = yaml;
	else
		yaml_free(yaml);
	return err;
}

enum err yaml_parse(const char *name, const char *text, size_t len, struct diag *diag,
    enum yaml_duplicates duplicates, struct yaml **out)
{
	struct yaml *yaml = mem_alloc(sizeof *yaml);
	enum err err = parse(yaml, name, text, len, diag, duplicates);

	*out = NULL;
	if (err == ERR_OK)
		*out = yaml;
	else
		yaml_free(yaml);
	return err;
}

struct yaml *yaml_begin(uint32_t file)
{
	struct yaml *yaml = mem_alloc(sizeof *yaml);

	yaml->file = file;
	return yaml;
}

void yaml_set_root(struct yaml *yaml, const struct yaml_node *root)
{
	yaml->root = root;
}

void yaml_free(struct yaml *yaml)
{
	if (yaml == NULL)
		return;
	for (struct chunk *chunk = yaml->chunks, *next; chunk != NULL; chunk = next) {
		next = chunk->next;
		explicit_bzero(chunk->bytes, chunk->used); /* communities may be among it */
		free(chunk);
	}
	free(yaml);
}

const struct yaml_node *yaml_root(const struct yaml *yaml)
{
	return yaml->root;
}

uint32_t yaml_file(const struct yaml *yaml)
{
	return yaml->file;
}

bool yaml_others_may_read(const struct yaml *yaml)
{
	return yaml->others_may_read;
}

const struct yaml_entry *yaml_first(const struct yaml_node *node)
{
	return node != NULL ? node->first : NULL;
}

const struct yaml_entry *yaml_entry(const struct yaml_node *node, const char *key)
{
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
		if (e->key != NULL && strcmp(e->key->text, key) == 0)
			return e;
	return NULL;
}

const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key)
{
	const struct yaml_entry *entry = yaml_entry(node, key);

	return entry != NULL ? entry->value : NULL;
}

const char *yaml_text(const struct yaml_node *node)
{
	return node != NULL && node->type == YAML_SCALAR && !node->is_null ? node->text : NULL;
}

const char *yaml_type_name(const struct yaml_node *node)
{
	if (node == NULL || node->is_null)
		return "nothing";
	switch (node->type) {
	case YAML_SCALAR:
		return "text";
	case YAML_MAPPING:
		return "a mapping";
	case YAML_SEQUENCE:
		return "a list";
	}
	return "";
}
