/* rowindex: parts of a row's index, as a tag's text or as the row's index in another table.
 *
 * A published profile counts sub-identifiers: in `1.6.0.36.155.53.3.246` the first is a
 * branch's number, the rest the MAC of its unit, by which another table knows the unit's
 * name. Pure. */
#ifndef ROLLCALL_POLL_ROWINDEX_H
#define ROLLCALL_POLL_ROWINDEX_H

#include "base/str.h"
#include "model/oid.h"
#include "model/profile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Content octets of the column's parts of an index, joined; the whole index when it names none.
 * Returns their number, 0 when the index is too short for them or malformed. */
size_t rowindex_cut(
    const struct column *column, const uint8_t *index, size_t index_len, uint8_t out[OID_BER_MAX]);

/* The same of an index that a device has written out: "7", "6.0.36". At most 64 sub-identifiers. */
size_t rowindex_cut_text(const struct column *column, const char *text, uint8_t out[OID_BER_MAX]);

/* Adds the text of those parts: one number as such or by its name; several dotted, or as the
 * column's format has it (addresses, text; a length before them is left out). False, and
 * nothing added, when they are not there or the format does not fit. */
bool rowindex_text(const struct column *column, const uint8_t *index, size_t index_len, struct str *text);

#endif
