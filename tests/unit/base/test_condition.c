/* Conditions: expressions with types, text and a memory. */
#include "base/expr.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *text;
	double want;
};

/* For formulas: the one name is a. */
static int resolve(void *arg, const char *name, double *literal)
{
	(void)arg;
	(void)literal;
	return strcmp(name, "a") == 0 ? 0 : -1;
}
/* Numbers: a (10 B), b (20 %), state (up 1, down 2), speed, a%, and u, which is unknown. Texts: name, other.
 */
enum { A, B, STATE, SPEED, A_PERCENT, UNKNOWN, NAME, OTHER };

struct world {
	double numbers[UNKNOWN + 1];
	const char *name, *other;
};

static int cond_resolve(void *arg, const char *name, int beside, double *literal)
{
	static const char *const names[] = {"a", "b", "state", "speed", "a%", "u", "name", "other"};

	(void)arg;
	if (beside == STATE && (strcmp(name, "up") == 0 || strcmp(name, "down") == 0)) {
		*literal = *name == 'u' ? 1 : 2;
		return -2;
	}
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(name, names[i]) == 0)
			return (int)i;
	return -1;
}

static void cond_type(void *arg, int slot, struct expr_type *type)
{
	static const char *const units[] = {"B", "%", "", "bit/s", "%", "", "", ""};

	(void)arg;
	*type = (struct expr_type){.kind = slot >= NAME	   ? EXPR_TEXT
					   : slot == STATE ? EXPR_STATE
							   : EXPR_NUMBER};
	strcpy(type->unit, units[slot]);
}

static double cond_number(void *arg, int slot)
{
	const struct world *world = arg;

	return world->numbers[slot];
}

static const char *cond_text(void *arg, int slot)
{
	const struct world *world = arg;

	return slot == NAME ? world->name : world->other;
}

static struct expr *condition(const char *text, char **error, size_t *column)
{
	struct expr_names names = {cond_resolve, cond_type, NULL};
	struct expr_type type;

	return expr_condition(text, &names, &type, error, column);
}

static double judge(const char *text)
{
	struct world world = {{10, 20, 1, 1e9, 80, NAN}, "uplink 7", NULL};
	double before[EXPR_STATES_MAX], after[EXPR_STATES_MAX], x;
	struct expr_inputs inputs = {cond_number, cond_text, &world, before, after};
	char *error = NULL;
	size_t column;
	struct expr *expr = condition(text, &error, &column);

	if (expr == NULL)
		fail_msg("%s: %s at %zu", text, error, column);
	for (size_t i = 0; i < EXPR_STATES_MAX; i++)
		before[i] = after[i] = NAN;
	x = expr_judge(expr, &inputs);
	expr_free(expr);
	return x;
}

static void judges_conditions(void **state)
{
	static const struct row rows[] = {
	    {"b > 15%", 1},
	    {"b>=20%", 1},
	    {"b > 20% and a > 1", 0},
	    {"a == 10B", 1},
	    {"a < 1K", 1},
	    {"a * 1024 == 10K", 1},
	    {"speed == 1Gbit/s", 1},
	    {"speed == 1000Mbit/s", 1},
	    {"17 % 5 == 2", 1},
	    {"b % 15 == 5", 1},
	    {"b%15 == 5", 1},
	    {"a% > 79", 1},
	    {"a% == 80% ", 1},
	    {"(a%) > 80%", 0},
	    {"state == up", 1},
	    {"state != up", 0},
	    {"state in [down, up]", 1},
	    {"state in [down]", 0},
	    {"not state in [down]", 1},
	    {"state in [down, u]", NAN},
	    {"a in [1, 10]", 1},
	    {"name == \"uplink 7\"", 1},
	    {"name != 'uplink 7'", 0},
	    {"'x' == name", 0},
	    {"name =~ \"^up\"", 1},
	    {"name =~ '\\d$' and a > 1", 1},
	    {"name =~ \"^down\"", 0},
	    {"name in [\"a\", \"uplink 7\"]", 1},
	    {"name in ['a']", 0},
	    {"other == \"x\"", NAN},
	    {"other =~ 'x'", NAN},
	    {"other in ['x', 'y']", NAN},
	    {"other == name", NAN},
	    {"name == name", 1},
	    {"name != name", 0},
	    {"known(name)", 1},
	    {"known(other)", 0},
	    {"known(u)", 0},
	    {"was(a > 1)", 0},
	    {"changed(a)", NAN},
	    {"changed(name)", NAN},
	    {"other == 'x' and a > 99", 0},
	    {"if(state == up, a, 5) == 10", 1},
	    {"max(a, 99) > 98 or u > 1", 1},
	    {"3m == 180s", 1},
	    {"2h + 1m == 7260s", 1},
	    {"500ms < 1s", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		double got = judge(rows[i].text);

		if (isnan(rows[i].want) ? !isnan(got) : !(fabs(got - rows[i].want) < 1e-9))
			fail_msg("%s is %g, not %g", rows[i].text, got, rows[i].want);
	}
}

static void tells_what_does_not_fit(void **state)
{
	static const struct {
		const char *text, *error;
		size_t column;
	} cases[] = {
	    {"speed > 80%", "does not fit", 8},
	    {"a + b > 3", "does not fit", 4},
	    {"name > 3", "text", 7},
	    {"a == 'x'", "text", 5},
	    {"a and b > 3", "a condition belongs here", 0},
	    {"not a", "a condition belongs here", 4},
	    {"state + 1 > 2", "a number belongs here", 0},
	    {"state == 3s", "a state is compared", 9},
	    {"name =~ '('", "malformed pattern", 10},
	    {"name =~ other", "a pattern belongs", 8},
	    {"a =~ 'x'", "looks into text", 0},
	    {"name in [3]", "the list is about text", 9},
	    {"a in ['x']", "is looked for", 6},
	    {"name", "this is text", 0},
	    {"name < other", "no order", 5},
	    {"a > (b > 3)", "a condition is compared", 5},
	    {"was(a)", "a condition belongs here", 4},
	    {"'x' == 'y'", "as written", 0},
	    {"changed('x')", "as written", 8},
	    {"a > 3x", "malformed number", 4},
	    {"name == 'x", "never closed", 8},
	    {"a in 3", "a list is missing", 5},
	    {"a in [3", "never closed", 5},
	    {"a in [3 4]", "expected", 8},
	    {"was()", "takes 1 argument", 0},
	    {"if(a, 1, 2) > 1", "a condition belongs here", 3},
	    {"if(a > 1, state, 2) == 1", "chooses between", 17},
	    {"z > 1", "unknown name", 0},
	    {"first(name, a) > 1", "a number belongs here", 6},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *error = NULL;
		size_t column = 99;

		if (condition(cases[i].text, &error, &column) != NULL)
			fail_msg("%s is accepted", cases[i].text);
		if (strstr(error, cases[i].error) == NULL || column != cases[i].column)
			fail_msg("%s: %s at %zu", cases[i].text, error, column);
		free(error);
	}
}

static void remembers(void **state)
{
	static const double values[] = {1, NAN, 5, 1, 1, NAN, 2};
	static const double was[] = {0, 0, 0, 1, 1, 1, 1}, changed[] = {NAN, NAN, 1, 1, 0, NAN, 1};
	struct world world = {{0}, "x", NULL};
	double before[2] = {NAN, NAN}, after[2] = {NAN, NAN}, got;
	struct expr_inputs inputs = {cond_number, cond_text, &world, before, after};
	char *error = NULL;
	size_t column;
	struct expr *exprs[2] = {
	    condition("was(a > 3)", &error, &column), condition("changed(a)", &error, &column)};

	(void)state;
	for (int e = 0; e < 2; e++) {
		assert_int_equal(expr_states(exprs[e]), 1);
		before[0] = NAN;
		for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
			double want = e == 0 ? was[i] : changed[i];

			world.numbers[A] = values[i];
			got = expr_judge(exprs[e], &inputs);
			assert_true(isnan(want) ? isnan(got) : fabs(got - want) < 1e-9);
			got = expr_judge(exprs[e], &inputs); /* asked twice: the same */
			assert_true(isnan(want) ? isnan(got) : fabs(got - want) < 1e-9);
			before[0] = after[0];
		}
		expr_free(exprs[e]);
	}
}

static void formulas_know_none_of_it(void **state)
{
	static const char *const texts[] = {"a > 80%", "was(a)", "a in [1]", "a == 'x'", "3m", "a% > 1"};

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		char *error = NULL;
		size_t column;

		assert_null(expr_new(texts[i], resolve, NULL, &error, &column));
		free(error);
	}
}

static void reads_amounts(void **state)
{
	static const struct {
		const char *text;
		double number;
		const char *unit;
	} good[] = {{"80", 80, ""}, {"80%", 80, "%"}, {"80 %", 80, "%"}, {"1.5", 1.5, ""}, {"-3", -3, ""},
	    {"30s", 30, "s"}, {"5m", 300, "s"}, {"10G", 10737418240.0, "B"}, {"1e3", 1000, ""},
	    {"100Mbit/s", 1e8, "bit/s"}};
	static const char *const bad[] = {"", "x", "80x", "80%%", "%", "1 2", "nan", "1e999", "5m30s"};
	double number;
	const char *unit;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(expr_parse_amount(good[i].text, &number, &unit));
		assert_true(fabs(number - good[i].number) < 1e-9);
		assert_string_equal(unit, good[i].unit);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		if (expr_parse_amount(bad[i], &number, &unit))
			fail_msg("%s is accepted", bad[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judges_conditions),
	    cmocka_unit_test(tells_what_does_not_fit),
	    cmocka_unit_test(remembers),
	    cmocka_unit_test(formulas_know_none_of_it),
	    cmocka_unit_test(reads_amounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
