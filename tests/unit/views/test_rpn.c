#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/mem.h"
#include "views/rpn.h"

#include <stdlib.h>
#include <string.h>

static bool known(void *arg, const char *name, struct str *out)
{
	(void)arg;
	if (strlen(name) != 1)
		return false;
	str_add(out, name);
	return true;
}

static void formulas_become_rpn(void **state)
{
	(void)state;
	static const struct {
		const char *text, *rpn;
	} cases[] = {
	    {"a * 8", "a,8,*"},
	    {"a+b*c", "a,b,c,*,+"},
	    {"(a+b)*c", "a,b,+,c,*"},
	    {"a - b - c", "a,b,-,c,-"},
	    {"-a + 1.5e3", "0,a,-,1.5e3,+"},
	    {"a / 1024", "a,1024,/"},
	    {"a / b", "a,b,0,EQ,UNKN,b,IF,/"},
	    {"a / 0", "a,0,0,EQ,UNKN,0,IF,/"},
	    {"100 * (1 - a / (a + b))", "100,1,a,a,b,+,0,EQ,UNKN,a,b,+,IF,/,-,*"},
	    {"a % 3", "a,3,%"},
	    {"min(a, b, 3)", "a,b,MINNAN,3,MINNAN"},
	    {"max(a,b)", "a,b,MAXNAN"},
	    {"abs(a-b)", "a,b,-,ABS"},
	    {"if(a > 0, a, b)", "a,0,GT,a,b,IF"},
	    {"known(a)", "a,UN,0,1,IF"},
	    {"first(a, b)", "a,UN,b,a,IF"},
	    {"a == 1", "a,1,EQ"},
	    {"a <= b", "a,b,LE"},
	    {"not a", "a,0,EQ"},
	    {"a > 1 and b < 2", "a,1,GT,0,NE,b,2,LT,0,NE,*"},
	    {"a or b", "a,0,NE,b,0,NE,MAX"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = {0};
		char *error = NULL;
		if (rpn_add(&out, cases[i].text, known, NULL, &error))
			fail_msg("%s: %s", cases[i].text, error);
		assert_string_equal(str_text(&out), cases[i].rpn);
		str_fini(&out);
	}
}

static void mistakes_are_told_with_their_place(void **state)
{
	(void)state;
	static const struct {
		const char *text, *error;
	} cases[] = {
	    {"", "column 1"},
	    {"a +", "column 4"},
	    {"a b", "left over at column 3"},
	    {"(a", "')' is missing at column 3"},
	    {"a * wrong", "no data source of this name at column 5"},
	    {"nosuch(a)", "no such function"},
	    {"if(a, b)", "no such function, or not so many arguments"},
	    {"min()", "missing at column 5"},
	    {"1.2.3", "not a number"},
	    {"12ab", "not a number"},
	    {"a,b", "left over at column 2"},
	    {"a;b", "left over at column 2"},
	    {"1e999", "not a number"},
	};
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct str out = {0};
		char *error = NULL;
		assert_int_equal(rpn_add(&out, cases[i].text, known, NULL, &error), ERR_INVALID);
		if (!strstr(error, cases[i].error))
			fail_msg("%s: %s", cases[i].text, error);
		assert_int_equal(out.len, 0);
		free(error);
		str_fini(&out);
	}
}

static void depth_is_bounded(void **state)
{
	(void)state;
	struct str text = {0}, out = {0};
	char *error = NULL;
	for (int i = 0; i < 100000; i++)
		str_add(&text, i % 2 ? "-" : "(");
	assert_int_equal(rpn_add(&out, text.s, known, NULL, &error), ERR_INVALID);
	assert_non_null(strstr(error, "nested too deeply"));
	free(error);
	str_fini(&text);
	str_fini(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(formulas_become_rpn),
	    cmocka_unit_test(mistakes_are_told_with_their_place),
	    cmocka_unit_test(depth_is_bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
