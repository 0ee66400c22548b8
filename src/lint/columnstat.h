/* columnstat: what was seen of one metric in all rows and polls, and what that says against its profile.
 * Pure. */
#ifndef ROLLCALL_LINT_COLUMNSTAT_H
#define ROLLCALL_LINT_COLUMNSTAT_H

#include "lint/finding.h"
#include "model/profile.h"

#include <stdint.h>

#define COLUMNSTAT_MAGICS 8

/* Numbers that agents say when they mean "none". */
struct columnstat_magic {
	double raw;
	unsigned rows;
	char *row; /* the first one's key */
};

struct columnstat {
	size_t values, rows_moved, rises, falls; /* from poll to poll */
	size_t texts;				 /* values that are text without a number */
	size_t beyond, states;			 /* outside the unit; numbers without a name */
	double min, max, first; /* of the values; the largest that is no magic number: max_plain */
	double max_plain, beyond_value;
	int64_t state;
	bool varies, is_wire_counter;
	char *text, *beyond_row;
	struct columnstat_magic magics[COLUMNSTAT_MAGICS];
};

void columnstat_init(struct columnstat *stat);
void columnstat_fini(struct columnstat *stat);
/* A good value: as it is in the varbind, and with scale; `source` gave it. */
void columnstat_value(struct columnstat *stat, const struct column *column, const struct source *source,
    double raw, double value, const char *row);
/* The same row's in the poll before and now, as in the varbinds; `bits`: 32 or 64, at which it wraps. */
void columnstat_step(struct columnstat *stat, unsigned bits, uint64_t before, uint64_t now, bool is_signed);
/* `rows` of the table, polls in all. */
void columnstat_tell(const struct columnstat *stat, const struct table *table, const struct column *column,
    size_t rows, unsigned polls, struct finding_list *list);

#endif
