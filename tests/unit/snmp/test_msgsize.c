#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snmp/msgsize.h"

static void shrinks_to_half_or_to_what_went_well(void **state)
{
	struct msgsize size;

	(void)state;
	msgsize_init(&size);
	assert_int_equal(size.limit, MSGSIZE_MAX);
	assert_int_equal(size.reason, SIZE_FRAME);
	msgsize_shrink(&size, 1400, SIZE_TOO_BIG);
	assert_int_equal(size.limit, 700);
	msgsize_answered(&size, 500, 650);
	msgsize_shrink(&size, 690, SIZE_TOO_BIG);
	assert_int_equal(size.limit, 650);
	msgsize_shrink(&size, 640, SIZE_TOO_BIG); /* what went well before does no longer */
	assert_int_equal(size.limit, 320);
	for (int i = 0; i < 10; i++)
		msgsize_shrink(&size, size.limit, SIZE_TOO_BIG);
	assert_int_equal(size.limit, MSGSIZE_MIN);
}

static void several_of_one_size_count_once(void **state)
{
	struct msgsize size;
	uint16_t patience;

	(void)state;
	msgsize_init(&size);
	msgsize_shrink(&size, 1400, SIZE_TOO_BIG);
	patience = size.patience;
	msgsize_shrink(&size, 1400, SIZE_TOO_BIG);
	msgsize_shrink(&size, 1390, SIZE_TOO_BIG);
	assert_int_equal(size.limit, 700);
	assert_int_equal(size.patience, patience);
}

static unsigned messages_until_larger(struct msgsize *size)
{
	uint16_t limit = size->limit;
	unsigned n = 0;

	while (size->limit == limit && n < 100000) {
		msgsize_answered(size, limit, limit);
		n++;
	}
	return n;
}

static void grows_after_a_calm_that_lengthens(void **state)
{
	struct msgsize size;
	unsigned first;

	(void)state;
	msgsize_init(&size);
	msgsize_shrink(&size, 1400, SIZE_TOO_BIG);
	for (int i = 0; i < 10000; i++)
		msgsize_answered(&size, 60, 60); /* small ones prove nothing */
	assert_int_equal(size.limit, 700);
	first = messages_until_larger(&size);
	assert_int_equal(size.limit, 875);
	msgsize_shrink(&size, 875, SIZE_TOO_BIG);
	assert_int_equal(size.limit, 700);
	assert_int_equal(messages_until_larger(&size), 2 * first);
	for (int i = 0; i < 10 && size.limit < MSGSIZE_MAX; i++)
		messages_until_larger(&size);
	assert_int_equal(size.limit, MSGSIZE_MAX);
	assert_int_equal(size.reason, SIZE_FRAME);
}

static void what_is_new(void **state)
{
	struct msgsize size;

	(void)state;
	msgsize_init(&size);
	assert_false(msgsize_is_new(&size, 100, MSGSIZE_ALL));
	assert_true(msgsize_is_new(&size, 100, MSGSIZE_ALL + 1));
	msgsize_answered(&size, 600, 900);
	assert_false(msgsize_is_new(&size, 600, 1000));
	assert_true(msgsize_is_new(&size, 601, 1000));
	assert_true(msgsize_is_new(&size, 600, 1200));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shrinks_to_half_or_to_what_went_well),
	    cmocka_unit_test(several_of_one_size_count_once),
	    cmocka_unit_test(grows_after_a_calm_that_lengthens),
	    cmocka_unit_test(what_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
