#include "views/top.h"

#include "views/jsonvalue.h"

static json_t *tags_of(const struct rowset *set, size_t row)
{
	json_t *tags = json_object();

	for (size_t i = 0; i < set->table->n_columns; i++)
		if (set->table->columns[i].is_tag)
			json_object_set_new(
			    tags, set->table->columns[i].name, jsonvalue_text(rowset_tag(set, row, i)));
	return tags;
}

json_t *json_top_item(const struct top_item *item)
{
	const char *device = item->report != NULL ? item->report->device->name : NULL, *table = NULL,
		   *key = NULL;

	if (item->set != NULL) {
		table = item->set->table->name;
		key = item->set->table->is_scalar ? NULL : item->set->rows[item->row].key;
	}
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:I, s:o}", "device",
	    jsonvalue_text(device), "table", jsonvalue_text(table), "key", jsonvalue_text(key), "tag",
	    jsonvalue_text(item->tag), "tags",
	    item->set != NULL ? tags_of(item->set, item->row) : json_object(), "value",
	    jsonvalue_number(item->value.value), "unit", busy_unit(item->class), "in",
	    jsonvalue_number(item->value.in), "out", jsonvalue_number(item->value.out), "rows",
	    (json_int_t)item->rows, "time", jsonvalue_time(item->wall));
}

json_t *json_top(json_t *rows, enum busy_class class, const char *by, size_t ranked, double sum, int64_t now)
{
	return json_pack("{s:o, s:s, s:s, s:s, s:I, s:o, s:o}", "time", jsonvalue_time(now), "class",
	    busy_name(class), "by", by, "unit", busy_unit(class), "ranked", (json_int_t)ranked, "sum",
	    jsonvalue_number(sum), "rows", rows);
}
