/* rule: one line of a plan, read: which fault, at which devices, from when to when. */
#ifndef FLEET_RULE_H
#define FLEET_RULE_H

#include "fleet/fault.h"

struct rule {
	enum fault fault;
	uint32_t from, to;  /* devices, both included */
	int64_t start, end; /* monotonic ns; INT64_MAX = for ever */
	int64_t arg[2];
	int32_t object; /* entry of the tree; -1 = all */
	int64_t port;
	double percent;
	bool active;
	char text[96]; /* the line */
};

#define RULE_ERROR_MAX 160

/* Effects and reboots (silence until it is over) bend replies; other events only happen. */
static inline bool rule_bends(const struct rule *rule)
{
	return rule->fault <= FAULT_REBOOT_RENUMBER;
}

static inline bool rule_is_reboot(const struct rule *rule)
{
	return rule->fault == FAULT_REBOOT || rule->fault == FAULT_REBOOT_RENUMBER;
}

/* Reads a line in the grammar of fault.h. False, with a message in error[RULE_ERROR_MAX], when it is
 * malformed. An empty line or a remark leaves rule->text empty. */
bool rule_read(const struct fleet *fleet, const char *line, int64_t now, struct rule *rule, char *error);

#endif
