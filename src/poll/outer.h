/* outer: what a table's formulas read of the other tables of its device: a scalar, or a sum, a
 * mean, an extreme or a number of rows.
 *
 * Truthful: while a row that is polled has not told its number (no answer, a first sample of a
 * counter, a reset), nothing is made of the others. A row that has no such number (the object is
 * not there, or `absent`, or a formula gives none although all that it reads is known), that is
 * excluded, or that has vanished does not count. A table that was never read to its end is
 * unknown; no rows at all are 0 in number and in sum. Pure. */
#ifndef ROLLCALL_POLL_OUTER_H
#define ROLLCALL_POLL_OUTER_H

#include "model/rowset.h"

#include <stdbool.h>
#include <stddef.h>

/* `sets`: of the profile's tables, in their order. `values` has room for table->n_outers; NaN = unknown. */
void outer_values(const struct table *table, const struct rowset *const *sets, double *values);
/* The same for one row of a table that takes rows together (group_of): what is made of that table is made of
 * the rows for which `groups` says `which`. */
void outer_group_values(const struct table *table, const struct rowset *const *sets, const size_t *groups,
    size_t which, double *values);
/* Whether there is anything that a group could be made of: a row, or a table that may well have none. */
bool outer_any_rows(const struct table *table, const struct rowset *const *sets);

#endif
