#include "config/profile_draft.h"

#include "base/mem.h"
#include "base/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define PLACEMENT_MAX 1000

/* ktranslate's names for what octets are. */
enum conversion { TO_MAC, TO_IP, TO_HEX, TO_ONE, TO_FLAGS, TO_NUMBER, TO_PART, TO_UNKNOWN, TO_NOTHING };

static enum conversion conversion_of(const char *text)
{
	static const struct {
		const char *name;
		enum conversion conversion;
	} names[] = {{"hwaddr", TO_MAC}, {"hextoip", TO_IP}, {"engine_id", TO_HEX}, {"to_one", TO_ONE},
	    {"powerset_status", TO_FLAGS}};

	if (text == NULL)
		return TO_NOTHING;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i].name, text) == 0)
			return names[i].conversion;
	}
	if (str_starts(text, "hextoint:BigEndian:") || str_starts(text, "hextoint:LittleEndian:"))
		return TO_NUMBER;
	return str_starts(text, "regexp:") ? TO_PART : TO_UNKNOWN;
}

int draft_conversion_kind(const struct yaml_node *node)
{
	switch (conversion_of(yaml_text(yaml_get(node, "conversion")))) {
	case TO_MAC:
	case TO_IP:
	case TO_HEX:
		return KIND_TEXT;
	case TO_ONE:
		return KIND_GAUGE;
	case TO_FLAGS:
		return KIND_BITS;
	case TO_NUMBER:
	case TO_PART:
	case TO_UNKNOWN:
	case TO_NOTHING:
		break;
	}
	return -1;
}

static void set_pattern(
    struct profile_reader *reader, const struct yaml_node *node, size_t offset, struct column *column)
{
	char *error = NULL;
	size_t at = 0;

	match_free(column->extract);
	column->extract = match_new(node->text + offset, &error, &at);
	if (column->extract == NULL)
		diag_error(reader->diag, node_place(node, offset + at),
		    "the pattern does not compile: %s; it is a PCRE", error);
	free(error);
}

static void read_conversion(
    struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	const char *text = node_text(reader, node);

	switch (conversion_of(text)) {
	case TO_MAC:
		column->format = VALUE_FORMAT_MAC;
		break;
	case TO_IP:
		column->format = VALUE_FORMAT_IP;
		break;
	case TO_HEX:
		column->format = VALUE_FORMAT_HEX;
		break;
	case TO_ONE:
		column->convert = CONVERT_ONE;
		break;
	case TO_FLAGS:
		column->convert = CONVERT_FLAGS;
		break;
	case TO_NUMBER:
		column->convert = str_starts(text, "hextoint:B") ? CONVERT_BIG_ENDIAN : CONVERT_LITTLE_ENDIAN;
		break;
	case TO_PART:
		set_pattern(reader, node, strlen("regexp:"), column);
		break;
	case TO_UNKNOWN:
		node_unused(reader, node, text);
		break;
	case TO_NOTHING:
		break;
	}
}

static enum value_format read_format(struct profile_reader *reader, const struct yaml_node *node)
{
	static const char *const names[] = {
	    "text", "mac", "mac_address", "hex", "ip", "ip_address", "date", "snmp_dateandtime"};
	static const enum value_format formats[] = {VALUE_FORMAT_TEXT, VALUE_FORMAT_MAC, VALUE_FORMAT_MAC,
	    VALUE_FORMAT_HEX, VALUE_FORMAT_IP, VALUE_FORMAT_IP, VALUE_FORMAT_DATE, VALUE_FORMAT_DATE};
	const char *text = node_text(reader, node);

	for (size_t i = 0; text != NULL && i < ARRAY_LEN(names); i++) {
		if (strcmp(names[i], text) == 0)
			return formats[i];
	}
	/* A warning only: published files have further ones, of which auto makes something readable. */
	if (text != NULL)
		diag_unknown(
		    reader->diag, DIAG_WARNING, node->place, "format", text, names, ARRAY_LEN(names));
	return VALUE_FORMAT_AUTO;
}

void draft_read_text(struct profile_reader *reader, const struct yaml_node *node, struct column *column)
{
	const struct yaml_node *extract = yaml_get(node, "extract_value"),
			       *pattern = yaml_get(node, "match_pattern"),
			       *value = yaml_get(node, "match_value");

	column->format = read_format(reader, yaml_get(node, "format"));
	read_conversion(reader, yaml_get(node, "conversion"), column);
	if (node_text(reader, extract) != NULL)
		set_pattern(reader, extract, 0, column);
	if (node_text(reader, pattern) == NULL) {
		if (value != NULL)
			node_unused(reader, value, "match_value without match_pattern");
		return;
	}
	if (column->extract != NULL) {
		node_unused(reader, pattern, "match_pattern beside another pattern");
		return;
	}
	set_pattern(reader, pattern, 0, column);
	if (node_text(reader, value) != NULL)
		column->rewrite = mem_strdup(value->text);
}

bool draft_read_flag(struct profile_reader *reader, const struct yaml_node *node,
    const struct yaml_node *options, struct column *column)
{
	const char *suffix = node_text(reader, yaml_get(options, "metric_suffix"));
	double placement = node_number(reader, yaml_get(options, "placement"), 0);
	char *pattern, *error = NULL;
	size_t offset;
	struct str name = {0};

	if (placement < 1 || placement > PLACEMENT_MAX) {
		diag_warning(reader->diag, node->place,
		    "a flag_stream says which of its characters counts: options: {placement: 1}; left out");
		return false;
	}
	pattern = str_format("^.{%u}([01])", (unsigned)placement - 1);
	match_free(column->extract);
	column->extract = match_new(pattern, &error, &offset);
	free(error);
	free(pattern);
	str_addf(&name, "%s_", column->name);
	if (suffix == NULL)
		str_addf(&name, "%u", (unsigned)placement);
	for (; suffix != NULL && *suffix != '\0'; suffix++)
		str_add_char(&name, isalnum((unsigned char)*suffix) ? *suffix : '_');
	free(column->name);
	column->name = str_steal(&name);
	return true;
}

/* The units of the field's other tools (UCUM, words) in ours. */
char *draft_unit(const char *text, enum kind kind)
{
	static const struct {
		const char *theirs, *ours;
	} units[] = {{"By", "B"}, {"bytes", "B"}, {"byte", "B"}, {"Cel", "°C"}, {"celsius", "°C"},
	    {"percent", "%"}, {"percentage", "%"}, {"seconds", "s"}, {"second", "s"}, {"bits", "bit"},
	    {"1", ""}, {"volts", "V"}, {"amperes", "A"}, {"watts", "W"}, {"hertz", "Hz"}};
	char *unit = mem_strdup(text), *whole = unit, *close;
	size_t len = strlen(unit);

	/* Of a counter we name what is counted; theirs name the rate. */
	if (kind == KIND_COUNTER && str_ends(unit, "/s")) {
		len -= 2;
		unit[len] = '\0';
	}
	/* {packet}/s */
	close = unit[0] == '{' ? strchr(unit, '}') : NULL;
	if (close != NULL && close > unit + 1) {
		memmove(close, close + 1, strlen(close));
		unit++;
	}
	text = unit;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (strcmp(units[i].theirs, unit) == 0)
			text = units[i].ours;
	}
	unit = mem_strdup(text);
	free(whole);
	return unit;
}
