#include "store/series.h"

#include "base/vec.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

/* The newest series of a path. */
struct place {
	struct series *series;
	UT_hash_handle hh;
};

struct series_table {
	struct place *places; /* by path; of the adding thread alone */
	struct {
		struct schema **v;
		size_t n, cap;

	} schemas;
	pthread_mutex_t lock; /* of `all` */
	struct {
		struct series **v;
		size_t n, cap;

	} all;
};

struct series_table *series_table_new(void)
{
	struct series_table *table = mem_alloc(sizeof *table);

	pthread_mutex_init(&table->lock, NULL);
	return table;
}

void series_table_free(struct series_table *table)
{
	struct place *place, *next;

	if (!table)
		return;
	HASH_ITER(hh, table->places, place, next)
	{
		HASH_DEL(table->places, place);
		free(place);
	}
	for (size_t i = 0; i < table->all.n; i++) {
		free(table->all.v[i]->path);
		free(table->all.v[i]->key);
		free(table->all.v[i]->held);
		free(table->all.v[i]->absent);
		free(table->all.v[i]);
	}
	for (size_t i = 0; i < table->schemas.n; i++) {
		free(table->schemas.v[i]->table);
		free(table->schemas.v[i]->ds);
		free(table->schemas.v[i]);
	}
	vec_fini(&table->all);
	vec_fini(&table->schemas);
	pthread_mutex_destroy(&table->lock);
	free(table);
}

static struct schema *schema_new(const struct table *model)
{
	struct schema *schema = mem_alloc(sizeof *schema);

	schema->table = mem_strdup(model->name);
	schema->ds = mem_calloc(model->n_columns, sizeof *schema->ds);
	for (size_t i = 0; i < model->n_columns; i++) {
		const struct column *column = &model->columns[i];
		struct schema_ds *ds;
		size_t len;

		if (!column->ds)
			continue;
		ds = &schema->ds[schema->n_ds++];
		len = strnlen(column->ds, PROFILE_DS_MAX);
		memcpy(ds->name, column->ds, len);
		ds->never_negative = column->kind == KIND_COUNTER;
	}
	return schema;
}

static bool schema_is_of(const struct schema *schema, const struct table *model)
{
	size_t n = 0;

	if (strcmp(schema->table, model->name))
		return false;
	for (size_t i = 0; i < model->n_columns; i++) {
		const struct column *column = &model->columns[i];

		if (!column->ds)
			continue;
		if (n == schema->n_ds || strncmp(schema->ds[n].name, column->ds, PROFILE_DS_MAX) ||
		    schema->ds[n].never_negative != (column->kind == KIND_COUNTER))
			return false;
		n++;
	}
	return n == schema->n_ds;
}

/* By content: a reload brings equal tables at other addresses. The newest first. */
static const struct schema *find_schema(struct series_table *table, const struct table *model)
{
	struct schema *schema;

	for (size_t i = table->schemas.n; i > 0; i--)
		if (schema_is_of(table->schemas.v[i - 1], model))
			return table->schemas.v[i - 1];
	schema = schema_new(model);
	vec_push(&table->schemas, schema);
	return schema;
}

static struct series *add(struct series_table *table, const struct series_def *def,
    const struct schema *schema, const char *path, struct series *older)
{
	struct series *series = mem_alloc(sizeof *series);

	series->schema = schema;
	series->older = older;
	series->interval = def->interval;
	series->timeout = def->timeout;
	series->path = mem_strdup(path);
	series->key = mem_strdup(def->key);
	series->last = INT64_MIN;
	pthread_mutex_lock(&table->lock);
	series->id = (series_id)table->all.n;
	vec_push(&table->all, series);
	if (older)
		older->superseded = true;
	pthread_mutex_unlock(&table->lock);
	return series;
}

series_id series_table_add(struct series_table *table, const struct series_def *def)
{
	const struct schema *schema = find_schema(table, def->table);
	struct series *series;

	if (schema->n_ds == 0)
		return SERIES_NONE;
	struct str path = {0};
	struct place *place;
	series_path(&path, def->device, def->table->name, def->key);
	HASH_FIND(hh, table->places, path.s, path.len, place);
	series = place ? place->series : NULL;
	if (!series || series->schema != schema || series->interval != def->interval ||
	    series->timeout != def->timeout)
		series = add(table, def, schema, path.s, series);
	if (!place) {
		place = mem_alloc(sizeof *place);
		place->series = series;
		HASH_ADD_KEYPTR(hh, table->places, series->path, path.len, place);
	}
	/* The hash's key stays the first series' path: series are never removed. */
	place->series = series;
	str_fini(&path);
	return series->id;
}

struct series *series_table_at(struct series_table *table, series_id id)
{
	struct series *series;

	pthread_mutex_lock(&table->lock);
	series = id < table->all.n ? table->all.v[id] : NULL;
	pthread_mutex_unlock(&table->lock);
	return series;
}

size_t series_table_count(struct series_table *table)
{
	size_t n;

	pthread_mutex_lock(&table->lock);
	n = table->all.n;
	pthread_mutex_unlock(&table->lock);
	return n;
}

char *series_folder(const char *device)
{
	struct str path = {0};
	char *folder;

	/* The device's part of a path is the same for all its files. */
	series_path(&path, device, "any", NULL);
	folder = mem_strndup(path.s, strcspn(path.s, "/"));
	str_fini(&path);
	return folder;
}

bool series_is_of(const struct series *series, const char *folder)
{
	size_t len = strlen(folder);

	return !strncmp(series->path, folder, len) && series->path[len] == '/';
}
