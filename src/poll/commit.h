/* commit: one row's answers, held until the poll was in, become its values, rates and
 * derived numbers.
 *
 * A row that got no answer keeps its last sample as the baseline of the next rate. A
 * counter that failed alone loses it: its baseline would not be of the row's time.
 * Pure but for the rowset it writes. */
#ifndef ROLLCALL_POLL_COMMIT_H
#define ROLLCALL_POLL_COMMIT_H

#include "model/rowset.h"
#include "poll/plan.h"
#include "poll/refresh.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One answered PDU. */
struct reading {
	int64_t mono, wall; /* of its reception, ns */
	uint32_t uptime;    /* 1/100 s */
	bool has_uptime;
	int64_t spent; /* ns from the first try to the reception */
	bool moved;    /* a counter of the table at hand that came with it had moved */
};

struct commit {
	struct rowset *set;
	struct reading *readings;      /* by item's pdu */
	const struct refresh *refresh; /* of the table's counters by the agent; NULL = nothing is known */
	bool restarted;		       /* the agent has, since the row's last sample */
	bool keep_all;		       /* the owner's filter overrules the table's exclude_if */
	int64_t max_gap;	       /* ns between two samples of one rate */
	const double *outer;	       /* outer_values() of the table; NULL = it reads none */
	size_t values;		       /* out, added up: good values */
	size_t withdrawn;	       /* out, added up: cells that the agent no longer has */
};

enum commit_end {
	COMMIT_SAMPLE,	  /* the row has a new sample, of row->wall */
	COMMIT_DUPLICATE, /* the same sample again: not to be stored twice */
	COMMIT_LAPSED,	  /* nothing was answered */
};

/* Before rows are committed: adds what its counters show of the agent's refreshes to `sight`, and to the
 * readings. */
void commit_look(
    const struct commit *commit, size_t row, const struct item *items, size_t n, struct refresh_sight *sight);
/* `items`: the row's, n of them. */
enum commit_end commit_row(struct commit *commit, size_t row, const struct item *items, size_t n);

/* A row of which nothing was asked for: whether it is there, and what is made of others' numbers, at that
 * time. */
void commit_computed(struct commit *commit, size_t row, bool present, int64_t mono, int64_t wall);

/* Rates are not known until the next refresh of the table's counters. */
void commit_forget_rates(struct rowset *set);
/* Nothing is known of the row now, for the reason `quality`. With `forget` the baselines go too. */
void commit_unknown(struct rowset *set, size_t row, enum quality quality, bool forget);

#endif
