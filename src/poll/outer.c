#include "poll/outer.h"

#include <math.h>

/* What a row's number is worth to a fold. */
enum worth {
	WORTH_KNOWN,
	WORTH_NONE, /* the row has no such number */
	WORTH_OPEN, /* it has one, which nobody knows now */
};

/* One row under a condition. */
struct view {
	const struct rowset *set;
	size_t row;
};

static enum worth worth_of(const struct view *view, size_t column);

/* A formula that gives nothing: because something that it reads is open, or because that is its answer? */
static enum worth worth_of_formula(const struct view *view, const struct expr *formula)
{
	size_t n;
	const int *slots = expr_slots(formula, &n);

	for (size_t i = 0; i < n; i++) {
		if (slots[i] >= PROFILE_SLOT_OUTER)
			return WORTH_OPEN;
		if (slots[i] != PROFILE_SLOT_NOW && worth_of(view, (size_t)slots[i]) == WORTH_OPEN)
			return WORTH_OPEN;
	}
	return WORTH_NONE;
}

static enum worth worth_of(const struct view *view, size_t column)
{
	const struct column *c = &view->set->table->columns[column];

	if (c->is_tag)
		return WORTH_NONE;
	if (!isnan(rowset_number(view->set, view->row, column)))
		return WORTH_KNOWN;
	if (c->formula != NULL)
		return worth_of_formula(view, c->formula);
	switch ((enum quality)view->set->quality[rowset_cell(view->set, view->row, column)]) {
	case QUALITY_NO_SUCH:
	case QUALITY_ABSENT:
		return WORTH_NONE;
	default:
		return WORTH_OPEN;
	}
}

static double number_of(void *arg, int slot)
{
	const struct view *view = arg;

	return slot < PROFILE_SLOT_NOW ? rowset_number(view->set, view->row, (size_t)slot) : NAN;
}

static const char *text_of(void *arg, int slot)
{
	const struct view *view = arg;

	return rowset_tag(view->set, view->row, (size_t)slot);
}

/* Does the row count? */
static enum worth is_meant(struct view *view, const struct outer *outer)
{
	const struct row *row = &view->set->rows[view->row];
	const struct expr_inputs inputs = {.number = number_of, .text = text_of, .arg = view};
	double holds;

	if (row->excluded || row->missed > 0)
		return WORTH_NONE;
	if (!row->placed)
		return WORTH_OPEN;
	if (outer->where == NULL)
		return WORTH_KNOWN;
	holds = expr_judge(outer->where, &inputs);
	if (!isnan(holds))
		return holds > 0 ? WORTH_KNOWN : WORTH_NONE;
	return worth_of_formula(view, outer->where);
}

static double finish(const struct outer *outer, size_t rows, size_t known, double sum, double extreme)
{
	switch (outer->fold) {
	case FOLD_NONE:
		break;
	case FOLD_COUNT:
		return (double)rows;
	case FOLD_SUM:
		return known > 0 || rows == 0 ? sum : NAN;
	case FOLD_MEAN:
		return known > 0 ? sum / (double)known : NAN;
	case FOLD_LEAST:
	case FOLD_GREATEST:
		return extreme;
	}
	return NAN;
}

/* `groups`: only rows of the group `which`; NULL = all. */
static double fold(const struct outer *outer, const struct rowset *set, const size_t *groups, size_t which)
{
	struct view view = {.set = set};
	size_t rows = 0, known = 0;
	double sum = 0, extreme = NAN;

	if (!set->whole)
		return NAN;
	for (view.row = 0; view.row < set->n_rows; view.row++) {
		enum worth worth = WORTH_NONE;
		double number = 0;

		if (groups == NULL || groups[view.row] == which)
			worth = is_meant(&view, outer);
		if (worth == WORTH_OPEN)
			return NAN;
		if (worth == WORTH_NONE)
			continue;
		rows++;
		if (outer->column < 0)
			continue;
		worth = worth_of(&view, (size_t)outer->column);
		if (worth == WORTH_OPEN)
			return NAN;
		if (worth == WORTH_NONE)
			continue;
		number = rowset_number(set, view.row, (size_t)outer->column);
		if (known++ == 0 || (outer->fold == FOLD_GREATEST ? number > extreme : number < extreme))
			extreme = number;
		sum += number;
	}
	return finish(outer, rows, known, sum, extreme);
}

void outer_group_values(const struct table *table, const struct rowset *const *sets, const size_t *groups,
    size_t which, double *values)
{
	for (size_t i = 0; i < table->n_outers; i++) {
		const struct outer *outer = &table->outers[i];
		const struct rowset *set = sets[outer->table];
		bool grouped = groups != NULL && outer->table == table->group_of;

		if (outer->fold != FOLD_NONE)
			values[i] = fold(outer, set, grouped ? groups : NULL, which);
		else
			values[i] = set->n_rows > 0 ? rowset_number(set, 0, (size_t)outer->column) : NAN;
	}
}

void outer_values(const struct table *table, const struct rowset *const *sets, double *values)
{
	outer_group_values(table, sets, NULL, 0, values);
}

bool outer_any_rows(const struct table *table, const struct rowset *const *sets)
{
	for (size_t i = 0; i < table->n_outers; i++) {
		const struct rowset *set = sets[table->outers[i].table];

		if (table->outers[i].fold != FOLD_NONE &&
		    (set->n_rows > 0 || (set->table->presence > 0 && set->whole)))
			return true;
	}
	return false;
}
