#include "poll/plan.h"

#include "base/vec.h"
#include "poll/naming.h"
#include "poll/rowindex.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* snmpEngineBoots.0 and snmpEngineTime.0 of SNMP-FRAMEWORK-MIB (RFC 3411), content octets. */
static const uint8_t engine_boots[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 2, 0};
static const uint8_t engine_time[] = {0x2b, 6, 1, 6, 3, 10, 2, 1, 3, 0};

void plan_fini(struct plan *plan)
{
	free(plan->items);
	*plan = (struct plan){0};
}

void plan_clear(struct plan *plan)
{
	plan->n = 0;
}

static void add(struct plan *plan, struct item item)
{
	item.pdu = PLAN_NO_PDU;
	item.quality = QUALITY_NEVER;
	if (plan->n == plan->cap) {
		plan->cap = plan->cap ? plan->cap * 2 : 64;
		plan->items = mem_realloc(plan->items, plan->cap, sizeof *plan->items);
	}
	plan->items[plan->n++] = item;
}

void plan_add_engine(struct plan *plan)
{
	add(plan, (struct item){.role = ITEM_BOOTS});
	add(plan, (struct item){.role = ITEM_ENGINE, .joined = true});
}

/* The index that a row's tag of another table has there; 0 when nothing leads to one. */
static size_t foreign_index(const struct rowset *set, size_t row, size_t number, uint8_t out[OID_BER_MAX])
{
	const struct column *column = &set->table->columns[number];
	const struct row *r = &set->rows[row];
	const char *tag;
	char text[32];
	uint64_t magnitude;
	bool negative;

	if (!column->has_pointer)
		return rowindex_cut(column, r->index, r->index_len, out);
	if (set->table->columns[column->pointer].is_tag) {
		tag = rowset_tag(set, row, (size_t)column->pointer);
		return tag != NULL ? rowindex_cut_text(column, tag, out) : 0;
	}
	if (!rowset_integer(set, row, (size_t)column->pointer, &negative, &magnitude) || negative)
		return 0;
	snprintf(text, sizeof text, "%" PRIu64, magnitude);
	return rowindex_cut_text(column, text, out);
}

/* Whether a tag of that row can be asked for: one made of its index cannot, nor one of a table that nothing
 * in the row leads to. */
static bool can_ask(const struct rowset *set, size_t row, size_t number)
{
	const struct column *column = &set->table->columns[number];
	uint8_t index[OID_BER_MAX];

	return column->n_sources > 0 && (!column->is_foreign || foreign_index(set, row, number, index) > 0);
}

static void add_names(
    struct plan *plan, uint16_t table, const struct rowset *set, size_t row, enum plan_check check)
{
	int columns[PROFILE_COLUMNS_MAX];
	size_t n = check == CHECK_KEYS ? naming_keys(set->table, columns)
				       : naming_columns(set->table, &set->rows[row], columns);

	for (size_t i = 0; i < n; i++) {
		size_t c = (size_t)columns[i];
		unsigned source = set->form[rowset_cell(set, row, c)] >> 2;

		if (!can_ask(set, row, c))
			continue;
		/* A tag that no source had may have come since: the first one would give it. */
		if (source >= set->table->columns[c].n_sources)
			source = 0;
		add(plan, (struct item){.row = (uint32_t)row,
			      .table = table,
			      .column = (uint8_t)c,
			      .source = (uint8_t)source,
			      .role = ITEM_NAME,
			      .joined = true});
	}
}

static void add_row(
    struct plan *plan, uint16_t table, const struct rowset *set, size_t row, enum plan_check check)
{
	const struct table *t = set->table;
	size_t first = plan->n;

	for (size_t c = 0; c < t->n_columns; c++) {
		const struct column *column = &t->columns[c];
		unsigned source = set->form[rowset_cell(set, row, c)] >> 2;

		if (column->is_tag || column->is_static || source >= column->n_sources)
			continue;
		add(plan, (struct item){.row = (uint32_t)row,
			      .table = table,
			      .column = (uint8_t)c,
			      .source = (uint8_t)source,
			      .role = ITEM_CELL,
			      .joined = plan->n > first});
	}
	if (check != CHECK_NOTHING && plan->n > first)
		add_names(plan, table, set, row, check);
}

void plan_add_table(struct plan *plan, uint16_t table, const struct rowset *set, enum plan_check check)
{
	for (size_t row = 0; row < set->n_rows; row++) {
		if (set->rows[row].placed)
			add_row(plan, table, set, row, set->table->is_scalar ? CHECK_NOTHING : check);
	}
}

size_t plan_row(const struct plan *plan, size_t first)
{
	const struct item *item = &plan->items[first];
	size_t n = 1;

	/* The witnesses of a restart stand before the first row, and belong to none. */
	while (item->role <= ITEM_NAME && first + n < plan->n && item[n].table == item->table &&
	       item[n].row == item->row && item[n].role <= ITEM_NAME)
		n++;
	return n;
}

/* Names and indexes are short: two copies that may overlap cost less than a call. */
static inline void copy_short(uint8_t *out, const uint8_t *in, size_t n)
{
	if (n >= 8 && n <= 16) {
		memcpy(out, in, 8);
		memcpy(out + n - 8, in + n - 8, 8);
	} else if (n > 16) {
		memcpy(out, in, n);
	} else {
		while (n-- > 0)
			*out++ = *in++;
	}
}

size_t plan_name(const struct item *item, const struct rowset *set, uint8_t out[OID_BER_MAX])
{
	const struct column *column;
	const struct source *source;
	const struct row *row;
	uint8_t cut[OID_BER_MAX];
	size_t len;

	if (item->role == ITEM_BOOTS || item->role == ITEM_ENGINE) {
		memcpy(out, item->role == ITEM_BOOTS ? engine_boots : engine_time, sizeof engine_boots);
		return sizeof engine_boots;
	}
	column = &set->table->columns[item->column];
	source = &column->sources[item->source];
	row = &set->rows[item->row];
	copy_short(out, source->ber, source->ber_len);
	len = source->ber_len;
	if (source->is_instance)
		return len;
	if (column->is_foreign) {
		size_t n = foreign_index(set, item->row, item->column, cut);

		memcpy(out + len, cut, n);
		return len + n;
	}
	copy_short(out + len, row->index, row->index_len);
	return len + row->index_len;
}
