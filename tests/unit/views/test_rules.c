#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "views/text.h"

#include <stdlib.h>
#include <string.h>

static void assert_rules(const char *json, const char *wanted)
{
	struct text_style style = {.width = 80};
	struct str out = {0};
	json_error_t error;
	char *text = strdup(json);
	json_t *tree;

	for (char *at = text; (at = strchr(at, '\'')) != NULL;)
		*at = '"';
	tree = json_loads(text, 0, &error);
	free(text);
	if (tree == NULL)
		fail_msg("%s", error.text);
	text_rules(&out, tree, &style);
	assert_string_equal(str_text(&out), wanted);
	json_decref(tree);
	str_fini(&out);
}

/* Single quotation marks stand for double ones. */
static const char all[] =
    "{'device': 'd', 'profile': 'linux', 'profile_from': 'daemon', 'config': '/etc/r/rollcall.yaml', "
    "'rules': ["
    "{'rule': 'down', 'of': 'device', 'file': null, 'line': null, 'severity': 'critical', 'shipped': true},"
    "{'rule': 'one', 'of': 't', 'file': '/etc/r/a/mine.yaml', 'line': 7, 'severity': 'info', 'for_polls': 1},"
    "{'rule': 'two', 'of': 't', 'file': '/etc/r/a/mine.yaml', 'line': 8, 'severity': null, 'warning': 80,"
    " 'critical': null, 'unit': '%', 'for_s': 300},"
    "{'rule': 'three', 'of': 't', 'file': '/usr/share/x/server.yaml', 'line': 3, 'shipped': true,"
    " 'warning': 30, 'critical': 300, 'unit': 's'},"
    "{'rule': 'four', 'of': 't', 'file': '/etc/r/a/mine.yaml', 'line': 9, 'warning': null, 'critical': null,"
    " 'unit': '', 'for_s': 60, 'changed': {'file': '/other.yaml', 'line': 2}},"
    "{'rule': 'five', 'of': 't', 'file': '/etc/r/a/mine.yaml', 'line': 10, 'warning': 1, 'critical': 2.5,"
    " 'unit': '', 'rows': [{'row': '/x*', 'warning': 3, 'critical': null, 'file': '/etc/r/rollcall.yaml',"
    " 'line': 9}]},"
    "{'rule': 'six', 'of': 't', 'file': '/etc/r/a/mine.yaml', 'line': 12,"
    " 'disabled': {'file': '/etc/r/devices.yaml', 'line': 4}}]}";

static void one_of_each(void **state)
{
	(void)state;
	assert_rules(all, "d  profile linux, as the daemon has found\n"
			  "\n"
			  "Rules\n"
			  "  rule   of      warn / crit, for  from\n"
			  "  down   device  critical          built in\n"
			  "  one    t       info, 1 poll      a/mine.yaml:7\n"
			  "  two    t       80 / \xe2\x80\x93 %, 5m      a/mine.yaml:8\n"
			  "  three  t       30 s / 5 min      <server.yaml:3>\n"
			  "  four   t       never             /other.yaml:2\n"
			  "  five   t       1 / 2.5           a/mine.yaml:10\n"
			  "\n"
			  "Some rows have other thresholds (the first that fits)\n"
			  "  rule  row  warn / crit  from\n"
			  "  five  /x*  3 / \xe2\x80\x93        rollcall.yaml:9\n"
			  "\n"
			  "Switched off\n"
			  "  six  t  devices.yaml:4\n"
			  "\n"
			  "In <>: comes with rollcall.\n");
}

static void nothing_at_all(void **state)
{
	(void)state;
	assert_rules("{'device': 'd', 'profile': null, 'rules': []}",
	    "d  profile not known: rules of all profiles\n\nNo rule holds for it.\n");
	assert_rules("{}", "  profile not known: rules of all profiles\n\nNo rule holds for it.\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(one_of_each), cmocka_unit_test(nothing_at_all)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
