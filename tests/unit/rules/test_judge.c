#include "model/event.h"
#include "rules/judge.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "unit/rules/judge_lab.h"

#define IF_DOWN "admin == up and oper != up and was(oper == up)"

static void raises_and_clears(void **state)
{
	struct lab lab;
	const struct problem *problems;
	size_t n;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "p1", "uplink");
	lab_poll(&lab);
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	assert_string_equal(
	    lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL)->text, "p1 uplink at 95.0 %");
	assert_true(fabs(lab.heard.v[0].value - 95) < 1e-9);
	lab_put(&lab, "p1", USED, 97);
	lab_poll(&lab);
	lab_quiet(&lab); /* once */
	problems = judge_problems(lab.judge, 0, &n);
	assert_int_equal(n, 1);
	assert_string_equal(problems[0].text, "p1 uplink at 97.0 %"); /* as it is now */
	assert_int_equal(problems[0].since, WALL + 1120 * S);
	lab_put(&lab, "p1", USED, 90);
	lab_poll(&lab);
	assert_string_equal(lab_hear(&lab, EVENT_CLEAR, "full", "p1", SEVERITY_CRITICAL)->text,
	    "ended after 2 min: p1 uplink at 97.0 %");
	assert_int_equal(lab_problems(&lab, 0), 0);
	lab_close(&lab);
}

static void waits_for_its_time(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	rule->hold = 300 * S;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 95);
	for (int i = 0; i < 5; i++)
		lab_poll(&lab); /* 0, 1, ... 4 min */
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 80);
	lab_poll(&lab); /* interrupted: begins anew */
	lab_put(&lab, "p1", USED, 95);
	for (int i = 0; i < 5; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	lab_poll_device(&lab, 0, 59); /* a little early is not a whole interval late */
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

static void waits_for_its_polls(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	rule->hold_polls = 2;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	/* Not sampled again: the same value does not count twice. */
	judge_poll(lab.judge, 0, &lab.profile, (const struct rowset *const *)lab.sets, 2, false, 1e6,
	    lab.now + 60 * S, WALL + lab.now);
	lab_quiet(&lab);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

static void has_two_thresholds_and_hysteresis(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "full", "ports", "used > limit", "used < limit - 2", 80, 90);
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 85);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_WARNING);
	lab_put(&lab, "p1", USED, 91);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_put(&lab, "p1", USED, 89);
	lab_poll(&lab); /* not yet below 88 */
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 87);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_WARNING);
	lab_put(&lab, "p1", USED, 79);
	lab_poll(&lab);
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 77);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "full", "p1", SEVERITY_WARNING);
	lab_put(&lab, "p1", USED, 99);
	lab_poll(&lab); /* at once */
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_put(&lab, "p1", USED, 1);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "full", "p1", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void each_threshold_has_its_time(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "full", "ports", "used > limit", NULL, 80, 90);
	rule->hold = 300 * S;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 85);
	for (int i = 0; i < 4; i++)
		lab_poll(&lab);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	lab_quiet(&lab);
	lab_poll(&lab); /* five minutes above 80, one above 90 */
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_WARNING);
	for (int i = 0; i < 3; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

static void unknown_neither_raises_nor_clears(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "full", "ports", "not (used <= 90)", NULL, NAN, NAN);
	rule->hold = 60 * S;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, NAN);
	for (int i = 0; i < 5; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	lab_put(&lab, "p1", USED, NAN);
	lab_poll(&lab); /* it may have held, but an unknown does not raise */
	lab_quiet(&lab);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_put(&lab, "p1", USED, NAN);
	for (int i = 0; i < 100; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, 0), 1);
	lab_put(&lab, "p1", USED, 50);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "full", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

/* PROMISES: no alarm from a first sample, a gap, a reset, a stale value. */
static void what_is_not_known_ends_what_was_pending(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "busy", "ports", "octets% > 80", NULL, NAN, NAN);
	rule->hold = 300 * S;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_rate(&lab, "p1", NAN);
	lab_poll(&lab);
	lab_rate(&lab, "p1", 120e6); /* 96 % */
	lab_poll(&lab);
	lab_poll(&lab);
	lab_poll_device(&lab, 0, 3600); /* an hour of silence: nobody knows that it held */
	lab_quiet(&lab);
	for (int i = 0; i < 4; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	lab_rate(&lab, "p1", NAN); /* a reset costs one sample only */
	lab_poll(&lab);
	lab_rate(&lab, "p1", 120e6);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "busy", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

/* The pause is noticed also when the rows are others after it. */
static void a_gap_over_a_renumbering_is_a_gap(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN)->hold = 300 * S;
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 95);
	lab_poll(&lab);
	lab_poll(&lab);
	lab_add_port(&lab, "p2", NULL);
	lab_poll_device(&lab, 0, 3600);
	lab_quiet(&lab);
	lab_close(&lab);
}

/* Values of rows that the last poll did not reach are those before: they are not judged. */
static void a_stale_value_is_not_judged(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 95);
	lab.sets[0]->quality[rowset_cell(lab.sets[0], 0, USED)] = QUALITY_TIMEOUT;
	lab_poll(&lab);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void dark_ports_raise_nothing(void **state)
{
	struct lab lab;
	char name[16];

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "if-down", "ports", IF_DOWN, "oper == up or admin != up", NAN, NAN);
	lab_start(&lab);
	for (int i = 0; i < 32; i++) {
		snprintf(name, sizeof name, "p%d", i);
		lab_add_port(&lab, name, NULL);
		if (i >= 2)
			lab_put(&lab, name, OPER, 2);
	}
	for (int i = 0; i < 10; i++)
		lab_poll(&lab);
	lab_quiet(&lab);
	lab_put(&lab, "p1", OPER, 2);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "if-down", "p1", SEVERITY_CRITICAL);
	lab_put(&lab, "p1", ADMIN, 2); /* switched off by hand: nobody's problem */
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "if-down", "p1", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void rows_are_known_over_renumbering(void **state)
{
	struct lab lab;
	struct rowset *old;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "if-down", "ports", IF_DOWN, NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "a", NULL);
	lab_add_port(&lab, "b", NULL);
	lab_add_port(&lab, "c", NULL);
	lab_put(&lab, "c", OPER, 2); /* never up */
	lab_poll(&lab);
	lab_put(&lab, "b", OPER, 2);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "if-down", "b", SEVERITY_CRITICAL);
	/* After a restart they are in another order, and one is new. */
	old = lab.sets[0];
	lab.sets[0] = rowset_new(&lab.tables[0]);
	lab_add_port(&lab, "d", NULL);
	lab_add_port(&lab, "c", NULL);
	lab_add_port(&lab, "b", NULL);
	lab_add_port(&lab, "a", NULL);
	lab.sets[0]->generation = old->generation + 7;
	rowset_free(old);
	lab_put(&lab, "b", OPER, 2);
	lab_put(&lab, "c", OPER, 2);
	lab_put(&lab, "d", OPER, 2);
	lab_put(&lab, "a", OPER, 2); /* had been up as "a" */
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "if-down", "a", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, 0), 2);
	rowset_remove(lab.sets[0], rowset_find(lab.sets[0], "b"));
	lab_poll(&lab);
	assert_non_null(
	    strstr(lab_hear(&lab, EVENT_CLEAR, "if-down", "b", SEVERITY_CRITICAL)->text, "no longer judged"));
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, 0), 1);
	lab_close(&lab);
}

/* A row that is named by its index may be another after a restart. */
static void weak_rows_are_forgotten_at_a_restart(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "if-down", "ports", IF_DOWN, NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "1", NULL);
	lab_add_port(&lab, "named", NULL);
	lab.sets[0]->rows[0].weak_key = true;
	lab_poll(&lab);
	lab_put(&lab, "1", OPER, 2);
	lab_put(&lab, "named", OPER, 2);
	lab.restarted = true;
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "if-down", "named", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void excluded_rows_are_not_judged(void **state)
{
	struct lab lab;

	(void)state;
	lab_open(&lab, 1);
	lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_add_port(&lab, "lo", NULL);
	lab_put(&lab, "p1", USED, 95);
	lab_put(&lab, "lo", USED, 95);
	lab.sets[0]->rows[1].excluded = true;
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab.sets[0]->rows[0].excluded = true;
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "full", "p1", SEVERITY_CRITICAL);
	lab_close(&lab);
}

static void a_restart_is_told_once_and_a_wrap_is_none(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "device-restarted", "device", "since_restart < 10m", NULL, NAN, NAN);
	rule->severity = SEVERITY_INFO;
	lab_start(&lab);
	lab.uptime = 30; /* it has just started when first seen: no restart was seen */
	lab_poll(&lab);
	lab_quiet(&lab);
	lab.uptime = 20;
	lab.restarted = true;
	lab_poll(&lab);
	lab_hear(&lab, EVENT_INFO, "device-restarted", "-", SEVERITY_INFO);
	for (int i = 0; i < 30; i++) {
		lab.uptime += 60;
		lab_poll(&lab);
	}
	lab.uptime = 5; /* 497 days later */
	lab_poll(&lab);
	lab_quiet(&lab);
	assert_int_equal(lab_problems(&lab, 0), 0); /* an event, no problem */
	lab.restarted = true;
	lab_poll(&lab);
	lab_hear(&lab, EVENT_INFO, "device-restarted", "-", SEVERITY_INFO);
	for (int i = 0; i < 30; i++)
		lab_poll(&lab);
	lab.uptime = 3600; /* an hour ago, while it was out of sight: no news */
	lab.restarted = true;
	lab_poll(&lab);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void the_first_limit_that_fits_counts(void **state)
{
	struct limit limits[] = {
	    {.rule = (char *)"full",
		.device = (char *)"dev0",
		.row = (char *)"/back*",
		.has_warning = true,
		.has_critical = true,
		.warning = 97,
		.critical = 99},
	    {.rule = (char *)"other", .has_warning = true, .warning = 1},
	    {.rule = (char *)"full", .tag = (char *)"lab", .has_warning = true, .warning = NAN},
	    {.rule = (char *)"full", .device = (char *)"dev0", .has_critical = true, .critical = 95},
	};
	char *tags[] = {(char *)"lab"};
	struct lab lab;

	(void)state;
	lab_open(&lab, 2);
	lab.inventory.settings.limits = limits;
	lab.inventory.settings.n_limits = ARRAY_LEN(limits);
	lab_rule(&lab, "full", "ports", "used > limit", NULL, 80, 90);
	lab_start(&lab);
	lab_add_port(&lab, "/backup", NULL);
	lab_add_port(&lab, "/", NULL);
	lab_put(&lab, "/backup", USED, 96);
	lab_put(&lab, "/", USED, 92);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "/", SEVERITY_WARNING);
	lab_quiet(&lab);
	lab_put(&lab, "/backup", USED, 98);
	lab_put(&lab, "/", USED, 96);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_RAISE, "full", "/backup", SEVERITY_WARNING);
	lab_hear(&lab, EVENT_RAISE, "full", "/", SEVERITY_CRITICAL);
	lab.inventory.devices[1].tags = tags;
	lab.inventory.devices[1].n_tags = 1;
	lab_put(&lab, "/", USED, 85);
	lab_put(&lab, "/backup", USED, 91);
	lab_poll_device(&lab, 1, 1); /* warnings are off there, critical is as it was */
	lab_hear(&lab, EVENT_RAISE, "full", "/backup", SEVERITY_CRITICAL);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void rules_are_switched_off(void **state)
{
	struct disabled all = {.rule = (char *)"if-*"}, one = {.rule = (char *)"full"},
			down = {.rule = (char *)"device-down"};
	struct device_status before = {.state = DEVICE_UP}, after = {.state = DEVICE_DOWN, .hard = true};
	struct lab lab;

	(void)state;
	lab_open(&lab, 3);
	lab.inventory.settings.disabled = &all;
	lab.inventory.settings.n_disabled = 1;
	lab.inventory.devices[1].disabled = &one;
	lab.inventory.devices[1].n_disabled = 1;
	lab.inventory.devices[2].disabled = &down;
	lab.inventory.devices[2].n_disabled = 1;
	lab_rule(&lab, "full", "ports", "used > 90", NULL, NAN, NAN);
	lab_rule(&lab, "if-errors", "ports", "used > 1", NULL, NAN, NAN);
	lab_rule(&lab, "core", "ports", "used > 1", NULL, NAN, NAN)->device = mem_strdup("dev2");
	lab_start(&lab);
	lab_add_port(&lab, "p1", NULL);
	lab_put(&lab, "p1", USED, 95);
	for (size_t i = 0; i < 3; i++)
		lab_poll_device(&lab, i, 1);
	assert_int_equal(lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL)->device, 0);
	assert_int_equal(lab_hear(&lab, EVENT_RAISE, "full", "p1", SEVERITY_CRITICAL)->device, 2);
	assert_int_equal(lab_hear(&lab, EVENT_RAISE, "core", "p1", SEVERITY_CRITICAL)->device, 2);
	judge_state(lab.judge, 2, &before, &after, "gone", WALL);
	lab_quiet(&lab);
	lab_close(&lab);
}

static void rows_are_chosen_by_where(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = mem_alloc(sizeof *rule);
	*rule = (struct rule){.name = mem_strdup("uplink"),
	    .of = mem_strdup("ports"),
	    .where = mem_strdup("ifAlias =~ '^up' or key in ['x', 'y']"),
	    .when = mem_strdup("used > 90"),
	    .text = mem_strdup("{{oper}} {{used}} {{speed}}, {{2 * used}} {{key}}"),
	    .warning = NAN,
	    .critical = NAN,
	    .severity = SEVERITY_WARNING};
	assert_true(rulebind_add(rule, &lab.tables[0], &(struct rule_mistake){0}));
	lab.inventory.rules = mem_alloc(sizeof rule);
	lab.inventory.rules[lab.inventory.n_rules++] = rule;
	lab_start(&lab);
	lab_add_port(&lab, "p1", "uplink");
	lab_add_port(&lab, "p2", NULL);
	lab_add_port(&lab, "p3", "other");
	lab_add_port(&lab, "y", NULL);
	for (size_t i = 0; i < 4; i++)
		lab_set_cell(lab.sets[0], i, USED, 95);
	lab_poll(&lab);
	assert_string_equal(lab_hear(&lab, EVENT_RAISE, "uplink", "p1", SEVERITY_WARNING)->text,
	    "up 95.0 % 1.00 Gbit/s, 190 p1");
	lab_hear(&lab, EVENT_RAISE, "uplink", "y", SEVERITY_WARNING);
	lab_quiet(&lab);
	free(lab.sets[0]->rows[0].tags[1]);
	lab.sets[0]->rows[0].tags[1] = mem_strdup("now another");
	lab_poll(&lab);
	lab_hear(&lab, EVENT_CLEAR, "uplink", "p1", SEVERITY_WARNING);
	lab_close(&lab);
}

static void changes_are_told_once_each(void **state)
{
	struct lab lab;
	struct rule *rule;

	(void)state;
	lab_open(&lab, 1);
	rule = lab_rule(&lab, "renamed", "ports", "changed(ifAlias) or changed(speed)", NULL, NAN, NAN);
	rule->severity = SEVERITY_INFO;
	lab_start(&lab);
	lab_add_port(&lab, "p1", "old");
	lab_poll(&lab);
	lab_poll(&lab);
	lab_quiet(&lab);
	free(lab.sets[0]->rows[0].tags[1]);
	lab.sets[0]->rows[0].tags[1] = mem_strdup("new");
	lab_poll(&lab);
	lab_hear(&lab, EVENT_INFO, "renamed", "p1", SEVERITY_INFO);
	lab_put(&lab, "p1", SPEED, NAN);
	lab_poll(&lab);
	lab_put(&lab, "p1", SPEED, 1e9);
	lab_poll(&lab); /* the same as when it was last known */
	lab_quiet(&lab);
	lab_put(&lab, "p1", SPEED, 1e8);
	lab_poll(&lab);
	lab_hear(&lab, EVENT_INFO, "renamed", "p1", SEVERITY_INFO);
	lab_close(&lab);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(raises_and_clears),
	    cmocka_unit_test(waits_for_its_time),
	    cmocka_unit_test(waits_for_its_polls),
	    cmocka_unit_test(has_two_thresholds_and_hysteresis),
	    cmocka_unit_test(each_threshold_has_its_time),
	    cmocka_unit_test(unknown_neither_raises_nor_clears),
	    cmocka_unit_test(what_is_not_known_ends_what_was_pending),
	    cmocka_unit_test(a_gap_over_a_renumbering_is_a_gap),
	    cmocka_unit_test(a_stale_value_is_not_judged),
	    cmocka_unit_test(dark_ports_raise_nothing),
	    cmocka_unit_test(rows_are_known_over_renumbering),
	    cmocka_unit_test(weak_rows_are_forgotten_at_a_restart),
	    cmocka_unit_test(excluded_rows_are_not_judged),
	    cmocka_unit_test(a_restart_is_told_once_and_a_wrap_is_none),
	    cmocka_unit_test(the_first_limit_that_fits_counts),
	    cmocka_unit_test(rules_are_switched_off),
	    cmocka_unit_test(rows_are_chosen_by_where),
	    cmocka_unit_test(changes_are_told_once_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
