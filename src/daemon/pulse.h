/* pulse: is work getting done? The judgement behind the watchdog's keep-alive, pure.
 *
 * A loop that turns proves little: a daemon whose polls never end, or whose writer hangs
 * in a system call, turns and looks alive while the pages stay green. So two things are
 * watched, each with its own patience:
 *
 *  - the schedule: some poll must end within vitals.patience. A lone device with a long walk may take
 *    longer; as long as packets move for it, PULSE_SLOW_POLL more is granted.
 *  - the writer: while batches wait, it must move within the patience given to pulse_init(). */
#ifndef ROLLCALL_DAEMON_PULSE_H
#define ROLLCALL_DAEMON_PULSE_H

#include <stddef.h>
#include <stdint.h>

#define PULSE_SLOW_POLL (INT64_C(900) * 1000000000) /* ns */

/* Counters only grow; what they count does not matter here. */
struct vitals {
	size_t present, devices;
	int64_t patience; /* ns within which a poll must end; 0 = nothing is scheduled */
	uint64_t polls_ended;
	uint64_t traffic; /* requests, answers, time-outs */
	uint64_t store_waiting, store_moves;
};

/* When each of them last moved, or had nothing to do: monotonic ns. */
struct pulse {
	struct vitals seen;
	int64_t polled, exchanged, wrote;
	int64_t writer_patience; /* ns */
};

/* `now` in monotonic ns. */
void pulse_init(struct pulse *pulse, int64_t writer_patience, int64_t now);
/* NULL when work gets done; else what does not move: "schedule" or "writer". */
const char *pulse_check(struct pulse *pulse, const struct vitals *vitals, int64_t now);

#endif
