/* rule: what is wrong, and when: a condition on the rows of a table, or on a device.
 *
 * Read by config/ from YAML (docs/rules.md), bound to each table that has all the
 * names it uses (rulebind.h), judged by rules/. Immutable and shared.
 *
 * The slots of its expressions are column numbers of the table, and what is below.
 * A rule with thresholds (`warning`, `critical`) reads the one at hand as `limit`. */
#ifndef ROLLCALL_MODEL_RULE_H
#define ROLLCALL_MODEL_RULE_H

#include "base/expr.h"
#include "model/profile.h"
#include "model/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RULE_TEXT_MAX 500 /* bytes of a text with its values */

enum rule_slot {
	RULE_SLOT_NOW = PROFILE_SLOT_NOW, /* wall s of the sample */
	RULE_SLOT_SPEED = 256,		  /* + column: its rate in percent of the link's speed */
	RULE_SLOT_LIMIT = 512,
	RULE_SLOT_VALUE,
	RULE_SLOT_KEY,	  /* text: the row's key */
	RULE_SLOT_DEVICE, /* text: the device's name */
	/* Of rules about the device. */
	RULE_SLOT_UPTIME,	 /* s, of the agent */
	RULE_SLOT_SINCE_RESTART, /* s; unknown unless a restart was seen */
};

enum rule_kind {
	RULE_CONDITION,
	/* Built in: judged from the states of devices, not from values. */
	RULE_DEVICE_DOWN,
	RULE_COLLECTOR_BLIND
};

/* A piece of the text: as written, or a value in its place. */
struct rule_piece {
	char *literal;	   /* NULL for a value */
	int slot;	   /* text, or a state that is named; else -1 */
	struct expr *expr; /* a number, with its unit */
	char unit[EXPR_UNIT_MAX];
};

struct rule_binding {
	const struct table *table;		   /* NULL: the device */
	struct expr *value, *where, *when, *clear; /* value, where and clear may be NULL */
	char value_unit[EXPR_UNIT_MAX];
	int value_slot; /* without `value`: the first number of `when`, or -1 */
	size_t where_states, when_states, clear_states; /* memory of a row, in this order */
	struct rule_piece *pieces;
	size_t n_pieces;
	int speed; /* column of the link's speed, or -1 */
};

struct rule {
	enum rule_kind kind;
	char *name, *of;
	char *file; /* where it stands; NULL for what is built in */
	unsigned line;
	bool is_shipped;
	char *device, *tag; /* only devices with such names (pattern), with this tag; or NULL */
	char *value, *where, *when, *clear, *text; /* as written; NULL when not given */
	double warning, critical;		   /* thresholds; NaN = none */
	char limit_unit[EXPR_UNIT_MAX];		   /* of both */
	enum severity severity;			   /* without thresholds */
	int64_t hold;				   /* `for`, ns */
	unsigned hold_polls;			   /* `for: 2 polls`; 0 = by time */
	struct rule_binding *bindings;
	size_t n_bindings;
};
void rule_free(struct rule *rule);
void rule_binding_fini(struct rule_binding *binding);
bool rule_has_limits(const struct rule *rule);
const struct rule_binding *rule_binding(
    const struct rule *rule, const struct table *table); /* NULL if none */

/* A threshold that is changed for some; the first that fits counts. */
struct limit {
	char *rule;
	char *device, *tag, *row; /* patterns of names and keys, a tag; NULL = any */
	bool has_warning, has_critical;
	double warning, critical; /* NaN = none any more */
	char *file;
	unsigned line;
};
void limit_fini(struct limit *limit);

/* Rules that are switched off, by a pattern of their names. */
struct disabled {
	char *rule;
	char *file;
	unsigned line;
};
void disabled_fini(struct disabled *disabled);

#endif
