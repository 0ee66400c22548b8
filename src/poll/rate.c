#include "poll/rate.h"

#include <math.h>
#include <stdlib.h>

#define NS_PER_S    INT64_C(1000000000)
#define NS_PER_TICK INT64_C(10000000) /* sysUpTime counts hundredths of a second */
#define WRAP_32	    UINT64_C(0x100000000)

/* How far the agent's clock may be from ours and still be the better time base. Clocks of
 * small devices are off by per cents; the 2 s are retransmissions and slow answers. */
#define CLOCK_SLACK	INT64_C(2000000000)
#define CLOCK_SLACK_PCT 10

/* A counter may seem to run this much faster than its link: it is cached by the agent, and
 * on our clock the answers' delays add to it. */
#define SEEMING_RATE 1.25

/* An agent's first seconds, 1/100 s: net-snmp fills its caches every 5 s, and is at times late. */
#define YOUNG 1000

/* How far sysUpTime may be from what was expected and still be the same life. Narrower, as
 * the whole time that a device was out of sight goes into it. */
#define LIFE_SLACK     INT64_C(5000000000)
#define LIFE_SLACK_PCT 1

/* --- rates --- */

/* The agent's own measure of the time between two readings, ns; 0 = not to be used.
 * The factor of 1.5 bounds what a sysUpTime of coarse steps, or at double speed, can do to short intervals;
 * more is believed only as far as the answers were on their way. */
static int64_t agent_elapsed(
    const struct rate_point *previous, const struct rate_point *current, int64_t ours)
{
	int64_t agent, off;

	if (!previous->has_uptime || !current->has_uptime)
		return 0;
	agent = (int64_t)(uint32_t)(current->uptime - previous->uptime) * NS_PER_TICK;
	off = agent > ours ? agent - ours : ours - agent;
	if (off > ours / 100 * CLOCK_SLACK_PCT + CLOCK_SLACK)
		return 0;
	if ((agent * 3 < ours * 2 || agent * 2 > ours * 3) &&
	    off > previous->spent + current->spent + NS_PER_TICK)
		return 0;
	return agent;
}

struct rate_span rate_span(
    const struct rate_point *previous, const struct rate_point *current, bool reset, int64_t max_gap)
{
	struct rate_span span = {.quality = QUALITY_OK};
	int64_t ours = current->mono - previous->mono;

	if (previous->mono == 0) {
		span.quality = QUALITY_FIRST;
		return span;
	}
	if (reset) {
		span.quality = QUALITY_RESET;
		return span;
	}
	if (ours <= 0 || (ours < NS_PER_S && previous->has_uptime && current->has_uptime &&
			     previous->uptime == current->uptime)) {
		span.quality = QUALITY_DUPLICATE;
		return span;
	}
	if (max_gap > 0 && ours > max_gap) {
		span.quality = QUALITY_GAP;
		return span;
	}
	span.elapsed = agent_elapsed(previous, current, ours);
	span.by_uptime = span.elapsed > 0;
	span.from_young = previous->has_uptime && previous->uptime < YOUNG;
	if (!span.by_uptime)
		span.elapsed = ours;
	return span;
}

static long double per_second(uint64_t delta, int64_t elapsed)
{
	return (long double)delta * NS_PER_S / (long double)elapsed;
}

enum quality rate_counter(const struct rate_span *span, unsigned bits, uint64_t previous, uint64_t current,
    double max_rate, double *rate)
{
	bool narrow = bits == 32 && previous < WRAP_32 && current < WRAP_32;
	bool has_max = isfinite(max_rate) && max_rate > 0;
	uint64_t delta = current - previous;

	*rate = NAN;
	if (span->quality != QUALITY_OK)
		return span->quality;
	if (span->from_young && previous == 0 && current > 0)
		return QUALITY_FIRST;
	if (!narrow && current < previous)
		return QUALITY_RESET;
	if (narrow) {
		bool fell = current < previous;

		delta &= WRAP_32 - 1;
		if (fell && !has_max)
			return QUALITY_RESET;
		if (has_max &&
		    per_second(fell ? WRAP_32 : delta + WRAP_32, span->elapsed) <= max_rate * SEEMING_RATE)
			return QUALITY_GAP;
		if (fell && per_second(delta, span->elapsed) > max_rate)
			return QUALITY_RESET;
	}
	*rate = (double)per_second(delta, span->elapsed);
	return QUALITY_OK;
}

/* --- restarts --- */

static int64_t life_slack(int64_t elapsed)
{
	return elapsed / 100 * LIFE_SLACK_PCT + LIFE_SLACK;
}

/* Has run for no longer than since the reading before: it may have begun in between. */
static bool may_be_new(int64_t age, int64_t elapsed)
{
	return age <= elapsed + life_slack(elapsed);
}

static int64_t uptime_age(const struct uptime_witness *witness)
{
	return witness->uptime * NS_PER_TICK;
}

static int64_t engine_age(const struct uptime_witness *witness)
{
	return witness->engine_time * NS_PER_S;
}

/* Was one life long enough for both readings, give or take sysUpTime's 2^32? Then *wrapped
 * tells whether it began anew. */
static bool uptime_fits(const struct uptime_witness *previous, const struct uptime_witness *current,
    int64_t elapsed, bool *wrapped)
{
	int64_t expected = previous->uptime + elapsed / NS_PER_TICK;
	int32_t off = (int32_t)(current->uptime - (uint32_t)expected);

	if (llabs((long long)off) * NS_PER_TICK > life_slack(elapsed))
		return false;
	*wrapped = expected + off >= (int64_t)WRAP_32;
	return true;
}

/* Some agents make snmpEngineTime of sysUpTime, and wrap with it. */
static bool engine_is_uptime(const struct uptime_witness *witness)
{
	return llabs((long long)witness->engine_time - witness->uptime / 100) <= LIFE_SLACK / NS_PER_S;
}

/* sysUpTime alone, once it is known not to fit one life. */
static bool uptime_is_anew(
    const struct uptime_witness *previous, const struct uptime_witness *current, int64_t elapsed)
{
	if (current->uptime < previous->uptime)
		return true;
	/* Larger than before, yet too small: restarted while it was out of sight. A clock that
	 * only runs slow shows an age that began before the reading before. */
	return uptime_age(current) < uptime_age(previous) + elapsed - life_slack(elapsed) &&
	       may_be_new(uptime_age(current), elapsed);
}

/* snmpEngineTime is clearly older than the time between the readings, in one boot. */
static bool engine_lived_on(
    const struct uptime_witness *previous, const struct uptime_witness *current, int64_t elapsed)
{
	return current->boots == previous->boots && current->engine_time >= previous->engine_time &&
	       !may_be_new(engine_age(current), elapsed);
}

static enum restart_verdict compare_uptime(const struct uptime_witness *previous,
    const struct uptime_witness *current, int64_t elapsed, bool lived_on)
{
	bool wrapped;

	if (uptime_fits(previous, current, elapsed, &wrapped))
		return wrapped ? RESTART_WRAP : RESTART_NONE;
	if (!uptime_is_anew(previous, current, elapsed))
		return RESTART_NONE;
	if (!lived_on || !may_be_new(uptime_age(current), elapsed))
		return RESTART_YES;
	/* The engine has lived on while sysUpTime began anew: it wraps below 2^32. */
	return current->uptime < previous->uptime ? RESTART_WRAP : RESTART_NONE;
}

enum restart_verdict restart_compare(
    const struct uptime_witness *previous, const struct uptime_witness *current)
{
	int64_t elapsed = current->mono > previous->mono ? current->mono - previous->mono : 0;
	bool has_uptime = previous->has_uptime && current->has_uptime;
	bool has_engine = previous->has_engine && current->has_engine;
	bool lived_on = has_engine && engine_lived_on(previous, current, elapsed);
	bool wrapped = false;

	if (has_engine && previous->boots != current->boots)
		return RESTART_YES;
	if (has_engine && engine_age(current) < engine_age(previous) - LIFE_SLACK) {
		bool together = has_uptime && engine_is_uptime(previous) && engine_is_uptime(current) &&
				uptime_fits(previous, current, elapsed, &wrapped) && wrapped;

		return together ? RESTART_WRAP : RESTART_YES;
	}
	if (has_uptime)
		return compare_uptime(previous, current, elapsed, lived_on);
	if (has_engine && engine_age(current) < engine_age(previous) + elapsed - life_slack(elapsed) &&
	    may_be_new(engine_age(current), elapsed))
		return RESTART_YES;
	return RESTART_NONE;
}
