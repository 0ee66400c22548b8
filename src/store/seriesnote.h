/* seriesnote: what a series' number means, as the spool has it on the disk: a block of such notes.
 *
 *     u32 length of the whole note, u32 number, i64 interval ns, i64 timeout ns, u32 data sources,
 *     then texts that end with NUL: path, "=" and key (or nothing for scalars), table, and each data source
 *     with "-" in front, or "+" if it is never negative */
#ifndef ROLLCALL_STORE_SERIESNOTE_H
#define ROLLCALL_STORE_SERIESNOTE_H

#include "base/str.h"
#include "store/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seriesnote {
	series_id id;
	int64_t interval, timeout;
	const char *path, *key, *table; /* key NULL for scalars; all within the block */
	size_t n_ds;
	const char *ds; /* first of n_ds texts, one behind the other, with their sign */
};

void seriesnote_add(struct str *out, const struct series *series);
/* The next note of a block, from *at (0 = the first); false at the end, or where it is malformed. */
bool seriesnote_next(const char *block, size_t len, size_t *at, struct seriesnote *note);

#endif
