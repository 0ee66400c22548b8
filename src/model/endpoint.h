/* endpoint: where an agent listens, as people write it. Syntax only: nothing is resolved. */
#ifndef ROLLCALL_MODEL_ENDPOINT_H
#define ROLLCALL_MODEL_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#define ENDPOINT_PORT	  161 /* RFC 3417: the agent's */
#define ENDPOINT_HOST_MAX 253 /* RFC 1035 */

struct endpoint {
	char host[ENDPOINT_HOST_MAX + 32]; /* without brackets and port; room for a zone */
	uint16_t port;			   /* 0 = none was written */
	bool is_literal;		   /* an IPv4 or IPv6 address, not a host name */
};

/* "192.0.2.1", "192.0.2.1:1161", "2001:db8::7", "[2001:db8::7]:1161", "fe80::1%eth0",
 * "host.example.net:161". NULL when that is well, else "what is wrong; what to do". */
const char *endpoint_parse(const char *text, struct endpoint *endpoint);

/* Equal addresses have equal text ("2001:DB8:0::7" and "2001:db8::7", "Host." and
 * "host"), with the port appended. Caller frees. */
char *endpoint_canonical(const char *host, uint16_t port);
/* As people write it: "192.0.2.1", "192.0.2.1:1161", "[2001:db8::7]:1161". Caller frees. */
char *endpoint_format(const char *host, uint16_t port);

#endif
