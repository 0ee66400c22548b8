/* What tests/golden cannot show: what is read, and when; what a changed MIB is. */
#include "base/mem.h"
#include "base/str.h"
#include "config/mibnames.h"
#include "config/profile_load.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
	char dir[32];
	char *mib, *profile;
};

static void put(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
	struct place *place = mem_alloc(sizeof *place);

	strcpy(place->dir, "/tmp/mibnames-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	place->mib = str_format("%s/A-MIB", place->dir);
	place->profile = str_format("%s/a.yaml", place->dir);
	*state = place;
	return 0;
}

static int teardown(void **state)
{
	struct place *place = *state;

	unlink(place->mib);
	unlink(place->profile);
	rmdir(place->dir);
	free(place->mib);
	free(place->profile);
	free(place);
	return 0;
}

static uint64_t digest_with(const struct place *place, const char *mib)
{
	const char *const files[] = {place->profile};
	struct diag *diag = diag_new();
	struct mibnames *names = mibnames_new(diag, place->dir);
	struct profile **profiles;
	struct str messages = {0};
	uint64_t digest;
	size_t n;

	put(place->mib, mib);
	if (profile_load_all(files, 1, diag, names, &profiles, &n) != ERR_OK) {
		diag_render(diag, &messages);
		fail_msg("%s", str_text(&messages));
	}
	digest = profiles[0]->digest;
	profile_free(profiles[0]);
	free(profiles);
	mibnames_free(names);
	diag_free(diag);
	return digest;
}

#define MODULE(rest) "A-MIB DEFINITIONS ::= BEGIN a OBJECT-TYPE " rest " END"

/* A reload asks the devices of a changed profile anew; a changed MIB changes the profiles that use it. */
static void test_a_changed_mib_is_a_changed_profile(void **state)
{
	struct place *place = *state;
	uint64_t first;

	put(place->profile, "sysobjectid: 1.3.6.1.4.1.1\nmetrics: [{group: g, symbols: [{name: a}]}]\n");
	first = digest_with(place, MODULE("SYNTAX INTEGER { up(1) } ::= { 1 3 6 1 4 1 1 }"));
	assert_true(digest_with(place, "-- text\n" MODULE("SYNTAX INTEGER { up(1) } DESCRIPTION \"x\""
							  " ::= { 1 3 6 1 4 1 1 }")) == first);
	assert_true(digest_with(place, MODULE("SYNTAX INTEGER { up(1) } ::= { 1 3 6 1 4 1 2 }")) != first);
	assert_true(digest_with(place, MODULE("SYNTAX INTEGER { on(1) } ::= { 1 3 6 1 4 1 1 }")) != first);
}

static struct str report(const struct place *place, const char *profile)
{
	const char *const files[] = {place->profile};
	struct diag *diag = diag_new();
	struct mibnames *names = mibnames_new(diag, place->dir);
	struct profile **profiles;
	struct str messages = {0};
	size_t n;

	put(place->profile, profile);
	if (profile_load_all(files, 1, diag, names, &profiles, &n) == ERR_OK) {
		profile_free(profiles[0]);
		free(profiles);
	}
	mibnames_report(names);
	diag_render(diag, &messages);
	mibnames_free(names);
	diag_free(diag);
	return messages;
}

/* A module with a mistake is told only when somebody needs it; the profile beside it is no module. */
static void test_only_what_is_needed_is_read(void **state)
{
	struct place *place = *state;
	struct str said;

	put(place->mib, "A-MIB DEFINITIONS ::= BEGIN\na OBJECT IDENTIFIER ::= { 1 3 } ? END");
	said = report(place, "sysobjectid: 1.3.6.1.4.1.1\nmetrics: [{symbol: {OID: 1.3.6.1.4.1.1.0, name: x, "
			     "kind: gauge}}]\n");
	assert_string_equal(str_text(&said), "");
	str_fini(&said);
	said = report(place, "sysobjectid: 1.3.6.1.4.1.1\nmetrics: [{symbol: {OID: a, kind: gauge}}]\n");
	assert_non_null(strstr(str_text(&said), "error: 'a' of A-MIB is a branch and has no value"));
	assert_non_null(
	    strstr(str_text(&said), "A-MIB:2:33: warning: MIB module A-MIB: '?' where a definition"));
	str_fini(&said);
}

static void test_what_is_a_name(void **state)
{
	(void)state;
	assert_true(mibnames_is_name("ifIndex"));
	assert_true(mibnames_is_name("IF-MIB::ifIndex.1"));
	assert_true(mibnames_is_name("::x"));
	assert_false(mibnames_is_name("1.3.6"));
	assert_false(mibnames_is_name(".1.3.6"));
	assert_false(mibnames_is_name(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_a_changed_mib_is_a_changed_profile, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_only_what_is_needed_is_read, setup, teardown),
	    cmocka_unit_test(test_what_is_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
