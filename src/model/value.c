#include "model/value.h"

#include "base/utf8.h"
#include "model/oid.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const char *value_type_name(enum value_type type)
{
	switch (type) {
	case VALUE_INTEGER:
		return "INTEGER";
	case VALUE_OCTETS:
		return "OCTET STRING";
	case VALUE_OID:
		return "OBJECT IDENTIFIER";
	case VALUE_IPADDRESS:
		return "IpAddress";
	case VALUE_COUNTER32:
		return "Counter32";
	case VALUE_GAUGE32:
		return "Gauge32";
	case VALUE_TIMETICKS:
		return "TimeTicks";
	case VALUE_COUNTER64:
		return "Counter64";
	case VALUE_OPAQUE:
		return "Opaque";
	case VALUE_FLOAT:
		return "Float";
	case VALUE_DOUBLE:
		return "Double";
	case VALUE_NULL:
		return "NULL";
	case VALUE_NO_SUCH_OBJECT:
		return "noSuchObject";
	case VALUE_NO_SUCH_INSTANCE:
		return "noSuchInstance";
	case VALUE_END_OF_MIB_VIEW:
		return "endOfMibView";
	case VALUE_BAD:
		return "malformed";
	}
	return "?";
}

bool value_is_absent(const struct value *value)
{
	return value->type == VALUE_NULL || value->type == VALUE_NO_SUCH_OBJECT ||
	       value->type == VALUE_NO_SUCH_INSTANCE || value->type == VALUE_END_OF_MIB_VIEW;
}

static bool is_unsigned(enum value_type type)
{
	return type == VALUE_COUNTER32 || type == VALUE_GAUGE32 || type == VALUE_TIMETICKS ||
	       type == VALUE_COUNTER64;
}

bool value_to_u64(const struct value *value, uint64_t *out)
{
	if (is_unsigned(value->type)) {
		*out = value->u;
		return true;
	}
	if (value->type == VALUE_INTEGER && value->i >= 0) {
		*out = (uint64_t)value->i;
		return true;
	}
	return false;
}

bool value_to_i64(const struct value *value, int64_t *out)
{
	if (value->type == VALUE_INTEGER) {
		*out = value->i;
		return true;
	}
	if (is_unsigned(value->type) && value->u <= INT64_MAX) {
		*out = (int64_t)value->u;
		return true;
	}
	return false;
}

/* Text that is a number as a whole; agents pad with spaces and NULs. */
static bool text_to_double(const uint8_t *p, size_t len, double *out)
{
	char text[64];

	while (len > 0 && (p[len - 1] == '\0' || p[len - 1] == ' '))
		len--;
	while (len > 0 && p[0] == ' ') {
		p++;
		len--;
	}
	if (len == 0 || len >= sizeof text)
		return false;
	for (size_t i = 0; i < len; i++) { /* keeps out "inf", "nan", hexadecimal and inner NULs */
		if (p[i] == '\0' || strchr("0123456789+-.eE", p[i]) == NULL)
			return false;
		text[i] = (char)p[i];
	}
	text[len] = '\0';
	return str_to_double(text, out);
}

bool value_to_double(const struct value *value, double *out)
{
	if (is_unsigned(value->type)) {
		*out = (double)value->u;
		return true;
	}
	switch (value->type) {
	case VALUE_INTEGER:
		*out = (double)value->i;
		return true;
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		*out = value->d;
		return isfinite(value->d);
	case VALUE_OCTETS:
		return text_to_double(value->bytes.p, value->bytes.len, out);
	default:
		return false;
	}
}

/* Text once the padding is gone: valid UTF-8 without control characters but white space. */
static bool is_text(const uint8_t *p, size_t len)
{
	while (len > 0 && p[len - 1] == '\0')
		len--;
	for (size_t i = 0; i < len;) {
		int32_t code;
		size_t n = utf8_decode(p + i, len - i, &code);

		if (code < 0 || (!utf8_is_harmless(code) && code != '\t' && code != '\n' && code != '\r'))
			return false;
		i += n;
	}
	return true;
}

static void add_hex(struct str *str, const uint8_t *p, size_t len, const char *prefix, const char *between)
{
	static const char digits[] = "0123456789abcdef";

	if (len > 0)
		str_add(str, prefix);
	for (size_t i = 0; i < len; i++) {
		if (i > 0)
			str_add(str, between);
		str_add_char(str, digits[p[i] >> 4]);
		str_add_char(str, digits[p[i] & 15]);
	}
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* A MAC written as text: "0:1b:21:3c:4d:5e", "00-1B-21-..", "001b.213c.4d5e", "001b213c4d5e". */
static bool mac_from_text(const uint8_t *p, size_t len, uint8_t mac[6])
{
	size_t digits = 0, group = 0, groups = 0, n = 0;
	uint8_t nibbles[12];
	char separator = '\0';

	for (size_t i = 0; i <= len; i++) {
		int digit = i < len ? hex_digit(p[i]) : -1;

		if (digit >= 0) {
			if (++group > 12 || n == 12)
				return false;
			nibbles[n++] = (uint8_t)digit;
			continue;
		}
		if (i < len) { /* one kind of separator throughout */
			if ((p[i] != ':' && p[i] != '-' && p[i] != '.') ||
			    (separator != '\0' && separator != (char)p[i]))
				return false;
			separator = (char)p[i];
		}
		if (group == 1 && separator != '.' && separator != '\0') { /* "0:" is short for "00:" */
			if (n == 12)
				return false;
			nibbles[n] = nibbles[n - 1];
			nibbles[n++ - 1] = 0;
			group = 2;
		}
		if (groups++ > 0 && group != digits)
			return false;
		digits = group;
		group = 0;
	}
	if (n != 12 || !((groups == 6 && digits == 2) || (groups == 3 && digits == 4) || groups == 1))
		return false;
	for (size_t i = 0; i < 6; i++)
		mac[i] = (uint8_t)(nibbles[2 * i] << 4 | nibbles[2 * i + 1]);
	return true;
}

static void add_mac(struct str *str, const uint8_t *p, size_t len)
{
	uint8_t mac[6];

	if (len > 6 && mac_from_text(p, len, mac))
		add_hex(str, mac, sizeof mac, "", ":");
	else
		add_hex(str, p, len, "", ":");
}

static void add_auto(struct str *str, const uint8_t *p, size_t len)
{
	if (is_text(p, len))
		str_add_utf8(str, p, len);
	else
		add_hex(str, p, len, "0x", "");
}

static void add_ip(struct str *str, const uint8_t *p, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if ((len == 4 || len == 16) && inet_ntop(len == 4 ? AF_INET : AF_INET6, p, text, sizeof text))
		str_add(str, text);
	else
		add_auto(str, p, len); /* an address in text, or of a kind of its own */
}

/* RFC 2579 DateAndTime, field by field. */
struct date {
	unsigned year, month, day, hour, minute, second, tenth;
	bool has_zone;
	int zone; /* minutes east of UTC */
};

static bool parse_date(const uint8_t *p, size_t len, struct date *date)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap;

	if (len != 8 && len != 11)
		return false;
	*date = (struct date){.year = (unsigned)p[0] << 8 | p[1],
	    .month = p[2],
	    .day = p[3],
	    .hour = p[4],
	    .minute = p[5],
	    .second = p[6],
	    .tenth = p[7],
	    .has_zone = len == 11};
	leap = date->year % 4 == 0 && (date->year % 100 != 0 || date->year % 400 == 0);
	if (date->month < 1 || date->month > 12 || date->day < 1 ||
	    date->day > days[date->month - 1] + (unsigned)(date->month == 2 && leap))
		return false;
	if (date->hour > 23 || date->minute > 59 || date->second > 60 || date->tenth > 9)
		return false;
	if (!date->has_zone)
		return true;
	/* RFC 2579 ends at 13 hours; Kiribati is at +14. */
	if ((p[8] != '+' && p[8] != '-') || p[9] > 14 || p[10] > 59)
		return false;
	date->zone = (p[8] == '-' ? -1 : 1) * (p[9] * 60 + p[10]);
	return true;
}

bool value_date(const struct value *value, double *epoch_s)
{
	struct date date;
	int64_t year, era, day_of_era, days;
	int month;

	if (value->type != VALUE_OCTETS || !parse_date(value->bytes.p, value->bytes.len, &date))
		return false;
	/* Days since 1970 in the proleptic Gregorian calendar, years counted from March. */
	year = (int64_t)date.year - (date.month <= 2);
	month = (int)date.month + (date.month <= 2 ? 9 : -3);
	era = (year >= 0 ? year : year - 399) / 400;
	day_of_era = (year - era * 400) * 365 + (year - era * 400) / 4 - (year - era * 400) / 100 +
		     (153 * month + 2) / 5 + (int)date.day - 1;
	days = era * 146097 + day_of_era - 719468;
	*epoch_s = (double)(days * 86400 + (int64_t)date.hour * 3600 + (int64_t)date.minute * 60 +
			    (int64_t)date.second - (int64_t)date.zone * 60) +
		   date.tenth / 10.0;
	return true;
}

/* ISO 8601, as the device has it: in its own zone. */
static void add_date(struct str *str, const uint8_t *p, size_t len)
{
	struct date date;

	if (!parse_date(p, len, &date)) {
		add_auto(str, p, len);
		return;
	}
	str_addf(str, "%04u-%02u-%02uT%02u:%02u:%02u", date.year, date.month, date.day, date.hour,
	    date.minute, date.second);
	if (date.tenth > 0)
		str_addf(str, ".%u", date.tenth);
	if (date.has_zone) {
		unsigned zone = (unsigned)(date.zone < 0 ? -date.zone : date.zone);

		str_addf(str, "%c%02u:%02u", date.zone < 0 ? '-' : '+', zone / 60, zone % 60);
	}
}

static void add_octets(struct str *str, const uint8_t *p, size_t len, enum value_format format)
{
	switch (format) {
	case VALUE_FORMAT_AUTO:
		add_auto(str, p, len);
		break;
	case VALUE_FORMAT_TEXT:
		str_add_utf8(str, p, len);
		break;
	case VALUE_FORMAT_MAC:
		add_mac(str, p, len);
		break;
	case VALUE_FORMAT_HEX:
		add_hex(str, p, len, "0x", "");
		break;
	case VALUE_FORMAT_IP:
		add_ip(str, p, len);
		break;
	case VALUE_FORMAT_DATE:
		add_date(str, p, len);
		break;
	}
}

/* The shortest form that reads back as the same number. */
static void add_double(struct str *str, double d, bool is_float)
{
	char text[40];
	int digits = is_float ? 6 : 15;

	do {
		double back;

		snprintf(text, sizeof text, "%.*g", digits, d);
		if (!str_to_double(text, &back) || (is_float ? (float)back == (float)d : back == d))
			break;
	} while (++digits <= 17);
	str_add(str, text);
}

void value_add_text(struct str *str, const struct value *value, enum value_format format)
{
	char text[OID_TEXT_MAX + 1];
	struct oid oid;

	if (is_unsigned(value->type)) {
		str_addf(str, "%" PRIu64, value->u);
		return;
	}
	switch (value->type) {
	case VALUE_INTEGER:
		str_addf(str, "%" PRId64, value->i);
		break;
	case VALUE_OCTETS:
		add_octets(str, value->bytes.p, value->bytes.len, format);
		break;
	case VALUE_OID:
		if (oid_from_ber(value->bytes.p, value->bytes.len, &oid) == ERR_OK)
			str_add(str, oid_format(&oid, text, sizeof text));
		break;
	case VALUE_IPADDRESS:
		add_ip(str, value->bytes.p, value->bytes.len);
		break;
	case VALUE_OPAQUE:
		add_hex(str, value->bytes.p, value->bytes.len, "0x", "");
		break;
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		add_double(str, value->d, value->type == VALUE_FLOAT);
		break;
	default:
		break;
	}
}
