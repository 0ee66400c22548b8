/* plan: what one poll asks for: the known cells of all due tables, row by row, and
 * beside each row the texts that its name is made of where nothing else would tell
 * that its index has moved.
 *
 * Answers are held here until the whole poll is in. One array of fixed-size items,
 * made when a poll begins and dropped when it ends. Pure. */
#ifndef ROLLCALL_POLL_PLAN_H
#define ROLLCALL_POLL_PLAN_H

#include "model/oid.h"
#include "model/rowset.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PLAN_NO_PDU UINT32_MAX

enum item_role {
	ITEM_CELL,
	ITEM_NAME,   /* a tag that must still read as it did */
	ITEM_BOOTS,  /* snmpEngineBoots.0 */
	ITEM_ENGINE, /* snmpEngineTime.0 */
};

struct item {
	uint64_t raw; /* what came, as a rowset holds it */
	uint32_t row;
	uint32_t pdu; /* number of the PDU that brought it; PLAN_NO_PDU = not in yet */
	uint16_t table;
	uint8_t column, source;
	uint8_t role;
	uint8_t form, quality; /* of what came; QUALITY_NEVER = not in yet */
	bool joined : 1;       /* in one PDU with the item before */
	bool narrow : 1;       /* what came has a type of 32 bits */
};

struct plan {
	struct item *items;
	size_t n, cap;
};

void plan_fini(struct plan *plan);
void plan_clear(struct plan *plan); /* keeps the memory */
void plan_add_engine(struct plan *plan);
/* Which texts are asked for beside a row's cells. */
enum plan_check {
	CHECK_NOTHING,
	CHECK_NAME, /* those that its name is made of */
	CHECK_KEYS, /* all that names are made of: after a walk, which may itself have been torn by a
		       renumbering */
};
/* All placed rows of a table. */
void plan_add_table(struct plan *plan, uint16_t table, const struct rowset *set, enum plan_check check);
/* Number of items from `first` on that belong to the same table and row. */
size_t plan_row(const struct plan *plan, size_t first);
/* Content octets of an item's name. */
size_t plan_name(const struct item *item, const struct rowset *set, uint8_t out[OID_BER_MAX]);

#endif
