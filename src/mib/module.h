/* module: what one MIB module defines, as far as names need it.
 *
 * RFC 2578 (SMIv2), RFC 2579 (textual conventions), RFC 1155 and 1212 (SMIv1). Read are names,
 * OID values, SYNTAX with named numbers, UNITS and whether a row has an INDEX; all texts and
 * everything else is passed over. Nothing is looked up in other modules: that is library.h. */
#ifndef ROLLCALL_MIB_MODULE_H
#define ROLLCALL_MIB_MODULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MIB_LABELS_MAX 4096 /* of one enumeration */
#define MIB_IDS_MAX    128  /* of one value */

/* A named number of an enumeration or of BITS. */
struct mib_label {
	int64_t number;
	char *name;
};

struct mib_syntax {
	char *type;	     /* "INTEGER", "OCTET STRING", "Counter32", "DisplayString"; NULL = none given */
	bool is_sequence;    /* SEQUENCE { ... }: a row's type */
	bool is_sequence_of; /* SEQUENCE OF type: a table */
	struct mib_label *labels;
	size_t n_labels;
};

struct mib_definition {
	char *name;
	char *macro;  /* "OBJECT-TYPE"; "OBJECT IDENTIFIER" for a plain one */
	char *parent; /* what its value begins with; NULL: `ids` is all of it */
	uint32_t *ids;
	size_t n_ids;
	struct mib_syntax syntax;
	char *units;	/* as written; NULL = none */
	bool has_index; /* INDEX or AUGMENTS: a row */
	uint32_t line;
};

/* A type assignment or a textual convention. */
struct mib_type {
	char *name;
	struct mib_syntax syntax;
};

struct mib_import {
	char *name, *module;
};

/* A place that was not understood. */
struct mib_fault {
	uint32_t line, col;
	char *text; /* "what; remedy" */
};

struct mib_module {
	char *name;
	struct {
		struct mib_definition *v;
		size_t n, cap;
	} definitions; /* sorted by name */
	struct {
		struct mib_type *v;
		size_t n, cap;
	} types;
	struct {
		struct mib_import *v;
		size_t n, cap;
	} imports;
	struct {
		struct mib_fault *v;
		size_t n, cap;
	} faults; /* at most MIB_FAULTS_MAX */
};
#define MIB_FAULTS_MAX 20

/* Reads the module that begins at `text` ("NAME DEFINITIONS ::= BEGIN") and ends with END or the text.
 * Always gives one, with its faults: what stands between them is good. Caller frees. */
struct mib_module *mib_module_parse(const char *text, size_t len);
void mib_module_free(struct mib_module *module);
void mib_definition_fini(struct mib_definition *definition); /* of one that is in no module yet */

const struct mib_definition *mib_module_definition(
    const struct mib_module *module, const char *name);					   /* NULL if none */
const struct mib_type *mib_module_type(const struct mib_module *module, const char *name); /* NULL if none */
const char *mib_module_import(
    const struct mib_module *module, const char *name); /* from which module; NULL if none */

/* Whether a word begins a definition: OBJECT-TYPE and its like. For those who look for names only. */
bool mib_is_macro(const char *word, size_t len);

#endif
