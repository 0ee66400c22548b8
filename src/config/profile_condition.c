/* ktranslate: `condition: sensorType=8` makes a metric count only in rows where another
 * metric has that value. One object may so stand several times, under several names. */
#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* "name=12" -> name (caller frees) and number; NULL when it is not of that form. */
static char *parse(const char *text, int64_t *number)
{
	const char *equals = text != NULL ? strchr(text, '=') : NULL, *value;
	size_t len;

	if (equals == NULL)
		return NULL;
	len = (size_t)(equals - text);
	while (len > 0 && text[len - 1] == ' ')
		len--;
	value = equals + 1;
	while (*value == '=' || *value == ' ')
		value++;
	return len > 0 && str_to_i64(value, number) ? mem_strndup(text, len) : NULL;
}

static bool is_identifier(const char *name)
{
	if (*name == '\0' || isdigit((unsigned char)*name))
		return false;
	while (isalnum((unsigned char)*name) || *name == '_')
		name++;
	return *name == '\0';
}

static const char *find_metric(const struct draft_table *table, const char *name, size_t but)
{
	for (size_t i = 0; i < table->columns.n; i++) {
		const struct column *column = &table->columns.v[i].column;

		if (i != but && !column->is_tag && column->n_sources > 0 &&
		    (strcmp(column->name, name) == 0 || str_equal(column->alias, name)))
			return is_identifier(column->name) ? column->name : NULL;
	}
	return NULL;
}

/* The metric as it is asked for stays under another name, and what it was called is made of it. */
static void split(struct draft *draft, struct draft_column *raw, struct draft_column *derived,
    const char *target, int64_t number)
{
	struct column *from = &raw->column, *to = &derived->column;
	bool rate = from->kind == KIND_COUNTER;

	*derived = *raw;
	raw->title = NULL;
	*to = (struct column){.name = from->name,
	    .kind = from->kind == KIND_ENUM ? KIND_ENUM : KIND_GAUGE,
	    .unit = str_format("%s%s", from->unit, rate ? "/s" : ""),
	    .ds = from->ds,
	    .alias = from->alias,
	    .names = from->names,
	    .n_names = from->n_names,
	    .counter = -1};
	from->name = str_format("%s_raw", to->name);
	from->ds = from->alias = NULL;
	from->names = NULL;
	from->n_names = 0;
	derived->max_rate = derived->condition = NULL;
	derived->formula = draft_make_node(draft, raw->condition,
	    str_format("if(%s == %" PRId64 ", %s, 0 / 0)", target, number, from->name));
	raw->condition = NULL;
}

/* False when it has to be left out. */
static bool apply(struct draft *draft, struct draft_table *table, size_t i, struct draft_column *derived)
{
	struct draft_column *raw = &table->columns.v[i];
	int64_t number;
	char *name = parse(node_text(draft->reader, raw->condition), &number);
	const char *target = name != NULL ? find_metric(table, name, i) : NULL;

	if (target != NULL && is_identifier(raw->column.name))
		split(draft, raw, derived, target, number);
	else
		diag_warning(draft->reader->diag, raw->condition->place,
		    "'%s' counts only under a condition that is not 'metric=number' with a metric of '%s'; "
		    "left out",
		    raw->column.name, table->table.name);
	free(name);
	return target != NULL && raw->condition == NULL;
}

void draft_apply_conditions(struct draft *draft, struct draft_table *table)
{
	struct draft_column *v = NULL;
	size_t n = 0, any = 0;

	for (size_t i = 0; i < table->columns.n; i++)
		any += table->columns.v[i].condition != NULL;
	if (any == 0)
		return;
	if (table->columns.n + any > PROFILE_COLUMNS_MAX) {
		diag_error(draft->reader->diag, table->node->place,
		    "table '%s' has more than %d columns with its conditions; split it", table->table.name,
		    PROFILE_COLUMNS_MAX);
		return;
	}
	v = mem_calloc(table->columns.n + any, sizeof *v);
	/* Derived ones stand behind what they are made of, wherever that is. */
	for (size_t i = 0; i < table->columns.n; i++) {
		struct draft_column derived = {0};

		if (table->columns.v[i].condition == NULL)
			continue;
		if (apply(draft, table, i, &derived))
			v[n++] = derived;
	}
	any = n;
	memmove(v + table->columns.n, v, any * sizeof *v);
	n = 0;
	for (size_t i = 0; i < table->columns.n; i++) {
		if (table->columns.v[i].condition != NULL)
			draft_column_fini(&table->columns.v[i]);
		else
			v[n++] = table->columns.v[i];
	}
	memmove(v + n, v + table->columns.n, any * sizeof *v);
	free(table->columns.v);
	table->columns.cap = table->columns.n + any;
	table->columns.v = v;
	table->columns.n = n + any;
}
