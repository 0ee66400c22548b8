#include "mib/lexer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

static struct mib_lexer begin(const char *text)
{
	struct mib_lexer lexer;

	mib_lexer_init(&lexer, text, strlen(text));
	return lexer;
}

static void expect(struct mib_lexer *lexer, enum mib_token_type type, const char *text)
{
	struct mib_token token = mib_lexer_next(lexer);

	assert_int_equal(token.type, type);
	assert_int_equal(token.len, strlen(text));
	assert_memory_equal(token.text, text, token.len);
}

static void test_words(void **state)
{
	struct mib_lexer lexer = begin("ifIndex OBJECT-TYPE ::= { ifEntry 1 } 10Mbps my_name -5 '0A'H");

	(void)state;
	expect(&lexer, MIB_NAME, "ifIndex");
	expect(&lexer, MIB_WORD, "OBJECT-TYPE");
	expect(&lexer, MIB_ASSIGN, "::=");
	expect(&lexer, MIB_SIGN, "{");
	expect(&lexer, MIB_NAME, "ifEntry");
	expect(&lexer, MIB_NUMBER, "1");
	expect(&lexer, MIB_SIGN, "}");
	expect(&lexer, MIB_NAME, "10Mbps");
	expect(&lexer, MIB_NAME, "my_name");
	expect(&lexer, MIB_SIGN, "-");
	expect(&lexer, MIB_NUMBER, "5");
	expect(&lexer, MIB_BITS, "'0A'H");
	expect(&lexer, MIB_END, "");
	expect(&lexer, MIB_END, "");
}

/* Lines of dashes of any length are comments to their end; so is what stands right behind a word. */
static void test_comments(void **state)
{
	struct mib_lexer lexer = begin("a -- b -- c\n-----\nd--e\nf-g");

	(void)state;
	expect(&lexer, MIB_NAME, "a");
	expect(&lexer, MIB_NAME, "d");
	expect(&lexer, MIB_NAME, "f-g");
	expect(&lexer, MIB_END, "");
}

static void test_strings(void **state)
{
	struct mib_lexer lexer = begin("\"of two\n lines -- no comment\" x 'y \"open\n");
	struct mib_token token;

	(void)state;
	expect(&lexer, MIB_STRING, "of two\n lines -- no comment");
	token = mib_lexer_next(&lexer);
	assert_int_equal(token.line, 2);
	assert_int_equal(token.col, 23);
	expect(&lexer, MIB_SIGN, "'");
	expect(&lexer, MIB_NAME, "y");
	token = mib_lexer_next(&lexer);
	assert_true(token.is_open);
	assert_int_equal(token.line, 2);
	expect(&lexer, MIB_END, "");
}

static void test_foreign_bytes(void **state)
{
	struct mib_lexer lexer = begin("\xef\xbb\xbf"
				       "a\xa0\xc3\xa9\r\n\x01 b");

	(void)state;
	expect(&lexer, MIB_NAME, "a");
	expect(&lexer, MIB_NAME, "b");
	expect(&lexer, MIB_END, "");
}

static void test_numbers(void **state)
{
	struct mib_lexer lexer = begin("18446744073709551615 18446744073709551616 7");
	struct mib_token token = mib_lexer_next(&lexer);
	uint64_t number = 0;

	(void)state;
	assert_true(mib_token_number(&token, &number));
	assert_true(number == UINT64_MAX);
	token = mib_lexer_next(&lexer);
	assert_false(mib_token_number(&token, &number));
	token = mib_lexer_next(&lexer);
	assert_true(mib_token_number(&token, &number) && number == 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_comments),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_foreign_bytes),
	    cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
