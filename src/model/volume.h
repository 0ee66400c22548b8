/* volume: what passed in a period, out of averages: how much, how fast on average and at most, and the 95th
 * percentile. Pure.
 *
 * The period is cut into slots of `step` seconds, at the epoch's multiples of it; the first and the last one
 * may be shorter and count for less. A sum has several parts (the interfaces of a device): each is added row
 * by row between volume_begin() and volume_end().
 *
 * What is unknown is never taken as nothing: a slot of a part is known when half of it is, as in the archives
 * of an RRD file, and averages are over the time that is known. A slot of a sum is the sum of the parts that
 * are known in it, and unknown when none is; `known` and `complete` say how much was missing.
 *
 * Times are s since the epoch, rates are octets per second. */
#ifndef ROLLCALL_MODEL_VOLUME_H
#define ROLLCALL_MODEL_VOLUME_H

#include <stddef.h>
#include <stdint.h>

enum { VOLUME_IN, VOLUME_OUT, VOLUME_WAYS };

#define VOLUME_PERCENT 95

/* Unknown is NaN. */
struct volume_way {
	double octets;	   /* in the time that is known; NaN when none is */
	double average;	   /* of the slots that are known */
	double peak;	   /* the highest slot */
	int64_t peak_time; /* its beginning */
	double percentile; /* the least rate that 95 % of the known slots do not exceed (nearest rank) */
};

struct volume_figures {
	struct volume_way way[VOLUME_WAYS];
	double percentile; /* the larger of the two: what is billed */
	size_t parts;
	double known;	 /* share, 0 to 1, of the time of all parts */
	double complete; /* share of the period in which every part is known */
};

struct volume;

/* `from` < `to`, `step` > 0. Some 50 bytes a slot. */
struct volume *volume_new(int64_t from, int64_t to, int64_t step);
void volume_free(struct volume *volume); /* NULL is fine */
void volume_begin(struct volume *volume);
/* The averages from `start` to `end`; NaN = unknown. What lies outside of the period is cut off. */
void volume_add(struct volume *volume, int64_t start, int64_t end, double in, double out);
void volume_end(struct volume *volume);
void volume_figures(const struct volume *volume, struct volume_figures *figures);

#endif
