#include "model/volume.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct slot {
	double octets[VOLUME_WAYS]; /* of the part under way */
	double rate[VOLUME_WAYS];   /* of the parts before it, together */
	int32_t known[VOLUME_WAYS]; /* s, of the part under way */
	uint32_t parts[VOLUME_WAYS];
};

struct volume {
	int64_t from, to, step, base;
	size_t n_slots, parts;
	double octets[VOLUME_WAYS];
	int64_t known[VOLUME_WAYS]; /* s, of all parts */
	struct slot *slots;
};

struct weighed {
	double rate;
	int64_t length;
};

struct volume *volume_new(int64_t from, int64_t to, int64_t step)
{
	struct volume *volume = mem_alloc(sizeof *volume);

	volume->from = from;
	volume->to = to;
	volume->step = step;
	volume->base = from - from % step;
	volume->n_slots = (size_t)((to - volume->base + step - 1) / step);
	volume->slots = mem_calloc(volume->n_slots, sizeof *volume->slots);
	return volume;
}

void volume_free(struct volume *volume)
{
	if (volume == NULL)
		return;
	free(volume->slots);
	free(volume);
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t slot_start(const struct volume *volume, size_t slot)
{
	return later(volume->base + (int64_t)slot * volume->step, volume->from);
}

static int64_t slot_end(const struct volume *volume, size_t slot)
{
	return earlier(volume->base + ((int64_t)slot + 1) * volume->step, volume->to);
}

void volume_begin(struct volume *volume)
{
	for (size_t i = 0; i < volume->n_slots; i++)
		for (int way = 0; way < VOLUME_WAYS; way++) {
			volume->slots[i].octets[way] = 0;
			volume->slots[i].known[way] = 0;
		}
}

static void add_to_slot(struct volume *volume, size_t slot, int way, int64_t seconds, double rate)
{
	volume->slots[slot].octets[way] += rate * (double)seconds;
	volume->slots[slot].known[way] += (int32_t)seconds;
	volume->octets[way] += rate * (double)seconds;
	volume->known[way] += seconds;
}

void volume_add(struct volume *volume, int64_t start, int64_t end, double in, double out)
{
	const double rates[VOLUME_WAYS] = {in, out};

	start = later(start, volume->from);
	end = earlier(end, volume->to);
	while (start < end) {
		size_t slot = (size_t)((start - volume->base) / volume->step);
		int64_t until = earlier(end, slot_end(volume, slot));

		for (int way = 0; way < VOLUME_WAYS; way++)
			if (isfinite(rates[way]))
				add_to_slot(volume, slot, way, until - start, rates[way]);
		start = until;
	}
}

void volume_end(struct volume *volume)
{
	for (size_t i = 0; i < volume->n_slots; i++) {
		struct slot *slot = &volume->slots[i];
		int64_t length = slot_end(volume, i) - slot_start(volume, i);

		for (int way = 0; way < VOLUME_WAYS; way++) {
			if (slot->known[way] == 0 || 2 * (int64_t)slot->known[way] < length)
				continue;
			slot->rate[way] += slot->octets[way] / slot->known[way];
			slot->parts[way]++;
		}
	}
	volume->parts++;
}

static int by_rate(const void *a, const void *b)
{
	const struct weighed *x = a, *y = b;

	return (x->rate > y->rate) - (x->rate < y->rate);
}

/* Each slot counts as much as it is long. */
static double percentile(struct weighed *list, size_t n)
{
	int64_t all = 0, sum = 0;

	qsort(list, n, sizeof *list, by_rate);
	for (size_t i = 0; i < n; i++)
		all += list[i].length;
	for (size_t i = 0; i < n; i++) {
		sum += list[i].length;
		if (sum * 100 >= all * VOLUME_PERCENT)
			return list[i].rate;
	}
	return NAN;
}

static void figures_of(
    const struct volume *volume, int way, struct weighed *scratch, struct volume_way *figures)
{
	double passed = 0;
	int64_t time = 0;
	size_t n = 0;

	*figures = (struct volume_way){.octets = NAN, .peak = NAN};
	if (volume->known[way] > 0)
		figures->octets = volume->octets[way];
	for (size_t i = 0; i < volume->n_slots; i++) {
		const struct slot *slot = &volume->slots[i];
		int64_t length = slot_end(volume, i) - slot_start(volume, i);

		if (slot->parts[way] == 0)
			continue;
		scratch[n++] = (struct weighed){slot->rate[way], length};
		passed += slot->rate[way] * (double)length;
		time += length;
		if (!(slot->rate[way] <= figures->peak)) { /* the first one is more than unknown */
			figures->peak = slot->rate[way];
			figures->peak_time = slot_start(volume, i);
		}
	}
	figures->average = time > 0 ? passed / (double)time : (double)NAN;
	figures->percentile = percentile(scratch, n);
}

static bool is_complete(const struct volume *volume, size_t slot)
{
	return volume->slots[slot].parts[VOLUME_IN] == volume->parts &&
	       volume->slots[slot].parts[VOLUME_OUT] == volume->parts;
}

void volume_figures(const struct volume *volume, struct volume_figures *figures)
{
	struct weighed *scratch = mem_calloc(volume->n_slots, sizeof *scratch);
	double length = (double)(volume->to - volume->from);
	int64_t complete = 0;

	*figures = (struct volume_figures){.parts = volume->parts};
	for (int way = 0; way < VOLUME_WAYS; way++)
		figures_of(volume, way, scratch, &figures->way[way]);
	free(scratch);
	figures->percentile = fmax(figures->way[VOLUME_IN].percentile, figures->way[VOLUME_OUT].percentile);
	if (volume->parts == 0)
		return;
	for (size_t i = 0; i < volume->n_slots; i++)
		if (is_complete(volume, i))
			complete += slot_end(volume, i) - slot_start(volume, i);
	figures->complete = (double)complete / length;
	figures->known = (double)(volume->known[VOLUME_IN] + volume->known[VOLUME_OUT]) /
			 (VOLUME_WAYS * length * (double)volume->parts);
}
