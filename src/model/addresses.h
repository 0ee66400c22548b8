/* addresses: which ones to ask, as people write it: "192.0.2.7", "192.0.2.0/24", "192.0.2.10-20",
 * "192.0.2.10-192.0.2.99", "2001:db8::/120", "2001:db8::1-2001:db8::ff". Syntax only: nothing is resolved.
 *
 * Of an IPv4 network the first and the last address are left out: they are the network's own and its
 * broadcast. */
#ifndef ROLLCALL_MODEL_ADDRESSES_H
#define ROLLCALL_MODEL_ADDRESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADDRESSES_MAX	   (1u << 20) /* in all */
#define ADDRESSES_TEXT_MAX 46	      /* INET6_ADDRSTRLEN */

struct addresses {
	struct address_span {
		bool v6;
		uint8_t first[16]; /* network order; IPv4 in the last four */
		uint32_t count;
	} * v;
	size_t n, cap;
	uint32_t total;
};

/* NULL when that is well, else "what is wrong; what to do". What is there twice counts twice. */
const char *addresses_add(struct addresses *addresses, const char *text);
void addresses_fini(struct addresses *addresses);
/* The i-th of all, as people write it. */
void addresses_text(const struct addresses *addresses, uint32_t i, char out[ADDRESSES_TEXT_MAX]);
bool addresses_has(const struct addresses *addresses, const char *address);

#endif
