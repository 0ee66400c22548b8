#include "daemon/neighbours.h"

#include "base/mem.h"
#include "base/vec.h"
#include "model/oid.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* IANA's address family numbers, as LLDP has them, and CDP's. */
#define FAMILY_IPV4	1
#define FAMILY_IPV6	2
#define CDP_IP		1
#define CDP_IPV6	20
#define CHASSIS_ADDRESS 5 /* LldpChassisIdSubtype networkAddress */
#define LLDP_INDEX	3 /* sub-identifiers: time mark, local port, number */
#define CDP_INDEX	2 /* ifIndex, number */

const char *neighbours_oid(enum neighbours_column column)
{
	static const char *const oids[NEIGHBOURS_COLUMNS] = {
	    [NEIGHBOURS_LLDP_NAME] = "1.0.8802.1.1.2.1.4.1.1.9",
	    [NEIGHBOURS_LLDP_CHASSIS_KIND] = "1.0.8802.1.1.2.1.4.1.1.4",
	    [NEIGHBOURS_LLDP_CHASSIS] = "1.0.8802.1.1.2.1.4.1.1.5",
	    [NEIGHBOURS_LLDP_ADDRESS] = "1.0.8802.1.1.2.1.4.2.1.3",
	    [NEIGHBOURS_CDP_KIND] = "1.3.6.1.4.1.9.9.23.1.2.1.1.3",
	    [NEIGHBOURS_CDP_ADDRESS] = "1.3.6.1.4.1.9.9.23.1.2.1.1.4",
	    [NEIGHBOURS_CDP_NAME] = "1.3.6.1.4.1.9.9.23.1.2.1.1.6",
	};

	return oids[column];
}

/* --- rows --- */

static struct neighbours_row *row_of(struct neighbours *neighbours, bool is_cdp, const uint32_t id[3])
{
	struct neighbours_row row = {.is_cdp = is_cdp, .id = {id[0], id[1], id[2]}};

	for (size_t i = 0; i < neighbours->n_rows; i++)
		if (neighbours->rows[i].is_cdp == is_cdp &&
		    memcmp(neighbours->rows[i].id, row.id, sizeof row.id) == 0)
			return &neighbours->rows[i];
	if (neighbours->n_rows == NEIGHBOURS_MAX)
		return NULL;
	if (neighbours->n_rows == neighbours->cap_rows) {
		neighbours->cap_rows = neighbours->cap_rows > 0 ? 2 * neighbours->cap_rows : 16;
		neighbours->rows =
		    mem_realloc(neighbours->rows, neighbours->cap_rows, sizeof *neighbours->rows);
	}
	neighbours->rows[neighbours->n_rows] = row;
	return &neighbours->rows[neighbours->n_rows++];
}

static char *address_of(int family, const uint8_t *octets, size_t len)
{
	char text[INET6_ADDRSTRLEN];

	if ((family == AF_INET && len != 4) || (family == AF_INET6 && len != 16) ||
	    (family != AF_INET && family != AF_INET6) || inet_ntop(family, octets, text, sizeof text) == NULL)
		return NULL;
	return mem_strdup(text);
}

static int family_of(unsigned number)
{
	return number == FAMILY_IPV4 ? AF_INET : number == FAMILY_IPV6 ? AF_INET6 : AF_UNSPEC;
}

/* Takes the address. The row's name may come later. */
static void add(struct neighbours *neighbours, char *address, const struct neighbours_row *row)
{
	struct neighbour neighbour = {.address = address, .protocol = row->is_cdp ? "cdp" : "lldp"};

	neighbour.row = (size_t)(row - neighbours->rows) + 1;
	if (neighbours->n < NEIGHBOURS_MAX)
		vec_push(neighbours, neighbour);
	else
		free(address);
}

/* The index of lldpRemManAddrTable: that of the neighbour, the address's family, its length, its octets; some
 * agents leave the length out. */
static void management_address(struct neighbours *neighbours, const uint32_t *id, size_t count)
{
	size_t expected, first;
	uint8_t octets[16];
	int family;
	struct neighbours_row *row;
	char *address;

	if (count < LLDP_INDEX + 2)
		return;
	family = family_of(id[LLDP_INDEX]);
	expected = family == AF_INET ? 4 : 16;
	first = count - expected;
	if (family == AF_UNSPEC || count < expected + LLDP_INDEX + 1 || count > expected + LLDP_INDEX + 2 ||
	    (count == expected + LLDP_INDEX + 2 && id[LLDP_INDEX + 1] != expected))
		return;
	for (size_t i = 0; i < expected; i++)
		octets[i] = (uint8_t)id[first + i];
	address = address_of(family, octets, expected);
	row = row_of(neighbours, false, id);
	if (address != NULL && row != NULL)
		add(neighbours, address, row);
	else
		free(address);
}

static char *clean(const struct value *value)
{
	struct str text = {0};

	value_add_text(&text, value, VALUE_FORMAT_AUTO);
	if (text.len > 0)
		return str_steal(&text);
	str_fini(&text);
	return NULL;
}

static void lldp_chassis(struct neighbours_row *row, const struct value *value)
{
	if (row->kind == CHASSIS_ADDRESS && row->address == NULL && value->type == VALUE_OCTETS &&
	    value->bytes.len > 1)
		row->address =
		    address_of(family_of(value->bytes.p[0]), value->bytes.p + 1, value->bytes.len - 1);
}

static void cdp_address(struct neighbours_row *row, const struct value *value)
{
	int family = row->kind == CDP_IP ? AF_INET : row->kind == CDP_IPV6 ? AF_INET6 : AF_UNSPEC;

	if (row->address == NULL && value->type == VALUE_OCTETS)
		row->address = address_of(family, value->bytes.p, value->bytes.len);
}

static void row_cell(struct neighbours_row *row, enum neighbours_column column, const struct value *value)
{
	uint64_t number = 0;

	switch (column) {
	case NEIGHBOURS_LLDP_NAME:
	case NEIGHBOURS_CDP_NAME:
		if (row->name == NULL)
			row->name = clean(value);
		break;
	case NEIGHBOURS_LLDP_CHASSIS_KIND:
	case NEIGHBOURS_CDP_KIND:
		(void)value_to_u64(value, &number);
		row->kind = (unsigned)number;
		break;
	case NEIGHBOURS_LLDP_CHASSIS:
		lldp_chassis(row, value);
		break;
	case NEIGHBOURS_CDP_ADDRESS:
		cdp_address(row, value);
		break;
	case NEIGHBOURS_LLDP_ADDRESS:
	case NEIGHBOURS_COLUMNS:
		break;
	}
}

void neighbours_cell(struct neighbours *neighbours, enum neighbours_column column, const uint8_t *index,
    size_t index_len, const struct value *value)
{
	bool is_cdp = column >= NEIGHBOURS_CDP_KIND;
	uint32_t id[OID_MAX], key[3] = {0};
	struct neighbours_row *row;
	size_t count;

	if (value_is_absent(value) || oid_index_from_ber(index, index_len, id, &count) != ERR_OK)
		return;
	if (column == NEIGHBOURS_LLDP_ADDRESS) {
		management_address(neighbours, id, count);
		return;
	}
	if (count != (is_cdp ? CDP_INDEX : LLDP_INDEX))
		return;
	memcpy(is_cdp ? key + 1 : key, id, count * sizeof *id);
	row = row_of(neighbours, is_cdp, key);
	if (row != NULL)
		row_cell(row, column, value);
}

/* --- addresses --- */

static bool may_be_asked(const char *address, bool with_loopback)
{
	struct in6_addr v6;
	uint8_t v4[4];

	if (inet_pton(AF_INET, address, v4) == 1)
		return v4[0] != 0 && v4[0] < 224 && !(v4[0] == 169 && v4[1] == 254) &&
		       (v4[0] != 127 || with_loopback);
	return inet_pton(AF_INET6, address, &v6) == 1 && !IN6_IS_ADDR_UNSPECIFIED(&v6) &&
	       !IN6_IS_ADDR_MULTICAST(&v6) && !IN6_IS_ADDR_LINKLOCAL(&v6) &&
	       (!IN6_IS_ADDR_LOOPBACK(&v6) || with_loopback);
}

static void neighbour_fini(struct neighbour *neighbour)
{
	free(neighbour->address);
	free(neighbour->name);
}

static bool stands_before(const struct neighbours *neighbours, size_t n, const char *address)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(neighbours->v[i].address, address) == 0)
			return true;
	return false;
}

static void free_rows(struct neighbours *neighbours)
{
	for (size_t i = 0; i < neighbours->n_rows; i++) {
		free(neighbours->rows[i].name);
		free(neighbours->rows[i].address);
	}
	free(neighbours->rows);
	neighbours->rows = NULL;
	neighbours->n_rows = neighbours->cap_rows = 0;
}

void neighbours_finish(struct neighbours *neighbours, bool with_loopback)
{
	size_t kept = 0;

	for (size_t i = 0; i < neighbours->n_rows; i++) {
		struct neighbours_row *row = &neighbours->rows[i];

		if (row->address != NULL)
			add(neighbours, row->address, row);
		row->address = NULL;
	}
	for (size_t i = 0; i < neighbours->n; i++)
		if (neighbours->v[i].row > 0)
			neighbours->v[i].name = mem_strdup(neighbours->rows[neighbours->v[i].row - 1].name);
	for (size_t i = 0; i < neighbours->n; i++) {
		struct neighbour *neighbour = &neighbours->v[i];

		if (may_be_asked(neighbour->address, with_loopback) &&
		    !stands_before(neighbours, kept, neighbour->address))
			neighbours->v[kept++] = *neighbour;
		else
			neighbour_fini(neighbour);
	}
	neighbours->n = kept;
	free_rows(neighbours);
}

void neighbours_fini(struct neighbours *neighbours)
{
	for (size_t i = 0; i < neighbours->n; i++)
		neighbour_fini(&neighbours->v[i]);
	free_rows(neighbours);
	vec_fini(neighbours);
}
