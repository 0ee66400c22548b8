#include "notify/eventdb_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS "id, time, device, object, rule, kind, severity, text, value, cause"

struct found {
	struct event **v;
	size_t n, cap;
};

static void bind_value(sqlite3_stmt *statement, int at, double value)
{
	if (isfinite(value))
		sqlite3_bind_double(statement, at, value);
	else
		sqlite3_bind_null(statement, at);
}

static void bind_problem(sqlite3_stmt *statement, const struct event *event)
{
	eventdb_bind_key(statement, 1, event->device);
	eventdb_bind_key(statement, 2, event->object);
	eventdb_bind_key(statement, 3, event->rule);
}

static enum err write_problem(struct eventdb *db, const struct event *event)
{
	sqlite3_stmt *raise = db->statements[STATEMENT_RAISE];
	enum err err;

	switch (event->kind) {
	case EVENT_RAISE:
		bind_problem(raise, event);
		sqlite3_bind_int64(raise, 4, event->time);
		sqlite3_bind_int(raise, 5, (int)event->severity);
		sqlite3_bind_int64(raise, 6, event->id);
		eventdb_bind(raise, 7, event->text);
		bind_value(raise, 8, event->value);
		eventdb_bind(raise, 9, event->cause);
		return eventdb_run(db, STATEMENT_RAISE);
	case EVENT_CLEAR:
		bind_problem(db->statements[STATEMENT_CLEAR], event);
		err = eventdb_run(db, STATEMENT_CLEAR);
		if (err != ERR_OK)
			return err;
		bind_problem(db->statements[STATEMENT_UNACK], event);
		return eventdb_run(db, STATEMENT_UNACK);
	case EVENT_INFO:
	case EVENT_KIND_COUNT:
		break;
	}
	return ERR_OK;
}

static enum err write_one(struct eventdb *db, const struct event *event)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_EVENT];
	enum err err;

	sqlite3_bind_int64(statement, 1, event->id);
	sqlite3_bind_int64(statement, 2, event->time);
	eventdb_bind(statement, 3, event->device);
	eventdb_bind(statement, 4, event->object);
	eventdb_bind(statement, 5, event->rule);
	sqlite3_bind_int(statement, 6, (int)event->kind);
	sqlite3_bind_int(statement, 7, (int)event->severity);
	eventdb_bind(statement, 8, event->text);
	bind_value(statement, 9, event->value);
	eventdb_bind(statement, 10, event->cause);
	err = eventdb_run(db, STATEMENT_EVENT);
	return err == ERR_OK ? write_problem(db, event) : err;
}

enum err eventdb_write(struct eventdb *db, struct event *const *events, size_t n)
{
	enum err err;

	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	err = eventdb_run(db, STATEMENT_BEGIN);
	for (size_t i = 0; i < n && err == ERR_OK; i++)
		err = write_one(db, events[i]);
	return eventdb_end(db, err);
}

static struct event *read_event(sqlite3_stmt *statement)
{
	bool has_value = sqlite3_column_type(statement, 8) != SQLITE_NULL;
	const char *rule = eventdb_text(statement, 4), *text = eventdb_text(statement, 7);
	struct event event = {.id = sqlite3_column_int64(statement, 0),
	    .time = sqlite3_column_int64(statement, 1),
	    .device = eventdb_text(statement, 2),
	    .object = eventdb_text(statement, 3),
	    .rule = rule != NULL ? rule : "",
	    .kind = (enum event_kind)sqlite3_column_int(statement, 5),
	    .severity = (enum severity)sqlite3_column_int(statement, 6),
	    .text = text != NULL ? text : "",
	    .value = has_value ? sqlite3_column_double(statement, 8) : NAN,
	    .cause = eventdb_text(statement, 9)};

	return event_dup(&event);
}

/* A plain name uses the index. */
static void add_condition(struct str *sql, const char *column, int at, const char *pattern)
{
	if (pattern == NULL)
		return;
	if (strpbrk(pattern, "*?[\\") == NULL)
		str_addf(sql, " AND %s = ?%d", column, at);
	else
		str_addf(sql, " AND fits(?%d, %s)", at, column);
}

static sqlite3_stmt *ask(struct eventdb *db, const struct event_filter *filter)
{
	size_t limit = filter->limit > 0 && filter->limit < EVENTS_MAX ? filter->limit : EVENTS_MAX;
	sqlite3_stmt *statement = NULL;
	struct str sql = {0};

	str_add(&sql, "SELECT " COLUMNS " FROM event WHERE id > ?1");
	if (filter->since > 0)
		str_add(&sql, " AND time >= ?2");
	if (filter->severity > SEVERITY_OK)
		str_add(&sql, " AND severity >= ?3");
	add_condition(&sql, "device", 4, filter->device);
	add_condition(&sql, "rule", 5, filter->rule);
	add_condition(&sql, "object", 6, filter->object);
	str_addf(&sql, " ORDER BY id %s LIMIT ?7", filter->after_id > 0 ? "ASC" : "DESC");
	if (sqlite3_prepare_v2(db->sqlite, str_text(&sql), -1, &statement, NULL) == SQLITE_OK) {
		sqlite3_bind_int64(statement, 1, filter->after_id);
		sqlite3_bind_int64(statement, 2, filter->since);
		sqlite3_bind_int(statement, 3, (int)filter->severity);
		eventdb_bind(statement, 4, filter->device);
		eventdb_bind(statement, 5, filter->rule);
		eventdb_bind(statement, 6, filter->object);
		sqlite3_bind_int64(statement, 7, (int64_t)limit);
	}
	str_fini(&sql);
	return statement;
}

static void turn_round(struct event **events, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct event *other = events[n - 1 - i];

		events[n - 1 - i] = events[i];
		events[i] = other;
	}
}

enum err eventdb_query(
    struct eventdb *db, const struct event_filter *filter, struct event ***events, size_t *n)
{
	struct found found = {0};
	sqlite3_stmt *statement;
	int rc;

	*events = NULL;
	*n = 0;
	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	statement = ask(db, filter);
	if (statement == NULL)
		return eventdb_result(sqlite3_errcode(db->sqlite));
	while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
		struct event *event = read_event(statement);

		vec_push(&found, event);
	}
	sqlite3_finalize(statement);
	if (filter->after_id <= 0)
		turn_round(found.v, found.n);
	*events = found.v;
	*n = found.n;
	return eventdb_result(rc); /* what came before a damaged page is given too */
}

enum err eventdb_prune(struct eventdb *db, int64_t before, size_t most)
{
	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	sqlite3_bind_int64(db->statements[STATEMENT_PRUNE], 1, before);
	sqlite3_bind_int64(db->statements[STATEMENT_PRUNE], 2, (int64_t)most);
	return eventdb_run(db, STATEMENT_PRUNE);
}

void eventdb_problems(struct eventdb *db, void (*each)(void *arg, const struct event *problem), void *arg)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_PROBLEMS];

	while (sqlite3_step(statement) == SQLITE_ROW) {
		bool has_value = sqlite3_column_type(statement, 7) != SQLITE_NULL;
		const char *rule = eventdb_text(statement, 2), *text = eventdb_text(statement, 6);
		struct event problem = {.id = sqlite3_column_int64(statement, 5),
		    .time = sqlite3_column_int64(statement, 3),
		    .device = eventdb_key(statement, 0),
		    .object = eventdb_key(statement, 1),
		    .rule = rule != NULL ? rule : "",
		    .kind = EVENT_RAISE,
		    .severity = (enum severity)sqlite3_column_int(statement, 4),
		    .text = text != NULL ? text : "",
		    .value = has_value ? sqlite3_column_double(statement, 7) : NAN,
		    .cause = eventdb_text(statement, 8)};

		each(arg, &problem);
	}
	sqlite3_reset(statement);
}
