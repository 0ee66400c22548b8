/* Tables whose rows are those of another one, taken together by what some of their tags say. */
#include "config/profile_draft.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

typedef void tag_fn(struct draft *draft, struct draft_table *table, const struct yaml_node *tag);

/* One tag or a list of them. */
static void each_tag(struct draft *draft, struct draft_table *table, tag_fn *each)
{
	if (table->by_tags->type != YAML_SEQUENCE) {
		each(draft, table, table->by_tags);
		return;
	}
	for (const struct yaml_entry *e = yaml_first(table->by_tags); e != NULL; e = e->next)
		each(draft, table, e->value);
}

static void put_tag(struct draft *draft, struct draft_table *table, const struct yaml_node *tag)
{
	struct draft_column column = {.node = tag};
	const char *name = node_text(draft->reader, tag);

	if (name == NULL)
		return;
	column.column = (struct column){.name = mem_strdup(name),
	    .kind = KIND_TEXT,
	    .is_tag = true,
	    .is_static = true,
	    .unit = mem_strdup(""),
	    .counter = -1};
	draft_put(draft, table, &column);
}

void draft_group_by(
    struct draft *draft, struct draft_table *table, const struct yaml_node *of, const struct yaml_node *tags)
{
	table->by_table = of;
	table->by_tags = tags;
	each_tag(draft, table, put_tag);
}

void draft_read_by(struct draft *draft, struct draft_table *table, const struct yaml_node *node)
{
	struct profile_reader *reader = draft->reader;

	if (node == NULL || !node_keys(reader, node, WHERE_BY))
		return;
	if (node_text(reader, yaml_get(node, "table")) == NULL || yaml_get(node, "tags") == NULL)
		diag_error(reader->diag, node->place,
		    "rows are taken together by the tags of a table; write {table: ports, tags: [module]}");
	else if (table->table.is_scalar)
		diag_error(reader->diag, node->place, "a group of scalars has one row; use 'as' for 'group'");
	else
		draft_group_by(draft, table, yaml_get(node, "table"), yaml_get(node, "tags"));
}

static void finish_tag(struct draft *draft, struct draft_table *table, const struct yaml_node *tag)
{
	const struct table *of = &draft_find_table(draft, yaml_text(table->by_table))->table;
	const char *name = yaml_text(tag);
	int column = name != NULL ? table_column(of, name) : -1;
	struct table *out = &table->table;

	if (name != NULL && (column < 0 || !of->columns[column].is_tag))
		diag_error(draft->reader->diag, tag->place, "'%s' is no tag of '%s'", name, of->name);
	else if (name != NULL)
		out->group_tags[out->n_group_tags++] = column;
}

void draft_finish_by(struct draft *draft, struct draft_table *table)
{
	const char *name = yaml_text(table->by_table);
	const struct draft_table *of;

	if (table->by_table == NULL || name == NULL)
		return;
	of = draft_find_table(draft, name);
	if (of == NULL || of->number == SIZE_MAX || of->table.is_scalar || of == table ||
	    of->by_table != NULL) {
		diag_error(draft->reader->diag, table->by_table->place,
		    "'%s' is not a table of this profile whose rows could be taken together", name);
		return;
	}
	table->table.group_of = of->number;
	table->table.group_tags = mem_calloc(table->by_tags->count + 1, sizeof *table->table.group_tags);
	each_tag(draft, table, finish_tag);
}
