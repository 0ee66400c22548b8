#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "model/addresses.h"

#include <string.h>

static void expect(const char *text, uint32_t count, const char *first, const char *last)
{
	struct addresses addresses = {0};
	char out[ADDRESSES_TEXT_MAX];

	assert_null(addresses_add(&addresses, text));
	assert_int_equal(addresses.total, count);
	addresses_text(&addresses, 0, out);
	assert_string_equal(out, first);
	addresses_text(&addresses, count - 1, out);
	assert_string_equal(out, last);
	assert_true(addresses_has(&addresses, first) && addresses_has(&addresses, last));
	addresses_fini(&addresses);
}

static void networks_and_ranges(void **state)
{
	(void)state;
	expect("192.0.2.7", 1, "192.0.2.7", "192.0.2.7");
	expect("192.0.2.77/24", 254, "192.0.2.1", "192.0.2.254");
	expect("192.0.2.4/30", 2, "192.0.2.5", "192.0.2.6");
	expect("192.0.2.4/31", 2, "192.0.2.4", "192.0.2.5");
	expect("192.0.2.4/32", 1, "192.0.2.4", "192.0.2.4");
	expect("10.0.0.0/12", (1u << 20) - 2, "10.0.0.1", "10.15.255.254");
	expect("192.0.2.10-20", 11, "192.0.2.10", "192.0.2.20");
	expect("192.0.2.250-192.0.3.5", 12, "192.0.2.250", "192.0.3.5");
	expect("2001:db8::7", 1, "2001:db8::7", "2001:db8::7");
	expect("2001:db8::7/120", 256, "2001:db8::", "2001:db8::ff");
	expect("2001:db8::fffe-2001:db8::1:1", 4, "2001:db8::fffe", "2001:db8::1:1");
}

static void what_is_none_is_told(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
	    {"", "is no address"},
	    {"router", "is no address"},
	    {"192.0.2", "is no address"},
	    {"192.0.2.0/", "is no address"},
	    {"192.0.2.0/x", "is no address"},
	    {"192.0.2.0/33", "longer than an address"},
	    {"2001:db8::/129", "longer than an address"},
	    {"10.0.0.0/8", "more than a million"},
	    {"2001:db8::/64", "more than a million"},
	    {"192.0.2.20-10", "before it begins"},
	    {"192.0.2.1-300", "is no address"},
	    {"192.0.2.1-2001:db8::1", "is no address"},
	    {"2001:db8::1-5", "is no address"},
	    {"192.0.0.0-192.255.0.0", "more than a million"},
	    {"2001:db8::1-2001:db9::1", "more than a million"},
	};
	struct addresses addresses = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		const char *told = addresses_add(&addresses, wrong[i].text);

		assert_non_null(told);
		assert_non_null(strstr(told, wrong[i].says));
	}
	assert_int_equal(addresses.total, 0);
	addresses_fini(&addresses);
}

static void several_are_one_row(void **state)
{
	struct addresses addresses = {0};
	char out[ADDRESSES_TEXT_MAX];

	(void)state;
	assert_null(addresses_add(&addresses, "192.0.2.0/30"));
	assert_null(addresses_add(&addresses, "2001:db8::/127"));
	assert_null(addresses_add(&addresses, "192.0.2.9"));
	assert_int_equal(addresses.total, 5);
	addresses_text(&addresses, 1, out);
	assert_string_equal(out, "192.0.2.2");
	addresses_text(&addresses, 3, out);
	assert_string_equal(out, "2001:db8::1");
	addresses_text(&addresses, 4, out);
	assert_string_equal(out, "192.0.2.9");
	assert_false(addresses_has(&addresses, "192.0.2.3"));
	assert_false(addresses_has(&addresses, "2001:db8::2"));
	assert_false(addresses_has(&addresses, "nonsense"));
	assert_non_null(addresses_add(&addresses, "10.0.0.0/12")); /* together too many */
	addresses_fini(&addresses);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(networks_and_ranges),
	    cmocka_unit_test(what_is_none_is_told),
	    cmocka_unit_test(several_are_one_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
