#include "model/endpoint.h"

#include "base/mem.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const char *parse_port(const char *text, uint16_t *port)
{
	uint64_t number;

	if (!str_to_u64(text, &number) || number == 0 || number > 65535)
		return "has a malformed port; give a number from 1 to 65535 behind the colon";
	*port = (uint16_t)number;
	return NULL;
}

static const char *check_ipv4(const char *host)
{
	struct in_addr in;
	uint32_t ip;

	if (inet_pton(AF_INET, host, &in) != 1)
		return "is no IPv4 address; write four numbers from 0 to 255, without leading zeros";
	ip = ntohl(in.s_addr);
	if (ip == 0 || ip >= UINT32_C(0xE0000000))
		return "is no address of one device; give a unicast address";
	return NULL;
}

static const char *check_ipv6(const char *host)
{
	char copy[ENDPOINT_HOST_MAX + 32];
	const char *zone = strchr(host, '%');
	struct in6_addr in;

	memcpy(copy, host, strlen(host) + 1);
	copy[zone != NULL ? (size_t)(zone - host) : strlen(host)] = '\0';
	if (inet_pton(AF_INET6, copy, &in) != 1)
		return "is no IPv6 address; write it as 2001:db8::7, with a port as [2001:db8::7]:161";
	if (IN6_IS_ADDR_UNSPECIFIED(&in) || IN6_IS_ADDR_MULTICAST(&in))
		return "is no address of one device; give a unicast address";
	if (IN6_IS_ADDR_LINKLOCAL(&in) && (zone == NULL || zone[1] == '\0'))
		return "is link-local; name the interface too, as in fe80::1%eth0";
	return NULL;
}

/* RFC 1123, and the underscore that people use. */
static const char *check_name(const char *host)
{
	size_t label = 0;

	for (const char *p = host; *p != '\0'; p++) {
		if (*p == '.' && label == 0)
			return "has an empty part; write a host name as in sw1.example.net";
		label = *p == '.' ? 0 : label + 1;
		if (label > 63)
			return "has a part of more than 63 characters; check the host name";
		if (!isalnum((unsigned char)*p) && strchr("-_.", *p) == NULL)
			return (unsigned char)*p >= 0x80
				   ? "has letters that host names cannot have; use its punycode form"
				   : "has a character that host names cannot have; use letters, digits, - "
				     "and .";
	}
	if (host[0] == '-')
		return "begins with '-'; check the host name";
	return NULL;
}

static const char *check_host(struct endpoint *endpoint)
{
	const char *host = endpoint->host, *wrong;

	if (host[0] == '\0')
		return "has no host; give an address or a host name";
	if (strchr(host, ':') != NULL) {
		wrong = check_ipv6(host);
		endpoint->is_literal = wrong == NULL;
		return wrong;
	}
	if (strspn(host, "0123456789.") == strlen(host)) {
		wrong = check_ipv4(host);
		endpoint->is_literal = wrong == NULL;
		return wrong;
	}
	return strlen(host) > ENDPOINT_HOST_MAX ? "is longer than 253 characters; check the host name"
						: check_name(host);
}

const char *endpoint_parse(const char *text, struct endpoint *endpoint)
{
	const char *colon = strchr(text, ':'), *end = NULL, *host = text, *wrong = NULL;
	size_t len = strlen(text);

	memset(endpoint, 0, sizeof *endpoint);
	if (strchr(text, '/') != NULL)
		return "is a network or a URL; give the address of one device (`rollcall discover` finds "
		       "them)";
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (end == NULL || (end[1] != '\0' && end[1] != ':'))
			return "has brackets that do not close before the port; write [2001:db8::7]:161";
		host = text + 1;
		len = (size_t)(end - host);
		if (end[1] == ':')
			wrong = parse_port(end + 2, &endpoint->port);
		if (wrong == NULL && memchr(host, ':', len) == NULL)
			return "has brackets around what is no IPv6 address; leave them away";
	} else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		len = (size_t)(colon - text);
		wrong = parse_port(colon + 1, &endpoint->port);
	}
	if (wrong != NULL)
		return wrong;
	if (len >= sizeof endpoint->host)
		return "is too long; give an address or a host name";
	memcpy(endpoint->host, host, len);
	return check_host(endpoint);
}

char *endpoint_canonical(const char *host, uint16_t port)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char in[sizeof(struct in6_addr)];
	struct str out = {0};

	if (inet_pton(AF_INET6, host, in) == 1 && inet_ntop(AF_INET6, in, copy, sizeof copy) != NULL)
		str_add(&out, copy);
	else
		for (size_t i = 0, len = strlen(host); i < len; i++)
			if (host[i] != '.' || i + 1 < len)
				str_add_char(&out, (char)tolower((unsigned char)host[i]));
	str_addf(&out, " port %u", port);
	return str_steal(&out);
}

char *endpoint_format(const char *host, uint16_t port)
{
	if (port == ENDPOINT_PORT)
		return mem_strdup(host);
	return str_format(strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port);
}
