#include "lint/rulecheck.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/str.h"
#include "model/rulebind.h"
#include "unit/lint/lint_lab.h"

#include <math.h>

struct text {
	const char *value, *where, *when;
	double warning, critical;
	size_t findings;
};

static size_t findings_of(struct lab *lab, const struct text *text, const char *file)
{
	struct rule *rule = mem_alloc(sizeof *rule);
	struct rule_mistake mistake;
	size_t n;

	rule->kind = RULE_CONDITION;
	rule->name = mem_strdup("r");
	rule->of = mem_strdup("sensors");
	rule->file = mem_strdup(file);
	rule->value = mem_strdup(text->value);
	rule->where = mem_strdup(text->where);
	rule->when = mem_strdup(text->when);
	rule->text = mem_strdup("x");
	rule->warning = text->warning;
	rule->critical = text->critical;
	if (!rulebind_add(rule, &lab->table, &mistake)) {
		print_error("%s: %s\n", text->when, mistake.text);
		free(mistake.text);
		fail();
	}
	rulecheck(&lab->findings, &lab->profile, &rule, 1);
	n = lab_count(lab, FINDING_RULE, NULL);
	finding_list_fini(&lab->findings);
	rule_free(rule);
	return n;
}

static void what_can_fire_is_not_told(void **state)
{
	static const struct text texts[] = {
	    {NULL, NULL, "temp > limit", 40, 60, 0}, {NULL, NULL, "load >= 100", NAN, NAN, 0},
	    {NULL, NULL, "load > 37.5 and load < 37.9", NAN, NAN, 0},
	    {NULL, "state == ok", "temp > limit", NAN, 300, 0},
	    {"if(state == failed, 2, 0)", NULL, "value >= limit", 1, 2, 0},
	    {NULL, NULL, "was(state == ok) and state == failed", NAN, NAN, 0},
	    {NULL, NULL, "changed(state)", NAN, NAN, 0},
	    {NULL, NULL, "packets > 10 and temp < -20", NAN, NAN, 0},
	    {NULL, NULL, "not (state in [ok, failed]) or load > 90", NAN, NAN, 0},
	    {NULL, "key =~ \"^fan\"", "state == failed", NAN, NAN, 0},
	    {NULL, NULL, "sensorName == \"x\" and load > 200", NAN, NAN, 0}, /* texts are not tried */
	};
	struct lab lab;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t n;

		lab_init(&lab);
		n = findings_of(&lab, &texts[i], "/etc/other.yaml");
		if (n != texts[i].findings)
			fail_msg("'%s': %zu findings", texts[i].when, n);
		lab_fini(&lab);
	}
}

static void what_cannot_fire_is_told(void **state)
{
	static const struct text texts[] = {
	    {NULL, NULL, "load > limit", 80, 120, 1}, /* the critical one alone */
	    {NULL, NULL, "load < 0", NAN, NAN, 1},
	    {NULL, NULL, "state == ok and state == failed", NAN, NAN, 1},
	    {"if(state == failed, 2, 0)", NULL, "value >= limit", 1, 3, 1},
	    {NULL, "load > 150", "temp > limit", 40, NAN, 1},
	    {NULL, NULL, "packets < 0", NAN, NAN, 1},
	};
	struct lab lab;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t n;

		lab_init(&lab);
		n = findings_of(&lab, &texts[i], "/etc/other.yaml");
		if (n != texts[i].findings)
			fail_msg("'%s': %zu findings", texts[i].when, n);
		lab_fini(&lab);
	}
}

/* Of the profile's own file, bound to a table that it does not have. */
static void a_rule_of_no_table(void **state)
{
	struct rule rule = {.kind = RULE_CONDITION,
	    .name = (char *)(uintptr_t) "r",
	    .of = (char *)(uintptr_t) "fans",
	    .file = (char *)(uintptr_t) "/etc/lab.yaml"};
	struct rule *rules[] = {&rule};
	const struct finding *found = NULL;
	struct lab lab;

	(void)state;
	lab_init(&lab);
	rulecheck(&lab.findings, &lab.profile, rules, 1);
	assert_int_equal(lab_count(&lab, FINDING_RULE, &found), 1);
	assert_non_null(strstr(found->what, "fans"));
	rule.file = (char *)(uintptr_t) "/etc/rules.yaml";
	finding_list_fini(&lab.findings);
	rulecheck(&lab.findings, &lab.profile, rules, 1);
	assert_int_equal(lab.findings.n, 0);
	lab_fini(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_can_fire_is_not_told),
	    cmocka_unit_test(what_cannot_fire_is_told),
	    cmocka_unit_test(a_rule_of_no_table),
	};

	return cmocka_run_group_tests_name("rulecheck", tests, NULL, NULL);
}
