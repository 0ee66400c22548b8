#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "base/units.h"
#include "base/vec.h"
#include "ctl/candidates.h"
#include "ctl/devicefile.h"
#include "ctl/devicelist.h"
#include "model/endpoint.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

/* Adds somebody; the engine tells devices apart. */
static struct devicelist_entry *add(
    struct devicelist *list, const char *host, const char *sysname, const char *engine)
{
	struct devicelist_entry entry = {.host = mem_strdup(host), .address = endpoint_format(host, 161)};

	entry.identity.sysname = mem_strdup(sysname);
	entry.identity.booted = (double)NAN;
	entry.reason = mem_strdup("");
	identity_set_engine(&entry.identity, (const uint8_t *)engine, strlen(engine));
	vec_push(list, entry);
	return &list->v[list->n - 1];
}

static bool names_of_even_hosts(const char *address, char found[LOOKUP_TEXT_MAX])
{
	snprintf(found, LOOKUP_TEXT_MAX, "host%s.example.net", strrchr(address, '.') + 1);
	return (address[strlen(address) - 1] & 1) == 0;
}

static void expect(const struct devicelist *list, size_t i, const char *name, enum name_from from)
{
	assert_string_equal(list->v[i].name, name);
	assert_int_equal(list->v[i].name_from, from);
}

static void names_come_from_the_device_then_the_dns_then_the_address(void **state)
{
	struct device mine = {.name = text("mine"), .host = text("198.51.100.1"), .port = 161};
	struct inventory inventory = {.devices = &mine, .n_devices = 1};
	struct devicelist list = {0};

	(void)state;
	add(&list, "192.0.2.10", "core.example.net", "engine-a");
	add(&list, "192.0.2.2", "switch", "engine-b");
	add(&list, "192.0.2.3", "switch", "engine-c"); /* taken; no name in the DNS */
	add(&list, "192.0.2.4", "mine", "engine-d");   /* taken in the configuration */
	add(&list, "192.0.2.5", "(none)", "engine-e"); /* nobody's */
	add(&list, "192.0.2.6", NULL, "engine-f");
	add(&list, "192.0.2.7", " sw 7/1\n", "engine-g"); /* made fit for a file name */
	assert_int_equal(devicelist_tidy(&list), 7);
	assert_true(devicelist_name(&list, &inventory, names_of_even_hosts, 60 * UNITS_SEC));
	assert_string_equal(list.v[6].host, "192.0.2.10"); /* by number, not by text */
	expect(&list, 0, "switch", NAME_FROM_SYSNAME);
	expect(&list, 1, "192.0.2.3", NAME_FROM_ADDRESS);
	expect(&list, 2, "host4.example.net", NAME_FROM_DNS);
	expect(&list, 3, "192.0.2.5", NAME_FROM_ADDRESS);
	expect(&list, 4, "host6.example.net", NAME_FROM_DNS);
	expect(&list, 5, "sw71", NAME_FROM_SYSNAME);
	expect(&list, 6, "core.example.net", NAME_FROM_SYSNAME);
	devicelist_fini(&list);
}

static void the_first_address_stands_for_all_or_the_configured_one(void **state)
{
	struct devicelist list = {0};

	(void)state;
	add(&list, "192.0.2.1", "a", "engine-a");
	add(&list, "192.0.2.2", "a", "engine-a");
	add(&list, "192.0.2.3", "b", "engine-b");
	add(&list, "192.0.2.4", "b", "engine-b")->known_as = "b";
	assert_int_equal(devicelist_tidy(&list), 1);
	assert_null(list.v[0].is_really);
	assert_string_equal(list.v[1].is_really, "192.0.2.1");
	assert_string_equal(list.v[1].evidence, "engineID 0x656e67696e652d61");
	assert_string_equal(list.v[2].is_really, "192.0.2.4");
	assert_null(list.v[3].is_really);
	devicelist_fini(&list);
}

static void clones_of_one_image_do_not_fill_the_memory(void **state)
{
	struct devicelist list = {0};
	char host[32], name[32];

	(void)state;
	for (unsigned i = 0; i < 200; i++) {
		snprintf(host, sizeof host, "192.0.2.%u", i + 1);
		snprintf(name, sizeof name, "clone%u", i);
		add(&list, host, name, "engine-a");
	}
	assert_int_equal(devicelist_tidy(&list), 200);
	assert_int_equal(list.v[0].doubts.n, 0);
	assert_int_equal(list.v[199].doubts.n, DEVICELIST_DOUBTS_MAX);
	devicelist_fini(&list);
}

static void see(struct devicelist_entry *entry, const char *address, const char *name)
{
	entry->neighbours =
	    mem_realloc(entry->neighbours, entry->n_neighbours + 1, sizeof *entry->neighbours);
	entry->neighbours[entry->n_neighbours++] =
	    (struct neighbour){.address = mem_strdup(address), .name = mem_strdup(name), .protocol = "lldp"};
}

static bool no_names(const char *of, char found[LOOKUP_TEXT_MAX])
{
	(void)of;
	(void)found;
	return false;
}

static void neighbours_that_nobody_asked_are_candidates(void **state)
{
	struct device mine = {.name = text("mine"), .host = text("2001:DB8::7"), .port = 161};
	struct inventory inventory = {.devices = &mine, .n_devices = 1};
	struct devicelist list = {0};
	struct addresses asked = {0}, excluded = {0};
	struct candidates candidates = {0};
	struct known known;

	(void)state;
	add(&list, "192.0.2.1", "a", "engine-a");
	add(&list, "192.0.2.2", "b", "engine-b");
	see(&list.v[0], "192.0.2.2", "b");     /* found */
	see(&list.v[0], "192.0.2.9", NULL);    /* asked in vain */
	see(&list.v[0], "198.51.100.1", NULL); /* excluded */
	see(&list.v[0], "2001:db8::7", NULL);  /* configured */
	see(&list.v[0], "203.0.113.1", NULL);
	see(&list.v[1], "203.0.113.1", "far");
	assert_null(addresses_add(&asked, "192.0.2.0/24"));
	assert_null(addresses_add(&excluded, "198.51.100.0/24"));
	assert_true(known_learn(&known, &inventory, no_names, UNITS_SEC));
	candidates_find(&candidates, &list, &asked, &excluded, &known, 161);
	assert_int_equal(candidates.n, 1);
	assert_string_equal(candidates.v[0].address, "203.0.113.1");
	assert_string_equal(candidates.v[0].name, "far");
	assert_int_equal(candidates.v[0].n_seen_by, 2);
	candidates_fini(&candidates);
	known_fini(&known);
	addresses_fini(&asked);
	addresses_fini(&excluded);
	devicelist_fini(&list);
}

static void lines_are_yaml(void **state)
{
	static const struct {
		const char *text, *scalar;
	} cases[] = {{"sw1.example.net", "sw1.example.net"}, {"192.0.2.1", "\"192.0.2.1\""},
	    {"yes", "\"yes\""}, {"a b", "\"a b\""}, {"a\"b\\c", "\"a\\\"b\\\\c\""}, {"", "\"\""},
	    {"a\tb", "\"a\\x09b\""}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = {0};

		devicefile_add_scalar(&out, cases[i].text);
		assert_string_equal(str_text(&out), cases[i].scalar);
		str_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_come_from_the_device_then_the_dns_then_the_address),
	    cmocka_unit_test(the_first_address_stands_for_all_or_the_configured_one),
	    cmocka_unit_test(clones_of_one_image_do_not_fill_the_memory),
	    cmocka_unit_test(neighbours_that_nobody_asked_are_candidates), cmocka_unit_test(lines_are_yaml)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
