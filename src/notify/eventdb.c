#include "notify/eventdb_parts.h"

#include "base/match.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION_ID 1919904867 /* "rolc": tells our files from others' */
#define SCHEMA_VERSION 1
#define CHECK_PAGES    16384 /* 64 MiB */
#define BUSY_MS	       2000  /* someone looks into the file with another program */

static const char schema[] =
    "CREATE TABLE event (id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER, device TEXT, object TEXT,"
    " rule TEXT, kind INTEGER, severity INTEGER, text TEXT, value REAL, cause TEXT);"
    "CREATE INDEX event_time ON event (time);"
    "CREATE INDEX event_device ON event (device);"
    "CREATE TABLE problem (device TEXT, object TEXT, rule TEXT, since INTEGER, severity INTEGER,"
    " event INTEGER, text TEXT, value REAL, cause TEXT, PRIMARY KEY (device, object, rule)) WITHOUT ROWID;"
    "CREATE TABLE silence (id INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT, rule TEXT, object TEXT,"
    " reason TEXT, author TEXT, start INTEGER, until INTEGER);"
    "CREATE TABLE ack (device TEXT, object TEXT, rule TEXT, reason TEXT, author TEXT, time INTEGER,"
    " PRIMARY KEY (device, object, rule)) WITHOUT ROWID;";

/* Acknowledgements whose problem was lost, with a damaged page or in a long outage of the disk. */
static const char orphans[] = "DELETE FROM ack WHERE NOT EXISTS (SELECT 1 FROM problem WHERE"
			      " problem.device = ack.device AND problem.object = ack.object AND"
			      " problem.rule = ack.rule)";

static const char *const statement_texts[STATEMENT_COUNT] = {
    [STATEMENT_BEGIN] = "BEGIN IMMEDIATE",
    [STATEMENT_COMMIT] = "COMMIT",
    [STATEMENT_ROLLBACK] = "ROLLBACK",
    [STATEMENT_EVENT] = "INSERT OR REPLACE INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    [STATEMENT_RAISE] =
	"INSERT INTO problem (device, object, rule, since, severity, event, text, value, cause)"
	" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (device, object, rule) DO UPDATE SET"
	" severity = excluded.severity, event = excluded.event, text = excluded.text,"
	" value = excluded.value, cause = excluded.cause",
    [STATEMENT_CLEAR] = "DELETE FROM problem WHERE device = ?1 AND object = ?2 AND rule = ?3",
    [STATEMENT_UNACK] = "DELETE FROM ack WHERE device = ?1 AND object = ?2 AND rule = ?3",
    [STATEMENT_PRUNE] =
	"DELETE FROM event WHERE id IN (SELECT id FROM event WHERE time < ?1 ORDER BY time LIMIT ?2)",
    [STATEMENT_PROBLEMS] = "SELECT device, object, rule, since, severity, event, text, value, cause"
			   " FROM problem ORDER BY event",
    [STATEMENT_SILENCE_ADD] = "INSERT OR REPLACE INTO silence VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [STATEMENT_SILENCE_REMOVE] = "DELETE FROM silence WHERE id = ?1",
    [STATEMENT_SILENCES] = "SELECT id, device, rule, object, reason, author, start, until FROM silence"
			   " ORDER BY id",
    [STATEMENT_ACK_SET] = "INSERT OR REPLACE INTO ack VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [STATEMENT_ACKS] = "SELECT device, object, rule, reason, author, time FROM ack ORDER BY time",
    [STATEMENT_LAST_ID] = "SELECT seq FROM sqlite_sequence WHERE name = ?1",
};

enum err eventdb_result(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
	case SQLITE_ROW:
		return ERR_OK;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return ERR_CORRUPT;
	default:
		return ERR_IO;
	}
}

enum err eventdb_run(struct eventdb *db, enum statement statement)
{
	int rc = sqlite3_step(db->statements[statement]);

	sqlite3_reset(db->statements[statement]);
	sqlite3_clear_bindings(db->statements[statement]);
	return eventdb_result(rc);
}

enum err eventdb_end(struct eventdb *db, enum err err)
{
	if (err == ERR_OK)
		err = eventdb_run(db, STATEMENT_COMMIT);
	if (err != ERR_OK && !sqlite3_get_autocommit(db->sqlite)) {
		enum err ignored = eventdb_run(db, STATEMENT_ROLLBACK);

		(void)ignored; /* a full disk has rolled it back already */
	}
	return err;
}

const char *eventdb_text(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

const char *eventdb_key(sqlite3_stmt *statement, int column)
{
	const char *text = eventdb_text(statement, column);

	return text != NULL && *text != '\0' ? text : NULL;
}

void eventdb_bind(sqlite3_stmt *statement, int at, const char *text)
{
	sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void eventdb_bind_key(sqlite3_stmt *statement, int at, const char *text)
{
	eventdb_bind(statement, at, text != NULL ? text : "");
}

/* fits(pattern, text): the same patterns as everywhere else, which SQL's GLOB has not. */
static void sql_fits(sqlite3_context *context, int n, sqlite3_value **values)
{
	const char *pattern = (const char *)sqlite3_value_text(values[0]);
	const char *text = (const char *)sqlite3_value_text(values[1]);

	(void)n;
	if (text == NULL)
		text = "";
	sqlite3_result_int(
	    context, pattern != NULL && (strcmp(pattern, text) == 0 || match_glob(pattern, text)));
}

static enum err pragma(struct eventdb *db, const char *name, int64_t *value)
{
	char *sql = str_format("PRAGMA %s", name);
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	*value = rc == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
	sqlite3_finalize(statement);
	free(sql);
	return eventdb_result(rc);
}

static enum err make_schema(struct eventdb *db)
{
	char *sql = str_format("BEGIN; %s PRAGMA application_id = %d; PRAGMA user_version = %d; COMMIT",
	    schema, APPLICATION_ID, SCHEMA_VERSION);
	int rc = sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL);

	free(sql);
	return eventdb_result(rc);
}

/* ERR_CORRUPT too when the file is whole, but not ours or of another version. What could not be read now (a
 * lock, the disk) says nothing about the file. */
static enum err check_schema(struct eventdb *db)
{
	int64_t application = 0, version = 0, changes = 0;
	enum err err =
	    eventdb_result(sqlite3_exec(db->sqlite, "SELECT count(*) FROM sqlite_master", NULL, NULL, NULL));

	if (err == ERR_OK)
		err = pragma(db, "application_id", &application);
	if (err == ERR_OK)
		err = pragma(db, "user_version", &version);
	if (err == ERR_OK)
		err = pragma(db, "schema_version", &changes);
	if (err != ERR_OK)
		return err;
	if (application == APPLICATION_ID)
		return version == SCHEMA_VERSION ? ERR_OK : ERR_CORRUPT;
	return changes == 0 ? make_schema(db) : ERR_CORRUPT; /* it has tables of someone else */
}

/* quick_check tells what could not be read now like damage, but with the error's number. */
static bool tells_damage(const char *text)
{
	static const char number[] = "error code=";
	const char *error = strstr(text, number);

	if (error != NULL)
		return eventdb_result((int)strtol(error + strlen(number), NULL, 10)) == ERR_CORRUPT;
	return strcmp(text, "ok") != 0;
}

/* Of a file that can be read through at once; a larger one shows its damage when it is met. */
static bool is_damaged(struct eventdb *db)
{
	sqlite3_stmt *statement = NULL;
	int64_t pages;
	bool damaged;
	int rc;

	if (pragma(db, "page_count", &pages) != ERR_OK || pages > CHECK_PAGES)
		return false;
	rc = sqlite3_prepare_v2(db->sqlite, "PRAGMA quick_check(1)", -1, &statement, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(statement);
	damaged =
	    rc == SQLITE_ROW ? tells_damage(eventdb_text(statement, 0)) : eventdb_result(rc) == ERR_CORRUPT;
	sqlite3_finalize(statement);
	return damaged;
}

static enum err prepare(struct eventdb *db)
{
	int rc = SQLITE_OK;

	for (int i = 0; i < STATEMENT_COUNT && rc == SQLITE_OK; i++)
		rc = sqlite3_prepare_v3(
		    db->sqlite, statement_texts[i], -1, SQLITE_PREPARE_PERSISTENT, &db->statements[i], NULL);
	return rc == SQLITE_ERROR ? ERR_CORRUPT /* tables are missing */ : eventdb_result(rc);
}

static void shut(struct eventdb *db)
{
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		sqlite3_finalize(db->statements[i]);
		db->statements[i] = NULL;
	}
	sqlite3_close(db->sqlite);
	db->sqlite = NULL;
}

static enum err begin(struct eventdb *db)
{
	/* Made here, so that it has our permissions; SQLite gives those to its companions. */
	int fd = open(db->path, O_RDWR | O_CREAT | O_CLOEXEC, 0640), rc;
	enum err err;

	if (fd < 0)
		return ERR_IO;
	close(fd);
	rc = sqlite3_open_v2(db->path, &db->sqlite, SQLITE_OPEN_READWRITE | SQLITE_OPEN_FULLMUTEX, NULL);
	if (rc != SQLITE_OK)
		return eventdb_result(rc);
	sqlite3_extended_result_codes(db->sqlite, 1);
	sqlite3_busy_timeout(db->sqlite, BUSY_MS);
	sqlite3_create_function_v2(
	    db->sqlite, "fits", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, sql_fits, NULL, NULL, NULL);
	rc = sqlite3_exec(db->sqlite,
	    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 4194304;"
	    "PRAGMA trusted_schema = OFF",
	    NULL, NULL, NULL);
	if (rc != SQLITE_OK)
		return eventdb_result(rc);
	err = check_schema(db);
	return err == ERR_OK ? prepare(db) : err;
}

/* Begins, and takes over what a file that was set aside still has: also at a later try, after a full disk. */
static enum err begin_salvaged(struct eventdb *db)
{
	enum err err = begin(db);

	if (err != ERR_OK || db->aside == NULL)
		return err;
	eventdb_salvage(db);
	return ERR_OK;
}

/* The file is damaged: another in its place. */
static enum err begin_anew(struct eventdb *db)
{
	shut(db);
	return eventdb_set_aside(db) ? begin_salvaged(db) : ERR_IO;
}

enum err eventdb_replace(struct eventdb *db)
{
	/* Without a connection, an earlier try got as far as setting the file aside. */
	enum err err = db->sqlite != NULL ? ERR_CORRUPT : begin_salvaged(db);

	if (err == ERR_CORRUPT)
		err = begin_anew(db);
	if (err != ERR_OK)
		shut(db);
	return err;
}

enum err eventdb_open_whole(const char *path, struct eventdb **db)
{
	enum err err;

	*db = mem_alloc(sizeof **db);
	(*db)->path = mem_strdup(path);
	errno = 0;
	err = begin(*db);
	return err == ERR_OK && is_damaged(*db) ? ERR_CORRUPT : err;
}

struct eventdb *eventdb_open(const char *path, char **error)
{
	struct eventdb *db;
	enum err err = eventdb_open_whole(path, &db);

	if (err == ERR_CORRUPT)
		err = begin_anew(db);
	if (err == ERR_OK) {
		sqlite3_exec(db->sqlite, orphans, NULL, NULL, NULL); /* on a full disk, the next time */
		return db;
	}
	*error = str_format("cannot use the event log %s: %s", path,
	    db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : strerror(errno));
	eventdb_close(db);
	return NULL;
}

void eventdb_close(struct eventdb *db)
{
	if (db == NULL)
		return;
	shut(db);
	free(db->aside);
	free(db->path);
	free(db);
}

const char *eventdb_error(const struct eventdb *db)
{
	return db->sqlite != NULL ? sqlite3_errmsg(db->sqlite) : "the file cannot be opened";
}

static int64_t last_id(struct eventdb *db, const char *table)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_LAST_ID];
	int64_t id = 0;

	eventdb_bind(statement, 1, table);
	if (sqlite3_step(statement) == SQLITE_ROW)
		id = sqlite3_column_int64(statement, 0);
	sqlite3_reset(statement);
	return id;
}

int64_t eventdb_last_event(struct eventdb *db)
{
	return last_id(db, "event");
}

int64_t eventdb_last_silence(struct eventdb *db)
{
	return last_id(db, "silence");
}
