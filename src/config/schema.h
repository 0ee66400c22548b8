/* schema: every key that the configuration knows, in one table.
 *
 * From it come the checks (check.h), `rollcall check --show`, and the reference
 * part of docs/configuration.md; a test compares the document with the table.
 * A section is a mapping with fixed keys; `of` of a key names the section (or, for
 * a choice, the words) of its value. */
#ifndef ROLLCALL_CONFIG_SCHEMA_H
#define ROLLCALL_CONFIG_SCHEMA_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schema_type {
	SCHEMA_TEXT,
	SCHEMA_DURATION,
	SCHEMA_SIZE, /* min, max in ns; `of` may list words that are allowed too */
	SCHEMA_INT,  /* min, max */
	SCHEMA_NUMBER,
	SCHEMA_BOOL,
	SCHEMA_CHOICE, /* `of`: "a|b|c" */
	SCHEMA_PATH,
	SCHEMA_PATTERN, /* PCRE */
	SCHEMA_OID,
	SCHEMA_MAPPING, /* one section `of` */
	SCHEMA_MAP,	/* names of the user's own, each a section `of` */
	SCHEMA_LIST,	/* a list of sections `of` */
	SCHEMA_ANY,	/* checked by whoever reads it, or by a later version */
};

enum schema_reload {
	RELOAD_LIVE,	/* taken over at a reload */
	RELOAD_RESTART, /* needs a new start of the daemon */
	RELOAD_FILES,	/* taken over for new RRD files; old ones are migrated, one after the other */
};

struct schema_key {
	const char *name;
	enum schema_type type;
	bool is_list;  /* a scalar type that may also be a list of such */
	bool is_later; /* belongs to a later version: accepted, told as not yet active */
	const char *of;
	int64_t min, max; /* both 0 = any */
	const char *def;  /* as text; NULL = none */
	enum schema_reload reload;
	const char *doc; /* one line */
};

struct schema_section {
	const char *name;
	const char *path; /* how people would write where it is: "credentials: NAME" */
	const char *doc;
	const struct schema_key *keys;
	size_t n;
};

const struct schema_section *schema_section_at(size_t i);      /* NULL behind the last */
const struct schema_section *schema_section(const char *name); /* NULL if none */
const struct schema_key *schema_key(const struct schema_section *section, const char *name);
const char *schema_type_name(enum schema_type type); /* "duration" */
/* "duration 1s to 1d, or auto". */
void schema_add_type(struct str *out, const struct schema_key *key);
const char *schema_reload_text(enum schema_reload reload);

/* All of it for a terminal, and as the tables of docs/configuration.md. */
void schema_show(struct str *out);
void schema_markdown(struct str *out);

#endif
