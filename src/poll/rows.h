/* rows: merges what a walk found into the rows that are known.
 *
 * A row keeps its name, history and place in the array; what a walk changes is where
 * it lives (index) and what describes it (tags, static numbers, sources). Only a
 * complete walk may say that a row is gone, and only the third in a row retires it
 * (PROMISES 4): a row that was not found stays, unplaced, and is not polled. A
 * partial walk adds rows only to an empty set and otherwise just confirms those
 * whose tags are all as before. Pure. */
#ifndef ROLLCALL_POLL_ROWS_H
#define ROLLCALL_POLL_ROWS_H

#include "model/inventory.h"
#include "model/rowset.h"
#include "poll/walked.h"

#include <stdbool.h>
#include <stddef.h>

#define ROWS_MISSED_MAX 3 /* complete walks without a row that retire it */

struct rows_change {
	size_t added, moved, retired;
	size_t missing;	  /* known, but not found by complete walks so far */
	size_t ambiguous; /* told apart by their order only */
};

/* Names are about to be re-read: until a walk finds a row again, its index is not its own. */
void rows_unplace(struct rowset *set);

/* What the device's owner wants has changed. */
void rows_refilter(struct rowset *set, const struct row_filter *filter);

/* Merges and empties `walked`. `filter` is what the device's owner wants, or NULL. */
void rows_merge(struct rowset *set, struct walked *walked, bool complete, const struct row_filter *filter,
    struct rows_change *change);

#endif
