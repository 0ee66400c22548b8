#include "daemon/pulse.h"

void pulse_init(struct pulse *pulse, int64_t writer_patience, int64_t now)
{
	*pulse =
	    (struct pulse){.polled = now, .exchanged = now, .wrote = now, .writer_patience = writer_patience};
}

const char *pulse_check(struct pulse *pulse, const struct vitals *vitals, int64_t now)
{
	const struct vitals *seen = &pulse->seen;
	int64_t silent;

	if (vitals->polls_ended != seen->polls_ended || vitals->patience == 0)
		pulse->polled = now;
	if (vitals->traffic != seen->traffic)
		pulse->exchanged = now;
	if (vitals->store_moves != seen->store_moves || vitals->store_waiting == 0)
		pulse->wrote = now;
	pulse->seen = *vitals;

	silent = now - pulse->polled;
	if (silent > vitals->patience + PULSE_SLOW_POLL)
		return "schedule";
	if (silent > vitals->patience && now - pulse->exchanged > vitals->patience)
		return "schedule";
	if (now - pulse->wrote > pulse->writer_patience)
		return "writer";
	return NULL;
}
