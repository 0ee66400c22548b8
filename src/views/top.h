/* top: what is busiest, as JSON. The table is text.h's. */
#ifndef ROLLCALL_VIEWS_TOP_H
#define ROLLCALL_VIEWS_TOP_H

#include "model/busy.h"
#include "model/report.h"

#include <jansson.h>

/* An item of "rows": new reference. A row of a table; or with `set` NULL a device as a whole; or, with
 * `report` NULL as well, all devices of `tag`. `rows` of them are in the value. */
struct top_item {
	const struct device_report *report;
	const struct rowset *set;
	size_t row;
	const char *tag;
	enum busy_class class;
	struct busy_value value;
	size_t rows;
	int64_t wall; /* ns, of the oldest value in it */
};
json_t *json_top_item(const struct top_item *item);

/* {"time", "class", "by", "unit", "ranked", "sum", "rows"}: takes the reference to `rows`. `sum` NaN: they do
 * not add up. */
json_t *json_top(json_t *rows, enum busy_class class, const char *by, size_t ranked, double sum, int64_t now);

#endif
