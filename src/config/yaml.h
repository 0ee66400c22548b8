/* yaml: a YAML file as a read-only tree in which everything knows its place.
 *
 * The only code that touches libfyaml. Built from its parser's events: the
 * library's own tree is several times larger and slower. One document per file;
 * anchors, aliases and merge keys (`<<`) are resolved (an alias shares the nodes of
 * its anchor, and their places); YAML tags (`!x`) and keys that are no plain text
 * are mistakes. Everything is bounded by the limits below.
 *
 *     for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
 *             read(e->key->text, e->value);
 */
#ifndef ROLLCALL_CONFIG_YAML_H
#define ROLLCALL_CONFIG_YAML_H

#include "base/err.h"
#include "config/diag.h"

#include <stdbool.h>
#include <stddef.h>

#define YAML_FILE_MAX  ((size_t)64 << 20) /* bytes of a file */
#define YAML_NODES_MAX 8000000		  /* of a file, merged entries included */
#define YAML_DEPTH_MAX 50

enum yaml_type { YAML_SCALAR, YAML_MAPPING, YAML_SEQUENCE };

struct yaml_node {
	enum yaml_type type;
	bool is_null; /* a scalar that is empty, ~ or null, and not quoted */
	bool is_quoted;
	struct diag_place place; /* of a block mapping: of its first key; of quoted text: inside the quotes */
	struct diag_place end;	 /* just after a scalar; the start for the others */
	size_t count;		 /* entries */
	const char *text;	 /* of a scalar; NULL for the others; no NULs within */
	struct yaml_entry *first;
};

struct yaml_entry {
	const struct yaml_node *key; /* a scalar; NULL in sequences */
	const struct yaml_node *value;
	struct yaml_entry *next;
};

/* What a key that stands twice in a mapping is. The last one counts in either case. */
enum yaml_duplicates { YAML_DUPLICATES_ERROR, YAML_DUPLICATES_WARNING };

struct yaml;

/* Reads the file at `path`, known as `path` in messages. When it cannot be opened or
 * read, that is told at `named_at` (where another file names it; {0} = nowhere).
 * ERR_IO, ERR_LIMIT, ERR_INVALID (syntax); the mistake is in diag then, *yaml NULL. */
enum err yaml_load(const char *path, struct diag_place named_at, struct diag *diag,
    enum yaml_duplicates duplicates, struct yaml **yaml) MUST_USE;
/* The same from memory; `name` is the file's name in messages. */
enum err yaml_parse(const char *name, const char *text, size_t len, struct diag *diag,
    enum yaml_duplicates duplicates, struct yaml **yaml) MUST_USE;
void yaml_free(struct yaml *yaml);

const struct yaml_node *yaml_root(const struct yaml *yaml); /* a null scalar when the file is empty */
uint32_t yaml_file(const struct yaml *yaml);		    /* its number in diag */
bool yaml_others_may_read(const struct yaml *yaml);	    /* mode o+r; false for memory */

const struct yaml_entry *yaml_first(const struct yaml_node *node); /* NULL-safe; NULL for scalars */
const struct yaml_entry *yaml_entry(
    const struct yaml_node *node, const char *key); /* of a mapping; NULL if none */
const struct yaml_node *yaml_get(const struct yaml_node *node, const char *key); /* its value; NULL if none */
const char *yaml_text(const struct yaml_node *node); /* of a scalar that is not null, else NULL; NULL-safe */
const char *yaml_type_name(const struct yaml_node *node); /* "a mapping", "a list", "nothing", "text" */

#endif
