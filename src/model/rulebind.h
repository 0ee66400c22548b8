/* rulebind: a rule's texts -> expressions over one table, or over the device. */
#ifndef ROLLCALL_MODEL_RULEBIND_H
#define ROLLCALL_MODEL_RULEBIND_H

#include "model/rule.h"

enum rule_part { RULE_PART_VALUE, RULE_PART_WHERE, RULE_PART_WHEN, RULE_PART_CLEAR, RULE_PART_TEXT };

struct rule_mistake {
	enum rule_part part;
	size_t column; /* byte of that text */
	char *text;    /* "what; remedy"; caller frees */
	bool is_name;  /* a name that this table does not have: another may */
};

/* Adds a binding. `table` NULL = the device. False on a mistake, which is in *mistake then. */
bool rulebind_add(struct rule *rule, const struct table *table, struct rule_mistake *mistake);

#endif
