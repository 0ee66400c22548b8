/* value: one value as it came in a varbind (RFC 2578 SMIv2, RFC 3416 exceptions,
 * and the Opaque float and double of net-snmp).
 *
 * A value does not own its bytes: they lie in the receive buffer and are good
 * only during the callback that hands them over. */
#ifndef ROLLCALL_MODEL_VALUE_H
#define ROLLCALL_MODEL_VALUE_H

#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum value_type {
	VALUE_INTEGER,	 /* .i */
	VALUE_OCTETS,	 /* .bytes */
	VALUE_OID,	 /* .bytes: BER content octets */
	VALUE_IPADDRESS, /* .bytes: 4 */
	VALUE_COUNTER32, /* .u */
	VALUE_GAUGE32,	 /* .u; Unsigned32 too */
	VALUE_TIMETICKS, /* .u, hundredths of a second */
	VALUE_COUNTER64, /* .u */
	VALUE_OPAQUE,	 /* .bytes, not a float */
	VALUE_FLOAT,	 /* .d */
	VALUE_DOUBLE,	 /* .d */
	VALUE_NULL,	 /* absent, whatever the agent meant by it */
	VALUE_NO_SUCH_OBJECT,
	VALUE_NO_SUCH_INSTANCE,
	VALUE_END_OF_MIB_VIEW,
	VALUE_BAD, /* a varbind whose value did not decode; the rest of the PDU did */
};

struct value {
	enum value_type type;
	union {
		int64_t i;
		uint64_t u;
		double d;
		struct {
			const uint8_t *p;
			uint32_t len;
		} bytes;
	};
};

const char *value_type_name(enum value_type type); /* "Counter32" */
bool value_is_absent(const struct value *value);   /* NULL and the three exceptions */

/* Any integer type, whatever was declared. False for the others. Negative INTEGERs
 * give false here; use value_to_i64. */
bool value_to_u64(const struct value *value, uint64_t *out);
bool value_to_i64(const struct value *value, int64_t *out); /* false above 2^63-1 */
/* Integers, floats, and text that is a number as a whole ("12.5"). */
bool value_to_double(const struct value *value, double *out);

/* How octets are shown. */
enum value_format {
	VALUE_FORMAT_AUTO, /* text if it is printable UTF-8, else hex */
	VALUE_FORMAT_TEXT,
	VALUE_FORMAT_MAC,  /* 00:1b:21:3c:4d:5e; text MACs are normalised */
	VALUE_FORMAT_HEX,  /* 0x001b21 */
	VALUE_FORMAT_IP,   /* 4 or 16 octets */
	VALUE_FORMAT_DATE, /* DateAndTime, RFC 2579 */
};
/* Adds clean UTF-8 text; absent values add nothing. OIDs are dotted. */
void value_add_text(struct str *str, const struct value *value, enum value_format format);

/* DateAndTime (8 or 11 octets) as seconds since the epoch; 8 octets have no zone and
 * are taken as UTC. False when malformed or a field is out of range. */
bool value_date(const struct value *value, double *epoch_s);

#endif
