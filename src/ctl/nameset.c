#include "ctl/nameset.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

struct nameset_item {
	char *text;
	size_t number;
	UT_hash_handle hh;
};

bool nameset_add(struct nameset *set, const char *text, size_t number)
{
	struct nameset_item *item;

	if (nameset_find(set, text) != SIZE_MAX)
		return false;
	item = mem_alloc(sizeof *item);
	item->text = mem_strdup(text);
	item->number = number;
	HASH_ADD_KEYPTR(hh, set->items, item->text, strlen(item->text), item);
	return true;
}

size_t nameset_find(const struct nameset *set, const char *text)
{
	struct nameset_item *item;

	HASH_FIND(hh, set->items, text, strlen(text), item);
	return item != NULL ? item->number : SIZE_MAX;
}

void nameset_fini(struct nameset *set)
{
	struct nameset_item *item, *next;

	HASH_ITER(hh, set->items, item, next)
	{
		HASH_DEL(set->items, item);
		free(item->text);
		free(item);
	}
}
