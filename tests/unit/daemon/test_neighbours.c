#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "daemon/neighbours.h"
#include "model/oid.h"

#include <stdio.h>

/* A cell whose index is written as people do. */
static void cell(
    struct neighbours *neighbours, enum neighbours_column column, const char *index, struct value value)
{
	uint8_t ber[OID_BER_MAX];
	struct oid oid;

	assert_int_equal(oid_parse(index, &oid), ERR_OK);
	neighbours_cell(neighbours, column, ber, oid_index_to_ber(oid.id, oid.len, ber), &value);
}

static struct value octets(const char *bytes, size_t len)
{
	return (struct value){.type = VALUE_OCTETS, .bytes = {(const uint8_t *)bytes, (uint32_t)len}};
}

static struct value number(int64_t i)
{
	return (struct value){.type = VALUE_INTEGER, .i = i};
}

static void expect(const struct neighbours *neighbours, size_t i, const char *address, const char *name,
    const char *protocol)
{
	assert_true(i < neighbours->n);
	assert_string_equal(neighbours->v[i].address, address);
	assert_string_equal(neighbours->v[i].protocol, protocol);
	if (name == NULL)
		assert_null(neighbours->v[i].name);
	else
		assert_string_equal(neighbours->v[i].name, name);
}

static void lldp_has_addresses_in_its_index(void **state)
{
	struct neighbours n = {0};

	(void)state;
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "77.5.1.1.4.192.0.2.7", number(2));
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "77.6.2.1.192.0.2.8", number(2)); /* without the length */
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "77.6.2.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.9", number(2));
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "77.5.1.6.6.0.27.33.1.2.3", number(2)); /* a MAC address */
	/* Names come when they come. */
	cell(&n, NEIGHBOURS_LLDP_NAME, "77.5.1", octets("core", 4));
	cell(&n, NEIGHBOURS_LLDP_NAME, "77.6.2", octets("edge\0\0", 6));
	neighbours_finish(&n, false);
	assert_int_equal(n.n, 3);
	expect(&n, 0, "192.0.2.7", "core", "lldp");
	expect(&n, 1, "192.0.2.8", "edge", "lldp");
	expect(&n, 2, "2001:db8::9", "edge", "lldp");
	neighbours_fini(&n);
}

static void a_chassis_id_may_be_an_address(void **state)
{
	struct neighbours n = {0};

	(void)state;
	cell(&n, NEIGHBOURS_LLDP_CHASSIS_KIND, "0.1.1", number(5));
	cell(&n, NEIGHBOURS_LLDP_CHASSIS, "0.1.1", octets("\x01\xc0\x00\x02\x14", 5));
	cell(&n, NEIGHBOURS_LLDP_CHASSIS_KIND, "0.2.2", number(4));
	cell(&n, NEIGHBOURS_LLDP_CHASSIS, "0.2.2", octets("\x01\xc0\x00\x02\x15", 5)); /* a MAC, says it */
	neighbours_finish(&n, false);
	assert_int_equal(n.n, 1);
	expect(&n, 0, "192.0.2.20", NULL, "lldp");
	neighbours_fini(&n);
}

static void cdp_has_them_as_octets(void **state)
{
	struct neighbours n = {0};

	(void)state;
	cell(&n, NEIGHBOURS_CDP_KIND, "3.1", number(1));
	cell(&n, NEIGHBOURS_CDP_ADDRESS, "3.1", octets("\xc0\x00\x02\x1e", 4));
	cell(&n, NEIGHBOURS_CDP_NAME, "3.1", octets("phone", 5));
	cell(&n, NEIGHBOURS_CDP_KIND, "4.1", number(20));
	cell(&n, NEIGHBOURS_CDP_ADDRESS, "4.1", octets("\xc0\x00\x02\x1e", 4)); /* too short for IPv6 */
	neighbours_finish(&n, false);
	assert_int_equal(n.n, 1);
	expect(&n, 0, "192.0.2.30", "phone", "cdp");
	neighbours_fini(&n);
}

static void nobody_can_be_asked_at_such_addresses(void **state)
{
	static const char *const indexes[] = {"0.1.1.1.4.0.0.0.0", "0.1.2.1.4.127.0.0.1",
	    "0.1.3.1.4.169.254.1.1", "0.1.4.1.4.224.0.0.5", "0.1.5.1.4.255.255.255.255",
	    "0.1.6.2.16.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1", "0.1.7.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"};
	struct neighbours n = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
		cell(&n, NEIGHBOURS_LLDP_ADDRESS, indexes[i], number(2));
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "0.1.8.1.4.192.0.2.1", number(2));
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "0.1.9.1.4.192.0.2.1", number(2)); /* twice */
	neighbours_finish(&n, false);
	assert_int_equal(n.n, 1);
	neighbours_fini(&n);

	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "0.1.2.1.4.127.0.0.1", number(2));
	neighbours_finish(&n, true);
	assert_int_equal(n.n, 1);
	neighbours_fini(&n);
}

static void nonsense_is_left_out(void **state)
{
	static const char *const indexes[] = {"0.1", "0.1.1", "0.1.1.1", "0.1.1.1.4", "0.1.1.1.4.192.0",
	    "0.1.1.1.5.192.0.2.1", "0.1.1.1.4.192.0.2.1.1", "0.1.1.3.4.1.2.3.4"};
	struct neighbours n = {0};
	struct value none = {.type = VALUE_NO_SUCH_OBJECT};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(indexes); i++)
		cell(&n, NEIGHBOURS_LLDP_ADDRESS, indexes[i], number(2));
	cell(&n, NEIGHBOURS_CDP_ADDRESS, "1", octets("\xc0\x00\x02\x1e", 4));
	cell(&n, NEIGHBOURS_CDP_ADDRESS, "1.2.3", octets("\xc0\x00\x02\x1e", 4));
	cell(&n, NEIGHBOURS_LLDP_ADDRESS, "0.1.1.1.4.192.0.2.1", none);
	neighbours_cell(&n, NEIGHBOURS_CDP_NAME, (const uint8_t *)"\x80", 1, &none);
	neighbours_finish(&n, false);
	assert_int_equal(n.n, 0);
	neighbours_fini(&n);
}

static void there_is_an_end_to_what_is_kept(void **state)
{
	struct neighbours n = {0};
	char index[64];

	(void)state;
	for (unsigned i = 0; i < 3000; i++) {
		snprintf(index, sizeof index, "0.1.%u.1.4.192.0.%u.%u", i, i >> 8, i & 255);
		cell(&n, NEIGHBOURS_LLDP_ADDRESS, index, number(2));
	}
	neighbours_finish(&n, false);
	assert_int_equal(n.n, NEIGHBOURS_MAX);
	neighbours_fini(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lldp_has_addresses_in_its_index),
	    cmocka_unit_test(a_chassis_id_may_be_an_address), cmocka_unit_test(cdp_has_them_as_octets),
	    cmocka_unit_test(nobody_can_be_asked_at_such_addresses), cmocka_unit_test(nonsense_is_left_out),
	    cmocka_unit_test(there_is_an_end_to_what_is_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
