/* parents: names of parents -> numbers of devices, without circles. For the .c files of
 * config/ alone. */
#ifndef ROLLCALL_CONFIG_PARENTS_H
#define ROLLCALL_CONFIG_PARENTS_H

#include "config/loader.h"

#include <uthash.h>

/* A device while others may still come. */
struct draft {
	struct device device; /* what it points to moves to the inventory */
	struct diag_place place;
	char *address;			/* canonical, with port */
	const struct yaml_node *parent; /* NULL = none */
	bool parent_is_own;		/* not from a tag */
	UT_hash_handle by_name, by_address;
};

/* Fills in device.parent; `by_name` is a table over the field of that name. A tag's parent
 * that carries the tag itself has no parent. */
void parents_resolve(struct loader *loader, struct draft **drafts, size_t n, struct draft *by_name);

#endif
