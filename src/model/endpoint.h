/* endpoint: where an agent listens, as people write it: "192.0.2.1", "sw1.example.net:1161",
 * "2001:db8::7", "[2001:db8::7]:1161". Syntax only: nothing is resolved. */
#ifndef ROLLCALL_MODEL_ENDPOINT_H
#define ROLLCALL_MODEL_ENDPOINT_H

#include "base/err.h"

#include <stdint.h>

#define ENDPOINT_PORT_DEFAULT 161 /* RFC 3417 */

struct endpoint {
	char *host; /* owned; without brackets; an IPv6 address may have a %zone */
	uint16_t port;
};

/* ERR_INVALID with *why set to a constant text that says what is wrong, for messages. */
enum err endpoint_parse(const char *text, struct endpoint *endpoint, const char **why) MUST_USE;
void endpoint_fini(struct endpoint *endpoint);
/* "192.0.2.1", "192.0.2.1:1161", "[2001:db8::7]:1161"; caller frees. */
char *endpoint_format(const char *host, uint16_t port);

#endif
