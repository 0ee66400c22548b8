/* transform: from a value as it came in a varbind to a cell of a rowset, or to a tag.
 *
 * The profile's `kind` says what a number means, never the wire type: agents send
 * INTEGER where Counter32 was promised, text where a number was (PROFILES 2, items
 * 2, 3, 4, 12). Pure; allocates nothing (but for a tag's text). */
#ifndef ROLLCALL_POLL_TRANSFORM_H
#define ROLLCALL_POLL_TRANSFORM_H

#include "base/str.h"
#include "model/failure.h"
#include "model/profile.h"
#include "model/rowset.h"
#include "model/value.h"

#include <stdbool.h>
#include <stdint.h>

/* A cell's number before `scale` (rowset_value() applies it), as rowsets hold it. */
struct transform_cell {
	enum quality quality; /* OK, NO_SUCH, ABSENT or DECODE */
	enum cell_form form;  /* CELL_NONE unless OK */
	uint64_t raw;	      /* 0 unless OK */
	bool narrow;	      /* its type has 32 bits, whatever was promised: it wraps there */
};

/* Of a metric's value that `source` gave.
 *
 * NO_SUCH   NULL, noSuchObject, noSuchInstance, endOfMibView
 * ABSENT    the number is in the source's list of those that mean "none"
 * DECODE    not a number: malformed, text without one, a negative or fractional
 *           counter, an infinite or NaN float
 *
 * Numbers: any integer type; Opaque float and double; text, which must be a number as a
 * whole or, with a pattern, have one in what the pattern gives.
 * An OID has one only with a pattern, which sees its dotted form.
 * Counters are CELL_UNSIGNED always; an octet string of 8 octets that are not all
 * digits is a 64-bit counter in network order (FCMGMT-MIB). KIND_BITS: an octet string's
 * bit n (RFC 2578: n = 0 is the first octet's highest) becomes 2^n; bits above 63
 * are a DECODE if set. KIND_DATETIME: DateAndTime becomes epoch seconds, CELL_DOUBLE; an integer is
 * taken as epoch seconds. KIND_TIMETICKS keeps hundredths. Otherwise integers are
 * CELL_UNSIGNED, negative ones CELL_SIGNED, the rest CELL_DOUBLE. */
struct transform_cell transform_value(
    const struct column *column, const struct source *source, const struct value *value);

/* Of patterns: with `rewrite` a match gives that text, else capture group 1; the source's own
 * pattern goes before the column's. A text that the column names counts as the number.
 *
 * Adds a tag's text: clean UTF-8 in the column's format; a number that the column names by
 * that name; with column->extract its capture group 1. False, and nothing added, when
 * the value is absent, malformed or does not match. Empty text is true. */
bool transform_tag(
    const struct column *column, const struct source *source, const struct value *value, struct str *text);
/* The same of whichever source; for tables, whose sources have no patterns of their own. */
bool transform_text(const struct column *column, const struct value *value, struct str *text);
/* True if the value is this very text, which transform_text() has made of it before: then it would again.
 * False is no answer. */
bool transform_is(const struct column *column, const struct value *value, const char *text, size_t len);

/* How many cells came out how; kept by the caller, per device or for all. */
struct transform_counts {
	uint64_t by_quality[QUALITY_COUNT];
};

static inline void transform_count(struct transform_counts *counts, enum quality quality)
{
	counts->by_quality[quality]++;
}

#endif
