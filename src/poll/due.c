#include "poll/due.h"

#include "base/str.h"

#include <string.h>

int64_t due_phase(const char *name, int64_t interval)
{
	uint64_t hash = str_hash(name, strlen(name));

	/* The hash as a fraction of 2^64, times the interval: halves of 64 bits by hand, as
	 * C11 has no wider product. */
	uint64_t high = (hash >> 32) * (uint64_t)(interval >> 32);
	uint64_t middle = (hash >> 32) * ((uint64_t)interval & UINT32_MAX);
	uint64_t middle2 = (hash & UINT32_MAX) * (uint64_t)(interval >> 32);
	uint64_t low = (hash & UINT32_MAX) * ((uint64_t)interval & UINT32_MAX);
	uint64_t carry = (low >> 32) + (middle & UINT32_MAX) + (middle2 & UINT32_MAX);

	return (int64_t)(high + (middle >> 32) + (middle2 >> 32) + (carry >> 32));
}

int64_t due_next(int64_t phase, int64_t interval, int64_t after)
{
	int64_t since = (after - phase) % interval;

	if (since < 0)
		since += interval;
	return after + interval - since;
}
