#include "play/walkfile.h"

#include "base/mem.h"
#include "model/oid.h"
#include "play/walkvalue.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct name {
	uint8_t ber[OID_BER_MAX];
	size_t len;
};

/* The object that was begun and not yet added. */
struct begun {
	enum walkvalue state; /* ABSENT = there is none */
	struct name name;
	struct value value;
	struct str octets;
};

/* ifPhysAddress, content octets. */
static const uint8_t if_phys_address[] = {0x2b, 6, 1, 2, 1, 2, 2, 1, 6};

static enum err add_begun(struct begun *begun, struct recording *recording, struct reading *reading)
{
	bool is_mac = begun->name.len > sizeof if_phys_address &&
		      memcmp(begun->name.ber, if_phys_address, sizeof if_phys_address) == 0;
	enum err err;

	if (begun->state == WALKVALUE_ABSENT)
		return ERR_OK;
	walkvalue_end(begun->state, is_mac, &begun->value, &begun->octets);
	begun->state = WALKVALUE_ABSENT;
	err = recording_add(recording, begun->name.ber, begun->name.len, &begun->value);
	if (err == ERR_LIMIT && recording_count(recording) < RECORDING_OBJECTS_MAX) {
		reading_bad(
		    reading, "the value before this line has more than %d octets", RECORDING_OCTETS_MAX);
		return ERR_OK;
	}
	return err;
}

/* The name at the beginning of a line, and where its value begins; NULL when the line has none. */
static const char *read_name(const char *line, struct name *name)
{
	const char *equals = strstr(line, " = "), *p = line + (line[0] == '.');
	char text[OID_TEXT_MAX + 2] = "";
	struct oid oid;
	size_t len;

	if (equals == NULL || (size_t)(equals - line) > OID_TEXT_MAX - 4)
		return NULL;
	if (str_starts(p, "iso.")) {
		strcpy(text, "1");
		p += 3;
	}
	len = strlen(text);
	memcpy(text + len, p, (size_t)(equals - p));
	if (oid_parse(text, &oid) != ERR_OK)
		return NULL;
	name->len = oid_to_ber(&oid, name->ber);
	return name->len > 0 ? equals + 3 : NULL;
}

/* What the program says about itself belongs to no value. */
static bool is_message(const char *line)
{
	static const char *const messages[] = {"Timeout: ", "Error in packet",
	    "Reason: ", "Failed object: ", "Error: ", "snmpwalk: ", "snmpbulkwalk: "};

	for (size_t i = 0; i < ARRAY_LEN(messages); i++)
		if (str_starts(line, messages[i]))
			return true;
	return false;
}

/* "SNMPv2-MIB::sysName.0 = ..." */
static bool has_symbol(const char *line)
{
	const char *colons = strstr(line, "::");

	return colons != NULL && strstr(colons, " = ") != NULL &&
	       strcspn(line, " ") > (size_t)(colons - line);
}

static void tell_bad_line(const char *line, struct reading *reading)
{
	if (has_symbol(line))
		reading_bad(reading, "a name instead of numbers: dump with snmpwalk -On");
	else if (is_message(line))
		reading_bad(reading, "\"%.60s\" is a message, not an object", line);
	else
		reading_bad(reading, "\"%.60s\" is not \"NUMBERS = TYPE: VALUE\"", line);
}

static enum err read_object(
    const char *text, struct begun *begun, struct recording *recording, struct reading *reading)
{
	begun->state = walkvalue_begin(text, &begun->value, &begun->octets);
	switch (begun->state) {
	case WALKVALUE_WHOLE:
		return add_begun(begun, recording, reading);
	case WALKVALUE_QUOTED:
	case WALKVALUE_PLAIN:
	case WALKVALUE_HEX:
		break;
	case WALKVALUE_ABSENT:
		reading->absent++;
		break;
	case WALKVALUE_BAD:
		reading_bad(reading, "\"%.40s\" is no value that snmpwalk prints", text);
		begun->state = WALKVALUE_ABSENT;
		break;
	}
	return ERR_OK;
}

static enum err read_line(
    const char *line, struct begun *begun, struct recording *recording, struct reading *reading)
{
	enum walkvalue state = WALKVALUE_BAD;
	struct name name;
	const char *text = read_name(line, &name);

	if (text != NULL) {
		enum err err = add_begun(begun, recording, reading);

		begun->name = name;
		return err != ERR_OK ? err : read_object(text, begun, recording, reading);
	}
	if (begun->state != WALKVALUE_QUOTED && (line[0] == '#' || line[0] == '\0'))
		return ERR_OK;
	if (begun->state == WALKVALUE_QUOTED || !(is_message(line) || has_symbol(line)))
		state = walkvalue_more(begun->state, line, &begun->octets);
	if (state == WALKVALUE_BAD) {
		tell_bad_line(line, reading);
		return ERR_OK;
	}
	begun->state = state;
	return state == WALKVALUE_WHOLE ? add_begun(begun, recording, reading) : ERR_OK;
}

enum err walkfile_read(FILE *file, struct recording *recording, struct reading *reading)
{
	struct begun begun = {.state = WALKVALUE_ABSENT};
	char *line = NULL;
	size_t cap = 0;
	enum err err = ERR_OK;
	ssize_t got;

	while (err == ERR_OK && (got = getline(&line, &cap, file)) >= 0) {
		size_t len = (size_t)got;

		reading->line++;
		while (len > 0 && (line[len - 1] == '\n' || line[len - 1] == '\r'))
			line[--len] = '\0';
		if (memchr(line, '\0', len) != NULL)
			reading_bad(reading, "a line with a NUL is no text");
		else
			err = read_line(line, &begun, recording, reading);
	}
	if (err == ERR_OK && ferror(file))
		err = ERR_IO;
	if (err == ERR_OK)
		err = add_begun(&begun, recording, reading);
	free(line);
	str_fini(&begun.octets);
	return err;
}
