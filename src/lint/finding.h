/* finding: what lint has to say about a profile, and a list of such. */
#ifndef ROLLCALL_LINT_FINDING_H
#define ROLLCALL_LINT_FINDING_H

#include <stdbool.h>
#include <stddef.h>

/* In order of weight, heaviest first. */
enum finding_kind {
	FINDING_KIND,	  /* "kind": it is another kind of number, or none */
	FINDING_UNIT,	  /* "unit": beyond what the unit allows */
	FINDING_KEY,	  /* "key": rows whose names do not hold */
	FINDING_ABSENT,	  /* "absent": a number that means "none" is taken as a value */
	FINDING_RULE,	  /* "rule": it cannot fire */
	FINDING_NAME,	  /* "name": two things go by one name */
	FINDING_STATE,	  /* "state": a number that no name is given for */
	FINDING_LACKS,	  /* "lacks": the device does not have it; a note */
	FINDING_SILENT,	  /* "silent": a rule that cannot fire on this device, for what it lacks; a note */
	FINDING_CONSTANT, /* "constant": never another value; a note */
};
const char *finding_kind_name(enum finding_kind kind);
/* Notes are not faults of the profile: a device need not have all that a profile for many asks. */
bool finding_is_note(enum finding_kind kind);

/* All owned; those that do not apply are NULL. */
struct finding {
	enum finding_kind kind;
	unsigned weight;      /* within its kind: rows it is about */
	char *table, *column; /* names in the profile */
	char *rule;
	char *what, *remedy;
};

struct finding_list {
	struct finding *v;
	size_t n, cap;
};

/* Takes `what` and `remedy`, copies the names. */
void finding_add(struct finding_list *list, enum finding_kind kind, unsigned weight, const char *table,
    const char *column, char *what, char *remedy);
void finding_sort(struct finding_list *list);		/* by kind, weight, place */
size_t finding_faults(const struct finding_list *list); /* those that are no notes */
void finding_list_fini(struct finding_list *list);

#endif
