#include "model/endpoint.h"

#include "base/mem.h"
#include "base/str.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define HOST_MAX  253 /* RFC 1035: what a full domain name may have */
#define LABEL_MAX 63

static bool is_ipv6(const char *host)
{
	char address[64];
	size_t len = strcspn(host, "%");
	struct in6_addr parsed;

	if (len >= sizeof address || (host[len] == '%' && host[len + 1] == '\0'))
		return false;
	memcpy(address, host, len);
	address[len] = '\0';
	return inet_pton(AF_INET6, address, &parsed) == 1;
}

/* Letters, digits, hyphens and underscores, in labels of 1 to 63; a final dot is fine. */
static bool is_host_name(const char *host)
{
	size_t label = 0, len = strlen(host);

	if (len == 0 || len > HOST_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (host[i] == '.') {
			if (label == 0)
				return false;
			label = 0;
		} else if (isalnum((unsigned char)host[i]) || host[i] == '-' || host[i] == '_') {
			if (++label > LABEL_MAX)
				return false;
		} else {
			return false;
		}
	}
	return true;
}

/* Digits and dots only: meant as an address, so it must be one. */
static const char *host_mistake(const char *host)
{
	struct in_addr parsed;

	if (*host == '\0')
		return "there is no host";
	if (host[strspn(host, "0123456789.")] == '\0')
		return inet_pton(AF_INET, host, &parsed) == 1
			   ? NULL
			   : "not an IPv4 address (four numbers of 0 to 255)";
	return is_host_name(host) ? NULL : "not a host name (letters, digits, '-', '_' and dots)";
}

static bool port_parse(const char *text, uint16_t *port)
{
	uint64_t number;

	if (!str_to_u64(text, &number) || number == 0 || number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	return true;
}

enum err endpoint_parse(const char *text, struct endpoint *endpoint, const char **why)
{
	const char *colon = strchr(text, ':'), *close = strchr(text, ']'), *port = NULL;
	char *host;

	*endpoint = (struct endpoint){.port = ENDPOINT_PORT_DEFAULT};
	*why = NULL;
	if (*text == '[') {
		if (close == NULL || (close[1] != '\0' && close[1] != ':')) {
			*why = "an IPv6 address with a port is written [2001:db8::7]:1161";
			return ERR_INVALID;
		}
		host = mem_strndup(text + 1, (size_t)(close - text - 1));
		port = close[1] == ':' ? close + 2 : NULL;
		if (!is_ipv6(host))
			*why = "what is in the brackets is not an IPv6 address";
	} else if (colon != NULL && strchr(colon + 1, ':') != NULL) {
		host = mem_strdup(text);
		if (!is_ipv6(host))
			*why = "not an IPv6 address (with a port: [2001:db8::7]:1161)";
	} else {
		host = mem_strndup(text, colon != NULL ? (size_t)(colon - text) : strlen(text));
		port = colon != NULL ? colon + 1 : NULL;
		*why = host_mistake(host);
	}
	if (*why == NULL && port != NULL && !port_parse(port, &endpoint->port))
		*why = "the port is not a number of 1 to 65535";
	if (*why != NULL) {
		free(host);
		return ERR_INVALID;
	}
	endpoint->host = host;
	return ERR_OK;
}

void endpoint_fini(struct endpoint *endpoint)
{
	free(endpoint->host);
	endpoint->host = NULL;
}

char *endpoint_format(const char *host, uint16_t port)
{
	bool v6 = strchr(host, ':') != NULL;

	if (port == ENDPOINT_PORT_DEFAULT)
		return mem_strdup(host);
	return str_format(v6 ? "[%s]:%u" : "%s:%u", host, port);
}
