/* neighbours: whom a device sees next to it, by LLDP (IEEE 802.1AB) and CDP (CISCO-CDP-MIB), as far as they
 * can be asked: those with a management address. Pure: the tables' cells go in, addresses come out. */
#ifndef ROLLCALL_DAEMON_NEIGHBOURS_H
#define ROLLCALL_DAEMON_NEIGHBOURS_H

#include "model/value.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEIGHBOURS_MAX 1024 /* of one device; more are left out */

/* The columns that are read, in this order. */
enum neighbours_column {
	NEIGHBOURS_LLDP_NAME,	      /* lldpRemSysName */
	NEIGHBOURS_LLDP_CHASSIS_KIND, /* lldpRemChassisIdSubtype */
	NEIGHBOURS_LLDP_CHASSIS,      /* lldpRemChassisId: an address at times */
	NEIGHBOURS_LLDP_ADDRESS,      /* lldpRemManAddrIfSubtype: the address is in the index */
	NEIGHBOURS_CDP_KIND,	      /* cdpCacheAddressType */
	NEIGHBOURS_CDP_ADDRESS,	      /* cdpCacheAddress */
	NEIGHBOURS_CDP_NAME,	      /* cdpCacheDeviceId */
	NEIGHBOURS_COLUMNS
};
const char *neighbours_oid(enum neighbours_column column); /* "1.0.8802.1.1.2.1.4.1.1.9" */

struct neighbour {
	char *address;	      /* numeric; owned */
	char *name;	      /* NULL = not told; owned */
	const char *protocol; /* "lldp" or "cdp" */
	size_t row;	      /* while they are read: 1 + number of the row that has its name; 0 = none */
};

struct neighbours {
	struct neighbour *v;
	size_t n, cap;
	struct neighbours_row {
		uint32_t id[3]; /* time mark (0 with CDP), port, number */
		bool is_cdp;
		char *name;
		unsigned kind; /* of the chassis ID, or of CDP's address */
		char *address; /* of the chassis ID or CDP */
	} * rows;	       /* while they are read */
	size_t n_rows, cap_rows;
};

/* A cell; `index` in content octets, as walks give it. What is malformed is left out. */
void neighbours_cell(struct neighbours *neighbours, enum neighbours_column column, const uint8_t *index,
    size_t index_len, const struct value *value);
/* All cells are in: names go to their addresses. Addresses that nobody can be asked at (unspecified,
 * multicast, link-local, and loopback unless `with_loopback`) are left out; each stands once. */
void neighbours_finish(struct neighbours *neighbours, bool with_loopback);
void neighbours_fini(struct neighbours *neighbours);

#endif
