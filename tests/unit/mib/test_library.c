#include "mib/library.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder with files, gone at the end. */
struct shelf {
	struct mib_library *library;
	char dir[32];
	char *paths[16];
	size_t n;
};

static void setup(struct shelf *shelf)
{
	memset(shelf, 0, sizeof *shelf);
	strcpy(shelf->dir, "/tmp/mib-test-XXXXXX");
	assert_non_null(mkdtemp(shelf->dir));
	shelf->library = mib_library_new();
}

static void teardown(struct shelf *shelf)
{
	mib_library_free(shelf->library);
	for (size_t i = 0; i < shelf->n; i++) {
		unlink(shelf->paths[i]);
		free(shelf->paths[i]);
	}
	rmdir(shelf->dir);
}

static void put(struct shelf *shelf, bool is_shipped, const char *text)
{
	char *path = str_format("%s/%zu", shelf->dir, shelf->n);
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	shelf->paths[shelf->n++] = path;
	assert_int_equal(mib_library_add(shelf->library, path, is_shipped), ERR_OK);
}

#define SMI                                                                                                  \
	"SNMPv2-SMI DEFINITIONS ::= BEGIN internet OBJECT IDENTIFIER ::= { iso 3 6 1 }\n"                    \
	"mgmt OBJECT IDENTIFIER ::= { internet 2 } enterprises OBJECT IDENTIFIER ::= { internet 4 1 } END\n"

#define ACME                                                                                                 \
	"ACME-MIB DEFINITIONS ::= BEGIN IMPORTS enterprises FROM SNMPv2-SMI TruthValue FROM SNMPv2-TC;\n"    \
	"acme OBJECT IDENTIFIER ::= { enterprises 9999 }\n"                                                  \
	"acmeTable OBJECT-TYPE SYNTAX SEQUENCE OF AcmeEntry ::= { acme 1 }\n"                                \
	"acmeEntry OBJECT-TYPE SYNTAX AcmeEntry INDEX { acmeIndex } ::= { acmeTable 1 }\n"                   \
	"acmeFan OBJECT-TYPE SYNTAX TruthValue ::= { acmeEntry 2 }\n"                                        \
	"acmeLoad OBJECT-TYPE SYNTAX INTEGER UNITS \"percent\" ::= { acme 2 }\n"                             \
	"acmeBroken NOTIFICATION-TYPE ::= { acme 0 1 } END\n"

#define TC                                                                                                   \
	"SNMPv2-TC DEFINITIONS ::= BEGIN TruthValue ::= TEXTUAL-CONVENTION SYNTAX INTEGER { true(1), "       \
	"false(2) } END\n"

static void expect(
    struct shelf *shelf, const char *module, const char *name, const char *oid, enum mib_class class)
{
	char text[OID_TEXT_MAX + 1];
	struct mib_object object;
	struct str why = {0};

	if (!mib_library_find(shelf->library, module, name, &object, &why))
		fail_msg("%s: %s", name, str_text(&why));
	assert_string_equal(oid_format(&object.oid, text, sizeof text), oid);
	assert_int_equal(object.class, class);
	str_fini(&why);
}

static void refuse(struct shelf *shelf, const char *module, const char *name, const char *message)
{
	struct mib_object object;
	struct str why = {0};

	assert_false(mib_library_find(shelf->library, module, name, &object, &why));
	if (strstr(str_text(&why), message) == NULL)
		fail_msg("'%s' is not in: %s", message, str_text(&why));
	str_fini(&why);
}

static void test_names(void **state)
{
	struct mib_object object;
	struct str why = {0};
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, true, SMI TC); /* two modules in a file */
	put(&shelf, false, ACME);
	put(&shelf, false, "This is no module, though it talks of DEFINITIONS\n");
	put(&shelf, false, "");
	expect(&shelf, NULL, "acmeFan", "1.3.6.1.4.1.9999.1.1.2", MIB_COLUMN);
	expect(&shelf, "ACME-MIB", "acmeFan", "1.3.6.1.4.1.9999.1.1.2", MIB_COLUMN);
	expect(&shelf, NULL, "acmeTable", "1.3.6.1.4.1.9999.1", MIB_TABLE);
	expect(&shelf, NULL, "acmeEntry", "1.3.6.1.4.1.9999.1.1", MIB_ROW);
	expect(&shelf, NULL, "acmeLoad", "1.3.6.1.4.1.9999.2", MIB_SCALAR);
	expect(&shelf, NULL, "acmeBroken", "1.3.6.1.4.1.9999.0.1", MIB_NOTIFICATION);
	expect(&shelf, NULL, "acme", "1.3.6.1.4.1.9999", MIB_NODE);
	expect(&shelf, "ACME-MIB", "enterprises", "1.3.6.1.4.1", MIB_NODE); /* as it imports it */
	assert_true(mib_library_find(shelf.library, NULL, "acmeFan", &object, &why));
	assert_string_equal(object.module, "ACME-MIB");
	assert_int_equal(object.n_labels, 2); /* through the textual convention */
	assert_string_equal(object.labels[1].name, "false");
	assert_string_equal(object.type, "INTEGER");
	assert_true(mib_library_find(shelf.library, NULL, "acmeLoad", &object, &why));
	assert_string_equal(object.units, "percent");
	refuse(&shelf, NULL, "acmeLaod", "unknown MIB name 'acmeLaod'; did you mean 'acmeLoad'?");
	refuse(
	    &shelf, "ACME-MIB", "acmeLaod", "ACME-MIB does not define 'acmeLaod'; did you mean 'acmeLoad'?");
	refuse(&shelf, "ACME-MIP", "acmeLoad", "unknown MIB module 'ACME-MIP'; did you mean 'ACME-MIB'?");
	refuse(&shelf, NULL, "quiteElse", "in 'mibs'");
	teardown(&shelf);
}

static void test_ambiguous(void **state)
{
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, true, SMI);
	put(&shelf, false,
	    "A-MIB DEFINITIONS ::= BEGIN fan OBJECT IDENTIFIER ::= { iso 1 } "
	    "same OBJECT IDENTIFIER ::= { iso 3 } END");
	put(&shelf, false,
	    "B-MIB DEFINITIONS ::= BEGIN fan OBJECT IDENTIFIER ::= { iso 2 } "
	    "same OBJECT IDENTIFIER ::= { iso 3 } END");
	refuse(&shelf, NULL, "fan",
	    "'fan' is of several MIB modules: A-MIB (1.1), B-MIB (1.2); say which, as A-MIB::fan");
	expect(&shelf, "B-MIB", "fan", "1.2", MIB_NODE);
	expect(&shelf, NULL, "same", "1.3", MIB_NODE);
	teardown(&shelf);
}

struct told {
	char text[256];
	unsigned n;
};

static void take_replaced(void *arg, const char *module, const char *path)
{
	struct told *told = arg;

	snprintf(told->text, sizeof told->text, "%s %s", module, path);
	told->n++;
}

static void take_fault(
    void *arg, const char *module, const char *path, uint32_t line, uint32_t col, const char *text)
{
	struct told *told = arg;

	(void)path;
	(void)col;
	snprintf(told->text, sizeof told->text, "%s:%u %s", module, (unsigned)line, text);
	told->n++;
}

static void test_two_of_a_name(void **state)
{
	struct told told = {0};
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, true, SMI "X-MIB DEFINITIONS ::= BEGIN x OBJECT IDENTIFIER ::= { iso 1 } END");
	expect(&shelf, NULL, "x", "1.1", MIB_NODE);
	mib_library_replaced(shelf.library, take_replaced, &told);
	assert_int_equal(told.n, 0);
	/* A user's goes before the shipped one. */
	put(&shelf, false, "X-MIB DEFINITIONS ::= BEGIN x OBJECT IDENTIFIER ::= { iso 2 } END");
	expect(&shelf, NULL, "x", "1.2", MIB_NODE);
	mib_library_replaced(shelf.library, take_replaced, &told);
	assert_int_equal(told.n, 1);
	/* The same words are the same module. */
	put(&shelf, false, "-- a copy\nX-MIB DEFINITIONS\n::= BEGIN x OBJECT IDENTIFIER ::= {iso 2} END");
	expect(&shelf, NULL, "x", "1.2", MIB_NODE);
	put(&shelf, false, "X-MIB DEFINITIONS ::= BEGIN x OBJECT IDENTIFIER ::= { iso 3 } END");
	refuse(&shelf, NULL, "x", "MIB module 'X-MIB' is in two files that differ");
	refuse(&shelf, NULL, "x", shelf.paths[1]);
	refuse(&shelf, NULL, "x", shelf.paths[3]);
	teardown(&shelf);
}

static void test_circles(void **state)
{
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, false,
	    "A-MIB DEFINITIONS ::= BEGIN IMPORTS b FROM B-MIB; a OBJECT IDENTIFIER ::= { b 1 } END");
	put(&shelf, false,
	    "B-MIB DEFINITIONS ::= BEGIN IMPORTS a FROM A-MIB; b OBJECT IDENTIFIER ::= { a 1 } "
	    "root OBJECT IDENTIFIER ::= { iso 1 } self OBJECT IDENTIFIER ::= { self 1 } END");
	put(&shelf, false,
	    "C-MIB DEFINITIONS ::= BEGIN IMPORTS root FROM B-MIB; c OBJECT IDENTIFIER ::= { root 1 } END");
	refuse(&shelf, NULL, "a", "hangs on itself: A-MIB::a -> B-MIB::b -> A-MIB::a; correct one of them");
	refuse(&shelf, NULL, "self", "hangs on itself: B-MIB::self -> B-MIB::self");
	/* Modules that import from each other are fine while their objects do not. */
	expect(&shelf, NULL, "c", "1.1.1", MIB_NODE);
	teardown(&shelf);
}

static void test_lacking(void **state)
{
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, true, SMI);
	put(&shelf, false,
	    "A-MIB DEFINITIONS ::= BEGIN IMPORTS b FROM B-MIB mgmt FROM SNMPv2-SMI;\n"
	    "a OBJECT IDENTIFIER ::= { b 1 }\nc OBJECT IDENTIFIER ::= { d 1 }\n"
	    "e OBJECT IDENTIFIER ::= { enterprises 7 } f OBJECT IDENTIFIER ::= { mgmt 8 } END");
	refuse(&shelf, NULL, "a", "unknown MIB module 'B-MIB'");
	refuse(&shelf, NULL, "a", ":2) hangs on 'b'");
	refuse(&shelf, NULL, "c", "neither defined nor imported there");
	/* What everybody knows is known where the import was forgotten; there may be several of it. */
	put(&shelf, true,
	    "RFC1155-SMI DEFINITIONS ::= BEGIN enterprises OBJECT IDENTIFIER ::= { iso 3 6 1 4 1 } END");
	expect(&shelf, NULL, "e", "1.3.6.1.4.1.7", MIB_NODE);
	expect(&shelf, NULL, "f", "1.3.6.1.2.8", MIB_NODE);
	teardown(&shelf);
}

static void test_faults(void **state)
{
	struct told told = {0};
	struct shelf shelf;

	(void)state;
	setup(&shelf);
	put(&shelf, true, SMI "\n\nX-MIB DEFINITIONS ::= BEGIN\nx OBJECT IDENTIFIER ::= { iso 1 }\n!!\nEND");
	expect(&shelf, NULL, "mgmt", "1.3.6.1.2", MIB_NODE);
	mib_library_faults(shelf.library, take_fault, &told);
	assert_int_equal(told.n, 0); /* nobody needed it */
	expect(&shelf, NULL, "x", "1.1", MIB_NODE);
	mib_library_faults(shelf.library, take_fault, &told);
	assert_int_equal(told.n, 1);
	assert_string_equal(told.text, "X-MIB:7 '!' where a definition is expected");
	assert_int_equal(mib_library_add(shelf.library, "/does/not/exist", false), ERR_IO);
	teardown(&shelf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_ambiguous),
	    cmocka_unit_test(test_two_of_a_name),
	    cmocka_unit_test(test_circles),
	    cmocka_unit_test(test_lacking),
	    cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
