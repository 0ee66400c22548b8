#include "store/keep.h"

#include "base/mem.h"

#include <stdlib.h>

struct settings *keep_new(const struct settings *from)
{
	struct settings *kept = mem_alloc(sizeof *kept);

	kept->writer = from->writer;
	kept->gather = from->gather;
	kept->state = mem_strdup(from->state);
	kept->n_archives = from->n_archives;
	if (from->n_archives)
		kept->archives = mem_dup(from->archives, from->n_archives * sizeof *from->archives);
	return kept;
}

void keep_free(struct settings *kept)
{
	if (!kept)
		return;
	free(kept->archives);
	free(kept->state);
	free(kept);
}
