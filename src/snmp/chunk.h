/* chunk: which items of a GET one PDU asks for. Pure. */
#ifndef ROLLCALL_SNMP_CHUNK_H
#define ROLLCALL_SNMP_CHUNK_H

#include "snmp/exchange.h"

static inline bool chunk_skips(const struct chunk *chunk, size_t i)
{
	return chunk->skip[i / 8] >> (i % 8) & 1;
}

void chunk_skip(struct chunk *chunk, size_t i);
size_t chunk_asked(const struct chunk *chunk); /* items that are not skipped */
/* The place of the asked-th item that is not skipped; chunk->n if there are not so many. */
size_t chunk_place(const struct chunk *chunk, size_t asked);
/* A run of items at or after *at that are not skipped: its place and length; false when there is none.
 * *at moves behind it. */
bool chunk_run(const struct chunk *chunk, size_t *at, size_t *first, size_t *len);
/* chunk keeps its first n places, the others go to rest. */
void chunk_split(struct chunk *chunk, size_t n, struct chunk *rest);
unsigned chunk_guards(const struct chunk *chunk); /* number of guards asked */

#endif
