#include "profiles/walk.h"

#include "base/mem.h"
#include "model/oid.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_LEN   1024
#define SYS_UPTIME     "1.3.6.1.2.1.1.3.0"
#define HR_SYSTEM_DATE "1.3.6.1.2.1.25.1.2.0"

/* ---- reading ---- */

static void set_octets(struct walk_object *object, enum value_type type, const void *bytes, size_t len)
{
	free(object->octets);
	object->octets = mem_alloc(len + 1);
	memcpy(object->octets, bytes, len);
	object->value.type = type;
	object->value.bytes.p = object->octets;
	object->value.bytes.len = (uint32_t)len;
}

/* Text between quotes, in which \" and \\ stand for themselves; without quotes all of it. */
static void read_text(struct walk_object *object, const char *text)
{
	char plain[LINE_MAX_LEN];
	size_t n = 0, len = strlen(text);
	bool quoted = len >= 2 && text[0] == '"';

	for (size_t i = quoted; i < len; i++) {
		if (quoted && text[i] == '"')
			break;
		if (quoted && text[i] == '\\' && i + 1 < len)
			i++;
		plain[n++] = text[i];
	}
	set_octets(object, VALUE_OCTETS, plain, n);
}

static bool read_hex(struct walk_object *object, const char *text)
{
	uint8_t octets[LINE_MAX_LEN];
	size_t n = 0;
	char *end;

	for (;; text = end) {
		unsigned long octet = strtoul(text, &end, 16);

		if (end == text)
			break;
		if (octet > 255)
			return false;
		octets[n++] = (uint8_t)octet;
	}
	while (isspace((unsigned char)*text))
		text++;
	set_octets(object, VALUE_OCTETS, octets, n);
	return *text == '\0';
}

static bool read_oid(struct walk_object *object, const char *text)
{
	uint8_t ber[OID_BER_MAX];
	struct oid oid;

	if (oid_parse(text + (text[0] == '.'), &oid) != ERR_OK)
		return false;
	set_octets(object, VALUE_OID, ber, oid_to_ber(&oid, ber));
	return object->value.bytes.len > 0;
}

static bool read_address(struct walk_object *object, const char *text)
{
	struct in_addr address;

	if (inet_pton(AF_INET, text, &address) != 1)
		return false;
	set_octets(object, VALUE_IPADDRESS, &address, sizeof address);
	return true;
}

/* "up(2)" and "(2) 0:00:00.02" have their number in parentheses; "5 percent" begins with it. */
static bool read_number(struct walk_object *object, enum value_type type, const char *text)
{
	const char *open = strchr(text, '(');
	char *end;

	if (open != NULL && !isdigit((unsigned char)text[0]) && text[0] != '-')
		text = open + 1;
	object->value.type = type;
	if (type == VALUE_INTEGER)
		object->value.i = strtoll(text, &end, 10);
	else
		object->value.u = strtoull(text, &end, 10);
	return end != text;
}

static bool read_double(struct walk_object *object, enum value_type type, const char *text)
{
	char *end;

	object->value.type = type;
	object->value.d = strtod(text, &end);
	return end != text;
}

static const struct {
	const char *word;
	enum value_type type;
} types[] = {
    {"INTEGER: ", VALUE_INTEGER},
    {"STRING: ", VALUE_OCTETS},
    {"Hex-STRING: ", VALUE_BAD},
    {"OID: ", VALUE_OID},
    {"IpAddress: ", VALUE_IPADDRESS},
    {"Counter32: ", VALUE_COUNTER32},
    {"Counter64: ", VALUE_COUNTER64},
    {"Gauge32: ", VALUE_GAUGE32},
    {"Timeticks: ", VALUE_TIMETICKS},
    {"Opaque: Float: ", VALUE_FLOAT},
    {"Opaque: Double: ", VALUE_DOUBLE},
};

static bool read_value(struct walk_object *object, const char *text)
{
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		const char *rest = text + strlen(types[i].word);

		if (!str_starts(text, types[i].word))
			continue;
		switch (types[i].type) {
		case VALUE_OCTETS:
			read_text(object, rest);
			return true;
		case VALUE_BAD: /* stands for octets in hex */
			return read_hex(object, rest);
		case VALUE_OID:
			return read_oid(object, rest);
		case VALUE_IPADDRESS:
			return read_address(object, rest);
		case VALUE_FLOAT:
		case VALUE_DOUBLE:
			return read_double(object, types[i].type, rest);
		default:
			return read_number(object, types[i].type, rest);
		}
	}
	if (strcmp(text, "NULL") == 0) {
		object->value.type = VALUE_NULL;
		return true;
	}
	read_text(object, text);
	return strcmp(text, "\"\"") == 0;
}

static void more_text(struct walk_object *object, const char *line)
{
	struct str text = {0};
	size_t len = strlen(line);

	str_add_n(&text, (const char *)object->octets, object->value.bytes.len);
	str_add_char(&text, '\n');
	str_add_n(&text, line, len > 0 && line[len - 1] == '"' ? len - 1 : len);
	set_octets(object, VALUE_OCTETS, str_text(&text), strlen(str_text(&text)));
	str_fini(&text);
}

static bool read_line(struct walk *walk, char *line)
{
	struct walk_object *object;
	struct oid oid;
	bool counts = line[0] == '+';
	char *value;

	line += counts;
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '#' || line[0] == '\0')
		return true;
	if (line[0] != '.') {
		if (walk->n == 0 || walk->objects[walk->n - 1].value.type != VALUE_OCTETS)
			return false;
		more_text(&walk->objects[walk->n - 1], line);
		return true;
	}
	value = strstr(line, " = ");
	if (value == NULL)
		return false;
	*value = '\0';
	value += 3;
	if (oid_parse(line + 1, &oid) != ERR_OK)
		return false;
	if (str_starts(value, "No Such ") || str_starts(value, "No more "))
		return true;
	if (walk->n == walk->cap) {
		walk->cap = walk->cap ? walk->cap * 2 : 128;
		walk->objects = mem_realloc(walk->objects, walk->cap, sizeof *walk->objects);
	}
	object = &walk->objects[walk->n++];
	*object = (struct walk_object){.oid = mem_strdup(line + 1), .counts = counts};
	return read_value(object, value);
}

bool walk_read(struct walk *walk, const char *path, struct str *error)
{
	char line[LINE_MAX_LEN];
	FILE *file = fopen(path, "r");
	unsigned number = 0;
	bool good = file != NULL;

	*walk = (struct walk){0};
	if (file == NULL)
		str_addf(error, "%s: cannot be read\n", path);
	while (good && fgets(line, sizeof line, file) != NULL) {
		number++;
		good = read_line(walk, line);
		if (!good)
			str_addf(error, "%s:%u: not a line of snmpwalk -On\n", path, number);
	}
	if (file != NULL)
		fclose(file);
	return good;
}

void walk_fini(struct walk *walk)
{
	for (size_t i = 0; i < walk->n; i++) {
		free(walk->objects[i].oid);
		free(walk->objects[i].octets);
	}
	free(walk->objects);
	*walk = (struct walk){0};
}

/* ---- serving ---- */

static const struct walk_object *find(const struct walk *walk, const char *oid)
{
	for (size_t i = 0; i < walk->n; i++) {
		if (strcmp(walk->objects[i].oid, oid) == 0)
			return &walk->objects[i];
	}
	return NULL;
}

static bool is_counter(const struct walk_object *first, const struct walk_object *second)
{
	return second->counts ||
	       ((first->value.type == VALUE_COUNTER32 || first->value.type == VALUE_COUNTER64) &&
		   first->value.type == second->value.type);
}

/* DateAndTime, RFC 2579: the fifth and sixth octets are hour and minute. A turn is a minute. */
static void move_date(struct replay_device *device, const struct walk_object *object, unsigned turn)
{
	uint8_t date[16];
	struct value value = object->value;
	unsigned minute;

	assert(value.bytes.len <= sizeof date && value.bytes.len >= 8);
	memcpy(date, value.bytes.p, value.bytes.len);
	minute = date[5] + turn;
	date[4] = (uint8_t)(date[4] + minute / 60);
	date[5] = (uint8_t)(minute % 60);
	value.bytes.p = date;
	replay_value(device, object->oid, &value);
}

static uint64_t big_endian(const struct value *value)
{
	uint64_t number = 0;

	for (uint32_t i = 0; i < value->bytes.len; i++)
		number = number << 8 | value->bytes.p[i];
	return number;
}

/* A counter in octets (FCMGMT-MIB). */
static void count_octets(struct replay_device *device, const struct walk_object *first,
    const struct walk_object *second, unsigned turn)
{
	uint64_t before = big_endian(&first->value);
	uint64_t number = before + turn * (big_endian(&second->value) - before);
	uint8_t octets[8];
	struct value value = {.type = VALUE_OCTETS, .bytes = {octets, sizeof octets}};

	for (size_t i = sizeof octets; i-- > 0; number >>= 8)
		octets[i] = (uint8_t)number;
	replay_value(device, first->oid, &value);
}

static void serve_object(const struct walk_object *first, const struct walk_object *second,
    struct replay_device *device, unsigned turn)
{
	struct value value = first->value;

	if (strcmp(first->oid, SYS_UPTIME) == 0) {
		if (turn == 0)
			replay_uptime(device, first->value.u);
		return;
	}
	if (strcmp(first->oid, HR_SYSTEM_DATE) == 0) {
		move_date(device, first, turn);
		return;
	}
	if (second != NULL && second->counts && second->value.type == VALUE_OCTETS) {
		count_octets(device, first, second, turn);
		return;
	}
	if (second != NULL && turn > 0)
		value = second->value;
	if (second != NULL && turn > 0 && is_counter(first, second)) {
		value.u = first->value.u + turn * (second->value.u - first->value.u);
		if (value.type == VALUE_COUNTER32)
			value.u = (uint32_t)value.u;
	}
	replay_value(device, first->oid, &value);
}

void walk_serve(
    const struct walk *first, const struct walk *second, struct replay_device *device, unsigned turn)
{
	for (size_t i = 0; i < first->n; i++)
		serve_object(&first->objects[i], find(second, first->objects[i].oid), device, turn);
	for (size_t i = 0; turn == 1 && i < second->n; i++) {
		if (find(first, second->objects[i].oid) == NULL)
			replay_value(device, second->objects[i].oid, &second->objects[i].value);
	}
}
