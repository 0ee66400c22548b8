#include "unit/notify/bench.h"

#include "notify/silences.h"

static struct silence silence_of(int64_t id, const char *device, const char *rule, const char *object)
{
	return (struct silence){.id = id,
	    .device = device,
	    .rule = rule,
	    .object = object,
	    .reason = "r",
	    .author = "a",
	    .from = T0,
	    .until = T0 + 3600 * UNITS_SEC};
}

static void what_a_silence_covers(void **state)
{
	static const struct {
		struct silence silence;
		const char *device, *rule, *object, *parents[2];
		bool covered;
	} cases[] = {
	    {{.device = "sw1"}, "sw1", "device-down", NULL, {0}, true},
	    {{.device = "sw1"}, "sw1", "if-down", "Gi1/0/1", {0}, true}, /* its rows */
	    {{.device = "sw1"}, "sw10", "if-down", "Gi1/0/1", {0}, false},
	    {{.device = "sw*"}, "sw10", "if-down", "Gi1/0/1", {0}, true},
	    {{.device = "sw[1-3]"}, "sw4", "cpu", NULL, {0}, false},
	    {{.device = "sw1"}, "srv9", "cpu", NULL, {"sw1"}, true}, /* behind it */
	    {{.device = "sw1"}, "srv9", "filesystem", "/", {"sw2", "sw1"}, true},
	    {{.device = "sw1"}, "srv9", "cpu", NULL, {"sw2"}, false},
	    {{.device = "srv9"}, "sw1", "cpu", NULL, {0}, false}, /* not what it is behind */
	    {{.device = "sw1", .rule = "cpu"}, "sw1", "cpu", NULL, {0}, true},
	    {{.device = "sw1", .rule = "cpu"}, "sw1", "cpu", "core 1", {0}, true},
	    {{.device = "sw1", .rule = "cpu"}, "sw1", "load", NULL, {0}, false},
	    {{.device = "sw1", .rule = "cpu"}, "srv9", "cpu", NULL, {"sw1"}, false}, /* narrowed */
	    {{.device = "sw1", .rule = "if-*"}, "sw1", "if-errors", "Gi1/0/1", {0}, true},
	    {{.device = "sw1", .object = "Gi1/0/1"}, "sw1", "if-down", "Gi1/0/1", {0}, true},
	    {{.device = "sw1", .object = "Gi1/0/1"}, "sw1", "if-down", "Gi1/0/10", {0}, false},
	    {{.device = "sw1", .object = "Gi1/0/1"}, "sw1", "device-down", NULL, {0}, false},
	    {{.device = "sw1", .object = "Gi1/*"}, "sw1", "if-down", "Gi1/0/10", {0}, true},
	    {{.device = "sw1", .object = "/vol[1]"}, "sw1", "filesystem", "/vol[1]", {0}, true},
	    {{.device = "sw1", .object = "/vol[1]"}, "sw1", "filesystem", "/vol1", {0}, true},
	    {{.device = "*"}, NULL, "collector-blind", NULL, {0}, true},
	    {{.device = "sw1"}, NULL, "collector-blind", NULL, {0}, false},
	    {{.device = "SW1"}, "sw1", "cpu", NULL, {0}, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct silence silence =
		    silence_of(1, cases[i].silence.device, cases[i].silence.rule, cases[i].silence.object);
		struct silences silences = {0};
		size_t n = cases[i].parents[0] == NULL ? 0 : cases[i].parents[1] == NULL ? 1 : 2;

		assert_int_equal(silences_add(&silences, &silence), ERR_OK);
		if ((silences_match(&silences, cases[i].device, cases[i].rule, cases[i].object,
			 cases[i].parents, n, INT64_MAX, T0 + 1) != NULL) != cases[i].covered)
			fail_msg("case %zu", i);
		silences_fini(&silences);
	}
}

static void count_ended(void *arg, const struct silence *silence)
{
	*(int64_t *)arg += silence->id;
}

static void silences_have_a_time(void **state)
{
	struct silences silences = {0};
	struct silence a = silence_of(1, "sw1", NULL, NULL), b = silence_of(2, "sw*", NULL, NULL);
	int64_t ended = 0;

	(void)state;
	assert_int_equal(silences_next_end(&silences), INT64_MAX);
	b.until = T0 + 7200 * UNITS_SEC;
	assert_int_equal(silences_add(&silences, &a), ERR_OK);
	assert_int_equal(silences_add(&silences, &b), ERR_OK);
	assert_null(silences_match(&silences, "sw1", "cpu", NULL, NULL, 0, T0 - 1, T0 - 1));
	/* The clock was set back: what is silenced stays so. */
	assert_int_equal(silences_match(&silences, "sw1", "cpu", NULL, NULL, 0, INT64_MAX, T0 - 1)->id, 1);
	assert_int_equal(silences_match(&silences, "sw1", "cpu", NULL, NULL, 0, T0, T0)->id, 1);
	assert_int_equal(silences_match(&silences, "sw1", "cpu", NULL, NULL, 0, INT64_MAX, a.until)->id, 2);
	assert_null(silences_match(&silences, "sw1", "cpu", NULL, NULL, 0, INT64_MAX, b.until));
	assert_int_equal(silences_next_end(&silences), a.until);
	assert_int_equal(silences_expire(&silences, a.until - 1, count_ended, &ended), 0);
	assert_int_equal(silences_expire(&silences, a.until, count_ended, &ended), 1);
	assert_int_equal(ended, 1);
	assert_int_equal(silences.n, 1);
	assert_false(silences_remove(&silences, 1));
	assert_true(silences_remove(&silences, 2));
	assert_int_equal(silences.n, 0);
	silences_fini(&silences);
}

static void acks_are_of_one_problem(void **state)
{
	struct ack ack = {.device = "sw1", .rule = "cpu", .reason = "r", .author = "kim", .time = T0};
	struct acks acks = {0};

	(void)state;
	assert_int_equal(acks_set(&acks, &ack), ERR_OK);
	ack.author = "lee";
	assert_int_equal(acks_set(&acks, &ack), ERR_OK); /* said again: the later word counts */
	assert_int_equal(acks.n, 1);
	assert_string_equal(acks_find(&acks, "sw1", "cpu", NULL)->author, "lee");
	assert_null(acks_find(&acks, "sw1", "cpu", "core 1"));
	assert_null(acks_find(&acks, "sw2", "cpu", NULL));
	assert_null(acks_find(&acks, NULL, "cpu", NULL));
	acks_remove(&acks, "sw2", "cpu", NULL);
	assert_int_equal(acks.n, 1);
	acks_remove(&acks, "sw1", "cpu", NULL);
	assert_null(acks_find(&acks, "sw1", "cpu", NULL));
	acks_fini(&acks);
}

static void there_is_a_limit(void **state)
{
	struct silences silences = {0};
	struct silence silence = silence_of(1, "sw1", NULL, NULL);

	(void)state;
	for (int i = 0; i < SILENCES_MAX; i++)
		assert_int_equal(silences_add(&silences, &silence), ERR_OK);
	assert_int_equal(silences_add(&silences, &silence), ERR_LIMIT);
	silences_fini(&silences);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_a_silence_covers),
	    cmocka_unit_test(silences_have_a_time),
	    cmocka_unit_test(acks_are_of_one_problem),
	    cmocka_unit_test(there_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
