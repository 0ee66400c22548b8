/* resolver: host names to addresses, in threads: a name server that takes its
 * time must not look like a slow device.
 *
 * Goes by getaddrinfo(), so /etc/hosts and nsswitch count. Threads start with the
 * first look-up. */
#ifndef ROLLCALL_SNMP_RESOLVER_H
#define ROLLCALL_SNMP_RESOLVER_H

#include "base/loop.h"
#include "snmp/address.h"

#define RESOLVER_ADDRESSES_MAX 4

struct resolver;
struct lookup;

struct resolver_answer {
	int error;					  /* EAI_*, 0 = fine */
	struct address addresses[RESOLVER_ADDRESSES_MAX]; /* in the order to try them, RFC 6724 */
	unsigned n;
};

struct resolver *resolver_new(struct loop *loop);
/* Waits for look-ups in progress; nothing is called any more. */
void resolver_free(struct resolver *resolver);
/* done(arg) runs in the loop, never from within the call; the look-up is over then. Copies host. */
struct lookup *resolver_lookup(struct resolver *resolver, const char *host, uint16_t port,
    void (*done)(void *arg, const struct resolver_answer *answer), void *arg);
void resolver_cancel(struct lookup *lookup); /* NULL is fine */

#endif
