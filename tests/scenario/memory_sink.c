#include "scenario/memory_sink.h"

#include "base/mem.h"
#include "base/str.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static series_id memory_series(void *self, const struct series_def *def)
{
	struct memory_sink *memory = self;
	struct memory_series *series = memory_find(memory, def->device, def->table->name, def->key);

	if (series != NULL)
		return (series_id)(series - memory->series);
	memory->series = mem_realloc(memory->series, memory->n + 1, sizeof *memory->series);
	memory->series[memory->n] = (struct memory_series){.device = mem_strdup(def->device),
	    .key = mem_strdup(def->key),
	    .table = def->table,
	    .interval = def->interval,
	    .timeout = def->timeout};
	return (series_id)memory->n++;
}

static void memory_put(
    void *self, series_id id, int64_t wall, const double *values, const struct sample_raw *raws, size_t n)
{
	(void)raws;
	struct memory_sink *memory = self;
	struct memory_series *series = &memory->series[id];

	assert(id < memory->n && n == series->table->n_ds);
	memory->samples++;
	memory->backward += series->n > 0 && wall <= series->walls[series->n - 1] ? 1u : 0u;
	for (size_t i = 0; i < n; i++)
		memory->known += isnan(values[i]) ? 0u : 1u;
	if (memory->count_only)
		series->n = 0;
	if (series->n == series->cap) {
		series->cap = series->cap ? series->cap * 2 : 1;
		series->walls = mem_realloc(series->walls, series->cap, sizeof *series->walls);
		series->values = mem_realloc(series->values, series->cap * n, sizeof *series->values);
	}
	series->walls[series->n] = wall;
	memcpy(series->values + series->n * n, values, n * sizeof *values);
	series->n++;
}

static void memory_flush(void *self, const char *device, void (*done)(void *arg, enum err err), void *arg)
{
	(void)self;
	(void)device;
	done(arg, ERR_OK);
}

struct sink memory_sink(struct memory_sink *memory)
{
	static const struct sink_ops ops = {memory_series, memory_put, memory_flush};

	return (struct sink){&ops, memory};
}

void memory_sink_fini(struct memory_sink *memory)
{
	for (size_t i = 0; i < memory->n; i++) {
		free(memory->series[i].device);
		free(memory->series[i].key);
		free(memory->series[i].walls);
		free(memory->series[i].values);
	}
	free(memory->series);
	*memory = (struct memory_sink){0};
}

struct memory_series *memory_find(
    struct memory_sink *memory, const char *device, const char *table, const char *key)
{
	for (size_t i = 0; i < memory->n; i++) {
		struct memory_series *series = &memory->series[i];

		if (strcmp(series->device, device) == 0 && strcmp(series->table->name, table) == 0 &&
		    str_equal(series->key, key))
			return series;
	}
	return NULL;
}

double memory_value(const struct memory_series *series, size_t from_end, const char *ds)
{
	size_t at = 0;

	if (series == NULL || from_end >= series->n)
		return NAN;
	for (size_t c = 0; c < series->table->n_columns; c++) {
		if (series->table->columns[c].ds == NULL)
			continue;
		if (strcmp(series->table->columns[c].ds, ds) == 0)
			return series->values[(series->n - 1 - from_end) * series->table->n_ds + at];
		at++;
	}
	return NAN;
}
