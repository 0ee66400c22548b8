#include "base/timerheap.h"

#include "base/vec.h"

#define CHILDREN 4

static bool before(const struct timerheap_entry *a, const struct timerheap_entry *b)
{
	return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static void place(struct timerheap *heap, size_t i, struct timerheap_entry entry)
{
	heap->v[i] = entry;
	entry.timer->slot = i + 1;
}

static void sift_up(struct timerheap *heap, size_t i, struct timerheap_entry entry)
{
	while (i > 0) {
		size_t parent = (i - 1) / CHILDREN;

		if (!before(&entry, &heap->v[parent]))
			break;
		place(heap, i, heap->v[parent]);
		i = parent;
	}
	place(heap, i, entry);
}

static void sift_down(struct timerheap *heap, size_t i, struct timerheap_entry entry)
{
	for (;;) {
		size_t first = i * CHILDREN + 1;
		size_t least = first;

		if (first >= heap->n)
			break;
		for (size_t c = first + 1; c < first + CHILDREN && c < heap->n; c++)
			if (before(&heap->v[c], &heap->v[least]))
				least = c;
		if (!before(&heap->v[least], &entry))
			break;
		place(heap, i, heap->v[least]);
		i = least;
	}
	place(heap, i, entry);
}

/* Finds the place of `entry`, starting from a hole at i. */
static void settle(struct timerheap *heap, size_t i, struct timerheap_entry entry)
{
	if (i > 0 && before(&entry, &heap->v[(i - 1) / CHILDREN]))
		sift_up(heap, i, entry);
	else
		sift_down(heap, i, entry);
}

void timerheap_fini(struct timerheap *heap)
{
	vec_fini(heap);
}

void timerheap_set(struct timerheap *heap, struct loop_timer *timer, int64_t at)
{
	struct timerheap_entry entry = {.at = at, .seq = heap->seq++, .timer = timer};

	if (timer->slot) {
		settle(heap, timer->slot - 1, entry);
		return;
	}
	vec_push(heap, entry);
	sift_up(heap, heap->n - 1, entry);
}

void timerheap_remove(struct timerheap *heap, struct loop_timer *timer)
{
	size_t hole;

	if (!timer->slot)
		return;
	hole = timer->slot - 1;
	timer->slot = 0;
	heap->n--;
	if (hole < heap->n)
		settle(heap, hole, heap->v[heap->n]);
}
