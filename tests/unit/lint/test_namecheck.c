#include "lint/namecheck.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "unit/lint/lint_lab.h"

static size_t told(struct lab *lab, const char *word)
{
	const struct finding *found = NULL;
	size_t n;

	namecheck(&lab->findings, &lab->profile);
	n = lab_count(lab, FINDING_NAME, &found);
	if (n > 0 && word != NULL && strstr(found->what, word) == NULL)
		fail_msg("'%s'", found->what);
	return n;
}

static void plain_names_are_well(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab);
	assert_int_equal(told(&lab, NULL), 0);
	lab_fini(&lab);
}

static void an_alias_that_is_another_column(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab);
	lab.table.columns[LOAD].alias = mem_strdup("temp");
	assert_int_equal(told(&lab, "'temp'"), 1);
	lab_fini(&lab);
}

static void names_that_differ_by_case_alone(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab);
	lab.table.columns[LOAD].alias = mem_strdup("TEMP");
	assert_int_equal(told(&lab, "case"), 1);
	lab_fini(&lab);
}

static void a_word_of_the_rules(void **state)
{
	struct lab lab;

	(void)state;
	lab_init(&lab);
	lab.table.columns[LOAD].alias = mem_strdup("limit");
	assert_int_equal(told(&lab, "'limit'"), 1);
	lab_fini(&lab);
}

static void two_tables_of_one_name(void **state)
{
	struct lab lab;
	struct table tables[2];

	(void)state;
	lab_init(&lab);
	tables[0] = lab.table;
	tables[1] = (struct table){.name = (char *)(uintptr_t) "Sensors"};
	lab.profile.tables = tables;
	lab.profile.n_tables = 2;
	assert_int_equal(told(&lab, "'Sensors'"), 1);
	lab_fini(&lab);
}

static void findings_come_by_weight(void **state)
{
	struct finding_list list = {0};

	(void)state;
	finding_add(&list, FINDING_CONSTANT, 9, "t", "c", mem_strdup("1"), mem_strdup(""));
	finding_add(&list, FINDING_KEY, 1, "t", "c", mem_strdup("2"), mem_strdup(""));
	finding_add(&list, FINDING_KEY, 5, "t", "c", mem_strdup("3"), mem_strdup(""));
	finding_add(&list, FINDING_KIND, 1, "t", NULL, mem_strdup("4"), mem_strdup(""));
	finding_sort(&list);
	assert_string_equal(list.v[0].what, "4");
	assert_string_equal(list.v[1].what, "3");
	assert_string_equal(list.v[2].what, "2");
	assert_int_equal(finding_faults(&list), 3);
	finding_list_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_names_are_well),
	    cmocka_unit_test(an_alias_that_is_another_column),
	    cmocka_unit_test(names_that_differ_by_case_alone),
	    cmocka_unit_test(a_word_of_the_rules),
	    cmocka_unit_test(two_tables_of_one_name),
	    cmocka_unit_test(findings_come_by_weight),
	};

	return cmocka_run_group_tests_name("namecheck", tests, NULL, NULL);
}
