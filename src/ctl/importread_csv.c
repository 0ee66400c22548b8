/* Tables that people keep: the columns go by many names. */
#include "base/mem.h"
#include "base/str.h"
#include "base/vec.h"
#include "ctl/importaccess.h"
#include "ctl/importread.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum field {
	FIELD_NAME,
	FIELD_ADDRESS,
	FIELD_PORT,
	FIELD_COMMUNITY,
	FIELD_CREDENTIAL,
	FIELD_VERSION,
	FIELD_TAGS,
	FIELD_PARENT,
	FIELD_USER,
	FIELD_LEVEL,
	FIELD_AUTH,
	FIELD_AUTH_KEY,
	FIELD_PRIV,
	FIELD_PRIV_KEY,
	FIELD_CONTEXT,
	FIELDS
};

/* Letters and digits of the header, in lower case; of several names for one thing the first counts. */
static const struct {
	const char *header;
	enum field field;
} headers[] = {{"name", FIELD_NAME}, {"devicename", FIELD_NAME}, {"displayname", FIELD_NAME},
    {"sysname", FIELD_NAME}, {"label", FIELD_NAME}, {"caption", FIELD_NAME}, {"nodename", FIELD_NAME},
    {"device", FIELD_NAME}, {"node", FIELD_NAME}, {"hostname", FIELD_NAME}, {"host", FIELD_NAME},
    {"address", FIELD_ADDRESS}, {"ip", FIELD_ADDRESS}, {"ipaddress", FIELD_ADDRESS},
    {"ipaddr", FIELD_ADDRESS}, {"ipv4", FIELD_ADDRESS}, {"ipv6", FIELD_ADDRESS}, {"mgmtip", FIELD_ADDRESS},
    {"managementip", FIELD_ADDRESS}, {"managementaddress", FIELD_ADDRESS}, {"primaryip", FIELD_ADDRESS},
    {"primaryip4", FIELD_ADDRESS}, {"primaryipv4", FIELD_ADDRESS}, {"hostip", FIELD_ADDRESS},
    {"snmpip", FIELD_ADDRESS}, {"target", FIELD_ADDRESS}, {"fqdn", FIELD_ADDRESS}, {"dns", FIELD_ADDRESS},
    {"port", FIELD_PORT}, {"snmpport", FIELD_PORT}, {"udpport", FIELD_PORT}, {"community", FIELD_COMMUNITY},
    {"snmpcommunity", FIELD_COMMUNITY}, {"communitystring", FIELD_COMMUNITY},
    {"rocommunity", FIELD_COMMUNITY}, {"readcommunity", FIELD_COMMUNITY}, {"credential", FIELD_CREDENTIAL},
    {"credentials", FIELD_CREDENTIAL}, {"version", FIELD_VERSION}, {"snmpversion", FIELD_VERSION},
    {"snmpver", FIELD_VERSION}, {"snmp", FIELD_VERSION}, {"tags", FIELD_TAGS}, {"tag", FIELD_TAGS},
    {"groups", FIELD_TAGS}, {"group", FIELD_TAGS}, {"hostgroups", FIELD_TAGS}, {"parent", FIELD_PARENT},
    {"parents", FIELD_PARENT}, {"dependson", FIELD_PARENT}, {"user", FIELD_USER}, {"username", FIELD_USER},
    {"securityname", FIELD_USER}, {"snmpuser", FIELD_USER}, {"authname", FIELD_USER},
    {"securitylevel", FIELD_LEVEL}, {"authlevel", FIELD_LEVEL}, {"auth", FIELD_AUTH},
    {"authprotocol", FIELD_AUTH}, {"authalgo", FIELD_AUTH}, {"authkey", FIELD_AUTH_KEY},
    {"authpass", FIELD_AUTH_KEY}, {"authpassword", FIELD_AUTH_KEY}, {"authpassphrase", FIELD_AUTH_KEY},
    {"priv", FIELD_PRIV}, {"privprotocol", FIELD_PRIV}, {"cryptoalgo", FIELD_PRIV},
    {"privkey", FIELD_PRIV_KEY}, {"privpass", FIELD_PRIV_KEY}, {"privpassword", FIELD_PRIV_KEY},
    {"privpassphrase", FIELD_PRIV_KEY}, {"cryptopass", FIELD_PRIV_KEY}, {"context", FIELD_CONTEXT},
    {"contextname", FIELD_CONTEXT}};

static void fold(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && n + 1 < size; text++)
		if (isalnum((unsigned char)*text))
			out[n++] = (char)tolower((unsigned char)*text);
	out[n] = '\0';
}

/* Which column has each field; -1 = none. Those that mean nothing here are told. */
static void find_columns(struct importread *read, const struct csv_row *header, int columns[FIELDS])
{
	struct diag_place place = {read->file, header->line, 1};
	size_t ranks[FIELDS];
	struct str unused = {0};

	for (size_t i = 0; i < FIELDS; i++) {
		columns[i] = -1;
		ranks[i] = SIZE_MAX;
	}
	for (size_t i = 0; i < header->n; i++) {
		char folded[64];
		size_t rank = 0;

		fold(header->cells[i], folded, sizeof folded);
		while (rank < ARRAY_LEN(headers) && strcmp(headers[rank].header, folded) != 0)
			rank++;
		if (rank == ARRAY_LEN(headers) && *folded != '\0') {
			str_addf(&unused, "%s%s", unused.len > 0 ? ", " : "", header->cells[i]);
		} else if (rank < ranks[headers[rank].field]) {
			ranks[headers[rank].field] = rank;
			columns[headers[rank].field] = (int)i;
		}
	}
	if (unused.len > 0)
		diag_note(read->list->diag, place, "columns that are not used: %s", unused.s);
	str_fini(&unused);
}

static const char *cell(const struct csv_row *row, const int columns[FIELDS], enum field field)
{
	int column = columns[field];
	const char *text = column >= 0 && (size_t)column < row->n ? row->cells[column] : "";

	return *text != '\0' && strcasecmp(text, "null") != 0 ? text : NULL;
}

static void add_tags(struct import_device *device, const char *text)
{
	char *copy = mem_strdup(text), *rest = NULL;

	for (char *tag = copy != NULL ? strtok_r(copy, ",;|", &rest) : NULL; tag != NULL;
	     tag = strtok_r(NULL, ",;|", &rest))
		import_device_tag(device, tag);
	free(copy);
}

static void read_access(struct importread *read, const struct csv_row *row, const int columns[FIELDS],
    struct import_device *device)
{
	const char *version = cell(row, columns, FIELD_VERSION);
	struct importread_usm usm = {.user = cell(row, columns, FIELD_USER),
	    .level = cell(row, columns, FIELD_LEVEL),
	    .auth = cell(row, columns, FIELD_AUTH),
	    .auth_key = cell(row, columns, FIELD_AUTH_KEY),
	    .priv = cell(row, columns, FIELD_PRIV),
	    .priv_key = cell(row, columns, FIELD_PRIV_KEY),
	    .context = cell(row, columns, FIELD_CONTEXT)};

	device->access.version = importaccess_version(version);
	device->access.name = mem_strdup(cell(row, columns, FIELD_CREDENTIAL));
	if (version != NULL && device->access.version < 0)
		diag_warning(read->list->diag, device->place,
		    "version '%s' is none of 1, 2c and 3; 2c is taken", version);
	if (usm.user != NULL && device->access.version != SNMP_V1 && device->access.version != SNMP_V2C)
		importread_usm(read, device->place, &usm, &device->access);
	else
		importread_community(&device->access, cell(row, columns, FIELD_COMMUNITY));
}

static void read_row(struct importread *read, const struct csv_row *row, const int columns[FIELDS])
{
	struct import_device device = {.name = mem_strdup(cell(row, columns, FIELD_NAME)),
	    .address = mem_strdup(cell(row, columns, FIELD_ADDRESS)),
	    .port = mem_strdup(cell(row, columns, FIELD_PORT)),
	    .parent = mem_strdup(cell(row, columns, FIELD_PARENT)),
	    .place = {read->file, row->line, 1}};

	if (device.address == NULL)
		device.address = mem_strdup(device.name);
	add_tags(&device, cell(row, columns, FIELD_TAGS));
	read_access(read, row, columns, &device);
	importlist_add(read->list, &device);
}

void importread_csv(struct importread *read, const struct csv *csv)
{
	const struct csv_row *header = &csv->rows[0];
	int columns[FIELDS];

	find_columns(read, header, columns);
	if (columns[FIELD_NAME] < 0 && columns[FIELD_ADDRESS] < 0) {
		diag_error(read->list->diag, (struct diag_place){read->file, header->line, 1},
		    "no column is called address, ip, name or hostname; the first line names the columns");
		return;
	}
	for (size_t i = 1; i < csv->n_rows; i++) {
		const struct csv_row *row = &csv->rows[i];

		if (row->n > header->n)
			diag_warning(read->list->diag, (struct diag_place){read->file, row->line, 1},
			    "%zu cells, and %zu columns have names; is a separator within a text?", row->n,
			    header->n);
		read_row(read, row, columns);
	}
}
