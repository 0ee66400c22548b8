#include "poll/commit.h"

#include "poll/rate.h"

#include <math.h>
#include <string.h>

#define FORM_MASK 3u

/* An agent that refreshes its counters more seldom than they are read seems this much faster at times. */
#define LEAP 4

/* What formulas read. */
struct scope {
	const struct rowset *set;
	size_t row;
	double now;	     /* wall seconds of the sample */
	const double *outer; /* of other tables */
	/* The highest believable rate that was worked out last, and of which column it is; SIZE_MAX = of
	 * none. */
	double max_rate;
	size_t max_rate_of;
};

static double scope_value(void *arg, int slot)
{
	const struct scope *scope = arg;

	if (slot == PROFILE_SLOT_NOW)
		return scope->now;
	if (slot >= PROFILE_SLOT_OUTER)
		return scope->outer != NULL ? scope->outer[slot - PROFILE_SLOT_OUTER] : NAN;
	return rowset_number(scope->set, scope->row, (size_t)slot);
}

static bool came(const struct item *item)
{
	switch ((enum quality)item->quality) {
	case QUALITY_OK:
	case QUALITY_NO_SUCH:
	case QUALITY_DECODE:
	case QUALITY_ABSENT:
		return item->role == ITEM_CELL;
	default:
		return false;
	}
}

static double *rate_of(struct rowset *set, size_t row, size_t column)
{
	int counter = set->table->columns[column].counter;

	return counter < 0 ? NULL : &set->rate[row * set->table->n_counters + (size_t)counter];
}

void commit_unknown(struct rowset *set, size_t row, enum quality quality, bool forget)
{
	for (size_t c = 0; c < set->table->n_columns; c++) {
		const struct column *column = &set->table->columns[c];
		size_t cell = rowset_cell(set, row, c);
		double *rate = rate_of(set, row, c);

		if (column->is_tag || column->is_static || set->form[cell] >> 2 == CELL_NO_SOURCE)
			continue;
		set->quality[cell] = (uint8_t)(column->n_sources == 0 ? QUALITY_UNKNOWN : quality);
		if (rate != NULL)
			*rate = NAN;
		if (forget)
			set->form[cell] &= (uint8_t)~FORM_MASK;
	}
	if (forget)
		set->rows[row].mono = 0;
}

/* Which source to ask next time: an agent that no longer has the object is not asked again before the next
 * walk. A number that now means "none" in one source may be told by another (ifHighSpeed, ifSpeed); if it is
 * not, the first one stays. */
static unsigned next_source(
    struct commit *commit, const struct column *column, const struct item *item, enum quality before)
{
	if (item->quality == QUALITY_NO_SUCH) {
		commit->withdrawn++;
		return CELL_NO_SOURCE;
	}
	if (item->quality != QUALITY_ABSENT || column->counter >= 0)
		return item->source;
	return before == QUALITY_ABSENT ? 0 : (item->source + 1u) % (unsigned)column->n_sources;
}

static void store_number(struct commit *commit, size_t row, const struct item *item)
{
	struct rowset *set = commit->set;
	size_t cell = rowset_cell(set, row, item->column);
	enum quality before = (enum quality)set->quality[cell];

	set->quality[cell] = item->quality;
	if (item->quality == QUALITY_OK) {
		set->raw[cell] = item->raw;
		set->form[cell] = (uint8_t)(item->source << 2 | item->form);
		commit->values++;
	} else if (came(item)) {
		set->form[cell] =
		    (uint8_t)(next_source(commit, &set->table->columns[item->column], item, before) << 2);
	}
}

/* Far above what the link carries: the count was put to another number. A link whose speed is told wrong is
 * that fast the next time too, and is believed then. */
static bool leapt(double rate, double was, double max_rate, enum quality before)
{
	return rate > max_rate * LEAP && !(was > max_rate * LEAP) && before != QUALITY_RESET;
}

/* us by which `own` was read later than the row's reading: by the agent's clock, which knows no lost replies.
 */
static int32_t lag_of(const struct reading *row, const struct reading *own)
{
	int64_t lag = (own->mono - row->mono) / 1000;

	if (row->has_uptime && own->has_uptime)
		lag = (int64_t)(int32_t)(own->uptime - row->uptime) * 10000;
	return lag > INT32_MAX || lag < INT32_MIN ? 0 : (int32_t)lag;
}

/* The row's span, for a counter that was read later than the row in one of its two readings or in both. */
static struct rate_span span_of(const struct rate_span *row, int32_t lag_before, int32_t lag)
{
	struct rate_span span = *row;

	span.elapsed += ((int64_t)lag - lag_before) * 1000;
	if (span.quality == QUALITY_OK && span.elapsed <= 0)
		span.quality = QUALITY_DUPLICATE;
	return span;
}

/* The rate of a counter that the agent serves from a cache, where that is not one over the span. */
static enum quality cached_rate(enum refresh_verdict verdict, double was, enum quality before, double *rate)
{
	switch (verdict) {
	case REFRESH_HELD:
		*rate = was;
		return isnan(was) ? before : QUALITY_OK;
	case REFRESH_IDLE:
		/* Whose refresh is only to come would move next time: who has not moved twice is idle. */
		if (was == 0 || (isnan(was) && before == QUALITY_UNKNOWN)) {
			*rate = 0;
			return QUALITY_OK;
		}
		return QUALITY_UNKNOWN;
	case REFRESH_UNSURE:
	case REFRESH_AS_IS:
	case REFRESH_OVER:
		break;
	}
	return QUALITY_GAP;
}

/* Counters come after the numbers that it is made of: within a row it stays what it is. */
static double max_rate_of(const struct column *column, struct scope *scope)
{
	if (column->max_rate == NULL)
		return NAN;
	if (scope->max_rate_of != column->max_rate_as) {
		scope->max_rate = expr_eval(column->max_rate, scope_value, scope);
		scope->max_rate_of = column->max_rate_as;
	}
	return scope->max_rate;
}

static void store_counter(struct commit *commit, size_t row, const struct item *item,
    const struct rate_span *row_span, const struct reading *reading, struct scope *scope)
{
	struct rowset *set = commit->set;
	const struct column *column = &set->table->columns[item->column];
	const struct source *source = &column->sources[item->source];
	size_t cell = rowset_cell(set, row, item->column);
	bool has_baseline = (set->form[cell] & FORM_MASK) != CELL_NONE;
	double *rate = rate_of(set, row, item->column), was = *rate;
	enum quality quality = row_span->quality, before = (enum quality)set->quality[cell];
	const struct reading *own = &commit->readings[item->pdu];
	struct refresh_rate refreshed;
	struct rate_span span;
	int32_t *lag, lag_before;

	*rate = NAN;
	if (item->quality != QUALITY_OK) {
		set->quality[cell] = item->quality;
		set->form[cell] = (uint8_t)(next_source(commit, column, item, QUALITY_OK) << 2);
		return;
	}
	lag = &set->lag[row * set->table->n_counters + (size_t)column->counter];
	lag_before = *lag;
	*lag = lag_of(reading, own);
	refreshed = refresh_rate(commit->refresh, set->rows[row].mono, own->mono, own->moved);
	if (quality == QUALITY_OK && !has_baseline) {
		quality = QUALITY_FIRST;
	} else if (quality == QUALITY_OK && refreshed.verdict != REFRESH_AS_IS &&
		   refreshed.verdict != REFRESH_OVER) {
		quality = cached_rate(refreshed.verdict, was, before, rate);
	} else if (quality == QUALITY_OK) {
		double max_rate = max_rate_of(column, scope);

		span = span_of(row_span, lag_before, *lag);
		if (refreshed.verdict == REFRESH_OVER)
			span.elapsed = refreshed.elapsed;
		quality = rate_counter(&span, item->narrow ? 32 : source->bits, set->raw[cell], item->raw,
		    max_rate / source->scale, rate);
		*rate *= source->scale;
		if (leapt(*rate, was, max_rate, before)) {
			quality = QUALITY_RESET;
			*rate = NAN;
		}
	}
	set->raw[cell] = item->raw;
	set->form[cell] = (uint8_t)(item->source << 2 | item->form);
	set->quality[cell] = (uint8_t)quality;
	commit->values++;
}

static void store_double(struct rowset *set, size_t cell, double number)
{
	bool known = isfinite(number);

	memcpy(&set->raw[cell], &number, sizeof number);
	set->form[cell] = known ? CELL_DOUBLE : CELL_NONE;
	set->quality[cell] = known ? QUALITY_OK : QUALITY_UNKNOWN;
}

static void store_derived(struct commit *commit, size_t row, size_t column, struct scope *scope)
{
	struct rowset *set = commit->set;
	double number = expr_eval(set->table->columns[column].formula, scope_value, scope);

	store_double(set, rowset_cell(set, row, column), number);
	commit->values += isfinite(number) ? 1 : 0;
}

static void store_presence(struct commit *commit, size_t row, bool present)
{
	struct rowset *set = commit->set;

	for (size_t c = 0; set->table->presence > 0 && c < set->table->n_columns; c++) {
		if (set->table->columns[c].is_presence)
			store_double(set, rowset_cell(set, row, c), present);
	}
}

static void store_all_derived(struct commit *commit, size_t row, struct scope *scope)
{
	for (size_t c = 0; c < commit->set->table->n_columns; c++) {
		if (commit->set->table->columns[c].formula != NULL)
			store_derived(commit, row, c, scope);
	}
}

void commit_computed(struct commit *commit, size_t row, bool present, int64_t mono, int64_t wall)
{
	struct scope scope = {commit->set, row, (double)wall / 1e9, commit->outer, NAN, SIZE_MAX};
	struct row *r = &commit->set->rows[row];

	store_presence(commit, row, present);
	store_all_derived(commit, row, &scope);
	r->mono = mono;
	r->wall = wall;
	r->has_uptime = false;
}

/* The row's counters have begun anew by the agent's own word (RFC 2863 ifCounterDiscontinuityTime), or may
 * have, as it did not give that word this time. */
static bool discontinued(const struct rowset *set, size_t row, const struct item *items, size_t n)
{
	size_t cell;

	if (set->table->discontinuity < 0)
		return false;
	cell = rowset_cell(set, row, (size_t)set->table->discontinuity);
	if ((set->form[cell] & FORM_MASK) == CELL_NONE)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (items[i].role == ITEM_CELL && items[i].column == set->table->discontinuity)
			return items[i].quality != QUALITY_OK || set->raw[cell] != items[i].raw;
	}
	return false;
}

/* Whether anything of the row is there, whatever it is worth. */
static bool is_present(const struct item *items, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (came(&items[i]) && items[i].quality != QUALITY_NO_SUCH)
			return true;
	}
	return false;
}

/* The PDU that the row's sample is of: the one that brought its first counter, else its first cell. When a
 * row does not fit one PDU, each counter has its own way from there: lag_of(). */
static const struct reading *reading_of(const struct commit *commit, const struct item *items, size_t n)
{
	const struct reading *any = NULL;

	for (size_t i = 0; i < n; i++) {
		/* An error tells of an item too, without a reading. */
		if (!came(&items[i]) || items[i].pdu == PLAN_NO_PDU)
			continue;
		if (commit->set->table->columns[items[i].column].counter >= 0)
			return &commit->readings[items[i].pdu];
		if (any == NULL)
			any = &commit->readings[items[i].pdu];
	}
	return any;
}

/* How much a counter has risen since the row's last sample; false when the two cannot be compared. */
static bool rise_of(const struct rowset *set, size_t row, const struct item *item, uint64_t *rise)
{
	size_t cell;

	if (item->role != ITEM_CELL || set->table->columns[item->column].counter < 0 ||
	    item->quality != QUALITY_OK)
		return false;
	cell = rowset_cell(set, row, item->column);
	if ((set->form[cell] & FORM_MASK) == CELL_NONE || set->form[cell] >> 2 != item->source)
		return false;
	*rise = item->raw - set->raw[cell];
	return true;
}

/* One counter, read before when its row was, and now in its own PDU. */
static void add_to_sight(
    struct refresh_sight *sight, bool first, const struct row *row, struct reading *own, bool moved)
{
	sight->after = first || row->mono < sight->after ? row->mono : sight->after;
	sight->until = own->mono > sight->until ? own->mono : sight->until;
	sight->first = first || own->mono < sight->first ? own->mono : sight->first;
	if (moved && (sight->moved_from == 0 || own->mono < sight->moved_from))
		sight->moved_from = own->mono;
	sight->clock_stands |= row->has_uptime && own->has_uptime && row->uptime == own->uptime;
	own->moved |= moved;
}

void commit_look(
    const struct commit *commit, size_t row, const struct item *items, size_t n, struct refresh_sight *sight)
{
	const struct row *r = &commit->set->rows[row];
	bool compared = false, busy = false;
	uint64_t rise;

	/* Rows that missed the poll before would tell of a longer time than the others. */
	if (r->mono == 0 || (commit->refresh != NULL && r->mono < commit->refresh->last.first))
		return;
	for (size_t i = 0; i < n; i++) {
		if (!rise_of(commit->set, row, &items[i], &rise))
			continue;
		add_to_sight(
		    sight, sight->compared == 0 && !compared, r, &commit->readings[items[i].pdu], rise != 0);
		compared = true;
		sight->moved += rise != 0;
		busy |= rise >= REFRESH_BUSY && rise < UINT64_MAX / 2;
	}
	sight->compared += compared;
	sight->busy += busy;
}

void commit_forget_rates(struct rowset *set)
{
	for (size_t row = 0; row < set->n_rows; row++) {
		for (size_t c = 0; c < set->table->n_columns; c++) {
			double *rate = rate_of(set, row, c);
			uint8_t *quality = &set->quality[rowset_cell(set, row, c)];

			if (rate == NULL || *quality != QUALITY_OK)
				continue;
			*rate = NAN;
			*quality = QUALITY_GAP;
		}
	}
}

static void lapse(struct commit *commit, size_t row, const struct item *items, size_t n)
{
	commit_unknown(commit->set, row, QUALITY_TIMEOUT, commit->restarted);
	for (size_t i = 0; i < n; i++) {
		if (items[i].role == ITEM_CELL)
			commit->set->quality[rowset_cell(commit->set, row, items[i].column)] =
			    items[i].quality == QUALITY_NEVER ? QUALITY_TIMEOUT : items[i].quality;
	}
}

enum commit_end commit_row(struct commit *commit, size_t row, const struct item *items, size_t n)
{
	struct rowset *set = commit->set;
	struct row *r = &set->rows[row];
	const struct reading *reading = reading_of(commit, items, n);
	struct rate_point before = {r->mono, r->uptime, r->has_uptime, r->spent * INT64_C(1000)}, now;
	struct rate_span span;
	struct scope scope = {set, row, 0, commit->outer, NAN, SIZE_MAX};

	if (reading == NULL) {
		lapse(commit, row, items, n);
		return COMMIT_LAPSED;
	}
	now = (struct rate_point){reading->mono, reading->uptime, reading->has_uptime, reading->spent};
	span =
	    rate_span(&before, &now, commit->restarted || discontinued(set, row, items, n), commit->max_gap);
	scope.now = (double)reading->wall / 1e9;
	for (size_t i = 0; i < n; i++) {
		if (items[i].role == ITEM_CELL && set->table->columns[items[i].column].counter < 0)
			store_number(commit, row, &items[i]);
	}
	/* After the numbers: the highest believable rate is made of them (ifHighSpeed). */
	for (size_t i = 0; i < n; i++) {
		if (items[i].role == ITEM_CELL && set->table->columns[items[i].column].counter >= 0)
			store_counter(commit, row, &items[i], &span, reading, &scope);
	}
	store_presence(commit, row, is_present(items, n));
	store_all_derived(commit, row, &scope);
	if (set->table->exclude_if != NULL && !commit->keep_all)
		r->excluded = r->filtered || expr_eval(set->table->exclude_if, scope_value, &scope) > 0;
	r->mono = reading->mono;
	r->wall = reading->wall;
	r->uptime = reading->uptime;
	r->has_uptime = reading->has_uptime;
	r->spent = reading->spent < UINT32_MAX ? (uint32_t)(reading->spent / 1000) : UINT32_MAX / 1000;
	return span.quality == QUALITY_DUPLICATE ? COMMIT_DUPLICATE : COMMIT_SAMPLE;
}
