#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdlib.h>
#include <string.h>

/* ---- fields of `metadata: {device: {fields: ...}}` ---- */

/* The column's pattern becomes that of each of its sources. */
static void give_pattern(struct column *column)
{
	char *error = NULL;
	size_t offset;

	for (size_t i = 0; column->extract != NULL && i < column->n_sources; i++) {
		/* It has compiled before. */
		column->sources[i].extract = match_new(match_pattern(column->extract), &error, &offset);
		column->sources[i].rewrite = mem_strdup(column->rewrite);
		free(error);
		error = NULL;
	}
}

/* Adds one object to the field; its patterns are its own. */
static void add_source(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct column *column)
{
	struct draft_column one = {.node = node};

	if (!node_keys(reader, node, WHERE_SYMBOL) ||
	    !draft_read_sources(reader, node, defaults, &one.column)) {
		draft_column_fini(&one);
		return;
	}
	draft_read_common(reader, node, &one);
	if (column->n_sources + one.column.n_sources > PROFILE_SOURCES_MAX) {
		diag_error(reader->diag, node->place, "more than %d objects for one field; leave some out",
		    PROFILE_SOURCES_MAX);
		draft_column_fini(&one);
		return;
	}
	give_pattern(&one.column);
	column->sources =
	    mem_realloc(column->sources, column->n_sources + one.column.n_sources, sizeof *column->sources);
	for (size_t i = 0; i < one.column.n_sources; i++)
		column->sources[column->n_sources++] = one.column.sources[i];
	one.column.n_sources = 0;
	if (column->format == VALUE_FORMAT_AUTO)
		column->format = one.column.format;
	if (column->n_names == 0 && column->n_texts == 0)
		draft_read_names(reader, yaml_get(node, yaml_get(node, "enum") ? "enum" : "mapping"), column);
	draft_column_fini(&one);
}

static void read_field(struct draft *draft, struct draft_table *table, const struct yaml_node *name,
    const struct yaml_node *node)
{
	const struct yaml_node *value, *symbol, *symbols;
	const struct column_defaults defaults = {.is_scalar = true, .is_published = true};
	struct draft_column column = {.node = name, .is_metric_tag = true};

	if (!node_keys(draft->reader, node, WHERE_FIELD))
		return;
	value = yaml_get(node, "value");
	symbol = yaml_get(node, "symbol");
	symbols = yaml_get(node, "symbols");
	if (symbol != NULL)
		add_source(draft->reader, symbol, &defaults, &column.column);
	if (symbols != NULL && node_is_list(draft->reader, symbols, "symbols"))
		for (const struct yaml_entry *e = yaml_first(symbols); e != NULL; e = e->next)
			add_source(draft->reader, e->value, &defaults, &column.column);
	if (column.column.n_sources == 0) {
		draft_column_fini(&column);
		if (node_text(draft->reader, value) != NULL)
			draft_put_constant(draft, table, name, name->text, value->text);
		return;
	}
	if (value != NULL)
		node_unused(draft->reader, value, "value beside a symbol");
	column.column.name = mem_strdup(name->text);
	column.column.unit = mem_strdup("");
	column.column.kind = KIND_TEXT;
	column.column.is_tag = column.column.is_static = true;
	column.column.counter = -1;
	draft_put(draft, table, &column);
}

static void read_metadata(struct draft *draft, struct draft_table *table, const struct yaml_node *node)
{
	const struct yaml_node *device, *fields;

	if (node->type != YAML_MAPPING) {
		diag_error(draft->reader->diag, node->place, "'metadata' is %s; it must be a mapping",
		    yaml_type_name(node));
		return;
	}
	for (const struct yaml_entry *e = yaml_first(node); e != NULL; e = e->next) {
		char *what = str_format("metadata.%s", e->key->text);

		if (strcmp(e->key->text, "device") != 0) /* of a table's rows: those have tags */
			node_unused(draft->reader, e->key, what);
		free(what);
	}
	device = yaml_get(node, "device");
	if (device == NULL || !node_keys(draft->reader, device, WHERE_METADATA))
		return;
	fields = yaml_get(device, "fields");
	for (const struct yaml_entry *e = yaml_first(fields); e != NULL && fields->type == YAML_MAPPING;
	     e = e->next)
		read_field(draft, table, e->key, e->value);
}

/* ---- tags ---- */

/* ktranslate has tags of tables beside those of the device; a column of a table that is asked for is one. */
static struct draft_table *home_of(struct draft *draft, const struct yaml_node *node)
{
	const char *text = yaml_text(yaml_get(yaml_get(node, "column"), "OID"));
	struct oid oid;

	if (text == NULL || oid_parse(text, &oid) != ERR_OK || oid.id[oid.len - 1] == 0)
		return NULL;
	return draft_table_of(draft, &oid);
}

static void read_tags(struct draft *draft, size_t device, const struct yaml_node *list)
{
	const struct column_defaults of_device = {.is_scalar = true, .is_published = true}, of_table = {0};

	if (!node_is_list(draft->reader, list, "metric_tags"))
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next) {
		struct draft_table *home = home_of(draft, e->value);

		if (home != NULL)
			draft_read_one_tag(draft, home, e->value, &of_table);
		else
			draft_read_one_tag(draft, &draft->tables.v[device], e->value, &of_device);
	}
}

/* ---- all of it ---- */

void draft_read_device(struct draft *draft, const struct yaml_node *root)
{
	static const char *const keys[] = {"device", "metadata", "metric_tags", "static_tags"};
	const struct yaml_node *vendor = yaml_get(yaml_get(root, "device"), "vendor"), *first = NULL;
	struct draft_table *table;

	for (size_t i = 0; i < ARRAY_LEN(keys) && first == NULL; i++)
		first = yaml_get(root, keys[i]);
	if (first == NULL)
		return;
	table = draft_table(draft, DEVICE_GROUP, true, first);
	if (table == NULL)
		return;
	if (table->table.title == NULL)
		table->table.title = mem_strdup("Device");
	if (yaml_get(root, "device") != NULL)
		(void)node_keys(
		    draft->reader, yaml_get(root, "device"), WHERE_VENDOR); /* told; the rest is read */
	if (node_text(draft->reader, vendor) != NULL)
		draft_put_constant(draft, table, vendor, "vendor", vendor->text);
	if (yaml_get(root, "metadata") != NULL)
		read_metadata(draft, table, yaml_get(root, "metadata"));
	read_tags(draft, (size_t)(table - draft->tables.v), yaml_get(root, "metric_tags"));
	draft_read_statics(draft, table, yaml_get(root, "static_tags"));
}
