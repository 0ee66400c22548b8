/* judge_parts: the insides of a judge, for the judge*.c files alone. */
#ifndef ROLLCALL_RULES_JUDGE_PARTS_H
#define ROLLCALL_RULES_JUDGE_PARTS_H

#include "rules/hold.h"
#include "rules/judge.h"
#include "rules/scope.h"

#define JUDGE_MAGIC 0x6a756467u

#define JUDGE_TICK	    100000000 /* ns of a hold's unit of time */
#define JUDGE_RESTORE_POLLS 10	      /* polls within which the row of a restored problem must come up */

/* One rule over one table. */
struct applied {
	const struct rule *rule; /* NULL: of an inventory before, and gone */
	const struct rule_binding *binding;
	size_t first_state, n_states; /* in a row's memory */
	uint32_t duration;	      /* `for`, ticks */
	bool same;		      /* carried over: still the same words */
};

struct judged_row {
	uint64_t key; /* hash */
	int64_t mono; /* of the last sample judged; 0 = none */
};

/* The rows of one table, or (table NULL) the device itself as one row. */
struct judged_table {
	char *name; /* owned */
	const struct table *table;
	size_t number;	 /* among the device's rowsets */
	int64_t max_gap; /* ns */
	uint32_t generation;
	bool synced;
	struct applied *rules;
	size_t n_rules, n_states;
	struct judged_row *rows;
	struct hold *holds; /* [row * n_rules + rule] */
	double *memory;	    /* [row * n_states + state] */
	size_t n_rows;
};

/* A problem that is raised. */
struct trouble {
	const struct rule *rule;
	uint64_t key;
	char *object; /* owned; NULL = the device */
	enum severity severity;
	int64_t since; /* wall ns */
	char *text;    /* owned */
	double value;
};

struct restored {
	char *rule, *object;
	enum severity severity;
	int64_t since;
	unsigned polls; /* that it still waits for */
};

/* What a state makes wrong: a device's absence, the collector's blindness. */
struct absence {
	char *text; /* owned; NULL = none */
	bool shown, told;
	int64_t since;
};

struct judged_device {
	const struct profile *profile;
	const struct table **seen; /* the tables of its rowsets when it was built */
	size_t n_seen;
	bool built;
	struct judged_table *tables;
	size_t n_tables;
	struct {
		struct trouble *v;
		size_t n, cap;
	} troubles;
	struct {
		struct restored *v;
		size_t n, cap;
	} restored;
	struct absence absence;
	bool restart_seen;
	int64_t restart; /* monotonic ns */
	size_t cursor;	 /* troubles are looked for from here: rows come in their order */
	bool overflowed; /* more than it may have, and that is told */
	struct problem *list;
	size_t n_list, cap_list;
};

struct judge {
	unsigned magic;
	const struct inventory *inventory;
	struct judge_hooks hooks;
	struct judged_device *devices;
	struct judged_device collector;
	int64_t epoch; /* monotonic ns of tick 1; INT64_MIN = not yet */
};

struct judged_device *judge_device(const struct judge *judge, size_t device);
const struct rule *judge_rule(const struct judge *judge, const char *name); /* NULL if none */

/* judge_tables.c: which rules over which rows. */
void judged_table_fini(struct judged_table *table);
/* The rules' tables are made anew when the device's rowsets are others; rows follow their keys. True when
 * rows may be gone. */
bool judge_sync(struct judge *judge, size_t device, const struct profile *profile,
    const struct rowset *const *tables, size_t n_tables);
/* Row and rule of a problem. False when there is no such row or rule here. */
bool judge_find(struct judged_device *device, const struct rule *rule, uint64_t key, struct hold **hold);
uint64_t judge_key(const char *object);

/* judge_tell.c: what is raised, and told. */
struct trouble *judge_trouble(struct judged_device *device, const struct rule *rule, uint64_t key);
/* Adds it, or changes its severity; takes `text`. False (and nothing told) when there is no room. */
bool judge_raise(struct judge *judge, size_t device, const struct rule *rule, const char *object,
    enum severity severity, char *text, double value, int64_t wall);
/* `why` NULL = its condition is over; `value` NaN = none. */
void judge_clear(
    struct judge *judge, size_t device, struct trouble *trouble, const char *why, double value, int64_t wall);
void judge_inform(struct judge *judge, size_t device, const struct rule *rule, const char *object,
    const char *text, double value, int64_t wall);
/* Problems of rows that are no longer judged, and restored ones that find their row. */
void judge_settle(struct judge *judge, size_t device, bool rows_changed, int64_t wall);
/* Renews the list of judge_problems(). */
void judge_list(struct judge *judge, size_t device);

#endif
