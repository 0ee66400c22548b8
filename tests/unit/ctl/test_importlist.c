#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "ctl/importaccess.h"
#include "ctl/importlist.h"

#include <stdlib.h>
#include <string.h>

static char *text(const char *literal)
{
	return (char *)(uintptr_t)literal;
}

/* A site with a device "mine" at 192.0.2.1, and the default credential "usual". */
struct lab {
	struct credential usual;
	struct credential *all[1];
	const struct credential *by_default[1];
	struct device device;
	struct inventory inventory;
	struct addresses excluded;
	struct diag *diag;
	struct importlist list;
};

static int set_up(void **state)
{
	struct lab *lab = mem_alloc(sizeof *lab);

	lab->usual = (struct credential){.name = text("usual"), .version = SNMP_V2C};
	secret_set(&lab->usual.community, "secret", 6);
	lab->all[0] = &lab->usual;
	lab->by_default[0] = &lab->usual;
	lab->device = (struct device){.name = text("mine"), .host = text("192.0.2.1"), .port = 161};
	lab->inventory = (struct inventory){.credentials = lab->all,
	    .n_credentials = 1,
	    .default_credentials = lab->by_default,
	    .n_default_credentials = 1,
	    .devices = &lab->device,
	    .n_devices = 1};
	assert_null(addresses_add(&lab->excluded, "192.0.2.128/25"));
	lab->diag = diag_new();
	diag_add_file(lab->diag, "in.csv", NULL, 0);
	importlist_init(&lab->list, &lab->inventory, &lab->excluded, lab->diag);
	*state = lab;
	return 0;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;

	importlist_fini(&lab->list);
	diag_free(lab->diag);
	addresses_fini(&lab->excluded);
	secret_fini(&lab->usual.community);
	free(lab);
	return 0;
}

static struct import_device device(const char *name, const char *address)
{
	return (struct import_device){.name = mem_strdup(name),
	    .address = mem_strdup(address),
	    .access = {.version = -1},
	    .place = {1, 7, 1}};
}

static void add(struct lab *lab, const char *name, const char *address, const char *community)
{
	struct import_device new = device(name, address);

	if (community != NULL)
		secret_set(&new.access.community, community, strlen(community));
	importlist_add(&lab->list, &new);
}

static void add_behind(struct lab *lab, const char *name, const char *address, const char *parent)
{
	struct import_device new = device(name, address);

	new.parent = mem_strdup(parent);
	importlist_add(&lab->list, &new);
}

static void expect_skipped(struct lab *lab, const char *reason)
{
	const char *last;

	assert_true(lab->list.skipped.n > 0);
	last = lab->list.skipped.v[lab->list.skipped.n - 1].reason;
	if (strstr(last, reason) == NULL)
		fail_msg("'%s' is not in '%s'", reason, last);
}

static void each_address_is_there_once(void **state)
{
	struct lab *lab = *state;

	add(lab, "a", "192.0.2.2", NULL);
	add(lab, "b", "192.0.2.2:161", NULL);
	expect_skipped(lab, "there already, at in.csv:7");
	add(lab, "c", "192.0.2.1", NULL);
	expect_skipped(lab, "as 'mine'");
	add(lab, "d", "192.0.2.200", NULL);
	expect_skipped(lab, "--exclude");
	add(lab, "e", NULL, NULL);
	expect_skipped(lab, "no address");
	add(lab, "f", "192.0.2.256", NULL);
	expect_skipped(lab, "is no IPv4 address");
	assert_int_equal(lab->list.skipped.n, 5);
	add(lab, "g", "192.0.2.1:1161", NULL);
	add(lab, "h", " 192.0.2.3/24 ", NULL);
	add(lab, "i", "2001:DB8:0::7", NULL);
	assert_int_equal(lab->list.devices.n, 4);
	assert_string_equal(lab->list.devices.v[2].address, "192.0.2.3");
}

static void ports(void **state)
{
	struct lab *lab = *state;
	struct import_device new = device("a", "192.0.2.2");

	new.port = mem_strdup("1161");
	importlist_add(&lab->list, &new);
	assert_string_equal(lab->list.devices.v[0].address, "192.0.2.2:1161");
	new = device("b", "192.0.2.3");
	new.port = mem_strdup("70000");
	importlist_add(&lab->list, &new);
	expect_skipped(lab, "port '70000'");
}

static void names_are_the_configuration_s(void **state)
{
	struct lab *lab = *state;

	add(lab, "mine", "192.0.2.2", NULL);
	add(lab, "Switch / Floor 3 (east)", "192.0.2.3", NULL);
	add(lab, "-.", "192.0.2.4", NULL);
	add(lab, NULL, "192.0.2.5", NULL);
	add(lab, "\xec\x84\x9c\xec\x9a\xb8", "192.0.2.6", NULL);
	importlist_finish(&lab->list);
	assert_string_equal(lab->list.devices.v[0].name, "192.0.2.2"); /* taken */
	assert_string_equal(lab->list.devices.v[1].name, "Switch  Floor 3 (east)");
	assert_string_equal(lab->list.devices.v[2].name, "192.0.2.4");
	assert_string_equal(lab->list.devices.v[3].name, "192.0.2.5");
	assert_string_equal(lab->list.devices.v[4].name, "\xec\x84\x9c\xec\x9a\xb8");
	assert_int_equal(diag_warnings(lab->diag), 1);
}

static void a_credential_for_each_community(void **state)
{
	struct lab *lab = *state;

	add(lab, "a", "192.0.2.2", "secret"); /* the configuration's default */
	add(lab, "b", "192.0.2.3", "other");
	add(lab, "c", "192.0.2.4", "other");
	add(lab, "d", "192.0.2.5", NULL);
	add(lab, "e", "192.0.2.6", "third");
	importlist_finish(&lab->list);
	assert_null(lab->list.devices.v[0].credential);
	assert_string_equal(lab->list.devices.v[1].credential, "imported-1");
	assert_string_equal(lab->list.devices.v[2].credential, "imported-1");
	assert_null(lab->list.devices.v[3].credential);
	assert_string_equal(lab->list.devices.v[4].credential, "imported-2");
	assert_int_equal(lab->list.credentials.n, 3);
	assert_true(lab->list.credentials.v[0].is_known);
	assert_int_equal(lab->list.credentials.v[1].used, 2);
}

static void credentials_that_the_source_names(void **state)
{
	struct lab *lab = *state;
	struct import_access defined = {.version = SNMP_V1, .name = mem_strdup("ops")};
	struct import_device new;

	secret_set(&defined.community, "other", 5);
	importlist_define(&lab->list, &defined);
	for (unsigned i = 0; i < 3; i++) {
		static const char *const names[] = {"ops", "usual", "nowhere"}, *const addresses[] = {
										    "192.0.2.2", "192.0.2.3",
										    "192.0.2.4"};

		new = device(NULL, addresses[i]);
		new.access.name = mem_strdup(names[i]);
		importlist_add(&lab->list, &new);
	}
	importlist_finish(&lab->list);
	assert_string_equal(lab->list.devices.v[0].credential, "ops");
	assert_int_equal(lab->list.credentials.v[0].access.version, SNMP_V1);
	assert_false(lab->list.credentials.v[0].is_hollow);
	assert_null(lab->list.devices.v[1].credential); /* the default one */
	assert_string_equal(lab->list.devices.v[2].credential, "nowhere");
	assert_true(lab->list.credentials.v[2].is_hollow);
}

static void version_3_without_a_user_is_told(void **state)
{
	struct lab *lab = *state;
	struct import_device new = device("a", "192.0.2.2");

	new.access.version = SNMP_V3;
	secret_set(&new.access.community, "x", 1);
	importlist_add(&lab->list, &new);
	importlist_finish(&lab->list);
	assert_null(lab->list.devices.v[0].credential);
	assert_int_equal(diag_warnings(lab->diag), 1);
}

static void parents_are_there_and_lead_somewhere(void **state)
{
	struct lab *lab = *state;

	add_behind(lab, "a", "192.0.2.2", "mine");
	add_behind(lab, "b/c", "192.0.2.3:1161", "a");
	add_behind(lab, "d", "192.0.2.4", "b/c");	/* by the source's name */
	add_behind(lab, "e", "192.0.2.5", "192.0.2.3"); /* by its host */
	add_behind(lab, "f", "192.0.2.6", "nobody");
	add_behind(lab, "g", "192.0.2.7", "h");
	add_behind(lab, "h", "192.0.2.8", "g");
	add_behind(lab, "i", "192.0.2.9", "i");
	importlist_finish(&lab->list);
	assert_string_equal(lab->list.devices.v[0].parent, "mine");
	assert_string_equal(lab->list.devices.v[1].parent, "a");
	assert_string_equal(lab->list.devices.v[2].parent, "b-c");
	assert_string_equal(lab->list.devices.v[3].parent, "b-c");
	assert_null(lab->list.devices.v[4].parent);
	assert_true((lab->list.devices.v[5].parent == NULL) != (lab->list.devices.v[6].parent == NULL));
	assert_null(lab->list.devices.v[7].parent);
}

static void tags(void **state)
{
	struct import_device new = device("a", "192.0.2.2");

	(void)state;
	import_device_tag(&new, " edge ");
	import_device_tag(&new, "edge");
	import_device_tag(&new, "");
	import_device_tag(&new, "two\nlines");
	assert_int_equal(new.n_tags, 2);
	assert_string_equal(new.tags[0], "edge");
	assert_string_equal(new.tags[1], "two lines");
	for (unsigned i = 0; i < 100; i++) {
		char tag[8] = {'t', (char)('0' + i / 10), (char)('0' + i % 10)};

		import_device_tag(&new, tag);
	}
	assert_int_equal(new.n_tags, IMPORT_TAGS_MAX);
	for (size_t i = 0; i < new.n_tags; i++)
		free(new.tags[i]);
	free(new.tags);
	free(new.name);
	free(new.address);
}

static void words_of_others(void **state)
{
	(void)state;
	assert_int_equal(importaccess_version("v2c"), SNMP_V2C);
	assert_int_equal(importaccess_version("SNMP_V3"), SNMP_V3);
	assert_int_equal(importaccess_version("1"), SNMP_V1);
	assert_int_equal(importaccess_version("12"), -1);
	assert_int_equal(importaccess_version("snmp"), -1);
	assert_int_equal(importaccess_version(NULL), -1);
	assert_string_equal(importaccess_auth("sha1"), "SHA");
	assert_string_equal(importaccess_auth("SHA-256"), "SHA-256");
	assert_string_equal(importaccess_auth("SHA512"), "SHA-512");
	assert_null(importaccess_auth("sha3"));
	assert_string_equal(importaccess_priv("AES"), "AES-128");
	assert_string_equal(importaccess_priv("aes256c"), "AES-256-C");
	assert_null(importaccess_priv("3DES"));
}

int main(void)
{
#define WITH_LAB(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {WITH_LAB(each_address_is_there_once), WITH_LAB(ports),
	    WITH_LAB(names_are_the_configuration_s), WITH_LAB(a_credential_for_each_community),
	    WITH_LAB(credentials_that_the_source_names), WITH_LAB(version_3_without_a_user_is_told),
	    WITH_LAB(parents_are_there_and_lead_somewhere), cmocka_unit_test(tags),
	    cmocka_unit_test(words_of_others)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
