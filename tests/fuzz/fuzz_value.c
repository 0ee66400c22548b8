/* Fuzzes values: octets as text in every format, as dates and numbers. The first octet is
 * the type. */
#include "fuzz/input.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/utf8.h"
#include "model/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What is shown may be printed and put into JSON. */
static void check_clean(const struct str *text)
{
	const unsigned char *at = (const unsigned char *)str_text(text);
	size_t len = text->len;
	int32_t code;

	while (len > 0) {
		size_t n = utf8_decode(at, len, &code);

		if (code <= 0 || !utf8_is_harmless(code))
			abort();
		at += n;
		len -= n;
	}
}

static void use(const struct value *value)
{
	static const enum value_format formats[] = {VALUE_FORMAT_AUTO, VALUE_FORMAT_TEXT, VALUE_FORMAT_MAC,
	    VALUE_FORMAT_HEX, VALUE_FORMAT_IP, VALUE_FORMAT_DATE};
	double number, date;
	uint64_t u;
	int64_t i;

	for (size_t f = 0; f < ARRAY_LEN(formats); f++) {
		struct str text = {0};

		value_add_text(&text, value, formats[f]);
		check_clean(&text);
		str_fini(&text);
	}
	if (value_to_double(value, &number) && value->type == VALUE_OCTETS && !isfinite(number))
		abort();
	if (value_date(value, &date) && !isfinite(date))
		abort();
	if (value_to_u64(value, &u) && value_to_i64(value, &i) && i < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	static const enum value_type with_bytes[] = {
	    VALUE_OCTETS, VALUE_OCTETS, VALUE_OID, VALUE_IPADDRESS, VALUE_OPAQUE};
	struct value value = {.type = VALUE_NULL};
	uint8_t *exact;

	if (len == 0)
		return 0;
	value.type = (enum value_type)(octets[0] % (VALUE_BAD + 1));
	use(&(struct value){.type = VALUE_COUNTER64, .u = str_hash(octets, len)});
	for (size_t i = 0; i < ARRAY_LEN(with_bytes); i++)
		if (value.type == with_bytes[i])
			value.bytes.len = (uint32_t)(len - 1);
	/* An IpAddress has four octets, the reader saw to that. */
	if (value.type == VALUE_IPADDRESS && len != 5)
		return 0;
	exact = malloc(len);
	if (exact == NULL)
		abort();
	memcpy(exact, octets + 1, len - 1);
	if (value.bytes.len > 0) {
		value.bytes.p = exact;
		use(&value);
	} else if (value.type == VALUE_FLOAT || value.type == VALUE_DOUBLE) {
		memcpy(&value.d, exact, len - 1 < sizeof value.d ? len - 1 : sizeof value.d);
		use(&value);
	} else if (value.type != VALUE_OCTETS && value.type != VALUE_OID && value.type != VALUE_OPAQUE) {
		memcpy(&value.u, exact, len - 1 < sizeof value.u ? len - 1 : sizeof value.u);
		use(&value);
	}
	free(exact);
	return 0;
}
