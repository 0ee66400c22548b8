/* naming: which name each row of a walk goes by.
 *
 * In this order: the first key (a tag, or several joined that are all there) that is unique
 * in the table and not another row's name already; the shortest run of key tags that is unique together
 * ("eth0 uplink"); the first key tag with the row's place among its equals in index
 * order ("eth0", "eth0#2"), which is weak, as such rows cannot be told apart; the
 * index, weak too. A table without keys is named by all its tags. Interface names
 * collide and are empty on one device in ten, so none of this is rare. Pure. */
#ifndef ROLLCALL_POLL_NAMING_H
#define ROLLCALL_POLL_NAMING_H

#include "model/rowset.h"
#include "poll/walked.h"

#include <stddef.h>

/* Sorts the rows and sets key and weak_key of each. Scalars are named like their table.
 * Returns how many rows could not be told from another by their tags. */
size_t naming_assign(struct walked *walked);

/* The key tags of a table; without any, all its tags that may be. Returns their number. */
size_t naming_keys(const struct table *table, int columns[PROFILE_COLUMNS_MAX]);

/* The columns whose texts make up a row's name, for checking it in passing; returns their number.
 * None for scalars and rows named by their index. */
size_t naming_columns(const struct table *table, const struct row *row, int columns[PROFILE_COLUMNS_MAX]);

#endif
