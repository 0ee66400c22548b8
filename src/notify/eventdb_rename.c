/* eventdb_rename: a device has another name from now on, in the past too. */
#include "notify/eventdb_parts.h"

#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* ?1 = the old name, ?2 = the new one. Of two open problems of one rule and row, the older one stays; of two
 * acknowledgements the new name's own. */
static const char *const steps[] = {
    "UPDATE event SET device = ?2 WHERE device = ?1",
    ("DELETE FROM problem WHERE device = ?2 AND EXISTS (SELECT 1 FROM problem AS old WHERE old.device = ?1"
     " AND old.object = problem.object AND old.rule = problem.rule AND old.since <= problem.since)"),
    "UPDATE OR IGNORE problem SET device = ?2 WHERE device = ?1",
    "DELETE FROM problem WHERE device = ?1",
    "UPDATE OR IGNORE ack SET device = ?2 WHERE device = ?1",
    "DELETE FROM ack WHERE device = ?1",
    "UPDATE silence SET device = ?2 WHERE device = ?1",
};

static enum err run_step(struct eventdb *db, const char *sql, const char *old, const char *name)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(db->sqlite, sql, -1, &statement, NULL);

	if (rc == SQLITE_OK) {
		eventdb_bind(statement, 1, old);
		if (sqlite3_bind_parameter_count(statement) > 1)
			eventdb_bind(statement, 2, name);
		rc = sqlite3_step(statement);
	}
	sqlite3_finalize(statement);
	return eventdb_result(rc);
}

enum err eventdb_move(struct eventdb *db, const char *old, const char *name)
{
	enum err err;

	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	if (strcmp(old, name) == 0)
		return ERR_OK;
	err = eventdb_run(db, STATEMENT_BEGIN);
	for (size_t i = 0; i < ARRAY_LEN(steps) && err == ERR_OK; i++)
		err = run_step(db, steps[i], old, name);
	return eventdb_end(db, err);
}

enum err eventdb_rename(const char *path, const char *old, const char *name, char **error)
{
	struct eventdb *db = NULL;
	enum err err;

	*error = NULL;
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return ERR_OK;
	err = eventdb_open_whole(path, &db);
	if (err == ERR_OK)
		err = eventdb_move(db, old, name);
	if (err != ERR_OK)
		*error = str_format("cannot rename in the event log %s: %s", path, eventdb_error(db));
	eventdb_close(db);
	return err;
}
