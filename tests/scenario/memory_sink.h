/* memory_sink: keeps samples in memory, behind the seam of model/sample.h. */
#ifndef TESTS_SCENARIO_MEMORY_SINK_H
#define TESTS_SCENARIO_MEMORY_SINK_H

#include "model/profile.h"
#include "model/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct memory_series {
	char *device, *key; /* key NULL for scalars */
	const struct table *table;
	int64_t interval, timeout;
	int64_t *walls;
	double *values; /* [sample * table->n_ds + data source] */
	size_t n, cap;
};

struct memory_sink {
	struct memory_series *series;
	size_t n;
	bool count_only;   /* keeps the last sample of each series only */
	uint64_t samples;  /* puts */
	uint64_t known;	   /* numbers among their values */
	uint64_t backward; /* puts not after the series' last: must stay 0 */
};

struct sink memory_sink(struct memory_sink *memory);
void memory_sink_fini(struct memory_sink *memory);
struct memory_series *memory_find(
    struct memory_sink *memory, const char *device, const char *table, const char *key);
/* Value of a data source in sample `i`, counted from the end: 0 is the last. NaN when there is none. */
double memory_value(const struct memory_series *series, size_t from_end, const char *ds);

#endif
