/* series: the table of all series, one per RRD file.
 *
 * The loop adds and finds by definition, a replay of the spool by note; the writer looks up by number. A
 * series is never removed nor moved while the store lives, and what describes it never changes: a row whose
 * definition changed (its profile grew, its interval is another) becomes a new series of the same file,
 * linked to the older one. */
#ifndef ROLLCALL_STORE_SERIES_H
#define ROLLCALL_STORE_SERIES_H

#include "model/profile.h"
#include "model/sample.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A table's data sources, shared by its rows. */
struct schema {
	char *table;
	size_t n_ds;
	struct schema_ds {
		char name[PROFILE_DS_MAX + 1];
		bool never_negative; /* a counter's rate */
	} * ds;
};

/* What may be wrong with a series, said once for all of them. */
enum fault {
	FAULT_DISK,	 /* its file cannot be made or written */
	FAULT_BEHIND,	 /* its samples are not newer than the file */
	FAULT_SHAPE,	 /* its file lacks data sources */
	FAULT_HEARTBEAT, /* its file's heartbeat is shorter than the interval */
	FAULT_MIGRATE,	 /* its file has another layout and cannot get the right one */
	FAULT_COUNT
};

struct series {
	series_id id;
	const struct schema *schema;
	struct series *older;	   /* earlier definition of the same file; NULL = none */
	int64_t interval, timeout; /* ns */
	char *path;		   /* below STATE/rrd */
	char *key;		   /* NULL for scalars */
	_Atomic bool superseded;   /* there is a newer definition of the same file */

	/* The loop's alone: the newest sample put. */
	int64_t put_stamp; /* ms, whole seconds */
	int64_t put_wall;  /* ms, when it was really taken; 0 = none yet */

	/* The writer's alone. Held samples: per sample the time in ms and n_ds values. */
	double *held;
	uint32_t n_held, cap_held;
	uint8_t faults;	      /* 1 << enum fault */
	bool catalogued;      /* the catalogue's line is written */
	bool known;	      /* the file was looked at; the members below are good */
	bool waiting;	      /* in the wheel or the list of this turn */
	uint32_t held_from;   /* segment of the spool that has the oldest one held; 0 = none has */
	int64_t last;	      /* ms, stamp of the newest sample held or in the file: whole seconds */
	int64_t file_last;    /* ms, of the newest in the file */
	uint64_t size, inode; /* of the file when looked at */
	uint64_t header;      /* octets of it before the rows */
	bool *absent;	      /* data sources that the file lacks; NULL = none */
	bool misfit;	      /* the file's layout is not what settings and definition ask for */
	bool migrant;	      /* in the list of files to be migrated */
	struct series *next_migrant;
	struct series *next; /* in the wheel or the list of this turn */
};

struct series_table;

struct series_table *series_table_new(void);
void series_table_free(struct series_table *table);
/* SERIES_NONE if the table has no data source. From any thread. */
series_id series_table_add(struct series_table *table, const struct series_def *def);
/* The series that an earlier run's note tells of. Where this run has defined the same file otherwise, it is
 * a series beside that one, not its successor. */
struct seriesnote;
series_id series_table_restore(struct series_table *table, const struct seriesnote *note);
/* From any thread; NULL if there is no such number. */
struct series *series_table_at(struct series_table *table, series_id id);
size_t series_table_count(struct series_table *table);
/* The device's folder below STATE/rrd; caller frees. */
char *series_folder(const char *device);
/* True if the series is a row or scalar of the device whose folder this is ("core-sw1"). */
bool series_is_of(const struct series *series, const char *folder);

#endif
