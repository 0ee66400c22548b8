#include "play/indexes.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* The formats:  i  a number          A  an IPv4 address, four numbers   M  a MAC address, six
 *               L  octets after their number: an address if 4, 6 or 16  T  an address's type, then L
 *               O  an OID after its length
 * The rest of an index is left as it is. */
static const struct format {
	const char *entry; /* of the table */
	const char *index;
} formats[] = {
    {"1.0.8802.1.1.2.1.3.8.1", "iL"},	 /* lldpLocManAddrTable */
    {"1.0.8802.1.1.2.1.4.2.1", "iiiiL"}, /* lldpRemManAddrTable */
    {"1.3.6.1.2.1.3.1.1", "iiA"},	 /* atTable */
    {"1.3.6.1.2.1.4.20.1", "A"},	 /* ipAddrTable */
    {"1.3.6.1.2.1.4.21.1", "A"},	 /* ipRouteTable */
    {"1.3.6.1.2.1.4.22.1", "iA"},	 /* ipNetToMediaTable */
    {"1.3.6.1.2.1.4.24.2.1", "AiiA"},	 /* ipForwardTable */
    {"1.3.6.1.2.1.4.24.4.1", "AAiA"},	 /* ipCidrRouteTable */
    {"1.3.6.1.2.1.4.24.7.1", "TiOT"},	 /* inetCidrRouteTable */
    {"1.3.6.1.2.1.4.32.1", "iTi"},	 /* ipAddressPrefixTable */
    {"1.3.6.1.2.1.4.34.1", "T"},	 /* ipAddressTable */
    {"1.3.6.1.2.1.4.35.1", "iT"},	 /* ipNetToPhysicalTable */
    {"1.3.6.1.2.1.4.37.1", "Ti"},	 /* ipDefaultRouterTable */
    {"1.3.6.1.2.1.6.13.1", "AiAi"},	 /* tcpConnTable */
    {"1.3.6.1.2.1.6.19.1", "TiTi"},	 /* tcpConnectionTable */
    {"1.3.6.1.2.1.6.20.1", "Ti"},	 /* tcpListenerTable */
    {"1.3.6.1.2.1.7.5.1", "Ai"},	 /* udpTable */
    {"1.3.6.1.2.1.7.7.1", "TiTii"},	 /* udpEndpointTable */
    {"1.3.6.1.2.1.14.2.1", "A"},	 /* ospfAreaTable */
    {"1.3.6.1.2.1.14.4.1", "AiAA"},	 /* ospfLsdbTable */
    {"1.3.6.1.2.1.14.7.1", "Ai"},	 /* ospfIfTable */
    {"1.3.6.1.2.1.14.10.1", "Ai"},	 /* ospfNbrTable */
    {"1.3.6.1.2.1.15.3.1", "A"},	 /* bgpPeerTable */
    {"1.3.6.1.2.1.15.6.1", "AiA"},	 /* bgp4PathAttrTable */
    {"1.3.6.1.2.1.17.4.3.1", "M"},	 /* dot1dTpFdbTable */
    {"1.3.6.1.2.1.17.5.1.1", "Mi"},	 /* dot1dStaticTable */
    {"1.3.6.1.2.1.17.7.1.2.2.1", "iM"},	 /* dot1qTpFdbTable */
    {"1.3.6.1.2.1.17.7.1.2.3.1", "iM"},	 /* dot1qTpGroupTable */
    {"1.3.6.1.2.1.17.7.1.3.1.1", "iMi"}, /* dot1qStaticUnicastTable */
    {"1.3.6.1.2.1.17.7.1.3.2.1", "iMi"}, /* dot1qStaticMulticastTable */
    {"1.3.6.1.2.1.31.1.4.1", "iL"},	 /* ifRcvAddressTable */
    {"1.3.6.1.2.1.68.1.4.1", "iiA"},	 /* vrrpAssoIpAddrTable */
};

/* What is done with the addresses that are found. */
struct visit {
	struct words *words;
	struct pseudonym *pseudonym; /* NULL: they are told to `words` only */
	bool changed;
};

static bool are_octets(const uint32_t *sub, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (sub[i] > 255)
			return false;
	}
	return true;
}

static void visit_address(struct visit *visit, uint32_t *sub, size_t n)
{
	uint8_t octets[16];

	for (size_t i = 0; i < n; i++)
		octets[i] = (uint8_t)sub[i];
	if (visit->pseudonym == NULL) {
		if (n == 4)
			words_add_ipv4(visit->words, octets);
		else if (n == 6)
			words_add_mac(visit->words, octets);
		return;
	}
	if (n == 4)
		pseudonym_ipv4(visit->pseudonym, octets);
	else if (n == 6)
		pseudonym_mac(visit->pseudonym, octets);
	else if (n == 16)
		pseudonym_ipv6(visit->pseudonym, octets);
	for (size_t i = 0; i < n; i++) {
		visit->changed |= sub[i] != octets[i];
		sub[i] = octets[i];
	}
}

/* Octets after their number; a zone may follow an address (RFC 4001). Returns how many sub-identifiers they
 * take, 0 if they do not fit. */
static size_t visit_counted(struct visit *visit, uint32_t *sub, size_t n)
{
	size_t len = n > 0 ? sub[0] : SIZE_MAX, address = len == 8 ? 4 : len == 20 ? 16 : len;

	if (n == 0 || len > n - 1 || !are_octets(sub + 1, len))
		return 0;
	if (address == 4 || address == 6 || address == 16)
		visit_address(visit, sub + 1, address);
	return len + 1;
}

static void visit_index(struct visit *visit, const char *format, uint32_t *sub, size_t n)
{
	for (; *format != '\0' && n > 0; format++) {
		size_t plain = *format == 'A' ? 4 : *format == 'M' ? 6 : 0, taken = 1;

		if (*format == 'T' && n > 1)
			taken = visit_counted(visit, sub + 1, n - 1) + 1;
		else if (*format == 'L')
			taken = visit_counted(visit, sub, n);
		else if (*format == 'O')
			taken = sub[0] < n ? sub[0] + 1 : 0;
		if (plain > n || (plain > 0 && !are_octets(sub, plain)) || taken == 0)
			return;
		if (plain > 0)
			visit_address(visit, sub, plain);
		taken = plain > 0 ? plain : taken;
		sub += taken;
		n -= taken;
	}
}

/* The sub-identifiers that a dotted prefix has, 0 if the name does not begin with it. There are a million
 * names: nearly all differ early. */
static size_t starts(const struct oid *name, const char *prefix)
{
	size_t n = 0;

	for (char *end; n < name->len; prefix = end + 1) {
		if (strtoul(prefix, &end, 10) != name->id[n++])
			return 0;
		if (*end == '\0')
			return n;
	}
	return 0;
}

static const struct format *format_of(const struct oid *name, size_t *index)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		size_t n = starts(name, formats[i].entry);

		if (n == 0)
			continue;
		*index = n + 1; /* behind the column */
		return name->len > *index ? &formats[i] : NULL;
	}
	return NULL;
}

void indexes_learn(struct words *words, const struct oid *name)
{
	struct visit visit = {.words = words};
	struct oid copy = *name;
	size_t index;
	const struct format *format = format_of(name, &index);

	if (format != NULL)
		visit_index(&visit, format->index, copy.id + index, copy.len - index);
}

/* --- tables that are not known --- */

static bool is_known_mac(const struct visit *visit, const uint32_t *sub)
{
	uint8_t mac[6];

	if (!are_octets(sub, sizeof mac))
		return false;
	for (size_t i = 0; i < sizeof mac; i++)
		mac[i] = (uint8_t)sub[i];
	return words_has_mac(visit->words, mac);
}

static bool is_known_ipv4(const struct visit *visit, const uint32_t *sub)
{
	uint8_t address[4];

	if (!are_octets(sub, sizeof address))
		return false;
	for (size_t i = 0; i < sizeof address; i++)
		address[i] = (uint8_t)sub[i];
	return words_has_ipv4(visit->words, address);
}

static void visit_unknown(struct visit *visit, struct oid *name)
{
	static const uint32_t enterprises[] = {1, 3, 6, 1, 4, 1};
	bool of_enterprise = name->len > 10 && memcmp(name->id, enterprises, sizeof enterprises) == 0;
	size_t at = 9;

	while (at + 4 <= name->len) {
		uint32_t *sub = name->id + at;
		size_t left = name->len - at, word;

		if (left >= 6 && is_known_mac(visit, sub)) {
			visit_address(visit, sub, 6);
			at += 6;
		} else if (of_enterprise && (left == 4 || sub[-1] == 4) && is_known_ipv4(visit, sub)) {
			visit_address(visit, sub, 4);
			at += 4;
		} else if ((word = words_scrub_index(visit->words, sub, left)) > 0) {
			visit->changed = true;
			at += word;
		} else {
			at++;
		}
	}
}

bool indexes_map(struct words *words, struct pseudonym *pseudonym, struct oid *name)
{
	struct visit visit = {.words = words, .pseudonym = pseudonym};
	size_t index;
	const struct format *format = format_of(name, &index);

	if (format != NULL)
		visit_index(&visit, format->index, name->id + index, name->len - index);
	else
		visit_unknown(&visit, name);
	return visit.changed;
}
