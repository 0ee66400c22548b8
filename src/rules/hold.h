/* hold: how long a condition has held, and what follows: raise, clear, `for`. Pure.
 *
 * Two levels, warning and critical; a rule without thresholds uses the first alone.
 * Unknown neither raises nor clears: it only ends what was pending when it lasts. */
#ifndef ROLLCALL_RULES_HOLD_H
#define ROLLCALL_RULES_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#define HOLD_UNKNOWN_MAX 2 /* unknown samples in a row through which a condition may be thought to hold */

struct hold {
	uint32_t since[2]; /* 1/10 s of the judge's time when each level began to hold; 0 = it does not */
	uint16_t polls[2]; /* samples since then */
	uint8_t level;	   /* raised: 0 no, 1 warning (or the rule's only level), 2 critical */
	uint8_t unknown;   /* unknown samples in a row */
	int16_t limit;	   /* number of the changed threshold that holds here; -1 = the rule's own */
};

/* What the row's sample says. NaN = unknown. */
struct hold_sample {
	double when[2];	   /* the condition at each level; a level that the rule does not have is 0 */
	double clear[2];   /* is it over, by each level? */
	uint32_t now;	   /* 1/10 s, never 0 */
	uint32_t duration; /* `for`, 1/10 s */
	unsigned polls;	   /* `for` in samples; 0 = by time */
	bool gap;	   /* the samples before are too long ago to have held until now */
};

/* Takes the sample into account; gives the level that follows (raised when it differs from hold->level,
 * which the caller sets). */
unsigned hold_step(struct hold *hold, const struct hold_sample *sample);
/* What was pending is forgotten. */
void hold_forget(struct hold *hold);

#endif
