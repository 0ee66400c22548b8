#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/units.h"
#include "daemon/outage.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>

static void assert_says(unsigned retries, enum failure failure, int error_number, const char *expected)
{
	struct device device = {
	    .host = (char *)(uintptr_t) "sw1.example.net", .timeout = 2 * UNITS_SEC, .retries = retries};
	struct str text = {0};

	outage_text(&text, &device, "192.0.2.1:161", failure, error_number);
	if (strstr(str_text(&text), expected) == NULL)
		fail_msg("'%s' is not in '%s'", expected, str_text(&text));
	str_fini(&text);
}

static void the_reason_is_told_in_words(void **state)
{
	(void)state;
	assert_says(3, FAILURE_TIMEOUT, 0, "does not answer SNMP at 192.0.2.1:161 (4 tries, each up to 2s)");
	assert_says(0, FAILURE_TIMEOUT, 0, "(1 try of up to 2s)");
	assert_says(
	    3, FAILURE_REFUSED, ECONNREFUSED, "nothing listens on 192.0.2.1:161 (Connection refused)");
	assert_says(3, FAILURE_RESOLVE, EAI_NONAME, "host name \"sw1.example.net\" cannot be resolved");
	assert_says(3, FAILURE_SEND, ENETUNREACH, "cannot send to 192.0.2.1:161: Network is unreachable");
	assert_says(3, FAILURE_DECODE, 0, "answers, but not to what SNMP must have");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(the_reason_is_told_in_words)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
