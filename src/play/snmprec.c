#include "play/snmprec.h"

#include "model/oid.h"
#include "play/octets.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum form { FORM_PLAIN, FORM_HEX, FORM_ESCAPED };

struct tag {
	unsigned number;
	enum value_type type;
};

static const struct tag tags[] = {
    {2, VALUE_INTEGER},
    {4, VALUE_OCTETS},
    {5, VALUE_NULL},
    {6, VALUE_OID},
    {64, VALUE_IPADDRESS},
    {65, VALUE_COUNTER32},
    {66, VALUE_GAUGE32},
    {67, VALUE_TIMETICKS},
    {68, VALUE_OPAQUE},
    {70, VALUE_COUNTER64},
    {128, VALUE_NO_SUCH_OBJECT},
    {129, VALUE_NO_SUCH_INSTANCE},
    {130, VALUE_END_OF_MIB_VIEW},
};

#define TAGS (sizeof tags / sizeof *tags)

/* ---- reading ---- */

static bool read_tag(const char *text, struct reading *reading, enum value_type *type, enum form *form)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	*form = FORM_PLAIN;
	if (strchr(text, ':') != NULL) {
		reading_bad(reading,
		    "snmpsim's variation module \"%.40s\" is not offered here: the object is left out",
		    strchr(text, ':') + 1);
		return false;
	}
	if (*end == 'x' || *end == 'e') {
		*form = *end == 'x' ? FORM_HEX : FORM_ESCAPED;
		end++;
	}
	for (size_t i = 0; i < TAGS && end != text && *end == '\0'; i++) {
		if (tags[i].number == number) {
			*type = tags[i].type;
			return true;
		}
	}
	reading_bad(reading, "unknown tag \"%.20s\"", text);
	return false;
}

/* One escape of Python; `text` is behind the backslash. Returns how many characters it takes. */
static size_t read_escape(struct str *out, const char *text, size_t len)
{
	static const char from[] = "nrtabfv0\\'\"", to[] = "\n\r\t\a\b\f\v\0\\'\"";
	const char *known;

	if (len >= 3 && text[0] == 'x' && octets_from_hex(out, text + 1, 2))
		return 3;
	known = len > 0 ? memchr(from, text[0], sizeof from - 1) : NULL;
	if (known != NULL) {
		str_add_char(out, to[known - from]);
		return 1;
	}
	str_add_char(out, '\\'); /* as Python does it */
	return 0;
}

static bool read_octets(struct str *out, enum form form, const char *text, size_t len)
{
	if (form == FORM_HEX)
		return octets_from_hex(out, text, len);
	for (size_t i = 0; i < len; i++) {
		if (form == FORM_ESCAPED && text[i] == '\\')
			i += read_escape(out, text + i + 1, len - i - 1);
		else
			str_add_char(out, text[i]);
	}
	return true;
}

static bool read_oid(struct str *out, const char *text)
{
	uint8_t ber[OID_BER_MAX] = {0}; /* nothing stands for 0.0, the null OID */
	struct oid oid = {.len = 0};
	size_t len = 1;

	if (*text != '\0') {
		if (oid_parse(text, &oid) != ERR_OK)
			return false;
		len = oid_to_ber(&oid, ber);
	}
	str_add_n(out, (const char *)ber, len);
	return len > 0;
}

static bool read_address(struct str *out, enum form form, const char *text, size_t len)
{
	struct in_addr address;

	if (form == FORM_HEX)
		return octets_from_hex(out, text, len) && out->len == sizeof address;
	if (inet_pton(AF_INET, text, &address) != 1)
		return false;
	str_add_n(out, (const char *)&address, sizeof address);
	return true;
}

/* `octets` keeps the octets that *value then points to. */
static bool read_value(struct value *value, struct str *octets, enum form form, const char *text, size_t len)
{
	switch (value->type) {
	case VALUE_INTEGER:
		return str_to_i64(text, &value->i);
	case VALUE_COUNTER32:
	case VALUE_GAUGE32:
	case VALUE_TIMETICKS:
		return str_to_u64(text, &value->u) && value->u <= UINT32_MAX;
	case VALUE_COUNTER64:
		return str_to_u64(text, &value->u);
	case VALUE_OCTETS:
	case VALUE_OPAQUE:
		if (!read_octets(octets, form, text, len))
			return false;
		break;
	case VALUE_OID:
		if (!read_oid(octets, text))
			return false;
		break;
	case VALUE_IPADDRESS:
		if (!read_address(octets, form, text, len))
			return false;
		break;
	default:
		return true;
	}
	value->bytes.p = (const uint8_t *)str_text(octets);
	value->bytes.len = (uint32_t)(octets->len <= UINT32_MAX ? octets->len : UINT32_MAX);
	octets_unwrap_float(value);
	return true;
}

/* Numbers may be padded; text is taken as it is. */
static char *trimmed(char *text)
{
	char *end = text + strlen(text);

	while (end > text && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	return text + strspn(text, " \t");
}

static enum err read_line(
    char *line, size_t len, struct recording *recording, struct reading *reading, struct str *octets)
{
	char *tag = memchr(line, '|', len),
	     *text = tag ? memchr(tag + 1, '|', len - (size_t)(tag + 1 - line)) : NULL;
	uint8_t name[OID_BER_MAX];
	size_t text_len, name_len;
	struct value value;
	enum err err;
	enum form form;
	struct oid oid;

	if (text == NULL) {
		reading_bad(reading, "not NAME|TAG|VALUE");
		return ERR_OK;
	}
	*tag++ = '\0';
	*text++ = '\0';
	text_len = len - (size_t)(text - line);
	name_len = oid_parse(trimmed(line), &oid) == ERR_OK ? oid_to_ber(&oid, name) : 0;
	if (name_len == 0) {
		reading_bad(reading, "\"%.60s\" is no object identifier", line);
		return ERR_OK;
	}
	if (!read_tag(trimmed(tag), reading, &value.type, &form))
		return ERR_OK;
	if (value_is_absent(&value) && value.type != VALUE_NULL) {
		reading->absent++;
		return ERR_OK;
	}
	if (value.type != VALUE_OCTETS && value.type != VALUE_OPAQUE) {
		text = trimmed(text);
		text_len = strlen(text);
	}
	str_clear(octets);
	if (!read_value(&value, octets, form, text, text_len)) {
		reading_bad(reading, "\"%.40s\" is no %s", text, value_type_name(value.type));
		return ERR_OK;
	}
	err = recording_add(recording, name, name_len, &value);
	if (err == ERR_LIMIT && recording_count(recording) < RECORDING_OBJECTS_MAX) {
		reading_bad(reading, "the value has more than %d octets", RECORDING_OCTETS_MAX);
		return ERR_OK;
	}
	return err;
}

enum err snmprec_read(FILE *file, struct recording *recording, struct reading *reading)
{
	struct str octets = {0};
	char *line = NULL;
	size_t cap = 0;
	enum err err = ERR_OK;
	ssize_t got;

	while (err == ERR_OK && (got = getline(&line, &cap, file)) >= 0) {
		size_t len = (size_t)got;

		reading->line++;
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = '\0';
		if (len > 0 && line[0] != '#')
			err = read_line(line, len, recording, reading, &octets);
	}
	if (err == ERR_OK && ferror(file))
		err = ERR_IO;
	free(line);
	str_fini(&octets);
	return err;
}

/* ---- writing ---- */

/* snmpsim strips lines, and some of its versions know ASCII only. */
static bool is_plain(const uint8_t *p, size_t len)
{
	if (len > 0 && (p[0] == ' ' || p[len - 1] == ' '))
		return false;
	for (size_t i = 0; i < len; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			return false;
	return true;
}

static bool add_octets(struct str *out, unsigned tag, const uint8_t *p, size_t len, bool plain)
{
	str_addf(out, plain ? "|%u|" : "|%ux|", tag);
	if (plain)
		str_add_n(out, (const char *)p, len);
	else
		octets_to_hex(out, p, len);
	return true;
}

static bool add_oid(struct str *out, const char *before, const uint8_t *ber, size_t len)
{
	char text[OID_TEXT_MAX];
	struct oid oid;

	if (oid_from_ber(ber, len, &oid) != ERR_OK)
		return false;
	str_addf(out, "%s%s", before, oid_format(&oid, text, sizeof text));
	return true;
}

static bool add_value(struct str *out, const struct value *value)
{
	uint8_t opaque[OCTETS_OPAQUE_MAX];
	char address[INET_ADDRSTRLEN];
	unsigned tag = 0;

	for (size_t i = 0; i < TAGS; i++)
		if (tags[i].type == value->type)
			tag = tags[i].number;
	switch (value->type) {
	case VALUE_INTEGER:
		str_addf(out, "|2|%lld", (long long)value->i);
		return true;
	case VALUE_COUNTER32:
	case VALUE_GAUGE32:
	case VALUE_TIMETICKS:
	case VALUE_COUNTER64:
		str_addf(out, "|%u|%llu", tag, (unsigned long long)value->u);
		return true;
	case VALUE_OCTETS:
		return add_octets(
		    out, tag, value->bytes.p, value->bytes.len, is_plain(value->bytes.p, value->bytes.len));
	case VALUE_OPAQUE:
		return add_octets(out, tag, value->bytes.p, value->bytes.len, false);
	case VALUE_FLOAT:
	case VALUE_DOUBLE:
		return add_octets(out, 68, opaque, octets_of_float(value, opaque), false);
	case VALUE_OID:
		return add_oid(out, "|6|", value->bytes.p, value->bytes.len);
	case VALUE_IPADDRESS:
		if (value->bytes.len != 4)
			return false;
		str_addf(out, "|64|%s", inet_ntop(AF_INET, value->bytes.p, address, sizeof address));
		return true;
	case VALUE_NULL:
		str_add(out, "|5|");
		return true;
	case VALUE_NO_SUCH_OBJECT:
	case VALUE_NO_SUCH_INSTANCE:
	case VALUE_END_OF_MIB_VIEW:
	case VALUE_BAD:
		return false;
	}
	return false;
}

bool snmprec_add(struct str *out, const struct recorded *object)
{
	size_t before = out->len;

	if (add_oid(out, "", object->name, object->name_len) && add_value(out, &object->value)) {
		str_add_char(out, '\n');
		return true;
	}
	if (out->s != NULL) {
		out->len = before;
		out->s[before] = '\0';
	}
	return false;
}
