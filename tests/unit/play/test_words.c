#include "play/words.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

struct place {
	struct pseudonym *pseudonym;
	struct words *words;
};

static int set_up(void **state)
{
	static const uint8_t key[SIPHASH_KEY_LEN] = "0123456789abcdef";
	static const uint8_t version[4] = {12, 2, 55, 3}, mac[6] = {0, 0x1b, 0x21, 1, 2, 3};
	struct place *place = calloc(1, sizeof *place);

	place->pseudonym = pseudonym_new(key);
	place->words = words_new(place->pseudonym);
	words_add_host(place->words, "core-sw1.acme.example", 21);
	words_add_host(place->words, "nas", 3);
	words_add(place->words, "serial", "FOC1234X0AB", 11);
	words_add_ipv4(place->words, version);
	words_add_mac(place->words, mac);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	words_free(place->words);
	pseudonym_free(place->pseudonym);
	free(place);
	return 0;
}

static char *scrub(const struct place *place, const char *text)
{
	struct str out = {0};

	words_scrub(place->words, &out, text, strlen(text));
	return str_steal(&out);
}

/* What must not be left of a text, with what must. */
static void secrets_go(void **state)
{
	static const struct {
		const char *text, *gone, *left;
	} cases[] = {
	    {"Linux core-sw1 6.1.0-18-amd64 #1", "core-sw1", "Linux host-"},
	    {"uplink to CORE-SW1, port 7", "CORE-SW1", ", port 7"},
	    {"core-sw1.acme.example is up", "acme", ".example.net is up"},
	    {"web7.acme.example", "web7", "example.net"},
	    {"db.corp.local answers", "corp", "answers"},
	    {"mail.example.co.kr", "mail", "example.net"},
	    {"write to jane.doe+noc@acme.example now", "jane", "write to user-"},
	    {"peer 192.0.2.17 down", "192.0.2.17", "peer 10."},
	    {"10.1.2.3/24", "10.1.2.3", "/24"},
	    {"2001:db8:1:2::77 reachable", "1:2::77", " reachable"},
	    {"Port 00:1B:21:aa:bb:cc", "aa:bb:cc", "Port 00:1B:21:"},
	    {"mac 001b.21aa.bbcc", "21aa.bbcc", "mac 001b.21"},
	    {"S/N FOC1234X0AB", "FOC1234X0AB", "S/N serial-"},
	    {"route via 12.2.55.3", "12.2.55.3", "via 10."},
	    {"nas:/export", "nas", ":/export"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *got = scrub(*state, cases[i].text);

		if (strstr(got, cases[i].gone) != NULL || strstr(got, cases[i].left) == NULL)
			fail_msg("'%s' -> '%s'", cases[i].text, got);
		free(got);
	}
}

static void the_rest_stays(void **state)
{
	static const char *const texts[] = {
	    "GigabitEthernet1/0/24",
	    "Cisco IOS Software, Version 15.2(4)E10, http://www.cisco.com/techsupport",
	    "firmware 7.2.11.0021",
	    "version 1.2.3.4",
	    "eth0.100",
	    "/usr/lib/x86_64-linux-gnu/libc.so.6",
	    "12:34:56",
	    "Tue Nov 24 18:18:04 UTC 2026",
	    "255.255.255.0 and 127.0.0.1",
	    "br.lan7",
	    "a nasty nasal",
	    "\xec\x84\x9c\xec\x9a\xb8",
	    "3.3V",
	    "",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *got = scrub(*state, texts[i]);

		assert_string_equal(got, texts[i]);
		free(got);
	}
}

static void the_same_becomes_the_same(void **state)
{
	char *a = scrub(*state, "core-sw1"), *b = scrub(*state, "Core-SW1.acme.example"),
	     *c = scrub(*state, "192.0.2.17"), *d = scrub(*state, "to 192.0.2.17");

	assert_memory_equal(a, b, strlen(a));
	assert_string_equal(d + 3, c);
	free(a);
	free(b);
	free(c);
	free(d);
}

static void words_in_indexes(void **state)
{
	const struct place *place = *state;
	uint32_t sub[12], before[12];

	for (size_t i = 0; i < 11; i++)
		sub[i] = (uint8_t) "FOC1234X0AB"[i];
	sub[11] = 7;
	memcpy(before, sub, sizeof sub);
	assert_int_equal(words_scrub_index(place->words, sub, 12), 11);
	assert_memory_not_equal(sub, before, sizeof sub);
	assert_int_equal(sub[11], 7);
	for (size_t i = 0; i < 11; i++)
		assert_true(sub[i] >= 'a' && sub[i] <= 'z');
	sub[0] = 1;
	assert_int_equal(words_scrub_index(place->words, sub, 12), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(secrets_go, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_rest_stays, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(the_same_becomes_the_same, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(words_in_indexes, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
