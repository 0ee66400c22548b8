#include "base/siphash.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

/* The example of the paper's appendix: key 00 to 0f, input 00 to 0e; and the empty input of its reference. */
static void published_values(void **state)
{
	uint8_t key[SIPHASH_KEY_LEN], input[15];

	(void)state;
	for (uint8_t i = 0; i < sizeof key; i++)
		key[i] = i;
	for (uint8_t i = 0; i < sizeof input; i++)
		input[i] = i;
	assert_true(siphash(key, input, sizeof input) == 0xa129ca6149be45e5u);
	assert_true(siphash(key, input, 0) == 0x726fdb47dd0e0e31u);
	assert_true(siphash(key, input, 8) == 0x93f5f5799a932462u);
}

static void depends_on_key_and_length(void **state)
{
	uint8_t a[SIPHASH_KEY_LEN] = {1}, b[SIPHASH_KEY_LEN] = {2}, zero[9] = {0};

	(void)state;
	assert_true(siphash(a, "x", 1) != siphash(b, "x", 1));
	assert_true(siphash(a, zero, 8) != siphash(a, zero, 9));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(published_values),
	    cmocka_unit_test(depends_on_key_and_length),
	};

	return cmocka_run_group_tests_name("siphash", tests, NULL, NULL);
}
