/* Columns that keys, tags and metrics refer to by name. */
#include "config/profile_draft.h"

#include "base/str.h"

int draft_find_column(
    struct draft *draft, const struct yaml_node *node, const struct table *table, bool is_tag)
{
	const char *name = node_text(draft->reader, node), *names[PROFILE_COLUMNS_MAX];
	size_t n = 0;
	int column;

	if (name == NULL)
		return -1;
	column = table_column(table, name);
	if (column >= 0 && table->columns[column].is_tag == is_tag)
		return column;
	if (column >= 0 && is_tag) {
		diag_error(draft->reader->diag, node->place,
		    "'%s' is a number, and keys are tags; add 'tag: true' to it", name);
		return -1;
	}
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].is_tag == is_tag)
			names[n++] = table->columns[i].name;
	}
	diag_unknown(draft->reader->diag, DIAG_ERROR, node->place, is_tag ? "tag" : "metric", name, names, n);
	return -1;
}

/* Known from walks on, as tags and static numbers are. */
void draft_finish_pointers(struct draft *draft, struct table *table, const struct draft_column *left)
{
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct yaml_node *node = left[i].pointer;
		const char *name = node_text(draft->reader, node);
		int column = name != NULL ? table_column(table, name) : -1;

		if (name == NULL)
			continue;
		if (column < 0)
			column = draft_find_column(draft, node, table, false);
		if (column < 0)
			continue;
		if (!table->columns[column].is_static || table->columns[column].n_sources == 0)
			diag_error(draft->reader->diag, node->place,
			    "'%s' is not read with the names; add 'static: true' to it", name);
		else if (left[column].pointer != NULL && column >= (int)i)
			diag_error(draft->reader->diag, node->place,
			    "'%s' is found by 'index_from' itself; put it before this one", name);
		table->columns[i].has_pointer = true;
		table->columns[i].pointer = column;
	}
}
