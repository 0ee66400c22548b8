#include "play/pseudonym.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static const uint8_t key[SIPHASH_KEY_LEN] = "0123456789abcdef";

static void networks_stay_networks(void **state)
{
	struct pseudonym *p = pseudonym_new(key);
	uint8_t a[4] = {203, 0, 113, 1}, b[4] = {203, 0, 113, 77}, c[4] = {203, 0, 114, 1},
		again[4] = {203, 0, 113, 1};

	(void)state;
	pseudonym_ipv4(p, a);
	pseudonym_ipv4(p, b);
	pseudonym_ipv4(p, c);
	pseudonym_ipv4(p, again);
	assert_int_equal(a[0], 10);
	assert_memory_equal(a, b, 3);
	assert_int_equal(b[3], 77);
	assert_memory_not_equal(a, c, 3);
	assert_memory_equal(a, again, 4);
	pseudonym_free(p);
}

static void what_is_nobodys_stays(void **state)
{
	static const uint8_t spared[][4] = {{0, 0, 0, 0}, {127, 0, 0, 1}, {255, 255, 255, 0}, {224, 0, 0, 5},
	    {169, 254, 3, 4}, {255, 255, 255, 255}};
	struct pseudonym *p = pseudonym_new(key);
	uint8_t six[16] = {0}, multicast[16] = {0xff, 2, [15] = 1},
		broadcast[6] = {255, 255, 255, 255, 255, 255};
	uint8_t copy[16];

	(void)state;
	for (size_t i = 0; i < sizeof spared / sizeof *spared; i++) {
		memcpy(copy, spared[i], 4);
		pseudonym_ipv4(p, copy);
		assert_memory_equal(copy, spared[i], 4);
	}
	six[15] = 1;
	memcpy(copy, six, sizeof copy);
	pseudonym_ipv6(p, copy);
	assert_memory_equal(copy, six, 16);
	memcpy(copy, multicast, sizeof copy);
	pseudonym_ipv6(p, copy);
	assert_memory_equal(copy, multicast, 16);
	memcpy(copy, broadcast, 6);
	pseudonym_mac(p, copy);
	assert_memory_equal(copy, broadcast, 6);
	pseudonym_free(p);
}

/* As many networks as 10.0.0.0/8 has, and more: no two become one. */
static void no_two_networks_meet(void **state)
{
	enum { N = 70000 };
	struct pseudonym *p = pseudonym_new(key);
	uint8_t *seen = calloc(1u << 24, 1);

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		uint32_t from = (20u << 16) + i, to;
		uint8_t a[4] = {(uint8_t)(from >> 16), (uint8_t)(from >> 8), (uint8_t)from, 9};

		pseudonym_ipv4(p, a);
		to = (uint32_t)a[0] << 16 | (uint32_t)a[1] << 8 | a[2];
		assert_true(a[0] == 10 || a[0] >= 240);
		assert_int_equal(seen[to], 0);
		seen[to] = 1;
	}
	free(seen);
	pseudonym_free(p);
}

static void macs_keep_their_maker_and_differ(void **state)
{
	enum { N = 20000 };
	struct pseudonym *p = pseudonym_new(key);
	uint8_t *seen = calloc(1u << 24, 1),
		id[16] = {0x20, 1, 0xd, 0xb8, 9, 9, 9, 9, 2, 0x1b, 0x21, 0xff, 0xfe, 1, 2, 3};
	uint8_t mac[6] = {0, 0x1b, 0x21, 1, 2, 3};
	unsigned same = 0;

	(void)state;
	for (uint32_t i = 0; i < N; i++) {
		uint8_t m[6] = {0, 0x1b, 0x21, (uint8_t)(i >> 16), (uint8_t)(i >> 8), (uint8_t)i};
		uint32_t to;

		pseudonym_mac(p, m);
		assert_int_equal(m[1], 0x1b);
		to = (uint32_t)m[3] << 16 | (uint32_t)m[4] << 8 | m[5];
		assert_int_equal(seen[to], 0);
		seen[to] = 1;
		same += to == i;
	}
	assert_true(same < 5);
	/* An interface identifier made of that MAC address follows it. */
	pseudonym_mac(p, mac);
	pseudonym_ipv6(p, id);
	assert_memory_equal(id + 13, mac + 3, 3);
	assert_memory_equal(id, "\x20\x01\x0d\xb8", 4);
	free(seen);
	pseudonym_free(p);
}

static void another_key_another_name(void **state)
{
	static const uint8_t other[SIPHASH_KEY_LEN] = "fedcba9876543210";
	struct pseudonym *a = pseudonym_new(key), *b = pseudonym_new(other);

	(void)state;
	assert_true(pseudonym_number(a, 'h', "core-sw1", 8) == pseudonym_number(a, 'h', "CORE-SW1", 8));
	assert_true(pseudonym_number(a, 'h', "core-sw1", 8) != pseudonym_number(b, 'h', "core-sw1", 8));
	assert_true(pseudonym_number(a, 'h', "core-sw1", 8) != pseudonym_number(a, 's', "core-sw1", 8));
	pseudonym_free(a);
	pseudonym_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(networks_stay_networks),
	    cmocka_unit_test(what_is_nobodys_stays),
	    cmocka_unit_test(no_two_networks_meet),
	    cmocka_unit_test(macs_keep_their_maker_and_differ),
	    cmocka_unit_test(another_key_another_name),
	};

	return cmocka_run_group_tests_name("pseudonym", tests, NULL, NULL);
}
