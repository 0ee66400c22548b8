#include "poll/refresh.h"

#include <string.h>

#define LEARNED_POINTS 16
#define LEARNED_STILLS 4
#define PRECISION      50 /* half of what the period may be is at most this part of it */
#define JITTER	       16 /* this part of the time between two polls: agents' timers, answers' delays */
#define ROWS_BUSY      2
#define WRONG_MAX      2
#define PARTS_MAX      4

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* --- period and phase --- */

static int64_t time_of(const struct refresh *refresh, int64_t number)
{
	return refresh->phase + number * refresh->period;
}

static int64_t margin(const struct refresh *refresh)
{
	return refresh->doubt + refresh->longest / JITTER;
}

/* The last refresh that came by `at`. */
static int64_t number_at(const struct refresh *refresh, int64_t at)
{
	return floor_div(at - refresh->phase, refresh->period);
}

static bool is_certain_at(const struct refresh *refresh, int64_t at)
{
	return number_at(refresh, at - margin(refresh)) == number_at(refresh, at + margin(refresh));
}

/* All periods that fit: a line through all of the points' gates. False if none does. */
static bool fit_period(const struct refresh *refresh, int64_t *low, int64_t *high)
{
	*low = 1;
	*high = INT64_MAX;
	for (size_t i = 0; i < refresh->n; i++) {
		for (size_t j = i + 1; j < refresh->n; j++) {
			int64_t periods = refresh->points[j].number - refresh->points[i].number;
			int64_t least = (refresh->points[j].after - refresh->points[i].until) / periods;
			int64_t most = (refresh->points[j].until - refresh->points[i].after) / periods;

			*low = least > *low ? least : *low;
			*high = most < *high ? most : *high;
		}
	}
	return *low <= *high;
}

/* When the next refresh may come, by all periods that fit: a period that is off by little adds up over the
 * points, so it is there that the doubt is small that matters. */
static void fit_phase(struct refresh *refresh)
{
	int64_t next = refresh->points[refresh->n - 1].number + 1, low = INT64_MIN, high = INT64_MAX;

	for (size_t i = 0; i < refresh->n; i++) {
		for (size_t j = i + 1; j < refresh->n; j++) {
			int64_t periods = refresh->points[j].number - refresh->points[i].number;
			int64_t further = next - refresh->points[j].number;
			int64_t least =
			    (refresh->points[j].after - refresh->points[i].until) * further / periods;
			int64_t most =
			    (refresh->points[j].until - refresh->points[i].after) * further / periods;

			least += refresh->points[j].after;
			most += refresh->points[j].until;
			low = least > low ? least : low;
			high = most < high ? most : high;
		}
	}
	refresh->doubt = high > low ? (high - low) / 2 : 0;
	refresh->phase = low + (high - low) / 2 - next * refresh->period;
}

static bool is_believed(const struct refresh *refresh, int64_t low, int64_t high)
{
	return refresh->n >= LEARNED_POINTS && refresh->stills >= LEARNED_STILLS &&
	       (high - low) / 2 <= low / PRECISION;
}

/* --- points --- */

static void drop_points(struct refresh *refresh, size_t n)
{
	refresh->n -= n;
	memmove(refresh->points, refresh->points + n, refresh->n * sizeof refresh->points[0]);
}

/* Every second one of the older three quarters goes: far ones tell the period, near ones the phase. */
static void thin_out(struct refresh *refresh)
{
	size_t left = 0;

	for (size_t i = 0; i < refresh->n; i++) {
		if (i % 2 == 0 || i >= refresh->n * 3 / 4)
			refresh->points[left++] = refresh->points[i];
	}
	refresh->n = left;
}

static void add_point(struct refresh *refresh, int64_t number)
{
	const struct refresh_sight *sight = &refresh->last;
	int64_t slack = (sight->until - sight->after) / JITTER;

	if (refresh->n == REFRESH_POINTS)
		thin_out(refresh);
	refresh->points[refresh->n].number = number;
	refresh->points[refresh->n].after = sight->after - slack;
	refresh->points[refresh->n].until = sight->until + slack;
	refresh->n++;
}

static void begin_anew(struct refresh *refresh)
{
	refresh->n = 0;
	refresh->stills = 0;
	refresh->longest = 0;
	refresh->moving = 0;
	refresh->parts = 0;
	refresh->known = false;
	refresh->wrong = 0;
	refresh->number = 0;
}

static enum refresh_news lose(struct refresh *refresh)
{
	bool known = refresh->known;

	begin_anew(refresh);
	return known ? REFRESH_LOST : REFRESH_NO_NEWS;
}

/* --- one poll --- */

static void look_known(struct refresh *refresh)
{
	const struct refresh_sight *sight = &refresh->last;
	int64_t due = time_of(refresh, refresh->number + 1), slack = margin(refresh);

	if (sight->moved_from == 0) {
		refresh->look = sight->until > due + slack ? LOOK_WRONG : LOOK_STILL;
		return;
	}
	refresh->next = refresh->number + 1;
	refresh->look = LOOK_MOVED;
	if (sight->until - sight->after < refresh->period - slack) {
		if (due <= sight->after - slack || due > sight->until + slack)
			refresh->look = LOOK_WRONG;
		return;
	}
	/* Polls were missing in between. */
	refresh->next = number_at(refresh, sight->until);
	if (refresh->next <= refresh->number || !is_certain_at(refresh, sight->until))
		refresh->look = LOOK_WRONG;
}

static bool is_part(const struct refresh *refresh, const struct refresh_sight *sight)
{
	return sight->moved * 4 < refresh->moving * 3;
}

void refresh_look(struct refresh *refresh, const struct refresh_sight *sight)
{
	size_t moved_before = refresh->look == LOOK_MOVED ? refresh->last.moved : 0;
	int64_t length_before = refresh->last.until - refresh->last.after;
	int64_t length = sight->until - sight->after;

	refresh->look = LOOK_NONE;
	refresh->part = sight->moved_from != 0 && is_part(refresh, sight);
	if (sight->compared == 0)
		return;
	refresh->last = *sight;
	if (!refresh->known && (sight->clock_stands || length > length_before + length_before / 2)) {
		begin_anew(refresh);
		return;
	}
	if (sight->moved > 0 && moved_before > 0 && moved_before + sight->moved <= refresh->moving)
		refresh->look = LOOK_REST;
	else if (refresh->known)
		look_known(refresh);
	else
		refresh->look = sight->moved > 0 ? LOOK_MOVED : LOOK_STILL;
}

struct refresh_rate refresh_rate(const struct refresh *refresh, int64_t before, int64_t now, bool moved)
{
	struct refresh_rate rate = {.verdict = REFRESH_UNSURE};
	int64_t number;

	if (refresh == NULL || !refresh->known || refresh->look == LOOK_NONE)
		return (struct refresh_rate){.verdict = REFRESH_AS_IS};
	if (refresh->look == LOOK_WRONG || refresh->look == LOOK_REST)
		return rate;
	number = refresh->number;
	if (before < refresh->last.after) { /* it missed a poll that others did not */
		if (!is_certain_at(refresh, before))
			return rate;
		number = number_at(refresh, before);
	}
	if (refresh->look == LOOK_STILL) {
		rate.verdict = number == refresh->number ? REFRESH_HELD : REFRESH_UNSURE;
	} else if (moved || now >= refresh->last.moved_from) {
		rate.verdict = REFRESH_OVER;
		rate.elapsed = (refresh->next - number) * refresh->period;
	} else {
		rate.verdict = refresh->part ? REFRESH_HELD : REFRESH_IDLE;
	}
	return rate;
}

/* What points that are gone have told of the period still holds, unless it contradicts. */
static bool keep_narrow(const struct refresh *refresh, int64_t *low, int64_t *high)
{
	if (refresh->low <= *high && refresh->high >= *low) {
		*low = refresh->low > *low ? refresh->low : *low;
		*high = refresh->high < *high ? refresh->high : *high;
	}
	return is_believed(refresh, *low, *high);
}

/* False where two refreshes could be taken for one, or one that came in the midst of a poll for two. */
static bool settle(struct refresh *refresh, int64_t low, int64_t high)
{
	refresh->low = low;
	refresh->high = high;
	refresh->period = low + (high - low) / 2;
	fit_phase(refresh);
	return refresh->period > refresh->longest + margin(refresh);
}

static enum refresh_news learn_known(struct refresh *refresh)
{
	int64_t low, high;

	if (refresh->look == LOOK_WRONG) {
		refresh->number = number_at(refresh, refresh->last.until);
		return ++refresh->wrong >= WRONG_MAX ? lose(refresh) : REFRESH_NO_NEWS;
	}
	if (refresh->look != LOOK_MOVED)
		return REFRESH_NO_NEWS;
	refresh->wrong = 0;
	refresh->number = refresh->next;
	if (refresh->part)
		return REFRESH_NO_NEWS;
	add_point(refresh, refresh->number);
	/* Its timer has drifted: what is older says nothing any more. */
	while (!fit_period(refresh, &low, &high) || !keep_narrow(refresh, &low, &high)) {
		if (refresh->n <= LEARNED_POINTS)
			return lose(refresh);
		drop_points(refresh, 1);
	}
	return settle(refresh, low, high) ? REFRESH_NO_NEWS : lose(refresh);
}

/* How many counters move at a refresh. Where that were fewer several times, and no others came after them,
 * there is less traffic than there was. */
static void count_moving(struct refresh *refresh)
{
	size_t moved = refresh->last.moved;

	if (refresh->look == LOOK_REST || (refresh->look == LOOK_MOVED && !refresh->part))
		refresh->parts = 0;
	else if (refresh->look == LOOK_MOVED)
		refresh->parts++;
	if (refresh->look == LOOK_MOVED && (moved > refresh->moving || refresh->parts == PARTS_MAX))
		refresh->moving = moved;
}

enum refresh_news refresh_learn(struct refresh *refresh)
{
	const struct refresh_sight *sight = &refresh->last;
	int64_t length = sight->until - sight->after, low, high;

	if (refresh->look == LOOK_NONE)
		return REFRESH_NO_NEWS;
	count_moving(refresh);
	if (refresh->known)
		return learn_known(refresh);
	refresh->longest = length > refresh->longest ? length : refresh->longest;
	refresh->stills += refresh->look == LOOK_STILL;
	if (refresh->look != LOOK_MOVED)
		return REFRESH_NO_NEWS;
	if (sight->busy < ROWS_BUSY && !refresh->part) {
		begin_anew(refresh);
		return REFRESH_NO_NEWS;
	}
	add_point(refresh, refresh->number++);
	while (!fit_period(refresh, &low, &high))
		drop_points(refresh, 1);
	if (refresh->n == 1)
		refresh->stills = 0;
	if (!is_believed(refresh, low, high))
		return REFRESH_NO_NEWS;
	refresh->number--;
	refresh->known = settle(refresh, low, high);
	refresh->number += !refresh->known;
	return refresh->known ? REFRESH_LEARNED : REFRESH_NO_NEWS;
}
