/* idtable: request-ids in flight, and for a while those that no longer are.
 *
 * Ids are random, so the id is its own hash. What was answered or given up is
 * remembered for the last IDTABLE_RECENT ids: a second reply to it is a duplicate
 * or late, and not somebody guessing. */
#ifndef ROLLCALL_SNMP_IDTABLE_H
#define ROLLCALL_SNMP_IDTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IDTABLE_RECENT 32768

struct idtable;

enum id_state { ID_UNKNOWN, ID_IN_FLIGHT, ID_ANSWERED, ID_GIVEN_UP };

struct idtable *idtable_new(void);
void idtable_free(struct idtable *table); /* the items are not its own */
/* A fresh random id of 31 bits, not 0, for `item`. */
uint32_t idtable_add(struct idtable *table, void *item);
/* *item is set for ID_IN_FLIGHT only. */
enum id_state idtable_find(const struct idtable *table, uint32_t id, void **item);
/* The id leaves flight; state is ID_ANSWERED or ID_GIVEN_UP. */
void idtable_retire(struct idtable *table, uint32_t id, enum id_state state);

#endif
