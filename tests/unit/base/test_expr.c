#include "base/expr.h"

#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Slots a b c d e are 0 to 4; u is unknown. Literals: up = 1, down = 2. */
static int resolve(void *arg, const char *name, double *literal)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "u", "if.in_octets", "min"};

	(void)arg;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	if (strcmp(name, "up") == 0 || strcmp(name, "down") == 0) {
		*literal = *name == 'u' ? 1 : 2;
		return -2;
	}
	return -1;
}

static double value(void *arg, int slot)
{
	static const double values[] = {2, 3, 5, 7, 11, NAN, 64, 99};

	(void)arg;
	return values[slot];
}

static double eval(const char *text)
{
	char *error = NULL;
	size_t column;
	struct expr *expr = expr_new(text, resolve, NULL, &error, &column);
	double x;

	if (expr == NULL)
		fail_msg("%s: %s at %zu", text, error, column);
	x = expr_eval(expr, value, NULL);
	expr_free(expr);
	return x;
}

struct row {
	const char *text;
	double want;
};

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double got = eval(rows[i].text);

		if (isnan(rows[i].want) ? !isnan(got) : !(fabs(got - rows[i].want) < 1e-9))
			fail_msg("%s is %g, not %g", rows[i].text, got, rows[i].want);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void follows_precedence(void **state)
{
	static const struct row rows[] = {
	    {"1", 1}, {"1.5", 1.5}, {".5", 0.5}, {"1e6", 1e6}, {"1.5e-3", 0.0015}, {"1 + 2 * 3", 7},
	    {"(1 + 2) * 3", 9}, {"10 - 3 - 2", 5}, {"100 / 10 / 5", 2}, {"17 % 5", 2}, {"-17 % 5", -2},
	    {"2 * -3", -6}, {"--3", 3}, {"-a + b", 1}, {"-(a + b)", -5}, {"1-1", 0}, {"a-1", 1}, {"1 < 2", 1},
	    {"2 < 1", 0}, {"2 <= 2", 1}, {"3 >= 4", 0}, {"4 > 3", 1}, {"2 == 2", 1}, {"2 != 2", 0},
	    {"1 + 1 == 2", 1}, {"not 1 == 2", 1}, {"not (1 == 1)", 0}, {"not not 5", 1}, {"1 or 0 and 0", 1},
	    {"(1 or 0) and 0", 0}, {"not 0 and 0", 0}, {"a < b and b < c", 1}, {"a == up or a == down", 1},
	    {"100 * (1 - a / (a + b))", 60}, {"if.in_octets * 8", 512}, {"\ta\n+ b ", 5},
	    {"min + 1", 100}, /* a function's name without a call is a name */
	};

	(void)state;
	CHECK(rows);
}

static void calls_functions(void **state)
{
	static const struct row rows[] = {
	    {"abs(-3)", 3},
	    {"abs(3)", 3},
	    {"min(3)", 3},
	    {"min(3, 1, 2)", 1},
	    {"max(3, 1, 7, 2)", 7},
	    {"if(1, a, b)", 2},
	    {"if(0, a, b)", 3},
	    {"if(a > b, a - b, b - a)", 1},
	    {"known(a)", 1},
	    {"known(u)", 0},
	    {"first(u, b, c)", 3},
	    {"first(a, b)", 2},
	    {"max(min(a, b), if(known(u), 1, min(c, d)))", 5},
	    {"min ( a , b )", 2},
	};

	(void)state;
	CHECK(rows);
}

static void unknown_spreads(void **state)
{
	static const struct row rows[] = {
	    {"u", NAN},
	    {"-u", NAN},
	    {"u + 1", NAN},
	    {"1 - u", NAN},
	    {"0 * u", NAN},
	    {"u / 2", NAN},
	    {"5 % u", NAN},
	    {"abs(u)", NAN},
	    {"u == u", NAN},
	    {"u != u", NAN},
	    {"u < 1", NAN},
	    {"u <= 1", NAN},
	    {"u > 1", NAN},
	    {"1 >= u", NAN},
	    {"not u", NAN},
	    {"0 and u", 0},
	    {"u and 0", 0},
	    {"1 and u", NAN},
	    {"u and 1", NAN},
	    {"u and u", NAN},
	    {"1 or u", 1},
	    {"u or 1", 1},
	    {"u or 5", 1},
	    {"0 or u", NAN},
	    {"u or 0", NAN},
	    {"u or u", NAN},
	    {"5 and 7", 1},
	    {"0 or 0", 0},
	    {"min(u, 3, 2)", 2},
	    {"max(3, u, 2)", 3},
	    {"min(u, u)", NAN},
	    {"first(u, u)", NAN},
	    {"if(u, 1, 2)", NAN},
	    {"if(1, 2, u)", 2},
	    {"if(0, u, 2)", 2},
	    {"if(1, u, 2)", NAN},
	    {"1 / 0", NAN},
	    {"0 / 0", NAN},
	    {"1 % 0", NAN},
	    {"1e308 * 10", NAN},
	    {"-1e308 - 1e308", NAN},
	    {"known(1 / 0)", 0},
	};

	(void)state;
	CHECK(rows);
}

static void tells_mistakes(void **state)
{
	static const struct {
		const char *text;
		size_t column;
		const char *error;
	} cases[] = {
	    {"", 0, "a value is missing at the end"},
	    {"  ", 2, "a value is missing at the end"},
	    {"a +", 3, "a value is missing at the end"},
	    {"a + * b", 4, "a value is missing before \"*\""},
	    {"a and or b", 6, "a value is missing before \"or\""},
	    {"nothing + 1", 0, "unknown name \"nothing\""},
	    {"1 + nothing", 4, "unknown name \"nothing\""},
	    {"andy", 0, "unknown name \"andy\""},
	    {"(a + b", 0, "\"(\" is never closed"},
	    {"a * (b + (c)", 4, "\"(\" is never closed"},
	    {"min(a, b", 3, "\"(\" is never closed"},
	    {"min(a b)", 6, "\",\" or \")\" expected"},
	    {"(a b)", 3, "\")\" expected"},
	    {"a + b)", 5, "\")\" without \"(\""},
	    {"a b", 2, "an operator is missing here"},
	    {"a not b", 2, "an operator is missing here"},
	    {"a = b", 2, "\"=\" is no operator; \"==\" compares"},
	    {"a < b <= c", 6, "comparisons cannot be chained; use \"and\""},
	    {"abs()", 0, "abs() takes 1 argument, not 0"},
	    {"1 + abs(a, b)", 4, "abs() takes 1 argument, not 2"},
	    {"if(a, b)", 0, "if() takes 3 arguments, not 2"},
	    {"max()", 0, "max() takes at least 1 argument, not 0"},
	    {"min(a,)", 6, "a value is missing before \")\""},
	    {"mim(a)", 0, "unknown function \"mim\" (did you mean \"min\"?)"},
	    {"xyzzy(a)", 0, "unknown function \"xyzzy\""},
	    {"1.2.3", 0, "malformed number \"1.2.3\""},
	    {"a + 12ms", 4, "malformed number \"12ms\""},
	    {"1e", 0, "malformed number \"1e\""},
	    {"0x10", 0, "malformed number \"0x10\""},
	    {"1e999", 0, "malformed number \"1e999\""},
	    {"a & b", 2, "an operator is missing here"},
	    {"é", 0, "a value is missing before \"é\""},
	    {"\xff", 0, "a value is missing before \"\xff\""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *error = NULL;
		size_t column = 999;

		assert_null(expr_new(cases[i].text, resolve, NULL, &error, &column));
		assert_string_equal(error, cases[i].error);
		if (column != cases[i].column)
			fail_msg("%s: column %zu, not %zu", cases[i].text, column, cases[i].column);
		free(error);
	}
}

/* prefix, `times` times middle, suffix */
static char *repeat(const char *prefix, const char *middle, int times, const char *suffix)
{
	struct str s = {0};

	str_add(&s, prefix);
	for (int i = 0; i < times; i++)
		str_add(&s, middle);
	str_add(&s, suffix);
	return str_steal(&s);
}

static bool is_taken(char *text)
{
	char *error = NULL;
	size_t column;
	struct expr *expr = expr_new(text, resolve, NULL, &error, &column);
	bool taken = expr != NULL;

	if (expr)
		expr_eval(expr, value, NULL);
	else
		assert_true(column <= strlen(text));
	expr_free(expr);
	free(error);
	free(text);
	return taken;
}

static void has_limits(void **state)
{
	struct str deep = {0};

	(void)state;
	assert_true(is_taken(repeat("", "-", 60, "1")));
	assert_false(is_taken(repeat("", "-", 70, "1")));
	assert_false(is_taken(repeat("", "(", 4000, "")));
	assert_false(is_taken(repeat("", "not ", 1000, "1")));
	assert_false(is_taken(repeat("", " ", 5000, "1")));
	assert_true(is_taken(repeat("min(1", ",1", 120, ")")));
	assert_false(is_taken(repeat("min(1", ",1", 200, ")")));
	assert_true(is_taken(repeat("1", "+1", 500, "")));
	assert_false(is_taken(repeat("1", "+1", 600, "")));

	for (int i = 0; i < 60; i++)
		str_add_char(&deep, '(');
	str_add_char(&deep, '7');
	for (int i = 0; i < 60; i++)
		str_add_char(&deep, ')');
	assert_true(eval(deep.s) == 7);
	str_fini(&deep);
}

static void lists_slots(void **state)
{
	char *error;
	size_t column, n;
	struct expr *expr = expr_new("d + a * d - max(b, a, up) + 3", resolve, NULL, &error, &column);
	const int *slots = expr_slots(expr, &n);

	(void)state;
	assert_int_equal(n, 3);
	assert_int_equal(slots[0], 0);
	assert_int_equal(slots[1], 1);
	assert_int_equal(slots[2], 3);
	expr_free(expr);
	expr = expr_new("1 + up", resolve, NULL, &error, &column);
	expr_slots(expr, &n);
	assert_int_equal(n, 0);
	expr_free(expr);
}

/* Whatever is cut off or put in: a program or a mistake within the text, never anything worse. */
static void survives_mangled_text(void **state)
{
	static const char base[] =
	    "if(a > 1.5e3 and not known(u), min(a, b % 3), -first(c, d)) * (e - 1) <= up";
	static const char alphabet[] = "()+-*/%<>=!,. aou019e_";
	uint32_t seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		char text[sizeof base];

		memcpy(text, base, sizeof base);
		for (int i = 0; i < 1 + round % 5; i++) {
			seed = seed * 1664525u + 1013904223u;
			text[(seed >> 8) % (sizeof base - 1)] =
			    alphabet[(seed >> 20) % (sizeof alphabet - 1)];
		}
		text[(seed >> 4) % sizeof base] = '\0';
		is_taken(strdup(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(follows_precedence),
	    cmocka_unit_test(calls_functions),
	    cmocka_unit_test(unknown_spreads),
	    cmocka_unit_test(tells_mistakes),
	    cmocka_unit_test(has_limits),
	    cmocka_unit_test(lists_slots),
	    cmocka_unit_test(survives_mangled_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
