#include "model/addresses.h"

#include "base/str.h"
#include "base/vec.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const char no_address[] =
    "is no address, network or range; write 192.0.2.7, 192.0.2.0/24 or 192.0.2.10-20";
static const char too_many[] = "is more than a million addresses; name smaller networks";

/* IPv4 goes into the last four octets. */
static bool read_address(const char *text, size_t len, struct address_span *span)
{
	char copy[ADDRESSES_TEXT_MAX];

	if (len >= sizeof copy)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	memset(span->first, 0, sizeof span->first);
	span->v6 = strchr(copy, ':') != NULL;
	return inet_pton(span->v6 ? AF_INET6 : AF_INET, copy, span->v6 ? span->first : span->first + 12) == 1;
}

/* The low 64 bits are all that ranges of this size reach. */
static uint64_t low_of(const struct address_span *span)
{
	uint64_t low = 0;

	for (int i = 8; i < 16; i++)
		low = low << 8 | span->first[i];
	return low;
}

static void set_low(struct address_span *span, uint64_t low)
{
	for (int i = 15; i >= 8; i--, low >>= 8)
		span->first[i] = (uint8_t)low;
}

static const char *read_network(const char *text, const char *slash, struct address_span *span)
{
	uint64_t bits, low;
	unsigned width;

	if (!read_address(text, (size_t)(slash - text), span) || !str_to_u64(slash + 1, &bits))
		return no_address;
	width = span->v6 ? 128 : 32;
	if (bits > width)
		return "has a prefix longer than an address; IPv4 has 32 bits, IPv6 128";
	if (width - bits > 20)
		return too_many;
	span->count = 1u << (width - bits);
	low = low_of(span) & ~(uint64_t)(span->count - 1);
	if (!span->v6 && span->count > 2) {
		low++;
		span->count -= 2;
	}
	set_low(span, low);
	return NULL;
}

/* "192.0.2.10-20": the last octet alone. */
static bool read_end(const char *text, const struct address_span *first, struct address_span *last)
{
	uint64_t octet;

	if (read_address(text, strlen(text), last))
		return last->v6 == first->v6;
	if (first->v6 || !str_to_u64(text, &octet) || octet > 255)
		return false;
	*last = *first;
	last->first[15] = (uint8_t)octet;
	return true;
}

static const char *read_range(const char *text, const char *dash, struct address_span *span)
{
	struct address_span last;
	uint64_t count;

	if (!read_address(text, (size_t)(dash - text), span) || !read_end(dash + 1, span, &last))
		return no_address;
	if (memcmp(span->first, last.first, 8) != 0 || low_of(&last) - low_of(span) >= ADDRESSES_MAX)
		return memcmp(span->first, last.first, 16) > 0 ? "ends before it begins; turn it round"
							       : too_many;
	count = low_of(&last) - low_of(span) + 1;
	span->count = (uint32_t)count;
	return NULL;
}

const char *addresses_add(struct addresses *addresses, const char *text)
{
	const char *slash = strchr(text, '/'), *dash = strchr(text, '-'), *wrong = NULL;
	struct address_span span = {.count = 1};

	if (slash != NULL)
		wrong = read_network(text, slash, &span);
	else if (dash != NULL)
		wrong = read_range(text, dash, &span);
	else if (!read_address(text, strlen(text), &span))
		wrong = no_address;
	if (wrong == NULL && span.count > ADDRESSES_MAX - addresses->total)
		wrong = too_many;
	if (wrong != NULL)
		return wrong;
	vec_push(addresses, span);
	addresses->total += span.count;
	return NULL;
}

void addresses_fini(struct addresses *addresses)
{
	vec_fini(addresses);
	*addresses = (struct addresses){0};
}

void addresses_text(const struct addresses *addresses, uint32_t i, char out[ADDRESSES_TEXT_MAX])
{
	struct address_span span;
	size_t at = 0;

	while (i >= addresses->v[at].count)
		i -= addresses->v[at++].count;
	span = addresses->v[at];
	set_low(&span, low_of(&span) + i);
	inet_ntop(
	    span.v6 ? AF_INET6 : AF_INET, span.v6 ? span.first : span.first + 12, out, ADDRESSES_TEXT_MAX);
}

bool addresses_has(const struct addresses *addresses, const char *address)
{
	struct address_span one;

	if (!read_address(address, strlen(address), &one))
		return false;
	for (size_t i = 0; i < addresses->n; i++) {
		const struct address_span *span = &addresses->v[i];

		if (span->v6 == one.v6 && memcmp(span->first, one.first, 8) == 0 &&
		    low_of(&one) - low_of(span) < span->count)
			return true;
	}
	return false;
}
