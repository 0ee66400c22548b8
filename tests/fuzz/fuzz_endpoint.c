/* Fuzzes addresses: what is understood is written in a form that is understood alike. */
#include "fuzz/input.h"

#include "base/str.h"
#include "model/endpoint.h"

#include <stdlib.h>
#include <string.h>

static void check_again(const struct endpoint *endpoint)
{
	uint16_t port = endpoint->port != 0 ? endpoint->port : ENDPOINT_PORT;
	char *written = endpoint_format(endpoint->host, port), *canonical, *other;
	struct endpoint again;

	if (endpoint_parse(written, &again) != NULL || again.is_literal != endpoint->is_literal ||
	    (again.port != 0 ? again.port : ENDPOINT_PORT) != port)
		abort();
	canonical = endpoint_canonical(endpoint->host, port);
	other = endpoint_canonical(again.host, port);
	if (!str_equal(canonical, other))
		abort();
	free(canonical);
	free(other);
	free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t len)
{
	char *text = input_text(octets, len);
	struct endpoint endpoint;

	if (endpoint_parse(text, &endpoint) == NULL) {
		if (endpoint.host[0] == '\0' || strlen(endpoint.host) >= sizeof endpoint.host)
			abort();
		check_again(&endpoint);
	}
	free(text);
	return 0;
}
