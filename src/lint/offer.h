/* offer: what a device has that a profile does not ask for, ranked by how much it looks like something that
 * one polls. Without MIBs: columns are found by their rows (the same indexes in the column beside it), and
 * what they mean is guessed from type, range, spread, what moved between two recordings, and words in the
 * texts of the same rows. A guess, for people to look at. */
#ifndef ROLLCALL_LINT_OFFER_H
#define ROLLCALL_LINT_OFFER_H

#include "model/oid.h"
#include "model/profile.h"
#include "model/recording.h"

#include <stdbool.h>
#include <stddef.h>

enum offer_look {
	LOOK_TEMPERATURE,
	LOOK_FAN,
	LOOK_PERCENTAGE,
	LOOK_STATE,
	LOOK_COUNTER,
	LOOK_VOLTAGE,
	LOOK_POWER,
	LOOK_NUMBER,
};
const char *offer_look_name(enum offer_look look); /* "temperature" */

struct offer {
	struct oid oid; /* of the column, or of the scalar's instance */
	bool is_scalar;
	enum offer_look look;
	double score;	  /* 0 to 1 */
	const char *hint; /* "tenths", "thousandths", or "" */
	size_t rows;
	bool moved;   /* some value is another in the second recording */
	char *values; /* of the first rows, with blanks between */
	char *beside; /* a text of the first rows, with commas; "" if there is none */
};

struct offer_list {
	struct offer *v;
	size_t n, cap;
};

/* `later` may be NULL. Sorted, best first; what scores too low is left out. */
void offer_find(struct offer_list *list, const struct profile *profile, const struct recording *recording,
    const struct recording *later);
void offer_list_fini(struct offer_list *list);

#endif
