#include "snmp/pace.h"

#define NS_PER_S INT64_C(1000000000)

void pace_set(struct pace *pace, unsigned per_second)
{
	pace->gap = per_second == 0 ? 0 : (NS_PER_S + per_second - 1) / per_second;
}

int64_t pace_wait(const struct pace *pace, int64_t now)
{
	return pace->gap > 0 && pace->next > now ? pace->next - now : 0;
}

int64_t pace_take(struct pace *pace, int64_t now)
{
	int64_t at = now + pace_wait(pace, now);

	pace->next = at + pace->gap;
	return at;
}
