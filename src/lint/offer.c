#include "lint/offer.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "lint/group.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SCORE_MIN     0.25
#define ROWS_LOOKED   4096 /* of a column */
#define ROWS_SHOWN    4
#define DISTINCT_MAX  16
#define NUMBERS_SHARE 0.8 /* of the rows, for a column to be one of numbers */
#define BESIDE_MAX    60  /* bytes */

/* What is seen of one group. */
struct sight {
	const struct recording *recording, *later;
	struct group group;
	size_t looked, numbers, moved, as_index;
	double min, max, distinct[DISTINCT_MAX];
	size_t n_distinct;
	bool is_counter, is_text; /* of type; numbers that are texts */
	bool is_integer;
	struct str beside; /* texts of the same rows, for words; lower case */
};

const char *offer_look_name(enum offer_look look)
{
	switch (look) {
	case LOOK_TEMPERATURE:
		return "temperature";
	case LOOK_FAN:
		return "fan";
	case LOOK_PERCENTAGE:
		return "percentage";
	case LOOK_STATE:
		return "state";
	case LOOK_COUNTER:
		return "counter";
	case LOOK_VOLTAGE:
		return "voltage";
	case LOOK_POWER:
		return "power";
	case LOOK_NUMBER:
		return "number";
	}
	return "?";
}

/* --- seeing --- */

static bool same(double a, double b)
{
	return !(a < b) && !(a > b);
}

static void take_number(struct sight *sight, double number)
{
	size_t i = 0;

	if (sight->numbers++ == 0)
		sight->min = sight->max = number;
	sight->min = fmin(sight->min, number);
	sight->max = fmax(sight->max, number);
	while (i < sight->n_distinct && !same(sight->distinct[i], number))
		i++;
	if (i == sight->n_distinct && i < DISTINCT_MAX)
		sight->distinct[sight->n_distinct++] = number;
}

static void take_object(struct sight *sight, size_t at)
{
	const struct recorded *object = recording_at(sight->recording, at), *later = NULL;
	const struct value *value = &object->value;
	double number, then;
	struct oid oid;

	sight->looked++;
	if (!value_to_double(value, &number))
		return;
	sight->is_text |= value->type == VALUE_OCTETS;
	sight->is_counter |= value->type == VALUE_COUNTER32 || value->type == VALUE_COUNTER64;
	sight->is_integer |= value->type == VALUE_INTEGER;
	take_number(sight, number);
	group_name(sight->recording, at, &oid);
	sight->as_index += !sight->group.is_scalar && same(number, oid.id[oid.len - 1]);
	if (sight->later != NULL)
		later = recording_find(sight->later, object->name, object->name_len);
	sight->moved += later != NULL && value_to_double(&later->value, &then) && !same(then, number);
}

/* Adds the text of row `row` of every column of the table that has texts. */
static void take_beside(struct sight *sight)
{
	const struct recording *recording = sight->recording;
	uint8_t ber[OID_BER_MAX];
	size_t at = recording_from(recording, ber, oid_to_ber(&sight->group.entry, ber));
	size_t end = group_end(recording, &sight->group.entry);

	while (at < end) {
		struct group column;
		struct oid oid;

		group_name(recording, at, &oid);
		column = (struct group){.oid = oid};
		column.oid.len = (uint8_t)(sight->group.entry.len + 1);
		if (recording_at(recording, at)->value.type == VALUE_OCTETS) {
			size_t stop = group_end(recording, &column.oid);

			for (size_t i = at; i < stop && i < at + ROWS_SHOWN * 4; i++) {
				double number;

				if (value_to_double(&recording_at(recording, i)->value, &number))
					continue;
				value_add_text(
				    &sight->beside, &recording_at(recording, i)->value, VALUE_FORMAT_TEXT);
				str_add_char(&sight->beside, '\n');
			}
		}
		at = group_end(recording, &column.oid);
	}
	for (size_t i = 0; i < sight->beside.len; i++) {
		if (sight->beside.s[i] >= 'A' && sight->beside.s[i] <= 'Z')
			sight->beside.s[i] = (char)(sight->beside.s[i] | 32);
	}
}

static void see(struct sight *sight)
{
	for (size_t i = 0; i < sight->group.n && i < ROWS_LOOKED; i++)
		take_object(sight, sight->group.first + i);
	if (!sight->group.is_scalar && sight->numbers > 0)
		take_beside(sight);
}

/* --- guessing --- */

static bool says(const struct sight *sight, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strstr(str_text(&sight->beside), words[i]) != NULL)
			return true;
	}
	return false;
}

static void improve(struct offer *offer, enum offer_look look, double score, const char *hint)
{
	if (score <= offer->score)
		return;
	offer->look = look;
	offer->score = score;
	offer->hint = hint;
}

/* Sensors: a range, in units, tenths or thousandths, and a word for it beside. */
static void guess_sensor(const struct sight *sight, struct offer *offer)
{
	static const char *const heat[] = {
	    "temp", "therm", "celsius", "inlet", "outlet", "exhaust", "ambient", "hot"};
	static const char *const fans[] = {"fan", "rpm", "blower"};
	static const char *const volts[] = {"volt", "vcore", "3.3v", "3v3", "5v", "12v", "vbat"};
	static const char *const power[] = {"power", "watt", "psu", "current", "amp"};
	static const struct {
		double unit;
		const char *hint;
	} scales[] = {{1, ""}, {10, "tenths"}, {1000, "thousandths"}};
	bool warm = says(sight, heat, ARRAY_LEN(heat));

	for (size_t i = 0; i < ARRAY_LEN(scales); i++) {
		double low = sight->min / scales[i].unit, high = sight->max / scales[i].unit;
		double doubt = i == 0 ? 0 : 0.05;

		if (warm && low >= 5 && high <= 125)
			improve(offer, LOOK_TEMPERATURE, 0.95 - doubt, scales[i].hint);
		else if (i == 0 && low >= 15 && high <= 95 && sight->n_distinct > 1 && !sight->is_counter)
			improve(offer, LOOK_TEMPERATURE, 0.3 + (sight->moved > 0 ? 0.1 : 0), scales[i].hint);
		if (says(sight, volts, ARRAY_LEN(volts)) && low >= 0.5 && high <= 500)
			improve(offer, LOOK_VOLTAGE, 0.6 - doubt, scales[i].hint);
	}
	if (says(sight, fans, ARRAY_LEN(fans)) && sight->min >= 300 && sight->max <= 30000)
		improve(offer, LOOK_FAN, 0.9, "");
	if (says(sight, power, ARRAY_LEN(power)) && sight->n_distinct > 1 && sight->min >= 0 &&
	    sight->max <= 100000)
		improve(offer, LOOK_POWER, 0.5, "");
}

static void guess_percentage(const struct sight *sight, struct offer *offer)
{
	static const char *const words[] = {"cpu", "load", "util", "usage", "percent", "%", "used", "memory"};
	double score = 0.2;

	if (sight->min < 0 || sight->max > 100 || sight->max <= 1 || sight->is_counter)
		return;
	if (says(sight, words, ARRAY_LEN(words)))
		score += 0.35;
	if (sight->moved > 0)
		score += 0.25;
	if (sight->n_distinct > 2)
		score += 0.05;
	else if (sight->looked >= 3 && sight->max <= 10)
		score -= 0.3; /* a state, rather */
	improve(offer, LOOK_PERCENTAGE, score, "");
}

static void guess_state(const struct sight *sight, struct offer *offer)
{
	static const char *const words[] = {"power", "psu", "fan", "disk", "raid", "status", "state",
	    "module", "supply", "sensor", "battery", "link", "port"};
	double score = 0.3;

	if (!sight->is_integer || sight->min < 0 || sight->max > 20 || sight->n_distinct > 5)
		return;
	if (says(sight, words, ARRAY_LEN(words)))
		score += 0.3;
	if (sight->n_distinct > 1 && sight->looked > sight->n_distinct)
		score += 0.1;
	improve(offer, LOOK_STATE, score, "");
}

static void guess(const struct sight *sight, struct offer *offer)
{
	if ((double)sight->numbers < NUMBERS_SHARE * (double)sight->looked || sight->numbers == 0)
		return;
	if (sight->as_index == sight->looked)
		return; /* the row's number */
	if (sight->is_counter) {
		improve(offer, LOOK_COUNTER, sight->moved > 0 ? 0.65 : sight->max > 0 ? 0.35 : 0.15, "");
		return;
	}
	guess_sensor(sight, offer);
	guess_percentage(sight, offer);
	guess_state(sight, offer);
	if (sight->moved > 0)
		improve(offer, LOOK_NUMBER, 0.45, "");
	/* The same in many rows, and always: a setting, or a size. */
	if (sight->n_distinct == 1 && sight->looked >= 3 && offer->look != LOOK_STATE)
		offer->score -= 0.3;
}

/* --- telling --- */

static char *values_of(const struct sight *sight)
{
	struct str text = {0};

	for (size_t i = 0; i < sight->group.n && i < ROWS_SHOWN; i++) {
		if (i > 0)
			str_add_char(&text, ' ');
		value_add_text(
		    &text, &recording_at(sight->recording, sight->group.first + i)->value, VALUE_FORMAT_AUTO);
	}
	return str_steal(&text);
}

/* The texts of the first rows in the first column that has such: as they are. */
static char *beside_of(const struct sight *sight)
{
	const struct recording *recording = sight->recording;
	struct str text = {0};
	uint8_t ber[OID_BER_MAX];
	size_t at, end;

	if (sight->group.is_scalar)
		return mem_strdup("");
	at = recording_from(recording, ber, oid_to_ber(&sight->group.entry, ber));
	end = group_end(recording, &sight->group.entry);
	while (at < end && text.len == 0) {
		struct oid column;
		size_t stop;
		double number;

		group_name(recording, at, &column);
		column.len = (uint8_t)(sight->group.entry.len + 1);
		stop = group_end(recording, &column);
		for (size_t i = at; i < stop && i < at + ROWS_SHOWN && text.len < BESIDE_MAX; i++) {
			const struct value *value = &recording_at(recording, i)->value;

			if (value->type != VALUE_OCTETS || value->bytes.len == 0 ||
			    value_to_double(value, &number))
				break;
			if (text.len > 0)
				str_add(&text, ", ");
			value_add_text(&text, value, VALUE_FORMAT_AUTO);
		}
		at = stop;
	}
	return str_steal(&text);
}

static void add_offer(struct offer_list *list, const struct sight *sight)
{
	struct offer offer = {.oid = sight->group.oid,
	    .is_scalar = sight->group.is_scalar,
	    .look = LOOK_NUMBER,
	    .hint = "",
	    .rows = sight->group.n,
	    .moved = sight->moved > 0};

	guess(sight, &offer);
	if (offer.score < SCORE_MIN)
		return;
	offer.values = values_of(sight);
	offer.beside = beside_of(sight);
	vec_push(list, offer);
}

/* --- what is asked for already, or of no use --- */

static bool begins(const uint8_t *name, size_t len, const struct source *source)
{
	return source->ber_len > 0 && len >= source->ber_len &&
	       memcmp(name, source->ber, source->ber_len) == 0;
}

static bool is_asked(const struct profile *profile, const uint8_t *name, size_t len)
{
	for (size_t i = 0; i < profile->n_probes; i++) {
		if (begins(name, len, &profile->probes[i].source))
			return true;
	}
	for (size_t t = 0; t < profile->n_tables; t++) {
		const struct table *table = &profile->tables[t];

		if (begins(name, len, &table->guard))
			return true;
		for (size_t c = 0; c < table->n_columns; c++) {
			for (size_t s = 0; s < table->columns[c].n_sources; s++) {
				if (begins(name, len, &table->columns[c].sources[s]))
					return true;
			}
		}
	}
	return false;
}

/* The agent itself, lists of connections and programs, forwarding tables: large, and nothing that one draws.
 */
static bool is_dull(const struct oid *oid)
{
	static const char *const dull[] = {"1.3.6.1.2.1.1", "1.3.6.1.2.1.2.1", "1.3.6.1.2.1.3",
	    "1.3.6.1.2.1.4.20", "1.3.6.1.2.1.4.21", "1.3.6.1.2.1.4.22", "1.3.6.1.2.1.4.24",
	    "1.3.6.1.2.1.4.32", "1.3.6.1.2.1.4.34", "1.3.6.1.2.1.4.35", "1.3.6.1.2.1.6.13",
	    "1.3.6.1.2.1.6.19", "1.3.6.1.2.1.6.20", "1.3.6.1.2.1.7.5", "1.3.6.1.2.1.7.7", "1.3.6.1.2.1.11",
	    "1.3.6.1.2.1.16", "1.3.6.1.2.1.17.4", "1.3.6.1.2.1.17.7", "1.3.6.1.2.1.25.4", "1.3.6.1.2.1.25.5",
	    "1.3.6.1.2.1.25.6", "1.3.6.1.2.1.92", "1.3.6.1.6", "1.3.6.1.4.1.8072.1"};

	for (size_t i = 0; i < ARRAY_LEN(dull); i++) {
		struct oid prefix;

		if (oid_parse(dull[i], &prefix) == ERR_OK && oid_starts(oid, &prefix))
			return true;
	}
	return false;
}

static int by_score(const void *a, const void *b)
{
	const struct offer *x = a, *y = b;

	if (x->score < y->score || x->score > y->score)
		return x->score > y->score ? -1 : 1;
	return oid_compare(&x->oid, &y->oid);
}

void offer_find(struct offer_list *list, const struct profile *profile, const struct recording *recording,
    const struct recording *later)
{
	for (size_t at = 0; at < recording_count(recording);) {
		struct sight sight = {.recording = recording, .later = later};
		const struct recorded *object = recording_at(recording, at);

		group_at(recording, at, &sight.group);
		at += sight.group.n;
		if (is_asked(profile, object->name, object->name_len) || is_dull(&sight.group.oid))
			continue;
		see(&sight);
		add_offer(list, &sight);
		str_fini(&sight.beside);
	}
	if (list->n > 1)
		qsort(list->v, list->n, sizeof *list->v, by_score);
}

void offer_list_fini(struct offer_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->v[i].values);
		free(list->v[i].beside);
	}
	vec_fini(list);
}
