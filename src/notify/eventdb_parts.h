/* eventdb_parts: what the .c files of eventdb share. For them alone. */
#ifndef ROLLCALL_NOTIFY_EVENTDB_PARTS_H
#define ROLLCALL_NOTIFY_EVENTDB_PARTS_H

#include "notify/eventdb.h"

#include <sqlite3.h>
#include <stdbool.h>

/* Statements that are prepared once; their text is in eventdb.c. */
enum statement {
	STATEMENT_BEGIN,
	STATEMENT_COMMIT,
	STATEMENT_ROLLBACK,
	STATEMENT_EVENT,
	STATEMENT_RAISE,
	STATEMENT_CLEAR,
	STATEMENT_UNACK,
	STATEMENT_PRUNE,
	STATEMENT_PROBLEMS,
	STATEMENT_SILENCE_ADD,
	STATEMENT_SILENCE_REMOVE,
	STATEMENT_SILENCES,
	STATEMENT_ACK_SET,
	STATEMENT_ACKS,
	STATEMENT_LAST_ID,
	STATEMENT_COUNT
};

struct eventdb {
	char *path;
	char *aside;	 /* a damaged file that is not looked through yet; NULL = none */
	sqlite3 *sqlite; /* NULL between a failed replacement and the next try */
	sqlite3_stmt *statements[STATEMENT_COUNT];
};

/* Without a connection: moves the file away, as db->aside. False when it cannot be. */
bool eventdb_set_aside(struct eventdb *db);
/* What can be read of db->aside, into the new file; then it is done with. */
void eventdb_salvage(struct eventdb *db);
/* Result codes of SQLite as ours. */
enum err eventdb_result(int rc);
/* Ends a transaction: commits if `err` is ERR_OK, else rolls back; what came of it. */
enum err eventdb_end(struct eventdb *db, enum err err) MUST_USE;
/* As eventdb_open(), but sets nothing aside: ERR_CORRUPT. *db is to be closed in any case. */
enum err eventdb_open_whole(const char *path, struct eventdb **db) MUST_USE;
/* Runs a prepared statement without rows, and makes it ready for its next use. */
enum err eventdb_run(struct eventdb *db, enum statement statement) MUST_USE;
/* Text of a column of the present row; NULL where there is none. Good until the next step. */
const char *eventdb_text(sqlite3_stmt *statement, int column);
/* As eventdb_text, of columns in which '' stands for none: keys cannot be NULL. */
const char *eventdb_key(sqlite3_stmt *statement, int column);
/* Binds text that must live until the statement has run; NULL is NULL, or '' with eventdb_bind_key. */
void eventdb_bind(sqlite3_stmt *statement, int at, const char *text);
void eventdb_bind_key(sqlite3_stmt *statement, int at, const char *text);

#endif
