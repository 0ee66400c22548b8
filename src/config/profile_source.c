#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

#define ABSENT_MAX 32

static unsigned read_bits(struct profile_reader *reader, const struct yaml_node *node)
{
	static const char *const widths[] = {"32", "64"};

	/* A width that is not given is 64: then a decrease is never taken for a wrap. */
	return node_choice(reader, node, "width", widths, ARRAY_LEN(widths)) == 0 ? 32 : 64;
}

static void read_absent(struct profile_reader *reader, const struct yaml_node *node, struct source *source)
{
	if (node == NULL)
		return;
	if (node->count > ABSENT_MAX) {
		diag_error(reader->diag, node->place, "more than %d values; leave some out", ABSENT_MAX);
		return;
	}
	source->absent = mem_calloc(node->count + 1, sizeof *source->absent);
	if (node->type != YAML_SEQUENCE) {
		source->absent[source->n_absent++] = node_number(reader, node, 0);
		return;
	}
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next)
		source->absent[source->n_absent++] = node_number(reader, e->value, 0);
}

static const char *read_name(struct profile_reader *reader, const struct yaml_node *node)
{
	const struct yaml_node *symbol = yaml_get(node, "symbol");
	const char *name = node_text(reader, yaml_get(node, "name"));

	/* Older files: {OID: 1.3.6..., symbol: ifName} */
	if (name == NULL && symbol != NULL && symbol->type == YAML_SCALAR)
		name = node_text(reader, symbol);
	return name;
}

bool draft_read_object(struct profile_reader *reader, const struct yaml_node *node, struct source *source)
{
	const char *name;
	struct oid oid;

	if (!node_keys(reader, node, WHERE_OBJECT))
		return false;
	name = node_text(reader, yaml_get(node, "name"));
	if (name == NULL || yaml_text(yaml_get(node, "OID")) == NULL) {
		diag_error(
		    reader->diag, node->place, "needs an OID and a name; write {OID: 1.3.6..., name: ...}");
		return false;
	}
	if (!node_oid(reader, yaml_get(node, "OID"), &oid))
		return false;
	source_fini(source);
	if (oid.id[oid.len - 1] == 0)
		oid.len--;
	(void)source_set_oid(source, &oid);
	source->name = mem_strdup(name);
	source->scale = 1;
	return true;
}

/* For scalars the object's OID without .0; `instance: 1` asks for .1 instead (laLoadInt.1). */
static bool read_instance(struct profile_reader *reader, const struct yaml_node *node, bool is_scalar,
    struct oid *oid, bool *is_instance)
{
	const char *text = node_text(reader, node);
	char whole[OID_TEXT_MAX + 1];
	struct oid index;

	*is_instance = false;
	if (text == NULL) {
		if (is_scalar && oid->id[oid->len - 1] == 0)
			oid->len--;
		return true;
	}
	if (!is_scalar) {
		diag_error(
		    reader->diag, node->place, "'instance' is for scalars; a table's rows have their own");
		return false;
	}
	if (oid_parse(text, &index) != ERR_OK) {
		diag_error(reader->diag, node->place,
		    "malformed instance '%s'; write a number, or numbers with dots", text);
		return false;
	}
	if (index.len + oid->len > OID_MAX) {
		diag_error(reader->diag, node->place,
		    "'%s' with its instance is too long; at most %d numbers",
		    oid_format(oid, whole, sizeof whole), OID_MAX);
		return false;
	}
	for (size_t i = 0; i < index.len; i++)
		oid_append(oid, index.id[i]);
	*is_instance = true;
	return true;
}

bool draft_read_source(
    struct profile_reader *reader, const struct yaml_node *node, bool is_scalar, struct source *source)
{
	const struct yaml_node *oid_node = yaml_get(node, "OID"), *scale = yaml_get(node, "scale");
	const char *name = read_name(reader, node);
	struct oid oid;
	bool is_instance;

	if (name == NULL) {
		diag_error(reader->diag, node->place, "a symbol without a name; add the MIB object's 'name'");
		return false;
	}
	if (yaml_text(oid_node) == NULL) {
		diag_error(reader->diag, node->place,
		    "'%s' has no OID; profiles carry numeric OIDs and need no MIBs", name);
		return false;
	}
	if (!node_oid(reader, oid_node, &oid) ||
	    !read_instance(reader, yaml_get(node, "instance"), is_scalar, &oid, &is_instance))
		return false;
	(void)source_set_oid(source, &oid);
	source->is_instance = is_instance;
	source->name = mem_strdup(name);
	source->bits = read_bits(reader, yaml_get(node, "bits"));
	source->scale = node_number(reader, scale != NULL ? scale : yaml_get(node, "scale_factor"), 1);
	read_absent(reader, yaml_get(node, "absent"), source);
	return true;
}
