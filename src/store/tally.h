/* tally: what became of the samples. Written by loop and writer, read by anyone.
 *
 * The unit is one known value. put = stored + lost + refused + left + those still waiting. */
#ifndef ROLLCALL_STORE_TALLY_H
#define ROLLCALL_STORE_TALLY_H

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tally {
	_Atomic uint64_t put, stored, lost, refused, opens, quarantined, errors;
	_Atomic uint64_t replayed; /* of those put: that an earlier run had left in the spool */
	_Atomic uint64_t left;	   /* in the spool for the next run, as there was no time to write them */
	_Atomic uint64_t batches;  /* that the writer has done with */
	_Atomic uint64_t migrated, migrating; /* files: that got another layout, that wait for it */
	_Atomic uint64_t steps;		      /* files looked at, migrated or moved: to see that it goes on */
	_Atomic bool busy;		      /* the writer has work that needs no samples */
};

static inline uint64_t tally_known(const double *values, size_t n)
{
	uint64_t known = 0;

	for (size_t i = 0; i < n; i++)
		known += isnan(values[i]) ? 0 : 1;
	return known;
}

#endif
