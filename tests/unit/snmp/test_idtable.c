#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "snmp/idtable.h"

static void ids_are_found_until_they_retire(void **state)
{
	struct idtable *table = idtable_new();
	int item;
	void *found;
	uint32_t a = idtable_add(table, &item), b = idtable_add(table, &item);

	(void)state;
	assert_int_not_equal(a, b);
	assert_true(a > 0 && a <= INT32_MAX);
	assert_int_equal(idtable_find(table, a, &found), ID_IN_FLIGHT);
	assert_ptr_equal(found, &item);
	assert_int_equal(idtable_find(table, a ^ 1u, &found), ID_UNKNOWN);
	assert_int_equal(idtable_find(table, 0, &found), ID_UNKNOWN);
	idtable_retire(table, a, ID_ANSWERED);
	idtable_retire(table, b, ID_GIVEN_UP);
	idtable_retire(table, b, ID_ANSWERED); /* only once */
	assert_int_equal(idtable_find(table, a, &found), ID_ANSWERED);
	assert_null(found);
	assert_int_equal(idtable_find(table, b, &found), ID_GIVEN_UP);
	idtable_free(table);
}

/* Many in flight, many retired: the table against a plain list. */
static void many(void **state)
{
	enum { FLIGHT = 100000, TURNS = 300000 };
	struct idtable *table = idtable_new();
	uint32_t *ids = mem_calloc(FLIGHT, sizeof *ids), *gone = mem_calloc(TURNS, sizeof *gone);
	void *found;

	(void)state;
	for (size_t i = 0; i < FLIGHT; i++)
		ids[i] = idtable_add(table, &ids[i]);
	for (size_t i = 0; i < TURNS; i++) {
		size_t at = i * 7919 % FLIGHT;

		gone[i] = ids[at];
		idtable_retire(table, ids[at], ID_ANSWERED);
		ids[at] = idtable_add(table, &ids[at]);
	}
	for (size_t i = 0; i < FLIGHT; i++) {
		assert_int_equal(idtable_find(table, ids[i], &found), ID_IN_FLIGHT);
		assert_ptr_equal(found, &ids[i]);
	}
	for (size_t i = TURNS - IDTABLE_RECENT; i < TURNS; i++)
		assert_int_equal(idtable_find(table, gone[i], &found), ID_ANSWERED);
	for (size_t i = 0; i < 1000; i++) /* forgotten, or drawn again by chance */
		assert_int_not_equal(idtable_find(table, gone[i], &found), ID_ANSWERED);
	free(ids);
	free(gone);
	idtable_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ids_are_found_until_they_retire),
	    cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
