#include "views/seen.h"

#include <stdlib.h>
#include <string.h>

/* "0x0", then a line per series: the time of its newest value, or "-". */
void seen_read(const char *output, int64_t end, struct seen *seen, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *line = strchr(output, '\n');
		long long at;

		output = line != NULL ? line + 1 : "";
		at = strtoll(output, NULL, 10);
		seen[i].any = at > 0 || *output != '-';
		seen[i].last = at > 0 ? at : end;
	}
}
