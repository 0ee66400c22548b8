#include "play/pseudonym.h"

#include "base/mem.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define NETWORKS_10  65536u	  /* /24 networks in 10.0.0.0/8 */
#define NETWORK_240  (240u << 16) /* 240.0.0.0, as the number of its /24 */
#define NETWORKS_MAX (NETWORKS_10 + (1u << 20))

/* A /24 network and what it has become. */
struct network {
	uint32_t from, to;
	UT_hash_handle hh;
};

struct pseudonym {
	uint8_t key[SIPHASH_KEY_LEN];
	struct network *networks;
	uint32_t n_networks;
	uint8_t *taken; /* of those in 10.0.0.0/8, a bit each */
};

struct pseudonym *pseudonym_new(const uint8_t key[SIPHASH_KEY_LEN])
{
	struct pseudonym *pseudonym = mem_alloc(sizeof *pseudonym);

	memcpy(pseudonym->key, key, SIPHASH_KEY_LEN);
	pseudonym->taken = mem_calloc(NETWORKS_10 / 8, 1);
	return pseudonym;
}

void pseudonym_free(struct pseudonym *pseudonym)
{
	struct network *network, *next;

	if (pseudonym == NULL)
		return;
	HASH_ITER(hh, pseudonym->networks, network, next)
	{
		HASH_DEL(pseudonym->networks, network);
		free(network);
	}
	free(pseudonym->taken);
	explicit_bzero(pseudonym->key, sizeof pseudonym->key);
	free(pseudonym);
}

static uint64_t hash(const struct pseudonym *pseudonym, char kind, const void *octets, size_t len)
{
	uint8_t input[64] = {(uint8_t)kind};
	size_t n = len < sizeof input - 1 ? len : sizeof input - 1;

	memcpy(input + 1, octets, n);
	return siphash(pseudonym->key, input, n + 1);
}

uint32_t pseudonym_number(const struct pseudonym *pseudonym, char kind, const void *octets, size_t len)
{
	const uint8_t *bytes = octets;
	uint8_t *input = mem_alloc(len + 1);
	uint64_t number;

	input[0] = (uint8_t)kind;
	for (size_t i = 0; i < len; i++)
		input[i + 1] = (uint8_t)tolower(bytes[i]);
	number = siphash(pseudonym->key, input, len + 1);
	free(input);
	return (uint32_t)number;
}

/* --- IPv4 --- */

bool pseudonym_spares_ipv4(const uint8_t address[4])
{
	bool short_mask =
	    (address[0] == 128 || address[0] == 192) && address[1] == 0 && address[2] == 0 && address[3] == 0;

	/* "This" network, loopback, link-local (chosen at random), multicast and above, with netmasks. */
	return address[0] == 0 || address[0] == 127 || (address[0] == 169 && address[1] == 254) ||
	       address[0] >= 224 || short_mask;
}

/* A free one of 10.0.0.0/8, from where the key says on; a reserved one when these are used up. */
static uint32_t choose(struct pseudonym *pseudonym, uint32_t from)
{
	uint32_t slot = (uint32_t)hash(pseudonym, '4', &from, sizeof from) % NETWORKS_10;

	if (pseudonym->n_networks >= NETWORKS_10)
		return NETWORK_240 + (pseudonym->n_networks - NETWORKS_10);
	while (pseudonym->taken[slot / 8] & 1u << slot % 8)
		slot = (slot + 1) % NETWORKS_10;
	pseudonym->taken[slot / 8] |= (uint8_t)(1u << slot % 8);
	return 10u << 16 | slot;
}

void pseudonym_ipv4(struct pseudonym *pseudonym, uint8_t address[4])
{
	uint32_t from = (uint32_t)address[0] << 16 | (uint32_t)address[1] << 8 | address[2];
	struct network *network = NULL;

	if (pseudonym_spares_ipv4(address))
		return;
	HASH_FIND(hh, pseudonym->networks, &from, sizeof from, network);
	if (network == NULL) {
		network = mem_alloc(sizeof *network);
		network->from = from;
		network->to = choose(pseudonym, from);
		HASH_ADD(hh, pseudonym->networks, from, sizeof network->from, network);
		if (pseudonym->n_networks + 1 < NETWORKS_MAX)
			pseudonym->n_networks++;
	}
	address[0] = (uint8_t)(network->to >> 16);
	address[1] = (uint8_t)(network->to >> 8);
	address[2] = (uint8_t)network->to;
}

/* --- MAC addresses --- */

bool pseudonym_spares_mac(const uint8_t mac[6])
{
	static const uint8_t zero[6];

	return (mac[0] & 1) != 0 || memcmp(mac, zero, sizeof zero) == 0;
}

/* A Feistel network over the 24 bits behind the maker's prefix: a permutation, without a table. */
void pseudonym_mac(const struct pseudonym *pseudonym, uint8_t mac[6])
{
	uint32_t left = (uint32_t)mac[3] << 4 | mac[4] >> 4, right = (mac[4] & 15u) << 8 | mac[5];

	if (pseudonym_spares_mac(mac))
		return;
	for (uint8_t round = 0; round < 6; round++) {
		uint8_t input[6] = {mac[0], mac[1], mac[2], round, (uint8_t)(right >> 8), (uint8_t)right};
		uint32_t mixed = left ^ ((uint32_t)hash(pseudonym, 'M', input, sizeof input) & 0xfff);

		left = right;
		right = mixed;
	}
	mac[3] = (uint8_t)(left >> 4);
	mac[4] = (uint8_t)(left << 4 | right >> 8);
	mac[5] = (uint8_t)right;
}

/* --- IPv6 --- */

/* Made of a MAC address (RFC 4291 appendix A), small as given by hand, or random. */
static void map_interface(struct pseudonym *pseudonym, uint8_t id[8])
{
	static const uint8_t zero[6];
	uint8_t mac[6] = {id[0] ^ 2, id[1], id[2], id[5], id[6], id[7]};
	uint64_t number;

	if (memcmp(id, zero, sizeof zero) == 0)
		return;
	if (id[3] == 0xff && id[4] == 0xfe) {
		pseudonym_mac(pseudonym, mac);
		memcpy(id + 5, mac + 3, 3);
		return;
	}
	number = hash(pseudonym, 'I', id, 8);
	for (size_t i = 0; i < 8; i++)
		id[i] = (uint8_t)(number >> (8 * i));
}

void pseudonym_ipv6(struct pseudonym *pseudonym, uint8_t address[16])
{
	static const uint8_t zero[15], mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool link_local = address[0] == 0xfe && (address[1] & 0xc0) == 0x80;
	uint64_t number;

	if (address[0] == 0xff || (memcmp(address, zero, sizeof zero) == 0 && address[15] <= 1))
		return; /* multicast, ::, ::1 */
	if (memcmp(address, mapped, sizeof mapped) == 0) {
		pseudonym_ipv4(pseudonym, address + 12);
		return;
	}
	if (!link_local) {
		number = hash(pseudonym, '6', address, 8);
		memcpy(address, "\x20\x01\x0d\xb8", 4);
		for (size_t i = 4; i < 8; i++)
			address[i] = (uint8_t)(number >> (8 * (i - 4)));
	}
	map_interface(pseudonym, address + 8);
}
