#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "model/sample.h"

#include <stdlib.h>
#include <string.h>

static void assert_path(const char *device, const char *table, const char *key, const char *want)
{
	struct str path = {0};

	series_path(&path, device, table, key);
	assert_string_equal(str_text(&path), want);
	str_fini(&path);
}

static void test_plain(void **state)
{
	(void)state;
	assert_path("core-sw1", "interfaces", "eth0", "core-sw1/interfaces/eth0.rrd");
	assert_path("core-sw1", "cpu", NULL, "core-sw1/cpu.rrd");
	assert_path("sw", "interfaces", "Gi1/0/1", "sw/interfaces/Gi1%2F0%2F1.rrd");
	assert_path("sw", "storage", "/", "sw/storage/%2F.rrd");
}

static void test_hostile(void **state)
{
	(void)state;
	assert_path("..", "..", "../../etc/passwd", "%2E./%2E./%2E.%2F..%2Fetc%2Fpasswd.rrd");
	assert_path("sw", "interfaces", ".", "sw/interfaces/%2E.rrd");
	assert_path("sw", "interfaces", "", "sw/interfaces/%00.rrd");
	assert_path("sw", "interfaces", "a b~%\n", "sw/interfaces/a%20b%7E%25%0A.rrd");
	assert_path("sw", "i", "\xea\xb4\x91\xec\xa3\xbc", "sw/i/%EA%B4%91%EC%A3%BC.rrd");
	assert_path("2001:db8::7", "i", "x", "2001%3Adb8%3A%3A7/i/x.rrd");
}

static void test_long(void **state)
{
	char a[201], b[201];
	struct str one = {0}, two = {0};

	(void)state;
	memset(a, 'x', 200);
	a[200] = '\0';
	memcpy(b, a, sizeof b);
	b[199] = 'y'; /* the first 120 bytes are the same */
	series_path(&one, "d", "t", a);
	series_path(&two, "d", "t", b);
	assert_string_not_equal(str_text(&one), str_text(&two));
	assert_int_equal(one.len, strlen("d/t/") + 120 + 1 + 16 + strlen(".rrd"));
	assert_int_equal(one.s[4 + 120], '~');
	assert_int_equal(strspn(one.s + 4 + 121, "0123456789abcdef"), 16);
	str_fini(&one);
	str_fini(&two);
	a[120] = '\0'; /* exactly at the limit: whole */
	series_path(&one, "d", "t", a);
	assert_null(strchr(one.s, '~'));
	str_fini(&one);
}

/* A cut never goes through an escape, wherever it falls. */
static void test_cut_escape(void **state)
{
	(void)state;
	for (size_t plain = 0; plain < 3; plain++) {
		char key[201] = "xx";
		struct str path = {0};
		const char *tilde;

		memset(key + plain, '/', 200 - plain);
		series_path(&path, "d", "t", key);
		tilde = strchr(path.s, '~');
		assert_non_null(tilde);
		assert_memory_equal(tilde - 3, "%2F", 3);
		assert_true(tilde - path.s <= 4 + 120);
		str_fini(&path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plain),
	    cmocka_unit_test(test_hostile),
	    cmocka_unit_test(test_long),
	    cmocka_unit_test(test_cut_escape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
