#include "poll/histogram.h"

#include "base/mem.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLICES	 21 /* the one that is filling and twenty full ones */
#define SUB_BITS 3  /* eight buckets per power of two */
#define SUB	 (1 << SUB_BITS)
#define UNIT	 1000 /* ns: below, all is one bucket's worth */
#define OCTAVES	 33   /* up to 2.4 hours; the last bucket takes what is longer */
#define BUCKETS	 ((OCTAVES + 1) * SUB)

struct slice {
	int64_t number; /* time / slice_ns */
	int64_t max;
	uint64_t count;
	uint32_t buckets[BUCKETS];
};

struct histogram {
	int64_t slice_ns;
	struct slice slices[SLICES];
};

/* Linear up to SUB units, then SUB buckets to each power of two. */
static size_t bucket_of(int64_t ns)
{
	uint64_t units = (uint64_t)ns / UNIT;
	size_t bucket, shift;

	if (units < SUB)
		return (size_t)units;
	shift = 63 - (size_t)__builtin_clzll(units) - SUB_BITS;
	bucket = (shift + 1) * SUB + (size_t)((units >> shift) - SUB);
	return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

/* The lower end of a bucket, ns. */
static double bucket_from(size_t bucket)
{
	if (bucket < SUB)
		return (double)bucket * UNIT;
	return ldexp((double)(SUB + bucket % SUB), (int)(bucket / SUB) - 1) * UNIT;
}

struct histogram *histogram_new(int64_t window)
{
	struct histogram *histogram = mem_alloc(sizeof *histogram);

	histogram->slice_ns = window / (SLICES - 1) > 0 ? window / (SLICES - 1) : 1;
	for (size_t i = 0; i < SLICES; i++)
		histogram->slices[i].number = INT64_MIN;
	return histogram;
}

void histogram_free(struct histogram *histogram)
{
	free(histogram);
}

void histogram_add(struct histogram *histogram, int64_t now, int64_t ns)
{
	int64_t number = now / histogram->slice_ns;
	struct slice *slice = &histogram->slices[(uint64_t)number % SLICES];

	if (ns < 0)
		ns = 0;
	if (slice->number != number) {
		memset(slice, 0, sizeof *slice);
		slice->number = number;
	}
	slice->count++;
	slice->buckets[bucket_of(ns)]++;
	if (ns > slice->max)
		slice->max = ns;
}

static bool is_live(const struct histogram *histogram, const struct slice *slice, int64_t now)
{
	int64_t number = now / histogram->slice_ns;

	return slice->number > number - SLICES && slice->number <= number;
}

double histogram_quantile(const struct histogram *histogram, int64_t now, double q)
{
	uint64_t sums[BUCKETS] = {0}, count = 0;
	double rank, below = 0, max = histogram_max(histogram, now);

	for (size_t i = 0; i < SLICES; i++) {
		const struct slice *slice = &histogram->slices[i];

		if (!is_live(histogram, slice, now))
			continue;
		count += slice->count;
		for (size_t b = 0; b < BUCKETS; b++)
			sums[b] += slice->buckets[b];
	}
	if (count == 0)
		return NAN;
	rank = fmax(1, ceil(q * (double)count));
	for (size_t b = 0; b < BUCKETS; b++) {
		double n = (double)sums[b], from = bucket_from(b), to = bucket_from(b + 1);

		/* The bucket's values are taken to lie in the middles of n equal parts of it. */
		if (below + n >= rank)
			return b == BUCKETS - 1 ? max
						: fmin(max, from + (to - from) * (rank - below - 0.5) / n);
		below += n;
	}
	return max;
}

double histogram_max(const struct histogram *histogram, int64_t now)
{
	double max = NAN;

	for (size_t i = 0; i < SLICES; i++) {
		const struct slice *slice = &histogram->slices[i];

		if (is_live(histogram, slice, now))
			max = fmax(max, (double)slice->max); /* fmax prefers the number to the NaN */
	}
	return max;
}
