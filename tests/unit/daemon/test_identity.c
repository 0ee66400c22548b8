#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "daemon/identity.h"

#include <math.h>
#include <string.h>

#define ENGINE "\x80\x00\x1f\x88\x80\xaa\xbb\xcc\xdd"

static struct identity somebody(const char *sysname)
{
	return (struct identity){
	    .sysname = mem_strdup(sysname), .descr = mem_strdup("a device"), .booted = 1000000};
}

static void set_engine(struct identity *identity, const char *octets, size_t len)
{
	identity_set_engine(identity, (const uint8_t *)octets, len);
}

static void add_mac(struct identity *identity, const char *octets)
{
	identity_add_mac(identity, (const uint8_t *)octets, 6);
}

/* Compares and frees both. */
static void expect(struct identity *a, struct identity *b, enum identity_match match, const char *evidence)
{
	struct str text = {0};

	assert_int_equal(identity_compare(a, b, &text), match);
	assert_string_equal(str_text(&text), evidence);
	str_fini(&text);
	identity_fini(a);
	identity_fini(b);
}

static void what_is_shared_makes_one_device(void **state)
{
	struct identity a = somebody("sw1"), b = somebody("sw1");

	(void)state;
	set_engine(&a, ENGINE, 9);
	set_engine(&b, ENGINE, 9);
	expect(&a, &b, IDENTITY_SAME, "engineID 0x80001f8880aabbccdd");

	a = somebody(NULL);
	b = somebody("sw1");
	identity_set_serial(&a, "FOC1234ABCD  ", 13);
	identity_set_serial(&b, "FOC1234ABCD", 11);
	expect(&a, &b, IDENTITY_SAME, "serial number FOC1234ABCD");

	a = somebody("");
	b = somebody("");
	identity_set_bridge(&a, (const uint8_t *)"\x00\x1b\x21\x01\x02\x03", 6);
	identity_set_bridge(&b, (const uint8_t *)"\x00\x1b\x21\x01\x02\x03", 6);
	expect(&a, &b, IDENTITY_SAME, "bridge address 00:1b:21:01:02:03");

	a = somebody(NULL);
	b = somebody(NULL);
	add_mac(&a, "\x00\x1b\x21\x01\x02\x04");
	add_mac(&a, "\x00\x1b\x21\x01\x02\x03");
	add_mac(&b, "\x00\x1b\x21\x01\x02\x03");
	add_mac(&b, "\x00\x1b\x21\x01\x02\x04");
	add_mac(&b, "\x00\x1b\x21\x01\x02\x04");
	expect(&a, &b, IDENTITY_SAME, "the MAC addresses of all interfaces, 00:1b:21:01:02:03 ...");
}

static void without_any_number_the_time_of_start_tells(void **state)
{
	struct identity a = somebody("sw1"), b = somebody("sw1");

	(void)state;
	b.booted += 2;
	expect(&a, &b, IDENTITY_SAME, "sysName, sysDescr and time of start");
	a = somebody("sw1");
	b = somebody("sw1");
	b.booted += 60;
	expect(&a, &b, IDENTITY_OTHER, "");
	a = somebody("sw1");
	b = somebody("sw1");
	b.booted = (double)NAN;
	expect(&a, &b, IDENTITY_OTHER, "");
	a = somebody("");
	b = somebody("");
	expect(&a, &b, IDENTITY_OTHER, "");
}

static void clones_are_kept_apart_and_told(void **state)
{
	struct identity a = somebody("vm1"), b = somebody("vm2");

	(void)state;
	set_engine(&a, ENGINE, 9);
	set_engine(&b, ENGINE, 9);
	expect(&a, &b, IDENTITY_DOUBTFUL, "engineID 0x80001f8880aabbccdd, but sysName vm1 and vm2");

	/* The same name as well, as both come of one image. */
	a = somebody("debian");
	b = somebody("debian");
	set_engine(&a, ENGINE, 9);
	set_engine(&b, ENGINE, 9);
	add_mac(&a, "\x52\x54\x00\x00\x00\x01");
	add_mac(&b, "\x52\x54\x00\x00\x00\x02");
	b.booted += 5000;
	expect(&a, &b, IDENTITY_DOUBTFUL,
	    "engineID 0x80001f8880aabbccdd, but no MAC address in common, started at different times");

	/* Virtual systems of one chassis. */
	a = somebody("fw-a");
	b = somebody("fw-b");
	identity_set_serial(&a, "FG100E4Q17000001", 16);
	identity_set_serial(&b, "FG100E4Q17000001", 16);
	expect(&a, &b, IDENTITY_DOUBTFUL, "serial number FG100E4Q17000001, but sysName fw-a and fw-b");

	a = somebody("sw1");
	b = somebody("sw1");
	identity_set_serial(&a, "AAAA1111", 8);
	identity_set_serial(&b, "BBBB2222", 8);
	expect(&a, &b, IDENTITY_OTHER, "");
}

static void placeholders_are_nobodys(void **state)
{
	static const char *const serials[] = {"", "0", "None", "N/A", "00000000", "To be filled by O.E.M.",
	    "0123456789", "   ", "XXXXXXXX", "abc"};
	struct identity a = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(serials); i++) {
		identity_set_serial(&a, serials[i], strlen(serials[i]));
		if (a.serial != NULL)
			fail_msg("'%s' was taken as a serial number", serials[i]);
	}
	set_engine(&a, "\x80\x00\x1f\x88", 4);
	set_engine(&a, "\x80\x00\x1f\x88\x00\x00\x00\x00\x00", 9);
	set_engine(&a, "\x80\x00\x1f\x88\xff\xff\xff\xff", 8);
	assert_null(a.engine_id);
	add_mac(&a, "\x00\x00\x00\x00\x00\x00");
	add_mac(&a, "\x01\x00\x5e\x00\x00\x01"); /* multicast */
	add_mac(&a, "\x00\x00\x5e\x00\x01\x0a"); /* VRRP */
	add_mac(&a, "\x00\x00\x0c\x07\xac\x01"); /* HSRP */
	add_mac(&a, "\x00\x00\x0c\x9f\xf0\x01"); /* HSRP version 2 */
	identity_add_mac(&a, (const uint8_t *)"\x00\x1b", 2);
	assert_int_equal(a.n_macs, 0);
	identity_fini(&a);
}

static void there_is_an_end_to_what_is_kept(void **state)
{
	struct identity a = {0};
	uint8_t mac[6] = {0, 0x1b};

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		mac[4] = (uint8_t)(i >> 8);
		mac[5] = (uint8_t)i;
		identity_add_mac(&a, mac, sizeof mac);
	}
	assert_int_equal(a.n_macs, IDENTITY_MACS_MAX);
	identity_fini(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_shared_makes_one_device),
	    cmocka_unit_test(without_any_number_the_time_of_start_tells),
	    cmocka_unit_test(clones_are_kept_apart_and_told), cmocka_unit_test(placeholders_are_nobodys),
	    cmocka_unit_test(there_is_an_end_to_what_is_kept)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
