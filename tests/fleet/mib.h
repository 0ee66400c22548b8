/* mib: the object tree of the simulated devices: which objects there are, which
 * rows they have at a device, and what comes after a name.
 *
 * The tree is one sorted array of scalars and columns, the same for all devices;
 * what a device has of it is a set of groups. Values are computed when asked. */
#ifndef FLEET_MIB_H
#define FLEET_MIB_H

#include "fleet/codec.h"
#include "fleet/fleet.h"

enum mib_table {
	TABLE_SCALAR,
	TABLE_IF, /* ifTable, ifXTable, dot3StatsTable: by ifIndex */
	TABLE_STORAGE,
	TABLE_CPU,
	TABLE_DISK,
	TABLE_LOAD,
	TABLE_DSK,
	TABLE_IP,
};

#define GROUP_SYSTEM 0x01u
#define GROUP_IF     0x02u
#define GROUP_IFX    0x04u
#define GROUP_ETHER  0x08u
#define GROUP_ENGINE 0x10u
#define GROUP_HOST   0x20u
#define GROUP_UCD    0x40u
#define GROUP_IP     0x80u
unsigned mib_group(const char *name); /* "if" -> GROUP_IF; 0 when there is no such */

/* One request's look at a device. */
struct mib_view {
	const struct fleet *fleet;
	const struct device *device;
	uint64_t uptime;
	unsigned groups;   /* visible ones */
	bool v1;	   /* errors instead of exceptions */
	bool narrow;	   /* no Counter64 (RFC 3584 section 4.2.2.1) */
	bool endless;	   /* interface columns never end */
	bool hostile;	   /* texts are made to hurt */
	int64_t names;	   /* 0 = good, 1 = ifName empty, 2 = ifName all alike, 3 = ifDescr too */
	int64_t skew;	   /* seconds that hrSystemDate is ahead */
	uint64_t ticks;	   /* what sysUpTime says; else like uptime */
	uint64_t counted;  /* uptime up to which counters have counted */
	uint64_t jump;	   /* how much further 64-bit counters are than they should be */
	uint64_t restless; /* how much further ifTableLastChange is */
	int64_t long_text; /* octets of sysDescr; 0 = as it should be */
};

struct mib_object;
struct mib_row {
	const struct mib_object *object;
	uint32_t index;
	uint32_t port; /* identity, for TABLE_IF */
};
struct mib_object {
	const char *oid; /* without index */
	const char *name;
	enum mib_table table;
	unsigned group;
	uint8_t type; /* BER tag */
	void (*fill)(const struct mib_view *view, const struct mib_row *row, struct value *value);
	uint64_t a, b; /* of fill: a series, or a constant, or bounds */
};

/* A place in the tree: one instance. */
struct mib_at {
	size_t entry;
	uint32_t index;
};

struct mib *mib_new(void);
void mib_free(struct mib *mib);

unsigned mib_groups_of(const struct device *device);

enum mib_found { MIB_FOUND, MIB_NO_OBJECT, MIB_NO_INSTANCE };
enum mib_found mib_find(const struct mib_view *view, const struct oid_arcs *oid, struct mib_at *at);
/* The instance after `oid`; false at the end of the view. */
bool mib_next(const struct mib_view *view, const struct oid_arcs *oid, struct mib_at *at);
bool mib_step(const struct mib_view *view, struct mib_at *at); /* the instance after `at` */
bool mib_first(const struct mib_view *view, struct mib_at *at);
/* Rows before this one in its column, by distance of index; 0 for scalars. */
uint32_t mib_ordinal(const struct mib_view *view, const struct mib_at *at);
void mib_first_row(const struct mib_view *view, struct mib_at *at); /* back to the top of its column */

/* Entry of the tree that a name is of, or below; -1 = none. */
int32_t mib_entry_of(const struct mib *mib, const struct oid_arcs *oid);
int32_t mib_entry_named(const struct mib *mib, const char *name);
/* The port whose row that is, by identity; -1 = no interface's. */
int64_t mib_port(const struct mib_view *view, const struct mib_at *at);

struct name mib_name(const struct mib_view *view, const struct mib_at *at);
void mib_value(const struct mib_view *view, const struct mib_at *at, struct value *value);

const struct mib_object *mib_object_named(const char *name); /* NULL when there is none */

#endif
