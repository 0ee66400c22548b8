#include "snmp/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

bool address_from_sockaddr(struct address *address, const struct sockaddr *sockaddr, socklen_t len)
{
	memset(address, 0, sizeof *address);
	if (sockaddr->sa_family == AF_INET && len >= sizeof address->v4)
		memcpy(&address->v4, sockaddr, sizeof address->v4);
	else if (sockaddr->sa_family == AF_INET6 && len >= sizeof address->v6)
		memcpy(&address->v6, sockaddr, sizeof address->v6);
	else
		return false;
	return true;
}

bool address_parse(struct address *address, const char *text, uint16_t port)
{
	const struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_DGRAM};
	struct addrinfo *found = NULL;
	char service[8];
	bool ok;

	snprintf(service, sizeof service, "%u", (unsigned)port);
	if (getaddrinfo(text, service, &hints, &found) != 0)
		return false;
	ok = address_from_sockaddr(address, found->ai_addr, found->ai_addrlen);
	freeaddrinfo(found);
	return ok;
}

socklen_t address_len(const struct address *address)
{
	return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

bool address_equal(const struct address *a, const struct address *b)
{
	if (a->any.sa_family != b->any.sa_family)
		return false;
	if (a->any.sa_family == AF_INET)
		return a->v4.sin_port == b->v4.sin_port && a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
	if (a->v6.sin6_port != b->v6.sin6_port ||
	    memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof a->v6.sin6_addr) != 0)
		return false;
	return a->v6.sin6_scope_id == 0 || b->v6.sin6_scope_id == 0 ||
	       a->v6.sin6_scope_id == b->v6.sin6_scope_id;
}

char *address_format(const struct address *address, char *buf, size_t size)
{
	char host[NI_MAXHOST], service[NI_MAXSERV];

	if (getnameinfo(&address->any, address_len(address), host, sizeof host, service, sizeof service,
		NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(buf, size, "?");
	else
		snprintf(buf, size, address->any.sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, service);
	return buf;
}
