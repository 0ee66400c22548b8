/* bulk: whether a peer does GETBULK (RFC 3416 section 4.2.3), as far as is known. Pure.
 *
 * Agents there are that answer it with an error, and some that do not answer it at all.
 * These are walked by GETNEXT, and asked for GETBULK again only after a number of walks,
 * which doubles each time that is in vain. */
#ifndef ROLLCALL_SNMP_BULK_H
#define ROLLCALL_SNMP_BULK_H

#include "model/agent.h"

#include <stdbool.h>
#include <stdint.h>

struct bulk {
	enum bulk_state state;
	uint16_t patience; /* walks without it before it is tried again */
	uint16_t calm;	   /* of these so far */
};

/* A walk begins: may it use GETBULK? */
bool bulk_begin(struct bulk *bulk);
void bulk_answered(struct bulk *bulk);
/* GETNEXT brought what GETBULK did not: BULK_REFUSED or BULK_SILENT. Not believed of a peer that has done it.
 */
void bulk_failed(struct bulk *bulk, enum bulk_state state);

#endif
