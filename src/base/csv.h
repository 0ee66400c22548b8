/* csv: tables as text (RFC 4180): commas, semicolons or tabs; quoted fields, with line ends and doubled
 * quotes within; a byte-order mark. Pure.
 *
 * With tabs also what `mysql -B` writes: \t, \n, \\ and \0 for what they stand for. */
#ifndef ROLLCALL_BASE_CSV_H
#define ROLLCALL_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CSV_COLUMNS_MAX 512
#define CSV_CELL_MAX	65536 /* bytes */

struct csv_row {
	char **cells; /* owned, as are its texts; trimmed unless they were quoted */
	size_t n;
	uint32_t line; /* where it begins, from 1 */
};

struct csv {
	char separator;
	struct csv_row *rows; /* the first is the header; rows without any text are left out */
	size_t n_rows, cap_rows;
};

/* The separator is the one that the first line has most of; a tab where there is one. NULL when that is well,
 * else what is wrong, at *line; then there is nothing to free. */
const char *csv_parse(const char *text, size_t len, struct csv *csv, uint32_t *line);
void csv_fini(struct csv *csv);

#endif
