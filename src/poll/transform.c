#include "poll/transform.h"

#include "model/oid.h"
#include "poll/rewrite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Numbers stand near the beginning; what is longer is cut before a pattern sees it. */
#define TEXT_MAX 256

#define TWO_TO_64 18446744073709551616.0

struct number {
	enum cell_form form; /* CELL_NONE: there is none */
	uint64_t raw;
};

static const struct number no_number = {.form = CELL_NONE};

static struct number from_u64(uint64_t u)
{
	return (struct number){CELL_UNSIGNED, u};
}

static struct number from_i64(int64_t i)
{
	return (struct number){i < 0 ? CELL_SIGNED : CELL_UNSIGNED, (uint64_t)i};
}

static struct number from_double(double d)
{
	struct number number = {.form = CELL_DOUBLE};

	if (!isfinite(d))
		return no_number;
	memcpy(&number.raw, &d, sizeof d);
	return number;
}

static double as_double(struct number number)
{
	double d = NAN;

	switch (number.form) {
	case CELL_NONE:
		break;
	case CELL_UNSIGNED:
		return (double)number.raw;
	case CELL_SIGNED:
		return (double)(int64_t)number.raw;
	case CELL_DOUBLE:
		memcpy(&d, &number.raw, sizeof d);
		break;
	}
	return d;
}

/* --- text --- */

static bool is_padding(uint8_t c)
{
	return c == '\0' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Octets as a terminated string without the padding around; a NUL within becomes a space. */
static void copy_text(char text[TEXT_MAX], const uint8_t *p, size_t len)
{
	while (len > 0 && is_padding(p[len - 1]))
		len--;
	while (len > 0 && is_padding(p[0])) {
		p++;
		len--;
	}
	if (len >= TEXT_MAX)
		len = TEXT_MAX - 1;
	for (size_t i = 0; i < len; i++)
		text[i] = p[i] == '\0' ? ' ' : (char)p[i];
	text[len] = '\0';
}

/* Integers stay exact: a 64-bit counter in decimal digits is more than a double holds. */
static struct number parse_number(const char *text)
{
	uint64_t u;
	int64_t i;
	double d;

	if (str_to_u64(text, &u))
		return from_u64(u);
	if (str_to_i64(text, &i))
		return from_i64(i);
	if (str_to_double(text, &d))
		return from_double(d);
	return no_number;
}

/* Agents of one vendor send "up", those of another 1. */
static struct number named_number(const struct column *column, const char *text)
{
	for (size_t i = 0; i < column->n_names; i++) {
		if (strcasecmp(column->names[i].name, text) == 0)
			return from_i64(column->names[i].number);
	}
	return no_number;
}

static struct number text_number(
    const struct column *column, const struct source *source, const uint8_t *p, size_t len)
{
	struct rewrite rule = rewrite_of(column, source);
	char text[TEXT_MAX], part[REWRITE_TEXT_MAX];
	struct number number;

	if (rule.match == NULL && len >= TEXT_MAX)
		return no_number;
	copy_text(text, p, len);
	if (rule.match != NULL && !rewrite_apply(&rule, text, part))
		return no_number;
	number = parse_number(rule.match != NULL ? part : text);
	return number.form != CELL_NONE ? number : named_number(column, rule.match != NULL ? part : text);
}

/* --- octets that are no text --- */

static bool all_digits(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
	}
	return true;
}

static struct number big_endian(const uint8_t *p, size_t len)
{
	uint64_t u = 0;

	for (size_t i = 0; i < len; i++)
		u = u << 8 | p[i];
	return from_u64(u);
}

static struct number bits_number(const uint8_t *p, size_t len)
{
	uint64_t u = 0;

	for (size_t i = 0; i < len; i++) {
		if (i >= sizeof u && p[i] != 0)
			return no_number;
		for (size_t bit = 0; bit < 8 && i < sizeof u; bit++) {
			if (p[i] & 0x80 >> bit)
				u |= UINT64_C(1) << (i * 8 + bit);
		}
	}
	return from_u64(u);
}

static struct number little_endian(const uint8_t *p, size_t len)
{
	uint64_t u = 0;

	for (size_t i = len; i-- > 0;)
		u = u << 8 | p[i];
	return from_u64(u);
}

/* "0110...": flags written out. */
static struct number flags_number(const uint8_t *p, size_t len)
{
	uint64_t u = 0;

	while (len > 0 && is_padding(p[len - 1]))
		len--;
	for (size_t i = 0; i < len; i++) {
		if ((p[i] != '0' && p[i] != '1') || (p[i] == '1' && i >= 64))
			return no_number;
		if (p[i] == '1')
			u |= UINT64_C(1) << i;
	}
	return len > 0 ? from_u64(u) : no_number;
}

static struct number converted(const struct column *column, const uint8_t *p, size_t len)
{
	switch (column->convert) {
	case CONVERT_NONE:
		break;
	case CONVERT_ONE:
		return from_u64(1);
	case CONVERT_BIG_ENDIAN:
		return len > 0 && len <= 8 ? big_endian(p, len) : no_number;
	case CONVERT_LITTLE_ENDIAN:
		return len > 0 && len <= 8 ? little_endian(p, len) : no_number;
	case CONVERT_FLAGS:
		return flags_number(p, len);
	}
	return no_number;
}

static struct number octets_number(
    const struct column *column, const struct source *source, const struct value *value)
{
	const uint8_t *p = value->bytes.p;
	size_t len = value->bytes.len;
	double epoch;

	if (column->convert != CONVERT_NONE)
		return converted(column, p, len);
	if (column->kind == KIND_BITS)
		return bits_number(p, len);
	if (column->kind == KIND_DATETIME && value_date(value, &epoch))
		return from_double(epoch);
	if (column->kind == KIND_COUNTER && rewrite_of(column, source).match == NULL && len == 8 &&
	    !all_digits(p, len))
		return big_endian(p, len);
	return text_number(column, source, p, len);
}

/* An identity such as hrStorageType is told apart by a number in its dotted form. */
static struct number oid_number(
    const struct column *column, const struct source *source, const struct value *value)
{
	char text[OID_TEXT_MAX];
	struct oid oid;

	if (rewrite_of(column, source).match == NULL ||
	    oid_from_ber(value->bytes.p, value->bytes.len, &oid) != ERR_OK)
		return no_number;
	oid_format(&oid, text, sizeof text);
	return text_number(column, source, (const uint8_t *)text, strlen(text));
}

/* --- values --- */

static struct number number_of(
    const struct column *column, const struct source *source, const struct value *value)
{
	if (column->convert == CONVERT_ONE && value->type != VALUE_BAD && !value_is_absent(value))
		return from_u64(1);
	switch (value->type) {
	case VALUE_INTEGER:
		return from_i64(value->i);
	case VALUE_COUNTER32:
	case VALUE_GAUGE32:
	case VALUE_TIMETICKS:
	case VALUE_COUNTER64:
		return from_u64(value->u);
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		return from_double(value->d);
	case VALUE_OCTETS:
		return octets_number(column, source, value);
	case VALUE_OID:
		return oid_number(column, source, value);
	case VALUE_IPADDRESS:
	case VALUE_OPAQUE:
	case VALUE_NULL:
	case VALUE_NO_SUCH_OBJECT:
	case VALUE_NO_SUCH_INSTANCE:
	case VALUE_END_OF_MIB_VIEW:
	case VALUE_BAD:
		break;
	}
	return no_number;
}

/* The profile writes its absent numbers in decimal, so they compare as doubles. */
static bool means_none(const struct source *source, struct number number)
{
	double d = as_double(number);

	for (size_t i = 0; i < source->n_absent; i++) {
		if (d <= source->absent[i] && d >= source->absent[i])
			return true;
	}
	return false;
}

/* Rates are differences of whole numbers that never fall below zero. */
static struct number as_counter(struct number number)
{
	double d = as_double(number);

	switch (number.form) {
	case CELL_NONE:
	case CELL_SIGNED: /* only ever negative */
		break;
	case CELL_UNSIGNED:
		return number;
	case CELL_DOUBLE:
		if (d >= 0 && d < TWO_TO_64 && d >= floor(d) && d <= floor(d))
			return from_u64((uint64_t)d);
		break;
	}
	return no_number;
}

struct transform_cell transform_value(
    const struct column *column, const struct source *source, const struct value *value)
{
	struct transform_cell cell = {.quality = QUALITY_OK, .form = CELL_NONE};
	struct number number;

	if (value_is_absent(value)) {
		cell.quality = QUALITY_NO_SUCH;
		return cell;
	}
	number = number_of(column, source, value);
	if (number.form != CELL_NONE && means_none(source, number)) {
		cell.quality = QUALITY_ABSENT;
		return cell;
	}
	if (column->kind == KIND_COUNTER)
		number = as_counter(number);
	if (number.form == CELL_NONE) {
		cell.quality = QUALITY_DECODE;
		return cell;
	}
	cell.form = number.form;
	cell.raw = number.raw;
	cell.narrow = value->type == VALUE_COUNTER32 || value->type == VALUE_GAUGE32;
	return cell;
}

/* --- tags --- */

/* The name that the column gives to a number, also to one in text. */
static const char *name_of(
    const struct column *column, const struct source *source, const struct value *value)
{
	struct number number;

	if (column->n_names == 0)
		return NULL;
	number = number_of(column, source, value);
	if (number.form == CELL_SIGNED || (number.form == CELL_UNSIGNED && number.raw <= INT64_MAX))
		return column_enum_text(column, (int64_t)number.raw);
	return NULL;
}

/* The other text that the column has for one, else itself. */
static const char *other_text(const struct column *column, const char *text)
{
	for (size_t i = 0; i < column->n_texts; i++) {
		if (strcmp(column->texts[i].from, text) == 0)
			return column->texts[i].to;
	}
	return text;
}

bool transform_tag(
    const struct column *column, const struct source *source, const struct value *value, struct str *text)
{
	struct rewrite rule = rewrite_of(column, source);
	struct str whole = {0};
	char part[REWRITE_TEXT_MAX];
	const char *name, *other;
	bool matched = true;

	if (value_is_absent(value) || value->type == VALUE_BAD)
		return false;
	name = name_of(column, source, value);
	if (name != NULL) {
		str_add(text, name);
		return true;
	}
	value_add_text(&whole, value, column->format);
	if (rule.match != NULL)
		matched = rewrite_apply(&rule, str_text(&whole), part);
	if (matched) { /* the pattern may have cut a character in two */
		other = other_text(column, rule.match != NULL ? part : str_text(&whole));
		str_add_utf8(text, other, strlen(other));
	}
	str_fini(&whole);
	return matched;
}

bool transform_is(const struct column *column, const struct value *value, const char *text, size_t len)
{
	/* Clean text is what it is, unless the column makes another of it. */
	return value->type == VALUE_OCTETS && value->bytes.len == len && column->n_names == 0 &&
	       column->n_texts == 0 && column->extract == NULL && column->n_sources == 1 &&
	       column->sources[0].extract == NULL &&
	       (column->format == VALUE_FORMAT_AUTO || column->format == VALUE_FORMAT_TEXT) &&
	       memcmp(value->bytes.p, text, len) == 0;
}

bool transform_text(const struct column *column, const struct value *value, struct str *text)
{
	return transform_tag(column, NULL, value, text);
}
