#include "model/endpoint.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void good_addresses(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool literal;
	} cases[] = {
	    {"192.0.2.1", "192.0.2.1", 0, true},
	    {"192.0.2.1:1161", "192.0.2.1", 1161, true},
	    {"127.0.0.1", "127.0.0.1", 0, true},
	    {"2001:db8::7", "2001:db8::7", 0, true},
	    {"::1", "::1", 0, true},
	    {"[2001:db8::7]", "2001:db8::7", 0, true},
	    {"[2001:db8::7]:65535", "2001:db8::7", 65535, true},
	    {"fe80::1%eth0", "fe80::1%eth0", 0, true},
	    {"[fe80::1%eth0]:161", "fe80::1%eth0", 161, true},
	    {"::ffff:192.0.2.1", "::ffff:192.0.2.1", 0, true},
	    {"sw1", "sw1", 0, false},
	    {"core-sw_1.example.net:161", "core-sw_1.example.net", 161, false},
	    {"1and1.example", "1and1.example", 0, false},
	    {"example.net.", "example.net.", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct endpoint address;
		const char *wrong = endpoint_parse(cases[i].text, &address);

		if (wrong != NULL)
			fail_msg("%s %s", cases[i].text, wrong);
		assert_string_equal(address.host, cases[i].host);
		assert_int_equal(address.port, cases[i].port);
		assert_int_equal(address.is_literal, cases[i].literal);
	}
}

static void malformed_addresses_say_what_and_what_to_do(void **state)
{
	static const char *const cases[] = {"", ":161", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1.1",
	    "1", "0.0.0.0", "239.1.2.3", "255.255.255.255", "192.0.2.0/24", "http://x",
	    "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:+1", "2001:db8:::1", "2001:db8::g",
	    "::", "ff02::1", "fe80::1", "fe80::1%", "[2001:db8::7", "[]", "[2001:db8::7]161",
	    "[2001:db8::7]:", "[sw1]", "a b", "a..b", ".a", "-a", "a!b", "\xec\x84\x9c", "%", "[%]:1"};
	char label[300];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct endpoint address;
		const char *wrong = endpoint_parse(cases[i], &address);

		if (wrong == NULL)
			fail_msg("'%s' passed", cases[i]);
		assert_non_null(strchr(wrong, ';'));
	}
	memset(label, 'a', sizeof label);
	label[sizeof label - 1] = '\0';
	for (size_t len = 64; len < sizeof label; len++) {
		struct endpoint address;

		label[len] = '\0';
		assert_non_null(endpoint_parse(label, &address));
		label[len] = 'a';
	}
}

static void equal_addresses_have_equal_text(void **state)
{
	static const char *const same[][2] = {{"2001:DB8:0:0::7", "2001:db8::7"},
	    {"Host.Example.net.", "host.example.net"}, {"192.0.2.1", "192.0.2.1"}};

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		char *a = endpoint_canonical(same[i][0], 161), *b = endpoint_canonical(same[i][1], 161);
		char *c = endpoint_canonical(same[i][1], 162);

		assert_string_equal(a, b);
		assert_string_not_equal(b, c);
		free(a);
		free(b);
		free(c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(good_addresses),
	    cmocka_unit_test(malformed_addresses_say_what_and_what_to_do),
	    cmocka_unit_test(equal_addresses_have_equal_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
