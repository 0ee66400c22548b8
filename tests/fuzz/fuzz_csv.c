/* Fuzzes tables of other programs: whatever is read has cells that are texts, and lines that grow. */
#include "fuzz/input.h"

#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct csv csv;
	uint32_t line, before = 0;

	if (csv_parse((const char *)data, size, &csv, &line) != NULL)
		return 0;
	for (size_t i = 0; i < csv.n_rows; i++) {
		const struct csv_row *row = &csv.rows[i];

		if (row->line <= before || row->line > line || row->n == 0 || row->n > CSV_COLUMNS_MAX)
			abort();
		before = row->line;
		for (size_t j = 0; j < row->n; j++)
			if (strlen(row->cells[j]) > CSV_CELL_MAX)
				abort();
	}
	csv_fini(&csv);
	return 0;
}
