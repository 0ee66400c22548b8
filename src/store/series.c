#include "store/series.h"
#include "store/seriesnote.h"

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
	pthread_mutex_t lock; /* of all below */
	struct place *places; /* by path */
	struct {
		struct schema **v;
		size_t n, cap;

	} schemas;
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

static void schema_free(struct schema *schema)
{
	free(schema->table);
	free(schema->ds);
	free(schema);
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
	for (size_t i = 0; i < table->schemas.n; i++)
		schema_free(table->schemas.v[i]);
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

static bool schema_equal(const struct schema *a, const struct schema *b)
{
	if (a->n_ds != b->n_ds || strcmp(a->table, b->table))
		return false;
	for (size_t i = 0; i < a->n_ds; i++)
		if (strcmp(a->ds[i].name, b->ds[i].name) ||
		    a->ds[i].never_negative != b->ds[i].never_negative)
			return false;
	return true;
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

/* The schema of a note; made when there is none yet. */
static const struct schema *note_schema(struct series_table *table, const struct seriesnote *note)
{
	struct schema *schema = mem_alloc(sizeof *schema);
	const char *name = note->ds;

	schema->table = mem_strdup(note->table);
	schema->n_ds = note->n_ds;
	schema->ds = mem_calloc(note->n_ds, sizeof *schema->ds);
	for (size_t i = 0; i < note->n_ds; i++, name += strlen(name) + 1) {
		schema->ds[i].never_negative = name[0] == '+';
		memcpy(schema->ds[i].name, name + 1, strlen(name + 1));
	}
	for (size_t i = table->schemas.n; i > 0; i--) {
		const struct schema *known = table->schemas.v[i - 1];

		if (!schema_equal(known, schema))
			continue;
		schema_free(schema);
		return known;
	}
	vec_push(&table->schemas, schema);
	return schema;
}

/* What describes a series. */
struct definition {
	const struct schema *schema;
	const char *path, *key;
	int64_t interval, timeout;
};

static bool is_of(const struct series *series, const struct definition *definition)
{
	return series->schema == definition->schema && series->interval == definition->interval &&
	       series->timeout == definition->timeout;
}

static struct series *add(struct series_table *table, const struct definition *definition)
{
	struct series *series = mem_alloc(sizeof *series);

	series->schema = definition->schema;
	series->interval = definition->interval;
	series->timeout = definition->timeout;
	series->path = mem_strdup(definition->path);
	series->key = mem_strdup(definition->key);
	series->last = INT64_MIN;
	series->put_stamp = INT64_MIN;
	series->id = (series_id)table->all.n;
	vec_push(&table->all, series);
	return series;
}

static struct place *find_place(struct series_table *table, const char *path)
{
	struct place *place;

	HASH_FIND(hh, table->places, path, strlen(path), place);
	return place;
}

static void add_place(struct series_table *table, struct series *series)
{
	struct place *place = mem_alloc(sizeof *place);

	/* The hash's key stays the first series' path: series are never removed. */
	place->series = series;
	HASH_ADD_KEYPTR(hh, table->places, series->path, strlen(series->path), place);
}

series_id series_table_add(struct series_table *table, const struct series_def *def)
{
	struct definition definition = {.key = def->key, .interval = def->interval, .timeout = def->timeout};
	struct series *series, *older;
	struct place *place;
	struct str path = {0};
	series_id id = SERIES_NONE;

	series_path(&path, def->device, def->table->name, def->key);
	definition.path = path.s;
	pthread_mutex_lock(&table->lock);
	definition.schema = find_schema(table, def->table);
	if (definition.schema->n_ds == 0)
		goto out;
	place = find_place(table, path.s);
	if (!place) {
		series = add(table, &definition);
		add_place(table, series);
	} else if (is_of(place->series, &definition)) {
		series = place->series;
	} else {
		older = place->series;
		series = add(table, &definition);
		series->older = older;
		series->put_stamp = older->put_stamp;
		series->put_wall = older->put_wall;
		older->superseded = true;
		place->series = series;
	}
	id = series->id;
out:
	pthread_mutex_unlock(&table->lock);
	str_fini(&path);
	return id;
}

series_id series_table_restore(struct series_table *table, const struct seriesnote *note)
{
	struct definition definition = {
	    .path = note->path, .key = note->key, .interval = note->interval, .timeout = note->timeout};
	struct series *series;
	struct place *place;

	pthread_mutex_lock(&table->lock);
	definition.schema = note_schema(table, note);
	place = find_place(table, note->path);
	if (!place) {
		series = add(table, &definition);
		add_place(table, series);
	} else if (is_of(place->series, &definition)) {
		series = place->series;
	} else {
		/* Its samples are older than this run's, and go into the file before those. */
		series = add(table, &definition);
		series->superseded = true;
		series->older = place->series->older;
		place->series->older = series;
	}
	pthread_mutex_unlock(&table->lock);
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
