#include "snmp/rto.h"

#define GRANULARITY INT64_C(1000000) /* 1 ms: what a busy loop adds */

static int64_t clamp(int64_t value, int64_t cap)
{
	if (value < RTO_MIN)
		value = RTO_MIN;
	return value < cap ? value : cap;
}

void rto_init(struct rto *rto, int64_t cap)
{
	*rto = (struct rto){.value = clamp(RTO_INITIAL, cap)};
}

void rto_cap(struct rto *rto, int64_t cap)
{
	if (rto->srtt == 0)
		rto_init(rto, cap);
	else
		rto->value = clamp(rto->value, cap);
}

void rto_sample(struct rto *rto, int64_t rtt, int64_t cap)
{
	int64_t off;

	if (rtt < 1)
		rtt = 1;
	if (rto->srtt == 0) {
		rto->srtt = rtt;
		rto->rttvar = rtt / 2;
	} else {
		off = rto->srtt > rtt ? rto->srtt - rtt : rtt - rto->srtt;
		rto->rttvar += (off - rto->rttvar) / 4;
		rto->srtt += (rtt - rto->srtt) / 8;
	}
	off = 4 * rto->rttvar;
	rto->value = clamp(rto->srtt + (off > GRANULARITY ? off : GRANULARITY), cap);
}

int64_t rto_backed_off(int64_t waited, int64_t cap)
{
	return clamp(waited > cap / 2 ? cap : 2 * waited, cap);
}

void rto_remember(struct rto *rto, int64_t waited, int64_t cap)
{
	if (waited > rto->value)
		rto->value = clamp(waited, cap);
}
