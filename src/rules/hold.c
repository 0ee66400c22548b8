#include "rules/hold.h"

#include <math.h>

void hold_forget(struct hold *hold)
{
	for (int i = 0; i < 2; i++) {
		hold->since[i] = 0;
		hold->polls[i] = 0;
	}
}

/* Has the level held for long enough? */
static bool step_level(struct hold *hold, const struct hold_sample *sample, int i)
{
	if (isnan(sample->when[i]))
		return false;
	if (!(sample->when[i] > 0)) {
		hold->since[i] = 0;
		hold->polls[i] = 0;
		return false;
	}
	if (hold->since[i] == 0)
		hold->since[i] = sample->now;
	if (hold->polls[i] < UINT16_MAX)
		hold->polls[i]++;
	return sample->polls > 0 ? hold->polls[i] >= sample->polls
				 : sample->now - hold->since[i] >= sample->duration;
}

unsigned hold_step(struct hold *hold, const struct hold_sample *sample)
{
	bool any_unknown = isnan(sample->when[0]) || isnan(sample->when[1]), held[2];
	unsigned level = hold->level;

	if (hold->unknown < UINT8_MAX)
		hold->unknown = any_unknown ? (uint8_t)(hold->unknown + 1) : 0;
	if (sample->gap || hold->unknown > HOLD_UNKNOWN_MAX)
		hold_forget(hold);
	for (int i = 0; i < 2; i++)
		held[i] = step_level(hold, sample, i);
	if (level == 2 && sample->clear[1] > 0)
		level = 1;
	if (level == 1 && sample->clear[0] > 0)
		level = 0;
	if (held[1])
		return 2;
	if (held[0] && level < 1)
		return 1;
	return level;
}
