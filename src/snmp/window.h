/* window: how many PDUs a peer may have in flight. Pure.
 *
 * Begins small, opens while answers come without loss, closes by half when one is lost
 * (RFC 5681 gives the shape: by one an answer at first, after a loss by one a round). It
 * stops opening when answers only wait for one another: an agent that does one thing at a
 * time is not faster when it is asked for sixteen, and small ones forget what waits. Where it
 * met loss it goes again after a number of rounds that doubles each time that is in vain. */
#ifndef ROLLCALL_SNMP_WINDOW_H
#define ROLLCALL_SNMP_WINDOW_H

#include <stdint.h>

#define WINDOW_FIRST 2
#define WINDOW_MAX   16

struct window {
	uint8_t size, most;
	uint8_t steep;	   /* up to this size every answer opens it */
	uint8_t ceiling;   /* where it met loss the last time; 0 = nowhere */
	uint8_t patience;  /* rounds before it is that wide again: they double each time that is in vain */
	uint16_t answers;  /* in a row that did not wait */
	uint8_t crowded;   /* in a row that waited behind many */
	int64_t least_rtt; /* ns, of an answer that waited for nothing; 0 = none yet */
	int64_t filled;	   /* monotonic ns, when something had to wait for room the last time */
	int64_t closed;	   /* monotonic ns, when it closed the last time */
	uint64_t losses;   /* that closed it */
};

/* `most` 0 = WINDOW_MAX. */
void window_init(struct window *window, unsigned most);
/* Another upper limit. */
void window_limit(struct window *window, unsigned most);
/* Something had to wait for room. */
void window_filled(struct window *window, int64_t now);
/* The answer to a PDU sent at `sent`, when `before` others were in flight. rtt: ns, 0 = not known (Karn). */
void window_answered(struct window *window, int64_t sent, unsigned before, int64_t rtt);
/* A PDU sent at `sent` was lost. Those that were in flight together count once. */
void window_lost(struct window *window, int64_t sent, int64_t now);
/* Nothing is known any more of what lies between: begins anew. */
void window_restart(struct window *window);

#endif
