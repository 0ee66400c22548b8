#include "store/keep.h"

#include "base/mem.h"

#include <stdlib.h>

struct settings *keep_new(const struct settings *from)
{
	struct settings *kept = mem_alloc(sizeof *kept);

	kept->writer = from->writer;
	kept->gather = from->gather;
	kept->spool = from->spool;
	kept->state = mem_strdup(from->state);
	kept->n_archives = from->n_archives;
	if (from->n_archives)
		kept->archives = mem_dup(from->archives, from->n_archives * sizeof *from->archives);
	return kept;
}

bool keep_same_archives(const struct settings *a, const struct settings *b)
{
	if (a->n_archives != b->n_archives)
		return false;
	for (size_t i = 0; i < a->n_archives; i++)
		if (a->archives[i].step != b->archives[i].step ||
		    a->archives[i].keep != b->archives[i].keep ||
		    a->archives[i].with_max != b->archives[i].with_max)
			return false;
	return true;
}

void keep_free(struct settings *kept)
{
	if (!kept)
		return;
	free(kept->archives);
	free(kept->state);
	free(kept);
}
