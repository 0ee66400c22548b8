#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PARTS_MAX 16
#define PART_MAX  (OID_MAX - 1)

/* ---- parts of the index ---- */

static bool read_place(struct profile_reader *reader, const struct yaml_node *node, unsigned least,
    const char *what, uint8_t *place)
{
	double number = node_number(reader, node, -1);

	if (number < least || number > PART_MAX || fabs(number - floor(number)) > 0) {
		diag_error(
		    reader->diag, node->place, "'%s' is a whole number from %u to %d", what, least, PART_MAX);
		return false;
	}
	*place = (uint8_t)number;
	return true;
}

/* {start, end} or {start, drop_right}: as published, counted from 0. */
static bool read_range(struct profile_reader *reader, const struct yaml_node *node, struct index_part *part)
{
	const struct yaml_node *start, *end, *drop;

	if (!node_keys(reader, node, WHERE_RANGE))
		return false;
	start = yaml_get(node, "start");
	end = yaml_get(node, "end");
	drop = yaml_get(node, "drop_right");
	if (start == NULL || (end == NULL && drop == NULL)) {
		diag_error(reader->diag, node->place,
		    "a part of the index needs 'start' and 'end', or 'start' and "
		    "'drop_right'; add what is missing");
		return false;
	}
	part->from_end = end == NULL;
	if (!read_place(reader, start, 0, "start", &part->first) ||
	    !read_place(reader, end != NULL ? end : drop, 0, end != NULL ? "end" : "drop_right", &part->last))
		return false;
	if (!part->from_end && part->last < part->first) {
		diag_error(reader->diag, end->place, "'end' is before 'start'; both count from 0");
		return false;
	}
	return true;
}

static bool read_transform(struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	if (node == NULL)
		return true;
	if (node->type != YAML_SEQUENCE || node->count == 0 || node->count > PARTS_MAX) {
		diag_error(reader->diag, node->place,
		    "must be a list of 1 to %d parts; write [{start: 0, end: 1}]", PARTS_MAX);
		return false;
	}
	column->parts = mem_calloc(node->count, sizeof *column->parts);
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		if (!read_range(reader, e->value, &column->parts[column->n_parts]))
			return false;
		column->n_parts++;
	}
	return true;
}

/* `index: N` counts from 1. */
static bool read_index(struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	uint8_t place;

	if (!read_place(reader, node, 1, "index", &place))
		return false;
	column->parts = mem_calloc(1, sizeof *column->parts);
	column->parts[0] = (struct index_part){.first = (uint8_t)(place - 1), .last = (uint8_t)(place - 1)};
	column->n_parts = 1;
	return true;
}

/* ---- one tag ---- */

static void make_tag(struct profile_reader *reader, const struct yaml_node *node, struct draft_column *out)
{
	out->column.is_tag = out->is_metric_tag = true;
	out->column.kind = KIND_TEXT;
	out->column.is_static = node_bool(reader, yaml_get(node, "static"), true);
}

/* A tag that is made of the row's index. */
static bool read_index_tag(
    struct profile_reader *reader, const struct yaml_node *node, const char *tag, struct draft_column *out)
{
	const struct yaml_node *index = yaml_get(node, "index");

	if (tag == NULL) {
		diag_error(reader->diag, node->place, "a tag of the index needs a name; add 'tag'");
		return false;
	}
	out->column.name = mem_strdup(tag);
	make_tag(reader, node, out);
	draft_read_common(reader, node, out);
	return index != NULL ? read_index(reader, index, &out->column)
			     : read_transform(reader, yaml_get(node, "index_transform"), &out->column);
}

/* Whose cells are of other rows than the table's own. */
static bool read_foreign(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct column *column)
{
	const struct yaml_node *table = yaml_get(node, "table");
	const char *name =
	    yaml_text(table != NULL && table->type == YAML_MAPPING ? yaml_get(table, "name") : table);

	column->is_foreign = !defaults->is_scalar && ((name != NULL && !str_equal(name, defaults->table)) ||
							 yaml_get(node, "index_transform") != NULL ||
							 yaml_get(node, "index_from") != NULL);
	return read_transform(reader, yaml_get(node, "index_transform"), column);
}

/* {OID, name} of the tag: in `symbol`, in `column`, or (older files) beside them. */
static const struct yaml_node *body_of(const struct yaml_node *node)
{
	const struct yaml_node *body = yaml_get(node, "symbol");

	if (body == NULL || body->type == YAML_SCALAR)
		body = yaml_get(node, "column");
	return body != NULL && body->type != YAML_SCALAR ? body : node;
}

/* `index_from`: as the object may be a tag of the row's own index too, such goes by its tag alone. */
static bool read_pointer(struct profile_reader *reader, const struct yaml_node *node, const char *tag,
    const struct column_defaults *defaults, struct column *column)
{
	if (defaults->is_scalar || tag == NULL) {
		diag_error(reader->diag, node->place,
		    defaults->is_scalar ? "'index_from' is for the rows of a table; a scalar has no index"
					: "what is found by 'index_from' needs a name; add 'tag'");
		return false;
	}
	free(column->name);
	column->name = mem_strdup(tag);
	return true;
}

static bool read_object_tag(struct profile_reader *reader, const struct yaml_node *node, const char *tag,
    const struct column_defaults *defaults, struct draft_column *out)
{
	struct oid oid;
	const struct yaml_node *body = body_of(node);
	struct column *column = &out->column;

	if (body != node && !node_keys(reader, body, WHERE_SYMBOL))
		return false;
	if (!draft_read_sources(reader, body, defaults, column))
		return false;
	make_tag(reader, node, out);
	draft_read_common(reader, body, out);
	if (column->n_names == 0 && column->n_texts == 0 && body != node) /* the mapping may stand beside */
		draft_read_names(reader, yaml_get(node, "mapping"), column);
	out->pointer = yaml_get(node, "index_from");
	if (out->pointer != NULL && !read_pointer(reader, out->pointer, tag, defaults, column))
		return false;
	if (tag != NULL && strcmp(tag, column->name) != 0)
		column->alias = mem_strdup(tag);
	source_oid(&column->sources[0], &oid);
	out->is_elsewhere = defaults->table_oid != NULL && !oid_starts(&oid, defaults->table_oid);
	return read_foreign(reader, node, defaults, column);
}

bool draft_read_tag(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	const char *tag = node_text(reader, yaml_get(node, "tag"));
	bool has_object = body_of(node) != node || yaml_get(node, "OID") != NULL;
	bool has_index = yaml_get(node, "index") != NULL || yaml_get(node, "index_transform") != NULL;
	bool ok;

	memset(out, 0, sizeof *out);
	if (!defaults->is_scalar && has_index && (!has_object || yaml_get(node, "index") != NULL))
		ok = read_index_tag(reader, node, tag, out);
	else
		ok = read_object_tag(reader, node, tag, defaults, out);
	if (!ok)
		draft_column_fini(out);
	return ok;
}

/* ---- several tags of one text ---- */

static void put_part(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const struct yaml_entry *entry, const struct column_defaults *defaults)
{
	const char *rewrite = node_text(draft->reader, entry->value);
	struct draft_column part;

	if (rewrite == NULL || !draft_read_tag(draft->reader, node, defaults, &part))
		return;
	match_free(part.column.extract);
	free(part.column.rewrite);
	part.column.extract = node_match(draft->reader, yaml_get(node, "match"));
	part.column.rewrite = mem_strdup(rewrite);
	free(part.column.name);
	part.column.name = mem_strdup(entry->key->text);
	part.node = entry->value;
	if (part.column.extract != NULL)
		draft_put(draft, table, &part);
	else
		draft_column_fini(&part);
}

/* `match` and `tags`: {name: "$1", ...}, or a list of such. */
static void put_parts(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const struct column_defaults *defaults)
{
	const struct yaml_node *tags = yaml_get(node, "tags");

	if (yaml_text(yaml_get(node, "match")) == NULL || tags == NULL || tags->type == YAML_SCALAR) {
		diag_error(draft->reader->diag, node->place,
		    "several tags of one text need 'match' and 'tags'; write match: '(\\w+)-(\\w+)' and "
		    "tags: "
		    "{site: $1, rack: $2}");
		return;
	}
	for (const struct yaml_entry *e = yaml_first(tags); e != NULL; e = e->next) {
		if (tags->type == YAML_MAPPING)
			put_part(draft, table, node, e, defaults);
		else if (e->value->type == YAML_MAPPING)
			for (const struct yaml_entry *i = yaml_first(e->value); i != NULL; i = i->next)
				put_part(draft, table, node, i, defaults);
	}
}

/* ---- tags that are the same always ---- */

void draft_put_constant(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const char *name, const char *text)
{
	struct draft_column column = {.node = node, .is_metric_tag = true};

	column.column = (struct column){.name = mem_strdup(name),
	    .kind = KIND_TEXT,
	    .is_tag = true,
	    .is_static = true,
	    .unit = mem_strdup(""),
	    .constant = mem_strdup(text),
	    .counter = -1};
	draft_put(draft, table, &column);
}

/* "site:seoul", or {tag: site, value: seoul}. */
static void put_static(struct draft *draft, struct draft_table *table, const struct yaml_node *node)
{
	const char *tag, *value;

	if (node->type == YAML_SCALAR) {
		const char *text = node_text(draft->reader, node), *colon = text ? strchr(text, ':') : NULL;
		char *name = text ? mem_strndup(text, colon ? (size_t)(colon - text) : strlen(text)) : NULL;

		if (name != NULL)
			draft_put_constant(draft, table, node, name, colon != NULL ? colon + 1 : "");
		free(name);
		return;
	}
	if (!node_keys(draft->reader, node, WHERE_STATIC))
		return;
	tag = node_text(draft->reader, yaml_get(node, "tag"));
	value = node_text(draft->reader, yaml_get(node, "value"));
	if (tag == NULL)
		diag_error(draft->reader->diag, node->place,
		    "a static tag needs a name; write {tag: site, value: "
		    "seoul} or \"site:seoul\"");
	else
		draft_put_constant(draft, table, node, tag, value != NULL ? value : "");
}

void draft_read_statics(struct draft *draft, struct draft_table *table, const struct yaml_node *list)
{
	if (!node_is_list(draft->reader, list, "static_tags"))
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next)
		put_static(draft, table, e->value);
}

void draft_read_one_tag(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const struct column_defaults *defaults)
{
	struct draft_column column;

	if (node->type == YAML_SCALAR)
		put_static(draft, table, node);
	else if (!node_keys(draft->reader, node, WHERE_TAG))
		return;
	else if (yaml_get(node, "match") != NULL || yaml_get(node, "tags") != NULL)
		put_parts(draft, table, node, defaults);
	else if (draft_read_tag(draft->reader, node, defaults, &column))
		draft_put(draft, table, &column);
}

void draft_read_tags(struct draft *draft, struct draft_table *table, const struct yaml_node *list,
    const struct column_defaults *defaults)
{
	if (!node_is_list(draft->reader, list, "metric_tags"))
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next)
		draft_read_one_tag(draft, table, e->value, defaults);
}

/* ---- whose rows a tag's cells are of ---- */

static bool same_parent(const struct source *source, const struct oid *b)
{
	struct oid parent;

	source_oid(source, &parent);
	if (parent.len == 0)
		return false;
	parent.len--;
	return b->len == parent.len + 1 && oid_starts(b, &parent);
}

static bool has_sibling(const struct draft_table *table, const struct oid *oid)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct draft_column *one = &table->columns.v[i];

		for (size_t k = 0; !one->is_metric_tag && k < one->column.n_sources; k++) {
			if (same_parent(&one->column.sources[k], oid))
				return true;
		}
	}
	return false;
}

struct draft_table *draft_table_of(struct draft *draft, const struct oid *oid)
{
	for (size_t i = 0; i < draft->tables.n; i++) {
		if (!draft->tables.v[i].table.is_scalar && has_sibling(&draft->tables.v[i], oid))
			return &draft->tables.v[i];
	}
	return NULL;
}

void draft_find_foreign(struct draft_table *table)
{
	for (size_t i = 0; i < table->columns.n && !table->table.is_scalar; i++) {
		struct draft_column *one = &table->columns.v[i];
		struct oid oid;

		if (!one->is_metric_tag || !one->is_elsewhere || one->column.n_sources == 0)
			continue;
		source_oid(&one->column.sources[0], &oid);
		one->column.is_foreign |= !has_sibling(table, &oid);
	}
}
