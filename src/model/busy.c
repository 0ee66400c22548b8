#include "model/busy.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <string.h>

#define TABLES_MAX 6

/* A name ends with what a table of a vendor's own is called as well: "ios_memory". */
#define ENDING '*'

static const struct {
	const char *name, *unit;
	bool adds_up;
	/* The tables that it is in ("*_memory": those that end so), none = any; and the columns there. */
	const char *tables[TABLES_MAX];
	const char *in, *out, *value;
	/* A further one, in any table. */
	const char *anywhere;
} classes[BUSY_CLASS_COUNT] = {
    [BUSY_TRAFFIC] = {"traffic", "octets/s", true, {"interfaces"}, "in_octets", "out_octets", NULL, NULL},
    [BUSY_UTILISATION] = {"utilisation", "%", false, {"interfaces"}, "in_util", "out_util", NULL, NULL},
    [BUSY_ERRORS] = {"errors", "errors/s", true, {"interfaces"}, "in_errors", "out_errors", NULL, NULL},
    [BUSY_CPU] = {"cpu", "%", false, {NULL}, NULL, NULL, NULL, "cpu_used"},
    [BUSY_MEMORY] = {"memory", "%", false, {"memory", "memory_pools", "*_memory"}, NULL, NULL, "used_percent",
	"memory_percent"},
    [BUSY_STORAGE] = {"storage", "%", false, {"storage", "disk", "volumes", "pools", "databases"}, NULL, NULL,
	"used_percent", NULL},
};

const char *busy_name(enum busy_class class)
{
	return classes[class].name;
}

bool busy_parse(const char *text, enum busy_class *class)
{
	for (size_t i = 0; i < BUSY_CLASS_COUNT; i++) {
		if (str_equal(classes[i].name, text)) {
			*class = (enum busy_class)i;
			return true;
		}
	}
	return false;
}

const char *busy_unit(enum busy_class class)
{
	return classes[class].unit;
}

bool busy_adds_up(enum busy_class class)
{
	return classes[class].adds_up;
}

static bool is_in(const struct table *table, enum busy_class class)
{
	for (size_t i = 0; i < TABLES_MAX && classes[class].tables[i] != NULL; i++) {
		const char *name = classes[class].tables[i];

		if (*name == ENDING ? str_ends(table->name, name + 1) : strcmp(table->name, name) == 0)
			return true;
	}
	return false;
}

static int metric(const struct table *table, const char *name)
{
	int column = name != NULL ? table_column(table, name) : -1;

	return column >= 0 && !table->columns[column].is_tag ? column : -1;
}

bool busy_columns(const struct table *table, enum busy_class class, struct busy_columns *columns)
{
	*columns = (struct busy_columns){-1, -1, -1};
	if (is_in(table, class)) {
		columns->in = metric(table, classes[class].in);
		columns->out = metric(table, classes[class].out);
		columns->value = metric(table, classes[class].value);
	}
	if (columns->value < 0)
		columns->value = metric(table, classes[class].anywhere);
	return columns->in >= 0 || columns->out >= 0 || columns->value >= 0;
}

static double number(const struct rowset *set, size_t row, int column)
{
	return column >= 0 ? rowset_number(set, row, (size_t)column) : (double)NAN;
}

bool busy_value(const struct rowset *set, size_t row, enum busy_class class,
    const struct busy_columns *columns, struct busy_value *value)
{
	if (set->rows[row].excluded)
		return false;
	value->in = number(set, row, columns->in);
	value->out = number(set, row, columns->out);
	value->value = number(set, row, columns->value);
	if (columns->value < 0)
		value->value = classes[class].adds_up && !isnan(value->in) && !isnan(value->out)
				   ? value->in + value->out
				   : fmax(value->in, value->out);
	return isfinite(value->value);
}
