#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/str.h"
#include "config/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PROFILE                                                                                              \
	"sysobjectid: \"*\"\nmetrics: [{group: g, symbols: [{OID: 1.3.6.1.2.1.1.3.0, name: sysUpTime, "      \
	"kind: timeticks}]}]\n"

struct folder {
	char path[40];
};

static void put(const struct folder *folder, const char *name, const char *text)
{
	char *path = str_format("%s/%s", folder->path, name);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	free(path);
}

static int setup(void **state)
{
	struct folder *folder = mem_alloc(sizeof *folder);

	strcpy(folder->path, "/tmp/rollcall-digest-XXXXXX");
	assert_non_null(mkdtemp(folder->path));
	put(folder, "any.yaml", PROFILE);
	*state = folder;
	return 0;
}

static int teardown(void **state)
{
	struct folder *folder = *state;
	static const char *const names[] = {"any.yaml", "more.yaml", "rollcall.conf"};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *path = str_format("%s/%s", folder->path, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder->path);
	free(folder);
	return 0;
}

static struct inventory *load(const struct folder *folder, const char *text)
{
	struct config_report report = {0};
	struct inventory *inventory;
	char *file = str_format("%s/rollcall.conf", folder->path);

	put(folder, "rollcall.conf", text);
	inventory =
	    config_load(&(struct config_options){.file = file, .profiles_dir = folder->path}, &report);
	if (inventory == NULL)
		fputs(str_text(&report.messages), stderr);
	assert_non_null(inventory);
	config_report_fini(&report);
	free(file);
	return inventory;
}

static uint64_t digest_of(const struct folder *folder, const char *text)
{
	struct inventory *inventory = load(folder, text);
	uint64_t digest = inventory_device(inventory, "a")->digest;

	inventory_free(inventory);
	return digest;
}

static void what_makes_no_difference(void **state)
{
	uint64_t as_is = digest_of(*state, "devices: [{name: a, address: 192.0.2.1, interval: 60s}]\n");

	assert_true(
	    as_is == digest_of(*state, "# a comment\ndevices:\n  - {address: \"192.0.2.1\", name: 'a'}\n"));
	assert_true(
	    as_is == digest_of(*state, "devices: [192.0.2.9, {name: a, address: 192.0.2.1}, 192.0.2.8]\n"));
	assert_true(as_is == digest_of(*state,
				 "devices: [192.0.2.9, {name: a, address: 192.0.2.1, parent: 192.0.2.9}]\n"));
	assert_true(as_is == digest_of(*state, "tries: 5\ndevices: [{name: a, address: 192.0.2.1}]\n"));
}

static void what_makes_a_difference(void **state)
{
	static const char *const others[] = {
	    "devices: [{name: a, address: 192.0.2.2}]\n",
	    "devices: [{name: a, address: \"192.0.2.1:1161\"}]\n",
	    "devices: [{name: a, address: 192.0.2.1, interval: 61s}]\n",
	    "interval: 61s\ndevices: [{name: a, address: 192.0.2.1}]\n",
	    "devices: [{name: a, address: 192.0.2.1, timeout: 1s}]\n",
	    "devices: [{name: a, address: 192.0.2.1, retries: 1}]\n",
	    "devices: [{name: a, address: 192.0.2.1, tags: [x]}]\n",
	    "devices: [{name: a, address: 192.0.2.1, profile: any}]\n",
	    "devices: [{name: a, address: 192.0.2.1, accept_any_source: true}]\n",
	    "devices: [{name: a, address: 192.0.2.1, max_rate: 5}]\n",
	    "devices: [{name: a, address: 192.0.2.1, rows: {interfaces: {exclude: x}}}]\n",
	    "devices: [{name: a, address: 192.0.2.1, rows: {interfaces: {include: x}}}]\n",
	    "devices: [{name: a, address: 192.0.2.1, custom: [{name: t, oid: 1.3.6.1.4.1.9999.1.0}]}]\n",
	    "devices: [{name: a, address: 192.0.2.1, custom: [{name: t, oid: 1.3.6.1.4.1.9999.2.0}]}]\n",
	    "credentials: {public: {version: 2c, community: secret}}\ndevices: [{name: a, address: "
	    "192.0.2.1}]\n",
	    "credentials: {public: {version: 1, community: public}}\ndevices: [{name: a, address: "
	    "192.0.2.1}]\n",
	};
	uint64_t seen[ARRAY_LEN(others) + 1];

	seen[ARRAY_LEN(others)] = digest_of(*state, "devices: [{name: a, address: 192.0.2.1}]\n");
	for (size_t i = 0; i < ARRAY_LEN(others); i++) {
		seen[i] = digest_of(*state, others[i]);
		for (size_t j = 0; j < ARRAY_LEN(seen); j++) {
			bool twice = i != j && (j < i || j == ARRAY_LEN(others)) && seen[i] == seen[j];

			/* The interval by the device or by the default is the same interval. */
			if (twice && !(i == 3 && j == 2))
				fail_msg("no difference: %s", others[i]);
		}
	}
	assert_true(seen[2] == seen[3]);
}

static void a_profile_is_its_content(void **state)
{
	struct inventory *before = load(*state, "devices: [192.0.2.1]\n"), *after;
	uint64_t first = before->profiles[0]->digest;

	inventory_free(before);
	put(*state, "any.yaml", "# said otherwise\n" PROFILE);
	put(*state, "more.yaml", "sysobjectid: 1.3.6.1.4.1.9999.*\nextends: [any.yaml]\n");
	after = load(*state, "devices: [192.0.2.1]\n");
	assert_true(after->profiles[0]->digest == first);
	first = after->profiles[1]->digest;
	inventory_free(after);
	put(*state, "any.yaml", PROFILE "  # and one more\n");
	after = load(*state, "devices: [192.0.2.1]\n");
	assert_true(after->profiles[1]->digest == first);
	inventory_free(after);
	put(*state, "any.yaml",
	    "sysobjectid: \"*\"\nmetrics: [{group: g, symbols: [{OID: 1.3.6.1.2.1.1.3.0, name: sysUpTime, "
	    "kind: gauge}]}]\n");
	after = load(*state, "devices: [192.0.2.1]\n");
	assert_true(after->profiles[1]->digest != first); /* what it extends has changed */
	inventory_free(after);
}

static void references_are_counted(void **state)
{
	struct inventory *inventory = load(*state, "devices: [192.0.2.1]\n");

	assert_ptr_equal(inventory_ref(inventory), inventory);
	inventory_free(inventory);
	assert_int_equal(inventory->n_devices, 1); /* still there: ASan would tell */
	inventory_free(inventory);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {T(what_makes_no_difference), T(what_makes_a_difference),
	    T(a_profile_is_its_content), T(references_are_counted)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
