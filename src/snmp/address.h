/* address: where a datagram goes or came from: IPv4 or IPv6 and a port. */
#ifndef ROLLCALL_SNMP_ADDRESS_H
#define ROLLCALL_SNMP_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 64

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	};
};

/* False for families other than the two. */
bool address_from_sockaddr(struct address *address, const struct sockaddr *sockaddr, socklen_t len);
/* Numeric only, "192.0.2.1", "2001:db8::7", "fe80::1%eth0"; never asks a name server. */
bool address_parse(struct address *address, const char *text, uint16_t port);
socklen_t address_len(const struct address *address);
/* Family, address, port; the scope of link-local IPv6 addresses too when both have one. */
bool address_equal(const struct address *a, const struct address *b);
/* "127.0.0.1:161", "[::1]:161". Returns buf. */
char *address_format(const struct address *address, char *buf, size_t size);

#endif
