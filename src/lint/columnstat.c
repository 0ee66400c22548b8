#include "lint/columnstat.h"

#include "base/mem.h"
#include "base/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double magics[COLUMNSTAT_MAGICS] = {
    -1, 2147483647.0, 4294967295.0, -2147483648.0, 65535, -9999, 255, 32767};

void columnstat_init(struct columnstat *stat)
{
	*stat = (struct columnstat){.min = INFINITY, .max = -INFINITY, .max_plain = -INFINITY};
	for (size_t i = 0; i < COLUMNSTAT_MAGICS; i++)
		stat->magics[i].raw = magics[i];
}

void columnstat_fini(struct columnstat *stat)
{
	free(stat->text);
	free(stat->beyond_row);
	for (size_t i = 0; i < COLUMNSTAT_MAGICS; i++)
		free(stat->magics[i].row);
}

/* --- what is seen --- */

static bool same(double a, double b)
{
	return !(a < b) && !(a > b);
}

static bool is_beyond(const struct column *column, double value)
{
	if (strcmp(column->unit, "%") == 0) /* what is reckoned may be a difference */
		return value > 100.5 || (value < 0 && column->formula == NULL);
	if (strcmp(column->unit, "°C") == 0)
		return value > 200 || value < -80;
	return false;
}

/* Whether a number of that kind may be a magic one at all: not a counter's, not a state's. Below zero are
 * temperatures and levels in dBm. */
static bool may_be_magic(const struct column *column, double raw)
{
	static const char *const signs[] = {"°C", "dBm", "dB", "s", "ms"};

	if (column->kind != KIND_GAUGE)
		return false;
	if (raw > 254 && raw < 256)
		return strcmp(column->unit, "%") == 0;
	for (size_t i = 0; raw < 0 && raw > -2 && i < ARRAY_LEN(signs); i++) {
		if (strcmp(column->unit, signs[i]) == 0)
			return false;
	}
	return true;
}

static bool note_magic(struct columnstat *stat, const struct column *column, double raw, const char *row)
{
	for (size_t i = 0; i < COLUMNSTAT_MAGICS; i++) {
		struct columnstat_magic *magic = &stat->magics[i];

		if (!same(raw, magic->raw) || !may_be_magic(column, raw))
			continue;
		if (magic->rows++ == 0)
			magic->row = mem_strdup(row);
		return true;
	}
	return false;
}

void columnstat_value(struct columnstat *stat, const struct column *column, const struct source *source,
    double raw, double value, const char *row)
{
	bool is_magic = source != NULL && note_magic(stat, column, raw, row);

	if (stat->values++ == 0)
		stat->first = value;
	stat->varies |= !same(value, stat->first);
	stat->min = fmin(stat->min, value);
	stat->max = fmax(stat->max, value);
	if (!is_magic)
		stat->max_plain = fmax(stat->max_plain, fabs(raw));
	if (column->n_names > 0 && column->kind == KIND_ENUM &&
	    column_enum_text(column, (int64_t)value) == NULL && stat->states++ == 0)
		stat->state = (int64_t)value;
	if (!is_magic && is_beyond(column, value) && stat->beyond++ == 0) {
		stat->beyond_value = value;
		stat->beyond_row = mem_strdup(row);
	}
}

void columnstat_step(struct columnstat *stat, unsigned bits, uint64_t before, uint64_t now, bool is_signed)
{
	uint64_t half = bits == 32 ? UINT64_C(1) << 31 : UINT64_C(1) << 63;
	bool falls = is_signed ? (int64_t)now < (int64_t)before : now < before;

	if (now == before)
		return;
	stat->rows_moved++;
	stat->rises += !falls;
	/* From high to low is a wrap. */
	stat->falls += falls && !(before >= half && now < half);
}

/* --- what that says --- */

static char *of_rows(size_t some, size_t all)
{
	return all == 1 ? mem_strdup("") : str_format(" in %zu of %zu rows", some, all);
}

static void tell_kind(const struct columnstat *stat, const struct table *table, const struct column *column,
    size_t rows, unsigned polls, struct finding_list *list)
{
	char *where;

	if (column->kind == KIND_COUNTER && stat->falls > 0)
		finding_add(list, FINDING_KIND, (unsigned)stat->falls, table->name, column->name,
		    str_format("a counter that falls, %zu times of the %zu that it moved", stat->falls,
			stat->rows_moved),
		    mem_strdup("it is a gauge: 'kind: gauge'"));
	/* One that rose once may be a gauge; many that rise, and none that falls, are counters. */
	if (column->kind == KIND_GAUGE && stat->is_wire_counter && stat->falls == 0 &&
	    (stat->rises >= 3 || (stat->rises >= 2 && polls > 2)))
		finding_add(list, FINDING_KIND, (unsigned)stat->rises, table->name, column->name,
		    str_format(
			"a gauge that comes as a counter and only ever rises (%zu times)", stat->rises),
		    mem_strdup("it is a counter: 'kind: counter'"));
	/* "offline" in some rows is the absence of a number. */
	if (stat->texts > 0 && stat->values == 0) {
		where = of_rows(stat->texts, (rows > 0 ? rows : 1) * polls);
		finding_add(list, FINDING_KIND, (unsigned)stat->texts, table->name, column->name,
		    str_format("text where a number is wanted: '%s'%s", stat->text, where),
		    mem_strdup("'extract_value' takes the number out of it; as a name, make it a tag"));
		free(where);
	}
}

/* Large round ones mean what they say where others are nearly as large. */
static bool is_suspect(
    const struct columnstat *stat, const struct column *column, const struct columnstat_magic *magic)
{
	static const char *const physical[] = {"%", "°C", "V", "A", "W", "VA", "rpm", "dBm", "Hz"};

	if (magic->rows == 0)
		return false;
	if (!same(magic->raw, 65535) && !same(magic->raw, 32767))
		return true;
	for (size_t i = 0; i < ARRAY_LEN(physical); i++) {
		if (strcmp(column->unit, physical[i]) == 0)
			return true;
	}
	return stat->max_plain > 0 && stat->max_plain < magic->raw / 10;
}

static void tell_absent(const struct columnstat *stat, const struct table *table, const struct column *column,
    struct finding_list *list)
{
	for (size_t i = 0; i < COLUMNSTAT_MAGICS; i++) {
		const struct columnstat_magic *magic = &stat->magics[i];

		if (is_suspect(stat, column, magic))
			finding_add(list, FINDING_ABSENT, magic->rows, table->name, column->name,
			    str_format("%.0f, as of '%s', is taken as a value", magic->raw, magic->row),
			    str_format("if it means \"none\": 'absent: [%.0f]'", magic->raw));
	}
}

void columnstat_tell(const struct columnstat *stat, const struct table *table, const struct column *column,
    size_t rows, unsigned polls, struct finding_list *list)
{
	tell_kind(stat, table, column, rows, polls, list);
	tell_absent(stat, table, column, list);
	if (stat->beyond > 0)
		finding_add(list, FINDING_UNIT, (unsigned)stat->beyond, table->name, column->name,
		    str_format("%g %s, as of '%s', is more than a %s can be", stat->beyond_value,
			column->unit, stat->beyond_row,
			strcmp(column->unit, "%") == 0 ? "percentage" : "temperature"),
		    mem_strdup("is it in tenths ('scale_factor: 0.1'), or is the unit another?"));
	if (stat->states > 0)
		finding_add(list, FINDING_STATE, (unsigned)stat->states, table->name, column->name,
		    str_format("%" PRId64 " has no name among its states", stat->state),
		    mem_strdup("give it one in 'mapping'"));
	/* Nothing that never moves is worth a file; but zero is what errors should be. */
	if (column->ds != NULL && stat->values >= 4 && rows >= 3 && !stat->varies && !same(stat->first, 0))
		finding_add(list, FINDING_CONSTANT, (unsigned)stat->values, table->name, column->name,
		    str_format("%g in all of %zu rows%s", stat->first, rows, polls > 1 ? ", and always" : ""),
		    mem_strdup("if it never moves, it need not be stored: leave out its 'ds'"));
}
