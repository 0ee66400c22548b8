/* octets: how recorded files write octets, and BER's integers inside of Opaque. */
#ifndef ROLLCALL_PLAY_OCTETS_H
#define ROLLCALL_PLAY_OCTETS_H

#include "base/str.h"
#include "model/value.h"

/* Adds the octets that `text` spells: pairs of hexadecimal digits, with spaces between pairs or without.
 * False when there is anything else. */
bool octets_from_hex(struct str *out, const char *text, size_t len);
void octets_to_hex(struct str *out, const void *octets, size_t len); /* lower case */

/* Content of net-snmp's Opaque types: 9f 78 04 and a float, 9f 79 08 and a double. */
#define OCTETS_OPAQUE_MAX 11
size_t octets_of_float(const struct value *value, uint8_t out[OCTETS_OPAQUE_MAX]);
/* Makes a VALUE_OPAQUE that holds one of those a VALUE_FLOAT or VALUE_DOUBLE; leaves any other alone. */
void octets_unwrap_float(struct value *value);

#endif
