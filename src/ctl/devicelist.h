/* devicelist: what a discovery found, as a list of devices to keep. */
#ifndef ROLLCALL_CTL_DEVICELIST_H
#define ROLLCALL_CTL_DEVICELIST_H

#include "ctl/lookup.h"
#include "ctl/vitals.h"
#include "daemon/identity.h"
#include "daemon/neighbours.h"
#include "daemon/preview.h"
#include "model/inventory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum name_from { NAME_FROM_SYSNAME, NAME_FROM_DNS, NAME_FROM_ADDRESS };

struct devicelist_table {
	char *name; /* owned, as all texts here */
	size_t rows;
	uint64_t bytes; /* of its RRD files */
};

#define DEVICELIST_DOUBTS_MAX 5 /* of one entry: hundreds may come of one image */

/* Another entry that shares what should be a device's own, and yet is another device. */
struct devicelist_doubt {
	const char *address; /* of the other; borrowed */
	char *text;	     /* "engineID 0x..., but sysName a and b" */
};

struct devicelist_entry {
	char *host;
	char *address; /* as the configuration has it, with port if it is not 161 */
	struct identity identity;
	char *profile, *reason; /* and the evidence for it */
	char *credential;	/* NULL = the default one */
	char *name;		/* made by devicelist_name() */
	enum name_from name_from;
	struct devicelist_table *tables;
	size_t n_tables;
	size_t rows;
	uint64_t bytes;		   /* of all RRD files */
	uint64_t requests, octets; /* of a poll */
	double poll_ms;
	struct vitals vitals;
	struct preview_alarm *alarms; /* that the rules would raise now; all their texts owned */
	size_t n_alarms;
	struct neighbour *neighbours;
	size_t n_neighbours;
	const char *known_as; /* name of the device that the configuration has there; borrowed; NULL = none */
	const char *is_really; /* the address of the entry that is the same device; borrowed; NULL = none */
	char *evidence;	       /* for that */
	struct {
		struct devicelist_doubt *v;
		size_t n, cap;
	} doubts;
};

struct devicelist {
	struct devicelist_entry *v;
	size_t n, cap;
};

void devicelist_fini(struct devicelist *list);
/* Sorts by address, finds who is the same device under another address. Returns how many are new: neither
 * known nor another's. */
size_t devicelist_tidy(struct devicelist *list);
bool devicelist_is_new(const struct devicelist_entry *entry);
/* Gives names: sysName, else that of the DNS, else the address; none twice, and none that the inventory has.
 * The DNS is asked only for those that need it, by `lookup`, for `patience` ns in all. False when that was
 * too short. */
bool devicelist_name(
    struct devicelist *list, const struct inventory *inventory, lookup_fn *lookup, int64_t patience);

/* devicelist_text.c */
/* The new ones as YAML, each with profile, evidence, price, values and alarms as comments. */
void devicelist_print(const struct devicelist *list, FILE *out);
/* The sum, the alarms, and who was left out and why, on standard error. */
void devicelist_tell(const struct devicelist *list, uint32_t asked);
/* Adds the new ones at the end of a file (see devicefile.h), a line each. False after a message. */
bool devicelist_append(const struct devicelist *list, const char *path);

#endif
