/* histogram: quantiles of durations over a sliding window, at a fixed cost.
 *
 * Buckets are an eighth of a power of two wide, so a quantile is off by 6 % at most
 * beyond 8 us (finer than anyone schedules); the maximum is exact. The window moves in
 * steps of a twentieth: it covers one to 1.05 times the time asked for. */
#ifndef ROLLCALL_POLL_HISTOGRAM_H
#define ROLLCALL_POLL_HISTOGRAM_H

#include <stdint.h>

struct histogram;

struct histogram *histogram_new(int64_t window);  /* ns */
void histogram_free(struct histogram *histogram); /* NULL is fine */
/* Counts a duration in ns (negative counts as 0) at time `now`, monotonic ns; O(1). */
void histogram_add(struct histogram *histogram, int64_t now, int64_t ns);
/* q in 0..1; ns, NaN when the window is empty. */
double histogram_quantile(const struct histogram *histogram, int64_t now, double q);
double histogram_max(const struct histogram *histogram, int64_t now);

#endif
