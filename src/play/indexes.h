/* indexes: addresses and names inside the names of objects, that is in the indexes of their rows.
 *
 * Of the tables that are known, by their format; elsewhere by what was told before: MAC addresses and words
 * anywhere, an IPv4 address of an enterprise's table at the end of the name or after its own length (4). */
#ifndef ROLLCALL_PLAY_INDEXES_H
#define ROLLCALL_PLAY_INDEXES_H

#include "model/oid.h"
#include "play/words.h"

/* Tells `words` of the addresses in the index, if the table is a known one. */
void indexes_learn(struct words *words, const struct oid *name);
/* Puts pseudonyms in their place. True if anything was changed. */
bool indexes_map(struct words *words, struct pseudonym *pseudonym, struct oid *name);

#endif
