/* The judge over restarts of the daemon, reloads, states of devices, floods; and what it costs. */
#include "base/clock.h"
#include "base/units.h"
#include "model/event.h"
#include "rules/judge.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/rules/judge_lab.h"

static const struct device_status unknown = {.state = DEVICE_UNKNOWN},
				  up = {.state = DEVICE_UP, .hard = true},
				  soft = {.state = DEVICE_DOWN, .since = WALL},
				  hard = {.state = DEVICE_DOWN, .hard = true, .since = WALL},
				  unreachable = {.state = DEVICE_UNREACHABLE, .hard = true};

static void a_device_is_down(void **state)
{
	struct lab lab;
	const struct problem *problems;
	size_t n;

	(void)state;
	lab_open(&lab, 1);
	lab_start(&lab);
	judge_state(lab.judge, 0, &unknown, &up, NULL, WALL);
	judge_state(lab.judge, 0, &up, &soft, "no answer", WALL + S);
	lab_quiet(&lab);
	problems = judge_problems(lab.judge, 0, &n);
	assert_int_equal(n, 1); /* shown from the first silent poll */
	assert_string_equal(problems[0].rule, "device-down");
	assert_null(problems[0].object);
	judge_state(lab.judge, 0, &soft, &up, NULL, WALL + 2 * S);
	lab_quiet(&lab); /* was told to nobody */
	judge_state(lab.judge, 0, &up, &soft, "no answer", WALL + 3 * S);
	judge_state(lab.judge, 0, &soft, &hard, "no answer", WALL + 4 * S);
	assert_string_equal(
	    lab_hear(&lab, EVENT_RAISE, "device-down", "-", SEVERITY_CRITICAL)->text, "no answer");
	judge_state(lab.judge, 0, &hard, &hard, "refused", WALL + 5 * S);
	lab_quiet(&lab);
	assert_string_equal(judge_problems(lab.judge, 0, &n)[0].text, "refused");
	judge_state(lab.judge, 0, &hard, &unreachable, NULL, WALL + 6 * S);
	lab_quiet(&lab); /* neither raises nor clears */
	assert_int_equal(lab_problems(&lab, 0), 0);
	judge_state(lab.judge, 0, &unreachable, &hard, "no answer", WALL + 7 * S);
	lab_quiet(&lab); /* told already */
	assert_int_equal(lab_problems(&lab, 0), 1);
	judge_state(lab.judge, 0, &hard, &up, NULL, WALL + 60 * S);
	assert_string_equal(lab_hear(&lab, EVENT_CLEAR, "device-down", "-", SEVERITY_CRITICAL)->text,
	    "answers again after 1 min");
	assert_int_equal(lab_problems(&lab, 0), 0);
	lab_close(&lab);
}

static void the_collector_is_blind(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_start(&lab);
	judge_blind(lab.judge, true, "6 of 10 silent", WALL);
	judge_blind(lab.judge, true, "7 of 10 silent", WALL);
	assert_true(lab_hear(&lab, EVENT_RAISE, "collector-blind", "-", SEVERITY_CRITICAL)->device ==
		    JUDGE_COLLECTOR);
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, JUDGE_COLLECTOR), 1);
	judge_blind(lab.judge, false, NULL, WALL + S);
	lab_hear(&lab, EVENT_CLEAR, "collector-blind", "-", SEVERITY_CRITICAL);
	assert_int_equal(lab_problems(&lab, JUDGE_COLLECTOR), 0);
	judge_blind(lab.judge, false, NULL, WALL + S);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void make_rules(struct lab *lab)
{
	lab_rule(lab, "full", "ports", "used > limit", "used < limit - 2", 80, 90);
	lab_rule(lab, "if-down", "ports", "admin == up and oper != up and was(oper == up)", "oper == up", NAN,
	    NAN);
	lab_rule(lab, "cpu", "cpu", "busy > 90", NULL, NAN, NAN);
}

static void add_cpu(struct lab *lab, double busy)
{
	rowset_add(lab->sets[1], mem_strdup("0"), mem_dup("", 1), 1, NULL);
	lab_set_cell(lab->sets[1], 0, 0, busy);
}

/* PROMISES 20: nothing is told twice over a crash. */
static void what_was_raised_is_not_raised_again(void **state)
{
	struct lab lab;
	const struct problem *problems;
	size_t n;

	(void)state;
	lab_open(&lab, 1);
	make_rules(&lab);
	lab_start(&lab);
	judge_restore(lab.judge, 0, "full", "p1", SEVERITY_WARNING, WALL);
	judge_restore(lab.judge, 0, "full", "p2", SEVERITY_CRITICAL, WALL);
	judge_restore(lab.judge, 0, "if-down", "p3", SEVERITY_CRITICAL, WALL);
	judge_restore(lab.judge, 0, "cpu", NULL, SEVERITY_CRITICAL, WALL);
	judge_restore(lab.judge, 0, "full", "gone", SEVERITY_WARNING, WALL);
	judge_restore(lab.judge, 0, "no-rule", "p1", SEVERITY_WARNING, WALL);
	judge_restore(lab.judge, 0, "device-down", NULL, SEVERITY_CRITICAL, WALL);
	assert_int_equal(lab_problems(&lab, 0), 6);
	judge_state(lab.judge, 0, &unknown, &soft, "no answer", WALL + S);
	judge_state(lab.judge, 0, &soft, &hard, "no answer", WALL + S);
	lab_quiet(&lab);
	judge_state(lab.judge, 0, &hard, &up, NULL, WALL + S);
	lab_hear(&lab, EVENT_CLEAR, "device-down", "-", SEVERITY_CRITICAL);
	lab_add_port(&lab, "p1", NULL);
	lab_add_port(&lab, "p2", NULL);
	lab_add_port(&lab, "p3", NULL);
	lab_put(&lab, "p1", USED, 85);
	lab_put(&lab, "p2", USED, 70);
	lab_put(&lab, "p3", OPER, 2); /* this judge has never seen it up */
	add_cpu(&lab, 95);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "no-rule", "p1", SEVERITY_WARNING);
	lab_hear(&lab, EVENT_CLEAR, "full", "p2", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	problems = judge_problems(lab.judge, 0, &n);
	assert_int_equal(n, 4);
	assert_int_equal(problems[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(problems[n - 1].severity, SEVERITY_WARNING);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(problems[i].since, WALL);
	for (int i = 0; i < 8; i++)
		lab_poll(&lab);
	lab_quiet(&lab); /* a row may be late: a walk was cut */
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "full", "gone", SEVERITY_WARNING);
	lab_put(&lab, "p1", USED, 95);
	lab_put(&lab, "p3", OPER, 1);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_hear(&lab, EVENT_CLEAR, "if-down", "p3", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab_close(&lab);
}

/* A restored problem that has no text yet is told of nevertheless when it ends. */
static void a_restored_problem_ends_at_the_first_poll(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	make_rules(&lab);
	lab_start(&lab);
	judge_restore(lab.judge, 0, "if-down", "p1", SEVERITY_CRITICAL, WALL);
	judge_restore(lab.judge, JUDGE_COLLECTOR, "collector-blind", NULL, SEVERITY_CRITICAL, WALL);
	lab_add_port(&lab, "p1", NULL);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "if-down", "p1", SEVERITY_CRITICAL);
	judge_blind(lab.judge, true, "x", WALL);
	lab_quiet(&lab);
	judge_blind(lab.judge, false, "x", WALL + S);
	lab_hear(&lab, EVENT_CLEAR, "collector-blind", "-", SEVERITY_CRITICAL);
	lab_close(&lab);
}

static void a_reload_keeps_what_is_known(void **state)
{
	struct lab lab, new;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 2);
	make_rules(&lab);
	rule = lab_rule(&lab, "slow", "ports", "used > 50", NULL, NAN, NAN);
	rule->hold = 300 * S;
	lab_rule(&lab, "goes", "ports", "used > 50", NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_add_port(&lab, "p2", NULL);
	lab_put(&lab, "p1", USED, 85);
	lab_poll_device(&lab, 1, 60);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_WARNING);
	lab_hear(&lab, EVENT_RAISE, "goes", "p1", SEVERITY_CRITICAL);
	for (int i = 0; i < 3; i++)
		lab_poll_device(&lab, 1, 60);

	/* The device has another number; one rule is gone, one is changed. */
	lab_open(&new, 1);
	new.now = lab.now;
	free(new.inventory.devices[0].name);
	new.inventory.devices[0].name = mem_strdup("dev1");
	rule = lab_rule(&new, "slow", "ports", "used > 50", NULL, NAN, NAN);
	rule->hold = 300 * S;
	lab_rule(&new, "full", "ports", "used > limit", "used < limit - 10", 80, 90);
	lab_rule(&new, "if-down", "ports", "admin == up and oper != up and was(oper == up)", "oper == up",
	    NAN, NAN);
	lab_start(&new);
	judge_inherit(new.judge, 0, lab.judge, 1, WALL + new.now);
	judge_inherit(new.judge, JUDGE_COLLECTOR, lab.judge, JUDGE_COLLECTOR, WALL);
	lab_hear(&new, EVENT_CLEAR, "goes", "p1", SEVERITY_CRITICAL);
	lab_quiet(&new);
	assert_int_equal(lab_problems(&new, 0), 1);
	lab_quiet(&lab);
	judge_free(lab.judge);
	lab.judge = NULL;
	lab_add_port(&new, "p2", NULL); /* learned anew, in another order */
	lab_add_port(&new, "p1", NULL);
	lab_put(&new, "p1", USED, 78);
	lab_put(&new, "p2", OPER, 2);
	lab_poll(&new);
	lab_hear(&new, EVENT_RAISE, "if-down", "p2", SEVERITY_CRITICAL); /* it had been up */
	lab_quiet(&new); /* still a warning, by the new clear */
	lab_poll(&new);	 /* five minutes, over the reload */
	lab_hear(&new, EVENT_RAISE, "slow", "p1", SEVERITY_CRITICAL);
	lab_quiet(&new);
	assert_int_equal(lab_problems(&new, 0), 3);
	lab_close(&new);
	lab_close(&lab);
}

/* Two reloads without a poll between. */
static void reloads_may_follow_each_other(void **state)
{
	struct judge *second, *third;
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	make_rules(&lab);
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 85);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_WARNING);
	second = judge_new(&lab.inventory, &(struct judge_hooks){lab_event, &lab});
	judge_inherit(second, 0, lab.judge, 0, WALL);
	third = judge_new(&lab.inventory, &(struct judge_hooks){lab_event, &lab});
	judge_inherit(third, 0, second, 0, WALL);
	judge_free(lab.judge);
	judge_free(second);
	lab.judge = third;
	lab_poll(&lab);
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, 0), 1);
	lab_close(&lab);
}

static void a_flood_has_a_bound(void **state)
{
	struct lab lab;
	char name[16];
	size_t infos = 0;

	(void)state;
	lab_open(&lab, 1);
	make_rules(&lab);
	lab_start(&lab);
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "p%d", i);
		lab_set_cell(lab.sets[0], lab_add_port(&lab, name, NULL), USED, 99);
	}
	for (int i = 0; i < 10; i++)
		lab_poll(&lab);
	assert_int_equal(lab.heard.n, JUDGE_PROBLEMS_MAX + 1);
	for (size_t i = 0; i < lab.heard.n; i++)
		infos += lab.heard.v[i].kind == EVENT_INFO;
	assert_int_equal(infos, 1);
	assert_int_equal(lab_problems(&lab, 0), JUDGE_PROBLEMS_MAX);
	for (size_t i = 0; i < 5000; i++)
		lab_set_cell(lab.sets[0], i, USED, 1);
	lab_poll(&lab);
	assert_int_equal(lab.heard.n, 2 * JUDGE_PROBLEMS_MAX + 1);
	assert_int_equal(lab_problems(&lab, 0), 0);
	lab_close(&lab);
}

/* 1,000 devices with 50 rows each, 13 rules: what a poll costs. */
static void costs_little(void **state)
{
	enum { DEVICES = 1000, ROWS = 50, RULES = 13, POLLS = 5 };
	struct lab lab;
	char name[24];
	int64_t begin, ns;

	(void)state;
	lab_open(&lab, DEVICES);
	make_rules(&lab);
	for (int i = 3; i < RULES; i++) {
		snprintf(name, sizeof name, "rule%d", i);
		lab_rule(&lab, name, "ports", "octets% > limit and not (oper == testing)",
		    "octets% < limit - 5", 80, 90)
		    ->hold = 300 * S;
	}
	lab_start(&lab);
	for (int i = 0; i < ROWS; i++) {
		snprintf(name, sizeof name, "Gi1/0/%d", i);
		lab_add_port(&lab, name, "to somewhere");
		lab_rate(&lab, name, i % 10 == 0 ? 110e6 : 1e6);
	}
	lab_poll_device(&lab, 0, 1);
	begin = clock_mono(clock_real());
	for (int p = 0; p < POLLS; p++)
		for (size_t d = 0; d < DEVICES; d++)
			lab_poll_device(&lab, d, 1);
	ns = clock_mono(clock_real()) - begin;
	printf("judge: %lld ns a row (%d rules), %.1f us a device of %d rows, %zu bytes a row and rule\n",
	    (long long)(ns / (POLLS * DEVICES * ROWS)), RULES, (double)ns / (POLLS * DEVICES) / 1e3, ROWS,
	    judge_memory(lab.judge) / (DEVICES * ROWS * RULES));
	assert_true(judge_memory(lab.judge) < (size_t)DEVICES * ROWS * RULES * 40);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_device_is_down),
	    cmocka_unit_test(the_collector_is_blind),
	    cmocka_unit_test(what_was_raised_is_not_raised_again),
	    cmocka_unit_test(a_restored_problem_ends_at_the_first_poll),
	    cmocka_unit_test(a_reload_keeps_what_is_known),
	    cmocka_unit_test(reloads_may_follow_each_other),
	    cmocka_unit_test(a_flood_has_a_bound),
	    cmocka_unit_test(costs_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
