#include "fleet/delay.h"

#include "base/mem.h"
#include "fleet/device.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct delays {
	struct delayed **heap; /* binary, the earliest on top */
	size_t n, room;
	uint64_t order;
};

struct delays *delays_new(void)
{
	return mem_alloc(sizeof(struct delays));
}

void delays_free(struct delays *delays)
{
	if (delays == NULL)
		return;
	for (size_t i = 0; i < delays->n; i++)
		free(delays->heap[i]);
	free(delays->heap);
	free(delays);
}

static bool before(const struct delayed *a, const struct delayed *b)
{
	return a->due != b->due ? a->due < b->due : a->order < b->order;
}

void delays_add(struct delays *delays, int64_t due, struct device *device, const struct route *route,
    const uint8_t *bytes, size_t len)
{
	struct delayed *delayed = mem_alloc(sizeof(*delayed) + len);
	size_t i;

	*delayed = (struct delayed){
	    .due = due, .order = delays->order++, .device = device, .route = *route, .len = len};
	memcpy(delayed->bytes, bytes, len);
	device->waiting++;
	if (device->waiting > device->waiting_peak)
		device->waiting_peak = device->waiting;
	if (delays->n == delays->room) {
		delays->room = delays->room * 2 + 64;
		delays->heap = mem_realloc(delays->heap, delays->room, sizeof(*delays->heap));
	}
	for (i = delays->n++; i > 0 && before(delayed, delays->heap[(i - 1) / 2]); i = (i - 1) / 2)
		delays->heap[i] = delays->heap[(i - 1) / 2];
	delays->heap[i] = delayed;
}

int64_t delays_next(const struct delays *delays)
{
	return delays->n > 0 ? delays->heap[0]->due : INT64_MAX;
}

struct delayed *delays_take(struct delays *delays, int64_t now)
{
	struct delayed *first, *last;
	size_t i = 0;

	if (delays->n == 0 || delays->heap[0]->due > now)
		return NULL;
	first = delays->heap[0];
	last = delays->heap[--delays->n];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= delays->n)
			break;
		if (child + 1 < delays->n && before(delays->heap[child + 1], delays->heap[child]))
			child++;
		if (!before(delays->heap[child], last))
			break;
		delays->heap[i] = delays->heap[child];
		i = child;
	}
	delays->heap[i] = last;
	first->device->waiting--;
	return first;
}
