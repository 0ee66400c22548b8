#include "ctl/vitals.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where profiles have it, the best first. */
struct place {
	const char *table; /* NULL = any */
	const char *column;
	bool is_free; /* percent that is not in use */
};

static const struct place cpu_places[] = {{"cpu", "cpu_used", false}, {"cpu", "cpu_1min", false},
    {"cpu", "idle", true}, {"cpu", "cpu_10min", false}, {NULL, "cpu_used", false}, {"cores", "load", false},
    {"processors", "load", false}, {"processors", "cpu_1min", false}, {"processors", "cpu_5min", false},
    {"cpus", "used", false}, {"sessions", "cpu", false}};
static const struct place memory_places[] = {{"memory", "used_percent", false},
    {"memory_pools", "used_percent", false}, {"memory", "ubiMemoryFreePercentage", true},
    {NULL, "memory_percent", false}, {"sessions", "memory", false}};

/* Mean and highest over the table's rows; NaN when none has it. */
static void look(const struct rowset *set, const struct place *place, double *mean, double *most)
{
	int column = table_column(set->table, place->column);
	double sum = 0;
	size_t n = 0;

	*mean = *most = NAN;
	for (size_t row = 0; column >= 0 && row < set->n_rows; row++) {
		double value =
		    set->rows[row].excluded ? (double)NAN : rowset_number(set, row, (size_t)column);

		if (isnan(value))
			continue;
		value = place->is_free ? 100 - value : value;
		sum += value;
		*most = fmax(*most, value); /* fmax() leaves NaN out */
		n++;
	}
	if (n > 0)
		*mean = sum / (double)n;
}

static double find(const struct device_report *report, const struct place *places, size_t n, bool highest)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t t = 0; t < report->n_tables; t++) {
			const struct rowset *set = report->tables[t];
			double mean, most;

			if (places[i].table != NULL && strcmp(places[i].table, set->table->name) != 0)
				continue;
			look(set, &places[i], &mean, &most);
			if (!isnan(mean))
				return highest ? most : mean;
		}
	}
	return NAN;
}

static double number(const struct rowset *set, size_t row, const char *name)
{
	int column = table_column(set->table, name);

	return column >= 0 ? rowset_number(set, row, (size_t)column) : (double)NAN;
}

/* By what it carries: of most virtual ones no speed is known, or a wrong one. */
static void find_port(struct vitals *vitals, const struct rowset *set)
{
	double most = 0;

	for (size_t row = 0; row < set->n_rows; row++) {
		double in = 8 * number(set, row, "in_octets"), out = 8 * number(set, row, "out_octets"),
		       carried = fmax(in, out);

		if (set->rows[row].excluded || !(carried > most))
			continue;
		most = carried;
		free(vitals->port);
		vitals->port = mem_strdup(set->rows[row].key);
		vitals->in = in;
		vitals->out = out;
		vitals->used = fmax(number(set, row, "in_util"), number(set, row, "out_util"));
	}
}

void vitals_take(struct vitals *vitals, const struct device_report *report)
{
	*vitals = (struct vitals){.uptime_s = report->system != NULL ? report->system->uptime_s : (double)NAN,
	    .cpu = find(report, cpu_places, ARRAY_LEN(cpu_places), false),
	    .memory = find(report, memory_places, ARRAY_LEN(memory_places), true),
	    .in = NAN,
	    .out = NAN,
	    .used = NAN};

	for (size_t i = 0; i < report->n_tables; i++)
		if (strcmp(report->tables[i]->table->name, "interfaces") == 0)
			find_port(vitals, report->tables[i]);
}

void vitals_fini(struct vitals *vitals)
{
	free(vitals->port);
	*vitals = (struct vitals){0};
}
