#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "snmp/rto.h"

#define MS INT64_C(1000000)

static void begins_at_a_second_or_the_cap(void **state)
{
	struct rto rto;

	(void)state;
	rto_init(&rto, 2000 * MS);
	assert_int_equal(rto.value, 1000 * MS);
	rto_init(&rto, 50 * MS);
	assert_int_equal(rto.value, 50 * MS);
}

static void follows_the_round_trip(void **state)
{
	struct rto rto;

	(void)state;
	rto_init(&rto, 5000 * MS);
	rto_sample(&rto, 400 * MS, 5000 * MS);
	assert_int_equal(rto.srtt, 400 * MS);
	assert_int_equal(rto.rttvar, 200 * MS);
	assert_int_equal(rto.value, 1200 * MS);
	rto_sample(&rto, 800 * MS, 5000 * MS); /* RFC 6298 (2.3) */
	assert_int_equal(rto.rttvar, 250 * MS);
	assert_int_equal(rto.srtt, 450 * MS);
	for (int i = 0; i < 200; i++)
		rto_sample(&rto, 1 * MS, 5000 * MS);
	assert_int_equal(rto.value, RTO_MIN);
	for (int i = 0; i < 50; i++)
		rto_sample(&rto, 30000 * MS, 5000 * MS);
	assert_int_equal(rto.value, 5000 * MS);
}

static void backs_off_until_the_next_sample(void **state)
{
	struct rto rto;
	int64_t wait;

	(void)state;
	rto_init(&rto, 5000 * MS);
	rto_sample(&rto, 10 * MS, 5000 * MS);
	assert_int_equal(rto.value, 200 * MS);
	wait = rto_backed_off(rto.value, 5000 * MS);
	assert_int_equal(wait, 400 * MS);
	rto_remember(&rto, wait, 5000 * MS);
	assert_int_equal(rto.value, 400 * MS);
	rto_remember(&rto, 300 * MS, 5000 * MS); /* never shorter */
	assert_int_equal(rto.value, 400 * MS);
	assert_int_equal(rto_backed_off(3000 * MS, 5000 * MS), 5000 * MS);
	assert_int_equal(rto_backed_off(INT64_MAX, INT64_MAX), INT64_MAX);
	rto_sample(&rto, 10 * MS, 5000 * MS);
	assert_int_equal(rto.value, 200 * MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(begins_at_a_second_or_the_cap),
	    cmocka_unit_test(follows_the_round_trip),
	    cmocka_unit_test(backs_off_until_the_next_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
