/* rate: from two readings of a counter to units per second; and has the agent
 * restarted between them? Pure functions of their input.
 *
 * A rate is given or it is unknown, with one word that says why: never 0 and never
 * a spike because something was not known. Whatever the verdict, the caller keeps
 * the newer reading as the baseline of the next rate: a reset costs one interval.
 *
 * Two steps, as the first is the same for all counters of a row:
 *
 *     struct rate_span span = rate_span(&before, &now, reset, max_gap);
 *     quality = rate_counter(&span, bits, raw_before, raw_now, max_rate, &rate);
 *
 * Time base (PROFILES 2, item 6): the difference of sysUpTime as answered in the same
 * PDUs, modulo 2^32, which is free of the network's jitter; if one PDU had none, or if
 * it differs from our monotonic clock by more than 10 % + 2 s or a factor of 1.5
 * (sysUpTime in seconds, cached, standing still), the monotonic clock.
 *
 * Wrap or reset (RFC 2578 7.1.6, RFC 2863 3.1.6): see rate_counter(). */
#ifndef ROLLCALL_POLL_RATE_H
#define ROLLCALL_POLL_RATE_H

#include "model/failure.h"

#include <stdbool.h>
#include <stdint.h>

/* When a reading was taken. */
struct rate_point {
	int64_t mono;	 /* monotonic ns of the PDU's reception; 0 = there is no reading */
	uint32_t uptime; /* sysUpTime of that PDU, 1/100 s */
	bool has_uptime;
	int64_t spent; /* ns between the question and that: somewhere in between it was read */
};

struct rate_span {
	enum quality quality; /* OK, FIRST, RESET, GAP or DUPLICATE */
	bool by_uptime;	      /* elapsed is the agent's time, else ours */
	bool from_young;      /* at the first reading the agent had only just started */
	int64_t elapsed;      /* ns; valid when OK, then > 0 */
};

/* `reset`: the agent has restarted, or the row's discontinuity time has changed. In
 * order: FIRST without a previous reading; RESET as told; DUPLICATE when no time has
 * passed, or less than a second and none on the agent's clock: the same reading
 * again; GAP above `max_gap` ns (0 = no limit). */
struct rate_span rate_span(
    const struct rate_point *previous, const struct rate_point *current, bool reset, int64_t max_gap);

/* Units per second into *rate, exact to a double's precision; NaN unless the result is
 * OK. Both raw values must be of the span's two points and of the same source.
 *
 * `max_rate`: the highest believable, units per second (a link's speed / 8); NaN, 0 or
 * less = unknown. Of 64 bits, a smaller value is a reset. Of 32 bits, it is a wrap
 * only if the rate that follows does not exceed max_rate, else (or without a max_rate)
 * a reset. GAP when the interval is too long for such a counter on so fast a link, as the
 * reading has two meanings: a rise to which at 1.25 max_rate a whole turn could be added, or a
 * decrease where a whole turn could fit, so that no reset could be told from a wrap. FIRST
 * when it rose from 0 as read of an agent that had only just started: net-snmp answers 0 for
 * some seconds, until it has filled its caches, and the whole count of the host after that. An
 * agent that sends more than 32 bits where 32 were promised is taken at its word. */
enum quality rate_counter(const struct rate_span *span, unsigned bits, uint64_t previous, uint64_t current,
    double max_rate, double *rate);

/* What testifies to an agent's life: sysUpTime (RFC 3418; it wraps after 497 days), and
 * snmpEngineBoots and snmpEngineTime (RFC 3411; seconds, which do not). */
struct uptime_witness {
	int64_t mono;	      /* monotonic ns of the reading */
	uint32_t uptime;      /* 1/100 s */
	uint32_t boots;	      /* snmpEngineBoots */
	uint32_t engine_time; /* s */
	bool has_uptime;
	bool has_engine; /* boots and engine_time */
};

enum restart_verdict {
	RESTART_NONE,
	RESTART_YES,
	RESTART_WRAP, /* sysUpTime began anew at 2^32, the agent did not */
};

/* Has the agent restarted between two readings? The second may have been taken
 * before the first by a little (PDUs in flight together). Tolerates clocks that are off
 * by 1 % + 5 s. Also recognises a restart after which sysUpTime is larger than
 * before, as the device was out of sight for long. What neither testifies to
 * (nothing comparable in both readings) is RESTART_NONE. */
enum restart_verdict restart_compare(
    const struct uptime_witness *previous, const struct uptime_witness *current);

#endif
