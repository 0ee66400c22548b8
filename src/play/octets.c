#include "play/octets.h"

#include <ctype.h>
#include <string.h>

#define OPAQUE_TAG    0x9f
#define OPAQUE_FLOAT  0x78
#define OPAQUE_DOUBLE 0x79

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool octets_from_hex(struct str *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (isspace((unsigned char)text[i]))
			continue;
		if (i + 1 == len || digit(text[i]) < 0 || digit(text[i + 1]) < 0)
			return false;
		str_add_char(out, (char)(digit(text[i]) << 4 | digit(text[i + 1])));
		i++;
	}
	return true;
}

void octets_to_hex(struct str *out, const void *octets, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *p = octets;

	for (size_t i = 0; i < len; i++) {
		str_add_char(out, digits[p[i] >> 4]);
		str_add_char(out, digits[p[i] & 15]);
	}
}

static void put_be(uint8_t *out, uint64_t bits, size_t n)
{
	for (size_t i = n; i-- > 0; bits >>= 8)
		out[i] = (uint8_t)bits;
}

static uint64_t get_be(const uint8_t *p, size_t n)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < n; i++)
		bits = bits << 8 | p[i];
	return bits;
}

size_t octets_of_float(const struct value *value, uint8_t out[OCTETS_OPAQUE_MAX])
{
	size_t n = value->type == VALUE_FLOAT ? 4 : 8;
	float single = (float)value->d;
	uint32_t bits32;
	uint64_t bits64;

	out[0] = OPAQUE_TAG;
	out[1] = n == 4 ? OPAQUE_FLOAT : OPAQUE_DOUBLE;
	out[2] = (uint8_t)n;
	memcpy(&bits32, &single, sizeof bits32);
	memcpy(&bits64, &value->d, sizeof bits64);
	put_be(out + 3, n == 4 ? bits32 : bits64, n);
	return 3 + n;
}

void octets_unwrap_float(struct value *value)
{
	const uint8_t *p = value->bytes.p;

	if (value->type != VALUE_OPAQUE || value->bytes.len < 7 || p[0] != OPAQUE_TAG)
		return;
	if (p[1] == OPAQUE_FLOAT && p[2] == 4 && value->bytes.len == 7) {
		uint32_t bits = (uint32_t)get_be(p + 3, 4);
		float single;

		memcpy(&single, &bits, sizeof single);
		value->type = VALUE_FLOAT;
		value->d = (double)single;
	} else if (p[1] == OPAQUE_DOUBLE && p[2] == 8 && value->bytes.len == 11) {
		uint64_t bits = get_be(p + 3, 8);

		value->type = VALUE_DOUBLE;
		memcpy(&value->d, &bits, sizeof value->d);
	}
}
