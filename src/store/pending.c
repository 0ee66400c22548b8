#include "store/pending.h"

#include "base/vec.h"

#include <assert.h>
#include <string.h>

/* Place of the number, or where it belongs. The newest are asked for most. */
static size_t find(const struct pending *pending, uint32_t number)
{
	size_t i = pending->n;

	while (i > 0 && pending->v[i - 1].number >= number)
		i--;
	return i;
}

void pending_add(struct pending *pending, uint32_t number)
{
	size_t i = find(pending, number);

	if (i == pending->n || pending->v[i].number != number) {
		struct pending_count none = {0};

		vec_push(pending, none);
		memmove(&pending->v[i + 1], &pending->v[i], (pending->n - 1 - i) * sizeof *pending->v);
		pending->v[i] = (struct pending_count){number, 0};
	}
	pending->v[i].count++;
}

void pending_drop(struct pending *pending, uint32_t number)
{
	size_t i = find(pending, number);

	assert(i < pending->n && pending->v[i].number == number && pending->v[i].count > 0);
	if (--pending->v[i].count > 0)
		return;
	pending->n--;
	memmove(&pending->v[i], &pending->v[i + 1], (pending->n - i) * sizeof *pending->v);
}

uint32_t pending_lowest(const struct pending *pending)
{
	return pending->n > 0 ? pending->v[0].number : 0;
}

void pending_fini(struct pending *pending)
{
	vec_fini(pending);
}
