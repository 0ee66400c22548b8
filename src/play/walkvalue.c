#include "play/walkvalue.h"

#include "base/mem.h"
#include "model/oid.h"
#include "play/octets.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAC_LEN 6

static void point_to(struct value *value, struct str *octets, enum value_type type)
{
	value->type = type;
	value->bytes.p = (const uint8_t *)str_text(octets);
	value->bytes.len = (uint32_t)(octets->len <= UINT32_MAX ? octets->len : UINT32_MAX);
}

static bool is_ended(const char *text)
{
	return text[strspn(text, " \t\r")] == '\0';
}

/* ---- text ---- */

static enum walkvalue read_quoted(const char *text, struct str *octets)
{
	for (; *text != '\0'; text++) {
		if (*text == '"')
			return WALKVALUE_WHOLE;
		if (*text == '\\' && text[1] != '\0')
			text++;
		str_add_char(octets, *text);
	}
	return WALKVALUE_QUOTED;
}

static enum walkvalue read_string(const char *text, struct value *value, struct str *octets)
{
	enum walkvalue state = WALKVALUE_PLAIN;

	if (text[0] == '"')
		state = read_quoted(text + 1, octets);
	else
		str_add(octets, text);
	point_to(value, octets, VALUE_OCTETS);
	return state;
}

/* With -OT the text follows the octets in brackets. */
static bool add_hex_line(struct str *octets, const char *text)
{
	size_t before = octets->len;

	if (octets_from_hex(octets, text, strcspn(text, "[")))
		return true;
	octets->len = before;
	if (octets->s != NULL)
		octets->s[before] = '\0';
	return false;
}

static enum walkvalue read_hex(const char *text, struct value *value, struct str *octets)
{
	if (!add_hex_line(octets, text))
		return WALKVALUE_BAD;
	point_to(value, octets, VALUE_OCTETS);
	return WALKVALUE_HEX;
}

/* Octets until the names of the bits that are set. */
static enum walkvalue read_bits(const char *text, struct value *value, struct str *octets)
{
	size_t len = 0;

	while (isxdigit((unsigned char)text[len]) && isxdigit((unsigned char)text[len + 1]) &&
	       (text[len + 2] == ' ' || text[len + 2] == '\0'))
		len += text[len + 2] == ' ' ? 3 : 2;
	if (!octets_from_hex(octets, text, len))
		return WALKVALUE_BAD;
	point_to(value, octets, VALUE_OCTETS);
	return WALKVALUE_WHOLE;
}

/* "0:1b:21:3c:4d:5e": colons without leading zeros are the DISPLAY-HINT "1x:"; with all of them it may be
 * text that the agent sent. */
static bool mac_of(const char *text, bool certain, uint8_t mac[MAC_LEN])
{
	for (size_t i = 0; i < MAC_LEN; i++) {
		char *end;
		unsigned long octet = strtoul(text, &end, 16);

		if (!isxdigit((unsigned char)text[0]) || end > text + 2 ||
		    *end != (i + 1 < MAC_LEN ? ':' : '\0'))
			return false;
		certain = certain || end == text + 1;
		mac[i] = (uint8_t)octet;
		text = end + 1;
	}
	return certain;
}

/* DateAndTime's DISPLAY-HINT "2d-1d-1d,1d:1d:1d.1d,1a1d:1d"; returns octets, 0 when it is none. */
static size_t date_of(const char *text, uint8_t date[11])
{
	unsigned year, month, day, hour, minute, second, tenth, zone_h, zone_m;
	int here = 0, there = 0;
	char sign;

	if (sscanf(text, "%4u-%2u-%2u,%2u:%2u:%2u.%1u%n", &year, &month, &day, &hour, &minute, &second,
		&tenth, &here) != 7)
		return 0;
	date[0] = (uint8_t)(year >> 8);
	date[1] = (uint8_t)year;
	date[2] = (uint8_t)month;
	date[3] = (uint8_t)day;
	date[4] = (uint8_t)hour;
	date[5] = (uint8_t)minute;
	date[6] = (uint8_t)second;
	date[7] = (uint8_t)tenth;
	if (is_ended(text + here))
		return 8;
	if (sscanf(text + here, ",%c%2u:%2u%n", &sign, &zone_h, &zone_m, &there) != 3 ||
	    !is_ended(text + here + there))
		return 0;
	date[8] = (uint8_t)sign;
	date[9] = (uint8_t)zone_h;
	date[10] = (uint8_t)zone_m;
	return 11;
}

/* ---- numbers ---- */

/* "up(1)" and "(2) 0:00:00.02" have it in parentheses; "5 percent" begins with it; "23.5" is 235 whose hint
 * has one decimal. */
static bool number_text(const char *text, char *out, size_t size)
{
	const char *open = strrchr(text, '(');
	size_t n = 0;

	if (open != NULL && !isdigit((unsigned char)text[0]) && text[0] != '-')
		text = open + 1;
	if (*text == '-')
		out[n++] = *text++;
	for (bool point = false; isdigit((unsigned char)*text) || (*text == '.' && !point); text++) {
		if (*text == '.')
			point = true;
		else if (n + 1 < size)
			out[n++] = *text;
		else
			return false;
	}
	out[n] = '\0';
	return n > 0;
}

static enum walkvalue read_number(const char *text, struct value *value, enum value_type type)
{
	char digits[24];
	bool good = number_text(text, digits, sizeof digits);

	value->type = type;
	if (type == VALUE_INTEGER)
		good = good && str_to_i64(digits, &value->i);
	else
		good = good && str_to_u64(digits, &value->u) &&
		       (type == VALUE_COUNTER64 || value->u <= UINT32_MAX);
	return good ? WALKVALUE_WHOLE : WALKVALUE_BAD;
}

static enum walkvalue read_double(const char *text, struct value *value, enum value_type type)
{
	char *end;

	value->type = type;
	value->d = strtod(text, &end);
	return end != text ? WALKVALUE_WHOLE : WALKVALUE_BAD;
}

/* ---- names and addresses ---- */

static enum walkvalue read_oid(const char *text, struct value *value, struct str *octets)
{
	static const struct {
		const char *name;
		uint32_t id;
	} roots[] = {{"iso", 1}, {"ccitt", 0}, {"joint-iso-ccitt", 2}, {"joint-iso-itu-t", 2}};
	struct str dotted = {0};
	uint8_t ber[OID_BER_MAX];
	struct oid oid;
	size_t len = 0;

	text += text[0] == '.';
	for (size_t i = 0; i < ARRAY_LEN(roots); i++) {
		size_t skip = strlen(roots[i].name);

		if (str_starts(text, roots[i].name) && (text[skip] == '.' || text[skip] == '\0')) {
			str_addf(&dotted, "%u", (unsigned)roots[i].id);
			text += skip;
			break;
		}
	}
	str_add_n(&dotted, text, strcspn(text, " \t\r"));
	if (oid_parse(str_text(&dotted), &oid) == ERR_OK)
		len = oid_to_ber(&oid, ber);
	str_fini(&dotted);
	str_add_n(octets, (const char *)ber, len);
	point_to(value, octets, VALUE_OID);
	return len > 0 ? WALKVALUE_WHOLE : WALKVALUE_BAD;
}

static enum walkvalue read_address(const char *text, struct value *value, struct str *octets)
{
	char dotted[INET_ADDRSTRLEN] = "";
	struct in_addr address;

	snprintf(dotted, sizeof dotted, "%.*s", (int)strcspn(text, " \t\r"), text);
	if (inet_pton(AF_INET, dotted, &address) != 1)
		return WALKVALUE_BAD;
	str_add_n(octets, (const char *)&address, sizeof address);
	point_to(value, octets, VALUE_IPADDRESS);
	return WALKVALUE_WHOLE;
}

/* "Network Address: C0:A8:01:01", of SMIv1. */
static enum walkvalue read_network_address(const char *text, struct value *value, struct str *octets)
{
	unsigned a, b, c, d;
	int read = 0;

	if (sscanf(text, "%2x:%2x:%2x:%2x%n", &a, &b, &c, &d, &read) != 4 || !is_ended(text + read))
		return WALKVALUE_BAD;
	for (unsigned i = 0; i < 4; i++)
		str_add_char(octets, (char)(i == 0 ? a : i == 1 ? b : i == 2 ? c : d));
	point_to(value, octets, VALUE_IPADDRESS);
	return WALKVALUE_WHOLE;
}

/* net-snmp's 64-bit numbers inside of Opaque stay what they are on the wire. */
static enum walkvalue read_opaque64(const char *text, struct value *value, struct str *octets, bool is_signed)
{
	uint8_t wire[11] = {0x9f, is_signed ? 0x7a : 0x7b, 8};
	int64_t number;
	uint64_t bits;
	char digits[24];

	if (!number_text(text, digits, sizeof digits))
		return WALKVALUE_BAD;
	if (is_signed ? !str_to_i64(digits, &number) : !str_to_u64(digits, &bits))
		return WALKVALUE_BAD;
	if (is_signed)
		bits = (uint64_t)number;
	for (size_t i = 0; i < 8; i++)
		wire[3 + i] = (uint8_t)(bits >> (56 - 8 * i));
	if (!is_signed && bits > INT64_MAX) { /* a leading zero keeps it positive */
		str_add_n(octets, "\x9f\x7b\x09", 3);
		str_add_char(octets, '\0');
		str_add_n(octets, (const char *)wire + 3, 8);
	} else {
		str_add_n(octets, (const char *)wire, sizeof wire);
	}
	point_to(value, octets, VALUE_OPAQUE);
	return WALKVALUE_WHOLE;
}

/* ---- the line ---- */

enum word {
	WORD_NUMBER,
	WORD_STRING,
	WORD_HEX,
	WORD_BITS,
	WORD_OID,
	WORD_ADDRESS,
	WORD_NETWORK_ADDRESS,
	WORD_REAL,
	WORD_INT64,
	WORD_UINT64,
};

static const struct {
	const char *text;
	enum word word;
	enum value_type type;
} words[] = {
    {"INTEGER:", WORD_NUMBER, VALUE_INTEGER},
    {"STRING:", WORD_STRING, VALUE_OCTETS},
    {"Hex-STRING:", WORD_HEX, VALUE_OCTETS},
    {"BITS:", WORD_BITS, VALUE_OCTETS},
    {"OID:", WORD_OID, VALUE_OID},
    {"IpAddress:", WORD_ADDRESS, VALUE_IPADDRESS},
    {"Network Address:", WORD_NETWORK_ADDRESS, VALUE_IPADDRESS},
    {"Counter32:", WORD_NUMBER, VALUE_COUNTER32},
    {"Counter64:", WORD_NUMBER, VALUE_COUNTER64},
    {"Gauge32:", WORD_NUMBER, VALUE_GAUGE32},
    {"Unsigned32:", WORD_NUMBER, VALUE_GAUGE32},
    {"UInteger32:", WORD_NUMBER, VALUE_GAUGE32},
    {"Timeticks:", WORD_NUMBER, VALUE_TIMETICKS},
    {"Opaque: Float:", WORD_REAL, VALUE_FLOAT},
    {"Opaque: Double:", WORD_REAL, VALUE_DOUBLE},
    {"Opaque: Int64:", WORD_INT64, VALUE_OPAQUE},
    {"Opaque: UInt64:", WORD_UINT64, VALUE_OPAQUE},
};

static enum walkvalue read_word(
    enum word word, enum value_type type, const char *text, struct value *value, struct str *octets)
{
	switch (word) {
	case WORD_NUMBER:
		return read_number(text, value, type);
	case WORD_STRING:
		return read_string(text, value, octets);
	case WORD_HEX:
		return read_hex(text, value, octets);
	case WORD_BITS:
		return read_bits(text, value, octets);
	case WORD_OID:
		return read_oid(text, value, octets);
	case WORD_ADDRESS:
		return read_address(text, value, octets);
	case WORD_NETWORK_ADDRESS:
		return read_network_address(text, value, octets);
	case WORD_REAL:
		return read_double(text, value, type);
	case WORD_INT64:
	case WORD_UINT64:
		return read_opaque64(text, value, octets, word == WORD_INT64);
	}
	return WALKVALUE_BAD;
}

static bool says_absent(const char *text)
{
	return str_starts(text, "No Such Object") || str_starts(text, "No Such Instance") ||
	       str_starts(text, "No more variables left");
}

enum walkvalue walkvalue_begin(const char *text, struct value *value, struct str *octets)
{
	const char *colon;

	str_clear(octets);
	*value = (struct value){.type = VALUE_NULL};
	if (str_starts(text, "Wrong Type (should be ") && (colon = strstr(text, "): ")) != NULL)
		text = colon + 3;
	if (says_absent(text))
		return WALKVALUE_ABSENT;
	if (str_starts(text, "NULL") && is_ended(text + 4))
		return WALKVALUE_WHOLE;
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_starts(text, words[i].text)) {
			text += strlen(words[i].text);
			text += *text == ' ';
			return read_word(words[i].word, words[i].type, text, value, octets);
		}
	}
	if (text[0] == '"') /* empty text has no type in front */
		return read_string(text, value, octets);
	/* -Ot: time in bare ticks, the only value without a type. */
	return isdigit((unsigned char)text[0]) && is_ended(text + strspn(text, "0123456789"))
		   ? read_number(text, value, VALUE_TIMETICKS)
		   : WALKVALUE_BAD;
}

enum walkvalue walkvalue_more(enum walkvalue state, const char *line, struct str *octets)
{
	switch (state) {
	case WALKVALUE_QUOTED:
		str_add_char(octets, '\n');
		return read_quoted(line, octets);
	case WALKVALUE_PLAIN:
		str_add_char(octets, '\n');
		str_add(octets, line);
		return state;
	case WALKVALUE_HEX:
		return add_hex_line(octets, line) ? state : WALKVALUE_BAD;
	case WALKVALUE_WHOLE:
	case WALKVALUE_ABSENT:
	case WALKVALUE_BAD:
		break;
	}
	return WALKVALUE_BAD;
}

void walkvalue_end(enum walkvalue state, bool is_mac, struct value *value, struct str *octets)
{
	uint8_t mac[MAC_LEN], date[11];
	size_t len;

	if (state == WALKVALUE_PLAIN && mac_of(str_text(octets), is_mac, mac)) {
		str_clear(octets);
		str_add_n(octets, (const char *)mac, sizeof mac);
	} else if (state == WALKVALUE_PLAIN && (len = date_of(str_text(octets), date)) > 0) {
		str_clear(octets);
		str_add_n(octets, (const char *)date, len);
	}
	if (value->type == VALUE_OCTETS || value->type == VALUE_OID || value->type == VALUE_IPADDRESS ||
	    value->type == VALUE_OPAQUE)
		point_to(value, octets, value->type);
}
