#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_GROUP "scalars" /* of published profiles' scalars, which know no groups */

#define INTERVAL_MIN (1 * UNITS_SEC)
#define INTERVAL_MAX (86400 * UNITS_SEC)

#define PRESENCE_KEPT (600 * UNITS_SEC)
#define PRESENCE_MIN  (60 * UNITS_SEC)
#define PRESENCE_MAX  (7 * 86400 * UNITS_SEC)

/* Does any symbol of the entry say where it is stored? */
static bool any_ds(const struct yaml_node *list)
{
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next) {
		if (e->value->type == YAML_MAPPING && yaml_get(e->value, "ds") != NULL)
			return true;
	}
	return false;
}

/* true, or for how long a row that has gone is told to be so. */
static void read_presence(
    struct profile_reader *reader, const struct yaml_node *node, struct draft_table *table)
{
	const char *text = node_text(reader, node);
	int64_t keep = PRESENCE_KEPT;

	if (text == NULL)
		return;
	if (strcmp(text, "true") != 0 && strcmp(text, "yes") != 0) {
		bool no = strcmp(text, "false") == 0 || strcmp(text, "no") == 0;

		keep = no ? 0 : node_duration(reader, node, PRESENCE_MIN, PRESENCE_MAX);
	}
	table->presence = keep > 0 ? node : NULL;
	table->keep = keep;
}

/* What the entry says about the table as a whole; later entries and files overrule earlier ones. */
static void read_table_keys(
    struct profile_reader *reader, const struct yaml_node *node, struct draft_table *table)
{
	const struct yaml_node *guard = yaml_get(node, "guard"), *exclude = yaml_get(node, "exclude");
	const char *title = node_text(reader, yaml_get(node, "title"));
	int64_t interval = node_duration(reader, yaml_get(node, "interval"), INTERVAL_MIN, INTERVAL_MAX);

	if (title != NULL) {
		free(table->table.title);
		table->table.title = mem_strdup(title);
	}
	if (interval > 0)
		table->table.interval = interval;
	if (guard != NULL)
		(void)draft_read_object(
		    reader, guard, &table->table.guard); /* false: it was told, and the guard is as before */
	if (exclude != NULL) {
		match_free(table->table.exclude);
		table->table.exclude = node_match(reader, exclude);
	}
	read_presence(reader, yaml_get(node, "presence"), table);
	if (yaml_get(node, "key") != NULL)
		table->key = yaml_get(node, "key");
	if (yaml_get(node, "discontinuity") != NULL)
		table->discontinuity = yaml_get(node, "discontinuity");
	if (yaml_get(node, "exclude_if") != NULL)
		table->exclude_if = yaml_get(node, "exclude_if");
}

/* A list of columns of one sort. */
typedef bool read_column_fn(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *column);

static void read_columns(struct draft *draft, struct draft_table *table, const struct yaml_node *list,
    const char *what, enum profile_where where, const struct column_defaults *defaults, read_column_fn *read)
{
	if (!node_is_list(draft->reader, list, what))
		return;
	for (const struct yaml_entry *e = yaml_first(list); e != NULL; e = e->next) {
		struct draft_column column;

		if (node_keys(draft->reader, e->value, where) &&
		    read(draft->reader, e->value, defaults, &column))
			draft_put(draft, table, &column);
	}
}

/* `table` is {OID, name}, or the name alone. */
static const char *table_name(struct profile_reader *reader, const struct yaml_node *node)
{
	struct oid oid;
	const char *name;

	if (node == NULL || node->type == YAML_SCALAR)
		return node_text(reader, node);
	if (!node_keys(reader, node, WHERE_OBJECT))
		return NULL;
	if (yaml_get(node, "OID") != NULL && !node_oid(reader, yaml_get(node, "OID"), &oid))
		return NULL;
	name = node_text(reader, yaml_get(node, "name"));
	if (name == NULL)
		diag_error(
		    reader->diag, node->place, "the table has no name; write {OID: 1.3.6..., name: ifTable}");
	return name;
}

static void read_scalar(struct draft *draft, struct draft_table *table, const struct yaml_node *node,
    const struct column_defaults *defaults)
{
	const struct yaml_node *symbol = yaml_get(node, "symbol");
	struct draft_column column;

	if (symbol == NULL || symbol->type == YAML_SCALAR)
		symbol = yaml_get(node, "OID") != NULL
			     ? node
			     : NULL; /* older files: the entry itself is the symbol */
	else if (!node_keys(draft->reader, symbol, WHERE_SYMBOL))
		return;
	if (symbol != NULL && draft_read_symbol(draft->reader, symbol, defaults, &column))
		draft_put(draft, table, &column);
}

/* What goes for all columns of an entry. */
static struct column_defaults read_defaults(
    struct profile_reader *reader, const struct yaml_node *node, struct oid *table_oid)
{
	const struct yaml_node *type = yaml_get(node, "metric_type"), *table = yaml_get(node, "table");
	struct column_defaults defaults = {.options = yaml_get(node, "options")};

	defaults.is_scalar = yaml_text(yaml_get(node, "as")) == NULL && table == NULL;
	defaults.is_published = yaml_text(yaml_get(node, "group")) == NULL;
	defaults.type = node_text(reader, type != NULL ? type : yaml_get(node, "forced_type"));
	defaults.table =
	    yaml_text(table != NULL && table->type == YAML_MAPPING ? yaml_get(table, "name") : table);
	defaults.auto_ds = !any_ds(yaml_get(node, "symbols")) && !any_ds(yaml_get(node, "derived"));
	/* A malformed one is told where the table is read. */
	if (table != NULL && table->type == YAML_MAPPING && yaml_text(yaml_get(table, "OID")) != NULL &&
	    oid_parse(yaml_text(yaml_get(table, "OID")), table_oid) == ERR_OK)
		defaults.table_oid = table_oid;
	if (defaults.options != NULL)
		(void)node_keys(reader, defaults.options, WHERE_OPTIONS); /* told; it is read in any case */
	return defaults;
}

/* The logical table that an entry is of. NULL when told to be wrong. */
static struct draft_table *table_of(struct draft *draft, const struct yaml_node *node, bool is_scalar)
{
	struct profile_reader *reader = draft->reader;
	const char *as = node_text(reader, yaml_get(node, "as"));
	const char *name = is_scalar ? node_text(reader, yaml_get(node, "group"))
				     : table_name(reader, yaml_get(node, "table"));

	if (as != NULL)
		name = as;
	if (is_scalar && name == NULL) {
		if (yaml_get(node, "symbol") == NULL && yaml_get(node, "symbols") == NULL &&
		    yaml_get(node, "OID") == NULL) {
			diag_error(reader->diag, node->place,
			    "an entry of metrics is a symbol, a table or a group; add one of them");
			return NULL;
		}
		name = DEFAULT_GROUP;
	}
	/* A table without a name has been told of. */
	return name != NULL ? draft_table(draft, name, is_scalar, node) : NULL;
}

static void read_entry(struct draft *draft, const struct yaml_node *node)
{
	struct profile_reader *reader = draft->reader;
	struct oid table_oid;
	const struct column_defaults defaults = read_defaults(reader, node, &table_oid);
	struct draft_table *table = table_of(draft, node, defaults.is_scalar);

	if (table == NULL)
		return;
	read_table_keys(reader, node, table);
	draft_read_by(draft, table, yaml_get(node, "by"));
	draft_read_tags(draft, table, yaml_get(node, "metric_tags"), &defaults);
	draft_read_statics(draft, table, yaml_get(node, "static_tags"));
	if (defaults.is_scalar)
		read_scalar(draft, table, node, &defaults);
	read_columns(
	    draft, table, yaml_get(node, "symbols"), "symbols", WHERE_SYMBOL, &defaults, draft_read_symbol);
	read_columns(
	    draft, table, yaml_get(node, "derived"), "derived", WHERE_DERIVED, &defaults, draft_read_derived);
	if (node_is_list(reader, yaml_get(node, "graphs"), "graphs"))
		draft_read_graphs(draft, table, yaml_get(node, "graphs"));
}

void draft_read_metrics(struct draft *draft, const struct yaml_node *metrics)
{
	if (!node_is_list(draft->reader, metrics, "metrics"))
		return;
	for (const struct yaml_entry *e = yaml_first(metrics); e != NULL; e = e->next) {
		if (node_keys(draft->reader, e->value, WHERE_ENTRY))
			read_entry(draft, e->value);
	}
}
