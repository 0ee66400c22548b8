/* group: the objects of a recording that make up one column of a table, or one scalar, without a MIB. */
#ifndef ROLLCALL_LINT_GROUP_H
#define ROLLCALL_LINT_GROUP_H

#include "model/oid.h"
#include "model/recording.h"

#include <stdbool.h>
#include <stddef.h>

struct group {
	size_t first, n;  /* objects of the recording */
	struct oid oid;	  /* of the column; of the scalar's instance */
	struct oid entry; /* of the table's entry; empty for scalars */
	bool is_scalar;
};

/* The group that begins with object `at`, which must be the first of it. */
void group_at(const struct recording *recording, size_t at, struct group *group);
/* The name of object `at`; false when there is none. */
bool group_name(const struct recording *recording, size_t at, struct oid *oid);
/* A column of the entry whose texts would tell its rows apart, the first such; its first two texts in
 * *example (caller frees). False when there is none. */
bool group_naming_column(
    const struct recording *recording, const struct oid *entry, struct oid *column, char **example);
/* The position of the first object that is not below `prefix`, from its first on. */
size_t group_end(const struct recording *recording, const struct oid *prefix);

#endif
