#include "daemon/archive.h"

#include "base/mem.h"
#include "base/vec.h"
#include "store/catalogue.h"

#include <stdlib.h>

enum err archive_list_device(const char *state, const char *device, struct archive_list *list)
{
	struct catalogue catalogue = {0};
	enum err err = catalogue_read(state, device, &catalogue);

	for (size_t i = 0; err == ERR_OK && i < catalogue.n; i++) {
		struct archive_file file = {mem_strdup(catalogue.v[i].table), mem_strdup(catalogue.v[i].key),
		    catalogue_path(&catalogue, &catalogue.v[i])};

		vec_push(list, file);
	}
	catalogue_fini(&catalogue);
	return err;
}

void archive_list_fini(struct archive_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].table);
		free(list->v[i].key);
		free(list->v[i].path);
	}
	vec_fini(list);
}
