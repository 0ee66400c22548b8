/* rowfile: held samples of one series -> its RRD file.
 *
 * Looks at the file before librrd does (new, changed or damaged?), makes or sets aside
 * what must be, checks each sample against the file's last time, and accounts for
 * every value. The writer's thread only. */
#ifndef ROLLCALL_STORE_ROWFILE_H
#define ROLLCALL_STORE_ROWFILE_H

#include "base/str.h"
#include "model/inventory.h"
#include "store/series.h"
#include "store/tally.h"
#include "store/undo.h"

#include <stdbool.h>
#include <stdint.h>

/* What the files have in common. */
struct rowfiles {
	const struct settings *settings;
	struct tally *tally;
	struct undo *undo;  /* NULL = none */
	int64_t mono, wall; /* ns, now */
	struct {
		size_t series; /* that have it now */
		uint64_t count;
		int64_t began, newest; /* monotonic ns */
	} faults[FAULT_COUNT];
	bool rounding_told;
	/* Scratch, kept to spare allocations. */
	struct str path, text, error;
	const char **argv;
	size_t *offset;
	uint32_t cap;
};

void rowfiles_fini(struct rowfiles *files);
/* Writes what the series holds and empties it. False when its file could not be written: `keep` then leaves
 * what is not in the file held, else it is lost. */
bool rowfile_write(struct rowfiles *files, struct series *series, bool keep);
/* Known values that the series holds. */
uint64_t rowfile_known(const struct series *series);
/* Counts what it holds as lost and empties it. */
void rowfile_drop(struct rowfiles *files, struct series *series);
/* The series has a fault, or has it no more; `count` values it cost. Says the first and the last of all. */
void rowfile_fault(
    struct rowfiles *files, struct series *series, enum fault fault, uint64_t count, const char *why);
static inline bool rowfile_has(const struct series *series, enum fault fault)
{
	return series->faults & 1u << fault;
}
void rowfile_well(struct rowfiles *files, struct series *series, enum fault fault);

/* A held sample: time in ms, then the values. */
static inline const double *rowfile_held(const struct series *series, uint32_t i)
{
	return &series->held[i * (series->schema->n_ds + 1)];
}

#endif
