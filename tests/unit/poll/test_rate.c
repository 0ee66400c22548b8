#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "poll/rate.h"

#include <math.h>
#include <stdio.h>

#define S    INT64_C(1000000000)
#define MS   INT64_C(1000000)
#define TICK INT64_C(10000000)
#define DAY  (86400 * S)
#define T0   (1000 * S) /* a monotonic time to begin with */

static struct rate_point at(int64_t mono, uint32_t uptime)
{
	return (struct rate_point){.mono = mono, .uptime = uptime, .has_uptime = true};
}

static struct rate_span span_of(int64_t elapsed)
{
	return (struct rate_span){.quality = QUALITY_OK, .elapsed = elapsed};
}

static void assert_rate(double rate, double expected)
{
	if (fabs(rate - expected) > 1e-9 * fabs(expected))
		fail_msg("rate %.17g, expected %.17g", rate, expected);
}

/* --- the time base --- */

static void uptime_is_the_time_base(void **state)
{
	struct rate_point a = at(T0, 500), b = at(T0 + 61 * S, 6500);
	struct rate_span span = rate_span(&a, &b, false, 0);

	(void)state;
	assert_int_equal(span.quality, QUALITY_OK);
	assert_true(span.by_uptime);
	assert_int_equal(span.elapsed, 60 * S);
}

static void uptime_wraps_within_a_span(void **state)
{
	struct rate_point a = at(T0, UINT32_MAX - 999), b = at(T0 + 60 * S, 5000);
	struct rate_span span = rate_span(&a, &b, false, 0);

	(void)state;
	assert_int_equal(span.elapsed, 60 * S);
	assert_true(span.by_uptime);
}

static void a_strange_uptime_gives_way_to_our_clock(void **state)
{
	static const uint32_t strange[] = {
	    1000,	      /* stands still: cached */
	    1000 + 60,	      /* seconds instead of hundredths */
	    1000 + 60000,     /* milliseconds */
	    1000 + 5100,      /* 15 % slow: 9 s off, 8 allowed */
	    1000 + 6900, 900, /* back by a second */
	};

	(void)state;
	for (size_t i = 0; i < sizeof strange / sizeof strange[0]; i++) {
		struct rate_point a = at(T0, 1000), b = at(T0 + 60 * S, strange[i]);
		struct rate_span span = rate_span(&a, &b, false, 0);

		assert_int_equal(span.quality, QUALITY_OK);
		assert_false(span.by_uptime);
		assert_int_equal(span.elapsed, 60 * S);
	}
}

static void a_slightly_wrong_agent_clock_is_believed(void **state)
{
	struct rate_point a = at(T0, 1000), b = at(T0 + 60 * S, 1000 + 5300);

	(void)state;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, 53 * S);
}

static void coarse_uptime_cannot_stretch_short_intervals(void **state)
{
	/* Polled each second, sysUpTime moved by 10 ms: within 2 s of each other, yet a
	 * hundred times the rate. */
	struct rate_point a = at(T0, 1000), b = at(T0 + S, 1001);

	(void)state;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, S);
	/* And one that runs at double speed. */
	b.uptime = 1199;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, S);
	b.uptime = 1149;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, 149 * 10 * MS);
}

static void without_uptime_our_clock_counts(void **state)
{
	struct rate_point a = at(T0, 1000), b = at(T0 + 60 * S, 7100);

	(void)state;
	a.has_uptime = false;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, 60 * S);
	a.has_uptime = true;
	b.has_uptime = false;
	assert_int_equal(rate_span(&a, &b, false, 0).elapsed, 60 * S);
}

static void spans_that_give_no_rate(void **state)
{
	struct rate_point none = {0}, a = at(T0, 1000), b = at(T0 + 60 * S, 7000);
	struct rate_point again = at(T0 + 400 * MS, 1000), soon = at(T0 + 400 * MS, 1040),
			  back = at(T0 - S, 900);

	(void)state;
	assert_int_equal(rate_span(&none, &b, false, 0).quality, QUALITY_FIRST);
	assert_int_equal(rate_span(&none, &b, true, 0).quality, QUALITY_FIRST);
	assert_int_equal(rate_span(&a, &b, true, 0).quality, QUALITY_RESET);
	assert_int_equal(rate_span(&a, &b, false, 60 * S).quality, QUALITY_OK);
	assert_int_equal(rate_span(&a, &b, false, 59 * S).quality, QUALITY_GAP);
	assert_int_equal(rate_span(&a, &again, false, 0).quality, QUALITY_DUPLICATE);
	assert_int_equal(rate_span(&a, &a, false, 0).quality, QUALITY_DUPLICATE);
	assert_int_equal(rate_span(&a, &back, false, 0).quality, QUALITY_DUPLICATE);
	assert_int_equal(rate_span(&a, &soon, false, 0).quality, QUALITY_OK);
	a.has_uptime = false;
	assert_int_equal(rate_span(&a, &a, false, 0).quality, QUALITY_DUPLICATE);
	assert_int_equal(rate_span(&a, &again, false, 0).quality, QUALITY_OK);
}

/* --- wrap or reset --- */

static void assert_counter(
    unsigned bits, uint64_t before, uint64_t now, double max_rate, enum quality quality, double expected)
{
	struct rate_span span = span_of(60 * S);
	double rate = 1;

	assert_int_equal(rate_counter(&span, bits, before, now, max_rate, &rate), quality);
	if (quality == QUALITY_OK)
		assert_rate(rate, expected);
	else
		assert_true(isnan(rate));
}

static void counters_that_rise(void **state)
{
	(void)state;
	assert_counter(64, 1000, 7000, NAN, QUALITY_OK, 100);
	assert_counter(32, 1000, 7000, NAN, QUALITY_OK, 100);
	assert_counter(64, 1000, 1000, NAN, QUALITY_OK, 0);
	assert_counter(64, 0, UINT64_MAX, NAN, QUALITY_OK, 18446744073709551615.0 / 60);
	assert_counter(64, UINT64_MAX - 1, UINT64_MAX, NAN, QUALITY_OK, 1.0 / 60);
}

static void a_32_bit_wrap_fits_the_link(void **state)
{
	/* 100 Mbit/s: 12.5e6 octets/s, 750e6 in a minute. */
	assert_counter(32, UINT32_MAX - 5999, 0, 12.5e6, QUALITY_OK, 100);
	assert_counter(32, 4000000000, 455032704, 12.5e6, QUALITY_OK, 12.5e6);
	assert_counter(32, 4000000000, 455032705, 12.5e6, QUALITY_RESET, 0);
	assert_counter(32, 2000000000, 1000, 12.5e6, QUALITY_RESET, 0);
	(void)state;
}

static void a_decrease_without_a_known_speed_is_a_reset(void **state)
{
	(void)state;
	assert_counter(32, UINT32_MAX - 5999, 0, NAN, QUALITY_RESET, 0);
	assert_counter(32, UINT32_MAX - 5999, 0, 0, QUALITY_RESET, 0);
	assert_counter(32, UINT32_MAX - 5999, 0, -1, QUALITY_RESET, 0);
	assert_counter(32, UINT32_MAX - 5999, 0, INFINITY, QUALITY_RESET, 0);
}

static void a_64_bit_counter_never_wraps(void **state)
{
	(void)state;
	assert_counter(64, UINT64_MAX - 5999, 0, 1e30, QUALITY_RESET, 0);
	assert_counter(64, 5000, 4999, 1e9, QUALITY_RESET, 0);
}

static void a_link_too_fast_for_32_bits_is_not_believed(void **state)
{
	(void)state;
	/* 1 Gbit/s: 7.5e9 octets in a minute, 9.4e9 with what it may seem; up to 5.1e9 could hide a turn. */
	assert_counter(32, 0, 1000000, 125e6, QUALITY_GAP, 0);
	assert_counter(32, 1000000, 0, 125e6, QUALITY_GAP, 0);
	assert_counter(32, 0, 3300000000, 125e6, QUALITY_GAP, 0);
	/* 500 Mbit/s: 4.7e9; what is above 0.4e9 is the only reading. */
	assert_counter(32, 0, 300000000, 62.5e6, QUALITY_GAP, 0);
	assert_counter(32, 0, 600000000, 62.5e6, QUALITY_OK, 10e6);
	assert_counter(32, 4000000000, 455032704, 62.5e6, QUALITY_GAP, 0);
	/* 10 Gbit/s: always. */
	assert_counter(32, 0, 3300000000, 1250e6, QUALITY_GAP, 0);
	assert_counter(64, 0, 3300000000, 1250e6, QUALITY_OK, 55e6);
}

static void more_than_32_bits_where_32_were_promised(void **state)
{
	(void)state;
	assert_counter(32, UINT64_C(0xfffffff0), UINT64_C(0x100000050), 1e6, QUALITY_OK, 96.0 / 60);
	assert_counter(32, UINT64_C(0x200000000), UINT64_C(0x100000000), 1e9, QUALITY_RESET, 0);
}

static void the_spans_word_is_the_counters(void **state)
{
	struct rate_span span = {.quality = QUALITY_GAP};
	double rate = 5;

	(void)state;
	assert_int_equal(rate_counter(&span, 64, 1, 2, NAN, &rate), QUALITY_GAP);
	assert_true(isnan(rate));
}

/* --- random histories --- */

static uint64_t rng_state;

static uint64_t rnd(uint64_t below)
{
	rng_state ^= rng_state << 13;
	rng_state ^= rng_state >> 7;
	rng_state ^= rng_state << 17;
	return (rng_state >> 11) % below;
}

enum uptime_habit { UPTIME_GOOD, UPTIME_NONE, UPTIME_FROZEN, UPTIME_SECONDS, HABITS };

/* An agent as it truly is, and what it shows. */
struct agent {
	unsigned bits;
	uint64_t max_rate; /* units/s; the truth never exceeds it */
	bool knows_max;
	enum uptime_habit habit;
	int64_t now;	  /* true time, ns */
	int64_t booted;	  /* may lie before 0 */
	uint64_t counter; /* true, never wrapped by itself */
	uint32_t boots;
};

struct reading {
	struct rate_point point;
	struct uptime_witness witness;
	uint64_t raw, truth;
	int64_t ticks; /* true age in hundredths, not wrapped */
};

static struct reading read_agent(const struct agent *agent)
{
	struct reading r = {
	    .point.mono = agent->now + (int64_t)rnd(300 * 1000) * 1000, .truth = agent->counter};

	r.ticks = (agent->now - agent->booted) / TICK;
	r.raw = agent->bits == 32 ? (uint32_t)agent->counter : agent->counter;
	r.point.has_uptime = agent->habit != UPTIME_NONE;
	switch (agent->habit) {
	case UPTIME_GOOD:
		r.point.uptime = (uint32_t)r.ticks;
		break;
	case UPTIME_SECONDS:
		r.point.uptime = (uint32_t)(r.ticks / 100);
		break;
	case UPTIME_FROZEN:
		r.point.uptime = 4711;
		break;
	case UPTIME_NONE:
	case HABITS:
		break;
	}
	r.witness = (struct uptime_witness){.mono = r.point.mono,
	    .uptime = (uint32_t)r.ticks,
	    .boots = agent->boots,
	    .engine_time = (uint32_t)(r.ticks / 100),
	    .has_uptime = true,
	    .has_engine = agent->boots > 0};
	return r;
}

struct tally {
	unsigned ok, wraps, uptime_wraps, resets, gaps, duplicates, by_uptime;
	long double worst;
};

/* What happens between two polls. */
enum happening { NOTHING, REBOOT, DISCONTINUITY, SILENT_RESET, LOST_POLLS, SAME_AGAIN };

static enum happening happen(struct agent *agent)
{
	uint64_t dice = rnd(100);
	enum happening what = dice < 3	  ? REBOOT
			      : dice < 6  ? DISCONTINUITY
			      : dice < 9  ? SILENT_RESET
			      : dice < 12 ? LOST_POLLS
			      : dice < 15 ? SAME_AGAIN
					  : NOTHING;
	int64_t dt = 60 * S + (int64_t)rnd(2000) * MS - S;
	uint64_t speed;

	if (what == SAME_AGAIN)
		return what; /* the clock stands; jitter alone moves the point */
	if (what == LOST_POLLS)
		dt *= 3 + (int64_t)rnd(20);
	speed = rnd(4) == 0 ? 0 : rnd(agent->max_rate + 1);
	agent->now += dt;
	agent->counter += (uint64_t)((unsigned __int128)speed * (uint64_t)dt / 1000000000u);
	if (what == REBOOT) {
		agent->booted = agent->now - (int64_t)rnd(40) * S;
		agent->boots += agent->boots > 0;
		agent->counter = rnd(1000000);
	} else if (what == DISCONTINUITY || what == SILENT_RESET) {
		agent->counter = rnd(1000000);
	}
	return what;
}

static void check_step(const struct agent *agent, const struct reading *before, const struct reading *now,
    enum happening what, struct tally *tally)
{
	enum restart_verdict verdict = restart_compare(&before->witness, &now->witness);
	bool reset = verdict == RESTART_YES || what == DISCONTINUITY;
	struct rate_span span = rate_span(&before->point, &now->point, reset, 150 * S);
	double max_rate = agent->knows_max ? (double)agent->max_rate : NAN, rate;
	enum quality quality = rate_counter(&span, agent->bits, before->raw, now->raw, max_rate, &rate);
	long double elapsed, error;

	/* Without an engine's witness, a reboot in the very minute of sysUpTime's wrap looks like it. */
	if (what == REBOOT && verdict == RESTART_WRAP && agent->boots == 0)
		what = SILENT_RESET;
	assert_int_equal(verdict == RESTART_YES, what == REBOOT);
	tally->uptime_wraps += verdict == RESTART_WRAP;
	tally->resets += quality == QUALITY_RESET;
	tally->gaps += quality == QUALITY_GAP;
	tally->duplicates += quality == QUALITY_DUPLICATE;
	if (quality != QUALITY_OK) {
		assert_true(isnan(rate));
		/* A good interval has a rate, but for a wrap that cannot be told from a reset. */
		if (what == NOTHING &&
		    !(agent->bits == 32 && (now->raw < before->raw || agent->max_rate > 50000000)))
			fail_msg("quality %d where nothing happened", quality);
		return;
	}
	tally->ok++;
	tally->by_uptime += span.by_uptime;
	assert_true(what == NOTHING || what == SILENT_RESET || what == SAME_AGAIN);
	if (agent->bits == 32 && what == SILENT_RESET) {
		/* May pass for a wrap or a rise; a spike it must not be. */
		assert_true(now->raw >= before->raw || rate <= max_rate);
		return;
	}
	assert_true(what != SILENT_RESET || now->raw >= before->raw);
	if (agent->bits == 32 && !agent->knows_max && agent->max_rate > 50000000) {
		/* Whole turns cannot be seen: too small, never too large. */
		assert_true(rate <= (double)agent->max_rate);
		return;
	}
	tally->wraps += now->raw < before->raw;
	elapsed = span.by_uptime ? (long double)(now->ticks - before->ticks) / 100
				 : (long double)(now->point.mono - before->point.mono) / 1e9L;
	error = fabsl((long double)rate * elapsed - (long double)(now->raw - before->raw));
	if (what == NOTHING)
		error = fabsl((long double)rate * elapsed - (long double)(now->truth - before->truth));
	if (now->truth != before->truth)
		error /= (long double)(now->truth - before->truth);
	if (error > tally->worst)
		tally->worst = error;
}

static void ten_thousand_histories(void **state)
{
	static const uint64_t speeds[] = {1000, 1250000, 12500000, 125000000, 1250000000};
	struct tally tally = {0};

	(void)state;
	rng_state = 88172645463325252u;
	for (unsigned history = 0; history < 10000; history++) {
		struct agent agent = {
		    .bits = rnd(2) ? 32 : 64,
		    .max_rate = speeds[rnd(5)],
		    .knows_max = rnd(4) > 0,
		    .habit = (enum uptime_habit)rnd(HABITS),
		    .now = T0,
		    .boots = (uint32_t)rnd(2),
		};
		struct reading before, now;

		/* Near the wrap of sysUpTime, and of the counter, more often than life has it. */
		agent.booted =
		    T0 - (rnd(2) ? 497 * DAY + (int64_t)rnd(9000) * S : (int64_t)rnd(400) * DAY + 300 * S);
		agent.counter = agent.bits == 32 ? UINT32_MAX - rnd(1u << 31) : rnd(UINT64_C(1) << 50);
		before = read_agent(&agent);
		for (unsigned poll = 0; poll < 50; poll++) {
			enum happening what = happen(&agent);

			now = read_agent(&agent);
			check_step(&agent, &before, &now, what, &tally);
			before = now;
		}
	}
	print_message("%u rates (%u by sysUpTime, %u over a wrap), %u resets, %u gaps, %u duplicates, "
		      "%u wraps of sysUpTime; worst error %.1Le\n",
	    tally.ok, tally.by_uptime, tally.wraps, tally.resets, tally.gaps, tally.duplicates,
	    tally.uptime_wraps, tally.worst);
	assert_true(tally.worst <= 1e-9L);
	assert_true(
	    tally.ok > 300000 && tally.wraps > 1000 && tally.resets > 10000 && tally.uptime_wraps > 1000);
	assert_true(tally.gaps > 5000 && tally.duplicates > 5000 && tally.by_uptime > 50000);
}

/* --- restarts --- */

static struct uptime_witness seen(int64_t mono, int64_t ticks)
{
	return (struct uptime_witness){.mono = mono, .uptime = (uint32_t)ticks, .has_uptime = true};
}

static struct uptime_witness with_engine(struct uptime_witness witness, uint32_t boots, int64_t seconds)
{
	witness.has_engine = true;
	witness.boots = boots;
	witness.engine_time = (uint32_t)seconds;
	return witness;
}

static void assert_verdict(struct uptime_witness a, struct uptime_witness b, enum restart_verdict verdict)
{
	assert_int_equal(restart_compare(&a, &b), verdict);
}

#define WRAP_TICKS INT64_C(0x100000000)

static void restarts_by_uptime_alone(void **state)
{
	(void)state;
	assert_verdict(seen(T0, 360000), seen(T0 + 60 * S, 366000), RESTART_NONE);
	assert_verdict(seen(T0, 360000), seen(T0 + 60 * S, 2000), RESTART_YES);
	assert_verdict(seen(T0, WRAP_TICKS - 3000), seen(T0 + 60 * S, 3000), RESTART_WRAP);
	/* Restarted just when it was about to wrap, and has been away: too young for a wrap. */
	assert_verdict(seen(T0, WRAP_TICKS - 3000), seen(T0 + 600 * S, 2000), RESTART_YES);
	/* Out of sight for a day, up for an hour; before for ten minutes. */
	assert_verdict(seen(T0, 60000), seen(T0 + DAY, 360000), RESTART_YES);
	/* Out of sight for a day, and up throughout. */
	assert_verdict(seen(T0, 60000), seen(T0 + DAY, 60000 + 8640000), RESTART_NONE);
	/* Another agent answers (failover): younger, though it began before. */
	assert_verdict(seen(T0, 90000000), seen(T0 + 60 * S, 80000000), RESTART_YES);
}

static void clocks_that_are_off_do_not_restart(void **state)
{
	(void)state;
	/* 5 % slow, over ten minutes. */
	assert_verdict(seen(T0, 8640000), seen(T0 + 600 * S, 8640000 + 57000), RESTART_NONE);
	assert_verdict(seen(T0, 8640000), seen(T0 + 600 * S, 8640000 + 63000), RESTART_NONE);
	/* Cached: stands still. */
	assert_verdict(seen(T0, 8640000), seen(T0 + 60 * S, 8640000), RESTART_NONE);
	/* Two PDUs of one poll, answered in the other order. */
	assert_verdict(seen(T0 + 50 * MS, 8640005), seen(T0, 8640000), RESTART_NONE);
	assert_verdict(seen(T0 + 50 * MS, 2), seen(T0, WRAP_TICKS - 3), RESTART_NONE);
}

static void the_engine_is_the_better_witness(void **state)
{
	struct uptime_witness a = seen(T0, 8640000), b = seen(T0 + 60 * S, 8646000);

	(void)state;
	assert_verdict(with_engine(a, 7, 86400), with_engine(b, 7, 86460), RESTART_NONE);
	assert_verdict(with_engine(a, 7, 86400), with_engine(b, 8, 20), RESTART_YES);
	assert_verdict(with_engine(a, 7, 86400), with_engine(b, 8, 86460), RESTART_YES);
	assert_verdict(with_engine(a, 7, 86400), with_engine(b, 7, 20), RESTART_YES);
	/* sysUpTime wrapped, the engine did not. */
	assert_verdict(with_engine(seen(T0, WRAP_TICKS - 3000), 7, 42949642),
	    with_engine(seen(T0 + 60 * S, 3000), 7, 42949702), RESTART_WRAP);
	/* A restart in the very minute of the wrap. */
	assert_verdict(with_engine(seen(T0, WRAP_TICKS - 3000), 7, 42949642),
	    with_engine(seen(T0 + 60 * S, 3000), 8, 30), RESTART_YES);
	/* An engine time that is made of sysUpTime wraps with it. */
	assert_verdict(with_engine(seen(T0, WRAP_TICKS - 3000), 1, 42949642),
	    with_engine(seen(T0 + 60 * S, 3000), 1, 30), RESTART_WRAP);
	/* sysUpTime kept in milliseconds of 32 bits: anew after 49.7 days. */
	assert_verdict(with_engine(seen(T0, 429496700), 7, 4294967),
	    with_engine(seen(T0 + 60 * S, 5970), 7, 4295027), RESTART_WRAP);
	assert_verdict(seen(T0, 429496700), seen(T0 + 60 * S, 5970), RESTART_YES);
	/* boots not kept over a restart, and long out of sight. */
	assert_verdict(
	    with_engine(seen(T0, 1000), 1, 10), with_engine(seen(T0 + 600 * S, 2000), 1, 20), RESTART_YES);
}

static void an_engine_without_uptime(void **state)
{
	struct uptime_witness a = {.mono = T0}, b = {.mono = T0 + 600 * S};

	(void)state;
	assert_verdict(a, b, RESTART_NONE);
	assert_verdict(with_engine(a, 3, 1000), with_engine(b, 3, 1600), RESTART_NONE);
	assert_verdict(with_engine(a, 3, 1000), with_engine(b, 3, 100), RESTART_YES);
	assert_verdict(with_engine(a, 3, 100), with_engine(b, 3, 300), RESTART_YES);
	assert_verdict(with_engine(a, 3, 10), with_engine(b, 3, 606), RESTART_NONE); /* a slow clock */
	assert_verdict(with_engine(a, 3, 100), b, RESTART_NONE);
	/* The poll before had no sysUpTime: nothing to compare. */
	assert_verdict(a, seen(T0 + 600 * S, 5), RESTART_NONE);
	a.uptime = 99999;
	assert_verdict(a, seen(T0 + 600 * S, 5), RESTART_NONE);
}

/* Polled each minute for ten years; the agent's clock is off by `ppm`. */
static void ten_years(int64_t ppm, bool engine, unsigned *wraps, unsigned *restarts)
{
	struct uptime_witness before = {0}, now;

	for (int64_t minute = 0; minute < INT64_C(5259600); minute++) {
		int64_t mono = T0 + minute * 60 * S + (int64_t)rnd(2000) * MS;
		int64_t ticks = 100 + minute * 6000 + minute * 6 * ppm / 1000;

		now = seen(mono, ticks);
		if (engine)
			now = with_engine(now, 3, ticks / 100);
		if (minute > 0 && rnd(50) == 0)
			continue; /* a lost poll */
		if (minute > 0) {
			enum restart_verdict verdict = restart_compare(&before, &now);

			*wraps += verdict == RESTART_WRAP;
			*restarts += verdict == RESTART_YES;
		}
		before = now;
	}
}

static void ten_simulated_years(void **state)
{
	static const int64_t off[] = {0, 5000, -5000, 30000, -30000};

	(void)state;
	rng_state = 424242;
	for (size_t i = 0; i < 2 * sizeof off / sizeof off[0]; i++) {
		unsigned wraps = 0, restarts = 0;

		ten_years(off[i / 2], i % 2, &wraps, &restarts);
		assert_int_equal(restarts, 0);
		assert_int_equal(wraps, 7);
	}
	print_message("ten years, ten agents: 7 wraps and 0 false restarts each\n");
}

/* net-snmp answers 0 until its caches are filled: not a counter that rose by all that the host ever counted.
 */
static void a_young_agents_zero_is_no_baseline(void **state)
{
	struct rate_point young = {.mono = 100 * S, .uptime = 999, .has_uptime = true};
	struct rate_point older = {.mono = 100 * S, .uptime = 1000, .has_uptime = true};
	struct rate_point mute = {.mono = 100 * S};
	struct rate_point later = {.mono = 160 * S, .uptime = 6999, .has_uptime = true};
	struct rate_span span = rate_span(&young, &later, false, 0);
	double rate;

	(void)state;
	assert_int_equal(rate_counter(&span, 64, 0, 600000, NAN, &rate), QUALITY_FIRST);
	assert_true(isnan(rate));
	assert_int_equal(rate_counter(&span, 64, 0, 0, NAN, &rate), QUALITY_OK);
	assert_int_equal(rate_counter(&span, 64, 1, 600001, NAN, &rate), QUALITY_OK);
	later.uptime = 7000;
	span = rate_span(&older, &later, false, 0);
	assert_int_equal(rate_counter(&span, 64, 0, 600000, NAN, &rate), QUALITY_OK);
	assert_true(rate == 10000);
	span = rate_span(&mute, &later, false, 0);
	assert_int_equal(rate_counter(&span, 64, 0, 600000, NAN, &rate), QUALITY_OK);
}

/* An answer that was long on its way, and the next one that was not: what the agent says of the time between
 * lies within what they took. The same from answers that were quick is a clock that runs otherwise. */
static void delays_explain_what_the_clocks_differ(void **state)
{
	struct rate_point late = at(T0, 1000), next = at(T0 + 62 * S / 100, 1100);
	struct rate_span span;

	(void)state;
	late.spent = 40 * S / 100;
	span = rate_span(&late, &next, false, 0);
	assert_true(span.by_uptime);
	assert_int_equal(span.elapsed, S);
	late.spent = 20 * S / 100;
	span = rate_span(&late, &next, false, 0);
	assert_false(span.by_uptime);
	next.spent = 20 * S / 100;
	span = rate_span(&late, &next, false, 0);
	assert_true(span.by_uptime);
	/* At double speed, whatever the answers took. */
	next = at(T0 + S, 1200);
	next.spent = late.spent = S / 10;
	span = rate_span(&late, &next, false, 0);
	assert_false(span.by_uptime);
	assert_int_equal(span.elapsed, S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delays_explain_what_the_clocks_differ),
	    cmocka_unit_test(a_young_agents_zero_is_no_baseline),
	    cmocka_unit_test(uptime_is_the_time_base),
	    cmocka_unit_test(uptime_wraps_within_a_span),
	    cmocka_unit_test(a_strange_uptime_gives_way_to_our_clock),
	    cmocka_unit_test(a_slightly_wrong_agent_clock_is_believed),
	    cmocka_unit_test(coarse_uptime_cannot_stretch_short_intervals),
	    cmocka_unit_test(without_uptime_our_clock_counts),
	    cmocka_unit_test(spans_that_give_no_rate),
	    cmocka_unit_test(counters_that_rise),
	    cmocka_unit_test(a_32_bit_wrap_fits_the_link),
	    cmocka_unit_test(a_decrease_without_a_known_speed_is_a_reset),
	    cmocka_unit_test(a_64_bit_counter_never_wraps),
	    cmocka_unit_test(a_link_too_fast_for_32_bits_is_not_believed),
	    cmocka_unit_test(more_than_32_bits_where_32_were_promised),
	    cmocka_unit_test(the_spans_word_is_the_counters),
	    cmocka_unit_test(ten_thousand_histories),
	    cmocka_unit_test(restarts_by_uptime_alone),
	    cmocka_unit_test(clocks_that_are_off_do_not_restart),
	    cmocka_unit_test(the_engine_is_the_better_witness),
	    cmocka_unit_test(an_engine_without_uptime),
	    cmocka_unit_test(ten_simulated_years),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
