/* eventdb_aside: what becomes of a file that is damaged, or not ours. */
#include "notify/eventdb_parts.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The write-ahead log holds what is newest: it goes with its file. */
static char *move_aside(const struct eventdb *db)
{
	static const char *const companions[] = {"-wal", "-shm"};
	char *aside = str_format("%s.bad-%" PRId64, db->path, clock_wall(clock_real()) / INT64_C(1000000000));

	for (int i = 1; access(aside, F_OK) == 0 && i < 1000; i++) {
		free(aside);
		aside = str_format(
		    "%s.bad-%" PRId64 ".%d", db->path, clock_wall(clock_real()) / INT64_C(1000000000), i);
	}
	if (rename(db->path, aside) != 0) {
		free(aside);
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_LEN(companions); i++) {
		char *from = str_format("%s%s", db->path, companions[i]);
		char *to = str_format("%s%s", aside, companions[i]);

		if (rename(from, to) != 0 && errno != ENOENT)
			log_warn("cannot set aside", "path=%s err=\"%s\"", from, strerror(errno));
		free(from);
		free(to);
	}
	return aside;
}

bool eventdb_set_aside(struct eventdb *db)
{
	char *aside = move_aside(db), quoted[512];

	if (aside == NULL)
		return false;
	log_error("event log is damaged or not ours; it is set aside", "path=%s aside=%s", db->path,
	    log_quote(quoted, sizeof quoted, aside));
	free(db->aside);
	db->aside = aside;
	return true;
}

/* What can be read of a damaged file of ours. Each part by itself: one of them may be whole. */
void eventdb_salvage(struct eventdb *db)
{
	static const char *const parts[] = {"INSERT OR IGNORE INTO main.silence SELECT * FROM old.silence",
	    "INSERT OR IGNORE INTO main.ack SELECT * FROM old.ack",
	    "INSERT OR IGNORE INTO main.problem SELECT * FROM old.problem",
	    "UPDATE main.sqlite_sequence SET seq = max(seq, coalesce((SELECT seq FROM old.sqlite_sequence"
	    " WHERE name = 'silence'), 0)) WHERE name = 'silence'",
	    "INSERT INTO main.sqlite_sequence SELECT name, seq FROM old.sqlite_sequence WHERE name = 'event'"
	    " AND NOT EXISTS (SELECT 1 FROM main.sqlite_sequence WHERE name = 'event')"};
	char *sql = sqlite3_mprintf("ATTACH %Q AS old", db->aside);

	if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) == SQLITE_OK) {
		for (size_t i = 0; i < ARRAY_LEN(parts); i++)
			sqlite3_exec(db->sqlite, parts[i], NULL, NULL, NULL);
		sqlite3_exec(db->sqlite, "DETACH old", NULL, NULL, NULL);
	}
	sqlite3_free(sql);
	free(db->aside);
	db->aside = NULL;
}
