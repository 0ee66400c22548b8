#include "mib/module.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct mib_module *parse(const char *text)
{
	return mib_module_parse(text, strlen(text));
}

static void test_smiv2(void **state)
{
	struct mib_module *module = parse(
	    "TEST-MIB DEFINITIONS ::= BEGIN\n"
	    "IMPORTS OBJECT-TYPE, enterprises FROM SNMPv2-SMI DisplayString FROM SNMPv2-TC;\n"
	    "test MODULE-IDENTITY LAST-UPDATED \"202601010000Z\" ORGANIZATION \"x\" ::= { enterprises 9999 "
	    "}\n"
	    "State ::= TEXTUAL-CONVENTION STATUS current DESCRIPTION \"SYNTAX is no clause here\"\n"
	    "  SYNTAX INTEGER { off(0), on(1), broken(-1) }\n"
	    "tTable OBJECT-TYPE SYNTAX SEQUENCE OF TEntry MAX-ACCESS not-accessible ::= { test 1 }\n"
	    "tEntry OBJECT-TYPE SYNTAX TEntry INDEX { IMPLIED tName, tPart } ::= { tTable 1 }\n"
	    "TEntry ::= SEQUENCE { tName DisplayString, tLoad INTEGER (0..100) }\n"
	    "tLoad OBJECT-TYPE SYNTAX INTEGER (0 | 5..100) UNITS \"percent\" DEFVAL { 5 } ::= { tEntry 2 }\n"
	    "tFlags OBJECT-TYPE SYNTAX BITS { low(0), high(1) } ::= { tEntry 3 }\n"
	    "END\n");
	const struct mib_definition *load = mib_module_definition(module, "tLoad");
	const struct mib_definition *flags = mib_module_definition(module, "tFlags");
	const struct mib_type *type = mib_module_type(module, "State");

	(void)state;
	assert_string_equal(module->name, "TEST-MIB");
	assert_int_equal(module->faults.n, 0);
	assert_int_equal(module->definitions.n, 5);
	assert_string_equal(mib_module_import(module, "enterprises"), "SNMPv2-SMI");
	assert_string_equal(mib_module_import(module, "DisplayString"), "SNMPv2-TC");
	assert_null(mib_module_import(module, "SNMPv2-SMI"));
	assert_string_equal(load->units, "percent");
	assert_string_equal(load->syntax.type, "INTEGER");
	assert_string_equal(load->parent, "tEntry");
	assert_int_equal(load->n_ids, 1);
	assert_int_equal(load->ids[0], 2);
	assert_int_equal(load->line, 9);
	assert_int_equal(flags->syntax.n_labels, 2);
	assert_string_equal(flags->syntax.labels[1].name, "high");
	assert_int_equal(type->syntax.n_labels, 3);
	assert_int_equal(type->syntax.labels[2].number, -1);
	assert_true(mib_module_definition(module, "tTable")->syntax.is_sequence_of);
	assert_true(mib_module_definition(module, "tEntry")->has_index);
	assert_true(mib_module_type(module, "TEntry")->syntax.is_sequence);
	mib_module_free(module);
}

static void test_smiv1(void **state)
{
	struct mib_module *module =
	    parse("old { iso org(3) 6 } DEFINITIONS IMPLICIT TAGS ::= BEGIN EXPORTS everything;\n"
		  "OBJECT-TYPE MACRO ::= BEGIN TYPE NOTATION ::= \"SYNTAX\" x ::= { y 1 } END\n"
		  "Counter ::= [APPLICATION 1] IMPLICIT INTEGER (0..4294967295)\n"
		  "internet OBJECT IDENTIFIER ::= { iso org(3) dod(6) 1 }\n"
		  "whole OBJECT IDENTIFIER ::= { 1 3 6 1 }\n"
		  "other OBJECT IDENTIFIER ::= { SOME-MIB.thing 4 }\n"
		  "linkDown TRAP-TYPE ENTERPRISE snmp VARIABLES { ifIndex } DESCRIPTION \"\" ::= 2\n"
		  "END");
	const struct mib_definition *internet = mib_module_definition(module, "internet");
	const struct mib_definition *trap = mib_module_definition(module, "linkDown");

	(void)state;
	assert_int_equal(module->faults.n, 0);
	assert_string_equal(internet->parent, "iso");
	assert_int_equal(internet->n_ids, 3);
	assert_null(mib_module_definition(module, "whole")->parent);
	assert_int_equal(mib_module_definition(module, "whole")->n_ids, 4);
	assert_string_equal(mib_module_definition(module, "other")->parent, "thing");
	assert_string_equal(trap->parent, "snmp");
	assert_int_equal(trap->n_ids, 2);
	assert_int_equal(trap->ids[1], 2);
	assert_string_equal(mib_module_type(module, "Counter")->syntax.type, "INTEGER");
	mib_module_free(module);
}

/* Each mistake costs its definition; what stands before and behind is there. */
static void test_mistakes(void **state)
{
	static const struct {
		const char *bad, *message;
		unsigned faults;
	} cases[] = {
	    {"bad OBJECT-TYPE SYNTAX INTEGER", "'good' where the ::= of the definition before is expected",
		1},
	    {"bad OBJECT-TYPE SYNTAX INTEGER ::= 5", "'5' where a value is expected", 2},
	    {"bad OBJECT IDENTIFIER { a 1 }", "'{' where ::= is expected", 2},
	    {"bad OBJECT-TYPE SYNTAX INTEGER ::= { a 4294967296 }", "where a value is expected", 2},
	    {"bad OBJECT-TYPE SYNTAX INTEGER ::= { }", "'good' where a value is expected", 1},
	    {"@ # %", "'@' where a definition is expected", 1},
	    {"bad OBJECT-TYPE SYNTAX INTEGER { up(x), down(2) } ::= { a 1 }", "'x' where a named number", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char text[512] = "T DEFINITIONS ::= BEGIN first OBJECT IDENTIFIER ::= { a 1 }\n";
		struct mib_module *module;

		strcat(text, cases[i].bad);
		strcat(text, "\ngood OBJECT IDENTIFIER ::= { a 2 } END");
		module = parse(text);
		assert_non_null(mib_module_definition(module, "first"));
		assert_non_null(mib_module_definition(module, "good"));
		assert_non_null(strstr(module->faults.v[0].text, cases[i].message));
		assert_int_equal(module->faults.n, cases[i].faults);
		mib_module_free(module);
	}
}

/* What vendors write, and everybody takes. */
static void test_habits(void **state)
{
	struct mib_module *module =
	    parse("lower-mib DEFINITIONS ::= BEGIN IMPORTS enterprises FROM RFC1155-SMI DisplayString FROM "
		  "RFC1213-MIB\n"
		  "root OBJECT IDENTIFIER ::= { enterprises 5 }\n"
		  "Upper OBJECT IDENTIFIER ::= { root 1 }\n"
		  "UpperToo OBJECT-TYPE SYNTAX INTEGER { a(1) b(2), } DESCRIPTION \"He said \"hi\" twice\" "
		  "::= { Upper.2 }\n"
		  "with_underscore OBJECT-TYPE SYNTAX DisplayString(SIZE(0..9)) ::= { root-2--no\n 3 }\n");
	const struct mib_definition *too = mib_module_definition(module, "UpperToo");

	(void)state;
	assert_int_equal(module->faults.n, 1); /* the semicolon */
	assert_string_equal(mib_module_import(module, "DisplayString"), "RFC1213-MIB");
	assert_string_equal(mib_module_definition(module, "root")->parent, "enterprises");
	assert_string_equal(mib_module_definition(module, "Upper")->parent, "root");
	assert_string_equal(too->parent, "Upper");
	assert_int_equal(too->ids[0], 2);
	assert_int_equal(too->syntax.n_labels, 2);
	assert_string_equal(mib_module_definition(module, "with_underscore")->parent, "root-2");
	mib_module_free(module);
}

static void test_open_text(void **state)
{
	struct mib_module *module = parse("T DEFINITIONS ::= BEGIN\na OBJECT IDENTIFIER ::= { b 1 }\n"
					  "c OBJECT-TYPE DESCRIPTION \"no end ::= { b 2 } END");

	(void)state;
	assert_int_equal(module->definitions.n, 1);
	assert_int_equal(module->faults.v[0].line, 3);
	assert_non_null(strstr(module->faults.v[0].text, "has no end"));
	mib_module_free(module);
}

static void test_every_beginning(void **state)
{
	static const char whole[] =
	    "T DEFINITIONS ::= BEGIN IMPORTS a, B FROM C; a OBJECT-TYPE SYNTAX INTEGER "
	    "{ x(1), y(-2) } (0..5) UNITS \"u\" INDEX { b } ::= { c d(2) 3 } "
	    "T ::= TEXTUAL-CONVENTION SYNTAX OCTET STRING (SIZE (0..5)) "
	    "t TRAP-TYPE ENTERPRISE { x } ::= 4 END";

	(void)state;
	for (size_t len = 0; len < sizeof whole; len++)
		mib_module_free(mib_module_parse(whole, len));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_smiv2),
	    cmocka_unit_test(test_smiv1),
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_habits),
	    cmocka_unit_test(test_open_text),
	    cmocka_unit_test(test_every_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
