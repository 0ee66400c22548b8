/* busy: which of a device's numbers say how busy it is. The one place that knows, by the names that profiles
 * keep to (docs/profiles.md, "What top looks at"): a profile of the user's is looked at as soon as it does.
 */
#ifndef ROLLCALL_MODEL_BUSY_H
#define ROLLCALL_MODEL_BUSY_H

#include "model/rowset.h"

#include <stdbool.h>
#include <stddef.h>

enum busy_class {
	BUSY_TRAFFIC,
	BUSY_UTILISATION,
	BUSY_ERRORS,
	BUSY_CPU,
	BUSY_MEMORY,
	BUSY_STORAGE,
	BUSY_CLASS_COUNT
};

const char *busy_name(enum busy_class class); /* "traffic" */
bool busy_parse(const char *text, enum busy_class *class);
/* Of the value: "octets/s", "%", "errors/s". */
const char *busy_unit(enum busy_class class);
/* Whether values of several rows add up; else the highest stands for all: that of a share. */
bool busy_adds_up(enum busy_class class);

/* The columns of a table that a class is about. */
struct busy_columns {
	int in, out; /* -1 = it has no directions */
	int value;   /* -1 = it has directions: their sum, or of a share the larger one */
};
/* False when the table has nothing of the class. */
bool busy_columns(const struct table *table, enum busy_class class, struct busy_columns *columns);

struct busy_value {
	double value, in, out; /* NaN = unknown, or no directions */
};
/* What a row says now. False when that is nothing: unknown, or excluded. */
bool busy_value(const struct rowset *set, size_t row, enum busy_class class,
    const struct busy_columns *columns, struct busy_value *value);

#endif
