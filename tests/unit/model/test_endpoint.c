#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/endpoint.h"

#include <stdlib.h>

static void good(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		const char *formatted;
	} cases[] = {
	    {"192.0.2.1", "192.0.2.1", 161, "192.0.2.1"},
	    {"192.0.2.1:1161", "192.0.2.1", 1161, "192.0.2.1:1161"},
	    {"sw-1.example.net", "sw-1.example.net", 161, "sw-1.example.net"},
	    {"my_host:65535", "my_host", 65535, "my_host:65535"},
	    {"2001:db8::7", "2001:db8::7", 161, "2001:db8::7"},
	    {"::1", "::1", 161, "::1"},
	    {"[::1]", "::1", 161, "::1"},
	    {"[2001:db8::7]:1161", "2001:db8::7", 1161, "[2001:db8::7]:1161"},
	    {"fe80::1%eth0", "fe80::1%eth0", 161, "fe80::1%eth0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct endpoint endpoint;
		const char *why;
		char *text;

		assert_int_equal(endpoint_parse(cases[i].text, &endpoint, &why), ERR_OK);
		assert_string_equal(endpoint.host, cases[i].host);
		assert_int_equal(endpoint.port, cases[i].port);
		text = endpoint_format(endpoint.host, endpoint.port);
		assert_string_equal(text, cases[i].formatted);
		free(text);
		endpoint_fini(&endpoint);
	}
}

static void bad(void **state)
{
	static const char *const cases[] = {"", ":161", "192.0.2.256", "192.0.2", "1.2.3.4.5", "192.0.2.1:0",
	    "192.0.2.1:65536", "192.0.2.1:", "192.0.2.1:snmp", "a b", "a..b", ".a", "[::1", "[::1]x",
	    "[192.0.2.1]:161", "2001:db8:::7", "2001:db8::7:99999", "host/path", "udp:host:161", "fe80::1%",
	    "-e\n"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct endpoint endpoint;
		const char *why;

		assert_int_equal(endpoint_parse(cases[i], &endpoint, &why), ERR_INVALID);
		assert_non_null(why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(bad)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
