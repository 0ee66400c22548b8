#include "base/throttle.h"

bool throttle_fail(struct throttle *throttle, int64_t now)
{
	throttle->count++;
	if (throttle->active)
		return false;
	throttle->active = true;
	throttle->began = now;
	return true;
}

bool throttle_ok(struct throttle *throttle, int64_t now, uint64_t *count, int64_t *duration)
{
	if (!throttle->active)
		return false;
	*count = throttle->count;
	*duration = now - throttle->began;
	*throttle = (struct throttle){0};
	return true;
}
