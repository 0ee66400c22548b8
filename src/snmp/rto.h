/* rto: how long to wait for an answer before asking again (RFC 6298), between
 * RTO_MIN and the peer's own cap. Pure.
 *
 * Karn's rule is the caller's: sample only exchanges that were sent once. After a
 * back-off the longer wait stays until the next sample. */
#ifndef ROLLCALL_SNMP_RTO_H
#define ROLLCALL_SNMP_RTO_H

#include <stdint.h>

#define RTO_MIN	    INT64_C(200000000)	/* ns */
#define RTO_INITIAL INT64_C(1000000000) /* before the first sample, RFC 6298 (2.1) */

struct rto {
	int64_t srtt, rttvar; /* ns; 0 before the first sample */
	int64_t value;	      /* what to wait now */
};

void rto_init(struct rto *rto, int64_t cap);
/* Another cap. */
void rto_cap(struct rto *rto, int64_t cap);
void rto_sample(struct rto *rto, int64_t rtt, int64_t cap);
/* What to wait after the next try, given what was waited for this one. */
int64_t rto_backed_off(int64_t waited, int64_t cap);
/* A try went unanswered: later requests begin with `waited` too, until a sample says better. */
void rto_remember(struct rto *rto, int64_t waited, int64_t cap);

#endif
