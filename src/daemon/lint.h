/* lint: a profile held against itself, its rules, and recordings of a device: these are polled on a virtual
 * clock as the device would have been, and the findings (lint/) are made of what came out. */
#ifndef ROLLCALL_DAEMON_LINT_H
#define ROLLCALL_DAEMON_LINT_H

#include "lint/finding.h"
#include "lint/offer.h"
#include "model/inventory.h"
#include "model/recording.h"

struct lint_options {
	struct inventory *inventory; /* settings and rules */
	const struct profile *profile;
	const struct recording *const
	    *recordings; /* of one device, in the order of their times; may be none */
	size_t n_recordings;
};

struct lint_result {
	struct finding_list findings; /* sorted */
	struct offer_list offers;     /* with recordings only */
	size_t objects;		      /* of the first recording */
	size_t rows;		      /* that the profile made of it */
};

void lint_run(const struct lint_options *options, struct lint_result *result);
void lint_result_fini(struct lint_result *result);

#endif
