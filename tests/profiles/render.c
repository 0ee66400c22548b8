#include "profiles/render.h"

#include "model/failure.h"

#include <math.h>
#include <string.h>

static void add_tag(struct str *out, const struct rowset *set, size_t row, size_t column)
{
	const char *text = rowset_tag(set, row, column);

	if (text == NULL)
		return;
	str_addf(
	    out, "%s [%s] %s \"", set->table->name, set->rows[row].key, set->table->columns[column].name);
	str_add_utf8(out, text, strlen(text));
	str_add(out, "\"\n");
}

static void add_number(struct str *out, const struct rowset *set, size_t row, size_t number)
{
	const struct column *column = &set->table->columns[number];
	enum quality quality = (enum quality)set->quality[rowset_cell(set, row, number)];
	double value = rowset_number(set, row, number);
	bool is_state = column->kind == KIND_ENUM || column->kind == KIND_BITS;
	const char *state;

	if (quality == QUALITY_NO_SUCH || quality == QUALITY_NEVER)
		return;
	str_addf(out, "%s [%s] %s ", set->table->name, set->rows[row].key, column->name);
	state = is_state && !isnan(value) ? column_enum_text(column, (int64_t)value) : NULL;
	if (isnan(value))
		str_addf(out, "- (%s)", quality_name(quality));
	else if (state != NULL)
		str_addf(out, "%s(%.0f)", state, value);
	else
		str_addf(out, "%.7g", value);
	if (column->unit[0] != '\0')
		str_addf(out, " %s%s", column->unit, column->kind == KIND_COUNTER ? "/s" : "");
	if (column->ds != NULL)
		str_addf(out, "  > %s", column->ds);
	str_add_char(out, '\n');
}

static void add_row(struct str *out, const struct rowset *set, size_t row)
{
	if (set->rows[row].excluded) {
		str_addf(out, "%s [%s] excluded\n", set->table->name, set->rows[row].key);
		return;
	}
	for (size_t c = 0; c < set->table->n_columns; c++) {
		if (set->table->columns[c].is_tag)
			add_tag(out, set, row, c);
		else
			add_number(out, set, row, c);
	}
}

void render_values(struct str *out, const struct device_report *report)
{
	str_addf(out, "profile %s (%s)\n", report->profile != NULL ? report->profile->name : "-",
	    report->profile_reason);
	for (size_t t = 0; t < report->n_tables; t++) {
		for (size_t row = 0; report->tables[t] != NULL && row < report->tables[t]->n_rows; row++)
			add_row(out, report->tables[t], row);
	}
}

void render_problems(struct str *out, const struct device_report *report)
{
	for (size_t i = 0; i < report->n_problems; i++) {
		const struct problem *problem = &report->problems[i];

		str_addf(out, "problem %s %s [%s] %s\n", severity_name(problem->severity), problem->rule,
		    problem->object != NULL ? problem->object : "", problem->text);
	}
}
