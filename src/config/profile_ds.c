#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

char *draft_auto_ds(const char *name)
{
	char ds[PROFILE_DS_MAX + 1];
	size_t n = 0;

	if (strlen(name) > PROFILE_DS_MAX) {
		snprintf(ds, sizeof ds, "%.10s_%08" PRIx32, name, (uint32_t)str_hash(name, strlen(name)));
		n = strlen(ds);
	} else {
		n = strlen(name);
		memcpy(ds, name, n + 1);
	}
	for (size_t i = 0; i < n; i++) {
		if (strchr("_-", ds[i]) == NULL && !(ds[i] >= '0' && ds[i] <= '9') &&
		    !(ds[i] >= 'a' && ds[i] <= 'z') && !(ds[i] >= 'A' && ds[i] <= 'Z'))
			ds[i] = '_';
	}
	return mem_strdup(ds);
}

static void check_ds(struct profile_reader *reader, const struct yaml_node *node, const struct column *column)
{
	const char *ds = column->ds;

	if (strlen(ds) > PROFILE_DS_MAX ||
	    strspn(ds, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != strlen(ds))
		diag_error(reader->diag, node->place,
		    "'%s' cannot be a data source; 1 to %d of A-Z a-z 0-9 _ -", ds, PROFILE_DS_MAX);
	else if (column->is_tag || column->kind == KIND_TEXT)
		diag_error(
		    reader->diag, node->place, "'%s' is text; only numbers have a data source", column->name);
	else if (column->kind == KIND_ENUM || column->kind == KIND_BITS)
		diag_error(reader->diag, node->place,
		    "'%s' is %s, whose mean says nothing; store a derived metric that is 1 or 0",
		    column->name, column->kind == KIND_ENUM ? "an enumeration" : "a set of flags");
}

void draft_read_ds(struct profile_reader *reader, const struct yaml_node *node,
    const struct column_defaults *defaults, struct draft_column *out)
{
	struct column *column = &out->column;
	const struct yaml_node *ds = yaml_get(node, "ds");
	const char *text = node_text(reader, ds);
	bool is_plain =
	    column->kind == KIND_GAUGE || column->kind == KIND_COUNTER || column->kind == KIND_TIMETICKS;

	if (text != NULL) {
		out->ds_node = ds;
		column->ds = mem_strdup(text);
		check_ds(reader, ds, column);
	} else if (ds == NULL && defaults->auto_ds && is_plain) {
		column->ds = draft_auto_ds(column->name);
	}
}
