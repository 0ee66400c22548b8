#include "notify/eventdb_parts.h"

#include "base/str.h"

enum err eventdb_silence_add(struct eventdb *db, const struct silence *silence)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_SILENCE_ADD];

	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	sqlite3_bind_int64(statement, 1, silence->id);
	eventdb_bind(statement, 2, silence->device);
	eventdb_bind(statement, 3, silence->rule);
	eventdb_bind(statement, 4, silence->object);
	eventdb_bind(statement, 5, silence->reason);
	eventdb_bind(statement, 6, silence->author);
	sqlite3_bind_int64(statement, 7, silence->from);
	sqlite3_bind_int64(statement, 8, silence->until);
	return eventdb_run(db, STATEMENT_SILENCE_ADD);
}

enum err eventdb_silence_remove(struct eventdb *db, int64_t id)
{
	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	sqlite3_bind_int64(db->statements[STATEMENT_SILENCE_REMOVE], 1, id);
	return eventdb_run(db, STATEMENT_SILENCE_REMOVE);
}

static const char *or_empty(const char *text)
{
	return text != NULL ? text : "";
}

void eventdb_silences(struct eventdb *db, void (*each)(void *arg, const struct silence *silence), void *arg)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_SILENCES];

	while (sqlite3_step(statement) == SQLITE_ROW) {
		struct silence silence = {.id = sqlite3_column_int64(statement, 0),
		    .device = or_empty(eventdb_text(statement, 1)),
		    .rule = eventdb_text(statement, 2),
		    .object = eventdb_text(statement, 3),
		    .reason = or_empty(eventdb_text(statement, 4)),
		    .author = or_empty(eventdb_text(statement, 5)),
		    .from = sqlite3_column_int64(statement, 6),
		    .until = sqlite3_column_int64(statement, 7)};

		each(arg, &silence);
	}
	sqlite3_reset(statement);
}

enum err eventdb_ack_set(struct eventdb *db, const struct ack *ack)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_ACK_SET];

	if (db->sqlite == NULL)
		return ERR_CORRUPT;
	eventdb_bind_key(statement, 1, ack->device);
	eventdb_bind_key(statement, 2, ack->object);
	eventdb_bind_key(statement, 3, ack->rule);
	eventdb_bind(statement, 4, ack->reason);
	eventdb_bind(statement, 5, ack->author);
	sqlite3_bind_int64(statement, 6, ack->time);
	return eventdb_run(db, STATEMENT_ACK_SET);
}

void eventdb_acks(struct eventdb *db, void (*each)(void *arg, const struct ack *ack), void *arg)
{
	sqlite3_stmt *statement = db->statements[STATEMENT_ACKS];

	while (sqlite3_step(statement) == SQLITE_ROW) {
		struct ack ack = {.device = eventdb_key(statement, 0),
		    .object = eventdb_key(statement, 1),
		    .rule = or_empty(eventdb_text(statement, 2)),
		    .reason = or_empty(eventdb_text(statement, 3)),
		    .author = or_empty(eventdb_text(statement, 4)),
		    .time = sqlite3_column_int64(statement, 5)};

		each(arg, &ack);
	}
	sqlite3_reset(statement);
}
