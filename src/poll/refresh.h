/* refresh: agents that serve counters from a cache, which they refresh every so often.
 *
 * Polled more often than that, such counters stand still and then jump: rates of 0 and of
 * twice the truth take turns. When the period of the refreshes is known, a rate is taken
 * between two refreshes and over the time between them, and is held until the next one.
 *
 * The period is learned from polls in which all counters of a table stand still while
 * sysUpTime does not, taking turns with polls in which they move. Each refresh is known to lie
 * between two readings; the period and the phase are those that fit all of these, and are
 * believed when nothing else fits, to 2 per cent. That needs a period of about 1.3 times
 * the time between two polls at least, 16 refreshes, and two rows or more with real traffic
 * in each: ports that are idle, or that see some packets at even times, are not taken for
 * cached. What contradicts makes values unknown, and twice in a row ends it.
 *
 * Times are monotonic ns. Pure. */
#ifndef ROLLCALL_POLL_REFRESH_H
#define ROLLCALL_POLL_REFRESH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REFRESH_POINTS 32
#define REFRESH_BUSY   4096u /* what a counter of a busy row rises by at least between two refreshes */

/* What one poll saw of a table, against the poll before. */
struct refresh_sight {
	int64_t after, until;  /* the readings compared: the earliest before, the latest now */
	int64_t first;	       /* the earliest now */
	int64_t moved_from;    /* the earliest one now in which a counter had moved; 0 = none had */
	size_t compared, busy; /* rows; those with real traffic */
	size_t moved;	       /* counters */
	bool clock_stands;     /* sysUpTime had not moved: the agent as a whole has not */
};

struct refresh {
	struct {
		int64_t number, after,
		    until; /* refresh `number` came after the one and not after the other */
	} points[REFRESH_POINTS];
	size_t n;
	unsigned stills; /* polls without, of those learned from */
	int64_t longest; /* between two readings, of those */
	size_t moving;	 /* the most counters that moved at once, of those */
	unsigned parts;	 /* times in a row that clearly fewer moved */
	struct refresh_sight last;

	bool known;
	int64_t low, high;     /* between these the period is */
	int64_t period, phase; /* refresh k comes at phase + k * period ... */
	int64_t doubt;	       /* ... give or take this */
	int64_t number;	       /* of the last one seen */
	unsigned wrong;	       /* polls in a row that contradict */
	/* Of the poll that is looked at now. */
	enum { LOOK_NONE, LOOK_STILL, LOOK_MOVED, LOOK_REST, LOOK_WRONG } look;
	bool part;    /* not all have moved that do: the refresh came in the midst of it, and LOOK_REST is the
			 others */
	int64_t next; /* number that it brought */
};

enum refresh_verdict {
	REFRESH_AS_IS,	/* nothing is known: as other counters */
	REFRESH_HELD,	/* no refresh since the reading before: the rate is what it was */
	REFRESH_OVER,	/* a rate over `elapsed` */
	REFRESH_IDLE,	/* others have moved, its part of the table has not: 0, unless it is yet to come */
	REFRESH_UNSURE, /* no rate can be told */
};

struct refresh_rate {
	enum refresh_verdict verdict;
	int64_t elapsed; /* ns */
};

enum refresh_news { REFRESH_NO_NEWS, REFRESH_LEARNED, REFRESH_LOST };

/* Before a poll's rows get their rates: what it saw. */
void refresh_look(struct refresh *refresh, const struct refresh_sight *sight);
/* For a row read `before` and `now`; `moved`: a counter that came in one PDU with it did. NULL is fine. */
struct refresh_rate refresh_rate(const struct refresh *refresh, int64_t before, int64_t now, bool moved);
/* After it: learns from what it saw. */
enum refresh_news refresh_learn(struct refresh *refresh);

#endif
