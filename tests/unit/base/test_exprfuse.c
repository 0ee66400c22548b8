/* What is fused and skipped gives the same as what is not: random conditions beside themselves in a form in
 * which nothing can be fused or skipped. */
#include "base/exprfuse.h"

#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 5

static int resolve(void *arg, const char *name, int beside, double *literal)
{
	(void)arg, (void)beside, (void)literal;
	return name[0] >= 'a' && name[0] < 'a' + SLOTS && name[1] == '\0' ? name[0] - 'a' : -1;
}

static void type(void *arg, int slot, struct expr_type *out)
{
	(void)arg, (void)slot;
	*out = (struct expr_type){.kind = EXPR_NUMBER};
}

struct run {
	double values[SLOTS];
	unsigned reads;
};

static double number(void *arg, int slot)
{
	struct run *run = arg;

	run->reads++;
	return run->values[slot];
}

static const struct expr_names names = {resolve, type, NULL};

static struct expr *compile(const char *text)
{
	struct expr_type kind;
	char *error = NULL;
	size_t column;
	struct expr *expr = expr_condition(text, &names, &kind, &error, &column);

	if (expr == NULL)
		fail_msg("%s: %s at %zu", text, error, column);
	return expr;
}

/* Memory is not at stake: what is remembered is thrown away. */
static double judge(const struct expr *expr, struct run *run)
{
	double before[EXPR_STATES_MAX], after[EXPR_STATES_MAX];

	for (size_t i = 0; i < EXPR_STATES_MAX; i++)
		before[i] = NAN;
	run->reads = 0;
	return expr_judge(expr, &(struct expr_inputs){number, NULL, run, before, after});
}

/* Adds a random condition to one text, and to the other the same in a form that is left as it is. */
static void grow(struct str *plain, struct str *guarded, unsigned depth, unsigned *memories)
{
	static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};
	const char *op = random() % 2 ? "and" : "or";

	if (depth == 0 || random() % 4 == 0) {
		char slot = (char)('a' + random() % SLOTS), other = (char)('a' + random() % SLOTS);
		const char *compare = compares[random() % 6];

		if (random() % 2) {
			str_addf(plain, "%c %s %c", slot, compare, other);
			str_addf(guarded, "first(%c) %s first(%c)", slot, compare, other);
		} else {
			long constant = random() % 3;

			str_addf(plain, "%c %s %ld", slot, compare, constant);
			str_addf(guarded, "first(%c) %s %ld", slot, compare, constant);
		}
		return;
	}
	if (random() % 4 == 0) {
		str_add(plain, "not (");
		str_add(guarded, "not (");
		grow(plain, guarded, depth - 1, memories);
	} else {
		str_add_char(plain, '(');
		str_add_char(guarded, '(');
		grow(plain, guarded, depth - 1, memories);
		str_addf(plain, ") %s (", op);
		if (++*memories <= EXPR_STATES_MAX)
			str_addf(guarded, ") %s if(1 == 1, ", op);
		else
			str_addf(guarded, ") %s (", op);
		bool remembers = *memories <= EXPR_STATES_MAX;
		grow(plain, guarded, depth - 1, memories);
		if (remembers)
			str_add(guarded, ", changed(a)");
	}
	str_add_char(plain, ')');
	str_add_char(guarded, ')');
}

static void the_same_comes_out(void **state)
{
	static const double some[] = {0, 1, 2, NAN, -1};
	unsigned fewer = 0;

	(void)state;
	srandom(11);
	for (int i = 0; i < 3000; i++) {
		struct str plain = {0}, guarded = {0};
		unsigned memories = 0;

		grow(&plain, &guarded, 4, &memories);
		struct expr *fast = compile(str_text(&plain)), *slow = compile(str_text(&guarded));
		for (int k = 0; k < 20; k++) {
			struct run run;

			for (size_t v = 0; v < SLOTS; v++)
				run.values[v] = some[random() % 5];
			double a = judge(fast, &run);
			unsigned reads = run.reads;
			double b = judge(slow, &run);
			if (!(a == b || (isnan(a) && isnan(b))))
				fail_msg("%s is %g, %s is %g", plain.s, a, guarded.s, b);
			fewer += reads < run.reads;
		}
		expr_free(fast);
		expr_free(slow);
		str_fini(&plain);
		str_fini(&guarded);
	}
	assert_true(fewer > 3000);
}

static unsigned reads(const char *text, double a, double b)
{
	struct run run = {{a, b, 3, 4, 5}, 0};
	struct expr *expr = compile(text);

	(void)judge(expr, &run);
	expr_free(expr);
	return run.reads;
}

static void what_does_not_matter_is_not_read(void **state)
{
	(void)state;
	assert_int_equal(reads("a == 1 and b == 2 and c == 3", 0, 2), 1);
	assert_int_equal(reads("a == 1 and b == 2 and c == 3", 1, 0), 2);
	assert_int_equal(reads("a == 1 or b == 2", 1, 2), 1);
	assert_int_equal(reads("a == 1 or b == 2", 0, 2), 2);
	/* Unknown decides nothing. */
	assert_int_equal(reads("a == 1 and b == 2", NAN, 2), 2);
	assert_int_equal(reads("a == 1 or b == 2", NAN, 2), 2);
	/* What remembers is worked out each time. */
	assert_int_equal(reads("a == 1 and was(b == 2)", 0, 2), 2);
	assert_int_equal(reads("a == 1 and (b == 2 or changed(c))", 0, 2), 3);
	assert_int_equal(reads("was(a == 1) and b == 2", 0, 2), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_same_comes_out),
	    cmocka_unit_test(what_does_not_matter_is_not_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
