#include "lint/rowlook.h"

#include "base/mem.h"
#include "base/str.h"
#include "lint/columnstat.h"
#include "lint/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* A row as it was in the poll before. */
struct past {
	char *key;
	uint64_t *raw; /* a number per column */
	uint8_t *form;
	size_t len;
	UT_hash_handle hh;
	uint8_t index[]; /* the hash's key */
};

struct table_state {
	const struct table *table;
	struct columnstat *columns; /* of metrics; n_columns */
	bool *there;		    /* columns that any row has; n_columns */
	struct past *past;
	size_t rows, weak; /* of the last poll; weak: named by index or place */
	char *weak_key;
	size_t by_index, named; /* rows whose key only repeats their index, and those looked at for it */
	size_t renamed;
	char *renamed_from, *renamed_to;
	struct oid name_oid; /* of a table without a key: a column that could be it; empty = none */
	char *name_example;
};

struct rowlook {
	const struct profile *profile;
	struct table_state *tables; /* n_tables of the profile */
	unsigned polls;
};

struct rowlook *rowlook_new(const struct profile *profile)
{
	struct rowlook *check = mem_alloc(sizeof *check);

	check->profile = profile;
	check->tables = mem_calloc(profile->n_tables + 1, sizeof *check->tables);
	for (size_t t = 0; t < profile->n_tables; t++) {
		struct table_state *state = &check->tables[t];

		state->table = &profile->tables[t];
		state->columns = mem_calloc(state->table->n_columns + 1, sizeof *state->columns);
		state->there = mem_calloc(state->table->n_columns + 1, sizeof *state->there);
		for (size_t c = 0; c < state->table->n_columns; c++)
			columnstat_init(&state->columns[c]);
	}
	return check;
}

static void past_free(struct past *past)
{
	free(past->key);
	free(past->raw);
	free(past->form);
	free(past);
}

void rowlook_free(struct rowlook *check)
{
	if (check == NULL)
		return;
	for (size_t t = 0; t < check->profile->n_tables; t++) {
		struct table_state *state = &check->tables[t];
		struct past *past, *next;

		HASH_ITER(hh, state->past, past, next)
		{
			HASH_DEL(state->past, past);
			past_free(past);
		}
		for (size_t c = 0; c < state->table->n_columns; c++)
			columnstat_fini(&state->columns[c]);
		free(state->columns);
		free(state->there);
		free(state->weak_key);
		free(state->renamed_from);
		free(state->renamed_to);
		free(state->name_example);
	}
	free(check->tables);
	free(check);
}

/* --- one poll --- */

static enum cell_form form_of(const struct rowset *set, size_t cell)
{
	return (enum cell_form)(set->form[cell] & 3);
}

/* What the agent sent for a cell; NULL when it has none. */
static const struct value *sent(
    const struct recording *recording, const struct rowset *set, size_t row, const struct source *source)
{
	uint8_t name[OID_BER_MAX * 2];
	const struct recorded *object;
	size_t len = source->ber_len;

	if (len + set->rows[row].index_len + 1 > sizeof name)
		return NULL;
	memcpy(name, source->ber, len);
	if (set->table->is_scalar) {
		if (!source->is_instance)
			name[len++] = 0;
	} else {
		memcpy(name + len, set->rows[row].index, set->rows[row].index_len);
		len += set->rows[row].index_len;
	}
	object = recording_find(recording, name, len);
	return object != NULL ? &object->value : NULL;
}

static void look_unread(struct columnstat *stat, const struct recording *recording, const struct rowset *set,
    size_t row, const struct column *column)
{
	for (size_t s = 0; s < column->n_sources; s++) {
		const struct value *value = sent(recording, set, row, &column->sources[s]);
		struct str text = {0};

		if (value == NULL || value->type != VALUE_OCTETS || value->bytes.len == 0)
			continue;
		if (stat->texts++ == 0) {
			value_add_text(&text, value, VALUE_FORMAT_AUTO);
			stat->text = mem_strndup(str_text(&text), str_fit(str_text(&text), 40));
			str_fini(&text);
		}
		return;
	}
}

static void look_cell(struct table_state *state, const struct recording *recording, const struct rowset *set,
    size_t row, size_t c, const struct past *past)
{
	size_t cell = rowset_cell(set, row, c);
	const struct column *column = &set->table->columns[c];
	const struct source *source = rowset_source(set, row, c);
	struct columnstat *stat = &state->columns[c];
	double value = rowset_value(set, row, c), raw = value;
	const struct value *wire;
	enum value_type type;

	if (set->quality[cell] == QUALITY_DECODE)
		look_unread(stat, recording, set, row, column);
	if (set->quality[cell] != QUALITY_NO_SUCH && set->quality[cell] != QUALITY_NEVER &&
	    set->quality[cell] != QUALITY_UNKNOWN)
		state->there[c] = true;
	if (isnan(value))
		return;
	if (source != NULL && form_of(set, cell) == CELL_SIGNED)
		raw = (double)(int64_t)set->raw[cell];
	else if (source != NULL && form_of(set, cell) == CELL_UNSIGNED)
		raw = (double)set->raw[cell];
	columnstat_value(stat, column, source, raw, value, set->rows[row].key);
	if (source == NULL || form_of(set, cell) == CELL_DOUBLE)
		return;
	wire = sent(recording, set, row, source);
	type = wire != NULL ? wire->type : VALUE_NULL;
	stat->is_wire_counter |= type == VALUE_COUNTER32 || type == VALUE_COUNTER64;
	if (past != NULL && past->form[c] == set->form[cell])
		columnstat_step(stat, type == VALUE_COUNTER64 ? 64 : 32, past->raw[c], set->raw[cell],
		    form_of(set, cell) == CELL_SIGNED);
}

static void look_key(struct table_state *state, const struct row *row, const struct past *past)
{
	char index[256];

	if (row->weak_key && state->weak++ == 0 && state->weak_key == NULL)
		state->weak_key = mem_strdup(row->key);
	if (!row->weak_key) {
		oid_index_format(row->index, row->index_len, index, sizeof index);
		state->named++;
		state->by_index += strcmp(index, row->key) == 0;
	}
	if (past != NULL && strcmp(past->key, row->key) != 0 && state->renamed++ == 0) {
		state->renamed_from = mem_strdup(past->key);
		state->renamed_to = mem_strdup(row->key);
	}
}

/* A table whose rows go by their index, for want of a key, may have a column that would do. */
static void look_for_names(struct table_state *state, const struct recording *recording)
{
	const struct table *table = state->table;

	for (size_t c = 0; c < table->n_columns && table->n_keys == 0 && state->name_example == NULL; c++) {
		const struct column *column = &table->columns[c];
		struct oid entry, found;

		if (column->n_sources == 0 || column->is_foreign)
			continue;
		source_oid(&column->sources[0], &entry);
		if (entry.len < 2)
			return;
		entry.len--;
		if (group_naming_column(recording, &entry, &found, &state->name_example))
			state->name_oid = found;
		return;
	}
}

static struct past *past_of(struct table_state *state, const struct row *row)
{
	struct past *past = NULL;

	HASH_FIND(hh, state->past, row->index, row->index_len, past);
	return past;
}

static void keep_row(struct table_state *state, const struct rowset *set, size_t r)
{
	const struct row *row = &set->rows[r];
	size_t n = set->table->n_columns, first = rowset_cell(set, r, 0);
	struct past *past = past_of(state, row);

	if (past != NULL) {
		HASH_DEL(state->past, past);
		past_free(past);
	}
	past = mem_alloc(sizeof *past + row->index_len);
	past->key = mem_strdup(row->key);
	past->raw = mem_calloc(n + 1, sizeof *past->raw);
	past->form = mem_calloc(n + 1, 1);
	for (size_t c = 0; c < n; c++) {
		past->raw[c] = set->raw[first + c];
		past->form[c] = set->form[first + c];
	}
	past->len = row->index_len;
	memcpy(past->index, row->index, row->index_len);
	HASH_ADD_KEYPTR(hh, state->past, past->index, past->len, past);
}

static void look_table(
    struct table_state *state, const struct rowset *set, const struct recording *recording, bool restarted)
{
	state->rows = state->weak = state->by_index = state->named = 0;
	for (size_t r = 0; r < set->n_rows; r++) {
		const struct row *row = &set->rows[r];
		const struct past *past = restarted ? NULL : past_of(state, row);

		state->rows++;
		for (size_t c = 0; c < set->table->n_columns; c++) {
			if (set->table->columns[c].is_tag)
				state->there[c] |= rowset_tag(set, r, c) != NULL;
			else if (row->excluded)
				state->there[c] |= !isnan(rowset_value(set, r, c));
			else
				look_cell(state, recording, set, r, c, past);
		}
		if (!row->excluded && !set->table->is_scalar)
			look_key(state, row, past);
	}
	if (state->weak > 1)
		look_for_names(state, recording);
	for (size_t r = 0; r < set->n_rows; r++)
		keep_row(state, set, r);
}

void rowlook_look(struct rowlook *check, const struct rowset *const *tables, size_t n,
    const struct recording *recording, bool restarted)
{
	check->polls++;
	for (size_t i = 0; i < n; i++) {
		for (size_t t = 0; t < check->profile->n_tables; t++) {
			if (tables[i] != NULL && tables[i]->table == check->tables[t].table)
				look_table(&check->tables[t], tables[i], recording, restarted);
		}
	}
}

/* What is reckoned from several numbers: only its value counts. */
void rowlook_look_rates(struct rowlook *check, const struct rowset *const *tables, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct rowset *set = tables[i];
		struct table_state *state = NULL;

		for (size_t t = 0; set != NULL && t < check->profile->n_tables; t++) {
			if (set->table == check->tables[t].table)
				state = &check->tables[t];
		}
		for (size_t r = 0; state != NULL && r < set->n_rows; r++) {
			for (size_t c = 0; c < set->table->n_columns && !set->rows[r].excluded; c++) {
				double value = rowset_value(set, r, c);

				if (set->table->columns[c].formula != NULL && !isnan(value))
					columnstat_value(&state->columns[c], &set->table->columns[c], NULL,
					    value, value, set->rows[r].key);
			}
		}
	}
}

/* --- what that says --- */

static void tell_keys(const struct table_state *state, struct finding_list *list)
{
	const struct table *table = state->table;

	char oid[OID_TEXT_MAX];

	if (state->name_example != NULL)
		finding_add(list, FINDING_KEY, (unsigned)state->weak, table->name, NULL,
		    str_format("%zu rows go by their index, and there are names: '%s'", state->weak,
			state->name_example),
		    str_format("a 'key': the column %s", oid_format(&state->name_oid, oid, sizeof oid)));
	/* Without a key the index is what was meant. */
	if (state->weak > 0 && state->rows > 1 && table->n_keys > 0)
		finding_add(list, FINDING_KEY, (unsigned)state->weak, table->name, NULL,
		    str_format("%zu of %zu rows have no name of their own: '%s'", state->weak, state->rows,
			state->weak_key),
		    mem_strdup("add a tag to 'key' that tells them apart"));
	if (state->renamed > 0)
		finding_add(list, FINDING_KEY, (unsigned)state->renamed, table->name, NULL,
		    str_format("%zu of %zu rows were renamed between two polls: '%s', then '%s'",
			state->renamed, state->rows, state->renamed_from, state->renamed_to),
		    mem_strdup("a row that is renamed is another row: take a 'key' that stays"));
	if (state->named >= 3 && state->by_index == state->named && table->n_keys > 0 &&
	    table->columns[table->keys[0]].n_sources > 0)
		finding_add(list, FINDING_KEY, (unsigned)state->by_index, table->name,
		    table->columns[table->keys[0]].name,
		    str_format("the key only repeats the index, in all of %zu rows", state->named),
		    mem_strdup("an index may be another after a restart: is there a name?"));
}

static void tell_lacks(const struct table_state *state, struct finding_list *list)
{
	const struct table *table = state->table;
	bool any = false;

	for (size_t c = 0; c < table->n_columns; c++)
		any |= state->there[c] && table->columns[c].n_sources > 0;
	if (state->rows == 0 || !any) {
		finding_add(list, FINDING_LACKS, (unsigned)table->n_columns, table->name, NULL,
		    mem_strdup("the device has nothing of it"),
		    mem_strdup("nothing need be done if other models have it"));
		return;
	}
	for (size_t c = 0; c < table->n_columns; c++) {
		const struct column *column = &table->columns[c];

		if (!state->there[c] && column->n_sources > 0 && state->columns[c].texts == 0)
			finding_add(list, FINDING_LACKS, 1, table->name, column->name,
			    str_format("no row of the device's %zu has it", state->rows),
			    mem_strdup("nothing need be done if other models have it"));
	}
}

void rowlook_tell(const struct rowlook *check, struct finding_list *list)
{
	for (size_t t = 0; t < check->profile->n_tables; t++) {
		const struct table_state *state = &check->tables[t];

		tell_keys(state, list);
		tell_lacks(state, list);
		for (size_t c = 0; c < state->table->n_columns; c++) {
			if (!state->table->columns[c].is_tag)
				columnstat_tell(&state->columns[c], state->table, &state->table->columns[c],
				    state->rows, check->polls, list);
		}
	}
}

/* The first column that an expression cannot do without; -1 if it has all, or goes by `known()` or `first()`.
 * From one poll it is not known what those lack that are reckoned. */
static int lacking(const struct table_state *state, const struct expr *expr, const char *text, unsigned polls)
{
	size_t n;
	const int *slots = expr_slots(expr, &n);

	if (strstr(text, "known(") != NULL || strstr(text, "first(") != NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int column = slots[i] >= RULE_SLOT_SPEED && slots[i] < RULE_SLOT_LIMIT
				 ? slots[i] - RULE_SLOT_SPEED
				 : slots[i];

		if (column < (int)state->table->n_columns && !state->table->columns[column].is_tag &&
		    state->columns[column].values == 0 &&
		    (polls > 1 || state->table->columns[column].formula == NULL))
			return column;
	}
	return -1;
}

void rowlook_tell_silent(
    const struct rowlook *check, struct rule *const *rules, size_t n, struct finding_list *list)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t t = 0; t < check->profile->n_tables; t++) {
			const struct table_state *state = &check->tables[t];
			const struct rule_binding *binding = rule_binding(rules[i], state->table);
			int column = -1;

			if (binding == NULL || binding->table == NULL || state->rows == 0)
				continue;
			if (binding->value != NULL)
				column = lacking(state, binding->value, rules[i]->value, check->polls);
			if (column < 0)
				column = lacking(state, binding->when, rules[i]->when, check->polls);
			if (column < 0)
				continue;
			finding_add(list, FINDING_SILENT, 1, state->table->name,
			    state->table->columns[column].name,
			    str_format("rule %s cannot fire here: no row has the number", rules[i]->name),
			    mem_strdup("nothing need be done if other models have it"));
			list->v[list->n - 1].rule = mem_strdup(rules[i]->name);
		}
	}
}
