/* The profiles in etc/profiles: they load without a word, and their formulas mean what they should. */
#include "base/mem.h"
#include "base/vec.h"
#include "config/profile_load.h"
#include "model/rowset.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const files[] = {
    "etc/profiles/base.yaml",
    "etc/profiles/network/if.yaml",
    "etc/profiles/server/linux.yaml",
};
enum { BASE, IF, LINUX, N };

struct shipped {
	struct profile **profiles;
	size_t n;
};

static int setup(void **state)
{
	struct shipped *shipped = mem_alloc(sizeof *shipped);
	struct diag *diag = diag_new();
	struct str messages = {0};
	enum err err = profile_load_all(files, N, diag, NULL, &shipped->profiles, &shipped->n);

	diag_render(diag, &messages);
	assert_string_equal(str_text(&messages), "");
	assert_int_equal(err, ERR_OK);
	assert_int_equal(shipped->n, N);
	str_fini(&messages);
	diag_free(diag);
	*state = shipped;
	return 0;
}

static int teardown(void **state)
{
	struct shipped *shipped = *state;

	for (size_t i = 0; i < shipped->n; i++)
		profile_free(shipped->profiles[i]);
	free(shipped->profiles);
	free(shipped);
	return 0;
}

/* One row whose columns have the given numbers; the rest is unknown. */
struct numbers {
	const struct table *table;
	double v[PROFILE_COLUMNS_MAX], now;
};

static double number(void *arg, int slot)
{
	const struct numbers *numbers = arg;

	return slot == PROFILE_SLOT_NOW ? numbers->now : numbers->v[slot];
}

static void numbers_init(struct numbers *numbers, const struct table *table)
{
	assert_non_null(table);
	numbers->table = table;
	numbers->now = NAN;
	for (size_t i = 0; i < PROFILE_COLUMNS_MAX; i++)
		numbers->v[i] = NAN;
}

static void set(struct numbers *numbers, const char *name, double value)
{
	int column = table_column(numbers->table, name);

	assert_true(column >= 0);
	numbers->v[column] = value;
}

/* Derived metrics in their order, as a poll computes them; then the one of that name. */
static double derived(struct numbers *numbers, const char *name)
{
	for (size_t i = 0; i < numbers->table->n_columns; i++) {
		if (numbers->table->columns[i].formula != NULL)
			numbers->v[i] = expr_eval(numbers->table->columns[i].formula, number, numbers);
	}
	return numbers->v[table_column(numbers->table, name)];
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9 * (1 + fabs(b));
}

static void test_data_sources(void **state)
{
	static const char *const want[] = {"in_octets", "out_octets", "in_ucast", "out_ucast", "in_errors",
	    "out_errors", "in_discards", "out_discards", "in_mcast", "out_mcast", "in_bcast", "out_bcast",
	    "up"};
	const struct shipped *shipped = *state;
	const struct table *table = profile_table(shipped->profiles[IF], "interfaces");
	size_t n = 0;

	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].ds != NULL) {
			assert_true(n < ARRAY_LEN(want));
			assert_string_equal(table->columns[i].ds, want[n++]);
		}
	}
	assert_int_equal(n, ARRAY_LEN(want));
	assert_int_equal(table->n_ds, ARRAY_LEN(want));
}

static void test_interface_formulas(void **state)
{
	const struct shipped *shipped = *state;
	struct numbers row;
	const struct column *octets;

	numbers_init(&row, profile_table(shipped->profiles[IF], "interfaces"));
	set(&row, "ifOperStatus", 1);
	set(&row, "ifHighSpeed", 1e9);
	set(&row, "ifHCInOctets", 62.5e6);
	assert_true(near(derived(&row, "up"), 1));
	assert_true(near(derived(&row, "in_util"), 50));
	assert_true(isnan(derived(&row, "out_util")));
	octets = &row.table->columns[table_column(row.table, "ifHCInOctets")];
	assert_true(near(expr_eval(octets->max_rate, number, &row), 137.5e6));
	set(&row, "ifHighSpeed", NAN); /* no speed, no belief in a wrap */
	assert_true(isnan(expr_eval(octets->max_rate, number, &row)));
	for (int status = 2; status <= 7; status++) {
		set(&row, "ifOperStatus", status);
		assert_true(near(derived(&row, "up"), 0));
	}
	set(&row, "ifOperStatus", NAN);
	assert_true(isnan(derived(&row, "up")));
}

static void test_interface_filter(void **state)
{
	static const char *const in[] = {
	    "eth0", "Gi1/0/1", "Local Area Connection", "lossy0", "dockyard", "br-lan", "Nu"};
	static const char *const out[] = {"lo", "Lo0", "Loopback12", "lo0.16385", "Null0", "Nu0", "vethab12",
	    "docker0", "br-0123456789ab", "Software Loopback Interface 1"};
	const struct shipped *shipped = *state;
	struct numbers row;

	numbers_init(&row, profile_table(shipped->profiles[LINUX], "interfaces"));
	for (size_t i = 0; i < ARRAY_LEN(in); i++)
		assert_false(match_test(row.table->exclude, in[i]));
	for (size_t i = 0; i < ARRAY_LEN(out); i++)
		assert_true(match_test(row.table->exclude, out[i]));
	set(&row, "ifType", 24);
	assert_true(near(expr_eval(row.table->exclude_if, number, &row), 1));
	set(&row, "ifType", 6);
	set(&row, "ifOperStatus", 6);
	set(&row, "ifAdminStatus", 2);
	assert_true(near(expr_eval(row.table->exclude_if, number, &row), 1));
	set(&row, "ifAdminStatus", 1); /* a module that is missing where one should be */
	assert_true(near(expr_eval(row.table->exclude_if, number, &row), 0));
}

static void test_cpu(void **state)
{
	static const char *const modes[] = {
	    "user", "nice", "system", "iowait", "irq", "softirq", "steal", "idle"};
	const struct shipped *shipped = *state;
	struct numbers row;
	double sum = 0;

	numbers_init(&row, profile_table(shipped->profiles[LINUX], "cpu"));
	set(&row, "ssCpuRawUser", 30);
	set(&row, "ssCpuRawNice", 10);
	set(&row, "ssCpuRawSystem", 20);
	set(&row, "ssCpuRawIdle", 130);
	set(&row, "ssCpuRawSoftIRQ", 10); /* an agent without Wait, Interrupt and Steal */
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		sum += derived(&row, modes[i]);
	assert_true(near(sum, 100));
	assert_true(near(derived(&row, "user"), 15));
	assert_true(near(derived(&row, "cpu_used"), 35));
	set(&row, "ssCpuRawUser", NAN); /* a first sample is unknown, never 0 */
	for (size_t i = 0; i < ARRAY_LEN(modes); i++)
		assert_true(isnan(derived(&row, modes[i])));
}

static void test_memory(void **state)
{
	const struct shipped *shipped = *state;
	struct numbers row;

	numbers_init(&row, profile_table(shipped->profiles[LINUX], "memory"));
	set(&row, "memTotalRealX", 1000);
	set(&row, "memAvailRealX", 100);
	set(&row, "memBufferX", 50);
	set(&row, "memCachedX", 350);
	assert_true(near(derived(&row, "used"), 500));
	set(&row, "memSysAvail", 400);
	assert_true(near(derived(&row, "used"), 600));
	assert_true(near(derived(&row, "used_percent"), 60));
	/* A gauge, although the wire says Counter64; the 32-bit one comes second. */
	assert_int_equal(row.table->columns[table_column(row.table, "memTotalReal")].kind, KIND_GAUGE);
	assert_string_equal(row.table->columns[0].sources[1].name, "memTotalReal");
}

static void test_storage(void **state)
{
	const struct shipped *shipped = *state;
	struct numbers row;

	numbers_init(&row, profile_table(shipped->profiles[LINUX], "storage"));
	set(&row, "hrStorageType", 4);
	set(&row, "hrStorageAllocationUnits", 4096);
	set(&row, "hrStorageSize", 1000);
	set(&row, "hrStorageUsed", 250);
	assert_true(near(expr_eval(row.table->exclude_if, number, &row), 0));
	assert_true(near(derived(&row, "size"), 4096000));
	assert_true(near(derived(&row, "used_percent"), 25));
	set(&row, "hrStorageSize", -1); /* overflown */
	assert_true(near(derived(&row, "size"), 4096 * 4294967295.0));
	set(&row, "hrStorageType", 2);
	assert_true(near(expr_eval(row.table->exclude_if, number, &row), 1));
	assert_true(match_test(row.table->exclude, "/run/user/0"));
	assert_true(match_test(row.table->exclude, "/dev"));
	assert_false(match_test(row.table->exclude, "/development"));
	assert_false(match_test(row.table->exclude, "/"));
}

static void test_clock(void **state)
{
	const struct shipped *shipped = *state;
	struct numbers row;

	numbers_init(&row, profile_table(shipped->profiles[LINUX], "clock"));
	set(&row, "hrSystemDate", 1000);
	row.now = 1002.5;
	assert_true(near(derived(&row, "clock_offset"), -2.5));
}

static void test_fit(void **state)
{
	static const char linux[] = "1.3.6.1.4.1.8072.3.2.10", other[] = "1.3.6.1.4.1.9.1.1208";
	const struct shipped *shipped = *state;
	struct profile **p = shipped->profiles;

	assert_true(
	    profile_fit(p[LINUX], linux, "Linux vm", false) > profile_fit(p[IF], linux, "Linux vm", true));
	assert_int_equal(profile_fit(p[LINUX], other, "Cisco", true), 0);
	assert_true(profile_fit(p[IF], other, "Cisco", true) > profile_fit(p[BASE], other, "Cisco", true));
	assert_int_equal(profile_fit(p[IF], other, "Cisco", false), 0);
	assert_true(profile_fit(p[BASE], other, "Cisco", false) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_data_sources),
	    cmocka_unit_test(test_interface_formulas),
	    cmocka_unit_test(test_interface_filter),
	    cmocka_unit_test(test_cpu),
	    cmocka_unit_test(test_memory),
	    cmocka_unit_test(test_storage),
	    cmocka_unit_test(test_clock),
	    cmocka_unit_test(test_fit),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
